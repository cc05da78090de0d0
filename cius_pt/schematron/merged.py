# SPDX-License-Identifier: MIT
"""The files of a Schematron, merged: what ``include`` means, and nothing else.

A process that finds its rules translated needs only this and the hash it gives.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NoReturn

from lxml import etree

from cius_pt.circumstances import told
from cius_pt.errors import ArtefactError
from cius_pt.schematron.place import Place

if TYPE_CHECKING:
    from pathlib import Path

SCH = "http://purl.oclc.org/dsdl/schematron"
XSL = "http://www.w3.org/1999/XSL/Transform"

_DOCUMENTATION = frozenset({"title", "p", "properties"})
# Attributes that say nothing about what is checked.
_INERT = frozenset({"id", "icon", "see", "fpi", "schemaVersion", "queryBinding"})
_ATTRIBUTES = {
    "schema": {"defaultPhase"},
    "ns": {"prefix", "uri"},
    "include": {"href"},
    "phase": set(),
    "active": {"pattern"},
    "pattern": {"abstract", "is-a"},
    "param": {"name", "value"},
    "rule": {"abstract", "context", "flag", "role"},
    "extends": {"rule"},
    "let": {"name", "value"},
    "assert": {"test", "flag", "role"},
    "report": {"test", "flag", "role"},
    "value-of": {"select"},
    "name": {"path"},
    "emph": set(),
    "span": {"class"},
    "dir": {"value"},
}


class Merged:
    """A rule set's entry file with all that it includes in its place.

    `sha256` is over the names and bytes of all files. `content` is that of an entry
    file which is not on the disk. Raises `ArtefactError` naming
    element, file and line when a file is missing or not well-formed, has a DTD or
    climbs out of the entry's folder.
    """

    def __init__(self, entry: Path, content: bytes | None = None) -> None:
        self._entry = entry
        self._folder = entry.parent.resolve()
        self._hash = hashlib.sha256()
        self.root = self._parse(entry, (), content)
        self.sha256 = self._hash.hexdigest()

    def guard(self, element: etree._Element) -> None:
        """Refuse attributes that would change what is checked."""
        name = etree.QName(element).localname
        if name in _DOCUMENTATION:
            return
        known = _ATTRIBUTES.get(name, set()) | _INERT
        for attribute in element.attrib:
            if not str(attribute).startswith("{") and attribute not in known:
                self.refuse(element, f"attribute {attribute!s}")

    def refuse(self, element: etree._Element, what: str) -> NoReturn:
        """Raise `ArtefactError` for this element."""
        name = etree.QName(element)
        shown = name.localname if name.namespace == SCH else name.text
        raise ArtefactError(f"{self.place(element)}: <{shown}>: {what}")

    def place(self, element: etree._Element) -> Place:
        """Return the file and line where an element was written."""
        line = element.get(_LINE) or _line(element)
        holder: etree._Element | None = element
        while holder is not None:
            file = holder.get(_FILE)
            if file is not None:
                return Place(file=file, line=int(line))
            holder = holder.getparent()
        return Place(file=self._entry.name, line=int(line))

    def place_below(self, element: etree._Element) -> None:
        """Write places down, so that they survive copying out of the tree."""
        file = self.place(element).file
        for child in element.iter():
            child.set(_LINE, str(_line(child)))
        element.set(_FILE, file)

    def _parse(
        self, path: Path, chain: tuple[Path, ...], content: bytes | None = None
    ) -> etree._Element:
        name = _relative(path, self._folder)
        data = _read(path, name) if content is None else content
        self._hash.update(name.encode() + b"\0" + data + b"\0")
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(data, parser, base_url=name)
        except etree.XMLSyntaxError as error:
            raise ArtefactError(f"{name} is not well-formed XML: {error}") from None
        if root.getroottree().docinfo.internalDTD is not None:
            raise ArtefactError(f"{name} has a document type declaration")
        here = (*chain, path.resolve())
        for include in list(root.iter(f"{{{SCH}}}include")):
            self._include(include, path, here)
        return root

    def _include(
        self, include: etree._Element, path: Path, chain: tuple[Path, ...]
    ) -> None:
        self.guard(include)
        href = include.get("href", "")
        if not href or ":" in href or "#" in href:
            self.refuse(include, f"include of {href!r} (only relative files)")
        target = (path.parent / href).resolve()
        if not target.is_relative_to(self._folder):
            self.refuse(include, f"include of {href!r} outside the rule set's folder")
        if target in chain:
            self.refuse(include, f"include of {href!r} in a circle")
        parent = include.getparent()
        if parent is None:
            self.refuse(include, "include as the root of a file")
        replacement = self._parse(target, chain)
        replacement.tail = include.tail
        replacement.set(_FILE, _relative(target, self._folder))
        parent.replace(include, replacement)


# Where an element came from, written beside it while files are merged.
_FILE = "{urn:x-cius-pt:place}file"
_LINE = "{urn:x-cius-pt:place}line"


def _line(element: etree._Element) -> int:
    found: object = element.sourceline  # the stubs do not know its type
    return found if isinstance(found, int) else 1


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArtefactError(f"cannot read {name}: {told(error)}") from None


def _relative(path: Path, folder: Path) -> str:
    resolved = path.resolve()
    if resolved.is_relative_to(folder):
        return resolved.relative_to(folder).as_posix()
    return path.name
