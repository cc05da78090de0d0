# SPDX-License-Identifier: MIT
"""The document under a signature: one text, one tree, fresh copies of it.

Everything is judged on the tree that was parsed once. What a reference leaves out is
taken out of a copy, so that the tree itself stays what it was.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cius_pt import libxml2, xmlio
from cius_pt.signature.xml.limits import MAX_SWELL, Budget
from cius_pt.signature.xml.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml import etree

Path = tuple[int, ...]
"""Where an element stands: the number of each child on the way down."""

# XMLDSig §4.4.3.3: an Id is what a DTD or schema says it is. There is neither here,
# so it is what signers use. ``xml:id`` is one by name.
_ID_NAMES = ("Id", "ID", "id", f"{{{xmlio.XML}}}id")

_IDENTIFIED = "//*[@Id or @ID or @id or @xml:id]"
_DECLARED = re.compile(rb"xmlns[^=<>]{0,300}=[ \t\r\n]*([\"'])(.*?)\1", re.DOTALL)


def _note(
    ids: dict[str, list[etree._Element]], name: str | None, element: etree._Element
) -> None:
    if name is None:
        return
    holders = ids.setdefault(name, [])
    if not holders or holders[-1] is not element:
        holders.append(element)


def _names(utf8: bytes) -> Iterator[bytes]:
    """Yield what is declared as a namespace, and perhaps more."""
    return (match[2] for match in _DECLARED.finditer(utf8))


class Source:
    """One document and what signatures ask of it."""

    def __init__(self, data: bytes) -> None:
        self.utf8, self.root = xmlio.opened(data)
        self.budget = Budget()
        self.canonical: dict[object, bytes] = {}
        self._paths: dict[etree._Element, Path] = {}
        self._found: dict[str, list[etree._Element]] = {}
        self._ids: dict[str, list[etree._Element]] | None = None
        self._reduced: dict[frozenset[Path], etree._Element] = {}

    def require_bounded(self) -> None:
        """Refuse a document whose canonical form could be far larger than itself."""
        longest = max((len(name) for name in _names(self.utf8)), default=0)
        uses = self.utf8.count(b"<") + self.utf8.count(b"=")
        if longest * uses > MAX_SWELL:
            raise Refused(
                "CP-XSIG-09",
                f"a namespace of {longest:,} characters makes the canonical form huge",
            )

    def found(self, tag: str) -> list[etree._Element]:
        """Return the elements with this tag, in document order."""
        return self.kept(tag, lambda root: root.iter(tag))

    def kept(
        self, name: str, find: Callable[[etree._Element], Iterable[etree._Element]]
    ) -> list[etree._Element]:
        """Return what `find` finds below the root, looked for once under this name."""
        if name not in self._found:
            self._found[name] = list(find(self.root))
        return self._found[name]

    def path(self, element: etree._Element) -> Path:
        """Return where an element of this document stands, counted once."""
        if element not in self._paths:
            self._paths[element] = path_of(element)
        return self._paths[element]

    def identified(self, name: str) -> list[etree._Element]:
        """Return every element with this identifier, whatever its attribute."""
        if self._ids is None:
            self._ids = {}
            found: Any = xmlio.xpath(_IDENTIFIED)(self.root)
            for element in found:
                for attribute in _ID_NAMES:
                    _note(self._ids, element.get(attribute), element)
        return self._ids.get(name, [])

    def copy(self) -> etree._Element:
        """Return the root of a fresh tree of the same text."""
        self.budget.spend(len(self.utf8))
        return libxml2.read(self.utf8)

    def without(self, removed: frozenset[Path], apex: Path = ()) -> etree._Element:
        """Return the element at `apex` of a copy from which these are taken out."""
        if not removed:
            return at(self.root, apex)
        if not apex and removed in self._reduced:
            return self._reduced[removed]
        root = self.copy()
        found = at(root, apex)
        for element in [at(root, path) for path in removed]:
            _take_out(element)
        if not apex:
            self._reduced[removed] = root
        return found


def path_of(element: etree._Element) -> Path:
    """Return where an element stands in its tree."""
    steps = []
    parent = element.getparent()
    while parent is not None:
        steps.append(parent.index(element))
        element, parent = parent, parent.getparent()
    return tuple(reversed(steps))


def at(root: etree._Element, path: Iterable[int]) -> etree._Element:
    """Return the element at a path."""
    for step in path:
        root = root[step]
    return root


def _take_out(element: etree._Element) -> None:
    """Remove an element and leave the text after it where it is."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        previous = element.getprevious()
        if previous is None:
            parent.text = (parent.text or "") + element.tail
        else:
            previous.tail = (previous.tail or "") + element.tail
    parent.remove(element)
