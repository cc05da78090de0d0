# SPDX-License-Identifier: MIT
"""Tax withheld at source: rates, and what is left to pay.

The base is the income without VAT; the total of the invoice does not change, what is
paid is less. The rates were read in published summaries only, so they help to compute
and never judge. Sources stand on top of ``codes/withholding.tsv``.

>>> withheld(Decimal("1000.00"), Decimal("23"))
Decimal('230.00')
>>> import datetime as dt
>>> rates_at(dt.date(2026, 1, 1), "IRS-PROF")[0].percent
Decimal('23.00')
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cius_pt.codes import table
from cius_pt.errors import InvalidValue
from cius_pt.money import cents, percentage
from cius_pt.values import dataclass

if TYPE_CHECKING:
    import datetime as dt

_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class WithholdingRate:
    """A rate: `tax` is IRS or IRC."""

    code: str
    tax: str
    percent: Decimal
    pt: str
    en: str


def rates_at(day: dt.date, code: str | None = None) -> tuple[WithholdingRate, ...]:
    """Return the rates of a day, all or those of one code."""
    text = day.isoformat()
    return tuple(
        WithholdingRate(
            code=row["code"],
            tax=row["tax"],
            percent=Decimal(row["percent"]),
            pt=row["pt"],
            en=row["en"],
        )
        for row in table("withholding").rows
        if (row["from"] or text) <= text <= (row["to"] or text)
        and code in {None, row["code"]}
    )


def withheld(base: Decimal, percent: Decimal) -> Decimal:
    """Return what is withheld of an income without VAT, half a cent upwards.

    Raises `InvalidValue` for a percentage outside 0 to 100.
    """
    if not 0 <= percent <= _MOST:
        raise InvalidValue(f"expected 0 to 100 per cent, got {percent}", path="percent")
    return cents(percentage(base, percent))


def to_pay(total: Decimal, amount: Decimal) -> Decimal:
    """Return the total of the invoice less what is withheld."""
    return cents(total - amount)
