# SPDX-License-Identifier: MIT
"""The published rules are read and run, never copied into this repository.

No seven words in a row of a published message, and no published expression of more
than 60 characters, white space left out. Facts are not sentences: a path that a rule
names is the same path here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cius_pt.schematron import rulebook
from cius_pt.schematron.source import load

if TYPE_CHECKING:
    from cius_pt.schematron.model import Assertion

ROOT = Path(__file__).resolve().parents[2]
TEXTS = {".md", ".py", ".sch", ".toml", ".tsv", ".json", ".xml", ".csv", ".txt"}
SKIPPED = {".git", ".venv", ".hypothesis", ".mypy_cache", ".ruff_cache", "dist"}
WORDS = 7
PLAIN = 5
LETTERS = 60


def ours() -> dict[str, str]:
    """Return every text of the repository and what the rulebook becomes."""
    found = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(ROOT.rglob("*"))
        if path.suffix in TEXTS
        and path.is_file()
        and not SKIPPED & set(path.relative_to(ROOT).parts)
    }
    return {**found, "the exported rulebook": rulebook.assemble(strict=True)}


def published(shared: Path) -> list[Assertion]:
    entries = sorted((shared / "espap").glob("*/*.sch"))
    assert len(entries) == 2
    return [a for entry in entries for a in load(entry).assertions()]


def runs_of_words(text: str) -> set[tuple[str, ...]]:
    """Return every seven words in a row; lists of codes and names are no sentences."""
    words = [word.strip(".,;:()\"'«»") for word in text.split()]
    plain = [re.fullmatch(r"[^\W\d_]?[^\W\d_A-Z]+", word) is not None for word in words]
    return {
        tuple(word.lower() for word in words[n : n + WORDS])
        for n in range(len(words) - WORDS + 1)
        if sum(plain[n : n + WORDS]) >= PLAIN
    }


def test_no_sentence_of_a_published_message_is_here(shared: Path) -> None:
    theirs = {
        run: assertion.id
        for assertion in published(shared)
        for run in runs_of_words(assertion.text or "")
    }
    assert len(theirs) > 1000
    copied = {
        f"{name}: {' '.join(run)} ({theirs[run]})"
        for name, text in ours().items()
        for run in runs_of_words(text)
        if run in theirs
    }
    assert copied == set()


def test_no_published_expression_is_here(shared: Path) -> None:
    expressions = {
        squeezed: assertion.id
        for assertion in published(shared)
        if len(squeezed := squeeze(assertion.test)) > LETTERS
    }
    for entry in (shared / "espap").glob("*/*.sch"):
        for _, rule in load(entry).rules():
            expressions |= {squeeze(let.value): let.name for let in rule.lets}
            if len(squeeze(rule.context)) > LETTERS and not is_path(rule.context):
                expressions[squeeze(rule.context)] = rule.context
    assert len(expressions) > 200
    for name, text in ours().items():
        here = squeeze(unquote(text))
        copied = [id_ for text, id_ in expressions.items() if text in here]
        assert copied == [], name


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def unquote(text: str) -> str:
    for entity, character in {"&lt;": "<", "&gt;": ">", "&quot;": '"'}.items():
        text = text.replace(entity, character)
    return text.replace("&amp;", "&")


def is_path(context: str) -> bool:
    """Whether a context only names elements: a path is a fact."""
    return re.fullmatch(r"[\w:/| ]+", context) is not None


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("one two three four five six", 0),
        ("One two three, four: five SIX seven", 1),
        ("AA S NOR E ISE one two", 0),
        ("text/plain image/png image/jpeg application/pdf one two three", 0),
    ],
)
def test_words_are_counted_without_punctuation(text: str, runs: int) -> None:
    assert len(runs_of_words(text)) == runs
