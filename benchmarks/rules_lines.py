# SPDX-License-Identifier: MIT
"""Whether the rules step grows no faster than the invoice.

Budgets: 10,000 lines at most 11 times 1,000; at 5,000 lines at most 1/15 of the
literal translation, which is quadratic and measured only where it is bearable.

Run it from the checkout: ``python -m benchmarks.rules_lines [--rules PATH]``.
"""

from __future__ import annotations

from functools import partial

from benchmarks.invoices import invoice
from benchmarks.rules import best, entry, table
from cius_pt.schematron import engine

BEARABLE = 500


def main() -> None:
    """Print milliseconds for 10 to 10,000 lines and how they grow."""
    path = entry("Rules step against the number of lines")
    lean = engine.load(path, "lean")
    literal = engine.load(path, "literal", optimise=False)
    rows: list[tuple[str, float, float | None, float | None, float]] = []
    for lines in (10, 100, 500, 1_000, 5_000, 10_000):
        data = invoice(lines)
        fast = best(partial(lean.judge, data), times=5)
        slow = None
        if lines <= BEARABLE:
            slow = best(partial(literal.judge, data), times=2)
        rows.append((f"{lines}", fast, slow, slow and fast / slow, 1000 * fast / lines))
    heads = ("lines", "lean ms", "literal ms", "ratio", "µs per line")
    table("rules_lines", heads, rows)
    times = {row[0]: row[1] for row in rows}
    print(f"10,000 against 1,000 lines: x {times['10000'] / times['1000']:.1f}")


if __name__ == "__main__":
    main()
