# SPDX-License-Identifier: MIT
"""SchXslt2, another implementation of ISO Schematron, on a JVM, against our engine.

The same Schematron source, unmodified, read, translated and run by both in the same
language (XSLT 3.0, Saxon-HE there, SaxonC here): the judge of our reader and of our
literal translation as well as of the lean one. What both say is compared: the
multiset of (rule, flag, element, attribute), or that both break off. Needs a JDK and
Maven; without them, or without a repository to ask, this says so and ends.

Run it from the checkout: ``python -m benchmarks.peers.schxslt [--rules PATH]``.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree

from benchmarks.peers import jvm
from benchmarks.peers.documents import Given, given
from benchmarks.rules import best, entry, table
from cius_pt.schematron import engine, svrl
from cius_pt.schematron.stylesheet import severity

if TYPE_CHECKING:
    from benchmarks.peers.jvm import Answer
    from cius_pt.findings import Severity

# SchXslt2 nests a call for each abstract pattern's parameter; there are thousands.
STACK = "-Xss1g"
Found = Counter[tuple[str, "Severity", int, str | None]]


def ours(rules: engine.Rules, run: engine.Run) -> Found | None:
    """Return what we say; None when the rules broke off."""
    if run.error is not None:
        return None
    levels = [info.severity for info in rules.stylesheet.assertions]
    return Counter(
        (hit.rule, levels[hit.number], hit.element, hit.attribute) for hit in run.hits
    )


def theirs(answer: Answer, data: bytes) -> Found | None:
    """Return what SchXslt2 says, in the same form."""
    if answer.of("error"):
        return None
    root = etree.fromstring(data, etree.XMLParser(huge_tree=True))
    numbers = {element: number for number, element in enumerate(root.iter("*"))}
    found: Found = Counter()
    for rule, flag, place in answer.of("finding"):
        element, attribute = svrl.locate(root, place)
        found[rule, severity(flag, ""), numbers[element], attribute] += 1
    return found


def main() -> None:
    """Print milliseconds of both for the timed documents and whether all agree."""
    path = entry("SchXslt2 on a JVM")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archives = jvm.libraries("schxslt-pom.xml", "SchXslt2", folder)
        documents = given(folder)
        batch = jvm.listed(folder, [(d.runs, d.kind, d.file) for d in documents])
        arguments = [str(path.resolve()), str(batch)]
        printed = jvm.run("Schxslt.java", archives, arguments, options=[STACK])
        answers = jvm.answers(printed)
        compare(documents, answers, engine.load(path, "lean"))


def compare(documents: list[Given], answers: list[Answer], rules: engine.Rules) -> None:
    """Print the table; leave with 1 if there is a document both do not agree on."""
    rows = []
    different: list[str] = []
    findings = aborted = 0
    for document, answer in zip(documents, answers, strict=True):
        mine, other = (
            ours(rules, rules.run(document.data)),
            theirs(answer, document.data),
        )
        aborted += other is None
        findings += 0 if other is None else other.total()
        agree = mine == other
        if not agree:
            different.append(f"{document.name}: ours {mine}, SchXslt2 {other}")
        if document.runs == 1:
            continue
        fast = best(partial(rules.judge, document.data), times=document.runs)
        slow = answer.milliseconds
        verdict = "same" if agree else "DIFFERENT"
        rows.append((document.name, fast, slow, fast / slow, verdict))
    heads = ("document", "ours ms", "SchXslt2 ms", "ratio", "verdict")
    table("peers/schxslt", heads, rows)
    print(
        f"{len(documents)} documents, {findings} findings, {aborted} broken off, "
        f"{len(different)} judged differently"
    )
    for line in different[:20]:
        print(f"  {line}")
    raise SystemExit(1 if different else 0)


if __name__ == "__main__":
    main()
