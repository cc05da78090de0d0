# SPDX-License-Identifier: MIT
"""Reports as JUnit XML: a suite for each document, a case for each step.

FAILED is a failure; a step that was skipped and leaves something unknown is an error,
one that another step's failure or the document made pointless is skipped. What does
not decide the verdict (warnings, the second opinion) is in ``system-out``. Suites are
written as they come; only the end of the document is missing until then. Where not all
is shown as the rules said it, the properties of the suite say what, and the verdict.

All is ASCII, the rest as references, so that a terminal of any encoding gives XML.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cius_pt.cli.streams import put
from cius_pt.cli.text import finding_line
from cius_pt.cli.unknowns import NOTHING, nothing, unknown
from cius_pt.findings import Outcome, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cius_pt.cli.judging import Judged
    from cius_pt.findings import Check

_START: Final = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="cius-pt">\n'
# XML 1.0, production 2: these characters it cannot hold, not even as references.
# DEL and what follows it can be held, but a terminal obeys it.
_NO_XML: Final = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
# Line ends and tabs as references: a reader makes spaces of them in attributes.
_ESCAPED: Final = re.compile("[&<>\"'\t\n\r]|[^\x20-\x7e]")


class JunitReports:
    """Writes a suite for each report; `problems` are files that are not there."""

    def __init__(
        self, problems: Iterable[str] = (), *, out: Callable[[str], None] = put
    ) -> None:
        self._put = out
        out(_START)
        for problem in problems:
            self._suite(problem, [_nothing(problem, problem)], errors=1)

    def write(self, judged: Judged) -> None:
        """Write the suite of one document."""
        file, report = judged.name, judged.report
        cases = [_case(file, check) for check in report.checks]
        # A suite without a test is green.
        empty = nothing(report)
        if empty:
            cases.append(_nothing(file, NOTHING))
        decide = [check for check in report.checks if not check.advisory]
        self._suite(
            file,
            cases,
            failures=sum(map(_failed, decide)),
            errors=sum(map(unknown, decide)) + empty,
            skipped=sum(map(_spared, report.checks)),
            seconds=sum(check.seconds for check in report.checks),
            properties=_properties(judged),
        )

    def close(self) -> None:
        """End the document."""
        self._put("</testsuites>\n")

    def _suite(  # noqa: PLR0913 - the counts of a suite
        self,
        name: str,
        cases: list[str],
        *,
        failures: int = 0,
        errors: int = 0,
        skipped: int = 0,
        seconds: float = 0.0,
        properties: str = "",
    ) -> None:
        self._put(
            f'<testsuite name="{_xml(name)}" tests="{len(cases)}" '
            f'failures="{failures}" errors="{errors}" skipped="{skipped}" '
            f'time="{seconds:.6f}">\n{properties}{"".join(cases)}</testsuite>\n'
        )


def _properties(judged: Judged) -> str:
    if not judged.silenced:
        return ""
    pairs = [("conforms", str(judged.conforms).lower())]
    pairs += [("silenced", str(each)) for each in judged.silenced]
    lines = [f'<property name="{name}" value="{_xml(v)}"/>\n' for name, v in pairs]
    return f"<properties>\n{''.join(lines)}</properties>\n"


def _case(file: str, check: Check) -> str:
    start = (
        f'<testcase classname="{_xml(file)}" name="{_xml(check.name)}" '
        f'time="{check.seconds:.6f}">'
    )
    reason = _xml(check.reason or "no reason was given")
    inside = ""
    if unknown(check):
        inside = f'<error type="skipped" message="{reason}"/>'
    elif _failed(check) and not check.advisory:
        inside = _failure(check)
    elif _spared(check):
        inside = f'<skipped message="{reason}"/>'
    lines = [check.version] if check.version else []
    if check.advisory:
        lines.append(f"advisory: {check.outcome.value}")
    lines += [
        f"{file}:{finding_line(f)}"
        for f in check.findings
        if check.advisory or f.severity is not Severity.FATAL
    ]
    said = _xml("\n".join(lines))
    out = f"<system-out>{said}</system-out>" if said else ""
    return f"{start}{inside}{out}</testcase>\n"


def _failure(check: Check) -> str:
    fatal = [f for f in check.findings if f.severity is Severity.FATAL]
    # What made the step fail: the fatal findings, else what it found at all.
    shown = fatal or list(check.findings)
    kind, message = "failed", check.reason or check.outcome.value
    if shown:
        more = f" (and {len(shown) - 1} more)" if len(shown) > 1 else ""
        kind, message = shown[0].rule, f"{shown[0].message}{more}"
    text = "\n".join(finding_line(finding) for finding in shown)
    return (
        f'<failure type="{_xml(kind)}" message="{_xml(message)}">{_xml(text)}</failure>'
    )


def _nothing(file: str, reason: str) -> str:
    return (
        f'<testcase classname="{_xml(file)}" name="check" time="0.000000">'
        f'<error type="skipped" message="{_xml(reason)}"/></testcase>\n'
    )


def _failed(check: Check) -> bool:
    fatal = any(f.severity is Severity.FATAL for f in check.findings)
    return check.outcome is Outcome.FAILED or fatal


def _spared(check: Check) -> bool:
    if check.advisory:
        return check.outcome in {Outcome.SKIPPED, Outcome.NOT_APPLICABLE}
    apart = unknown(check) or _failed(check)
    return not apart and check.outcome is not Outcome.PASSED


def _xml(text: str) -> str:
    """Return `text` for XML, escaped where XML cannot hold it."""
    held = _NO_XML.sub(lambda c: c[0].encode("unicode_escape").decode(), text)
    return _ESCAPED.sub(lambda c: f"&#{ord(c[0])};", held)
