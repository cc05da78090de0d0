# SPDX-License-Identifier: MIT
"""``cius-pt check``: everything that can be known before a document is sent."""

from __future__ import annotations

from contextlib import closing, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from cius_pt import artefacts, checking
from cius_pt.cli.check_settings import adjustment, settings_options
from cius_pt.cli.exit_codes import COULD_NOT, DONE, FINDINGS
from cius_pt.cli.files import STDIN, find
from cius_pt.cli.formats import FORMATS, Outputs, Setting, output_files
from cius_pt.cli.judging import reports
from cius_pt.cli.language import language, language_option
from cius_pt.cli.look import CHOICES, look
from cius_pt.cli.progress import Progress
from cius_pt.cli.streams import tell
from cius_pt.cli.tally import Tally
from cius_pt.cli.text import visible
from cius_pt.cli.writing import write_whole
from cius_pt.errors import ArtefactError
from cius_pt.findings import Severity

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from cius_pt.cli.journal import Journal
    from cius_pt.cli.look import Choice
    from cius_pt.cli.stats import Stats
    from cius_pt.findings import Report

_NEVER = "never"


@click.command(short_help="Check documents before they are sent.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How to write to standard output: text for eyes and grep, json as one "
    "document, ndjson as one object to a line, sarif 2.1.0 for code scanning, junit "
    "for test reports, github for annotations of a workflow, html as a page with the "
    "findings beside the invoice.",
)
@click.option(
    "--output",
    "outputs",
    metavar="FORMAT=FILE",
    multiple=True,
    help="Write this format to a file, too; again for more. The file appears when it "
    "is whole.",
)
@click.option(
    "--rules",
    metavar="auto|NAME|PATH",
    default="auto",
    show_default=True,
    help="The rule set: auto is the newest published one that is installed, else the "
    "built-in rulebook-2.1.2; espap-2.1.2, espap-2.1.1, or the path of another.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="With the built-in rules: warn of what the published ones let pass, too.",
)
@click.option(
    "--recipient",
    metavar="NAME|FILE.toml",
    help="Look also at what this buyer demands: feap, madeira, or a profile of yours.",
)
@click.option(
    "--also",
    type=click.Choice(["en16931"]),
    help="Show also what CEN's rules for EN 16931 say; it changes no verdict.",
)
@click.option(
    "--fail-on",
    type=click.Choice([*(severity.value for severity in Severity), _NEVER]),
    default=Severity.FATAL.value,
    show_default=True,
    help="Exit with 1 when a finding is at least as bad as this.",
)
@settings_options
@click.option(
    "--warnings",
    "show_all",
    is_flag=True,
    help="Show each warning; without it text only counts them.",
)
@click.option(
    "--explain",
    is_flag=True,
    help="In text, say below each finding where it is, what the rule asks, why, how to "
    "fix it, and show the lines of the document.",
)
@click.option(
    "--fold/--no-fold",
    default=True,
    help="In text, show once what a rule says of many places, and list their lines; "
    "--no-fold shows each.",
)
@click.option(
    "--color",
    "colour",
    type=click.Choice(CHOICES),
    default="auto",
    show_default=True,
    help="Colours in text: auto on a terminal, as NO_COLOR and FORCE_COLOR say.",
)
@language_option
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Check in so many processes.",
)
@click.option(
    "--seconds",
    metavar="N",
    type=click.FloatRange(min=0, min_open=True),
    help="Give up a document after so long and go on. With --jobs it is 300 anyway.",
)
@click.option(
    "--resume",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A journal: what stands there is not checked again, what is checked is added.",
)
@click.option(
    "--svrl",
    metavar="OUT.xml",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what the rules say of the one document as standard SVRL, too.",
)
@click.option(
    "--stats",
    is_flag=True,
    help="At the end, tell on standard error the verdicts, the rules most often "
    "broken, the time of each step and the slowest documents.",
)
@click.pass_context
def check(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    files: tuple[str, ...],
    form: str,
    outputs: tuple[str, ...],
    rules: str,
    strict: bool,
    recipient: str | None,
    also: Literal["en16931"] | None,
    fail_on: str,
    allow: tuple[str, ...],
    baseline: Path | None,
    write_baseline: Path | None,
    show_all: bool,
    explain: bool,
    fold: bool,
    colour: Choice,
    lang: str | None,
    jobs: int,
    seconds: float | None,
    resume: Path | None,
    svrl: Path | None,
    stats: bool,
) -> None:
    """Check UBL documents: XML, schema, rules, fiscal facts.

    FILE is a file, a folder (every .xml file below it), a pattern, or "-" for
    standard input. Findings go to standard output, one per line
    (file:line: severity RULE term field: message), what a rule says of many places
    once; everything else goes to standard error.

    Exit codes: 0 no finding at or above --fail-on; 1 findings; 2 something could not
    be checked. The worst of several files counts.
    """
    if files.count(STDIN) > 1:
        raise click.UsageError('"-" can be read only once')
    threshold = None if fail_on == _NEVER else Severity(fail_on)
    if strict:
        rules = _strict(rules)
    found = find(files)
    for problem in found.problems:
        tell(visible(problem))
    code = COULD_NOT if found.problems else DONE
    names = [source.name for source in found.sources]
    to_files = output_files(outputs, names)
    adjust = adjustment(
        context,
        allow,
        (baseline, write_baseline),
        rules=rules,
        taken=[*names, *(str(path) for _, path in to_files)],
    )
    if svrl is not None and (len(found.sources) != 1 or STDIN in files):
        raise click.UsageError("--svrl is for one document in a file")
    tally = _tally(lang, stats=stats)
    progress = Progress(len(found.sources))
    asked = checking.Asked(
        rules=rules, lang=language(lang), recipient=recipient, also=also
    )
    setting = Setting(
        lang=asked.lang,
        threshold=_shown(threshold, show_all),
        problems=found.problems,
        look=look(fold=fold, explain=explain, colour=colour),
    )
    with (
        Outputs(form, setting, to_files) as output,
        _journal(resume, asked) as journal,
    ):
        for judged in reports(
            found.sources,
            asked,
            jobs=jobs,
            seconds=seconds,
            journal=journal,
        ):
            progress.erase()
            adjusted = adjust(judged)
            output.write(adjusted)
            tally.add(adjusted)
            progress.step()
            code = max(code, _exit_code(adjusted.report, threshold))
        progress.erase()
        output.close()
    tally.close()
    for note in adjust.close():
        tell(visible(note))
    if svrl is not None:
        write_whole(svrl, checking.svrl(found.sources[0].read(), rules=rules))
    context.exit(code)


