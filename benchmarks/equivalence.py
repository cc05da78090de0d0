# SPDX-License-Identifier: MIT
"""How often the optimised translation of a rule set differs from the literal one.

`python -m benchmarks.equivalence [MUTANTS] [--rules PATH] [--seed N] [--also FOLDER]`
judges mutants of the examples, the probes and our fixtures (and of the documents in a
folder) by both translations in the same Saxon and compares the multiset of (rule,
severity, number of the assertion, element, attribute, message), or that both break
off. Needs the published files beside the checkout.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from benchmarks.differential import Share
from cius_pt.schematron import engine
from tests.oracle import differential
from tests.oracle.mutants import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one process found; `fired` counts mutants by number of the assertion."""

    mutants: int
    aborted: int
    findings: int
    fired: Counter[int]
    differences: tuple[str, ...]


def documents(also: Path | None) -> dict[str, bytes]:
    """Return what mutants are made of."""
    found = differential.documents()
    if also is not None:
        found |= {str(path): path.read_bytes() for path in also.rglob("*.xml")}
    return found


def run(share: Share, entry: Path, also: Path | None) -> Result:
    """Judge one share of the mutants by both translations."""
    lean = engine.load(entry, "lean")
    literal = engine.load(entry, "literal", optimise=False)
    mutants = share.made(Workshop(documents(also), paths=differential.paths()))
    aborted = findings = 0
    fired: Counter[int] = Counter()
    differences: list[str] = []
    for _ in range(share.mutants):
        mutant = next(mutants)
        one, other = lean.judge(mutant.data), literal.judge(mutant.data)
        aborted += other.error is not None
        findings += len(other.hits)
        fired.update({hit.number for hit in other.hits})
        same = bool(one.error) == bool(other.error) and (
            other.error is not None or said(lean, one) == said(literal, other)
        )
        if not same:
            differences.append(mutant.name)
    return Result(
        mutants=share.mutants,
        aborted=aborted,
        findings=findings,
        fired=fired,
        differences=tuple(differences),
    )


def said(rules: engine.Rules, found: engine.Run) -> Counter[object]:
    """Return what a run says; one that did not come to its end says that only."""
    if not found.complete:
        return Counter([found.failure])
    severities = [info.severity for info in rules.stylesheet.assertions]
    return Counter((hit, severities[hit.number]) for hit in found.hits)


def main() -> int:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("mutants", type=int, nargs="?", default=20_000)
    parser.add_argument("--rules", type=Path, default=differential.PUBLISHED)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--also", type=Path, help="folder with more documents")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    begin = time.perf_counter()
    shares = Share.split(options.mutants, options.processes, options.seed)
    context = get_context("spawn")
    work = partial(run, entry=options.rules, also=options.also)
    with ProcessPoolExecutor(options.processes, mp_context=context) as pool:
        results = list(pool.map(work, shares))
    assertions = engine.load(options.rules, "lean").stylesheet.assertions
    fired = {number for result in results for number in result.fired}
    differences = [name for result in results for name in result.differences]
    print(
        f"{options.rules.name}: seeds from {options.seed}, "
        f"{sum(result.mutants for result in results)} mutants, "
        f"{sum(result.findings for result in results)} findings, "
        f"{len(fired)} of {len(assertions)} assertions fired, "
        f"{sum(result.aborted for result in results)} aborted, "
        f"{len(differences)} differences, {time.perf_counter() - begin:.0f} s"
    )
    for name in differences[:20]:
        print(f"  {name}")
    return bool(differences)


if __name__ == "__main__":
    sys.exit(main())
