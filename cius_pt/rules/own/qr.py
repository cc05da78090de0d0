# SPDX-License-Identifier: MIT
"""The QR code in the document against the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.errors import InvalidValue
from cius_pt.money import total
from cius_pt.rules.own.remark import Remark, shown
from cius_pt.tax_place import portuguese

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from cius_pt.model import Attachment, Invoice
    from cius_pt.pt.qr import Qr

_DESCRIPTION, _TEXT = "QR_CODE", "text/plain"
_RULES = {
    **dict.fromkeys("ABC", "CP-QR-03"),
    **dict.fromkeys("DFGH", "CP-QR-04"),
    "O": "CP-QR-05",
    **dict.fromkeys("IN", "CP-QR-06"),
    "P": "CP-QR-07",
    **dict.fromkeys("QR", "CP-QR-08"),
}


def found(invoice: Invoice) -> Iterator[Remark]:
    """Yield what is wrong with the QR code of an invoice."""
    for index, attachment in enumerate(invoice.attachments):
        if attachment.description == _DESCRIPTION and attachment.content is not None:
            path = f"attachments[{index}]"
            if attachment.mime_code != _TEXT or not _is_text(attachment):
                said = f"{shown(attachment.mime_code or '')}"
                yield Remark(rule="CP-QR-09", path=f"{path}.content", detail=said)
            elif portuguese(invoice):
                text = attachment.content.decode()
                yield from judged(text, invoice, f"{path}.content")
    if invoice.qr is not None and portuguese(invoice):
        yield from judged(invoice.qr, invoice, "qr")


def judged(text: str, invoice: Invoice, path: str) -> Iterator[Remark]:
    """Yield what is wrong with the text of a QR code beside an invoice.

    `path` is where the text stands, for a code that was read elsewhere ``qr``.
    """
    # Late: not every document has a code to compare.
    from cius_pt.pt.qr import parse  # noqa: PLC0415
    from cius_pt.qr_differences import differences  # noqa: PLC0415

    try:
        qr = parse(text)
    except InvalidValue:
        yield Remark(rule="CP-QR-01", path=path, detail=shown(text))
        return
    found = differences(qr, invoice)
    if not {"I", "N", "O"} & {each.field for each in found}:
        # A wrong field breaks the sums too; it is named once.
        yield from _identities(qr, invoice, path)
    for each in found:
        said = f"{each.field}: {each.stated} ≠ {each.expected}"
        yield Remark(rule=_RULES[each.field], path=path, detail=said)


def _identities(qr: Qr, invoice: Invoice, path: str) -> Iterator[Remark]:
    if not qr.taxes_add_up:
        yield Remark(rule="CP-QR-02", path=path, detail=f"N: {qr.tax}")
    if not qr.total_adds_up_rounded and qr.total_gap != _own_gap(invoice):
        yield Remark(rule="CP-QR-02", path=path, detail=f"O: {qr.total}")


def _own_gap(invoice: Invoice) -> Decimal | None:
    """Return what the subtotals of the invoice itself lose in rounding."""
    stated = invoice.totals
    if stated is None:
        return None
    bases = (-entry.taxable for entry in stated.vat_breakdown)
    return total((stated.with_vat, -stated.vat, *bases))


def _is_text(attachment: Attachment) -> bool:
    try:
        (attachment.content or b"").decode()
    except UnicodeDecodeError:
        return False
    return True
