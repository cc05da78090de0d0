# SPDX-License-Identifier: MIT
"""Whether the rules step grows no faster than the invoice.

Budgets: 10,000 lines at most 11 times 1,000; at 5,000 lines at most 1/15 of the
literal translation. That one is quadratic: it is measured where it is bearable, and
with ``--full`` also once at 5,000 lines, which takes minutes. Times are the
processor's, of all threads: a run of minutes on a machine that others use too says
nothing by the clock.

Run it from the checkout: ``python -m benchmarks.rules_lines [--rules PATH] [--full]``.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.invoices import invoice
from benchmarks.rules import chosen_rules, command_line, table
from cius_pt.schematron import engine

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (10, 100, 500, 1_000, 5_000, 10_000, 20_000)
BEARABLE = 500
FULL = 5_000
GROWTH = 11
SHARE = 15


def main() -> None:
    """Print milliseconds for 10 to 20,000 lines and how they grow."""
    parser = command_line("Rules step against the number of lines")
    parser.add_argument(
        "--full", action="store_true", help=f"literal translation at {FULL:,} lines too"
    )
    options = parser.parse_args()
    path = chosen_rules(parser, options)
    lean = engine.load(path, "lean")
    literal = engine.load(path, "literal", optimise=False)
    times: dict[int, float] = {}
    rows: list[tuple[str, float, float | None, float | None, float]] = []
    for lines in SIZES:
        data = invoice(lines)
        fast = times[lines] = processor(partial(lean.judge, data), times=5)
        slow = None
        if lines <= BEARABLE:
            slow = processor(partial(literal.judge, data), times=2)
        elif options.full and lines == FULL:
            slow = processor(partial(literal.judge, data), times=1)
        rows.append((f"{lines}", fast, slow, slow and slow / fast, 1000 * fast / lines))
    heads = ("lines", "lean ms", "literal ms", "literal/lean", "µs per line")
    table("rules_lines", heads, rows)
    shares = {int(row[0]): row[3] for row in rows}
    raise SystemExit(0 if kept(times, shares[FULL]) else 1)


def processor(work: Callable[[], object], *, times: int) -> float:
    """Return the least processor time of several runs, in milliseconds."""
    shortest = float("inf")
    for _ in range(times):
        begin = time.process_time()
        work()
        shortest = min(shortest, time.process_time() - begin)
    return shortest * 1000


def kept(times: dict[int, float], share: float | None) -> bool:
    """Print what the budgets are about; whether they are kept."""
    growth = times[10_000] / times[1_000]
    print(f"10,000 against 1,000 lines: x {growth:.1f} (budget {GROWTH})")
    print(f"20,000 against 10,000 lines: x {times[20_000] / times[10_000]:.2f}")
    if share is not None:
        print(f"{FULL:,} lines: 1/{share:.0f} of the literal (budget 1/{SHARE})")
    return growth <= GROWTH and (share is None or share >= SHARE)


if __name__ == "__main__":
    main()
