# SPDX-License-Identifier: MIT
"""What must be known of a document before a tree is built: what comes before its root.

A DOCTYPE is refused here, and what is no UBL invoice is called by its name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NoReturn
from xml.parsers import expat

from cius_pt.encoding import cut, fail, place_of
from cius_pt.places import CREDIT_NOTE, INVOICE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = Literal["Invoice", "CreditNote"]
ROOTS: Final[Mapping[str, Kind]] = {
    f"{{{INVOICE}}}Invoice": "Invoice",
    f"{{{CREDIT_NOTE}}}CreditNote": "CreditNote",
}
_HTML: Final = "this is an HTML page, not an XML invoice"


class RootFound(Exception):  # noqa: N818 - a signal, not an error
    """The prolog is over: this is the root start tag, at this line and column."""

    def __init__(self, name: str, line: int, column: int) -> None:
        super().__init__(name)
        self.uri, _, self.name = name.rpartition(" ")
        self.line = line
        self.column = column


# The root start tag, a comment or a declaration of version 1.0.
_BEGINNING: Final = re.compile(
    rb"""<(?:\?xml[ \t\r\n]+version=(?:"1\.0"|'1\.0')[ \t\r\n?]|[A-Za-z!])"""
)


def usual(utf8: bytes) -> bool:
    """Whether there can be no DOCTYPE and no other version than 1.0.

    A DOCTYPE has to be refused before libxml2 sees it: entities in attribute values
    are expanded inside libxml2 even with resolve_entities off, and its amplification
    guard is off together with its other limits (huge_tree). Of a text without the word
    there is no need to ask expat; and of one without its rarest letter, to look for it.
    """
    suspect = b"!" in utf8 and b"<!DOCTYPE" in utf8
    return not suspect and _BEGINNING.match(utf8) is not None


def root_of(utf8: bytes) -> RootFound:  # noqa: RET503 - fail() never returns
    """Return the root start tag, or say what is wrong before it: any DOCTYPE is."""
    parser = expat.ParserCreate("utf-8", " ")
    parser.StartDoctypeDeclHandler = lambda name, *_: _refuse_doctype(
        name, utf8[: parser.CurrentByteIndex + 1]
    )
    parser.XmlDeclHandler = lambda version, *_: _require_version(version)

    def root(name: str, _attributes: object) -> NoReturn:
        raise RootFound(name, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)

    parser.StartElementHandler = root
    try:
        for chunk in _growing(utf8):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except RootFound as found:
        return found
    except expat.ExpatError as error:
        if not utf8.lstrip().startswith(b"<"):
            fail("CP-XML-03", "this is not XML: it does not begin with '<'", 1, 1)
        reason = expat.ErrorString(error.code)
        fail("CP-XML-04", f"not well-formed: {reason}", error.lineno, error.offset + 1)
    fail("CP-XML-04", "not well-formed: there is no element")


def _growing(data: bytes) -> Iterator[bytes]:
    """Yield `data` in pieces that double.

    Expat reads an unfinished token again with every piece, so pieces of one size
    would make a document that is one huge tag quadratic; and after an exception in
    a handler it reads on to the end of the piece, so one piece would be all.
    """
    start, size = 0, 4096
    while start < len(data):
        yield data[start : start + size]
        start += size
        size *= 2


def _refuse_doctype(name: str, until: bytes) -> NoReturn:
    before = until[: until.rfind(b"<!DOCTYPE")]
    line, column = place_of(before.decode("utf-8", "replace"))
    if name.lower() == "html":
        fail("CP-XML-03", _HTML, line, column)
    fail(
        "CP-XML-05",
        "the document has a DOCTYPE; DTDs and entities are not allowed",
        line,
        column,
    )


def _require_version(version: str) -> None:
    if version != "1.0":
        fail("CP-XML-07", f"XML {version} is not supported; UBL is XML 1.0", 1, 1)


def kind_of(root: RootFound) -> Kind:  # noqa: RET503 - fail() never returns
    """Return the kind of document the root element stands for."""
    uri, name = root.uri, root.name
    if (kind := ROOTS.get(f"{{{uri}}}{name}")) is not None:
        return kind
    if name.lower() == "html":
        fail("CP-XML-03", _HTML, root.line, root.column)
    if name in {"Invoice", "CreditNote"}:
        what = f"{name} in the namespace {uri!r}" if uri else f"{name} in no namespace"
    elif name in {"CrossIndustryInvoice", "CrossIndustryDocument"}:
        what = f"a UN/CEFACT {name} (CII), the other syntax of EN 16931"
    elif uri.startswith("urn:oasis:names:specification:ubl:"):
        what = f"a UBL {name}"
    else:
        what = f"the element {name}"
    fail(
        "CP-XML-08",
        f"the root is {cut(what)}; expected a UBL 2.1 Invoice or CreditNote",
        root.line,
        root.column,
    )
