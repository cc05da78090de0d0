# SPDX-License-Identifier: MIT
"""Documents as bytes: the legal ones conform, the hostile ones are only refused."""

from __future__ import annotations

from hypothesis import Phase, find, given, settings
from lxml import etree

from cius_pt import check
from cius_pt.testing.breaking import base
from cius_pt.testing.hostile import documents, hostile_documents
from cius_pt.testing.mutations import Mutation, mutations
from cius_pt.xmlio import tree
from tests.profiles import DRAWN

RULES = "rulebook-2.1.2"
PLAIN = base("plain-credit-note")


@settings(DRAWN, max_examples=min(DRAWN.max_examples, 50))
@given(documents())
def test_a_legal_document_conforms(document: bytes) -> None:
    report = check(document, rules=RULES)

    assert report.conforms, report.summary()


@settings(DRAWN, max_examples=DRAWN.max_examples * 4)
@given(hostile_documents())
def test_a_hostile_document_gives_a_complete_report(document: bytes) -> None:
    assert check(document, rules=RULES).complete


def test_every_kind_of_refusal_is_drawn() -> None:
    seen: set[str] = set()

    @settings(DRAWN, max_examples=400, phases=(Phase.generate,), derandomize=True)
    @given(hostile_documents())
    def look(document: bytes) -> None:
        first = check(document, rules=RULES).findings[:1]
        seen.update(finding.rule for finding in first)

    look()

    assert {rule for rule in seen if rule.startswith("CP-XML-")} >= {
        f"CP-XML-0{n}" for n in range(2, 10)
    }


@settings(DRAWN)
@given(mutations(PLAIN))
def test_a_mutation_is_well_formed_another_document_and_says_what(
    mutation: Mutation,
) -> None:
    before, after = (
        etree.tostring(tree(data), method="c14n") for data in (PLAIN, mutation.document)
    )

    assert before != after
    assert mutation.description
    assert str(mutation) == mutation.description
    assert check(mutation.document, rules=RULES).complete


def test_a_mutation_can_be_of_every_sort() -> None:
    for words in ("without cbc:", "there twice", " says ", "/@", "without @", "first"):
        find(mutations(PLAIN), lambda m, words=words: words in m.description)  # type: ignore[misc]
