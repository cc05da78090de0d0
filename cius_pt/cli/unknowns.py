# SPDX-License-Identifier: MIT
"""What a report does not know: no format may show it as clean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.findings import Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.findings import Check, Report

NOTHING: Final = "nothing was checked"


def unknown(check: Check) -> bool:
    """Whether a step was skipped for no reason that lies in the document."""
    return not check.advisory and not check.explained


def nothing(report: Report) -> bool:
    """Whether no step that decides had anything to say."""
    return all(
        check.advisory or check.outcome is Outcome.NOT_APPLICABLE
        for check in report.checks
    )


def gaps(report: Report) -> Iterator[tuple[str, str, bool]]:
    """Yield what findings do not say: step, reason, and whether it is an error.

    These are the steps that were skipped, those that failed and do not say why, and
    the report without any step.
    """
    for check in report.checks:
        fatal = any(f.severity is Severity.FATAL for f in check.findings)
        if check.outcome is Outcome.SKIPPED:
            yield (
                check.name,
                f"skipped: {check.reason or 'no reason was given'}",
                unknown(check),
            )
        elif check.outcome is Outcome.FAILED and not fatal and not check.advisory:
            yield check.name, f"failed: {check.reason or 'no reason was given'}", True
    if nothing(report):
        yield "check", NOTHING, True
