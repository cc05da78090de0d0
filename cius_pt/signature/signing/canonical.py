# SPDX-License-Identifier: MIT
"""The exact bytes that are hashed: exclusive C14N 1.0 without comments."""

from __future__ import annotations

from lxml import etree

from cius_pt import libxml2, xmlio
from cius_pt.errors import SignatureError
from cius_pt.signature.filters import later_containers, signatures


def canonical(text: str) -> bytes:
    """Return the canonical form of an element that declares all its prefixes."""
    return xmlio.canonical(text.encode())


def document(utf8: bytes, *, parallel: bool) -> bytes:
    """Return the canonical form of a whole document, its signature not yet in it.

    Processing instructions around the root are part of it. `parallel` leaves out what
    the filters take away: other signatures and their containers.
    """
    # What the document declares of itself may be another encoding than what it is now.
    root = libxml2.read(utf8)
    if parallel:
        for element in [*signatures(root), *later_containers(root)]:
            _remove(element)
    try:
        return etree.tostring(
            root.getroottree(), method="c14n", exclusive=True, with_comments=False
        )
    except etree.C14NError:  # C14N 1.0, section 1.3
        raise SignatureError(
            "the document has no canonical form: a namespace is a relative URI"
        ) from None


def _remove(element: etree._Element) -> None:
    """Take an element out and leave the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)
