# SPDX-License-Identifier: MIT
"""Numbers so long that arithmetic with them would not end in time.

Decimal arithmetic is quadratic in the digits: a million of them take twelve seconds,
and each rule that adds them takes them again. No amount of money has five thousand.
"""

from __future__ import annotations

import re
from typing import Final

from cius_pt import libxml2

MAX_DIGITS: Final = 5_000

_ENDLESS: Final = re.compile(f"[0-9]{{{MAX_DIGITS + 1}}}")
# A run over the limit fills one of the blocks of this size that are looked at.
_BLOCK: Final = MAX_DIGITS // 2
# What can stand inside a number, or for a digit of it, and is not a digit.
_MARKS: Final = (b"<!--", b"<![CDATA[", b"&#", b"<?")
_DECLARATION: Final = b"<?xml "


def endless(utf8: bytes) -> int | None:
    """Return the element, counted from 0, with a run of over 5,000 digits, or None.

    `utf8` is the text of a document that `xmlio` has accepted.
    """
    if not _suspicious(utf8):
        return None
    for number, element in enumerate(libxml2.read(utf8).iter("*")):
        if any(map(_ENDLESS.search, map(str, element.attrib.values()))):
            return number
        leaf = next(element.iterchildren("*"), None) is None
        if leaf and _ENDLESS.search("".join(map(str, element.itertext("*")))):
            return number
    return None


def _suspicious(utf8: bytes) -> bool:
    """Whether the document has to be looked at element by element."""
    begin = len(_DECLARATION) if utf8.startswith(_DECLARATION) else 0
    if len(utf8) <= MAX_DIGITS:
        return False
    if any(utf8.find(mark, begin) >= 0 for mark in _MARKS):
        return True
    starts = range(0, len(utf8) - _BLOCK + 1, _BLOCK)
    return any(utf8[start : start + _BLOCK].isdigit() for start in starts)
