# SPDX-License-Identifier: MIT
"""The summary of a check on standard error: steps, skips, verdicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cius_pt.cli.streams import tell
from cius_pt.cli.text import one_line, visible
from cius_pt.findings import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.cli.judging import Judged
    from cius_pt.findings import Check


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

    def __init__(self) -> None:
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
            said = f"{', '.join(names)} skipped: {one_line(reason)}"
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
            counts = ", ".join(f"{n} {outcome}" for outcome, n in step.outcomes.items())
            versions = "".join(f"; {one_line(version)}" for version in step.versions)
            tell(f"{name}: {counts}{versions}; {step.seconds:.3f} s")
        total = self._conform + self._do_not + self._unknown
        if not total:
            tell("no file was checked")
            return
        files = "1 file" if total == 1 else f"{total} files"
        silenced = "".join(f"; {said}" for said in self._silenced())
        tell(f"{files}: {', '.join(self._verdicts())}{silenced}")

    def _silenced(self) -> Iterator[str]:
        if self._hidden:
            yield f"{self._hidden} finding{'s' * (self._hidden > 1)} hidden"
        if self._changed:
            many = "s" * (self._changed > 1)
            yield f"{self._changed} finding{many} shown as less or more"

    def _verdicts(self) -> Iterator[str]:
        if self._conform:
            yield f"{self._conform} conform{'s' if self._conform == 1 else ''}"
        if self._do_not:
            verb = "does" if self._do_not == 1 else "do"
            yield f"{self._do_not} {verb} not conform"
        if self._unknown:
            yield f"{self._unknown} could not be checked"
