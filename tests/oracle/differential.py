# SPDX-License-Identifier: MIT
"""Two rule sets over the same mutants: where they disagree, which rules fired.

The published set is the judge. A finding is (rule id, element, attribute, severity);
findings are counted, not only listed. Where the judge breaks off with an error there
is nothing to compare, and our set has to say so with a finding ``CP-ABORT-nn``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cius_pt.schematron import engine, rulebook, tables

from .grammar import Grammar
from .mutants import Mutant, Workshop

if TYPE_CHECKING:
    from cius_pt.findings import Severity
    from cius_pt.schematron.stylesheet import AssertionInfo

    Key = tuple[str, int, str | None, Severity]

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
PUBLISHED = SHARED / "espap" / "2.1.2" / "urn_feap.gov.pt_CIUS-PT_2.1.2.sch"
ABORT = "CP-ABORT-"
_PREDICATE = re.compile(r"\[.*?\]")
_LINES = {"cac:InvoiceLine": "ubl:Invoice", "cac:CreditNoteLine": "cn:CreditNote"}


def documents() -> dict[str, bytes]:
    """Return what mutants are made of: examples, probes and our own fixtures."""
    folders = (SHARED / "examples", SHARED / "probes", ROOT / "fixtures")
    return {
        f"{folder.name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*.xml"))
    }


def paths() -> list[str]:
    """Return the paths below the document that the rulebook's tables speak of."""
    files = rulebook.sources()
    found: dict[str, None] = {}
    for name in ("lexical.tsv", "codes.tsv", "currency.tsv"):
        for row in tables.read(files, name):
            found |= dict.fromkeys(_below(row[1], ""))
    for _, context, needs in tables.read(files, "once.tsv"):
        found |= dict.fromkeys(_below(context, needs))
    for _, context, given, needs in tables.read(files, "required.tsv"):
        for path_ in [given, *needs.split(" or ")]:
            found |= dict.fromkeys(_below(context, path_))
    for name, data in files.items():
        if name.endswith(".sch"):
            for context in re.findall(r'<rule context="([^"]+)"', data.decode()):
                found |= dict.fromkeys(_below(context, ""))
    return [path_ for path_ in found if path_]


def _below(context: str, rest: str) -> list[str]:
    """Return the paths that a context and what is asked there have in a document."""
    if rest.startswith("/"):
        return []
    return [
        "/".join(name for name in names[1:] if not name.startswith("@"))
        for root, names in _contexts(context, rest)
        if root in {"ubl:Invoice", "cn:CreditNote"} and "*" not in names
    ]


def _contexts(context: str, rest: str) -> list[tuple[str, list[str]]]:
    """Return each alternative of a context, with what is asked, as element names."""
    found = []
    for alternative in rulebook.expand(_PREDICATE.sub("", context)).split(" | "):
        whole = _PREDICATE.sub("", f"{alternative}/{rest}").strip("/")
        names = whole.split("/")
        if names[0] in _LINES:
            names.insert(0, _LINES[names[0]])
        elif names[0] not in {"ubl:Invoice", "cn:CreditNote"}:
            names.insert(0, "ubl:Invoice")
        found.append((names[0], names))
    return found


def forbidden() -> dict[str, str]:
    """Return the paths of the elements that are not used, by rule."""
    rows = tables.read(rulebook.sources(), "unused.tsv")
    return {rule: path for rule, path in rows}  # noqa: C416 - each row is a list


def workshop() -> Workshop:
    """Return the workshop that differential tests take their mutants from."""
    return Workshop(documents(), paths=paths())


@dataclass(slots=True)
class Score:
    """What a comparison found; `fired` counts mutants by number of the assertion."""

    mutants: int = 0
    aborted: int = 0
    fired: Counter[int] = field(default_factory=Counter)
    aborts: Counter[str] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Add what another one found."""
        self.mutants += other.mutants
        self.aborted += other.aborted
        self.fired += other.fired
        self.aborts += other.aborts
        self.disagreements += other.disagreements


@dataclass(frozen=True, slots=True)
class Differential:
    """Runs both rule sets and keeps the score."""

    published: engine.Rules
    ours: engine.Rules
    score: Score = field(default_factory=Score)

    @classmethod
    def load(cls) -> Differential:
        """Compile both."""
        return cls(engine.load(PUBLISHED, "published"), rulebook.load())

    def compare(self, mutant: Mutant) -> bool:
        """Judge a mutant by both; whether they agree."""
        theirs = self.published.judge(mutant.data)
        mine = self.ours.judge(mutant.data)
        stops = {hit.rule for hit in mine.hits if hit.rule.startswith(ABORT)}
        self.score.mutants += 1
        self.score.fired.update({hit.number for hit in theirs.hits})
        if theirs.complete and not stops:
            only = _keys(self.published, theirs) - _keys(self.ours, mine)
            extra = _keys(self.ours, mine) - _keys(self.published, theirs)
            agreed = mine.complete and not only and not extra
            note = f"only published {dict(only)}, only ours {dict(extra)}"
        else:
            self.score.aborted += 1
            self.score.aborts.update(stops)
            agreed = bool(stops) and theirs.error is not None and mine.complete
            note = f"published {theirs.error}, ours {sorted(stops)} {mine.error or ''}"
        if not agreed:
            self.score.disagreements.append(f"{mutant.name}: {note}")
        return agreed


def published_ids() -> tuple[AssertionInfo, ...]:
    """Return the assertions of the published set by their number."""
    return engine.load(PUBLISHED, "published").stylesheet.assertions


def why_silent(rule: str) -> str | None:
    """Return why no document that the schema allows can break a rule.

    None when nothing is known to stop it from firing.
    """
    if rule in _WHY:
        return _WHY[rule]
    files, grammar = rulebook.sources(), _grammar()
    where = forbidden().get(rule)
    if where is not None:
        return None if grammar.most("ubl:Invoice", where) else f"UBL has no {where}"
    for found, context, needs in tables.read(files, "once.tsv"):
        if found == rule:
            most = max(grammar.most(tag, needs) for tag in _last(context))
            return {0: f"UBL has no {needs}", 1: "UBL has at most one"}.get(most)
    for found, context, given, needs in tables.read(files, "required.tsv"):
        if found == rule:
            asked = all(
                any(grammar.demands(tag, given, need) for need in needs.split(" or "))
                for tag in _last(context)
            )
            return "the UBL schema asks for it already" if asked else None
    return None


def _last(context: str) -> list[str]:
    """Return the names of the elements that a context matches."""
    plain = rulebook.expand(_PREDICATE.sub("", context))
    return [alternative.rpartition("/")[2] for alternative in plain.split(" | ")]


@cache
def _grammar() -> Grammar:
    return Grammar()


_WHY = {
    "BR-CO-07": "its test is always true",
    "BR-CO-08": "its test is always true",
    "BR-CIUS-PT-60": "the UBL schema asks for it already",
}


def _keys(rules: engine.Rules, run: engine.Run) -> Counter[Key]:
    severities = [info.severity for info in rules.stylesheet.assertions]
    return Counter(
        (hit.rule, hit.element, hit.attribute, severities[hit.number])
        for hit in run.hits
    )
