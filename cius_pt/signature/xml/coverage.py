# SPDX-License-Identifier: MIT
"""Coverage: whether a signature speaks of the whole document or of a part.

A signature can be right and still say nothing about the total that is to be paid. It
covers the document when a reference leads to the element that is the root, and what
it leaves out is signatures and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from cius_pt.signature.status import Coverage
from cius_pt.signature.xml.names import (
    CBC,
    OBJECT,
    SAC,
    SBC,
    SIG,
    SIGNATURE,
    UBL_SIGNATURES,
    XADES,
)
from cius_pt.signature.xml.source import at, path_of
from cius_pt.signature.xml.transforms import BASE64

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cius_pt.signature.xml.references import Reference
    from cius_pt.signature.xml.source import Source

# What UBL 2.1 puts around a signature, and beside it.
_AROUND: Final = frozenset({UBL_SIGNATURES, f"{{{SAC}}}SignatureInformation"})
_BESIDE: Final = frozenset(
    {f"{{{CBC}}}ID", f"{{{SBC}}}ReferencedSignatureID", f"{{{SIG}}}ID"}
)

_PROPERTIES: Final = frozenset(f"{{{space}}}QualifyingProperties" for space in XADES)


def whole(source: Source, references: Iterable[Reference]) -> Reference | None:
    """Return the reference to the whole document, or None when there is none."""
    for reference in references:
        nodes = reference.nodes
        if nodes is None or nodes.apex not in {None, ()}:
            continue
        # Decoding keeps the text and drops the elements around it.
        if source.root.tag == SIGNATURE or BASE64 in reference.steps:
            continue
        if all(_only_signatures(at(source.root, path)) for path in nodes.removed):
            return reference
    return None


def of(source: Source, references: Iterable[Reference]) -> Coverage:
    """Return how much of the document these references speak of."""
    found = tuple(references)
    if whole(source, found) is not None or _all_objects(source, found):
        return Coverage.DOCUMENT
    if any(reference.nodes is not None for reference in found):
        return Coverage.PARTIAL
    return Coverage.UNCLEAR


def _all_objects(source: Source, references: Iterable[Reference]) -> bool:
    """Whether the root is a signature that signs whatever it envelops."""
    if source.root.tag != SIGNATURE:
        return False
    signed = {r.nodes.apex for r in references if r.nodes and not r.nodes.removed}
    boxes = [
        box
        for box in source.root.iterchildren(OBJECT)
        if not any(child.tag in _PROPERTIES for child in box)
    ]
    return bool(boxes) and all(path_of(box) in signed for box in boxes)


def _only_signatures(element: etree._Element) -> bool:
    """Whether an element that was left out is a signature or a shell of signatures."""
    if element.tag == SIGNATURE:
        return True
    if element.tag not in _AROUND:
        return False
    return all(
        _only_signatures(child)
        or (child.tag in _BESIDE and next(child.iterchildren("{*}*"), None) is None)
        for child in element.iterchildren(etree.Element)
    )
