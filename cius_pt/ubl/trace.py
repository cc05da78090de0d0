# SPDX-License-Identifier: MIT
"""What the elements of a document stand for, once it has been read."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from lxml import etree

from cius_pt.ubl.sink import path_of
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cius_pt.ubl.sink import Where
    from cius_pt.xmlio import XmlDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One element as the table sees it: its model path and its business term."""

    element: etree._Element
    path: str
    bt: str | None


class Trace:
    """What every element that the table knows stands for, in document order.

    `steps` are three entries for every element, one behind the other, as there are so
    many: its number, then either `Where` and None or, for a term in its usual form, the
    `Sink` and the `Simple` row.
    """

    def __init__(self, document: XmlDocument, steps: list[Any]) -> None:
        self._document = document
        self._given = steps

    @cached_property
    def _steps(self) -> dict[int, Where]:
        """What each element stands for; of what was said of it twice, the last."""
        steps = iter(self._given)
        return {
            number: said if row is None else (said, row.field, None, row.bt)
            for number, said, row in zip(steps, steps, steps, strict=True)
        }

    def step(self, element: etree._Element) -> Step | None:
        """Return what an element stands for; None when the table does not know it."""
        found = self._steps.get(self._document.index_of(element))
        return None if found is None else _step(element, found)

    def first(self, paths: Collection[str]) -> dict[str, int]:
        """Return the number of the first element of each of these paths that has one.

        The path of an element is only made when its last step may be one of theirs.
        """
        names = {path.rpartition(".")[2].partition("[")[0] for path in paths}
        found: dict[str, int] = {}
        for number, where in self._steps.items():
            sink, name, _, _ = where
            if (name or sink.name) in names or not name.isidentifier():
                path = path_of(where)
                if path in paths:
                    found.setdefault(path, number)
        return found

    def steps(self) -> Iterator[Step]:
        """Yield what all elements stand for."""
        for number, where in self._steps.items():
            yield _step(self._document.element(number), where)


def _step(element: etree._Element, where: Where) -> Step:
    return Step(element=element, path=path_of(where), bt=where[3])
