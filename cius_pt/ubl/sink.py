# SPDX-License-Identifier: MIT
"""What a reading carries along: where it is, and what it has found so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from lxml import etree

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
            here = self.name if self.index is None else f"{self.name}[{self.index}]"
            before = str(self.parent) if self.parent is not None else ""
            self._text = f"{before}.{here}" if before and here else before or here
        return self._text

    def to(self, name: str) -> str:
        """Return the path of the field `name` of what is here."""
        before = str(self)
        return f"{before}.{name}" if before and name else before or name


class Spot(NamedTuple):
    """What a finding is about: an element or one of its attributes, and its term."""

    element: etree._Element
    bt: str | None
    path: Path | str
    attribute: str = ""


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
