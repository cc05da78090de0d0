# SPDX-License-Identifier: MIT
"""Reports as one HTML page: each document with its findings in the margin.

Documents are written as they come; in memory is one. The page says that it is not
whole until its end is there. What a document says is text and nothing else: there is
no script and no link, and the policy of the page allows none.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from cius_pt import xmlio
from cius_pt.cli.streams import put
from cius_pt.cli.unknowns import nothing
from cius_pt.encoding import decoded
from cius_pt.errors import UnreadableDocument
from cius_pt.findings import Outcome, Severity
from cius_pt.render import page
from cius_pt.render.markup import NOTHING, Markup, tag
from cius_pt.render.notes import MARKS, Notes
from cius_pt.render.said import said
from cius_pt.render.sheet import sheet
from cius_pt.render.source import source
from cius_pt.render.words import step, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cius_pt.cli.judging import Judged
    from cius_pt.findings import Check, Report
    from cius_pt.rules.entry import Language

_SIGNS: Final = {
    "conforms": "✓",
    "fails": MARKS["fatal"],
    "unknown": "?",
    "passed": "✓",
    "failed": MARKS["fatal"],
    "skipped": "?",
    "not-applicable": "–",
}


class HtmlReports:
    """Writes an article for each report; `problems` are files that are not there."""

    def __init__(
        self,
        lang: Language,
        problems: Iterable[str] = (),
        *,
        out: Callable[[str], None] = put,
    ) -> None:
        self._put, self._lang = out, lang
        self._verdicts: Counter[str] = Counter()
        self._problems = tuple(problems)
        out(page.start(lang))
        if self._problems:
            title = tag("h2", word("problems", lang))
            listed = tag("ul", *(tag("li", problem) for problem in self._problems))
            out(f"{tag('section', title, listed, cls='problems')}\n")

    def write(self, judged: Judged) -> None:
        """Write the article on one document."""
        verdict = _verdict(judged)
        self._verdicts[verdict] += 1
        notes = Notes(judged.report, self._lang)
        shown = list(_shown(judged, notes, self._lang))
        parts = (
            tag("div", tag("h2", judged.name), _said_of(verdict, judged, self._lang)),
            _silenced(judged, self._lang),
            _elsewhere(notes, self._lang),
            _steps(judged.report, self._lang),
            *shown,
        )
        self._put(f"{tag('article', *parts)}\n")

    def close(self) -> None:
        """End the page, with how many documents it is about."""
        lang = self._lang
        if self._verdicts.total() != 1 or self._problems:
            self._put(f"{self._summary()}\n")
        self._put(f"{tag('footer', tag('p', word('end', lang)))}\n{page.END}")

    def _summary(self) -> Markup:
        lang, many = self._lang, self._verdicts
        lines = [f"{many.total()} {word('documents', lang)}"]
        lines += [
            f"{_SIGNS[name]} {many[name]} {word(f'{name}.many', lang)}"
            for name in ("conforms", "fails", "unknown")
            if many[name]
        ]
        listed = tag("ul", *(tag("li", line) for line in lines))
        return tag("section", tag("h2", word("summary", lang)), listed, cls="summary")


def _verdict(judged: Judged) -> str:
    """Return what is known: fatal findings, shown or silenced, or too little."""
    if judged.conforms:
        return "conforms"
    deciding = [check for check in judged.report.checks if not check.advisory]
    fails = any(
        check.outcome is Outcome.FAILED
        or any(finding.severity is Severity.FATAL for finding in check.findings)
        for check in deciding
    ) or any(one.severity is Severity.FATAL for one in judged.silenced)
    return "fails" if fails else "unknown"


def _said_of(verdict: str, judged: Judged, lang: Language) -> Markup:
    report = judged.report
    sign = tag("span", _SIGNS[verdict], aria_hidden="true")
    lines = [
        tag("p", tag("b", sign, " ", word(verdict, lang))),
        tag("p", word(f"{verdict}.means", lang)),
    ]
    if nothing(report):
        lines.append(tag("p", word("nothing", lang)))
    elif verdict == "fails" and not report.complete:
        lines.append(tag("p", word("incomplete", lang)))
    there = (severity for severity in Severity if report.count(severity))
    counts = ", ".join(_counted(report, severity, lang) for severity in there)
    lines.append(tag("p", counts or word("clean", lang)))
    return tag("div", *lines, cls=f"verdict {verdict}")


def _counted(report: Report, severity: Severity, lang: Language) -> str:
    number = report.count(severity)
    name = severity if number == 1 else f"{severity}.many"
    return f"{number} {word(name, lang).lower()}"


def _silenced(judged: Judged, lang: Language) -> Markup:
    if not judged.silenced:
        return NOTHING
    lines = []
    for one in judged.silenced:
        shown = word("hidden", lang)
        if one.shown is not None:
            shown = f"{word('shown as', lang)} {word(one.shown, lang).lower()}"
        said = f": {one.count} × {word(one.severity, lang).lower()}, {shown}"
        by = f", {word('by', lang)} {one.by}"
        lines.append(tag("li", tag("code", one.rule), said, by))
    title = tag("h3", word("silenced", lang))
    means = tag("p", word("silenced.means", lang))
    return tag("section", title, tag("ul", *lines), means, cls="silenced")


def _elsewhere(notes: Notes, lang: Language) -> Markup:
    """Return the notes that have no place in what is shown."""
    left = notes.left()
    if not left:
        return NOTHING
    title = tag("h3", word("without place", lang))
    return tag("section", title, notes.full(left))


def _steps(report: Report, lang: Language) -> Markup:
    title = tag("h3", word("steps", lang))
    listed = tag("ul", *(_step(check, lang) for check in report.checks), cls="steps")
    return tag("section", title, listed) if report.checks else NOTHING


def _step(check: Check, lang: Language) -> Markup:
    sign = tag("span", _SIGNS[check.outcome], aria_hidden="true")
    outcome = word(check.outcome, lang)
    head = tag("div", tag("b", sign, f" {step(check.name, lang)}"), f": {outcome}")
    more = [check.reason or "", check.version]
    if check.advisory:
        more.append(word("advisory", lang))
    lines = [tag("p", line) for line in more if line]
    return tag("li", head, *lines, cls=check.outcome)


def _shown(judged: Judged, notes: Notes, lang: Language) -> Iterator[Markup]:
    """Yield the invoice and the XML; each takes the notes that have a place in it."""
    data = judged.document()
    if data is None:
        yield tag("p", word("gone", lang), cls="half")
        return
    text, invoice = _text(data), _invoice(data, notes, lang)
    title = tag("h3", word("sheet", lang))
    none = tag("p", word("no sheet", lang), cls="half")
    yield tag("section", title, invoice or none)
    if text is None:
        yield tag("p", word("no source", lang), cls="half")
        return
    opened = any(not notes.taken(note) for note in notes.all)
    yield tag(
        "details",
        tag("summary", word("source", lang)),
        source(text, notes, lang),
        cls="file",
        open="" if opened else None,
    )


def _invoice(data: bytes, notes: Notes, lang: Language) -> Markup:
    """Return the document as an invoice; nothing if it cannot be read as one."""
    try:
        document = xmlio.parse(data)
        what = said(document)
        notes.index(what.unsure)
        return sheet(what, notes, lang)
    except Exception:  # noqa: BLE001 - whatever a document is, its report is shown
        notes.give_back()
        return NOTHING


def _text(data: bytes) -> bytes | None:
    """Return a document as UTF-8, None if it is no text."""
    try:
        return decoded(data, xmlio.MAX_BYTES)[0]
    except UnreadableDocument as error:
        broken = error.rule in {"CP-XML-04", "CP-XML-06"} and b"\0" not in data
        return data if broken else None
