# SPDX-License-Identifier: MIT
"""Reports as text: one finding per line, made for `grep` and for eyes.

``file:line: severity RULE term field: message``; what is not known is ``-``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.cli.streams import put, tell
from cius_pt.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cius_pt.findings import Finding, Report

# A message may quote a document, and a document may be megabytes long.
_LONGEST: Final = 2_000


def visible(text: str) -> str:
    """Return `text` with an escape for what does not print.

    Documents and file names are hostile: they may hold commands for the terminal.
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )


def one_line(text: str) -> str:
    """Return `text` as one line, its white space collapsed, long text cut."""
    line = " ".join(text.split())
    return visible(line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…")


class TextReports:
    """Writes findings as they come, to standard output if no other `out` is given.

    Findings below `threshold` are counted on standard error instead.
    """

    def __init__(
        self, threshold: Severity, *, out: Callable[[str], None] = put
    ) -> None:
        self._threshold = threshold
        self._put = out

    def write(self, file: str, report: Report) -> None:
        """Write the findings of one document."""
        name = visible(file)
        folded: dict[Severity, int] = {}
        lines = []
        for finding in report.findings:
            if finding.severity.reaches(self._threshold):
                lines.append(f"{name}:{finding_line(finding)}\n")
            else:
                folded[finding.severity] = folded.get(finding.severity, 0) + 1
        if lines:
            self._put("".join(lines))
        if folded:
            counts = ", ".join(_counts(folded.items()))
            tell(f"{name}: {counts} (--warnings shows them)")

    def close(self) -> None:
        """End the output: text has no end."""


def finding_line(finding: Finding) -> str:
    """Return a finding as what follows the name of its file."""
    place = finding.location
    number = f"{place.line}:" if place.line is not None else ""
    where = place.path or place.xpath or "-"
    hint = f" ({finding.hint})" if finding.hint else ""
    line = one_line(
        f"{finding.severity} {finding.rule} {finding.bt or '-'} {where}: "
        f"{finding.message}{hint}"
    )
    return f"{number} {line}"


def _counts(numbers: Iterable[tuple[Severity, int]]) -> Iterator[str]:
    for severity, number in numbers:
        many = "s" if severity is Severity.WARNING and number > 1 else ""
        yield f"{number} {severity}{many}"
