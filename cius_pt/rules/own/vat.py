# SPDX-License-Identifier: MIT
"""VAT rates and categories of a Portuguese seller: legal there and then, consistent."""

from __future__ import annotations

from functools import cache, cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from cius_pt import tax_place
from cius_pt.codes import table
from cius_pt.money import ZERO
from cius_pt.pt.vat import Level, Region
from cius_pt.rules.own.remark import Remark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from cius_pt.model import Invoice, Vat, VatBreakdown

_LEVELS = {"NOR": Level.NORMAL, "INT": Level.INTERMEDIATE, "RED": Level.REDUCED}
# Zero rate, reverse charge, intra-Community, export, not subject: nothing is charged.
_NOTHING = frozenset({"Z", "AE", "IC", "G", "O"})


def found(invoice: Invoice) -> Iterator[Remark]:
    """Yield what is wrong with rates and categories, each pair of them once."""
    if not tax_place.portuguese(invoice):
        return
    place = _Place(invoice)
    seen: set[tuple[str | None, Decimal]] = set()
    given = tuple(amounts(invoice))
    for path, vat in given:
        if vat.scheme != "VAT" or not vat.rate:
            continue
        if (vat.category, vat.rate) not in seen:
            yield from _rate(place, vat, path)
        reason = vat.exemption_code, vat.rate
        if reason not in seen and vat.exemption_code is not None:
            said, where = f"{reason[0]}, {vat.rate} %", f"{path}.exemption_code"
            yield Remark(rule="CP-VAT-06", path=where, detail=said)
        seen |= {(vat.category, vat.rate), reason}
    yield from _mixed(given)


def amounts(invoice: Invoice) -> Iterator[tuple[str, Vat | VatBreakdown]]:
    """Yield path and VAT of subtotals, lines, allowances and charges, each VAT once.

    Hundreds of lines have the same two or three; the path is that of the first.
    """
    seen: set[tuple[object, ...]] = set()
    for path, index, vat in _all(invoice):
        key = _says(vat)
        if key not in seen:
            seen.add(key)
            yield path.format(index), vat


_says = attrgetter("category", "rate", "scheme", "exemption_code", "exemption_reason")


def _all(invoice: Invoice) -> Iterator[tuple[str, int, Vat | VatBreakdown]]:
    if invoice.totals is not None:
        for index, entry in enumerate(invoice.totals.vat_breakdown):
            yield "totals.vat_breakdown[{}]", index, entry
    for index, line in enumerate(invoice.lines):
        yield "lines[{}].vat", index, line.vat
    for index, item in enumerate(invoice.allowance_charges):
        if item.vat is not None:
            yield "allowance_charges[{}].vat", index, item.vat


class _Place:
    """Where and when an invoice is taxed, worked out once for all its rates."""

    def __init__(self, invoice: Invoice) -> None:
        self._invoice = invoice
        self._days = tax_place.days(invoice)
        self.levels = tax_place.levels(self._days)

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """Which there may be; the mainland is always one."""
        return tax_place.regions(self._invoice)

    @cached_property
    def certain(self) -> bool:
        """Whether all rates are verified for all days that may count."""
        undated = tax_place.corrects_an_undated_invoice(self._invoice)
        return tax_place.verified(self._days) and not undated


def _rate(place: _Place, vat: Vat | VatBreakdown, path: str) -> Iterator[Remark]:
    rate, wanted = vat.rate or ZERO, _LEVELS.get(vat.category)
    usual = place.levels[Region.MAINLAND].get(rate)
    nothing = vat.category in _NOTHING
    # Nearly every rate is that of the mainland, and it is then good wherever it is.
    if not nothing and usual is not None and wanted in {None, usual}:
        return
    path, said = f"{path}.rate", f"{vat.category} {rate} %"
    if nothing:
        yield Remark(rule="CP-VAT-04", path=path, detail=said)
        return
    if not place.certain:
        return
    found = {region: known.get(rate) for region, known in place.levels.items()}
    here = [found[region] for region in place.regions]
    if not any(found.values()):
        yield Remark(rule="CP-VAT-01", path=path, detail=said)
    elif not any(here):
        names = ", ".join(region.value for region, level in found.items() if level)
        yield Remark(rule="CP-VAT-02", path=path, detail=f"{said}: {names}")
    if wanted is not None and any(here) and wanted not in here:
        yield Remark(rule="CP-VAT-03", path=path, detail=said)


@cache
def _families() -> dict[str, str]:
    return {row["code"]: row["group"] for row in table("vat_categories").rows}


def _mixed(found: tuple[tuple[str, Vat | VatBreakdown], ...]) -> Iterator[Remark]:
    """Yield groups of one rate that have two codes (DT-CIUS-PT-171, 173, 175)."""
    families = _families()
    first: dict[tuple[str, Decimal, str], str] = {}
    told = set()
    for path, vat in found:
        family = families.get(vat.category, "")
        key = family, vat.rate or ZERO, vat.scheme
        other = first.setdefault(key, vat.category)
        if family and other != vat.category and key not in told:
            told.add(key)
            said = f"{other}, {vat.category}: {key[1].normalize():f} %"
            yield Remark(rule="CP-VAT-05", path=f"{path}.category", detail=said)
