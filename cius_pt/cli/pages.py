# SPDX-License-Identifier: MIT
"""Findings for eyes: in colour, wrapped, explained, with the lines of the document."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cius_pt.cli.excerpt import Excerpts
from cius_pt.cli.folding import listed_places, more_places
from cius_pt.cli.text import finding_line, one_line, visible
from cius_pt.findings import Severity
from cius_pt.rules.entry import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cius_pt.cli.folding import Folded
    from cius_pt.cli.judging import Judged
    from cius_pt.cli.look import Look
    from cius_pt.findings import Finding
    from cius_pt.rules.entry import Language

# So many fatal findings of a document are shown with their line, on a terminal.
_FEW: Final = 3
_INDENT: Final = "    "
_COLUMNS: Final = 80
# Prose is hard to read in longer lines.
_WIDEST: Final = 100
# What stands before the text of a document: indent, mark, number.
_GUTTER: Final = 16
_WORDS: Final[Mapping[str, Text]] = {
    "where": Text(pt="Onde", en="Where"),
    "field": Text(pt="campo {}", en="field {}"),
    "more": Text(pt="Mais lugares", en="More places"),
    "changed": Text(
        pt="(este lugar não se encontra no documento, que pode ter mudado entretanto)",
        en="(this place is not in the document, which may have changed meanwhile)",
    ),
}


class Pages:
    """Writes the findings of one document for those who read them."""

    def __init__(self, judged: Judged, look: Look, lang: Language) -> None:
        self._judged = judged
        self._name = visible(judged.name)
        self._look = look
        self._lang: Language = lang
        self._room = (look.width or _COLUMNS + _GUTTER) - _GUTTER

    def of(self, found: Iterable[Folded]) -> Iterator[str]:
        """Yield a piece of text for each finding."""
        fatal = 0
        for one in found:
            lines = [self._head(one)]
            if self._look.explain:
                lines += [*self._where(one.first), *self._advice(one.first)]
                lines += [*self._all_places(one), ""]
            elif self._look.width is not None and one.first.severity is Severity.FATAL:
                fatal += 1
                lines += self._glimpse(one.first) if fatal <= _FEW else []
            yield "".join(f"{line}\n" for line in lines)

    def _head(self, one: Folded) -> str:
        """Return the one line of a finding, wrapped where there is a width.

        Without its hint where all is explained below it.
        """
        first = replace(one.first, hint=None) if self._look.explain else one.first
        number, _, said = finding_line(first).partition(" ")
        severity, rule, *rest = said.split(" ")
        words = [
            (f"{self._name}:{number}", "place"),
            (severity, one.first.severity.value),
            (rule, "rule"),
            *((word, "") for word in rest),
            *((word, "quiet") for word in more_places(one, self._lang).split()),
        ]
        return "\n".join(self._wrapped(words))

    def _wrapped(self, words: Iterable[tuple[str, str]]) -> Iterator[str]:
        """Yield lines of painted words; a word that is too long is not cut."""
        line: list[str] = []
        used = 0
        for word, role in words:
            size = len(word) + 1
            if line and self._look.width is not None and used + size > self._look.width:
                yield " ".join(line)
                line, used = [_INDENT[1:]], len(_INDENT)
            line.append(self._look.paint(word, role))
            used += size
        yield " ".join(line)

    def _glimpse(self, finding: Finding) -> Iterator[str]:
        if finding.location.line is not None and self._excerpts is not None:
            yield from self._drawn(self._excerpts.line(finding.location, self._room))

    def _where(self, finding: Finding) -> Iterator[str]:
        """Yield where a finding is, and the document there."""
        place = finding.location
        yield self._heading(self._word("where"))
        numbers = [str(n) for n in (place.line, place.column) if n is not None]
        yield f"{_INDENT}{':'.join([self._name, *numbers])}"
        if place.xpath:
            yield f"{_INDENT}{one_line(place.xpath)}"
        field = self._word("field").format(one_line(place.path)) if place.path else ""
        named = ", ".join(filter(None, (field, one_line(finding.bt or ""))))
        if named:
            yield f"{_INDENT}{named}"
        if place.line is not None and self._excerpts is not None:
            lines = self._excerpts.around(place, self._room)
            yield from ["", *self._drawn(lines or [self._word("changed")]), ""]

    def _advice(self, finding: Finding) -> Iterator[str]:
        """Yield what is known of the rule: all, or no more than a hint."""
        # Late: what is written about rules is read for those who ask.
        from cius_pt.cli.explain import word  # noqa: PLC0415
        from cius_pt.rules import catalogue  # noqa: PLC0415

        entry = catalogue.entry(finding.rule)
        fixes = [finding.hint]
        if entry is not None:
            for name, text in (("asks", entry.asks), ("why", entry.why)):
                yield from self._prose(word(name, self._lang), text.get(self._lang))
            fixes.insert(0, entry.fix.get(self._lang))
        for fix in dict.fromkeys(filter(None, fixes)):
            yield from self._prose(word("fix", self._lang), fix)

    def _all_places(self, one: Folded) -> Iterator[str]:
        if one.more:
            places = listed_places(one, self._lang)
            yield from self._prose(f"{self._word('more')} ({len(one.more)})", places)

    def _prose(self, heading: str, text: str) -> Iterator[str]:
        yield self._heading(heading)
        yield from textwrap.wrap(
            visible(" ".join(text.split())),
            min(self._look.width or _COLUMNS, _WIDEST),
            initial_indent=_INDENT,
            subsequent_indent=_INDENT,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def _heading(self, text: str) -> str:
        return f"  {self._look.paint(text, 'heading')}"

    def _drawn(self, excerpt: Iterable[str]) -> Iterator[str]:
        for line in excerpt:
            mark, rest = line[:1], line[1:]
            role = "quiet" if mark == " " else ""
            yield f"{_INDENT}{self._look.paint(mark.strip(), 'mark') or ' '}" + (
                self._look.paint(rest, role) if role else rest
            )

    def _word(self, name: str) -> str:
        return _WORDS[name].get(self._lang)

    @cached_property
    def _excerpts(self) -> Excerpts | None:
        """What can be shown of the document, read when the first one is shown."""
        data = self._judged.document()
        return None if data is None else Excerpts(data)
