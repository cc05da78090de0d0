# SPDX-License-Identifier: MIT
"""The other way to send: data from which iLink builds the XML itself.

The same `Invoice` makes the form of ``POST /apps/documents``. What that form has no
field for is an error, not left out in silence: the UBL upload carries everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.broker.multipart import File, multipart
from cius_pt.broker.preflight import Sending
from cius_pt.broker.replies import Outcome, Receipt, receipt
from cius_pt.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from cius_pt.broker.multipart import Fields
    from cius_pt.broker.session import Session
    from cius_pt.broker.steps import Steps
    from cius_pt.model.document import Invoice
    from cius_pt.model.lines import AllowanceCharge, Line, Vat

_TYPES: Final = {
    "380": "invoice",
    "FT": "invoice",
    "383": "debitnote",
    "ND": "debitnote",
    "FS": "simplified_invoice",
}
_PLAIN: Final = Sending()
# What the documented form has no field for.
_NO_FIELD: Final = (
    "payee",
    "tax_representative",
    "preceding_invoices",
    "prepaid",
    "rounding",
    "further_multibanco",
    "payments",
    "source_currency",
    "contract_reference",
    "buyer_reference",
)


def fields(invoice: Invoice, sending: Sending = _PLAIN) -> Fields:
    """Return the form of an invoice; raises `InvalidValue` for what has no field."""
    kind = _TYPES.get(invoice.kind)
    if kind is None:
        raise InvalidValue(
            f"the word for {invoice.kind} is not published; upload the UBL instead",
            path="kind",
        )
    for name in _NO_FIELD:
        if getattr(invoice, name):
            raise InvalidValue(
                "has no field in the structured form; upload the UBL instead", path=name
            )
    return (
        *_header(invoice, kind),
        *_references(invoice),
        *_withheld(invoice),
        *_lines(invoice),
        *sending.fields(),
    )


def send_structured(
    session: Session, invoice: Invoice, *, sending: Sending = _PLAIN
) -> Steps[Receipt]:
    """Send an invoice as data, once and without a journal.

    Nothing here makes it safe to repeat: when no answer comes (`wire.Unanswered`), look
    the number up before trying again. `Broker.upload` does that by itself.
    """
    representation = [
        a
        for a in invoice.attachments
        if a.content is not None and (a.description or "").endswith("_REPRESENTATION")
    ]
    others = [
        a
        for a in invoice.attachments
        if a.content is not None and a not in representation
    ]
    named = [("file", a) for a in representation[:1]]
    named += [(f"files[{i}]", a) for i, a in enumerate(others + representation[1:])]
    files = [
        File(
            name=name,
            filename=a.filename or "document",
            content_type=a.mime_code or "application/octet-stream",
            content=a.content or b"",
        )
        for name, a in named
    ]
    kind, body = multipart(files, fields(invoice, sending))
    request = session.request(
        "POST", "/apps/documents", headers=(("content-type", kind),), body=body
    )
    nif = invoice.seller.vat_identifier.removeprefix("PT")
    found = yield from session.answer(request, nif=nif)
    return receipt(found.data, Outcome.CREATED, found.code)


def _header(invoice: Invoice, kind: str) -> Iterator[tuple[str, str]]:
    yield "number", invoice.number
    yield "document_type", kind
    yield "issue_date", invoice.issue_date.isoformat()
    if invoice.due_date is not None:
        yield "due_date", invoice.due_date.isoformat()
    if invoice.notes:
        yield "notes", "\n".join(invoice.notes)
    if invoice.period is not None:
        for name in ("start", "end"):
            if (day := getattr(invoice.period, name)) is not None:
                yield f"invoice_period[{name}_date]", day.isoformat()
    if invoice.payment_terms:
        yield "payment_terms[note]", "\n".join(invoice.payment_terms)
    yield from _discounts("discounts_charges", invoice.allowance_charges)


def _references(invoice: Invoice) -> Iterator[tuple[str, str]]:
    if invoice.commitment is not None:
        yield "commitment_number", invoice.commitment
    if invoice.order_reference is not None:
        yield "references[0][document_type]", "order"
        yield "references[0][number]", invoice.order_reference
    if invoice.buyer.contact is not None and invoice.buyer.contact.email:
        yield "customer[email]", invoice.buyer.contact.email
    if invoice.qr is not None:
        yield "qr_code", invoice.qr


def _withheld(invoice: Invoice) -> Iterator[tuple[str, str]]:
    for index, withheld in enumerate(invoice.withholdings):
        at = f"withholding_tax[{index}]"
        yield f"{at}[type]", withheld.type
        yield f"{at}[tax_amount]", _number(withheld.amount)
        yield f"{at}[description]", withheld.description


def _lines(invoice: Invoice) -> Iterator[tuple[str, str]]:
    for index, line in enumerate(invoice.lines):
        at = f"lines[{index}]"
        yield f"{at}[quantity]", _number(line.quantity)
        yield f"{at}[price]", _number(line.net_price)
        if line.net_amount is not None:
            yield f"{at}[amount]", _number(line.net_amount)
        yield from _tax(f"{at}[taxes][0]", line.vat)
        yield from _discounts(f"{at}[discounts_charges]", line.allowance_charges)
        yield from _rest_of_line(at, line)


def _rest_of_line(at: str, line: Line) -> Iterator[tuple[str, str]]:
    if line.gross_price is not None and line.price_discount is not None:
        yield f"{at}[price_discount][base_amount]", _number(line.gross_price)
        yield f"{at}[price_discount][amount]", _number(line.price_discount)
    if line.commitment is not None:
        yield f"{at}[commitment][number]", line.commitment
        if line.commitment_line is not None:
            yield f"{at}[commitment][line]", line.commitment_line
    for number, attribute in enumerate(line.attributes):
        yield f"{at}[additional_property][{number}][name]", attribute.name
        yield f"{at}[additional_property][{number}][value]", attribute.value


def _tax(at: str, vat: Vat) -> Iterator[tuple[str, str]]:
    if vat.rate is not None:
        yield f"{at}[tax_percent]", _number(vat.rate)
    if vat.exemption_code is not None:
        yield f"{at}[tax_exemption_reason_code]", vat.exemption_code
    if vat.exemption_reason is not None:
        yield f"{at}[tax_exemption_reason]", vat.exemption_reason


def _discounts(
    at: str, allowances: Iterable[AllowanceCharge]
) -> Iterator[tuple[str, str]]:
    for index, item in enumerate(allowances):
        yield f"{at}[{index}][type]", "true" if item.charge else "false"
        yield f"{at}[{index}][amount]", _number(item.amount)
        if item.reason is not None:
            yield f"{at}[{index}][reason]", item.reason
        if item.percentage is not None:
            yield f"{at}[{index}][percent]", _number(item.percentage)
        if item.vat is not None:
            yield f"{at}[{index}][tax_code]", item.vat.category
            yield from (
                pair
                for pair in _tax(f"{at}[{index}]", item.vat)
                if not pair[0].endswith("[tax_percent]")
            )


def _number(value: Decimal) -> str:
    return format(value, "f")
