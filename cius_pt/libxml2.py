# SPDX-License-Identifier: MIT
"""How libxml2 is asked for a tree: its options, its limits, the parsers of a thread.

Whoever reads a document comes in by `cius_pt.xmlio`, which stands in front of this.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Final

from lxml import etree

# Above this size libxml2 needs its own limits off: one text could reach 10,000,000
# bytes, which is its XML_MAX_TEXT_LENGTH. Those of `xmlio` stay on.
MOST_LIMITED: Final = 10_000_000

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


def read(utf8: bytes) -> etree._Element:
    """Return the root of the tree of a text; raises `etree.XMLSyntaxError`."""
    return etree.fromstring(utf8, _parser(len(utf8)))


def _parser(size: int) -> etree.XMLParser:
    """Return a parser for so many bytes; threads keep one each for usual documents.

    Making one takes a fifth of the time that a short invoice does. lxml locks a parser
    while it reads: threads that shared one would wait for each other.
    """
    if size > MOST_LIMITED:
        return etree.XMLParser(encoding="utf-8", **parser_options(size))  # type: ignore[arg-type]
    parser: etree.XMLParser | None = getattr(_kept, "parser", None)
    if parser is None:
        parser = etree.XMLParser(encoding="utf-8", **parser_options(0))  # type: ignore[arg-type]
        _kept.parser = parser
    return parser


@cache
def refuses(depth: int) -> bool:
    """Whether elements that are nested so deep are refused, while its limits are on."""
    try:
        read(b"<a>" * depth + b"</a>" * depth)
    except etree.XMLSyntaxError:
        return True
    return False
