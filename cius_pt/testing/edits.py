# SPDX-License-Identifier: MIT
"""One change of a document's XML, named in words: what breaks rules is made of these.

Paths go down from the document element by child steps (``cac:InvoiceLine[2]/cbc:ID``);
``.`` is the document element itself.

What is nested stands in an extension of the document, where UBL allows anything: the
schema does not look at it, but rules whose context has no leading slash do.
"""

from __future__ import annotations

import copy
from enum import StrEnum
from typing import TYPE_CHECKING

from lxml import etree

from cius_pt import xmlio
from cius_pt.errors import InvalidValue
from cius_pt.values import dataclass
from cius_pt.xmlio import CAC, CBC, CREDIT_NOTE, INVOICE

if TYPE_CHECKING:
    from collections.abc import Iterable

_EXT = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
_NAMESPACES = {
    "cac": CAC,
    "cbc": CBC,
    "ext": _EXT,
    "ubl": INVOICE,
    "cn": CREDIT_NOTE,
}
_PREFIXES = {uri: prefix for prefix, uri in _NAMESPACES.items()}
_DECLARED = " ".join(f'xmlns:{name}="{uri}"' for name, uri in _NAMESPACES.items())
_SHOWN = 60
NESTED = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent"
"""The path of the extension that nested elements are put into."""


class Action(StrEnum):
    """What is done to the element at the path."""

    DROP = "drop"
    DOUBLE = "double"
    MOVE = "move"
    WRITE = "write"
    SET = "set"
    UNSET = "unset"
    AFTER = "after"
    FIRST = "first"
    NEST = "nest"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change; `name` is an attribute, `value` its value, a text or an XML fragment.

    A fragment (for ``after`` and ``first``) is one element with the prefixes
    ``cac`` and ``cbc``. What ``nest`` copies is found again below `NESTED`, under
    another `name` where one is given. For ``repeat``, `name` is how many times the
    element says `value`.
    """

    action: Action
    path: str
    name: str = ""
    value: str = ""

    def __str__(self) -> str:
        shown = repr(xmlio.cut(self.value, _SHOWN))
        words = {
            Action.DROP: f"without {self.path}",
            Action.DOUBLE: f"{self.path} is there twice",
            Action.MOVE: f"{self.path} stands first among its siblings, or last",
            Action.WRITE: f"{self.path} says {shown}",
            Action.SET: f"{self.path}/@{self.name} is {shown}",
            Action.UNSET: f"{self.path} without @{self.name}",
            Action.AFTER: f"{shown} put behind {self.path}",
            Action.FIRST: f"{shown} put first into {self.path}",
            Action.NEST: f"a copy of {self.path} put into an extension {self.name}",
            Action.REPEAT: f"{self.path} says {shown} {self.name} times",
        }
        return words[self.action]


def edited(document: bytes, edits: Iterable[Edit]) -> bytes:
    """Return the document with the changes made one after the other.

    Raises `UnreadableDocument` for what is no document and `InvalidValue` where there
    is nothing at a path.
    """
    root = xmlio.tree(document)
    for edit in edits:
        _apply(root, edit)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def path_of(element: etree._Element) -> str:
    """Return the path by which `edited` finds an element again."""
    steps: list[str] = []
    parent = element.getparent()
    while parent is not None:
        same = [child for child in parent if child.tag == element.tag]
        number = f"[{same.index(element) + 1}]" if len(same) > 1 else ""
        steps.append(f"{_name(str(element.tag))}{number}")
        element, parent = parent, parent.getparent()
    return "/".join(reversed(steps)) or "."


def _name(tag: str) -> str:
    uri, _, local = tag.removeprefix("{").rpartition("}")
    prefix = _PREFIXES.get(uri)
    return tag if prefix is None else f"{prefix}:{local}"


def _tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_NAMESPACES[prefix]}}}{local}"


def _apply(root: etree._Element, edit: Edit) -> None:
    element = root if edit.path == "." else root.find(edit.path, _NAMESPACES)
    if element is None:
        raise InvalidValue("there is no such element in the document", path=edit.path)
    if edit.action is Action.WRITE:
        for child in list(element):
            element.remove(child)
        element.text = edit.value
    elif edit.action is Action.SET:
        element.set(edit.name, edit.value)
    elif edit.action is Action.UNSET:
        element.attrib.pop(edit.name, "")
    elif edit.action is Action.FIRST:
        element.insert(0, _fragment(edit.value))
    elif edit.action is Action.NEST:
        nested = copy.deepcopy(element)
        if edit.name:
            nested.tag = _tag(edit.name)
        _extension(root, nested)
    elif edit.action is Action.REPEAT:
        element.text = edit.value * int(edit.name)
    else:
        _beside(element, edit)


def _beside(element: etree._Element, edit: Edit) -> None:
    parent = element.getparent()
    if parent is None:
        raise InvalidValue("the document element can only be changed", path=edit.path)
    if edit.action is Action.DROP:
        parent.remove(element)
    elif edit.action is Action.DOUBLE:
        element.addnext(copy.deepcopy(element))
    elif edit.action is Action.MOVE:
        parent.insert(0 if parent.index(element) else len(parent), element)
    else:
        element.addnext(_fragment(edit.value))


def _extension(root: etree._Element, nested: etree._Element) -> None:
    """Put an element into an extension of the document, the first one there is."""
    extensions = root.find("ext:UBLExtensions", _NAMESPACES)
    if extensions is None:
        extensions = etree.Element(f"{{{_EXT}}}UBLExtensions", nsmap={"ext": _EXT})
        root.insert(0, extensions)
    extension = etree.Element(f"{{{_EXT}}}UBLExtension")
    extensions.insert(0, extension)
    etree.SubElement(extension, f"{{{_EXT}}}ExtensionContent").append(nested)


def _fragment(text: str) -> etree._Element:
    return xmlio.tree(f"<f {_DECLARED}>{text}</f>".encode())[0]
