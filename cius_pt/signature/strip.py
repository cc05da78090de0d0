# SPDX-License-Identifier: MIT
"""A document without its signatures, every other byte as it was.

What goes is each ``ds:Signature`` with the shells of UBL 2.1 that hold nothing else
(SignatureInformation, UBLDocumentSignatures, ExtensionContent, UBLExtension): an
extension without content would not be what the schema allows.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from lxml import etree

from cius_pt import xmlio
from cius_pt.encoding import codec_of, fail
from cius_pt.errors import UnreadableDocument
from cius_pt.signature.xml.names import CBC, EXT, SAC, SBC, SIG, SIGNATURE
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_EXTENSION: Final = f"{{{EXT}}}UBLExtension"
# What a shell may hold beside signatures without being kept for it.
_SHELLS: Final = {
    f"{{{SAC}}}SignatureInformation": (
        f"{{{CBC}}}ID",
        f"{{{SBC}}}ReferencedSignatureID",
    ),
    f"{{{SIG}}}UBLDocumentSignatures": (),
    f"{{{EXT}}}ExtensionContent": (),
    _EXTENSION: (
        f"{{{CBC}}}ID",
        f"{{{CBC}}}Name",
        *(
            f"{{{EXT}}}{name}"
            for name in (
                "ExtensionAgencyID",
                "ExtensionAgencyName",
                "ExtensionAgencyURI",
                "ExtensionReasonCode",
                "ExtensionReason",
                "ExtensionURI",
                "ExtensionVersionID",
            )
        ),
    ),
    f"{{{EXT}}}UBLExtensions": (),
}
_TAG: Final = re.compile(rb"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")


def strip(data: bytes) -> bytes:
    """Return the document without its signatures, the rest verbatim.

    The encoding and a byte order mark stay. Without a signature it is the same bytes.
    Raises `UnreadableDocument` for what is no XML document, or nothing but a signature.
    """
    utf8, root = xmlio.opened(data)
    gone = shells(root)
    if not gone:
        return data
    if root in gone:
        fail("CP-XML-08", "the document is a signature and nothing else")
    rest = without(utf8, root, gone)
    codec = codec_of(data)
    if codec == "utf-8":
        return data[: len(data) - len(utf8)] + rest
    mark = "\ufeff" if data.decode(codec).startswith("\ufeff") else ""
    return (mark + rest.decode()).encode(codec)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What remains without signatures: the text, and the old number of each element."""

    utf8: bytes = field(repr=False)
    kept: tuple[int, ...] = field(repr=False)


def remains(utf8: bytes, root: etree._Element) -> Rest | None:
    """Return what remains of a tree and its text; None when nothing can be taken out.

    Elements are numbered in document order, from 0.
    """
    gone = set(shells(root))
    if not gone or root in gone:
        return None
    try:
        rest = without(utf8, root, gone)
    except UnreadableDocument:
        return None
    inside = {e for element in gone for e in element.iter(etree.Element)}
    kept = (i for i, e in enumerate(root.iter(etree.Element)) if e not in inside)
    return Rest(utf8=rest, kept=tuple(kept))


def without(utf8: bytes, root: etree._Element, gone: Iterable[etree._Element]) -> bytes:
    """Return the text of a tree without these elements."""
    numbers = {element: i for i, element in enumerate(root.iter(etree.Element))}
    kept, start = [], 0
    for begin, end in _spans(utf8, {numbers[element] for element in gone}):
        kept.append(utf8[start:begin])
        start = end
    return b"".join([*kept, utf8[start:]])


def shells(root: etree._Element) -> list[etree._Element]:
    """Return the outermost elements that hold signatures and nothing else."""
    going: set[etree._Element] = set(root.iter(SIGNATURE))
    pending = list(going)
    while pending:
        parent = pending.pop().getparent()
        if parent is None or parent in going or parent.tag not in _SHELLS:
            continue
        beside = _SHELLS[parent.tag]
        if all(
            child in going or child.tag in beside
            for child in parent.iterchildren(etree.Element)
        ):
            going.add(parent)
            pending.append(parent)
    return [e for e in going if not any(a in going for a in e.iterancestors())]


def _spans(utf8: bytes, wanted: set[int]) -> Iterator[tuple[int, int]]:
    """Yield begin and end of the elements with these numbers, in document order."""
    parser = expat.ParserCreate("utf-8")
    found: list[tuple[int, int]] = []
    opened: list[int] = []
    count = -1

    def start(_name: str, _attributes: object) -> None:
        nonlocal count
        count += 1
        opened.append(parser.CurrentByteIndex if count in wanted else -1)

    def end(_name: str) -> None:
        begin = opened.pop()
        if begin < 0:
            return
        # At the end of an empty element expat stands behind it already.
        tag = _TAG.match(utf8, begin)
        if tag is not None and not tag[0].endswith(b"/>"):
            tag = _TAG.match(utf8, parser.CurrentByteIndex)
        assert tag is not None  # noqa: S101 - expat has just read it
        found.append((begin, tag.end()))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(utf8, True)
    except expat.ExpatError as error:
        # Expat keeps to the names of XML 1.0, 4th edition, which libxml2 does not.
        reason = f"a name that XML 1.0, 4th edition, does not know: {error}"
        fail("CP-XML-04", reason, error.lineno, error.offset + 1)
    yield from sorted(found)
