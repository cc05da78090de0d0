# SPDX-License-Identifier: MIT
"""Findings that say the same of many places in one document, told once.

Only for eyes: whoever counts findings reads a format for machines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.cli.text import one_line
from cius_pt.findings import Finding
from cius_pt.values import dataclass
from cius_pt.xmlio import cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cius_pt.rules.entry import Language

_LINES: Final = 8
_PATHS: Final = 4
_PATH: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A finding, and those of the same rule that say the same of other places."""

    first: Finding
    more: tuple[Finding, ...] = ()


def folded(findings: Iterable[Finding]) -> list[Folded]:
    """Return the findings in order, each with what repeats it further on."""
    found: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        said = finding.rule, finding.severity, finding.message, finding.hint
        found.setdefault(said, []).append(finding)
    return [Folded(first=one[0], more=tuple(one[1:])) for one in found.values()]


def more_places(one: Folded, lang: Language) -> str:
    """Return ``(and 3 more places: lines 12, 15, 19)``; empty when there are none.

    A few lines are listed. Where lines do not tell the places apart a few paths are,
    or nothing is.
    """
    number = len(one.more)
    if not number:
        return ""
    places = _lines(one, lang, _LINES) or _paths(one, _PATHS)
    listed = f": {places}" if places else ""
    if lang == "pt":
        return f"(e mais {number} {'lugar' if number == 1 else 'lugares'}{listed})"
    return f"(and {number} more {'place' if number == 1 else 'places'}{listed})"


def listed_places(one: Folded, lang: Language) -> str:
    """Return the lines of all further places, or their paths; empty if not known."""
    return _lines(one, lang) or _paths(one)


def _lines(one: Folded, lang: Language, most: int | None = None) -> str:
    found = {f.location.line: None for f in one.more if f.location.line is not None}
    found.pop(one.first.location.line or 0, None)
    if not found:
        return ""
    word = "linha" if lang == "pt" else "line"
    return f"{word}{'s' * (len(found) > 1)} {_list(map(str, found), most)}"


def _paths(one: Folded, most: int | None = None) -> str:
    return _list(dict.fromkeys(_paths_of(one)), most)


def _paths_of(one: Folded) -> Iterator[str]:
    for finding in one.more:
        path = finding.location.path or finding.location.xpath
        if path:
            yield one_line(cut(path, _PATH))


def _list(names: Iterable[str], most: int | None) -> str:
    found = list(names)
    shown = ", ".join(found[:most])
    return f"{shown}, …" if most is not None and len(found) > most else shown
