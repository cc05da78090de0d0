# SPDX-License-Identifier: MIT
"""What a line is worth: quantity, price, allowances and charges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.errors import InvalidValue
from cius_pt.money import cents, product, quotient, rounded, total

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from cius_pt.model import AllowanceCharge, Line


def worth(line: Line, decimals: int = 2) -> Decimal:
    """Return quantity × net price ÷ base quantity (BT-129, 146, 149), rounded.

    A base quantity of zero counts as none, as DT-CIUS-PT-157 has it; DT-CIUS-PT-177
    is the rule that forbids it.
    """
    amount = product(line.quantity, line.net_price)
    if line.base_quantity:
        amount = quotient(amount, line.base_quantity)
    return rounded(amount, decimals)


def priced(line: Line, path: str) -> Decimal:
    """Return the same, or raise `InvalidValue` for a price for zero pieces."""
    if line.base_quantity is not None and not line.base_quantity:
        raise InvalidValue(
            "BT-149: a price for zero pieces has no amount",
            path=f"{path}.base_quantity",
        )
    return worth(line)


def signed_amount(item: AllowanceCharge) -> Decimal:
    """Return what it changes: a charge adds, an allowance takes off."""
    return item.amount if item.charge else -item.amount


def signed(
    items: Iterable[AllowanceCharge], path: str = ""
) -> tuple[tuple[str, Decimal], ...]:
    """Return path and amount of each, allowances negative."""
    dot = "." if path else ""
    return tuple(
        (
            f"{path}{dot}allowance_charges[{index}].amount",
            signed_amount(item),
        )
        for index, item in enumerate(items)
    )


def net_amount(line: Line, decimals: int = 2) -> Decimal:
    """Return BT-131: worth + charges − allowances, rounded."""
    changes = map(signed_amount, line.allowance_charges)
    return rounded(total((worth(line, decimals), *changes)), decimals)


def line_amount(line: Line) -> Decimal:
    """Return BT-131 as it is stated, or to the cent where nothing is stated."""
    return net_amount(line) if line.net_amount is None else line.net_amount


def sum_of(items: Iterable[AllowanceCharge], *, charge: bool) -> Decimal | None:
    """Return BT-108, the sum of the charges, or BT-107; None where there are none."""
    amounts = [item.amount for item in items if item.charge is charge]
    return cents(total(amounts)) if amounts else None
