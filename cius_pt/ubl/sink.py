# SPDX-License-Identifier: MIT
"""What a reading carries along: where it is, and what it has found so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cius_pt.ubl.binding import Node


class Sink:
    """The fields of one object while its element is being read.

    `number` counts its element, for a part the first of its elements. `owner`, `name`
    and `index` say whose field the object is going to be; the document has no owner.
    What most objects lack is made when the first one comes.
    """

    __slots__ = (
        "_path",
        "doubted",
        "fields",
        "index",
        "lists",
        "model",
        "name",
        "number",
        "owner",
        "parts",
        "taken",
    )

    def __init__(
        self,
        model: type,
        number: int,
        owner: Sink | None = None,
        name: str = "",
        index: int | None = None,
    ) -> None:
        self.model = model
        self.number = number
        self.owner = owner
        self.name = name
        self.index = index
        self.fields: dict[str, Any] = {}
        self.lists: dict[str, list[Any]] | None = None
        self.parts: dict[str, Sink] | None = None
        self.taken: dict[Node, list[tuple[int, Any]]] | None = None
        self.doubted = False
        self._path: str | None = None

    def to(self, name: str, index: int | None = None) -> str:
        """Return the path of a field of the object, or of one of its values.

        Only made when someone asks, and hardly anyone does.
        """
        if self._path is None:
            self._path = self.owner.to(self.name, self.index) if self.owner else ""
        here = name if index is None else f"{name}[{index}]"
        return f"{self._path}.{here}" if self._path and here else self._path or here


# What a reading is at: the object, its field, which one of many, the term. A plain
# tuple, as there is one for every element.
Where = tuple[Sink, str, int | None, str | None]

# What a finding is about: the number of an element, what that stands for, its attribute
# or "".
Spot = tuple[int, Where, str]


def path_of(where: Where) -> str:
    """Return the model path of what an element stands for."""
    sink, name, index, _ = where
    return sink.to(name, index)
