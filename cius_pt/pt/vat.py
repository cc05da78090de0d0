# SPDX-License-Identifier: MIT
"""VAT rates by region and date, with their history.

Three regions have rates of their own, each a reduced, an intermediate and a normal
one. Periods before 2011 (on the islands, before 2012 or 2014) are in the table but
not verified: for them `known` is false and nothing is concluded from the rates.
Sources stand on top of ``codes/vat_rates.tsv``.

>>> import datetime as dt
>>> rate(Region.MADEIRA, Level.NORMAL, dt.date(2026, 1, 1))
Decimal('22.00')
>>> level(Region.AZORES, Decimal("18"), dt.date(2021, 6, 30))
<Level.NORMAL: 'NOR'>
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache

from cius_pt.codes import table
from cius_pt.values import dataclass


class Region(StrEnum):
    """A tax region, as SAF-T (PT) and the QR code name it."""

    MAINLAND = "PT"
    AZORES = "PT-AC"
    MADEIRA = "PT-MA"


class Level(StrEnum):
    """Which of the three rates of a region, as SAF-T (PT) names it."""

    REDUCED = "RED"
    INTERMEDIATE = "INT"
    NORMAL = "NOR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One rate of one region in one period; `to` is its last day, None if it lasts."""

    region: Region
    level: Level
    start: dt.date
    to: dt.date | None
    percent: Decimal
    verified: bool

    def at(self, day: dt.date) -> bool:
        """Whether it is in force on `day`."""
        return self.start <= day and (self.to is None or day <= self.to)


@cache
def rates() -> tuple[Rate, ...]:
    """Return every rate that is known, oldest first by region."""
    return tuple(
        Rate(
            region=Region(row["code"]),
            level=Level(row["rate"]),
            start=dt.date.fromisoformat(row["from"]),
            to=dt.date.fromisoformat(row["to"]) if row["to"] else None,
            percent=Decimal(row["percent"]),
            verified=row["status"] == "verified",
        )
        for row in table("vat_rates").rows
    )


@lru_cache(maxsize=1024)
def rates_at(region: Region, day: dt.date) -> tuple[Rate, ...]:
    """Return the rates of a region on a day: three, or none before the table begins."""
    return tuple(r for r in rates() if r.region is region and r.at(day))


def known(region: Region, day: dt.date) -> bool:
    """Whether the rates of a region on a day are verified."""
    found = rates_at(region, day)
    return bool(found) and all(rate.verified for rate in found)


def rate(region: Region, level: Level, day: dt.date) -> Decimal | None:
    """Return the percentage of a level, or None before the table begins."""
    found = [r.percent for r in rates_at(region, day) if r.level is level]
    return found[0] if found else None


def level(region: Region, percent: Decimal, day: dt.date) -> Level | None:
    """Return which rate `percent` is in a region on a day, or None if it is none."""
    found = [r.level for r in rates_at(region, day) if r.percent == percent]
    return found[0] if found else None


# Post codes: CTT gives 9000 to 9499 to Madeira and 9500 to 9999 to the Azores.
_POST_CODE = re.compile(r"(9[0-9]{3})(?:-[0-9]{3})?")
_AZORES_BEGIN = "9500"


@lru_cache(maxsize=1024)
def region_of_post_code(post_code: str) -> Region:
    """Return the region of a Portuguese post code; the mainland for any other text.

    >>> region_of_post_code("9500-101")
    <Region.AZORES: 'PT-AC'>
    """
    found = _POST_CODE.fullmatch(post_code.strip())
    if found is None:
        return Region.MAINLAND
    return Region.AZORES if found[1] >= _AZORES_BEGIN else Region.MADEIRA
