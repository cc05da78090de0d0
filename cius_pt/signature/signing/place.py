# SPDX-License-Identifier: MIT
"""Where in the bytes of an invoice a signature goes, and what goes around it.

UBL 2.1 allows a signature only below ext:UBLExtensions, in
sig:UBLDocumentSignatures/sac:SignatureInformation (UBL 2.1, clause 5). Whatever of
that is there already is used; the rest is written around the signature. Nothing of the
document itself is touched: a place is an offset.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final
from xml.parsers import expat

from cius_pt.errors import SignatureError
from cius_pt.signature.filters import SAC
from cius_pt.values import dataclass
from cius_pt.xmlio import CBC, DS, EXT

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
SIG: Final = f"{_UBL}CommonSignatureComponents-2"

_TAG: Final = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_WAY: Final = (  # from the root to what holds signatures
    f"{EXT} UBLExtensions",
    f"{EXT} UBLExtension",
    f"{EXT} ExtensionContent",
    f"{SIG} UBLDocumentSignatures",
)
_OPENED: Final = (
    f'<ext:UBLExtension xmlns:ext="{EXT}">'
    "<ext:ExtensionURI>urn:oasis:names:specification:ubl:dsig:enveloped:xades"
    "</ext:ExtensionURI><ext:ExtensionContent>"
    f'<sig:UBLDocumentSignatures xmlns:sig="{SIG}">'
)
_CLOSED: Final = (
    "</sig:UBLDocumentSignatures></ext:ExtensionContent></ext:UBLExtension>"
)


class Placement(StrEnum):
    """Where the signature of an invoice goes.

    ``extension``: below ext:UBLExtensions, where UBL 2.1 has its place and the
    document stays valid. ``last``: the last child of the root, as EU DSS does it;
    the document is then not valid UBL.
    """

    EXTENSION = "extension"
    LAST = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An offset in the UTF-8 bytes, and what is written before and after."""

    offset: int
    before: str = ""
    after: str = ""


def find(utf8: bytes, placement: Placement | None) -> Place:
    """Return where a signature goes in a well-formed document.

    Without a placement: ``last`` in a document that already has a signature as a
    child of its root, which anything written elsewhere would break; else
    ``extension``. Raises `SignatureError` when there is no room.
    """
    seen = _Walk(utf8)
    if placement is None:
        placement = Placement.LAST if seen.signed_below_root else Placement.EXTENSION
    if placement is Placement.LAST:
        return Place(offset=_inside(utf8, seen.ends[0]))
    number = seen.signatures + 1
    before = (
        f'<sac:SignatureInformation xmlns:sac="{SAC}"><cbc:ID xmlns:cbc="{CBC}">'
        f"urn:oasis:names:specification:ubl:signature:{number}</cbc:ID>"
    )
    after = "</sac:SignatureInformation>"
    if (end := seen.ends.get(4)) is not None:
        return Place(offset=_inside(utf8, end), before=before, after=after)
    before, after = _OPENED + before, after + _CLOSED
    if (end := seen.ends.get(1)) is not None:
        return Place(offset=_inside(utf8, end), before=before, after=after)
    return Place(
        offset=_after_tag(utf8, seen.root),
        before=f'<ext:UBLExtensions xmlns:ext="{EXT}">{before}',
        after=f"{after}</ext:UBLExtensions>",
    )


class _Walk:
    """One pass: where the root and the elements on the way to the signatures end."""

    def __init__(self, utf8: bytes) -> None:
        self.root = 0
        self.ends: dict[int, int] = {}  # steps of the way → offset of the end tag
        self.signatures = 0
        self.signed_below_root = False
        self._depth = 0
        self._reached = 0  # how many steps of the way are open, without a detour
        self._parser = expat.ParserCreate("utf-8", " ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.Parse(utf8, True)

    def _start(self, name: str, _attributes: object) -> None:
        depth, self._depth = self._depth, self._depth + 1
        if depth == 0:
            self.root = self._parser.CurrentByteIndex
        elif depth == self._reached + 1 <= len(_WAY) and name == _WAY[self._reached]:
            self._reached += 1
        if name == f"{DS} Signature":
            self.signatures += 1
            self.signed_below_root |= depth == 1

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._depth == self._reached:
            self.ends.setdefault(self._reached, self._parser.CurrentByteIndex)
            self._reached = max(self._reached - 1, 0)


def _inside(utf8: bytes, end: int) -> int:
    """Return the offset of an end tag; an empty element has none."""
    if utf8[end : end + 2] != b"</":
        raise SignatureError(
            "there is an empty element (<…/>) where the signature would go; "
            "take it out or give it an end tag"
        )
    return end


def _after_tag(utf8: bytes, start: int) -> int:
    tag = _TAG.match(utf8, start)
    if tag is None or tag[0].endswith(b"/>"):
        raise SignatureError("the document is empty: there is nothing to sign")
    return tag.end()
