# SPDX-License-Identifier: MIT
"""Makes a drawn invoice lawful, without drawing anything: pure functions.

Drawing only what is lawful would tie every strategy to all others; changing what was
drawn keeps the strategies apart and their speed.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cius_pt.errors import InvalidValue
from cius_pt.invoice_qr import qr_for
from cius_pt.pt import exemptions, vat
from cius_pt.pt.vat import Level, Region
from cius_pt.tax_place import portuguese

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.model import Attachment, Delivery, Invoice, PrecedingInvoice, Vat

_NOTHING = frozenset({"Z", "AE", "IC", "G", "O"})
_SPECIAL = frozenset({"OUT", "NA"})
_LEVELS = {"NOR": Level.NORMAL, "INT": Level.INTERMEDIATE, "RED": Level.REDUCED}
_FAMILIES = {"NOR": "S", "RED": "AA", "INT": "AA", "ISE": "E"}
_SPLIT = (Decimal(7), Decimal(15))  # between the three rates of any region
_ALWAYS = "M99"
_POST_CODES = {Region.AZORES: "9500-101", Region.MADEIRA: "9000-171"}
_OF_20 = (
    "contract_reference",
    "order_reference",
    "sales_order_reference",
    "receiving_advice_reference",
    "despatch_advice_reference",
    "framework_agreement",
)
_UNCUT = "\u03a9"
_OTHER_BUYER = "PT599999993"


def lawful(invoice: Invoice, region: Region, number: int) -> Invoice:
    """Return `invoice` with what is forbidden taken out or put right.

    A Portuguese seller has the rates of `region`, where they are known on its day, and
    the `number` in its document number and ATCUD.
    """
    invoice = _apart(_ordered(_referring(invoice)))
    if not portuguese(invoice):
        return invoice
    if not vat.known(region, invoice.issue_date):
        region = Region.MAINLAND
    changes = _numbered(invoice, number)
    codes: dict[tuple[str, Decimal | None], str] = {}
    lines = tuple(
        replace(line, vat=_vat(line.vat, invoice, region, codes))
        for line in invoice.lines
    )
    places = tuple(_placed(place, region) for place in invoice.deliveries)
    return replace(invoice, lines=lines, deliveries=places, **changes)


def with_lawful_qr(invoice: Invoice) -> Invoice:
    """Return `invoice` with the QR code of its own figures, if it has one at all.

    It has none where the QR code cannot hold them.
    """
    if invoice.qr is None or not portuguese(invoice):
        return invoice
    program = invoice.certified_program
    try:
        qr = qr_for(
            invoice,
            certificate="1234",
            hash4=program.hash if program and len(program.hash) == 4 else "kLp0",  # noqa: PLR2004
        )
    except InvalidValue:
        return replace(invoice, qr=None)
    if program is not None and program.number != "1234/AT":
        invoice = replace(invoice, certified_program=None)
    return replace(invoice, qr=str(qr))


def _numbered(invoice: Invoice, number: int) -> dict[str, Any]:
    """Return number and ATCUD as a certified program gives them, for a QR in EUR."""
    text = f"{number:04d}"
    changes = {"number": f"{invoice.kind.value} A{invoice.issue_date.year}/{text}"}
    if invoice.atcud is not None:
        changes["atcud"] = f"CSDF7T5H-{text}"
    if invoice.qr is not None:
        changes["currency"] = "EUR"
        changes |= {"tax_currency": "EUR"} if invoice.tax_currency else {}
    return changes


def _vat(
    drawn: Vat,
    invoice: Invoice,
    region: Region,
    codes: dict[tuple[str, Decimal | None], str],
) -> Vat:
    """Return a lawful VAT: rate of the region, one code of a group, reasons at 0."""
    found = drawn
    # Nobody can say which rate a special regime had before the table begins.
    unknown = drawn.category in _SPECIAL and not vat.rates_at(
        region, invoice.issue_date
    )
    if drawn.scheme != "VAT" or drawn.category in _NOTHING or unknown:
        found = replace(found, rate=found.rate and Decimal(0))
    if found.rate:
        level = _LEVELS.get(found.category) or _level(found.category, found.rate)
        day = max(invoice.issue_date, vat.rates()[0].start)
        percent = vat.rate(region, level, day)
        found = replace(
            found,
            rate=percent or found.rate,
            exemption_code=None,
            exemption_reason=None,
        )
    elif found.exemption_code is not None:
        found = _exempt(found)
    family = _FAMILIES.get(found.category, found.category)
    code = codes.setdefault((family, found.rate), found.category)
    return replace(found, category=code)


def _level(category: str, rate: Decimal) -> Level:
    low, high = _SPLIT
    if rate < low:
        return Level.REDUCED
    return Level.INTERMEDIATE if rate < high or category == "AA" else Level.NORMAL


def _exempt(drawn: Vat) -> Vat:
    """Return the exemption with a code that always was, and a mention."""
    code = drawn.exemption_code or _ALWAYS
    known = exemptions.exemption(code) or exemptions.exemption(_ALWAYS)
    assert known is not None  # noqa: S101 - M99 stands in the table
    reason = drawn.exemption_reason or known.mention
    return replace(drawn, exemption_code=known.code, exemption_reason=reason)


def _placed(place: Delivery, region: Region) -> Delivery:
    if place.address is None or region not in _POST_CODES:
        return place
    address = replace(place.address, country="PT", post_code=_POST_CODES[region])
    return replace(place, address=address)


def _ordered(invoice: Invoice) -> Invoice:
    """Return it due on its own day at the earliest, and after what it corrects."""
    due, day = invoice.due_date, invoice.issue_date
    earlier = tuple(_earlier(item, invoice) for item in invoice.preceding_invoices)
    return replace(invoice, due_date=due and max(due, day), preceding_invoices=earlier)


def _earlier(item: PrecedingInvoice, invoice: Invoice) -> PrecedingInvoice:
    day = item.issue_date and min(item.issue_date, invoice.issue_date)
    number = "RAPPEL" if item.number == invoice.number else item.number
    return replace(item, issue_date=day, number=number)


def _referring(invoice: Invoice) -> Invoice:
    """Return it with references that begin no longer text of the document."""
    given = {name: getattr(invoice, name) for name in _OF_20}
    changes: dict[str, Any] = {
        name: text[:-1] + _UNCUT
        for name, text in given.items()
        if text is not None and len(text) == 20  # noqa: PLR2004 - the limit
    }
    return replace(invoice, **changes)


def _apart(invoice: Invoice) -> Invoice:
    """Return it with two parties that are two, and attachments that differ."""
    buyer = invoice.buyer
    if buyer.vat_identifier == invoice.seller.vat_identifier:
        buyer = replace(buyer, vat_identifier=_OTHER_BUYER)
    attachments = tuple(_different(invoice.attachments))
    return replace(invoice, buyer=buyer, attachments=attachments)


def _different(attachments: tuple[Attachment, ...]) -> Iterator[Attachment]:
    """Yield the attachments whose content, name and part in the whole are new."""
    seen: set[object] = set()
    for item in attachments:
        marks: set[object] = {item.content, (item.filename or "").casefold()}
        if (item.description or "").endswith("_REPRESENTATION"):
            marks.add("representation")
        marks -= {None, ""}
        if not marks & seen:
            seen |= marks
            yield item
