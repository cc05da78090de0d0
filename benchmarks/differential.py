# SPDX-License-Identifier: MIT
"""Count how often the built-in rule set disagrees with the published one.

``python benchmarks/differential.py [N] [--seed S] [--processes P]`` makes N mutants
that the UBL schema allows (originals, every element that CIUS-PT does not use, changes
at every element of a document that has them all, random ones) and compares what both
rule sets say of each: rule, element, attribute, severity. It prints the seeds,
disagreements and which of the published assertions no mutant fired.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.oracle import differential  # noqa: E402 - a script, after its path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.mutants import Mutant, Workshop

_SYSTEMATIC = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one process does: the `number`-th of `processes` equal shares."""

    number: int
    processes: int
    mutants: int
    seed: int

    @classmethod
    def split(cls, mutants: int, processes: int, seed: int) -> list[Share]:
        """Return the shares of all processes."""
        return [
            cls(
                number=number,
                processes=processes,
                mutants=-(-mutants // processes),
                seed=seed,
            )
            for number in range(processes)
        ]

    def made(self, shop: Workshop) -> Iterator[Mutant]:
        """Yield mutants without end; the last kind by seeds `seed` + n."""
        every = [*shop.originals()]
        for rule, path in differential.forbidden().items():
            mutant = shop.ensure(rule, path)
            if mutant is not None:
                every.append(mutant)
        every += shop.visits()
        for characters in (20_479_996, 20_480_000):
            mutant = shop.with_attachment(characters)
            if mutant is not None:
                every.append(mutant)
        yield from every[self.number :: self.processes]
        wanted = int(self.mutants * self.processes * _SYSTEMATIC)
        step = max(1, shop.systematic_size() // max(1, wanted)) * self.processes
        yield from shop.systematic(start=self.number, step=step)
        seed = self.seed + self.number
        while True:
            mutant = shop.mutant(seed)
            if mutant is not None:
                yield mutant
            seed += self.processes


def run(share: Share) -> differential.Score:
    """Compare one share of the mutants."""
    both = differential.Differential.load()
    mutants = share.made(differential.workshop())
    while both.score.mutants < share.mutants:
        both.compare(next(mutants))
    return both.score


def report(score: differential.Score, seconds: float) -> dict[str, object]:
    """Print what came out and return it."""
    with (differential.SHARED / "reference" / "rules.csv").open(newline="") as file:
        rules = list(csv.DictReader(file))
    names = differential.published_ids()
    silent = Counter(
        (info.rule, info.severity.value)
        for number, info in enumerate(names)
        if not score.fired[number]
    )
    for flag in ("fatal", "warning"):
        total = sum(row["flag"] == flag for row in rules)
        reasons = {
            rule: differential.why_silent(rule)
            for rule, severity in silent
            if severity == flag
        }
        known = sum(why is not None for why in reasons.values())
        print(
            f"{flag}: {total - len(reasons)} of {total} assertions fired, "
            f"{known} cannot, {len(reasons) - known} could and did not"
        )
        for rule, why in sorted(reasons.items()):
            print(f"  {rule}: {why or 'NOT FIRED'}")
    print(f"{score.mutants} mutants in {seconds:.0f} s, {score.aborted} of them abort")
    for rule, times in sorted(score.aborts.items()):
        print(f"  {rule}: {times}")
    print(f"{len(score.disagreements)} disagreements")
    for line in score.disagreements[:20]:
        print(f"  {line}")
    return {
        "mutants": score.mutants,
        "aborted": score.aborted,
        "disagreements": score.disagreements,
        "fired": {
            f"{info.rule}#{number}": score.fired[number]
            for number, info in enumerate(names)
        },
    }


def main() -> int:
    """Read the command line, run, print, write the JSON beside this file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("mutants", type=int, nargs="?", default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    print(f"seeds from {options.seed}, {options.processes} processes")
    begin = time.perf_counter()
    shares = Share.split(options.mutants, options.processes, options.seed)
    context = get_context("spawn")
    with ProcessPoolExecutor(options.processes, mp_context=context) as pool:
        total = differential.Score()
        for score in pool.map(run, shares):
            total.add(score)
    found = report(total, time.perf_counter() - begin)
    Path(__file__).with_suffix(".json").write_text(json.dumps(found, indent=1) + "\n")
    return 1 if total.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
