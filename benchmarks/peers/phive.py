# SPDX-License-Identifier: MIT
"""phive with its CIUS-PT rules, a validator on the JVM, against our whole check.

phive carries what eSPap published as 2.1.1, compiled to XSLT by ISO's reference
implementation, and the UBL schema; we run the Schematron of 2.1.1 that lies beside the
checkout. Both read a file, check it against the schema, then by the rules. What both
say is compared: whether the schema allows the document, then the multiset of (rule,
fatal or not, place), or that the rules broke off. Needs a JDK and Maven; without them,
without the rules, or without a repository to ask, this says so and ends.

Run it from the checkout: ``python -m benchmarks.peers.phive``.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peers import jvm
from benchmarks.peers.documents import SHARED, Given, given
from benchmarks.rules import best, table
from cius_pt import check
from cius_pt.checking import RULES, SCHEMA
from cius_pt.findings import Finding, Outcome, Report, Severity
from cius_pt.schematron.engine import RULES_ABORTED

if TYPE_CHECKING:
    from benchmarks.peers.jvm import Answer

VERSION = "2.1.1"  # the newest that phive-rules-cius-pt has
_STOPPED = ("the rules broke off with an error", True, "")
_PASSED_OVER = "CP-XSD-05"
_NO_ID = "null"  # how an error of the stylesheet itself comes out of phive
_ROOT = re.compile(r"\*:(\w+)\[namespace-uri\(\)='[^']*'\]")
Verdict = tuple[bool, Counter[tuple[str, bool, str]]]


def ours(report: Report) -> Verdict:
    """Return what we say: whether the schema allows it, and the rules it breaks.

    What only a signature breaks we pass over and say so; the schema forbids it.
    """
    steps = {step.name: step for step in report.checks}
    schema = steps[SCHEMA]
    passed_over = any(found.rule == _PASSED_OVER for found in schema.findings)
    return schema.outcome is Outcome.PASSED and not passed_over, Counter(
        _STOPPED if found.rule == RULES_ABORTED else _known(found)
        for found in steps[RULES].findings
    )


def theirs(answer: Answer) -> Verdict:
    """Return what phive says, in the same form."""
    allowed = not any(level == "fatal" for _, level, *_ in answer.of("schema"))
    found = answer.of("finding")
    if any(rule == _NO_ID for rule, *_ in found):
        return allowed, Counter([_STOPPED])
    return allowed, Counter(
        (rule, level == "fatal", _place(place)) for rule, level, place in found
    )


def _known(found: Finding) -> tuple[str, bool, str]:
    fatal = found.severity is Severity.FATAL
    return found.rule, fatal, _place(found.location.xpath)


def _place(xpath: str | None) -> str:
    """Return a place without what only says that it is the first of its name."""
    return _ROOT.sub(r"\1", xpath or "").replace("[1]", "")


def main() -> None:
    """Print milliseconds of both for the timed documents and whether all agree."""
    entry = next((SHARED / "espap" / VERSION).glob("*.sch"), None)
    if entry is None:
        raise SystemExit(f"skipped: CIUS-PT {VERSION} is not beside the checkout")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archives = jvm.libraries("phive-pom.xml", "phive", folder)
        documents = given(folder)
        batch = jvm.listed(folder, [(d.runs, d.kind, d.file) for d in documents])
        printed = jvm.run("Phive.java", archives, [VERSION, str(batch)])
        answers = jvm.answers(printed)
        compare(documents, answers, str(entry))


def compare(documents: list[Given], answers: list[Answer], rules: str) -> None:
    """Print the table; leave with 1 if there is a document both do not agree on."""
    rows = []
    different: list[str] = []
    findings = rejected = 0
    for document, answer in zip(documents, answers, strict=True):
        mine, other = ours(check(document.data, rules=rules)), theirs(answer)
        findings += sum(other[1].values())
        rejected += not other[0]
        agree = mine == other
        if not agree:
            different.append(f"{document.name}: {_difference(mine, other)}")
        if document.runs == 1:
            continue
        fast = best(partial(check, document.data, rules=rules), times=document.runs)
        slow = answer.milliseconds
        verdict = "same" if agree else "DIFFERENT"
        rows.append((document.name, fast, slow, fast / slow, verdict))
    table("peers/phive", ("document", "ours ms", "phive ms", "ratio", "verdict"), rows)
    print(
        f"CIUS-PT {VERSION}: {len(documents)} documents, {rejected} refused by the "
        f"schema, {findings} findings, {len(different)} documents judged differently"
    )
    for line in different[:20]:
        print(f"  {line}")
    raise SystemExit(1 if different else 0)


def _difference(mine: Verdict, other: Verdict) -> str:
    if mine[0] != other[0]:
        return f"schema: ours {mine[0]}, phive {other[0]}"
    return (
        f"only ours {dict(mine[1] - other[1])}, only phive {dict(other[1] - mine[1])}"
    )


if __name__ == "__main__":
    main()
