# SPDX-License-Identifier: MIT
"""`mutations`: one change of a document of yours, and words for what was changed."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from cius_pt import xmlio
from cius_pt.testing.edits import Action, Edit, edited, path_of
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy
    from lxml import etree

# At, inside and beyond the limits of the format: lengths, signs, decimals, codes.
_VALUES = (
    *("", " ", "0", "0.00", "-1.00", "1.005", "1e3", "NaN", "99999999999999.00"),
    *("2026-02-30", "2026-01-31Z", "31-01-2026", "true", "PT", "XX", "EUR", "S", "380"),
    *("x" * 21, "x" * 51, "x" * 201, "a\nb", "#a#b#", "É\u2028€", "\U0001f9fe"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A changed document and, in words, the one thing that was changed."""

    document: bytes = field(repr=False)
    description: str

    def __str__(self) -> str:
        return self.description


def mutations(document: bytes) -> SearchStrategy[Mutation]:
    """Draw the document with one change of its structure or of a value.

    An element is gone, twice, or at another place among its siblings; a text or an
    attribute says something else or is gone. The result is well-formed; whether it is
    still an invoice is what your test finds out. Raises `UnreadableDocument` for what
    is no document.
    """
    elements = xmlio.tree(document).iter("*")
    return _mutated(document, tuple(map(_changes, elements)))


@st.composite
def _mutated(
    draw: DrawFn, document: bytes, changes: tuple[tuple[Edit, ...], ...]
) -> Mutation:
    # First the element, then what is done to it: leaves have many more changes.
    edit = draw(st.sampled_from(draw(st.sampled_from([c for c in changes if c]))))
    return Mutation(document=edited(document, [edit]), description=str(edit))


def _changes(element: etree._Element) -> tuple[Edit, ...]:
    """Return every change of one element."""
    path = path_of(element)
    found: list[Edit] = []
    parent = element.getparent()
    if parent is not None:
        actions = [Action.DROP, Action.DOUBLE, *([Action.MOVE] * (len(parent) > 1))]
        found += [Edit(action=action, path=path) for action in actions]
    if not len(element):
        found += [
            Edit(action=Action.WRITE, path=path, value=value)
            for value in _VALUES
            if value != (element.text or "")
        ]
    for key, given in element.items():
        name = str(key)
        found.append(Edit(action=Action.UNSET, path=path, name=name))
        found += [
            Edit(action=Action.SET, path=path, name=name, value=value)
            for value in _VALUES
            if value != given
        ]
    return tuple(found)
