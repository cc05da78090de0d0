# SPDX-License-Identifier: MIT
"""``cius-pt qr``: take AT's QR code apart, or make that of an invoice."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cius_pt.cli.exit_codes import FINDINGS
from cius_pt.cli.files import STDIN, Source
from cius_pt.cli.form import format_option
from cius_pt.cli.language import language, language_option
from cius_pt.cli.streams import put, tell
from cius_pt.cli.text import one_line
from cius_pt.cli.writing import write_whole
from cius_pt.codes import table
from cius_pt.pt import qr as code
from cius_pt.pt.vat import Region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.findings import Finding
    from cius_pt.model import Invoice
    from cius_pt.pt.qr import Qr
    from cius_pt.rules.entry import Language

_format = format_option()


@click.group("qr", short_help="Read and make the QR code of an invoice.")
def qr() -> None:
    """Read and make the QR code that the tax authority prescribes."""


@qr.command("decode", short_help="Say what the text of a QR code means.")
@click.argument("text", required=False)
@click.option(
    "--invoice",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A UBL document that the code is compared with.",
)
@language_option
@_format
@click.pass_context
def decode(
    context: click.Context,
    text: str | None,
    invoice: Path | None,
    lang: str | None,
    form: str,
) -> None:
    """Say field by field what TEXT means, as a reader has decoded it.

    Without TEXT, or with "-", it is read from standard input; without it but with
    --invoice, it is the code in that document. Exit code 1 when it is no QR code, its
    sums are wrong, or it says otherwise than the document.
    """
    spoken = language(lang)
    read = _invoice(invoice) if invoice is not None else None
    given = _given(text, read)
    problem = code.problem(given)
    known = None if problem else code.parse(given)
    found = _compared(given, read, spoken)
    if form == "json":
        said = {"schema": 1, "qr": _to_dict(given, known, problem, found)}
        put(json.dumps(said, ensure_ascii=False, indent=2) + "\n")
    else:
        put("".join(f"{line}\n" for line in _lines(given, known, spoken)))
        for line in _remarks(known, problem, found):
            tell(one_line(line))
    if (
        known is None
        or found
        or not (known.taxes_add_up and known.total_adds_up_rounded)
    ):
        context.exit(FINDINGS)


@qr.command("encode", short_help="Make the QR code of an invoice.")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--certificate", required=True, help="Number of the program at AT.")
@click.option("--hash", "hash4", required=True, help="Four characters of its hash.")
@click.option(
    "--region",
    type=click.Choice([region.value for region in Region]),
    help="Tax region; by default that of the post codes and rates.",
)
@click.option("--other", help="Field S, such as TB;IBAN;amount.")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A picture (.png, .svg) or the document with its code (.xml).",
)
@_format
def encode(  # noqa: PLR0913, PLR0917 - click passes one for each option
    source: Path,
    certificate: str,
    hash4: str,
    region: str | None,
    other: str | None,
    output: Path | None,
    form: str,
) -> None:
    """Print the text of the QR code of the invoice in SOURCE (UBL or JSON).

    What the invoice states is taken as it is. With --output, a picture or the document
    is written besides.
    """
    from cius_pt.invoice_qr import with_qr  # noqa: PLC0415 - only here

    made = with_qr(
        _invoice(source),
        certificate=certificate,
        hash4=hash4,
        region=Region(region) if region else None,
        other=other,
    )
    text = made.qr or ""
    if output is not None:
        write_whole(output, _written(output, text, made))
    if form == "json":
        said = {"schema": 1, "qr": _to_dict(text, code.parse(text), None, ())}
        put(json.dumps(said, ensure_ascii=False, indent=2) + "\n")
    else:
        put(f"{text}\n")


def _invoice(path: Path) -> Invoice:
    data = path.read_bytes()
    if path.suffix.casefold() == ".json":
        from cius_pt.model.json import invoice_from, loads  # noqa: PLC0415
        from cius_pt.totals import with_totals  # noqa: PLC0415

        return with_totals(invoice_from(loads(data)))
    from cius_pt.ubl.read import read  # noqa: PLC0415

    return read(data).invoice


def _given(text: str | None, read: Invoice | None) -> str:
    if text is None and read is not None:
        if read.qr is None:
            raise click.UsageError("the document has no QR code; give its TEXT")
        return read.qr
    if text is None or text == "-":
        return Source(name=STDIN).read().decode(errors="replace").strip("\r\n")
    return text


def _compared(text: str, read: Invoice | None, lang: Language) -> tuple[Finding, ...]:
    if read is None:
        return ()
    from cius_pt.rules.fiscal import judge_qr  # noqa: PLC0415 - only with a document

    return judge_qr(text, read, lang=lang)


def _written(output: Path, text: str, made: Invoice) -> bytes:
    kind = output.suffix.casefold()
    if kind == ".xml":
        from cius_pt.ubl.write import write  # noqa: PLC0415

        return write(made)
    from cius_pt.pt import qr_image  # noqa: PLC0415 - only for a picture

    if kind == ".png":
        return qr_image.png(text)
    if kind == ".svg":
        return qr_image.svg(text)
    raise click.UsageError(f"--output: expected .png, .svg or .xml, got {kind!r}")


def _lines(text: str, known: Qr | None, lang: Language) -> Iterator[str]:
    if known is None:
        return
    meanings = {row["code"]: row[lang] for row in table("qr_fields").rows}
    for item in text.split("*"):
        field, _, value = item.partition(":")
        yield f"{field}\t{one_line(value)}\t{meanings[field]}"


def _remarks(
    known: Qr | None, problem: str | None, found: tuple[Finding, ...]
) -> Iterator[str]:
    if problem is not None:
        yield f"no QR code: {problem}"
    if known is not None and not known.taxes_add_up:
        yield f"N does not add up: {known.tax}"
    if known is not None and not known.total_adds_up_rounded:
        yield f"O does not add up: {known.total}"
    for finding in found:
        yield f"{finding.severity} {finding.rule}: {finding.message}"


def _to_dict(
    text: str, known: Qr | None, problem: str | None, found: tuple[Finding, ...]
) -> dict[str, Any]:
    return {
        "text": text,
        "valid": known is not None,
        "problem": problem,
        "taxes_add_up": None if known is None else known.taxes_add_up,
        "total_adds_up": None if known is None else known.total_adds_up_rounded,
        "fields": None if known is None else _plain(known),
        "findings": [finding.to_dict() for finding in found],
    }


def _plain(value: Any) -> Any:
    """Return a QR code as JSON: amounts as text with two decimals."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
