# SPDX-License-Identifier: MIT
"""``cius-pt sign``: an invoice or a PDF in, the same with a signature out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cius_pt.cli.files import STDIN, Source
from cius_pt.cli.language import language, language_option
from cius_pt.cli.signing_key import key_options, load
from cius_pt.cli.streams import tell
from cius_pt.cli.text import visible
from cius_pt.cli.writing import write_whole

if TYPE_CHECKING:
    from cius_pt.rules.entry import Language
    from cius_pt.signature.signing.pdf import Box, PdfSigning
    from cius_pt.signature.signing.xml import XmlSigning

_BOX: Final = re.compile(r"(\d{1,4}):(\d{1,5}),(\d{1,5}),(\d{1,5}),(\d{1,5})")
_XML_PROFILES: Final = ("xades-bes", "xades-b")
_PDF_PROFILES: Final = ("pades", "pkcs7")


@click.command(short_help="Sign an invoice or a PDF.")
@click.argument("file", metavar="FILE")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; it may be FILE itself.",
)
@key_options
@click.option(
    "--pdf",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="PDF to sign and to embed in the invoice before that is signed.",
)
@click.option(
    "--profile",
    type=click.Choice([*_XML_PROFILES, *_PDF_PROFILES]),
    help="By default xades-bes for XML and pades for PDF.",
)
@click.option(
    "--placement",
    type=click.Choice(["extension", "last"]),
    help="XML: below ext:UBLExtensions (valid UBL), or last child of the root.",
)
@click.option(
    "--alone",
    is_flag=True,
    help="XML: without the filter that lets others sign too (for .NET's SignedXml).",
)
@click.option(
    "--strip-signature",
    "bare",
    is_flag=True,
    help="XML: take out the signatures that it has, which --pdf would break.",
)
@click.option(
    "--visible",
    metavar="PAGE:L,B,R,T",
    help="PDF: show the signature in this box, in points from below left.",
)
@click.option(
    "--certify",
    type=click.IntRange(1, 3),
    help="PDF: certify; 1 allows nothing after, 2 forms, 3 comments too.",
)
@click.option("--reason", help="PDF: the reason that is shown.")
@click.option("--tsa", metavar="URL", help="Time stamping authority (RFC 3161).")
@language_option
def sign(  # noqa: PLR0913 - one argument per option
    *,
    file: str,
    output: Path,
    pdf: Path | None,
    profile: str | None,
    placement: str | None,
    alone: bool,
    bare: bool,
    visible: str | None,
    certify: int | None,
    reason: str | None,
    tsa: str | None,
    lang: str | None,
    **key: Any,
) -> None:
    """Sign FILE, an invoice, a credit note or a PDF ("-" is standard input).

    XML gets XAdES-BES where UBL has its place, a PDF gets PAdES. The password comes
    from --password-env, --password-fd or a prompt. What was signed is verified before
    it is written; the file is written whole or not at all.
    """
    from cius_pt.signature.signing.sign import sign as signed  # noqa: PLC0415 - late
    from cius_pt.signature.signing.sign import sign_invoice  # noqa: PLC0415
    from cius_pt.signature.signing.tsa import authority  # noqa: PLC0415
    from cius_pt.signature.strip import strip  # noqa: PLC0415

    if file == STDIN and not (key["password_env"] or key["password_fd"] is not None):
        raise click.UsageError("standard input is the document: the password cannot be")
    data = Source(name=file).read()
    is_pdf = data.startswith(b"%PDF-")
    if is_pdf and (placement or alone or bare or pdf or profile in _XML_PROFILES):
        raise click.UsageError(
            "--placement, --alone, --strip-signature, --pdf and xades profiles are for "
            "XML; this is a PDF"
        )
    about_pdf = visible or certify or reason or profile in _PDF_PROFILES
    if not is_pdf and pdf is None and about_pdf:
        raise click.UsageError(
            "--visible, --certify, --reason and PDF profiles are for PDFs; give --pdf"
        )
    for_xml = _xml(profile, placement, alone=alone)
    for_pdf = _pdf(profile, visible, certify, reason)
    stamper = None if tsa is None else authority(tsa)
    signer = load(**key)
    if is_pdf:
        done = signed(data, signer, options=for_pdf, timestamp=stamper)
    else:
        done = sign_invoice(
            strip(data) if bare else data,
            signer,
            pdf=None if pdf is None else pdf.read_bytes(),
            options=for_xml,
            pdf_options=for_pdf,
            timestamp=stamper,
        )
    write_whole(output, done)
    tell(_said(output, language(lang)))


def _xml(profile: str | None, placement: str | None, *, alone: bool) -> XmlSigning:
    from cius_pt.signature.signing.place import Placement  # noqa: PLC0415 - late
    from cius_pt.signature.signing.xades import XmlProfile  # noqa: PLC0415
    from cius_pt.signature.signing.xml import XmlSigning  # noqa: PLC0415

    return XmlSigning(
        profile=XmlProfile(profile if profile in _XML_PROFILES else "xades-bes"),
        placement=None if placement is None else Placement(placement),
        parallel=not alone,
    )


def _pdf(
    profile: str | None, visible: str | None, certify: int | None, reason: str | None
) -> PdfSigning:
    from cius_pt.signature.signing.pdf import (  # noqa: PLC0415 - late
        PdfProfile,
        PdfSigning,
    )

    return PdfSigning(
        profile=PdfProfile(profile if profile in _PDF_PROFILES else "pades"),
        visible=None if visible is None else _box(visible),
        certify=certify,
        reason=reason,
    )


def _box(text: str) -> Box:
    from cius_pt.signature.signing.pdf import Box  # noqa: PLC0415 - late

    match = _BOX.fullmatch(text)
    if match is None:
        raise click.BadParameter(
            "is PAGE:LEFT,BOTTOM,RIGHT,TOP", param_hint="--visible"
        )
    page, left, bottom, right, top = map(int, match.groups())
    if left >= right or bottom >= top:
        raise click.BadParameter("the box is empty", param_hint="--visible")
    return Box(page=page, left=left, bottom=bottom, right=right, top=top)


def _said(output: Path, lang: Language) -> str:
    name = visible(str(output))
    return f"{name}: assinado" if lang == "pt" else f"{name}: signed"
