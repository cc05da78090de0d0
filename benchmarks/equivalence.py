# SPDX-License-Identifier: MIT
"""How often the optimised translation of a rule set differs from the literal one.

`python -m benchmarks.equivalence [MUTANTS] [--rules PATH] [--seed N]` judges mutants of
the examples, the probes and our fixtures by both translations in the same Saxon and
compares the multiset of (rule, number of the assertion, element, attribute, message),
or that both break off. Needs the published files beside the checkout.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from benchmarks.differential import Share
from cius_pt.schematron import engine
from tests.oracle import differential


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one process found."""

    mutants: int
    aborted: int
    findings: int
    differences: tuple[str, ...]


def run(share: Share, entry: Path) -> Result:
    """Judge one share of the mutants by both translations."""
    lean = engine.load(entry, "lean")
    literal = engine.load(entry, "literal", optimise=False)
    mutants = share.made(differential.workshop())
    aborted = findings = 0
    differences: list[str] = []
    for _ in range(share.mutants):
        mutant = next(mutants)
        one, other = lean.judge(mutant.data), literal.judge(mutant.data)
        aborted += other.error is not None
        findings += len(other.hits)
        same = bool(one.error) == bool(other.error) and (
            other.error is not None or Counter(one.hits) == Counter(other.hits)
        )
        if not same:
            differences.append(mutant.name)
    return Result(
        mutants=share.mutants,
        aborted=aborted,
        findings=findings,
        differences=tuple(differences),
    )


def main() -> int:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("mutants", type=int, nargs="?", default=20_000)
    parser.add_argument("--rules", type=Path, default=differential.PUBLISHED)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    begin = time.perf_counter()
    shares = Share.split(options.mutants, options.processes, options.seed)
    context = get_context("spawn")
    with ProcessPoolExecutor(options.processes, mp_context=context) as pool:
        results = list(pool.map(run, shares, [options.rules] * len(shares)))
    differences = [name for result in results for name in result.differences]
    print(
        f"{options.rules.name}: seeds from {options.seed}, "
        f"{sum(result.mutants for result in results)} mutants, "
        f"{sum(result.findings for result in results)} findings, "
        f"{sum(result.aborted for result in results)} aborted, "
        f"{len(differences)} differences, {time.perf_counter() - begin:.0f} s"
    )
    for name in differences[:20]:
        print(f"  {name}")
    return bool(differences)


if __name__ == "__main__":
    sys.exit(main())
