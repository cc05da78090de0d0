# SPDX-License-Identifier: MIT
"""Reasons of exemption of a Portuguese seller: known, alive, with their mention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt import tax_place
from cius_pt.pt import exemptions
from cius_pt.rules.own.remark import Remark, shown
from cius_pt.rules.own.vat import amounts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from cius_pt.model import Invoice

_EXEMPT = frozenset({"E", "ISE"})


def found(invoice: Invoice) -> Iterator[Remark]:
    """Yield what is wrong with the reasons of exemption, each code once."""
    if not tax_place.portuguese(invoice):
        return
    places: dict[str, str] = {}
    texts: dict[str, list[str]] = {}
    coded = False
    given = tuple(amounts(invoice))
    for path, vat in given:
        if vat.exemption_code is not None:
            places.setdefault(vat.exemption_code, path)
            said = texts.setdefault(vat.exemption_code, [])
            said += [vat.exemption_reason] if vat.exemption_reason else []
            coded = True
    for code, path in places.items():
        yield from _code(invoice, code, path)
        yield from _mention(code, texts[code], path)
    for path, vat in () if coded else given:
        if vat.category in _EXEMPT and vat.exemption_code is None:
            yield Remark(rule="CP-EXEMPT-05", path=f"{path}.exemption_code")
            return


def _code(invoice: Invoice, code: str, path: str) -> Iterator[Remark]:
    known = exemptions.exemption(code)
    path = f"{path}.exemption_code"
    if known is None:
        yield Remark(rule="CP-EXEMPT-01", path=path, detail=shown(code))
    elif not any(known.alive(day) for day in _days(invoice)):
        period = f"{code}: {known.start or '…'} – {known.end or '…'}"
        yield Remark(rule="CP-EXEMPT-02", path=path, detail=period)


def _days(invoice: Invoice) -> tuple[dt.date, ...]:
    """Return the days whose codes may stand here: of issue and of what is corrected."""
    earlier = (item.issue_date for item in invoice.preceding_invoices)
    return (invoice.issue_date, *(day for day in earlier if day is not None))


def _mention(code: str, said: list[str], path: str) -> Iterator[Remark]:
    known = exemptions.exemption(code)
    path = f"{path}.exemption_reason"
    if not said:
        mention = "" if known is None else f": {known.mention}"
        yield Remark(rule="CP-EXEMPT-03", path=path, detail=code + mention)
    elif known is not None and not any(map(known.says, said)):
        yield Remark(
            rule="CP-EXEMPT-04",
            path=path,
            detail=f"{code}: {shown(said[0])} ≠ {known.mention}",
        )
