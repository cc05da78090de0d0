# SPDX-License-Identifier: MIT
"""Where and when an invoice is taxed, as far as it says so.

UBL has no field for Portugal's tax regions: the post codes of the places on the
invoice say which there may be. The rate is that of the day the tax became due, which
is the issue date or an earlier one that the invoice names (CIVA, articles 7, 8 and 18).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cius_pt.pt import vat
from cius_pt.pt.vat import Region

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from decimal import Decimal

    from cius_pt.model import Address, Invoice, Period
    from cius_pt.pt.vat import Level


# Going through an enumeration itself takes ten times as long.
_REGIONS = tuple(Region)


def portuguese(invoice: Invoice) -> bool:
    """Whether the seller issues it under Portuguese law: its VAT identifier is PT."""
    return invoice.seller.vat_identifier.startswith("PT")


def home(invoice: Invoice) -> Region:
    """Return the region of the first delivery in Portugal, else that of the seller."""
    places = [place.address for place in invoice.deliveries if place.address]
    found = [_region(place) for place in (*places, invoice.seller.address)]
    return next((region for region in found if region), Region.MAINLAND)


def regions(invoice: Invoice) -> tuple[Region, ...]:
    """Return the mainland and the region of every place on the invoice."""
    places = [place.address for place in invoice.deliveries if place.address]
    places += [invoice.seller.address, invoice.buyer.address]
    found = {Region.MAINLAND, *(r for place in places if (r := _region(place)))}
    return tuple(region for region in _REGIONS if region in found)


def days(invoice: Invoice) -> tuple[dt.date, ...]:
    """Return every day on which the tax may have become due, oldest first."""
    found = {invoice.issue_date, invoice.tax_point_date}
    found |= {place.date for place in invoice.deliveries}
    found |= {earlier.issue_date for earlier in invoice.preceding_invoices}
    for period in (invoice.period, *(line.period for line in invoice.lines)):
        found |= _ends(period)
    return tuple(sorted(day for day in found if day is not None))


def corrects_an_undated_invoice(invoice: Invoice) -> bool:
    """Whether the rate may be that of an invoice whose date is not given."""
    dates = [earlier.issue_date for earlier in invoice.preceding_invoices]
    undated = any(line.preceding_invoice for line in invoice.lines)
    return None in dates or undated


@lru_cache(maxsize=256)
def levels(days: tuple[dt.date, ...]) -> Mapping[Region, Mapping[Decimal, Level]]:
    """Return, for each region, which rate a percentage is on one of these days.

    Where two days differ, the later one counts.
    """
    found: dict[Region, dict[Decimal, Level]] = {region: {} for region in Region}
    for day in days:
        for region, known in found.items():
            known |= {rate.percent: rate.level for rate in vat.rates_at(region, day)}
    return found


@lru_cache(maxsize=256)
def verified(days: tuple[dt.date, ...]) -> bool:
    """Whether the rates of every region are verified for all of these days."""
    return all(vat.known(region, day) for region in Region for day in days)


def _region(place: Address) -> Region | None:
    if place.country != "PT" or place.post_code is None:
        return None
    return vat.region_of_post_code(place.post_code)


def _ends(period: Period | None) -> set[dt.date | None]:
    return set() if period is None else {period.start, period.end}
