# SPDX-License-Identifier: MIT
"""The lines of one document around a place, numbered, cut and safe to look at.

Lines and columns are those of `cius_pt.places`: XML ends a line at LF, CR or both, and
columns count characters.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from cius_pt.cli.text import visible
from cius_pt.encoding import codec_of
from cius_pt.errors import UnreadableDocument

if TYPE_CHECKING:
    from cius_pt.findings import Location

_AROUND: Final = 2
# Line ends are counted once per piece, so that no line is looked for from the start
# and what is kept does not grow with hostile numbers of lines.
_PIECE: Final = 4_096
# So much of what stands before a place is shown when a line has to be cut.
_BEFORE: Final = 3
# So long may the prefix of an element be that is looked for.
_PREFIX: Final = 1_000
# A namespace in an XPath may be megabytes long.
_LONGEST: Final = 4_000
_MARK: Final = ">"
_CUT: Final = "…"
_NAME: Final = re.compile(r"(?:\*\[local-name\(\)=')?(?:[^/:'\[\]]+:)?([^/:'\[\]]+)")


class Excerpts:
    """What can be shown of one document; its bytes may be anything."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def around(self, place: Location, room: int) -> list[str]:
        """Return the line of a place with a mark, and a few before and after it.

        No line takes more than `room` characters of the document, before what does
        not print becomes an escape. The list is empty when the line is not known or
        not there, or when the element of the place is not there any more.
        """
        return self._shown(place, room, _AROUND)

    def line(self, place: Location, room: int) -> list[str]:
        """Return the line of a place alone, and what points to the column."""
        return self._shown(place, room, 0)

    def _shown(self, place: Location, room: int, around: int) -> list[str]:
        line = place.line
        if line is None or not 1 <= line <= self._count or not self._fits(place):
            return []
        first, last = max(1, line - around), min(self._count, line + around)
        if last == self._count > line and self._line(last)[0] == len(self._text):
            last -= 1  # behind the last line end there is no line
        width = len(str(last))
        shown = []
        for number in range(first, last + 1):
            column = place.column if number == line else None
            text, before = self._cut(number, column, room)
            mark = _MARK if number == line else " "
            shown.append(f"{mark} {number:>{width}} | {text}".rstrip())
            if before is not None:
                shown.append(f"  {'':>{width}} | {'':>{before}}^")
        return shown

    def _cut(
        self, number: int, column: int | None, room: int
    ) -> tuple[str, int | None]:
        """Return what is shown of a line, and where in that the column is.

        That is None where the column is not known or the text begins there.
        """
        start, end = self._line(number)
        goal = None if column is None else start + column - 1
        if goal is not None and not start <= goal < end:
            goal = None
        begin = start
        if goal is not None and end - start > room:
            begin = max(start, min(goal - room // _BEFORE, end - room))
        stop = min(end, begin + room)
        head = _CUT if begin > start else ""
        tail = _CUT if stop < end else ""
        text = f"{head}{_plain(self._text[begin:stop])}{tail}"
        if goal is None or not self._text[begin:goal].strip():
            return text, None
        return text, len(head) + len(_plain(self._text[begin:goal]))

    def _fits(self, place: Location) -> bool:
        """Whether the element of a place begins there; True when one cannot know.

        A document may have been written anew since it was checked.
        """
        if not place.xpath or place.line is None or place.column is None:
            return True
        if len(place.xpath) > _LONGEST:
            return True
        path = place.xpath.rpartition("/@")[0] or place.xpath
        name = _NAME.match(path, _last_step(path))
        if name is None:
            return True
        start = self._line(place.line)[0] + place.column - 1
        begun = self._text[start : start + len(name[1]) + _PREFIX]
        tag = rf"<(?:[^\s<>/]+:)?{re.escape(name[1])}[\s/>]"
        return re.match(tag, begun) is not None

    @cached_property
    def _text(self) -> str:
        try:
            codec = codec_of(self._data)
        except UnreadableDocument:
            codec = "utf-8"
        text = self._data.decode(codec, "replace").removeprefix("\ufeff")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    @cached_property
    def _ends(self) -> list[int]:
        """How many lines end up to each piece, it included."""
        text = self._text
        pieces = range(0, len(text), _PIECE)
        return list(accumulate(text.count("\n", at, at + _PIECE) for at in pieces))

    @cached_property
    def _count(self) -> int:
        return (self._ends[-1] if self._ends else 0) + 1

    def _line(self, number: int) -> tuple[int, int]:
        """Return where a line begins and ends."""
        start = 0 if number == 1 else self._end(number - 1) + 1
        end = self._text.find("\n", start)
        return start, len(self._text) if end < 0 else end

    def _end(self, number: int) -> int:
        """Return where the line end with this number is, counted from 1."""
        piece = bisect_left(self._ends, number)
        left = number - (self._ends[piece - 1] if piece else 0)
        at = piece * _PIECE - 1
        for _ in range(left):
            at = self._text.find("\n", at + 1)
        return at


def _plain(text: str) -> str:
    return visible(text.replace("\t", "  "))


def _last_step(path: str) -> int:
    """Return where the last step of an XPath begins; a literal may hold a slash."""
    found, quoted = 0, False
    for at, character in enumerate(path):
        if character == "'":
            quoted = not quoted
        elif character == "/" and not quoted:
            found = at + 1
    return found
