# SPDX-License-Identifier: MIT
"""The one door through which XML comes in: hardened, and exact about places.

`parse` takes bytes and gives an `XmlDocument`, or raises `UnreadableDocument`; there
is no third way out. No DTD, no entity, no network and no XInclude; limits on bytes,
nesting, tags and attributes. A byte order mark or another encoding than UTF-8 can be
read and is a finding.
"""

from __future__ import annotations

import os
import re
from dataclasses import field, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from lxml import etree

from cius_pt import libxml2
from cius_pt.encoding import cut, decoded, fail
from cius_pt.errors import UnreadableDocument
from cius_pt.findings import Finding, Location
from cius_pt.libxml2 import MOST_LIMITED
from cius_pt.octets import octets
from cius_pt.places import (
    CAC,
    CBC,
    CREDIT_NOTE,
    DS,
    EXT,
    INVOICE,
    PREFIXES,
    XML,
    XSI,
    display_name,
    element_at,
    positions,
    xpaths,
)
from cius_pt.prolog import ROOTS, Kind, kind_of, root_of, usual
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "CAC",
    "CBC",
    "CREDIT_NOTE",
    "DS",
    "EXT",
    "INVOICE",
    "MAX_BYTES",
    "PREFIXES",
    "RULES",
    "XML",
    "XSI",
    "Kind",
    "XmlDocument",
    "at",
    "canonical",
    "cut",
    "display_name",
    "embedded",
    "opened",
    "parse",
    "tree",
]

# An attachment of 15 MB is allowed and takes 20 MB in base64; a document may carry
# several of them, and a single one of 20 MB (27 MB in base64) is still read.
MAX_BYTES: Final = 64 * 1024 * 1024
# Published invoices are nested 8 deep, signed documents 16. Recursive code behind us
# (C14N) is safe at this depth, which is what libxml2 allows while its limits are on.
MAX_DEPTH: Final = 256
# Upper bounds counted in the raw bytes, before any tree is built: an invoice of
# 20,000 lines has some 1,400,000 tags and 300,000 attributes. A tree of hostile
# bytes ("<a/>" sixteen million times) would take gigabytes.
MAX_TAGS: Final = 4_000_000
MAX_ATTRIBUTES: Final = 1_000_000

RULES: Final[Mapping[str, str]] = {
    "CP-XML-01": "the document is larger than the byte limit",
    "CP-XML-02": "the document is empty",
    "CP-XML-03": "the bytes are another kind of file: PDF, ZIP, HTML, …",
    "CP-XML-04": "the XML is not well-formed",
    "CP-XML-05": "the document has a DOCTYPE; DTDs and entities are never read",
    "CP-XML-06": "the bytes do not fit their encoding, or it is not supported",
    "CP-XML-07": "the XML version is not 1.0",
    "CP-XML-08": "the root is not a UBL 2.1 Invoice or CreditNote",
    "CP-XML-09": "the nesting or the number of tags or attributes is over the limit",
    "CP-XML-10": "the document begins with a byte order mark",
    "CP-XML-11": "the encoding is not UTF-8",
}
"""Every rule id of this module with its meaning; ids are never renumbered."""

