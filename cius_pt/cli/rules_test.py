# SPDX-License-Identifier: MIT
"""``cius-pt rules test``: the unit tests of a rule set, run through our engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cius_pt import artefacts
from cius_pt.cli.exit_codes import COULD_NOT, DONE, FINDINGS
from cius_pt.cli.form import format_option
from cius_pt.cli.streams import put, tell
from cius_pt.cli.text import one_line, visible
from cius_pt.errors import ArtefactError
from cius_pt.findings import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.schematron.unit import UnitTest, Verdict


@click.command("test")
@click.argument("rule_set", metavar="RULESET")
@click.argument("folder", type=click.Path(exists=True, file_okay=True, path_type=Path))
@format_option("How to write the answer to stdout.")
@click.pass_context
def test(context: click.Context, rule_set: str, folder: Path, form: str) -> None:
    """Run the unit tests in FOLDER (every .xml file below it) on RULESET.

    RULESET is a path or the name of an installed rule set. The tests have CEN's form:
    a testSet of fragments, each with the rules that must hold and those that must
    fire. What does not come out so goes to standard output, one line each
    (file:line: test N: rule: what is wrong).

    Exit codes: 0 all tests passed; 1 some did not; 2 something could not be run.
    """
    # Late: the other commands on rule sets do without the engine.
    from cius_pt.schematron import rulesets, unit  # noqa: PLC0415

    files = sorted(folder.rglob("*.xml")) if folder.is_dir() else [folder]
    if not files:
        raise ArtefactError(f"there is no .xml file in {folder}")
    chosen = artefacts.resolve(rule_set)
    rules = rulesets.load(chosen)
    tally = _Tally(chosen.label)
    for path in files:
        try:
            tests = unit.load(path)
        except ArtefactError as error:
            tell(f"Error: {one_line(str(error))}")
            tally.unread += 1
            continue
        for found in tests:
            tally.add(path, found, unit.run(rules, found), form)
    if form == "json":
        data = {"schema": 1, "rules": chosen.label, "tests": tally.entries}
        put(f"{json.dumps(data, indent=1)}\n")
    tally.close(len(files))
    context.exit(tally.code())


class _Tally:
    """Counts verdicts; keeps them for JSON only."""

    def __init__(self, label: str) -> None:
        self.entries: list[dict[str, Any]] = []
        self.unread = 0
        self._label = label
        self._outcomes: dict[Outcome, int] = {}
        self._expectations = 0
        self._empty: dict[str, None] = {}

    def add(self, path: Path, test: UnitTest, verdict: Verdict, form: str) -> None:
        """Count a verdict, and say what is wrong with it."""
        before = self._outcomes.get(verdict.outcome, 0)
        self._outcomes[verdict.outcome] = before + 1
        self._expectations += len(test.expectations)
        self._empty |= dict.fromkeys(verdict.empty)
        if form == "json":
            self.entries.append(_entry(path, test, verdict))
            return
        place = f"{visible(str(path))}:{test.line}: test {test.number}"
        for problem in verdict.problems:
            put(f"{place}: {one_line(problem)}\n")
        if verdict.reason is not None:
            put(f"{place}: could not be run: {one_line(verdict.reason)}\n")

    def code(self) -> int:
        """Return the exit code; a file without any test is no success."""
        if self.unread or Outcome.SKIPPED in self._outcomes or not self._outcomes:
            return COULD_NOT
        return FINDINGS if Outcome.FAILED in self._outcomes else DONE

    def close(self, files: int) -> None:
        """Write the summary."""
        for rule in self._empty:
            tell(f"{one_line(rule)}: must not fire, but there is no such rule")
        total = sum(self._outcomes.values())
        counts = ", ".join(f"{n} {outcome}" for outcome, n in self._outcomes.items())
        tell(
            f"{one_line(self._label)}: files: {files}, tests: {total}, "
            f"expectations: {self._expectations}; {counts or 'nothing was run'}"
        )


def _entry(path: Path, test: UnitTest, verdict: Verdict) -> dict[str, Any]:
    return {
        "file": str(path),
        "line": test.line,
        "test": test.number,
        "description": test.description,
        "expectations": list(_expectations(test)),
        "outcome": verdict.outcome.value,
        "problems": list(verdict.problems),
        "reason": verdict.reason,
    }


def _expectations(test: UnitTest) -> Iterator[dict[str, Any]]:
    for expectation in test.expectations:
        yield {
            "rule": expectation.rule,
            "expected": expectation.expected,
            "number": expectation.number,
        }
