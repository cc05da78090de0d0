# SPDX-License-Identifier: MIT
"""A PDF put into an invoice as its representation (BG-24), byte for byte.

The document is not written anew: one cac:AdditionalDocumentReference is put where
UBL 2.1 has its place, and everything else stays as it is.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final
from xml.parsers import expat
from xml.sax.saxutils import escape

from cius_pt import xmlio
from cius_pt.errors import SignatureError
from cius_pt.signature.signing.splice import insert
from cius_pt.xmlio import CAC, CBC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cius_pt.xmlio import XmlDocument

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_NAME: Final = 46  # and ".pdf": a file name has at most 50 characters (BT-125)
_DEBIT_NOTE: Final = "383"  # UNTDID 1001
# What follows the references of a document, in UBL's order.
_FOLLOWERS: Final[Mapping[str, frozenset[str]]] = {
    "Invoice": frozenset({"ProjectReference", "Signature", "AccountingSupplierParty"}),
    "CreditNote": frozenset(
        {
            "StatementDocumentReference",
            "OriginatorDocumentReference",
            "Signature",
            "AccountingSupplierParty",
        }
    ),
}


def embed(data: bytes, pdf: bytes) -> bytes:
    """Return an unsigned invoice with the PDF in it; raises what `embeddable` does."""
    document = embeddable(data, pdf)
    return insert(data, document.utf8, _offset(document), _reference(document, pdf))


def embeddable(data: bytes, pdf: bytes) -> XmlDocument:
    """Return the invoice, read, if the PDF can be put into it.

    Raises `UnreadableDocument`, and `SignatureError` for what is no PDF and for an
    invoice that is signed already, which this would break.
    """
    if not pdf.startswith(b"%PDF-"):
        raise SignatureError("what is to be embedded is not a PDF")
    document = xmlio.parse(data)
    if document.signed:
        raise SignatureError(
            "the invoice is signed already, and a PDF would break that; embed it "
            "first, or take the signatures out (--strip-signature)"
        )
    return document


def _reference(document: XmlDocument, pdf: bytes) -> str:
    """Return the element as ASCII; BT-122, BT-123 and BT-125."""
    number = document.root.findtext(f"{{{CBC}}}ID", "").strip()
    code = document.root.findtext(f"{{{CBC}}}InvoiceTypeCode", "").strip()
    role = "CREDITNOTE" if document.kind == "CreditNote" else "INVOICE"
    if code == _DEBIT_NOTE:
        role = "DEBITNOTE"
    name = _UNSAFE.sub("-", number).strip("-.")[:_NAME] or "document"
    text = (
        f'<cac:AdditionalDocumentReference xmlns:cac="{CAC}" xmlns:cbc="{CBC}">'
        f"<cbc:ID>{escape(number[:50]) or '1'}</cbc:ID>"
        f"<cbc:DocumentDescription>{role}_REPRESENTATION</cbc:DocumentDescription>"
        '<cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" '
        f'filename="{name}.pdf">{base64.b64encode(pdf).decode()}'
        "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>"
        "</cac:AdditionalDocumentReference>"
    )
    return text.encode("ascii", "xmlcharrefreplace").decode()


def _offset(document: XmlDocument) -> int:
    """Return where the first element behind the references begins."""
    followers = {f"{CAC} {name}" for name in _FOLLOWERS[document.kind]}
    found: list[int] = []
    depth = 0
    parser = expat.ParserCreate("utf-8", " ")

    def start(name: str, _attributes: object) -> None:
        nonlocal depth
        if depth == 1 and not found and name in followers:
            found.append(parser.CurrentByteIndex)
        depth += 1

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(document.utf8, True)
    if not found:
        raise SignatureError(
            "there is no cac:AccountingSupplierParty, before which a PDF is embedded"
        )
    return found[0]
