# SPDX-License-Identifier: MIT
"""Whether all totals of an invoice agree, without putting any of them into words.

`cius_pt.arithmetic` says of each total what it is made of, in ten times the time, and
of hardly any is that ever asked: what is said here is only ever a yes.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cius_pt.money import ZERO, cents, percentage, product, total
from cius_pt.pricing import line_amount, net_amount, signed_amount, sum_of
from cius_pt.subtotals import CHARGED, vat_key

if TYPE_CHECKING:
    from cius_pt.model import Invoice, Line, Totals, VatBreakdown

_ONE = Decimal(1)


def agree(invoice: Invoice) -> bool:
    """Whether every stated total is what its parts give; False says nothing.

    There may be more to say where exempt amounts are added or taken off below the
    lines, or where subtotals do not come once for each VAT.
    """
    stated = invoice.totals
    if stated is None or not all(map(line_agrees, invoice.lines)):
        return False
    amounts = list(map(line_amount, invoice.lines))
    taxable = _taxable(invoice, amounts)
    return (
        taxable is not None
        and _subtotals_agree(taxable, stated.vat_breakdown)
        and cents(total(amounts)) == stated.lines
        and _totals_agree(invoice, stated)
    )


def line_agrees(line: Line) -> bool:
    """Whether BT-131 is what it should be, with as many decimals as it has.

    Nearly always it is quantity × price to the last digit, and then also when rounded.
    """
    stated = line.net_amount
    if stated is None:
        return True
    return (
        (line.base_quantity is None or line.base_quantity == _ONE)
        and not line.allowance_charges
        and stated == product(line.quantity, line.net_price)
    ) or stated == net_amount(line, decimals_of(stated))


def decimals_of(amount: Decimal) -> int:
    """Return with how many decimals a net amount is compared: its own, two at least."""
    return max(2, -int(amount.as_tuple().exponent))


def _taxable(
    invoice: Invoice, lines: list[Decimal]
) -> dict[object, list[Decimal]] | None:
    """Return the amounts of each VAT, or None where one may belong to several."""
    found: dict[object, list[Decimal]] = {}
    for line, amount in zip(invoice.lines, lines, strict=True):
        found.setdefault(vat_key(line.vat), []).append(amount)
    for item in invoice.allowance_charges:
        if item.vat is None:
            continue
        key = vat_key(item.vat)
        if key[0] not in CHARGED:
            return None
        found.setdefault(key, []).append(signed_amount(item))
    return found


def _subtotals_agree(
    taxable: dict[object, list[Decimal]], stated: tuple[VatBreakdown, ...]
) -> bool:
    for entry in stated:
        amounts = taxable.pop(vat_key(entry), None)
        if amounts is None or cents(total(amounts)) != entry.taxable:
            return False
        if cents(percentage(entry.taxable, entry.rate)) != entry.tax:
            return False
    return True


def _totals_agree(invoice: Invoice, stated: Totals) -> bool:
    """Whether BT-107 to BT-115 are what is stated below each of them."""
    items = invoice.allowance_charges
    allowances, charges = stated.allowances, stated.charges
    off, on = -(allowances or ZERO), charges or ZERO
    paid, rounding = -(invoice.prepaid or ZERO), invoice.rounding or ZERO
    return (
        (allowances is None or allowances == (sum_of(items, charge=False) or ZERO))
        and (charges is None or charges == (sum_of(items, charge=True) or ZERO))
        and cents(total((stated.lines, on, off))) == stated.without_vat
        and cents(total(entry.tax for entry in stated.vat_breakdown)) == stated.vat
        and cents(total((stated.without_vat, stated.vat))) == stated.with_vat
        and cents(total((stated.with_vat, paid, rounding))) == stated.due
    )
