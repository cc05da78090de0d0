# SPDX-License-Identifier: MIT
"""How libxml2 is asked for a tree: its options, its limits, the parsers of a thread.

Whoever reads a document comes in by `cius_pt.xmlio`, which stands in front of this.
What it has accepted, and what is our own, may be read here.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Final

from lxml import etree

# Above this size libxml2 needs its own limits off: one text could reach 10,000,000
# bytes, which is its XML_MAX_TEXT_LENGTH. Those of `xmlio` stay on.
MOST_LIMITED: Final = 10_000_000

# What is pushed is copied, and the copy kept until the next one comes.
_MOST_PUSHED: Final = 256 * 1024
# A declaration is shorter, and the start tag of an invoice longer.
_BEHIND_DECLARATION: Final = 60

# The parsers of a thread for usual documents: making one takes a fifth of the time that
# a short invoice does. lxml locks a parser while it reads: threads that shared one
# would wait for each other.
_kept: Final = threading.local()


def parser_options(size: int) -> dict[str, bool]:
    """Return the options with which any lxml parser here is made."""
    return {
        "resolve_entities": False,
        "no_network": True,
        "load_dtd": False,
        "dtd_validation": False,
        "recover": False,
        "collect_ids": False,
        "huge_tree": size > MOST_LIMITED,
    }


def read(utf8: bytes, *, blanks: bool = True) -> etree._Element:
    """Return the root of the tree of a text; raises `etree.XMLSyntaxError`.

    With `blanks` false there may be no white space between tags in it: a third of the
    nodes of an invoice that is indented. What stands in an element without others is
    always its whole text.
    """
    size = len(utf8)
    blanks = blanks or _may_be_in_a_text(utf8)
    if size > MOST_LIMITED:
        return etree.fromstring(utf8, _parser(size, blanks=blanks))
    own, name = _kept.__dict__, "whole" if blanks else "lean"
    # Out of its place while it reads: one that was interrupted is not used again.
    parser = own.pop(name, None) or _parser(size, blanks=blanks)
    root = _pushed(utf8, parser) if size <= _MOST_PUSHED else None
    if root is None:
        root = etree.fromstring(utf8, parser)
    own[name] = parser
    return root


def _pushed(utf8: bytes, parser: etree.XMLParser) -> etree._Element | None:
    """Return the root of a text that a parser is given in one piece, or None.

    This takes less time than letting it fetch the text; but what is wrong with one is
    left to the other way to say.
    """
    try:
        parser.feed(utf8)
        root: etree._Element = parser.close()
    except etree.XMLSyntaxError:
        return None
    return root


def _may_be_in_a_text(utf8: bytes) -> bool:
    """Whether white space that libxml2 takes for indentation may be a part of a text.

    So it may before a comment, an instruction or CDATA, and before a carriage return.
    """
    behind = utf8.find(b"?", _BEHIND_DECLARATION)
    return behind >= 0 or b"!" in utf8 or b"\r" in utf8


def _parser(size: int, *, blanks: bool) -> etree.XMLParser:
    options = {**parser_options(size), "remove_blank_text": not blanks}
    return etree.XMLParser(encoding="utf-8", **options)  # type: ignore[arg-type]


@cache
def refuses(depth: int) -> bool:
    """Whether elements that are nested so deep are refused, while its limits are on."""
    try:
        read(b"<a>" * depth + b"</a>" * depth)
    except etree.XMLSyntaxError:
        return True
    return False
