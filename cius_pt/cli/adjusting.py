# SPDX-License-Identifier: MIT
"""Reports as the user wants them: findings hidden, or counting as less or more.

The verdict of the rules stays what it is, and whatever is changed is counted. What is
fatal becomes less only by what stands on the command line: ``--allow RULE`` or a
baseline. What says that nobody looked is never touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING, Final

from cius_pt.cli.rule_patterns import best, matches
from cius_pt.cli.silenced import Change, counted
from cius_pt.findings import Outcome, Severity
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.cli.baseline import Baseline, Known, Written
    from cius_pt.cli.judging import Judged
    from cius_pt.findings import Check, Finding, Report

# Where the published rules stop they judge nothing: no finding of the others is known.
UNTOUCHED: Final = "CP-ABORT-*"
_NAMED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the settings say of findings; `by` is what reports call the settings.

    Of `severity`, None means hidden. The entries of `ignore` go first, then `select`.
    """

    by: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity | None] = field(default_factory=dict)

    def of(self, finding: Finding) -> Severity | None:
        """Return what a finding should count as, None for hidden."""
        rule = finding.rule
        if any(matches(pattern, rule) for pattern in self.ignore):
            return None
        if self.select and not any(matches(pattern, rule) for pattern in self.select):
            return None
        pattern = best(self.severity, rule)
        return finding.severity if pattern is None else self.severity[pattern]


class Adjustment:
    """Adjusts reports one after the other, and remembers what had no effect.

    `allowed` are rule ids in upper case; what `baseline` knows is hidden, and `written`
    gets everything as the rules said it.
    """

    def __init__(
        self,
        wanted: Wanted | None = None,
        *,
        allowed: frozenset[str] = frozenset(),
        baseline: Baseline | None = None,
        written: Written | None = None,
    ) -> None:
        self._wanted = wanted or Wanted()
        self._allowed = allowed
        self._baseline = baseline
        self._written = written
        self._refused: dict[str, None] = {}
        self._unknown: dict[str, None] = {}

    def __call__(self, judged: Judged) -> Judged:
        """Return a file with its report as it is to be shown."""
        report = judged.report
        if self._written is not None:
            self._written.add(judged.name, report)
        known = None if self._baseline is None else self._baseline.known(judged.name)
        held = holds(report)
        checks, changes = [], list[Change]()
        for check in report.checks:
            found = [
                (f, self._change(check, f, known, held=held)) for f in check.findings
            ]
            made = [change for _, change in found if change is not None]
            if made:
                shown = (f if change is None else change.shown for f, change in found)
                left = tuple(finding for finding in shown if finding is not None)
                checks.append(_adjusted(check, left))
            else:
                checks.append(check)
            changes += made
        if known is not None and report.complete and not held:
            known.close()
        if not changes:
            return judged
        return replace(
            judged,
            report=replace(report, checks=tuple(checks)),
            silenced=counted(changes),
            changes=tuple(changes),
        )

    def close(self) -> Iterator[str]:
        """Write the new baseline, if any, and yield what had no effect, and why."""
        if self._refused:
            yield (
                f"{self._wanted.by}: {_few(self._refused)} is fatal and stays so; what "
                "is fatal becomes less only when the command line says --allow RULE"
            )
        if self._unknown:
            yield (
                f"{_few(self._unknown)} cannot be hidden or lowered: because of it "
                "something was not looked at, and nothing is known of that"
            )
        if self._baseline is not None:
            yield from self._baseline.notes()
        if self._written is not None:
            yield from self._written.close()

    def _change(
        self, check: Check, finding: Finding, known: Known | None, *, held: bool
    ) -> Change | None:
        """Return what becomes of a finding, None when it stays as it is."""
        fatal = finding.severity is Severity.FATAL
        severity, by = self._shown(check, finding)
        if untouchable(check, finding, held=held):
            if fatal and severity is not Severity.FATAL:
                self._unknown[finding.rule] = None
            return None
        if known is not None and known.take(finding):
            return _change(check, finding, None, known.by)
        if severity is finding.severity:
            return None
        if fatal and finding.rule.upper() not in self._allowed:
            self._refused[finding.rule] = None
            return None
        return _change(check, finding, severity, by)

    def _shown(self, check: Check, finding: Finding) -> tuple[Severity | None, str]:
        """Return what a finding should count as, and who says so."""
        severity = self._wanted.of(finding)
        # A second opinion changes no verdict, whoever would like it to.
        if check.advisory and severity and severity.reaches(finding.severity):
            severity = finding.severity
        allowed = finding.rule.upper() in self._allowed
        if allowed and finding.severity is severity is Severity.FATAL:
            return Severity.WARNING, f"--allow {finding.rule}"
        return severity, self._wanted.by


def holds(report: Report) -> bool:
    """Whether a step that decides was skipped: what is fatal then stays so.

    It may be why the step was skipped, and nobody knows what that would have found.
    """
    return any(
        check.outcome is Outcome.SKIPPED and not check.advisory
        for check in report.checks
    )


def untouchable(check: Check, finding: Finding, *, held: bool) -> bool:
    """Whether a finding is shown as it is, whatever anyone says."""
    return (
        check.outcome is Outcome.SKIPPED
        or (held and finding.severity is Severity.FATAL)
        or matches(UNTOUCHED, finding.rule)
    )


def _change(
    check: Check, finding: Finding, severity: Severity | None, by: str
) -> Change:
    return Change(
        step=check.name,
        advisory=check.advisory,
        published=finding,
        shown=None if severity is None else replace(finding, severity=severity),
        by=by,
    )


def _adjusted(check: Check, findings: tuple[Finding, ...]) -> Check:
    """Return a step with these findings; its outcome follows what is fatal of them."""
    outcome = check.outcome
    if _fatal(findings):
        outcome = outcome if _fatal(check.findings) else Outcome.FAILED
    elif _fatal(check.findings) and outcome is Outcome.FAILED:
        outcome = Outcome.PASSED
    return replace(check, findings=findings, outcome=outcome)


def _fatal(findings: tuple[Finding, ...]) -> bool:
    return any(finding.severity is Severity.FATAL for finding in findings)


def _few(rules: dict[str, None]) -> str:
    names = list(rules)
    more = f" (and {len(names) - _NAMED} more)" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"
