# SPDX-License-Identifier: MIT
"""The catalogue beside the published rules: the same ids, not the same words."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import xmlschema
from lxml import etree

from cius_pt import artefacts
from cius_pt.findings import Severity
from cius_pt.rules import catalogue, tables
from cius_pt.schematron import source

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRIES = catalogue.entries()
LONGEST_RUN = 6
SILENT = re.compile(r"never gets to this rule|cannot fire|never fires")
KINDS = {"cac": "Aggregate", "cbc": "Basic", "ext": "Extension"}
SCH = "{http://purl.oclc.org/dsdl/schematron}"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def rules(shared: Path) -> list[dict[str, str]]:
    return read(shared / "reference" / "rules.csv")


@pytest.fixture(scope="module")
def terms(shared: Path) -> set[str]:
    return {row["id"] for row in read(shared / "reference" / "bt.csv")}


def texts() -> Iterator[tuple[str, str]]:
    for entry in ENTRIES.values():
        for text in (entry.asks, entry.why, entry.fix, entry.quirk):
            if text is not None:
                yield entry.rule, text.pt
                yield entry.rule, text.en


def test_every_published_id_has_an_entry_and_no_other_has(
    rules: list[dict[str, str]],
) -> None:
    ours = {rule for rule in ENTRIES if not rule.startswith("CP-")}

    assert ours == {row["rule"] for row in rules}


def test_severities_are_the_publisher_s(rules: list[dict[str, str]]) -> None:
    wrong = [
        row["rule"]
        for row in rules
        if ENTRIES[row["rule"]].severity is not Severity(row["flag"])
    ]

    assert wrong == []


def test_terms_exist(terms: set[str]) -> None:
    named = {(e.rule, term) for e in ENTRIES.values() for term in e.terms}
    named |= {
        (rule, term)
        for rule, said in texts()
        for term in re.findall(r"\bB[TG]-[0-9]+(?:-[0-9])?\b", said)
    }

    assert {(rule, term) for rule, term in named if term not in terms} == set()


def test_an_entry_is_about_a_term_of_its_rule(rules: list[dict[str, str]]) -> None:
    wrong = []
    for row in rules:
        given = {term.partition("/")[0] for term in row["terms"].split()}
        ours = set(ENTRIES[row["rule"]].terms)
        if row["flag"] == "fatal" and given and not ours & given:
            wrong.append((row["rule"], ours, given))

    assert wrong == []


def words_of(text: str) -> list[str]:
    """Return the words of a language; codes and numbers are facts, not words."""
    found = re.findall(r"\w+", text)
    return [word.casefold() for word in found if re.search(r"[^\W\d_A-Z]", word)]


def runs(text: str) -> set[tuple[str, ...]]:
    words = words_of(text)
    length = LONGEST_RUN + 1
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


@cache
def published_runs(shared: Path) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for path in (shared / "espap").rglob("*.sch"):
        for element in etree.parse(path).iter(f"{SCH}assert", f"{SCH}report"):
            found |= runs("".join(str(part) for part in element.itertext()))
    for row in read(shared / "reference" / "bt.csv"):
        found |= runs(row["name_pt"]) | runs(row["rule_text_pt"])
    return found


def test_no_sentence_is_the_publisher_s(shared: Path) -> None:
    theirs = published_runs(shared)
    assert len(theirs) > 3_000

    copied = [
        (rule, " ".join(run)) for rule, said in texts() for run in runs(said) & theirs
    ]

    assert copied == []


def test_a_published_sentence_would_be_noticed(shared: Path) -> None:
    theirs = published_runs(shared)
    messages = [
        "".join(str(part) for part in element.itertext())
        for path in (shared / "espap" / "2.1.2").rglob("*.sch")
        for element in etree.parse(path).iter(f"{SCH}assert")
    ]
    longest = max(messages, key=len)

    assert runs(f"Nota: {longest} Fim.") & theirs


def plain(path: str) -> str:
    """Return a path without predicates and without the two documents' names."""
    path = re.sub(r"\[[^\]]*\]", "", path)
    return re.sub(r"^//(ubl:Invoice|cn:CreditNote)/", "", path.strip())


def test_composed_entries_name_the_element_that_is_tested(
    rules: list[dict[str, str]],
) -> None:
    contexts = {row["rule"]: row["context"] for row in rules}
    wrong = []
    for found in tables.rows("composed.tsv"):
        subject = tables.row("subjects.tsv", found["subject"])
        assert subject is not None
        if not found["rule"].startswith("DT-"):
            continue
        tested = {plain(path) for path in contexts[found["rule"]].split(" | ")}
        if subject["path"] not in tested:
            wrong.append((found["rule"], subject["path"], tested))

    assert wrong == []


def test_elements_not_used_are_the_published_paths(published: str) -> None:
    tests = {
        assertion.id: "".join(assertion.test.split())
        for _, rule in source.load(Path(published)).rules()
        for assertion in rule.assertions
    }
    rows = list(tables.rows("unused.tsv"))

    assert len(rows) == 644
    assert {row["rule"]: f"not({row['path']})" for row in rows} == {
        rule: test for rule, test in tests.items() if rule.startswith("UBL-CR-")
    }


def test_what_is_said_never_to_fire_fires_on_no_valid_probe(shared: Path) -> None:
    silent = {
        entry.rule
        for entry in ENTRIES.values()
        if entry.quirk is not None and SILENT.search(entry.quirk.en)
    }
    assert len(silent) == 83

    fired = {
        (row["id"], rule.partition("x")[0])
        for row in read(shared / "probes" / "probes.csv")
        if row["xsd"] == "valid"
        for rule in f"{row['fatal']} {row['warnings']}".split()
    }

    assert len(fired) > 100
    assert {(probe, rule) for probe, rule in fired if rule in silent} == set()


@pytest.mark.slow
def test_those_that_never_fire_are_those_that_ubl_does_not_have() -> None:
    schema = xmlschema.XMLSchema(str(artefacts.schema("Invoice").entry), allow="local")
    impossible = {
        row["rule"]
        for row in tables.rows("unused.tsv")
        if not exists(schema, row["path"])
    }

    assert len(impossible) == 41
    assert impossible == {
        row["rule"]
        for row in tables.rows("unused.tsv")
        if row["pattern"] == "unused-impossible"
    }


def exists(schema: xmlschema.XMLSchema, path: str) -> bool:
    element: Any = schema.elements["Invoice"]
    for step in path.split("/"):
        prefix, _, name = step.partition(":")
        children = {c.local_name: c for c in element.type.content.iter_elements()}
        element = children.get(name)
        if element is None or KINDS[prefix] not in element.target_namespace:
            return False
        element = element.ref or element
    return True
