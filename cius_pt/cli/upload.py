# SPDX-License-Identifier: MIT
"""``cius-pt upload``: documents to iLink, each of them once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cius_pt.broker.preflight import Sending
from cius_pt.broker.replies import Outcome, Receipt
from cius_pt.circumstances import told
from cius_pt.cli.broker import broker, config_option
from cius_pt.cli.exit_codes import COULD_NOT, DONE, FINDINGS, OUTSIDE_FAILED
from cius_pt.cli.files import STDIN, find
from cius_pt.cli.form import format_option
from cius_pt.cli.language import language, language_option
from cius_pt.cli.streams import tell
from cius_pt.cli.text import visible
from cius_pt.cli.uploads import JsonUploads, TextUploads
from cius_pt.errors import (
    BrokerRefused,
    BrokerUnauthorised,
    BrokerUnreachable,
    CiusPtError,
    FindingsError,
    OutcomeUnknown,
)
from cius_pt.findings import Finding
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from cius_pt.broker.preflight import Prepared
    from cius_pt.cli.files import Source
    from cius_pt.findings import Report

# What an error means: outcome, exit code, and whether those after it are not tried.
_ENDS: Final[tuple[tuple[type[Exception], tuple[Outcome, int, bool]], ...]] = (
    (FindingsError, (Outcome.NOT_SENT, FINDINGS, False)),
    (BrokerRefused, (Outcome.REFUSED, FINDINGS, False)),
    (OutcomeUnknown, (Outcome.UNKNOWN, OUTSIDE_FAILED, True)),
    (BrokerUnreachable, (Outcome.NOT_SENT, OUTSIDE_FAILED, True)),
    (BrokerUnauthorised, (Outcome.NOT_SENT, COULD_NOT, True)),
)
_OTHERWISE: Final = (Outcome.NOT_SENT, COULD_NOT, False)
_AFTER_A_FAILURE: Final = "not tried, because an upload before it failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What became of one file: `code` is its exit code, `stop` ends the command."""

    outcome: Outcome
    code: int
    receipt: Receipt | None = None
    findings: tuple[Finding, ...] = ()
    message: str | None = None
    request: dict[str, Any] | None = None
    stop: bool = False


@click.command(short_help="Send documents to iLink, each of them once.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Show what would be sent; send nothing.")
@click.option("--no-check", is_flag=True, help="Send what does not conform, too.")
@format_option("How to write the outcomes to standard output.")
@click.option(
    "--send-by-email",
    is_flag=True,
    help="Have iLink send it by e-mail to the buyer's address in the document.",
)
@click.option(
    "--additional-email",
    "emails",
    metavar="ADDRESS",
    multiple=True,
    help="Another address for that e-mail; may be repeated.",
)
@click.option("--disable-xml-sign", is_flag=True, help="No seal of iLink on the XML.")
@click.option("--disable-pdf-sign", is_flag=True, help="No seal of iLink on the PDF.")
@click.option(
    "--resend",
    is_flag=True,
    help="Send again what is there but was not delivered or has to be corrected.",
)
@click.option(
    "--rules", metavar="auto|NAME|PATH", default="auto", help="As in `cius-pt check`."
)
@config_option
@language_option
@click.pass_context
def upload(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    files: tuple[str, ...],
    dry_run: bool,
    no_check: bool,
    form: str,
    send_by_email: bool,
    emails: tuple[str, ...],
    disable_xml_sign: bool,
    disable_pdf_sign: bool,
    resend: bool,
    rules: str,
    config: Path | None,
    lang: str | None,
) -> None:
    """Send UBL documents to iLink.

    FILE is a file, a folder (every .xml file below it), a pattern, or "-". What was
    sent is remembered: the same command, run again after a failure, goes on where it
    stopped, and nothing is sent twice. Settings and secrets come from CIUS_PT_ILINK_…
    or a private file, never from options.

    Exit codes: 0 all are there; 1 refused, here or by iLink; 2 could not do it;
    3 iLink cannot be reached, or nobody knows whether a document has arrived.
    """
    if files.count(STDIN) > 1:
        raise click.UsageError('"-" can be read only once')
    sending = Sending(
        send_by_email=send_by_email,
        additional_emails=emails,
        disable_xml_sign=disable_xml_sign,
        disable_pdf_sign=disable_pdf_sign,
    )
    found = find(files)
    for problem in found.problems:
        tell(visible(problem))
    code = COULD_NOT if found.problems else DONE
    spoken = language(lang)
    output = JsonUploads() if form == "json" else TextUploads(spoken)
    with broker(config, spoken, dry=dry_run) as ilink:

        def send(data: bytes, name: str | None) -> Upload:
            if dry_run:
                ready = ilink.prepare(
                    data, sending, filename=name, check=not no_check, rules=rules
                )
                return _shown(ready)
            receipt = ilink.upload(
                data,
                sending=sending,
                filename=name,
                check=not no_check,
                rules=rules,
                resend=resend,
            )
            return Upload(outcome=receipt.outcome, code=DONE, receipt=receipt)

        code = max(code, _all(found.sources, send, output))
    output.close()
    context.exit(code)


def _all(
    sources: tuple[Source, ...],
    send: Callable[[bytes, str | None], Upload],
    output: JsonUploads | TextUploads,
) -> int:
    """Send one after the other; once the outside fails, the rest waits."""
    code, stopped = DONE, False
    for source in sources:
        done = (
            Upload(outcome=Outcome.NOT_SENT, code=DONE, message=_AFTER_A_FAILURE)
            if stopped
            else _one(source, send)
        )
        output.write(source.name, done)
        code = max(code, done.code)
        stopped = stopped or done.stop
    return code


def _one(source: Source, send: Callable[[bytes, str | None], Upload]) -> Upload:
    name = None if source.name == STDIN else Path(source.name).name
    try:
        return send(source.read(), name)
    except (CiusPtError, OSError) as error:
        return _failed(error)


def _failed(error: Exception) -> Upload:
    """Return what an error means: the first that fits."""
    outcome, code, stop = next(
        (end for kind, end in _ENDS if isinstance(error, kind)), _OTHERWISE
    )
    report: Report | None = getattr(error, "report", None)
    if isinstance(error, FindingsError) and not error.report.complete:
        code = COULD_NOT
    return Upload(
        outcome=outcome,
        code=code,
        findings=() if report is None else report.findings,
        message=told(error) if isinstance(error, OSError) else str(error),
        stop=stop,
    )


def _shown(ready: Prepared) -> Upload:
    return Upload(
        outcome=Outcome.NOT_SENT,
        code=DONE,
        findings=ready.report.findings,
        request=ready.to_dict(),
    )
