# SPDX-License-Identifier: MIT
"""The QR code of any lawful invoice says its figures, and is read back as them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import assume, event, given

from cius_pt.errors import InvalidValue
from cius_pt.invoice_qr import qr_for, with_qr
from cius_pt.money import ZERO, total
from cius_pt.pt.qr import parse
from cius_pt.qr_differences import differences
from cius_pt.tax_place import portuguese
from cius_pt.testing.strategies import credit_notes, invoices
from cius_pt.ubl.read import read
from cius_pt.ubl.write import write
from tests.fiscal_sizes import drawn

if TYPE_CHECKING:
    from cius_pt.model import Invoice

PROGRAM: dict[str, Any] = {"certificate": "1234", "hash4": "kLp0"}


def prepared(drawn_one: Invoice) -> Invoice:
    """Return the invoice with what a QR code needs: EUR and an ATCUD."""
    return replace(
        drawn_one,
        currency="EUR",
        tax_currency=None,
        atcud=drawn_one.atcud or "CSDF7T5H-1",
        certified_program=None,
    )


@drawn(10_000)
@given((invoices() | credit_notes()).filter(portuguese).map(prepared))
def test_the_qr_code_of_an_invoice_says_its_figures(invoice: Invoice) -> None:
    try:
        qr = qr_for(invoice, **PROGRAM)
    except InvalidValue as error:
        # A text too long or with an asterisk, an amount of more than 16 characters.
        event(f"no QR code: {error.path}")
        if error.path not in {"buyer_nif", "total", "exempt", "withheld"}:
            raise
        assume(condition=False)
    totals = invoice.totals
    assert totals is not None

    assert parse(str(qr)) == qr
    assert str(parse(str(qr))) == str(qr)
    assert qr.taxes_add_up
    assert qr.total == totals.with_vat
    # A subtotal is rounded by itself: lines of eight decimals may lose a cent in all.
    lost = totals.without_vat - total(x.taxable for x in totals.vat_breakdown)
    event("a cent is lost in rounding" if lost else "the subtotals add up")
    assert total((*qr.bases, qr.tax)) + lost == totals.without_vat + totals.vat
    assert qr.total_gap == lost
    assert qr.total_adds_up == (lost == 0)
    assert (qr.withheld or ZERO) == total(x.amount for x in invoice.withholdings)
    assert (qr.number, qr.date, qr.atcud) == (
        invoice.number,
        invoice.issue_date,
        invoice.atcud,
    )
    assert differences(parse(str(qr)), invoice) == ()


@drawn(1000, usual=50)
@given((invoices() | credit_notes()).filter(portuguese).map(prepared))
def test_the_document_carries_it_as_cius_pt_wants_it(invoice: Invoice) -> None:
    try:
        coded = with_qr(invoice, **PROGRAM)
    except InvalidValue:
        assume(condition=False)

    assert read(write(coded)).invoice == coded
