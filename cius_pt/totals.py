# SPDX-License-Identifier: MIT
"""The sums of an invoice: pure, exact, rounded half up to the cent.

Sums that are stated are law: `with_totals` fills in what is missing and changes
nothing that is there. Formulas: DT-CIUS-PT-157 to 175 of CIUS-PT 2.1.2, without their
tolerance of 1.00.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cius_pt.errors import InvalidValue
from cius_pt.gross import net_of_vat
from cius_pt.model import Totals
from cius_pt.money import ZERO, cents, total
from cius_pt.pricing import net_amount, priced, sum_of
from cius_pt.subtotals import breakdown, groups_of, vat_key

if TYPE_CHECKING:
    from cius_pt.model import Invoice, Line


def with_totals(
    invoice: Invoice, *, fully_paid: bool = False, prices_include_vat: bool = False
) -> Invoice:
    """Return `invoice` with every net amount and, if it states none, its totals.

    What is stated stays as it is. UBL has no place for the exemption of a document
    level allowance or charge: it moves into the VAT breakdown. With `fully_paid` the
    whole amount counts as paid before (BT-113), as on an invoice-receipt (FR), and
    nothing is due. With `prices_include_vat` all prices, allowances and charges of
    `invoice` are taken with VAT inside and are written without it, to the cent of the
    gross total (see `net_of_vat`). Raises `InvalidValue` when a price has the base
    quantity zero.
    """
    if prices_include_vat:
        invoice = net_of_vat(invoice)
    if any(line.net_amount is None for line in invoice.lines):
        lines = (_with_net_amount(line, i) for i, line in enumerate(invoice.lines))
        invoice = replace(invoice, lines=tuple(lines))
    totals = _totals(invoice) if invoice.totals is None else invoice.totals
    invoice = _with_exemptions_moved(invoice, totals)
    if invoice.totals is not None:
        return invoice
    if fully_paid:
        paid = total((totals.with_vat, invoice.rounding or ZERO))
        invoice = replace(invoice, prepaid=paid)
        totals = replace(totals, due=ZERO)
    return replace(invoice, totals=totals)


def _with_net_amount(line: Line, index: int) -> Line:
    if line.net_amount is not None:
        return line
    priced(line, f"lines[{index}]")
    return replace(line, net_amount=net_amount(line))


def _with_exemptions_moved(invoice: Invoice, totals: Totals) -> Invoice:
    if not invoice.allowance_charges:
        return invoice
    known = {vat_key(entry) for entry in totals.vat_breakdown}
    return replace(
        invoice,
        allowance_charges=tuple(
            replace(
                item,
                vat=replace(item.vat, exemption_code=None, exemption_reason=None),
            )
            if item.vat is not None and vat_key(item.vat) in known
            else item
            for item in invoice.allowance_charges
        ),
    )


def _totals(invoice: Invoice) -> Totals:
    for index, item in enumerate(invoice.allowance_charges):
        if item.vat is None:
            raise InvalidValue(
                "BT-95, BT-102: mandatory on the document level; give its vat",
                path=f"allowance_charges[{index}].vat",
            )
    entries = tuple(breakdown(group) for group in groups_of(invoice))
    lines = cents(total(line.net_amount or ZERO for line in invoice.lines))
    allowances = sum_of(invoice.allowance_charges, charge=False)
    charges = sum_of(invoice.allowance_charges, charge=True)
    without_vat = total((lines, charges or ZERO, -(allowances or ZERO)))
    vat = total(entry.tax for entry in entries)
    with_vat = total((without_vat, vat))
    due = total((with_vat, -(invoice.prepaid or ZERO), invoice.rounding or ZERO))
    return Totals(
        lines=lines,
        allowances=allowances,
        charges=charges,
        without_vat=without_vat,
        vat=vat,
        with_vat=with_vat,
        due=cents(due),
        vat_breakdown=entries,
    )