def _strict(rules: str) -> str:
    """Return the strict form of the built-in rules; no others have one."""
    name = artefacts.resolve(rules).name if rules == "auto" else rules
    if name not in {artefacts.RULEBOOK, artefacts.STRICT}:
        raise click.UsageError(
            f"--strict is for the built-in rules: add --rules {artefacts.RULEBOOK}"
        )
    return artefacts.STRICT


def _tally(lang: str | None, *, stats: bool) -> Tally | Stats:
    if not stats:
        return Tally(language(lang))
    from cius_pt.cli.stats import Stats  # noqa: PLC0415 - only who asks for them

    return Stats(language(lang))


def _journal(
    path: Path | None, asked: checking.Asked
) -> AbstractContextManager[Journal | None]:
    """Open the journal of --resume; it holds for what was asked for, and no more."""
    if path is None:
        return nullcontext()
    # Late: only a batch that may be resumed needs them.
    from importlib.metadata import version  # noqa: PLC0415

    from cius_pt.cli.journal import Journal  # noqa: PLC0415
    from cius_pt.rules import recipients  # noqa: PLC0415

    settings: str | None = None
    # Without a rule set no report leaves nothing unknown; each says why.
    with suppress(ArtefactError):
        rule_set = artefacts.resolve(asked.rules)
        settings = f"cius-pt {version('cius-pt')} {rule_set.content_hash} {asked.lang}"
        settings += f" {asked.also}" if asked.also else ""
        if asked.recipient is not None:
            settings += f" {recipients.load(asked.recipient)!r}"
    return closing(Journal(path, settings))


def _shown(threshold: Severity | None, show_all: bool) -> Severity:
    """Return the least severity that text shows: what makes us fail is shown."""
    if show_all:
        return Severity.INFO
    return threshold or Severity.FATAL


def _exit_code(report: Report, threshold: Severity | None) -> int:
    if not report.complete:
        return COULD_NOT
    if threshold is None:
        return DONE
    reached = any(f.severity.reaches(threshold) for f in report.findings)
    return FINDINGS if reached else DONE
