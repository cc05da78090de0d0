# SPDX-License-Identifier: MIT
"""What a reading carries along: where it is, and what it has found so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from cius_pt.ubl.binding import Node


class Path:
    """Where we are in the model; only made into text when someone asks."""

    __slots__ = ("_text", "index", "name", "parent")

    def __init__(self, parent: Path | None, name: str, index: int | None) -> None:
        self.parent = parent
        self.name = name
        self.index = index
        self._text: str | None = None

    def __str__(self) -> str:
        if self._text is None:
            before = self.parent
            self._text = "" if before is None else before.to(self.name, self.index)
        return self._text

    def to(self, name: str, index: int | None = None) -> str:
        """Return the path of the field `name` of what is here, or one value of it."""
        before = str(self)
        here = name if index is None else f"{name}[{index}]"
        return f"{before}.{here}" if before and here else before or here


# What an element stands for: the owner, its field, which one of many, the term. A plain
# tuple, as every element has one and hardly anyone asks.
Mark = tuple[Path, str, int | None, str | None]

# What a finding is about: an element, what it stands for, its attribute or "".
Spot = tuple[etree._Element, Mark, str]  # noqa: SLF001 - its only name


def path_of(mark: Mark) -> str:
    """Return the model path of what an element stands for."""
    owner, name, index, _ = mark
    return owner.to(name, index)


class Sink:
    """The fields of one object while its element is being read."""

    __slots__ = ("element", "fields", "lists", "model", "parts", "path", "taken")

    def __init__(self, model: type, element: etree._Element, path: Path) -> None:
        self.model = model
        self.element = element
        self.path = path
        self.fields: dict[str, Any] = {}
        self.lists: dict[str, list[Any]] = {}
        self.parts: dict[str, Sink] = {}
        self.taken: dict[Node, list[tuple[etree._Element, Any]]] = {}
