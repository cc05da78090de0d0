# SPDX-License-Identifier: MIT
"""``check --stats``: verdicts, the rules most often broken, and where time went.

All of it goes to standard error, so that standard output holds the data alone. What is
kept grows with the number of rules and steps, never with the number of documents.
"""

from __future__ import annotations

import heapq
import textwrap
import time
from typing import TYPE_CHECKING, Final

from cius_pt.cli.streams import tell
from cius_pt.cli.tally import Tally
from cius_pt.cli.text import one_line, visible
from cius_pt.findings import Severity
from cius_pt.rules import catalogue
from cius_pt.rules.entry import Text
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cius_pt.cli.judging import Judged
    from cius_pt.findings import Finding
    from cius_pt.rules.entry import Language

    # Rule, its severity, the one that is shown, and who wanted it.
    _Quiet = tuple[str, Severity, Severity | None, str]

_SHOWN: Final = 10
_SLOWEST: Final = 5
# What a rule is about, in a row: the whole sentence is a `cius-pt explain` away.
_TEXT: Final = 60
_WORDS: Final[Mapping[str, Text]] = {
    "documents": Text(pt="Documentos", en="Documents"),
    "conform": Text(pt="conformes", en="conform"),
    "do_not": Text(pt="não conformes", en="do not conform"),
    "unknown": Text(pt="por verificar", en="could not be checked"),
    "rules": Text(
        pt="Regras mais vezes quebradas (documentos, achados):",
        en="Rules most often broken (documents, findings):",
    ),
    "more": Text(pt="e mais {} regras", en="and {} more rules"),
    "silenced": Text(pt="Silenciado (achados):", en="Silenced (findings):"),
    "hidden": Text(pt="oculta por", en="hidden by"),
    "shown": Text(pt="mostrada como {} por", en="shown as {} by"),
    "time": Text(pt="Tempo por passo:", en="Time by step:"),
    "each": Text(pt="por documento", en="a document"),
    "slowest": Text(pt="Documentos mais demorados:", en="Slowest documents:"),
}


@dataclass(slots=True)
class _Broken:
    """How often a rule was broken; `text` is its message where no entry has one."""

    severity: Severity
    text: str
    documents: int = 0
    findings: int = 0

    def rank(self, rule: str) -> tuple[int, int, str]:
        return -self.documents, -self.findings, rule


class Stats:
    """In the place of a `Tally`: says the same, then what is often wrong and slow."""

    def __init__(
        self, lang: Language, *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._tally = Tally(lang)
        self._lang: Language = lang
        self._clock = clock
        self._begin = clock()
        self._broken: dict[str, _Broken] = {}
        self._silenced: dict[_Quiet, int] = {}
        self._slowest: list[tuple[float, str]] = []
        self._seconds: dict[str, float] = {}
        self._verdicts = dict.fromkeys(("conform", "do_not", "unknown"), 0)

    def add(self, judged: Judged) -> None:
        """Count a report."""
        report = judged.report
        self._tally.add(judged)
        self._verdicts[_verdict(judged)] += 1
        for each in judged.silenced:
            key = each.rule, each.severity, each.shown, each.by
            self._silenced[key] = self._silenced.get(key, 0) + each.count
        for finding in report.findings:
            self._rule(finding).findings += 1
        for rule in {finding.rule for finding in report.findings}:
            self._broken[rule].documents += 1
        for step in report.checks:
            self._seconds[step.name] = self._seconds.get(step.name, 0.0) + step.seconds
        heapq.heappush(
            self._slowest, (sum(s.seconds for s in report.checks), judged.name)
        )
        if len(self._slowest) > _SLOWEST:
            heapq.heappop(self._slowest)

    def close(self) -> None:
        """Write the summary, then the tables."""
        self._tally.close()
        for line in self._lines():
            tell(line)

    def _rule(self, finding: Finding) -> _Broken:
        if finding.rule not in self._broken:
            # Cut now: a message may quote a megabyte of its document.
            text = one_line(finding.message)
            self._broken[finding.rule] = _Broken(finding.severity, text)
        return self._broken[finding.rule]

    def _lines(self) -> Iterator[str]:
        total = sum(self._verdicts.values())
        passed = self._clock() - self._begin
        rate = f" ({total / passed:.1f} /s)" if passed > 0 else ""
        yield ""
        yield f"{self._word('documents')}: {total:,}; {passed:.3f} s{rate}"
        for verdict, number in self._verdicts.items():
            part = f"{100 * number / total:6.1f} %" if total else ""
            yield f"{number:9,} {part}  {self._word(verdict)}"
        if self._broken:
            yield from ("", self._word("rules"))
            yield from self._rules()
        if self._silenced:
            yield from ("", self._word("silenced"))
            yield from self._quiet()
        if self._seconds:
            yield from ("", self._word("time"))
            yield from self._steps(total)
            yield from ("", self._word("slowest"))
            for seconds, file in sorted(self._slowest, reverse=True):
                yield f"{seconds:9.3f} s  {visible(file)}"

    def _rules(self) -> Iterator[str]:
        ranked = sorted(self._broken, key=lambda rule: self._broken[rule].rank(rule))
        for rule in ranked[:_SHOWN]:
            found = self._broken[rule]
            entry = catalogue.entry(rule)
            text = found.text if entry is None else entry.asks.get(self._lang)
            short = textwrap.shorten(text, _TEXT, placeholder="…")
            yield (
                f"{found.documents:9,} {found.findings:9,}  {found.severity:<7}  "
                f"{visible(rule)}: {short}"
            )
        if len(ranked) > _SHOWN:
            yield f"{'':21}{self._word('more').format(len(ranked) - _SHOWN)}"

    def _quiet(self) -> Iterator[str]:
        ranked = sorted(self._silenced.items(), key=lambda item: (-item[1], item[0][0]))
        for (rule, severity, shown, by), count in ranked[:_SHOWN]:
            word = "hidden" if shown is None else "shown"
            became = self._word(word).format(shown)
            yield f"{count:19,}  {severity:<7}  {visible(f'{rule}: {became} {by}')}"
        if len(ranked) > _SHOWN:
            yield f"{'':21}{self._word('more').format(len(ranked) - _SHOWN)}"

    def _steps(self, total: int) -> Iterator[str]:
        whole = sum(self._seconds.values()) or 1.0
        for name, seconds in sorted(self._seconds.items(), key=lambda s: -s[1]):
            yield (
                f"{seconds:9.3f} s {100 * seconds / whole:6.1f} %  {name} "
                f"({1000 * seconds / total:.1f} ms {self._word('each')})"
            )

    def _word(self, name: str) -> str:
        return _WORDS[name].get(self._lang)


def _verdict(judged: Judged) -> str:
    if judged.conforms:
        return "conform"
    return "do_not" if judged.report.complete else "unknown"
