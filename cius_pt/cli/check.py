# SPDX-License-Identifier: MIT
"""``cius-pt check``: everything that can be known before a document is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cius_pt import checking
from cius_pt.cli.exit_codes import COULD_NOT, DONE, FINDINGS
from cius_pt.cli.files import STDIN, find
from cius_pt.cli.json_report import JsonReports
from cius_pt.cli.streams import tell
from cius_pt.cli.tally import Tally
from cius_pt.cli.text import TextReports, visible
from cius_pt.errors import UnreadableDocument
from cius_pt.findings import Severity

if TYPE_CHECKING:
    from cius_pt.cli.files import Source
    from cius_pt.findings import Report

_NEVER = "never"


@click.command(short_help="Check documents before they are sent.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write the findings to standard output.",
)
@click.option(
    "--rules",
    metavar="auto|NAME|PATH",
    default="auto",
    show_default=True,
    help="The rule set: auto is the newest published one that is installed; "
    "espap-2.1.2, espap-2.1.1, or the path of another.",
)
@click.option(
    "--fail-on",
    type=click.Choice([*(severity.value for severity in Severity), _NEVER]),
    default=Severity.FATAL.value,
    show_default=True,
    help="Exit with 1 when a finding is at least as bad as this.",
)
@click.option(
    "--warnings",
    "show_all",
    is_flag=True,
    help="Show each warning; without it text only counts them.",
)
@click.pass_context
def check(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    files: tuple[str, ...],
    form: str,
    rules: str,
    fail_on: str,
    show_all: bool,
) -> None:
    """Check UBL documents: XML, schema, rules.

    FILE is a file, a folder (every .xml file below it), a pattern, or "-" for
    standard input. Findings go to standard output, one per line
    (file:line: severity RULE term field: message); everything else goes to standard
    error.

    Exit codes: 0 no finding at or above --fail-on; 1 findings; 2 something could not
    be checked. The worst of several files counts.
    """
    if files.count(STDIN) > 1:
        raise click.UsageError('"-" can be read only once')
    threshold = None if fail_on == _NEVER else Severity(fail_on)
    found = find(files)
    for problem in found.problems:
        tell(visible(problem))
    code = COULD_NOT if found.problems else DONE
    output = (
        JsonReports() if form == "json" else TextReports(_shown(threshold, show_all))
    )
    tally = Tally()
    for source in found.sources:
        report = _report(source, rules)
        output.write(source.name, report)
        tally.add(source.name, report)
        code = max(code, _exit_code(report, threshold))
    output.close()
    tally.close()
    context.exit(code)


def _shown(threshold: Severity | None, show_all: bool) -> Severity:
    """Return the least severity that text shows: what makes us fail is shown."""
    if show_all:
        return Severity.INFO
    return threshold or Severity.FATAL


def _report(source: Source, rules: str) -> Report:
    try:
        data = source.read()
    except UnreadableDocument as error:
        return checking.unreadable(error)
    except OSError as error:
        said = error.strerror or type(error).__name__
        return checking.not_read(f"cannot be read: {said}")
    return checking.check(data, rules=rules)


def _exit_code(report: Report, threshold: Severity | None) -> int:
    if not report.complete:
        return COULD_NOT
    if threshold is None:
        return DONE
    reached = any(f.severity.reaches(threshold) for f in report.findings)
    return FINDINGS if reached else DONE
