# SPDX-License-Identifier: MIT
"""What the elements of a document stand for, once it has been read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from cius_pt.ubl.sink import Mark, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One element as the table sees it: its model path and its business term."""

    element: etree._Element
    path: str
    bt: str | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trace:
    """What every element that the table knows stands for, in document order."""

    _steps: dict[etree._Element, Mark] = field(repr=False)

    def step(self, element: etree._Element) -> Step | None:
        """Return what an element stands for; None when the table does not know it."""
        found = self._steps.get(element)
        if found is None:
            return None
        return Step(element=element, path=path_of(found), bt=found[3])

    def steps(self) -> Iterator[Step]:
        """Yield what all elements stand for."""
        for element, mark in self._steps.items():
            yield Step(element=element, path=path_of(mark), bt=mark[3])
