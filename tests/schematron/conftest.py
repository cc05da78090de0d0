# SPDX-License-Identifier: MIT
"""Small Schematrons of our own, run lean and literally; the two have to agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pytest

from cius_pt.schematron import engine

if TYPE_CHECKING:
    from pathlib import Path

SCH = "http://purl.oclc.org/dsdl/schematron"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What both translations said of a document."""

    hits: tuple[tuple[str, int], ...]
    messages: tuple[str, ...]
    attributes: tuple[str | None, ...]
    error: str | None

    @property
    def ids(self) -> list[str]:
        """The ids that fired, sorted, as often as they did."""
        return sorted(rule for rule, _ in self.hits)


class Judge(Protocol):
    """Runs a schema with this body over a document."""

    def __call__(
        self, body: str, document: str, *, binding: str = "xslt2", attributes: str = ""
    ) -> Judged:
        """Return what both translations said."""


class Write(Protocol):
    """Writes a schema with this body to a file."""

    def __call__(
        self, body: str, *, binding: str = "xslt2", attributes: str = ""
    ) -> Path:
        """Return the file."""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a schema with this body to a file and return its path."""

    def do(body: str, *, binding: str = "xslt2", attributes: str = "") -> Path:
        path = tmp_path / "rules.sch"
        path.write_text(
            f'<schema xmlns="{SCH}" queryBinding="{binding}" {attributes}>'
            '<ns prefix="u" uri="urn:u"/>'
            '<ns prefix="xs" uri="http://www.w3.org/2001/XMLSchema"/>'
            f"{body}</schema>",
            encoding="utf-8",
        )
        return path

    return do


@pytest.fixture
def judge(write: Write) -> Judge:
    """Run a schema over a document in both ways and return what they agree on."""

    def do(
        body: str, document: str, *, binding: str = "xslt2", attributes: str = ""
    ) -> Judged:
        path = write(body, binding=binding, attributes=attributes)
        runs = [
            engine.load(path, "test", optimise=optimise).run(document.encode())
            for optimise in (True, False)
        ]
        lean, literal = runs
        assert identities(lean) == identities(literal)
        assert (lean.complete, bool(lean.error)) == (
            literal.complete,
            bool(literal.error),
        )
        hits = sorted(lean.hits, key=lambda hit: (hit.number, hit.element))
        return Judged(
            hits=tuple((hit.rule, hit.element) for hit in hits),
            messages=tuple(hit.message for hit in hits),
            attributes=tuple(hit.attribute for hit in hits),
            error=lean.error,
        )

    return do


def identities(run: engine.Run) -> Counter[tuple[str, int, str | None, str]]:
    """Return what two runs must have in common: which assertion, where, the words."""
    return Counter(
        (hit.rule, hit.element, hit.attribute, hit.message) for hit in run.hits
    )