_OF_A_SIGNATURE: Final = f"{{{DS}}}*"
_SIGNATURES: Final = DS.encode()
_EMBEDDED: Final = "EmbeddedDocumentBinaryObject"
_ATTACHMENTS: Final = _EMBEDDED.encode()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class XmlDocument:
    """A document that was read: its bytes, its tree and what is odd about it.

    `data` are the bytes as given; `utf8` is the same text in UTF-8 without a byte
    order mark (its declaration may still name another encoding). The tree is made of
    `utf8` and must not be changed.
    """

    data: bytes = field(repr=False)
    utf8: bytes = field(repr=False)
    root: etree._Element
    kind: Kind
    findings: tuple[Finding, ...] = ()
    _elements: list[etree._Element] = field(
        default_factory=list, init=False, repr=False
    )
    _indexes: dict[etree._Element, int] = field(
        default_factory=dict, init=False, repr=False
    )
    _located: dict[str, int] = field(default_factory=dict, init=False, repr=False)
    _octets: dict[etree._Element, bytes] = field(
        default_factory=dict, init=False, repr=False
    )
    signed: bool = field(init=False)
    """Whether anything of XMLDSig is in it."""
    attached: tuple[etree._Element, ...] = field(init=False, repr=False)
    """The elements that hold attachments in base64, wherever they stand."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "signed", _holds_signature(self.utf8, self.root))
        object.__setattr__(self, "attached", tuple(embedded(self.utf8, self.root)))

    def element(self, index: int) -> etree._Element:
        """Return the element number `index` in document order, counted from 0.

        Only elements count. Raises IndexError when there is none.
        """
        if index < 0:
            raise IndexError(index)
        return self._all()[index]

    def index_of(self, element: etree._Element) -> int:
        """Return the number of `element` in document order; KeyError if not ours."""
        if not self._indexes:
            self._indexes.update({e: i for i, e in enumerate(self._all())})
        return self._indexes[element]

    def locations(self, indexes: Iterable[int]) -> dict[int, Location]:
        """Return XPath, line and column of the start tags of these elements.

        One pass over the document for all of them, linear in its size. Lines and
        columns count from 1, columns in characters.
        """
        wanted = sorted(set(indexes))
        if not wanted:
            return {}
        elements = [self.element(index) for index in wanted]
        places = positions(self.utf8, wanted)
        found = {}
        for index, xpath in zip(wanted, xpaths(elements), strict=True):
            line, column = places.get(index, (None, None))
            found[index] = Location(xpath=xpath, line=line, column=column)
            self._located[xpath] = index
        return found

    def element_at(self, location: Location) -> etree._Element | None:
        """Return the element of a location; None when it cannot be told.

        For an attribute's location it is the element that has the attribute.
        """
        xpath = location.xpath or ""
        for path in (xpath, xpath.rpartition("/@")[0]):
            if path in self._located:
                return self.element(self._located[path])
        return element_at(self.root, xpath.partition("/@")[0])

    def octets(self, element: etree._Element) -> bytes | None:
        """Return the bytes of an element in base64, decoded once for all who ask.

        None when its text is none, or does not stand alone in it.
        """
        found = self._octets.get(element)
        if found is None and len(element) == 0:
            try:
                found = self._octets[element] = octets(element.text or "")
            except ValueError:
                return None
        return found

    def _all(self) -> list[etree._Element]:
        """Return all elements, in document order, made once."""
        if not self._elements:
            # Assigned in one step: two threads make equal lists, neither a mixed one.
            self._elements[:] = self.root.iter(etree.Element)
        return self._elements


def _holds_signature(utf8: bytes, root: etree._Element) -> bool:
    """Whether anything of XMLDSig is in a tree; its text is searched sooner."""
    # The name of a namespace stands there as it is, unless references spell it.
    some = _SIGNATURES in utf8 or b"&" in utf8
    return some and next(root.iter(_OF_A_SIGNATURE), None) is not None


def embedded(utf8: bytes, root: etree._Element) -> Iterable[etree._Element]:
    """Return the elements with attachments in base64, of a text and its tree."""
    # Most documents have none.
    some = _ATTACHMENTS in utf8
    return root.iter(f"{{{CBC}}}{_EMBEDDED}") if some else ()


def parse(data: bytes, *, limit: int = MAX_BYTES, blanks: bool = True) -> XmlDocument:
    """Read a UBL 2.1 invoice or credit note from bytes.

    With `blanks` false the tree may lack the white space between tags, which is nothing
    to those who ask for elements and their texts only.
    Raises `UnreadableDocument` with one of `RULES` for everything that cannot be
    read, and nothing else, whatever the bytes are.
    """
    utf8, findings = decoded(data, limit)
    _refuse_flood(utf8)
    if not usual(utf8):
        kind_of(root_of(utf8))
    try:
        root = _tree(utf8, blanks=blanks)
    except UnreadableDocument:
        # Of a web page it is no news that it is not well-formed.
        kind_of(root_of(utf8))
        raise
    kind = ROOTS.get(root.tag) or kind_of(root_of(utf8))
    return XmlDocument(data=data, utf8=utf8, root=root, kind=kind, findings=findings)


def tree(data: bytes) -> etree._Element:
    """Return the root of any XML document, read as carefully as an invoice."""
    return opened(data)[1]


def opened(data: bytes, *, limit: int = MAX_BYTES) -> tuple[bytes, etree._Element]:
    """Return the text in UTF-8 and the root of any XML document, read as `tree` does.

    Raises `UnreadableDocument`, and nothing else.
    """
    utf8, _ = decoded(data, limit)
    _refuse_flood(utf8)
    if not usual(utf8):
        root_of(utf8)
    try:
        return utf8, _tree(utf8)
    except UnreadableDocument:
        root_of(utf8)  # what is wrong before the root, expat says better
        raise


def canonical(source: bytes | etree._Element) -> bytes:
    """Return the exclusive canonical form (C14N 1.0, no comments).

    Bytes are read as `parse` reads them, except that the root may be any element.
    """
    if isinstance(source, bytes):
        source = tree(source)
    try:
        return etree.tostring(
            source, method="c14n", exclusive=True, with_comments=False
        )
    except etree.C14NError:  # C14N 1.0 §1.3: there is none for a relative namespace
        fail("CP-XML-04", "no canonical form: a namespace is a relative URI")


def _refuse_flood(utf8: bytes) -> None:
    """Refuse too much markup; what is shorter than the limit need not be counted."""
    for mark, limit, what in (
        (b"<", MAX_TAGS, "tags"),
        (b"=", MAX_ATTRIBUTES, "attributes"),
    ):
        if len(utf8) > limit and (count := utf8.count(mark)) > limit:
            fail("CP-XML-09", f"up to {count:,} {what}; the limit is {limit:,}")


def at(place: Location, attribute: str | None) -> Location:
    """Return the place of an attribute of an element, or of the element itself."""
    if not attribute or place.xpath is None:
        return place
    xpath = f"{place.xpath}/@{display_name(attribute, own='')}"
    return replace(place, xpath=xpath)


# --- the tree ----------------------------------------------------------------------


@cache
def xpath(expression: str) -> etree.XPath:
    """Return a compiled expression; the only ones that may be kept, see below."""
    return etree.XPath(expression)


# Tests for an element below the limit: linear, and not recursive.
_TOO_DEEP: Final = f"boolean({'/*' * (MAX_DEPTH + 1)})"


def _tree(utf8: bytes, *, blanks: bool = True) -> etree._Element:
    """Return the root of the tree, or say why libxml2 refused the document."""
    try:
        root = libxml2.read(utf8, blanks=blanks)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        reason = re.sub(r", line \d+, column \d+$", "", error.msg or "no element")
        if "xcessive depth" in reason:
            fail("CP-XML-09", _nesting(), line, column)
        reason = f"not well-formed: {cut(reason)}"
        fail("CP-XML-04", reason, line or None, column or None)
    # It has had our limit for long, but it is its own.
    unbounded = len(utf8) > MOST_LIMITED or not libxml2.refuses(MAX_DEPTH + 1)
    if unbounded and xpath(_TOO_DEEP)(root):
        fail("CP-XML-09", _nesting())
    return root


def _nesting() -> str:
    return f"elements are nested more than {MAX_DEPTH} deep"


if hasattr(os, "register_at_fork"):
    # lxml locks an XPath object while it is evaluated. A child that is forked then has
    # the lock, but not the thread that would open it.
    os.register_at_fork(after_in_child=xpath.cache_clear)
