# SPDX-License-Identifier: MIT
"""Where an element stands: its XPath with the usual prefixes, its line and column.

libxml2 caps line numbers at 65,535 and knows no column of an element, so lines and
columns come from one expat pass, made only when there is something to show.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
    """Return line and column of the start tags with these numbers (sorted)."""
    places: dict[int, tuple[int, int]] = {}
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True  # a list is cheaper than a dictionary
    upcoming = iter(wanted)
    goal = next(upcoming)
    number = -1

    def start(_name: str, _attributes: object) -> None:
        nonlocal number, goal
        number += 1
        if number == goal:
            line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber
            places[number] = line, column + 1
            goal = next(upcoming, -1)
            if goal < 0:
                parser.StartElementHandler = None

    parser.StartElementHandler = start
    try:
        parser.Parse(utf8, True)
    except expat.ExpatError:
        # Expat keeps to the names of XML 1.0, 4th edition; what follows a newer name
        # has no known place.
        return places
    return places


def xpaths(elements: Iterable[etree._Element]) -> Iterator[str]:
    """Yield the XPath of each element; siblings are numbered once per parent."""
    known: dict[etree._Element, str] = {}
    for element in elements:
        climb = [element]
        while climb[-1] not in known:
            parent = climb[-1].getparent()
            if parent is None:
                known[climb[-1]] = "/" + split_name(str(climb[-1].tag))[1]
                break
            climb.append(parent)
        for parent in islice(reversed(climb), len(climb) - 1):
            known.update(_children(parent, known[parent]))
        yield known[element]


def _children(
    parent: etree._Element, path: str
) -> Iterator[tuple[etree._Element, str]]:
    """Yield each child element of `parent` with its XPath."""
    own = split_name(str(parent.getroottree().getroot().tag))[0]
    children = [child.tag for child in parent.iterchildren(etree.Element)]
    totals: dict[str, int] = {}
    for tag in children:
        totals[tag] = totals.get(tag, 0) + 1
    seen: dict[str, int] = {}
    for child in parent.iterchildren(etree.Element):
        tag = child.tag
        seen[tag] = seen.get(tag, 0) + 1
        index = f"[{seen[tag]}]" if totals[tag] > 1 else ""
        yield child, f"{path}/{display_name(tag, own)}{index}"
