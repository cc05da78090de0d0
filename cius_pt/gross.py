# SPDX-License-Identifier: MIT
"""Prices with VAT inside, taken apart so that the gross total stays to the cent.

EN 16931 knows prices without VAT only, tills and shops know them with VAT. Each VAT
group's gross sum is split once; the lines share the group's taxable amount, the largest
remainders getting the odd cents, and their prices follow with up to eight decimals.
What is then still missing to the gross total (a cent per group at the most, because the
tax is computed from the taxable amount) is stated as rounding amount (BT-114).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from cius_pt.errors import InvalidValue
from cius_pt.money import (
    CENT,
    ZERO,
    cents,
    percentage,
    product,
    quotient,
    rounded,
    total,
)
from cius_pt.pricing import priced, signed_amount
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from cius_pt.model import AllowanceCharge, Invoice, Line, Vat

_PRICE_DECIMALS = 8


@dataclass(slots=True, kw_only=True)
class _Share:
    """One line or document level amount: its part of the gross and of the taxable."""

    rate: Decimal
    gross: Decimal
    net: Decimal
    movable: bool


def net_of_vat(invoice: Invoice) -> Invoice:
    """Return `invoice` with prices and amounts without VAT, net amounts and rounding.

    Raises `InvalidValue` when it already states net amounts or totals, which would be
    without VAT by definition, or when a document level amount has no VAT category.
    """
    _refuse_stated(invoice)
    shares = [
        _Share(
            rate=line.vat.rate or ZERO,
            gross=_gross(line, index),
            net=ZERO,
            movable=True,
        )
        for index, line in enumerate(invoice.lines)
    ]
    for index, item in enumerate(invoice.allowance_charges):
        amount = signed_amount(item)
        rate = _rate(item, index)
        shares.append(_Share(rate=rate, gross=amount, net=ZERO, movable=False))
    rounding = _split(shares)
    lines = tuple(
        _line(line, share) for line, share in zip(invoice.lines, shares, strict=False)
    )
    items = tuple(
        _item(item, _vat(item).rate or ZERO) for item in invoice.allowance_charges
    )
    if invoice.rounding is None and rounding:
        invoice = replace(invoice, rounding=rounding)
    return replace(invoice, lines=lines, allowance_charges=items)


def _refuse_stated(invoice: Invoice) -> None:
    if invoice.totals is not None:
        raise InvalidValue(
            "BG-22: states sums without VAT, but the prices include it", path="totals"
        )
    for index, line in enumerate(invoice.lines):
        if line.net_amount is not None:
            raise InvalidValue(
                "BT-131: is without VAT, but the prices include it; leave it out",
                path=f"lines[{index}].net_amount",
            )


def _vat(item: AllowanceCharge) -> Vat:
    assert item.vat is not None  # noqa: S101 - _rate has refused the others
    return item.vat


def _rate(item: AllowanceCharge, index: int) -> Decimal:
    if item.vat is None:
        raise InvalidValue(
            "BT-95: mandatory on the document level",
            path=f"allowance_charges[{index}].vat",
        )
    return item.vat.rate or ZERO


def _gross(line: Line, index: int) -> Decimal:
    changes = map(signed_amount, line.allowance_charges)
    return total((priced(line, f"lines[{index}]"), *changes))


def _without(amount: Decimal, rate: Decimal) -> Decimal:
    """Return `amount` without the VAT of `rate` per cent inside it, not rounded."""
    return quotient(amount, percentage(Decimal(100) + rate, Decimal(1)))


def _split(shares: list[_Share]) -> Decimal:
    """Give every share its net amount; return what the taxes leave of the gross."""
    groups: defaultdict[Decimal, list[_Share]] = defaultdict(list)
    for share in shares:
        groups[share.rate].append(share)
    left = ZERO
    for rate, members in groups.items():
        gross = total(share.gross for share in members)
        taxable = cents(_without(gross, rate))
        for share in members:
            share.net = cents(_without(share.gross, rate))
        _level(members, total((taxable, *(-share.net for share in members))))
        taxable = total(share.net for share in members)  # without lines none can move
        tax = cents(percentage(taxable, rate))
        left = total((left, gross, -taxable, -tax))
    return left


def _level(members: list[_Share], missing: Decimal) -> None:
    """Move `missing` cents onto the lines whose rounding was furthest off."""
    step = CENT if missing > 0 else -CENT
    movable = [share for share in members if share.movable]
    movable.sort(key=lambda share: share.net - _without(share.gross, share.rate))
    if step < 0:
        movable.reverse()
    for share in movable[: int(abs(missing) / CENT)]:
        share.net = total((share.net, step))


def _line(line: Line, share: _Share) -> Line:
    items = tuple(_item(item, share.rate) for item in line.allowance_charges)
    signed = map(signed_amount, items)
    target = total((share.net, *(-amount for amount in signed)))
    base = line.base_quantity or Decimal(1)
    price = rounded(_without(line.net_price, share.rate), _PRICE_DECIMALS)
    given = cents(quotient(product(line.quantity, price), base))
    if given != target and line.quantity:
        price = rounded(quotient(product(target, base), line.quantity), _PRICE_DECIMALS)
    gross_price = discount = None
    if line.gross_price is not None:
        gross_price = _without(line.gross_price, share.rate)
        gross_price = max(rounded(gross_price, _PRICE_DECIMALS), price)
        discount = total((gross_price, -price))
    return replace(
        line,
        net_price=price,
        gross_price=gross_price,
        price_discount=discount,
        allowance_charges=items,
        net_amount=share.net,
    )


def _item(item: AllowanceCharge, rate: Decimal) -> AllowanceCharge:
    base = item.base_amount
    return replace(
        item,
        amount=cents(_without(item.amount, rate)),
        base_amount=None if base is None else cents(_without(base, rate)),
    )
