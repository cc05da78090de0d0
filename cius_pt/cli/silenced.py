# SPDX-License-Identifier: MIT
"""What a report does not show as the rules said it: never silently."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cius_pt.cli.text import visible
from cius_pt.findings import Finding, Severity
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class Silenced:
    """Findings of one rule in one document that were hidden or count as less or more.

    `severity` is what the rule says, `shown` what the report shows instead, None when
    the `count` findings are not in it; `by` names who wanted it, such as
    ``cius-pt.toml`` or ``--baseline known.json``.
    """

    rule: str
    severity: Severity
    shown: Severity | None
    count: int
    by: str

    def __str__(self) -> str:
        many = "" if self.count == 1 else "s"
        what = f"{self.count} finding{many} of {self.rule} ({self.severity})"
        became = "hidden" if self.shown is None else f"shown as {self.shown}"
        return visible(f"{what} {became} by {self.by}")

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form; `shown` is null when the findings are hidden."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "shown": None if self.shown is None else self.shown.value,
            "count": self.count,
            "by": self.by,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One finding that was hidden or counts as less or more.

    `published` is what the rule said in this `step`, `shown` what stands in its place
    in the report, None when nothing does.
    """

    step: str
    advisory: bool
    published: Finding
    shown: Finding | None
    by: str


def counted(changes: Iterable[Change]) -> tuple[Silenced, ...]:
    """Return the changes of one document, rule by rule in the order of the report."""
    numbers = Counter(
        (
            each.published.rule,
            each.published.severity,
            None if each.shown is None else each.shown.severity,
            each.by,
        )
        for each in changes
    )
    return tuple(
        Silenced(rule=rule, severity=severity, shown=shown, count=count, by=by)
        for (rule, severity, shown, by), count in numbers.items()
    )
