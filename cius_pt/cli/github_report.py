# SPDX-License-Identifier: MIT
"""Findings as workflow commands of GitHub Actions: annotations at their lines.

``::error file=…,line=…,col=…,title=…::message``. The runner decodes ``%25``, ``%0D``
and ``%0A`` in messages, in properties ``%3A`` and ``%2C`` too, and knows no other
escapes (GitHub's documentation of workflow commands; toolkit, `command.ts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.cli.streams import put
from cius_pt.cli.text import visible
from cius_pt.cli.unknowns import gaps
from cius_pt.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cius_pt.cli.judging import Judged
    from cius_pt.findings import Finding

_COMMANDS: Final[Mapping[Severity, str]] = {
    Severity.FATAL: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}


class GithubReports:
    """Writes one annotation for each finding, as they come.

    `problems` are what the command line named and what is not there.
    """

    def __init__(
        self, problems: Iterable[str] = (), *, out: Callable[[str], None] = put
    ) -> None:
        self._put = out
        for problem in problems:
            out(_command("error", {"title": "not checked"}, problem))

    def write(self, judged: Judged) -> None:
        """Write the annotations of one document."""
        file, report = judged.name, judged.report
        lines = [_annotation(file, finding) for finding in report.findings]
        for step, reason, bad in gaps(report):
            command = "error" if bad else "notice"
            about = {"file": file, "title": step}
            lines.append(_command(command, about, reason))
        if judged.silenced:
            verdict = "conforms" if judged.conforms else "does not conform"
            said = [f"{verdict} by the rules; not shown as they say it:"]
            about = {"file": file, "title": "silenced"}
            text = "\n".join([*said, *map(str, judged.silenced)])
            lines.append(_command("notice", about, text))
        if lines:
            self._put("".join(lines))

    def close(self) -> None:
        """End the output: lines have no end."""


def _annotation(file: str, finding: Finding) -> str:
    place = finding.location
    term = f" ({finding.bt})" if finding.bt else ""
    properties = {
        "file": file,
        "line": place.line,
        # The runner refuses a column without a line.
        "col": None if place.line is None else place.column,
        "title": f"{finding.rule}{term}",
    }
    where = place.path or place.xpath
    parts = [finding.message, finding.hint or "", where or ""]
    text = "\n".join(part for part in parts if part)
    return _command(_COMMANDS[finding.severity], properties, text)


def _command(name: str, properties: Mapping[str, object], text: str) -> str:
    said = ",".join(
        f"{key}={_escaped(visible(str(value))).replace(':', '%3A').replace(',', '%2C')}"
        for key, value in properties.items()
        if value is not None
    )
    # Line ends stay; what else does not print could command the reader's terminal.
    message = "\n".join(visible(line) for line in text.split("\n"))
    return f"::{name} {said}::{_escaped(message)}\n"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
