# SPDX-License-Identifier: MIT
"""How long a small document takes once the rules are compiled.

Budget: at most 0.55 of the literal translation.

Run it from the checkout: ``python -m benchmarks.rules_warm [--rules PATH]``.
"""

from __future__ import annotations

from functools import partial

from benchmarks.invoices import invoice
from benchmarks.rules import best, entry, table
from cius_pt.schematron import engine

RUNS = 1_000


def main() -> None:
    """Print milliseconds per document, lean and literal, and their ratio."""
    path = entry("Warm rules step on small documents")
    lean = engine.load(path, "lean")
    literal = engine.load(path, "literal", optimise=False)
    rows = []
    for lines in (1, 5, 20):
        data = invoice(lines)
        run = lean.judge(data)
        if not run.complete:
            raise SystemExit(f"the benchmark's own document fails: {run}")
        fast = best(partial(lean.judge, data), times=RUNS)
        slow = best(partial(literal.judge, data), times=RUNS // 2)
        rows.append((f"{lines}", len(data) / 1024, fast, slow, fast / slow))
    table("rules_warm", ("lines", "KiB", "lean ms", "literal ms", "ratio"), rows)


if __name__ == "__main__":
    main()
