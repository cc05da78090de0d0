# SPDX-License-Identifier: MIT
"""Which fatal rules can be broken alone, and by which changes of which document.

``python -m benchmarks.breaking`` keeps the ways of ``broken.tsv`` that still break
exactly their rule and looks for more where a rule has fewer than three, for
``--seconds`` at most. ``--fresh`` begins with none; ``--write`` writes what came out,
else it is compared (exit 1 when rules have lost their ways). ``--check`` looks for
nothing: does every row break exactly its rule, under ``--rules`` (the built-in ones, if
not given)? What takes many changes at once was found by hand: the search keeps it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import cius_pt
from benchmarks import ways as grammar
from cius_pt.errors import CiusPtError
from cius_pt.findings import Severity
from cius_pt.schematron import rulebook
from cius_pt.testing import breaking
from cius_pt.testing.edits import edited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cius_pt.testing.edits import Edit

    Way = tuple[str, tuple[Edit, ...]]

FILE = Path(breaking.__file__).with_name("broken.tsv")
BUILT_IN = "rulebook-2.1.2"
ENOUGH = 3
# A change that breaks two or three rules is tried with each of so many others.
_REPAIRS = 400
_FEW = 3


@cache
def fatal_ids() -> frozenset[str]:
    """Return the published fatal ids."""
    infos = rulebook.load().stylesheet.assertions
    fatal = {info.rule for info in infos if info.severity is Severity.FATAL}
    return frozenset(rule for rule in fatal if not rule.startswith("CP-"))


def broken(way: Way, rules: str) -> frozenset[str]:
    """Return the fatal ids that a way breaks; none when it could not be judged."""
    name, edits = way
    try:
        document = edited(breaking.base(name), edits)
    except (CiusPtError, ValueError):
        return frozenset()
    report = cius_pt.check(document, rules=rules)
    found = {f.rule for f in report.findings if f.severity is Severity.FATAL}
    return frozenset(found if report.complete else ())


@dataclass(slots=True)
class Search:
    """The ways found so far."""

    rules: str
    until: float
    wanted: frozenset[str]
    found: dict[str, list[Way]] = field(default_factory=lambda: defaultdict(list))
    near: list[tuple[Way, frozenset[str]]] = field(default_factory=list)
    tried: int = 0

    def lacking(self) -> frozenset[str]:
        """Return the rules with fewer ways than are enough."""
        return frozenset(r for r in self.wanted if len(self.found[r]) < ENOUGH)

    def run(self) -> None:
        """Try single changes and hidden ones, then put right what broke too much."""
        names = sorted(path.stem for path in FILE.with_name("bases").glob("*.xml"))
        for make in (grammar.singles, grammar.hidden):
            self._try(_turns([_ways_of(name, make) for name in names]))
        for way, ids in sorted(self.near, key=lambda pair: len(pair[1])):
            if ids & self.lacking():
                self._try(self._repairs(way))

    def _try(self, candidates: Iterator[Way]) -> None:
        for way in candidates:
            if time.monotonic() > self.until:
                return
            ids = broken(way, self.rules)
            self.tried += 1
            lacking = self.lacking()
            if not lacking:
                return
            if len(ids) == 1 and ids <= lacking:
                (rule,) = ids
                if way not in self.found[rule]:
                    self.found[rule].append(way)
            elif 1 < len(ids) <= _FEW and ids & lacking and ids <= fatal_ids():
                self.near.append((way, ids))

    def _repairs(self, way: Way) -> Iterator[Way]:
        name, edits = way
        if len(edits) > _FEW:
            return
        more = grammar.singles(edited(breaking.base(name), edits))
        for repair in islice(more, _REPAIRS):
            yield name, (*edits, *repair)


def _ways_of(
    name: str, make: Callable[[bytes], Iterator[tuple[Edit, ...]]]
) -> Iterator[Way]:
    for edits in make(breaking.base(name)):
        yield name, edits


def _turns(streams: list[Iterator[Way]]) -> Iterator[Way]:
    """Yield one way of each document in turn, so that a rule gets several documents."""
    while streams:
        taken = [list(islice(stream, 20)) for stream in streams]
        yield from chain.from_iterable(taken)
        streams = [s for s, ways in zip(streams, taken, strict=True) if ways]


def check(rules: str) -> int:
    """Print every row that does not break exactly its rule; return how many."""
    rows = [(rule, way) for rule, ways in breaking.ways().items() for way in ways]
    wrong = 0
    for rule, way in rows:
        ids = broken(way, rules)
        if ids != {rule}:
            wrong += 1
            print(f"{rule}: {way[0]}: {sorted(ids)}: {'; '.join(map(str, way[1]))}")
    print(f"{rules}: {len(rows)} ways of {len(breaking.ways())} rules, {wrong} wrong")
    return wrong


def written(found: dict[str, list[Way]]) -> str:
    """Return the ways as ``broken.tsv`` has them."""
    lines = ["rule\tbase\tchanges"]
    for rule in sorted(filter(found.get, found), key=_natural):
        for name, edits in found[rule]:
            cells = [[e.action.value, e.path, e.name, e.value] for e in edits]
            lines.append(f"{rule}\t{name}\t{json.dumps(cells, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def _natural(rule: str) -> list[tuple[int, int, str]]:
    parts = re.findall(r"\d+|[^\d]+", rule)
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts]


def report(search: Search) -> None:
    """Print every rule with the number of its ways, or why it has none."""
    reasons = breaking.unbreakable()
    for rule in sorted(search.wanted, key=_natural):
        ways = search.found[rule]
        documents = ", ".join(sorted({name for name, _ in ways}))
        said = documents or reasons.get(rule, "no way was found")
        print(f"{rule:22} {len(ways)}  {said}")
    some = [rule for rule in search.wanted if search.found[rule]]
    none = search.wanted - set(some)
    print(
        f"{len(search.wanted)} fatal rules: {len(some)} can be broken alone, "
        f"{len(none & set(reasons))} cannot, {len(none - set(reasons))} open; "
        f"{search.tried} changes tried"
    )


def main() -> int:
    """Read the command line; check, or search and compare or write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rules", default=BUILT_IN)
    parser.add_argument("--seconds", type=float, default=600)
    options = parser.parse_args()
    if options.check:
        return 1 if check(options.rules) else 0
    search = Search(
        rules=options.rules,
        until=time.monotonic() + options.seconds,
        wanted=fatal_ids(),
    )
    if not options.fresh:
        for rule, ways in breaking.ways().items():
            kept = [way for way in ways if broken(way, options.rules) == {rule}]
            search.found[rule] = kept
    search.run()
    report(search)
    if options.write:
        FILE.write_text(written(search.found), encoding="utf-8")
        return 0
    lost = [rule for rule in breaking.breakable() if not search.found[rule]]
    print(f"against {FILE.name}: {len(lost)} rules have lost their ways {lost or ''}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
