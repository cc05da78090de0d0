# SPDX-License-Identifier: MIT
"""The fields of a document as rows: a label, what is said, and the notes beside it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from cius_pt.findings import Severity
from cius_pt.render.markup import NOTHING, Markup, join, tag
from cius_pt.render.notes import Notes, badge
from cius_pt.render.said import Said
from cius_pt.render.words import label, shown, word
from cius_pt.rules.entry import Language
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cius_pt.render.notes import Note

# Of a text as long as a document is allowed to be, this much is shown.
_LONGEST = 4_000


@dataclass(slots=True)
class Fields:
    """What is left to show of a document, and the notes that belong to it.

    Every field is shown once; `texts` are those that nothing has shown yet.
    """

    said: Said
    notes: Notes
    lang: Language
    texts: dict[str, str] = field(init=False)
    _lists: dict[str, dict[str, list[str]]] = field(init=False)

    def __post_init__(self) -> None:
        noted = set(self.notes.paths())
        self.texts = {
            path: text
            for path, text in self.said.texts.items()
            # VAT is VAT unless a document says otherwise.
            if text != "VAT" or not path.endswith(".scheme") or path in noted
        }
        above = {one for path in self.texts for one in _above(path)}
        for path in sorted(noted):
            # What is missing has its row, too, if it is a field and not a group.
            if path not in above:
                self.texts.setdefault(path, "")
        self._lists = {}
        for path in self.texts:
            for item in _items(path):
                name = item[: item.rindex("[")]
                self._lists.setdefault(name, {}).setdefault(item, []).append(path)

    def items(self, name: str) -> dict[str, list[str]]:
        """Return the items of a list by path, each with the paths below it."""
        return self._lists.get(name, {})

    def below(self, prefix: str) -> list[str]:
        """Return the paths below a group that nothing has shown yet."""
        start = f"{prefix}."
        return [path for path in self.texts if path.startswith(start)]

    def has(self, path: str) -> bool:
        """Whether there is something to show of a field."""
        return path in self.texts

    def value(self, path: str) -> Markup:
        """Return what the document says in a field, with the numbers of its notes."""
        if path not in self.texts:
            return NOTHING
        text = self.texts.pop(path)
        cut = f"{text[:_LONGEST]}… ({len(text)} {word('characters', self.lang)})"
        text = text if len(text) <= _LONGEST else cut
        lines = text.split("\n") if path.startswith("notes[") else [text]
        inside = join((shown(path, line, self.lang) for line in lines), BREAK)
        if not text:
            inside = tag("em", "— ", word("missing", self.lang))
        return self.marked(inside, self.notes.about(path))

    def marked(self, inside: Markup, about: list[Note]) -> Markup:
        """Return what is said, marked as badly as the worst of its notes."""
        if not about:
            return tag("span", inside, cls="said")
        worst = min(about, key=lambda note: list(Severity).index(note.finding.severity))
        badges = join((badge(note) for note in about), " ")
        marked = tag("mark", inside, cls=str(worst.finding.severity))
        return tag("span", marked, " ", badges, cls="said")

    def row(
        self, name: str, paths: Iterable[str], between: str = ", ", group: str = ""
    ) -> Markup:
        """Return one row of these fields together; nothing if there is none of them.

        The notes on the `group` that they make up stand there, too.
        """
        there = [path for path in paths if path in self.texts]
        if not there:
            return NOTHING
        values = join((self.value(path) for path in there), between)
        about = join((badge(note) for note in self.notes.about(group)), " ")
        data = tag("dd", values, " " if about else "", about)
        return self.beside(tag("dt", name), data, [*there, group])

    def item(self, path: str, paths: Iterable[str]) -> Markup:
        """Return one row of an item of a list: its fields, each with its name."""
        there = [one for one in paths if one in self.texts]
        parts = []
        for one in there:
            name = one[len(path) + 1 :]
            small = tag("small", label(name, self.lang), " ") if name else NOTHING
            parts.append(tag("span", small, self.value(one), cls="part"))
        name = label(path, self.lang)
        return self.beside(tag("dt", name), tag("dd", join(parts, " ")), [path])

    def beside(self, name: Markup, value: Markup, paths: Iterable[str]) -> Markup:
        """Return a row of a list of definitions with its notes in the margin."""
        notes = self.notes.take(*paths)
        margin = tag("dd", self.notes.full(notes), cls="margin") if notes else NOTHING
        return tag("div", name, value, margin, cls="row")

    def rest(self, prefix: str) -> Markup:
        """Return a row for each field below a group that has none yet."""
        return join(
            self.row(label(path[len(prefix) + 1 :], self.lang), [path])
            for path in self.below(prefix)
        )

    def margin(self, *paths: str) -> Markup:
        """Return the notes that are left on these and all below, as a block."""
        notes = self.notes.take(*paths)
        return (
            tag("div", self.notes.full(notes), cls="margin block") if notes else NOTHING
        )


BREAK = Markup("<br>")


def _above(path: str) -> Iterator[str]:
    for number, character in enumerate(path):
        if character in ".[":
            yield path[:number]
        if character == "]":
            yield path[: number + 1]


def _items(path: str) -> Iterator[str]:
    """Yield the outermost item a path is in or is: ``lines[0]``, with its ``~2``."""
    end = path.find("]")
    if end >= 0:
        dot = path.find(".", end)
        yield path if dot < 0 else path[:dot]
