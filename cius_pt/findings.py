# SPDX-License-Identifier: MIT
"""What a check found: values, never exceptions.

A `Report` is a list of `Check`s, a check is a list of `Finding`s. Unknown is never
clean: a step that did not run is SKIPPED and its report does not conform, and the
report without any step does not conform either.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cius_pt.errors import FindingsError
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence


class Severity(StrEnum):
    """How bad a finding is. FATAL and WARNING are the publisher's; INFO is ours."""

    FATAL = "fatal"
    WARNING = "warning"
    INFO = "info"

    def reaches(self, threshold: Severity) -> bool:
        """Whether this is at least as bad as `threshold`."""
        order = list(Severity)
        return order.index(self) <= order.index(threshold)


class Outcome(StrEnum):
    """What became of one step of a check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not-applicable"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where in a document: every part may be unknown.

    `xpath` names the element with the usual UBL prefixes, `path` the field of our
    model; `line` and `column` count from 1 in the bytes that were checked.
    """

    xpath: str | None = None
    path: str | None = None
    line: int | None = None
    column: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: all four keys, unknown ones null."""
        return {
            "xpath": self.xpath,
            "path": self.path,
            "line": self.line,
            "column": self.column,
        }


NOWHERE = Location()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong at one place; its identity is (rule, location).

    `rule` is the publisher's id (``BR-CO-25``) or ours (``CP-<AREA>-<nn>``, never
    renumbered); `message` is the publisher's text, word for word; `hint` is our
    advice; `bt` is the business term, when one is known.
    """

    rule: str
    severity: Severity
    message: str
    location: Location = NOWHERE
    hint: str | None = None
    bt: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "message": self.message,
            "hint": self.hint,
            "bt": self.bt,
            "location": self.location.to_dict(),
        }


def outcome_of(findings: Sequence[Finding]) -> Outcome:
    """Return what becomes of a step that ran to its end and found these."""
    if not findings:
        return Outcome.PASSED
    fatal = any(finding.severity is Severity.FATAL for finding in findings)
    return Outcome.FAILED if fatal else Outcome.PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One step over one document: its outcome, its findings, how long it took.

    `version` names exactly what was run (rule set, version, short content hash).
    `reason` says why a step is SKIPPED or NOT_APPLICABLE and what to do about it;
    `spared_by` names the step whose failure made it pointless to run this one. An
    `advisory` step is a second opinion: it says what it says and changes no verdict.
    """

    name: str
    outcome: Outcome
    version: str = ""
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0
    reason: str | None = None
    spared_by: str | None = None
    advisory: bool = False

    @property
    def explained(self) -> bool:
        """Whether it ran, or did not because of what the document says."""
        fatal = any(f.severity is Severity.FATAL for f in self.findings)
        skipped = self.outcome is Outcome.SKIPPED
        return not skipped or fatal or self.spared_by is not None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "name": self.name,
            "version": self.version,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "seconds": round(self.seconds, 6),
            "findings": [finding.to_dict() for finding in self.findings],
            **({"advisory": True} if self.advisory else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All steps over one document, in the order in which they ran."""

    checks: tuple[Check, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings of all steps."""
        return tuple(finding for check in self.checks for finding in check.findings)

    @property
    def conforms(self) -> bool:
        """Whether nothing is fatal, nothing was skipped and something passed."""
        outcomes = [check.outcome for check in self._deciding]
        return (
            Outcome.PASSED in outcomes
            and Outcome.FAILED not in outcomes
            and Outcome.SKIPPED not in outcomes
            and not self._fatal
        )

    @property
    def complete(self) -> bool:
        """Whether every step ran, or did not because of what the document says.

        A report that is not complete says too little about the document: a missing
        rule set, a check that crashed.
        """
        decide = self._deciding
        return bool(decide) and all(check.explained for check in decide)

    def count(self, severity: Severity) -> int:
        """How many findings have exactly this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def summary(self) -> str:
        """Return one line: the first fatal finding, how many more, what was skipped."""
        fatal = self._fatal
        if fatal:
            more = f" (and {len(fatal) - 1} more)" if len(fatal) > 1 else ""
            return f"{fatal[0].rule}: {fatal[0].message}{more}"
        skipped = [c for c in self._deciding if c.outcome is Outcome.SKIPPED]
        if skipped:
            return f"step {skipped[0].name} was skipped: {skipped[0].reason}"
        return "conforms" if self.conforms else "nothing was checked"

    @property
    def _deciding(self) -> tuple[Check, ...]:
        """The steps that the verdict is made of."""
        return tuple(check for check in self.checks if not check.advisory)

    @property
    def _fatal(self) -> list[Finding]:
        found = (f for check in self._deciding for f in check.findings)
        return [finding for finding in found if finding.severity is Severity.FATAL]

    def raise_for_fatal(self) -> None:
        """Raise `FindingsError` unless this report conforms."""
        if not self.conforms:
            raise FindingsError(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form of design §6, without the file's name."""
        return {
            "conforms": self.conforms,
            "checks": [check.to_dict() for check in self.checks],
        }
