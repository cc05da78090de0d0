# SPDX-License-Identifier: MIT
"""How many more documents a second two processes check than one.

The same documents through `check_many`, one process against two, in turns; starting
the processes is not counted. Budget: at least 1.8 times, on two free processors.

Run it from the checkout: ``python -m benchmarks.batch [--rules PATH]``.
"""

from __future__ import annotations

import os
import time
from itertools import repeat

from benchmarks.invoices import invoice
from benchmarks.rules import entry, table
from cius_pt import check_many

DOCUMENTS = 600
WARM = 40
TURNS = 3


def rate(processes: int, rules: str) -> float:
    """Return documents per second of a crew that is at work already."""
    documents = repeat(invoice(10), DOCUMENTS + WARM)
    begin = 0.0
    for number, report in enumerate(
        check_many(documents, rules=rules, processes=processes)
    ):
        if not report.conforms:
            raise SystemExit(report.summary())
        if number == WARM - 1:
            begin = time.perf_counter()
    return DOCUMENTS / (time.perf_counter() - begin)


def main() -> None:
    """Print the best rates and their ratio, and how busy the machine is."""
    rules = str(entry("Batches in one process and in two"))
    best = {1: 0.0, 2: 0.0}
    for _ in range(TURNS):
        best = {n: max(value, rate(n, rules)) for n, value in best.items()}
    rows = [(f"{n}", value, value / best[1]) for n, value in best.items()]
    table("batch", ("processes", "documents/s", "ratio"), rows)
    if hasattr(os, "getloadavg"):
        load = os.getloadavg()[0]
        print(f"{os.cpu_count()} processors, load of the last minute {load:.1f}")


if __name__ == "__main__":
    main()
