# SPDX-License-Identifier: MIT
"""Whether memory stays flat while one process checks document after document.

Whole checks of small documents of three kinds (in order, with rule findings, not what
the schema allows), the resident memory every twentieth of the way. Flat: the last
quarter needs no more than 5 % more than the second.

Run it from the checkout: ``python -m benchmarks.soak [--rules PATH] [--checks N]``.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.invoices import invoice
from benchmarks.rules import default_rules, table
from cius_pt import check

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECKS = 50_000
ROWS = 20
GROWTH = 1.05


def resident() -> float:
    """Return the memory of this process in MiB; Linux says it."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise SystemExit("this system does not say how much memory a process has")


def documents() -> Sequence[tuple[bytes, bool]]:
    """Return documents, and whether each conforms."""
    good = invoice(3)
    fatal = good.replace(b"<cbc:DueDate>2026-03-02</cbc:DueDate>", b"")
    invalid = good.replace(b"2026-03-02", b"tomorrow")
    return [(good, True), (fatal, False), (good, True), (invalid, False)]


def main() -> None:
    """Check, print memory on the way and the growth."""
    parser = argparse.ArgumentParser(description="Memory over many checks")
    parser.add_argument("--rules", default=None, help="entry file of a Schematron")
    parser.add_argument("--checks", type=int, default=CHECKS)
    options = parser.parse_args()
    rules = options.rules or default_rules()
    made = documents()
    rows: list[tuple[float, float, float]] = []
    begin = time.perf_counter()
    for number in range(options.checks):
        data, conforms = made[number % len(made)]
        report = check(data, rules=rules)
        if report.conforms is not conforms or not report.complete:
            raise SystemExit(f"check {number}: {report.summary()}")
        if (number + 1) % max(1, options.checks // ROWS) == 0:
            seconds = time.perf_counter() - begin
            rows.append((number + 1, resident(), seconds))
            print(f"{number + 1:>10,} checks {resident():8.1f} MiB {seconds:8.1f} s")
    table("soak", ("checks", "MiB", "seconds"), rows)
    sizes = [size for _, size, _ in rows]
    quarter = len(sizes) // 4
    growth = max(sizes[-quarter:]) / max(sizes[quarter : 2 * quarter])
    print(f"last quarter against second: x {growth:.3f} (flat: at most {GROWTH})")
    raise SystemExit(0 if growth <= GROWTH else 1)


if __name__ == "__main__":
    main()
