# SPDX-License-Identifier: MIT
"""What the elements of a document stand for, once it has been read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lxml import etree

from cius_pt.ubl.sink import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cius_pt.ubl.sink import Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One element as the table sees it: its model path and its business term."""

    element: etree._Element
    path: str
    bt: str | None


class Trace:
    """What every element that the table knows stands for, in document order."""

    def __init__(self, steps: Iterable[tuple[etree._Element, Where]]) -> None:
        self._given = steps

    @cached_property
    def _steps(self) -> dict[etree._Element, Where]:
        """What each element stands for; of what was said of it twice, the last."""
        return dict(self._given)

    def step(self, element: etree._Element) -> Step | None:
        """Return what an element stands for; None when the table does not know it."""
        found = self._steps.get(element)
        if found is None:
            return None
        return Step(element=element, path=path_of(found), bt=found[3])

    def steps(self) -> Iterator[Step]:
        """Yield what all elements stand for."""
        for element, where in self._steps.items():
            yield Step(element=element, path=path_of(where), bt=where[3])
