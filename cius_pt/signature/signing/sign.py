# SPDX-License-Identifier: MIT
"""The public way in: `sign` for an invoice or a PDF, `sign_invoice` for both."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cius_pt.errors import InvalidValue, SignatureError
from cius_pt.signature.signing import proof
from cius_pt.signature.signing.embed import embed, embeddable
from cius_pt.signature.signing.pdf import PdfSigning, sign_pdf
from cius_pt.signature.signing.xml import XmlSigning, sign_xml

if TYPE_CHECKING:
    from cius_pt.signature.signing.key import SigningKey
    from cius_pt.signature.signing.tsa import Timestamper


def sign(
    data: bytes,
    signer: SigningKey,
    *,
    options: XmlSigning | PdfSigning | None = None,
    timestamp: Timestamper | None = None,
    time: dt.datetime | None = None,
) -> bytes:
    """Return an invoice, a credit note or a PDF with one signature more.

    XML gets XAdES-BES, enveloped, below ext:UBLExtensions, so that it stays valid UBL;
    a PDF gets PAdES B-B, and both a time stamp (B-T) when there is `timestamp`.
    `options` change that. Every byte of `data` stays where it is; `time` is the
    claimed signing time, now by default.

    What comes back has been verified: its signature is intact and of the whole
    document, and none that was there before is worse than it was. Raises
    `SignatureError` otherwise, for a certificate that cannot sign (expired, not yet
    valid, not for signatures) and for a time stamp that fails, and
    `UnreadableDocument` for XML that is no invoice.
    """
    _require_bytes(data)
    moment = _moment(time)
    signer.require_fit(moment)
    if data.startswith(b"%PDF-"):
        if isinstance(options, XmlSigning):
            raise SignatureError("these options are for XML, and this is a PDF")
        signed = sign_pdf(
            data, signer, time=moment, options=options, timestamp=timestamp
        )
    else:
        if isinstance(options, PdfSigning):
            raise SignatureError("these options are for a PDF, and this is none")
        signed = sign_xml(
            data, signer, time=moment, options=options, timestamp=timestamp
        )
    password = options.password if isinstance(options, PdfSigning) else None
    proof.require(data, signed, at=moment, password=password)
    return signed


def sign_invoice(  # noqa: PLR0913 - two documents, and how each is signed
    xml: bytes,
    signer: SigningKey,
    *,
    pdf: bytes | None = None,
    options: XmlSigning | None = None,
    pdf_options: PdfSigning | None = None,
    timestamp: Timestamper | None = None,
    time: dt.datetime | None = None,
) -> bytes:
    """Return an invoice signed with its PDF: the PDF first, embedded, then the XML.

    The PDF becomes the representation of the invoice (BG-24). Raises what `sign`
    does, and `SignatureError` for an invoice that is signed already when there is a
    PDF to embed.
    """
    moment = _moment(time)
    if pdf is not None:
        embeddable(xml, pdf)
        signed = sign(
            pdf, signer, options=pdf_options, timestamp=timestamp, time=moment
        )
        xml = embed(xml, signed)
    return sign(xml, signer, options=options, timestamp=timestamp, time=moment)


def _require_bytes(data: object) -> None:
    if not isinstance(data, bytes):
        kind = type(data).__name__
        raise InvalidValue(f"takes the bytes of a document, not {kind}", path="data")


def _moment(time: dt.datetime | None) -> dt.datetime:
    moment = dt.datetime.now(dt.UTC) if time is None else time
    if moment.tzinfo is None:
        raise InvalidValue("needs a time zone", path="time")
    return moment.replace(microsecond=0)
