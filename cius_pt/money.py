# SPDX-License-Identifier: MIT
"""Exact arithmetic on amounts, whatever the caller's decimal context says.

A quantity has 13 digits and three decimals, a price 13 and eight: their product needs
37 digits, more than the 28 of Python's default context. The model takes 20 before and
20 after the point, and quantity × price ÷ base × rate of such numbers stays within
200. Rounding is half away from
zero, as invoices are rounded in Portugal.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_EXACT = Context(prec=200, rounding=ROUND_HALF_UP)
CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def cents(value: Decimal) -> Decimal:
    """Return `value` with two decimals, half away from zero.

    >>> cents(Decimal("2.675")), cents(Decimal("-0.005"))
    (Decimal('2.68'), Decimal('-0.01'))
    """
    return _EXACT.quantize(value, CENT)


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Return `value` with this many decimals, half away from zero."""
    return _EXACT.quantize(value, _quantum(decimals))


@lru_cache(maxsize=64)
def _quantum(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def total(values: Iterable[Decimal]) -> Decimal:
    """Return the exact sum; of nothing it is 0.00."""
    result, add = ZERO, _EXACT.add
    for value in values:
        result = add(result, value)
    return result


def product(first: Decimal, second: Decimal) -> Decimal:
    """Return the exact product."""
    return _EXACT.multiply(first, second)


def quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """Return the quotient to 200 digits."""
    return _EXACT.divide(dividend, divisor)


def percentage(base: Decimal, rate: Decimal) -> Decimal:
    """Return `rate` per cent of `base`, not rounded.

    >>> percentage(Decimal("10.50"), Decimal("23"))
    Decimal('2.4150')
    """
    return _EXACT.scaleb(_EXACT.multiply(base, rate), -2)
