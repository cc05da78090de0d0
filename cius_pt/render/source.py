# SPDX-License-Identifier: MIT
"""The XML of a document with line numbers, and the notes at their lines.

A long line is shown in pieces, from one tag to the next: many programs write a whole
invoice in one line. Of a long document only the pieces around notes are shown.
"""

from __future__ import annotations

import re
from collections import deque
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from cius_pt.render.markup import NOTHING, Markup, join, tag
from cius_pt.render.words import numbered, word
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cius_pt.render.notes import Note, Notes
    from cius_pt.rules.entry import Language

# A document of more pieces is shown around its notes, and around so many of them.
MOST_PIECES: Final = 400
AROUND: Final = 3
MOST_WINDOWS: Final = 200
# A line of more characters is shown in pieces, a piece of more is cut.
LONG_LINE: Final = 160
LONG_PIECE: Final = 600
_END: Final = re.compile(rb"\r\n?|\n")
_TABS: Final = "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """Some of a line: where it begins, and where what does not belong to it does."""

    line: int
    column: int
    text: str
    end: tuple[int, int]


def source(utf8: bytes, notes: Notes, lang: Language) -> Markup:
    """Return the text of a document with the notes that have a line in it."""
    here = sorted(
        (note for note in notes.all if note.finding.location.line is not None),
        key=_place,
    )
    pieces = _pieces(utf8)
    first = list(islice(pieces, MOST_PIECES + 1))
    around = None if len(first) <= MOST_PIECES else AROUND
    rows = []
    waiting = deque(here)
    for piece, beside in _shown(chain(first, pieces), waiting, around):
        if isinstance(piece, int):
            count = numbered(str(piece), lang)
            rows.append(
                tag("li", "… ", count, f" {word('left out', lang)} …", cls="gap")
            )
        else:
            rows.append(_row(piece, beside, notes, lang))
    lost = [n for n in waiting if not (notes.taken(n) or n.about_all)]
    for note in lost:
        notes.take_one(note)
    after = tag("p", word("no line", lang)) if lost else NOTHING
    listed = tag("ol", *rows, cls="source")
    return join((listed, after, notes.full(lost)))


def _place(note: Note) -> tuple[int, int]:
    place = note.finding.location
    return place.line or 0, place.column or 0


def _pieces(utf8: bytes) -> Iterator[_Piece]:
    """Yield all of a document, piece by piece; a line ends where parsers say so."""
    start, number = 0, 1
    for end in _END.finditer(utf8):
        yield from _of_line(number, utf8[start : end.start()])
        start, number = end.end(), number + 1
    if start < len(utf8):
        yield from _of_line(number, utf8[start:])


def _of_line(number: int, data: bytes) -> Iterator[_Piece]:
    line = data.decode(errors="replace")
    start = 0
    if len(line) > LONG_LINE:
        for found in re.finditer("><", line):
            end = found.start() + 1
            yield _piece(number, start, line, end, (number, end + 1))
            start = end
    yield _piece(number, start, line, len(line), (number + 1, 0))


def _piece(
    number: int, start: int, line: str, end: int, place: tuple[int, int]
) -> _Piece:
    text = line[start : min(end, start + LONG_PIECE)].replace("\t", _TABS)
    if end - start > LONG_PIECE:
        text += f"… (+{end - start - LONG_PIECE})"
    return _Piece(line=number, column=start + 1, text=text, end=place)


def _shown(
    pieces: Iterable[_Piece], waiting: deque[Note], around: int | None
) -> Iterator[tuple[_Piece | int, list[Note]]]:
    """Yield the pieces to show with their notes, and how many are left out between.

    What stays in `waiting` has a place after the end.
    """
    before: deque[_Piece] = deque(maxlen=around)
    left = windows = after = 0
    for piece in pieces:
        beside = []
        while waiting and _place(waiting[0]) < piece.end:
            beside.append(waiting.popleft())
        if beside and around is not None:
            wide = around if windows < MOST_WINDOWS else 0
            windows += 1
            kept = list(before)[len(before) - min(wide, len(before)) :]
            if gap := left + len(before) - len(kept):
                yield gap, []
            yield from ((one, []) for one in kept)
            before.clear()
            left, after = 0, wide
            yield piece, beside
        elif around is None or after:
            after = max(0, after - 1)
            yield piece, beside
        else:
            left += len(before) == around
            before.append(piece)
    if left + len(before):
        yield left + len(before), []


def _row(piece: _Piece, beside: list[Note], notes: Notes, lang: Language) -> Markup:
    said = []
    for note in beside:
        if notes.taken(note) or note.about_all:
            said.append(notes.short(note))
        else:
            notes.take_one(note)
            said.append(notes.full([note]))
    first = piece.column == 1
    name = word("line", lang) if first else word("column", lang)
    number = str(piece.line) if first else f":{piece.column}"
    worst = min(
        (note.finding.severity for note in beside),
        key=("fatal", "warning", "info").index,
        default=None,
    )
    return tag(
        "li",
        tag("span", number, cls="at", title=name),
        tag("code", piece.text or " "),
        *([tag("div", *said, cls="beside")] if said else ()),
        cls=None if worst is None else f"noted {worst}",
    )
