# SPDX-License-Identifier: MIT
"""Gives findings the field of our model and the term their element stands for."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from lxml import etree

    from cius_pt.findings import Finding
    from cius_pt.ubl.reading import Reading
    from cius_pt.ubl.trace import Trace
    from cius_pt.xmlio import XmlDocument


@cache
def _reader() -> ModuleType:
    # Late: who has no finding to place may do without the binding table.
    from cius_pt.ubl import read  # noqa: PLC0415

    return read


class Placer:
    """What one document says, read when the first one asks, and where it says so."""

    def __init__(self, document: XmlDocument) -> None:
        self._document = document
        self._traced: tuple[Reading, Trace] | None = None
        self._fails = False

    def traced(self) -> tuple[Reading, Trace]:
        """Return what the document says, and which element says what."""
        if self._traced is None:
            self._traced = _reader().traced(self._document)
        return self._traced

    def place(self, finding: Finding) -> Finding:
        """Return the finding with path and term, as far as they can be known."""
        if finding.location.path and finding.bt:
            return finding
        element = self._document.element_at(finding.location)
        if element is None:
            return finding
        path, bt = self._of(element)
        place = replace(finding.location, path=finding.location.path or path or None)
        return replace(finding, bt=finding.bt or bt, location=place)

    def _of(self, element: etree._Element) -> tuple[str | None, str | None]:
        """Return path and term of the element, or of what it is a part of.

        An element that the table does not know is a part of its nearest ancestor
        that it does; and an element with no term of its own (``cac:Country``) has
        the term of the group that stands at the same path.
        """
        trace = self._trace()
        path: str | None = None
        here: etree._Element | None = element
        while trace is not None and here is not None:
            step = trace.step(here)
            if step is not None and path not in {None, step.path}:
                break
            if step is not None:
                path = step.path
                if step.bt is not None:
                    return path, step.bt
            here = here.getparent()
        return path, None

    def _trace(self) -> Trace | None:
        if self._fails:
            return None
        try:
            return self.traced()[1]
        except Exception:  # noqa: BLE001 - a finding without a path is a finding
            self._fails = True
            return None
