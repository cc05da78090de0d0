# SPDX-License-Identifier: MIT
"""Totals to the exact cent; the published rules allow a difference of 1.00."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.arithmetic import disagreements
from cius_pt.rules.own.remark import Remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.model import Invoice

_RULES = {
    "BT-131": "CP-SUM-01",
    "BT-106": "CP-SUM-02",
    "BT-107": "CP-SUM-03",
    "BT-108": "CP-SUM-04",
    "BT-109": "CP-SUM-05",
    "BT-116": "CP-SUM-06",
    "BT-117": "CP-SUM-07",
    "BT-110": "CP-SUM-08",
    "BT-112": "CP-SUM-09",
    "BT-115": "CP-SUM-10",
}


def found(invoice: Invoice) -> Iterator[Remark]:
    """Yield each total that its own parts do not give."""
    for each in disagreements(invoice):
        said = f"{each.stated} ≠ {each.computed}"
        yield Remark(rule=_RULES[each.bt], path=each.path, detail=said)
