# SPDX-License-Identifier: MIT
"""HTML that is made of text: whatever is no `Markup` is escaped.

All is ASCII, the rest as references, so that a stream of any encoding gives the same
page. What does not print (control characters, the marks that turn the direction of
writing, halves of characters) stands as a visible escape.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPECIAL: Final = re.compile("[&<>\"'`]|[^\x20-\x7e]")


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


NOTHING: Final = Markup("")


def escaped(text: str) -> Markup:
    """Return `text` as HTML that shows it, in an element or in an attribute."""
    return Markup(_SPECIAL.sub(lambda found: _reference(found[0]), text))


def join(parts: Iterable[str], between: str = "") -> Markup:
    """Return the parts one after the other; text among them is escaped."""
    return Markup(_html(between).join(map(_html, parts)))


def tag(name: str, /, *inside: str, **attributes: str | None) -> Markup:
    """Return an element; attributes that are None are left out.

    `cls` is the attribute ``class``; "_" in a name stands for "-".
    """
    start = "".join(
        f' {"class" if key == "cls" else key.replace("_", "-")}="{escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{start}>{join(inside)}</{name}>")


def one_line(text: str) -> str:
    """Return `text` with its white space collapsed."""
    return " ".join(text.split())


def _html(part: str) -> str:
    return part if isinstance(part, Markup) else escaped(part)


def _reference(character: str) -> str:
    if not character.isprintable():
        return character.encode("unicode_escape").decode()
    return f"&#{ord(character)};"
