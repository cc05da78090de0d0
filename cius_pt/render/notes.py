# SPDX-License-Identifier: MIT
"""The findings of one document as notes, each shown in full once, where it belongs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cius_pt.findings import Check, Finding
from cius_pt.render.markup import NOTHING, Markup, escaped, join, one_line, tag
from cius_pt.render.words import label, step, word
from cius_pt.rules import catalogue
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cius_pt.findings import Report
    from cius_pt.rules.entry import Language

MARKS: Final = {"fatal": "✕", "warning": "!", "info": "i"}
_PATH: Final = re.compile(r"[a-z_]+(\[\d+\])?(\.[a-z_]+(\[\d+\])?)*")
# So many notes of a rule carry its explanation; the others point to the first.
_EXPLAINED: Final = 5
_SHORT: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A finding with its number on the page and the step that found it."""

    number: int
    finding: Finding
    check: Check

    @property
    def path(self) -> str | None:
        """The field of the model, if it is written like one."""
        path = self.finding.location.path
        return path if path and _PATH.fullmatch(path) else None

    @property
    def about_all(self) -> bool:
        """Whether it is about the document, of which the first tag is only a part."""
        place = self.finding.location
        return place.path is None and (place.xpath or "").count("/") == 1


class Notes:
    """The notes of one document; each is taken once, by the place that shows it."""

    def __init__(self, report: Report, lang: Language) -> None:
        found = [(f, check) for check in report.checks for f in check.findings]
        self.all = tuple(
            Note(number=number, finding=finding, check=check)
            for number, (finding, check) in enumerate(found, 1)
        )
        self.lang = lang
        self._below: dict[str, list[Note]] = {}
        self._left: dict[int, Note] = {}
        self._explained: dict[str, int] = {}
        self.give_back()

    def give_back(self) -> None:
        """Forget who has taken what: it is not shown after all."""
        self._left = {note.number: note for note in self.all}
        self._explained.clear()

    def index(self, unsure: frozenset[str] = frozenset()) -> None:
        """Learn where the notes belong; inside of what is unsure, to its list."""
        for note in self.all:
            for above in _above(note.path or "", unsure):
                self._below.setdefault(above, []).append(note)

    def paths(self) -> Iterator[str]:
        """Yield the fields that notes are about."""
        for note in self.all:
            if note.path is not None:
                yield note.path

    def take(self, *paths: str) -> list[Note]:
        """Return what is left of the notes on these fields and all below them."""
        found = [note for path in paths for note in self._below.get(path, ())]
        return [note for note in found if self._left.pop(note.number, None)]

    def about(self, path: str) -> list[Note]:
        """Return the notes on exactly this field, taken or not."""
        return [note for note in self._below.get(path, ()) if note.path == path]

    def left(self) -> list[Note]:
        """Return the notes that nobody has taken."""
        return list(self._left.values())

    def taken(self, note: Note) -> bool:
        """Whether this note is shown already."""
        return note.number not in self._left

    def take_one(self, note: Note) -> None:
        """Say that this note is shown."""
        self._left.pop(note.number, None)

    def full(self, notes: Iterable[Note]) -> Markup:
        """Return notes in full."""
        return join(self._full(note) for note in notes)

    def short(self, note: Note) -> Markup:
        """Return one line on a note that is shown in full elsewhere."""
        finding = note.finding
        message = one_line(finding.message)
        cut = message if len(message) <= _SHORT else f"{message[:_SHORT]}…"
        return tag(
            "p",
            badge(note),
            " ",
            tag("b", word(finding.severity, self.lang)),
            " ",
            tag("code", finding.rule),
            " ",
            cut,
            cls=f"short {finding.severity}",
        )

    def _full(self, note: Note) -> Markup:
        finding = note.finding
        where = finding.location.path
        place = "" if where is None else label(where, self.lang)
        line = finding.location.line
        at = "" if line is None else f"{word('line', self.lang)} {line}"
        said = step(note.check.name, self.lang)
        if note.check.advisory:
            said += f" ({word('advisory', self.lang)})"
        foot = " · ".join(part for part in (place, at, said) if part)
        hint = NOTHING
        if finding.hint:
            fix = tag("b", word("fix", self.lang), ": ")
            hint = tag("p", fix, one_line(finding.hint), cls="hint")
        head = tag(
            "p",
            badge(note),
            " ",
            tag("b", word(finding.severity, self.lang)),
            " ",
            tag("code", finding.rule),
            *((" ", tag("span", finding.bt, cls="bt")) if finding.bt else ()),
            cls="head",
        )
        message = tag("p", one_line(finding.message), cls="message")
        explained = self._explanation(finding)
        about = tag("p", foot, cls="foot")
        return tag(
            "div", head, message, hint, explained, about, cls=f"note {finding.severity}"
        )

    def _explanation(self, finding: Finding) -> Markup:
        entry = catalogue.entry(finding.rule)
        if entry is None:
            return NOTHING
        times = self._explained.get(finding.rule, 0)
        self._explained[finding.rule] = times + 1
        if times >= _EXPLAINED:
            return tag("p", word("explained", self.lang), cls="foot")
        fix = entry.fix.get(self.lang)
        parts = [("asks", entry.asks), ("why", entry.why)]
        if fix != finding.hint:
            parts.append(("fix", entry.fix))
        inside = join(
            tag("div", tag("dt", word(name, self.lang)), tag("dd", text.get(self.lang)))
            for name, text in parts
        )
        summary = tag("summary", word("explain", self.lang))
        return tag("details", summary, tag("dl", inside))


def badge(note: Note) -> Markup:
    """Return the number of a note with the sign of its severity."""
    severity = note.finding.severity
    sign = tag("span", MARKS[severity], aria_hidden="true")
    return tag("span", sign, escaped(f" {note.number}"), cls=f"badge {severity}")


def _above(path: str, unsure: frozenset[str]) -> Iterator[str]:
    """Yield a path and all that it is below of: ``a[0].b`` is below ``a[0]`` and ``a``.

    Of what is unsure only what is above it.
    """
    chain = []
    while path:
        chain.append(path)
        shorter = path.rpartition(".")[0]
        path = path[: path.rindex("[")] if path.endswith("]") else shorter
    doubtful = [number for number, one in enumerate(chain, 1) if one in unsure]
    yield from chain[max(doubtful, default=0) :]
