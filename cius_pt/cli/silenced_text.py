# SPDX-License-Identifier: MIT
"""One line on what a report does not show as the rules said it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from cius_pt.cli.text import one_line, visible
from cius_pt.findings import Severity
from cius_pt.rules.entry import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cius_pt.cli.judging import Judged
    from cius_pt.cli.silenced import Silenced
    from cius_pt.rules.entry import Language

_MOST: Final = 20
_WORDS: Final[Mapping[str, Text]] = {
    "head": Text(
        pt="não mostrado como as regras dizem", en="not shown as the rules say"
    ),
    "hidden": Text(pt="oculto", en="hidden"),
    "rest": Text(pt="e mais {} regras", en="and {} more rules"),
    "refused": Text(
        pt="segundo as regras, o documento não está conforme",
        en="by the rules, the document does not conform",
    ),
}


def silenced_line(judged: Judged, lang: Language) -> str:
    """Return the line, with the true verdict when something fatal was silenced."""
    said = ", ".join(_said(judged.silenced, lang))
    line = f"{visible(judged.name)}: {_word('head', lang)}: {said}"
    fatal = any(
        one.severity is Severity.FATAL and one.shown is not Severity.FATAL
        for one in judged.silenced
    )
    if fatal and not judged.conforms:
        line += f"; {_word('refused', lang)}"
    return line


def _said(silenced: tuple[Silenced, ...], lang: Language) -> Iterator[str]:
    for one in islice(silenced, _MOST):
        shown = one.shown or _word("hidden", lang)
        by = one_line(one.by)
        yield f"{one_line(one.rule)} {one.count} × {one.severity} → {shown} ({by})"
    if len(silenced) > _MOST:
        yield _word("rest", lang).format(len(silenced) - _MOST)


def _word(name: str, lang: Language) -> str:
    return _WORDS[name].get(lang)
