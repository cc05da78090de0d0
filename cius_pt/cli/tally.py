# SPDX-License-Identifier: MIT
"""The summary of a check on standard error: steps, skips, verdicts."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final

from cius_pt.cli.streams import tell
from cius_pt.cli.text import one_line, visible
from cius_pt.findings import Outcome
from cius_pt.rules.entry import Text
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cius_pt.cli.judging import Judged
    from cius_pt.findings import Check
    from cius_pt.rules.entry import Language

# Of one, then of several.
_Words = tuple[Text, Text]
_OUTCOMES: Final[Mapping[Outcome, Text]] = {
    Outcome.PASSED: Text(pt="sem erros", en="passed"),
    Outcome.FAILED: Text(pt="com erros", en="failed"),
    Outcome.SKIPPED: Text(pt="por fazer", en="skipped"),
    Outcome.NOT_APPLICABLE: Text(pt="sem objeto", en="not-applicable"),
}
_NOTHING: Final = Text(pt="nenhum ficheiro foi verificado", en="no file was checked")
_FILES: Final[_Words] = (
    Text(pt="ficheiro", en="file"),
    Text(pt="ficheiros", en="files"),
)
_CONFORM: Final[_Words] = (
    Text(pt="conforme", en="conforms"),
    Text(pt="conformes", en="conform"),
)
_DO_NOT: Final[_Words] = (
    Text(pt="não conforme", en="does not conform"),
    Text(pt="não conformes", en="do not conform"),
)
_UNKNOWN: Final[_Words] = (
    Text(pt="por verificar", en="could not be checked"),
    Text(pt="por verificar", en="could not be checked"),
)
_HIDDEN: Final[_Words] = (
    Text(pt="achado oculto", en="finding hidden"),
    Text(pt="achados ocultos", en="findings hidden"),
)
_CHANGED: Final[_Words] = (
    Text(
        pt="achado mostrado com outra gravidade",
        en="finding shown as less or more",
    ),
    Text(
        pt="achados mostrados com outra gravidade",
        en="findings shown as less or more",
    ),
)


@dataclass(slots=True)
class _Step:
    """What became of one step in all documents."""

    outcomes: dict[Outcome, int] = field(default_factory=dict)
    versions: dict[str, None] = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, check: Check) -> None:
        self.outcomes[check.outcome] = self.outcomes.get(check.outcome, 0) + 1
        if check.version:
            self.versions[check.version] = None
        self.seconds += check.seconds


class Tally:
    """Counts reports; nothing grows with their number."""

    def __init__(self, lang: Language) -> None:
        self._lang: Language = lang
        self._steps: dict[str, _Step] = {}
        self._conform = 0
        self._do_not = 0
        self._unknown = 0
        self._hidden = 0
        self._changed = 0

    def add(self, judged: Judged) -> None:
        """Count a report, and say at once which of its steps were skipped and why."""
        report, reasons = judged.report, dict[str, list[str]]()
        for check in report.checks:
            self._steps.setdefault(check.name, _Step()).add(check)
            if check.outcome is Outcome.SKIPPED:
                reasons.setdefault(check.reason or "", []).append(check.name)
        for reason, names in reasons.items():
            skipped = _OUTCOMES[Outcome.SKIPPED].get(self._lang)
            said = f"{', '.join(names)} {skipped}: {one_line(reason)}"
            tell(f"{visible(judged.name)}: {said}")
        for each in judged.silenced:
            if each.shown is None:
                self._hidden += each.count
            else:
                self._changed += each.count
        if judged.conforms:
            self._conform += 1
        elif report.complete:
            self._do_not += 1
        else:
            self._unknown += 1

    def close(self) -> None:
        """Write the summary."""
        for name, step in self._steps.items():
            counts = ", ".join(
                f"{n} {_OUTCOMES[outcome].get(self._lang)}"
                for outcome, n in step.outcomes.items()
            )
            versions = "".join(f"; {one_line(version)}" for version in step.versions)
            tell(f"{name}: {counts}{versions}; {step.seconds:.3f} s")
        total = self._conform + self._do_not + self._unknown
        if not total:
            tell(_NOTHING.get(self._lang))
            return
        verdicts = ", ".join(
            self._said(number, words)
            for number, words in (
                (self._conform, _CONFORM),
                (self._do_not, _DO_NOT),
                (self._unknown, _UNKNOWN),
            )
            if number
        )
        silenced = "".join(
            f"; {self._said(number, words)}"
            for number, words in ((self._hidden, _HIDDEN), (self._changed, _CHANGED))
            if number
        )
        tell(f"{self._said(total, _FILES)}: {verdicts}{silenced}")

    def _said(self, number: int, words: _Words) -> str:
        return f"{number} {words[number > 1].get(self._lang)}"
