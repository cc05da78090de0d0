# SPDX-License-Identifier: MIT
"""Where an element stands: its XPath with the usual prefixes, its line and column.

libxml2 caps line numbers at 65,535 and knows no column of an element, so lines and
columns are counted in the text, when there is something to show.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lxml import etree

INVOICE: Final = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE: Final = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
CAC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
EXT: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XML: Final = "http://www.w3.org/XML/1998/namespace"

PREFIXES: Final[Mapping[str, str]] = {
    "cac": CAC,
    "cbc": CBC,
    "ext": EXT,
    "ds": DS,
    "xsi": XSI,
    "xml": XML,
}
"""The prefixes in which places are shown, whatever the document itself uses."""

# A start tag, of which it takes the first character, or what may hold another "<".
_MARKUP: Final = re.compile(
    rb"<(?:!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>|(?=[^!?/]))", re.DOTALL
)

_STEP: Final = re.compile(r"(?:(\w+):)?([^\[\]:*]+)(?:\[([1-9][0-9]{0,8})\])?")

_PREFIX_OF: Final = {uri: prefix for prefix, uri in PREFIXES.items()}


def split_name(tag: str) -> tuple[str, str]:
    """Return namespace and local name of a tag in Clark notation."""
    if tag.startswith("{"):
        uri, _, name = tag[1:].rpartition("}")
        return uri, name
    return "", tag


def display_name(tag: str, own: str | None = None) -> str:
    """Return the XPath name test for a tag in Clark notation (``{uri}name``).

    The usual UBL prefixes; no prefix for the namespace `own` of the document
    element; a test of both names for foreign namespaces.
    """
    uri, name = split_name(tag)
    if uri == own:
        return name
    if uri in _PREFIX_OF:
        return f"{_PREFIX_OF[uri]}:{name}"
    quoted = uri.replace("'", "''")  # XPath 2.0 doubles a quote inside a literal
    return f"*[local-name()='{name}' and namespace-uri()='{quoted}']"


def positions(utf8: bytes, wanted: list[int]) -> dict[int, tuple[int, int]]:
    """Return line and column of the start tags with these numbers (sorted).

    The document has been read: it is well-formed and has no DOCTYPE.
    """
    starts = (
        found.start()
        for found in _MARKUP.finditer(utf8)
        if found.end() - found.start() == 1
    )
    places: dict[int, tuple[int, int]] = {}
    line = column = 1
    number, offset = -1, 0
    for goal in wanted:
        start = next(islice(starts, goal - number - 1, None))
        text = utf8[offset:start].decode()
        lines, last = _lines(text)
        line, column = line + lines, (1 if lines else column) + last
        places[goal] = line, column
        number, offset = goal, start
    return places


def _lines(text: str) -> tuple[int, int]:
    """Return how many line breaks a text has, and the characters after the last one."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.count("\n"), len(text) - text.rfind("\n") - 1


def xpaths(elements: Iterable[etree._Element]) -> Iterator[str]:
    """Yield the XPath of each element; siblings of a name are numbered once."""
    known: dict[etree._Element, str] = {}
    numbers: dict[tuple[etree._Element, str], dict[etree._Element, int]] = {}
    own: str | None = None
    for element in elements:
        climb = [element]
        while climb[-1] not in known:
            parent = climb[-1].getparent()
            if parent is None:
                own, name = split_name(str(climb[-1].tag))
                known[climb[-1]] = f"/{name}"
                break
            climb.append(parent)
        for child, parent in reversed(list(pairwise(climb))):
            tag = str(child.tag)
            same = numbers.get((parent, tag))
            if same is None:
                same = {e: i for i, e in enumerate(parent.iterchildren(tag), start=1)}
                numbers[parent, tag] = same
            index = f"[{same[child]}]" if len(same) > 1 else ""
            known[child] = f"{known[parent]}/{display_name(tag, own)}{index}"
        yield known[element]


def element_at(root: etree._Element, xpath: str) -> etree._Element | None:
    """Return the element of an XPath of this form; None when there is none.

    Foreign names, which take a test of their own, are not looked for.
    """
    own, name = split_name(str(root.tag))
    _, first, *steps = xpath.split("/") if xpath.startswith("/") else ("", "")
    here: etree._Element | None = root if first == name else None
    for step in steps:
        found = _STEP.fullmatch(step)
        if here is None or found is None:
            return None
        prefix, name, number = found.groups()
        tag = f"{{{PREFIXES.get(prefix, '') if prefix else own}}}{name}"
        same = here.iterchildren(tag)
        here = next(islice(same, int(number or 1) - 1, None), None)
    return here
