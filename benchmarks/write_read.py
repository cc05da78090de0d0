# SPDX-License-Identifier: MIT
"""How many documents a second are written and read, and how that grows with lines.

Run it as ``python benchmarks/write_read.py``; it prints a table and writes JSON beside
itself. Times are processor time, the best of several runs: other programs on the
machine do not count. Growth is the time for ten times the lines.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from cius_pt.model import (
    Address,
    AllowanceCharge,
    Buyer,
    Delivery,
    Invoice,
    Kind,
    Line,
    Seller,
    Vat,
)
from cius_pt.model.json import dumps, invoice_from, loads
from cius_pt.totals import with_totals
from cius_pt.ubl.read import read
from cius_pt.ubl.write import write

if TYPE_CHECKING:
    from collections.abc import Callable

_SIZES = (1, 10, 100, 1000, 10_000)
_CHANGED = 3  # one line in four has an allowance
_SECONDS = 0.5  # how long one measurement goes on
_PLACE = Address(street="Rua Nova, 1", city="Braga", post_code="4700-001")
_VATS = (Vat.normal(23), Vat.reduced(6), Vat.exempt("M07"), Vat.normal(23))
_CHANGE = AllowanceCharge(amount=Decimal("1.00"), reason="Agreed")


def invoice(lines: int) -> Invoice:
    """Return an invoice with so many lines of four kinds."""
    return with_totals(
        Invoice(
            number="FT 2026/1",
            issue_date=dt.date(2026, 1, 31),
            due_date=dt.date(2026, 3, 2),
            kind=Kind.FT,
            seller=Seller(name="Loja", vat_identifier="PT123456789", address=_PLACE),
            buyer=Buyer(name="Junta", vat_identifier="PT987654321", address=_PLACE),
            deliveries=(Delivery(address=_PLACE),),
            lines=tuple(_line(number) for number in range(1, lines + 1)),
        )
    )


def _line(number: int) -> Line:
    return Line(
        id=str(number),
        name=f"Article {number}",
        quantity=Decimal("2.000"),
        net_price=Decimal("10.00000000"),
        vat=_VATS[number % 4],
        allowance_charges=(_CHANGE,) if number % 4 == _CHANGED else (),
        commitment=f"C{number}",
        commitment_line=str(number),
        sellers_identifier=f"A-{number}",
    )


def best(task: Callable[[], object]) -> float:
    """Return the least processor seconds one run took."""
    task()
    times: list[float] = []
    end = time.perf_counter() + _SECONDS
    while not times or time.perf_counter() < end:
        start = time.process_time()
        task()
        times.append(time.process_time() - start)
    return min(times)


def measure(lines: int) -> dict[str, float]:
    """Return size in bytes and seconds of each task for one document."""
    made = invoice(lines)
    document, shown = write(made), dumps(made)
    bare = replace(made, totals=None)
    return {
        "lines": lines,
        "bytes": len(document),
        "write": best(lambda: write(made)),
        "read": best(lambda: read(document).invoice),
        "totals": best(lambda: with_totals(bare)),
        "to_json": best(lambda: dumps(made)),
        "from_json": best(lambda: invoice_from(loads(shown))),
    }


def main() -> None:
    """Measure, print the table and write the JSON."""
    rows = [measure(lines) for lines in _SIZES]
    tasks = list(rows[0])[2:]
    print(f"{'lines':>7} {'bytes':>9} " + " ".join(f"{t + '/s':>12}" for t in tasks))
    for row in rows:
        rates = " ".join(f"{1 / row[task]:12.1f}" for task in tasks)
        print(f"{row['lines']:7.0f} {row['bytes']:9.0f} {rates}")
    print("growth for ten times the lines")
    for before, after in itertools.pairwise(rows):
        growth = " ".join(f"{after[task] / before[task]:11.1f}×" for task in tasks)
        print(f"{before['lines']:7.0f} → {after['lines']:7.0f} {growth}")
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
