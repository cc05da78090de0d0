# SPDX-License-Identifier: MIT
"""Which documents of a workshop to judge first, so that soon every rule has fired.

An order and nothing more: a rule that they leave silent is looked for among all others.
``python -m tests.oracle.firing`` writes the numbers anew, beside this file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.oracle import differential

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.mutants import Mutant, Workshop

NUMBERS = Path(__file__).with_name("firing.txt")
SEEDS = range(2000, 8000)


def documents(shop: Workshop) -> Iterator[Mutant]:
    """Yield those that are known to fire something, then all others."""
    first = {int(word) for word in NUMBERS.read_text(encoding="utf-8").split()}
    numbered = list(_numbered(shop))
    yield from (mutant for number, mutant in numbered if number in first)
    yield from (mutant for number, mutant in numbered if number not in first)


def _numbered(shop: Workshop) -> Iterator[tuple[int, Mutant]]:
    """Yield small documents with numbers below zero, random ones with their seeds."""
    for number, visit in enumerate(shop.visits(), start=1):
        yield -number, visit
    for seed in SEEDS:
        if (mutant := shop.mutant(seed)) is not None:
            yield seed, mutant


def main() -> None:
    """Choose greedily: the document that fires most of what is left."""
    rules = differential.Differential.load().published
    fired = {
        number: {hit.number for hit in rules.judge(mutant.data).hits}
        for number, mutant in _numbered(differential.workshop())
    }
    chosen: list[int] = []
    left = set[int]().union(*fired.values())
    while left:
        best = max(fired, key=lambda number: len(fired[number] & left))
        chosen.append(best)
        left -= fired[best]
    words = (f"{number}\n" for number in sorted(chosen))
    NUMBERS.write_text("".join(words), encoding="utf-8")


if __name__ == "__main__":
    main()
