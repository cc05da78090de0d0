# SPDX-License-Identifier: MIT
"""An invoice as a page of plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.arithmetic import disagreements

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from cius_pt.model import Attachment, Buyer, Invoice, Line, Payment, Seller, Vat

_WIDTH = 78


def summary(invoice: Invoice) -> str:
    """Return the text: head, parties, lines, sums, payment, what is attached."""
    parts = (_head, _parties, _lines, _sums, _payments, _extras)
    text = "\n".join(line for part in parts for line in part(invoice))
    # What a document says is not trusted with the terminal.
    return "".join(
        c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def _head(invoice: Invoice) -> Iterator[str]:
    yield f"{invoice.kind.value} {invoice.number}   {invoice.issue_date}"
    for label, value in (
        ("Due", invoice.due_date),
        ("ATCUD", invoice.atcud),
        ("Order", invoice.order_reference),
        ("Contract", invoice.contract_reference),
        ("Commitment", invoice.commitment),
        ("Project", invoice.project_reference),
        ("Corrects", ", ".join(p.number for p in invoice.preceding_invoices)),
    ):
        if value:
            yield f"  {label + ':':<12}{value}"


def _parties(invoice: Invoice) -> Iterator[str]:
    parties: tuple[tuple[str, Seller | Buyer], ...] = (
        ("Seller", invoice.seller),
        ("Buyer", invoice.buyer),
    )
    for label, party in parties:
        address = party.address
        yield f"  {label + ':':<12}{party.name} ({party.vat_identifier})"
        place = (address.street, address.post_code, address.city, address.country)
        yield f"  {'':<12}{', '.join(part for part in place if part)}"


def _lines(invoice: Invoice) -> Iterator[str]:
    yield ""
    for line in invoice.lines:
        yield from _line(line, invoice.currency)
    for item in invoice.allowance_charges:
        sign = "" if item.charge else "-"
        reason = item.reason or item.reason_code or ""
        vat = _vat(item.vat) if item.vat else ""
        yield _row(f"  {reason} {vat}", f"{sign}{item.amount}", invoice.currency)


def _line(line: Line, currency: str) -> Iterator[str]:
    amount = "" if line.net_amount is None else f"{line.net_amount:f}"
    yield _row(f"{line.id:>4}  {line.name}", amount, currency)
    price = f"{line.quantity:f} {line.unit} × {line.net_price:f}"
    if line.base_quantity is not None:
        price += f" per {line.base_quantity:f}"
    yield f"      {price}, {_vat(line.vat)}"


def _vat(vat: Vat) -> str:
    rate = "" if vat.rate is None else f" {vat.rate:f} %"
    code = f" {vat.exemption_code}" if vat.exemption_code else ""
    return f"{vat.category}{rate}{code}"


def _row(label: str, amount: str, currency: str) -> str:
    room = _WIDTH - len(amount) - len(currency) - 2
    return f"{label[:room]:<{room}} {amount} {currency}"


def _sums(invoice: Invoice) -> Iterator[str]:
    totals = invoice.totals
    if totals is None:
        return
    yield ""
    for entry in totals.vat_breakdown:
        code = f" {entry.exemption_code}" if entry.exemption_code else ""
        rate = f"{entry.scheme} {entry.category} {entry.rate:f} %{code}"
        label = f"  {rate} of {entry.taxable:f}"
        yield _row(label, f"{entry.tax:f}", invoice.currency)
    rows: tuple[tuple[str, Decimal | None], ...] = (
        ("Without VAT", totals.without_vat),
        ("VAT", totals.vat),
        ("With VAT", totals.with_vat),
        ("Paid before", invoice.prepaid),
        ("Rounding", invoice.rounding),
        ("Due", totals.due),
    )
    for label, value in rows:
        if value is not None:
            yield _row(f"  {label}", f"{value:f}", invoice.currency)
    for wrong in disagreements(invoice):
        yield (
            f"  {wrong.bt} {wrong.path}: stated {wrong.stated:f}, "
            f"adds up to {wrong.computed:f}"
        )


def _payments(invoice: Invoice) -> Iterator[str]:
    for payment in invoice.payments:
        yield f"  {'Pay by:':<12}{_payment(payment)}"
    for found in invoice.further_multibanco:
        reference = f"{found.entity} {found.reference} {found.amount}"
        yield f"  {'Pay by:':<12}Multibanco {reference}"
    for terms in invoice.payment_terms:
        yield f"  {'Terms:':<12}{terms}"
    for tax in invoice.withholdings:
        yield f"  {'Withheld:':<12}{tax.description} {tax.amount:f} ({tax.type})"


def _payment(payment: Payment) -> str:
    if payment.multibanco is not None:
        return f"Multibanco {payment.multibanco.entity} {payment.multibanco.reference}"
    account = payment.credit_transfer.account if payment.credit_transfer else ""
    return " ".join(part for part in (payment.means, payment.duc, account) if part)


def _extras(invoice: Invoice) -> Iterator[str]:
    for attachment in invoice.attachments:
        yield f"  {'Attached:':<12}{_attachment(attachment)}"
    for note in invoice.notes:
        yield f"  {'Note:':<12}{note}"


def _attachment(attachment: Attachment) -> str:
    size = "" if attachment.content is None else f"{len(attachment.content):,} bytes"
    parts = (
        attachment.description,
        attachment.filename,
        attachment.mime_code,
        size,
        attachment.uri,
    )
    return f"{attachment.id}: " + ", ".join(part for part in parts if part)
