# SPDX-License-Identifier: MIT
"""What is said in English is said in Portuguese too, about the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt import check
from cius_pt.rules import tables
from cius_pt.rules.spoken import portuguese
from cius_pt.testing.hostile import hostile_documents
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from cius_pt.findings import Finding, Report

PLACE = re.compile(r"\{\*?\}")
ROWS = [(row["en"], row["pt"]) for row in tables.rows("spoken.tsv")]


def test_no_sentence_is_there_twice() -> None:
    assert len({english for english, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("english", "said"), ROWS)
def test_a_row_says_the_same_in_both_languages(english: str, said: str) -> None:
    places = len(PLACE.findall(english))
    assert len(PLACE.findall(said)) == places
    values = [f"v{number}" for number in range(places)]
    assert portuguese(_filled(english, values)) == _filled(said, values)


def _filled(words: str, values: list[str]) -> str:
    left = iter(values)
    return PLACE.sub(lambda _: next(left), words)


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("this is a PDF, not an XML document", "isto é um PDF, não um documento XML"),
        (
            "Element 'cbc:ID': '' is not a valid value of the atomic type 'xs:x'.",
            "Elemento «cbc:ID»: Está vazio, e vazio não é um valor do tipo «xs:x».",
        ),
        (
            "Element 'a', attribute 'b': [facet 'pattern'] The attribute 'c' is odd.",
            "Elemento «a», atributo «b»: (faceta pattern) The attribute 'c' is odd.",
        ),
        (
            "[facet 'enumeration'] The value 'c' is not an element of the set {'d'}.",
            "(faceta enumeration) O valor «c» não é um destes: {'d'}.",
        ),
        (
            "not well-formed: Premature end of data in tag A line 3",
            "mal formado: o documento acaba antes de fechar A, da linha 3",
        ),
        # A value that looks like the words around it, and words nobody knows.
        (
            "'x' is not valid.' is not valid.",
            "«x' is not valid.» não é válido.",
        ),
        ("Element 'a': Something new.", "Elemento «a»: Something new."),
        ("Something new.", "Something new."),
        ("", ""),
    ],
)
def test_values_stay_and_words_change(english: str, said: str) -> None:
    assert portuguese(english) == said


@given(st.text() | st.sampled_from([en for en, _ in ROWS]).map(lambda en: en * 2))
def test_any_text_can_be_asked_for(text: str) -> None:
    assert isinstance(portuguese(text), str)


def test_a_long_value_costs_linear_time() -> None:
    value = "': '" * 50_000
    assert portuguese(f"Element '{value}': This element is not expected.").startswith(
        "Elemento «"
    )


@DRAWN
@given(hostile_documents())
def test_a_report_finds_the_same_in_both_languages(data: bytes) -> None:
    english, said = check(data), check(data, lang="pt")

    assert [_bare(finding) for finding in english.findings] == [
        _bare(finding) for finding in said.findings
    ]
    assert [step.outcome for step in english.checks] == [
        step.outcome for step in said.checks
    ]
    assert _ours(english) & _ours(said) == set()


def _bare(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.severity, finding.location, finding.bt


def _ours(report: Report) -> set[str]:
    """Return what is said in words of our own."""
    messages = {f.message for f in report.findings if f.rule.startswith("CP-")}
    return messages | {step.reason for step in report.checks if step.reason}
