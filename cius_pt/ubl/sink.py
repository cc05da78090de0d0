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


# What an element stands for: the owner, its field, which one of many, the term.
Mark = tuple[Path, str, int | None, str | None]


def path_of(mark: Mark) -> str:
    """Return the model path of what an element stands for."""
    owner, name, index, _ = mark
    return owner.to(name, index)


class Sink:
    """The fields of one object while its element is being read.

    `owner`, `name` and `index` say whose field the object is going to be; the document
    has no owner. What most objects lack is made when the first one comes.
    """

    __slots__ = (
        "_path",
        "element",
        "fields",
        "index",
        "lists",
        "model",
        "name",
        "owner",
        "parts",
        "taken",
    )

    def __init__(
        self,
        model: type,
        element: etree._Element,
        owner: Sink | None = None,
        name: str = "",
        index: int | None = None,
    ) -> None:
        self.model = model
        self.element = element
        self.owner = owner
        self.name = name
        self.index = index
        self.fields: dict[str, Any] = {}
        self.lists: dict[str, list[Any]] | None = None
        self.parts: dict[str, Sink] | None = None
        self.taken: dict[Node, list[tuple[etree._Element, Any]]] | None = None
        self._path: Path | None = None

    @property
    def path(self) -> Path:
        """Where in the model the object is; few are asked."""
        if self._path is None:
            before = None if self.owner is None else self.owner.path
            self._path = Path(before, self.name, self.index)
        return self._path


# What a reading is at: the object, its field, which one of many, the term. A plain
# tuple, as hardly anyone asks.
Where = tuple[Sink, str, int | None, str | None]

# What a finding is about: an element, what it stands for, its attribute or "".
Spot = tuple[etree._Element, Where, str]  # noqa: SLF001 - its only name


def mark_of(where: Where) -> Mark:
    """Return what an element stands for, without the object it went into."""
    sink, name, index, bt = where
    return sink.path, name, index, bt
