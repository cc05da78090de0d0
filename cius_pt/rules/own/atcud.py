# SPDX-License-Identifier: MIT
"""The ATCUD of a Portuguese seller: its form, its number, and that there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.pt import atcud
from cius_pt.rules.own.remark import Remark, shown
from cius_pt.tax_place import portuguese

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.model import Invoice

_PATH = "atcud"


def found(invoice: Invoice) -> Iterator[Remark]:
    """Yield what is wrong with the ATCUD of an invoice."""
    if not portuguese(invoice):
        return
    value = invoice.atcud
    mandatory = invoice.issue_date >= atcud.MANDATORY_SINCE
    if value is None:
        if mandatory:
            yield Remark(rule="CP-ATCUD-03", path=_PATH)
    elif atcud.before_2023(value):
        if mandatory:
            yield Remark(rule="CP-ATCUD-04", path=_PATH, detail=shown(value))
    elif atcud.problem(value) is not None:
        yield Remark(rule="CP-ATCUD-01", path=_PATH, detail=shown(value))
    elif "/" in invoice.number and not atcud.matches(value, invoice.number):
        said = f"{shown(value)} ≠ {shown(invoice.number)}"
        yield Remark(rule="CP-ATCUD-02", path=_PATH, detail=said)
