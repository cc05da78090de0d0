# SPDX-License-Identifier: MIT
"""``cius-pt verify``: what the signatures of invoices and PDFs are worth."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cius_pt.circumstances import told
from cius_pt.cli.exit_codes import COULD_NOT, DONE, FINDINGS
from cius_pt.cli.files import STDIN, Source, find
from cius_pt.cli.form import format_option
from cius_pt.cli.json_report import JsonReports
from cius_pt.cli.language import language, language_option
from cius_pt.cli.secret import password, password_env_option, password_fd_option
from cius_pt.cli.signature_text import SignatureTexts
from cius_pt.cli.streams import tell
from cius_pt.cli.text import one_line, visible
from cius_pt.errors import UnreadableDocument

if TYPE_CHECKING:
    from cius_pt.signature.policy import Policy
    from cius_pt.signature.status import SignatureReport
    from cius_pt.signature.store import TrustStore

_ENDINGS: Final = (".xml", ".pdf")


@click.command(short_help="Verify the signatures of invoices and PDFs.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--trust",
    "anchors",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="File or folder with certificates to trust, CRLs and OCSP responses; again "
    "for more. Without it only integrity and changes are looked at.",
)
@click.option(
    "--trusted-list",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A Member State's trusted list (ETSI TS 119 612), to know what is qualified.",
)
@click.option(
    "--list-operator",
    "operators",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificate that the trusted list is signed with; again for more.",
)
@click.option(
    "--at",
    metavar="TIME",
    help="The moment to ask for, such as 2026-03-02T10:30:00Z; now by default.",
)
@click.option(
    "--policy",
    "policy_name",
    type=click.Choice(["ilink", "qualified"]),
    default="ilink",
    show_default=True,
    help="What iLink asks for, or a qualified signature or seal (DL 28/2019).",
)
@format_option("How to write the answers to standard output.")
@password_env_option
@password_fd_option
@language_option
@click.pass_context
def verify(  # noqa: PLR0913 - one argument per option
    context: click.Context,
    *,
    files: tuple[str, ...],
    anchors: tuple[Path, ...],
    trusted_list: Path | None,
    operators: tuple[Path, ...],
    at: str | None,
    policy_name: str,
    form: str,
    password_env: str | None,
    password_fd: int | None,
    lang: str | None,
) -> None:
    """Verify every signature of each FILE, and of the PDFs in an invoice.

    FILE is an invoice or a PDF, a folder (every .xml and .pdf file below it), a
    pattern, or "-" for standard input. Nothing is fetched. The password is that of
    encrypted PDFs.

    Exit codes: 0 every file is signed and valid; 1 a signature did not pass or there
    is none; 2 a file could not be read. The worst of several files counts.
    """
    from cius_pt.signature.policy import Policy  # noqa: PLC0415 - late

    if files.count(STDIN) > 1:
        raise click.UsageError('"-" can be read only once')
    found = find(files, _ENDINGS)
    for problem in found.problems:
        tell(visible(problem))
    code = COULD_NOT if found.problems else DONE
    moment = _moment(at)
    judge = _Judge(
        policy=Policy(policy_name),
        trust=_trust(anchors, trusted_list, operators, moment),
        at=moment,
        password=password(
            "the PDFs", env=password_env, descriptor=password_fd, ask=False
        ),
    )
    output: JsonReports | SignatureTexts = SignatureTexts(language(lang))
    if form == "json":
        output = JsonReports("files")
    with closing(output):
        for source in found.sources:
            report = judge(source)
            if report is not None:
                output.write(source.name, report)
            code = max(code, _code(report))
    context.exit(code)


class _Judge:
    """Verifies files, all under the same question."""

    def __init__(
        self,
        *,
        policy: Policy,
        trust: TrustStore | None,
        at: dt.datetime,
        password: str | None,
    ) -> None:
        self._policy, self._trust, self._at = policy, trust, at
        self._password = password

    def __call__(self, source: Source) -> SignatureReport | None:
        """Return the report on a file; None, and why, when it cannot be read."""
        from cius_pt.signature.verify import verify as verified  # noqa: PLC0415 - late

        try:
            data = source.read()
        except (OSError, UnreadableDocument) as error:
            said = told(error) if isinstance(error, OSError) else str(error)
            tell(f"{visible(source.name)}: {one_line(said)}")
            return None
        return verified(
            data,
            policy=self._policy,
            trust=self._trust,
            at=self._at,
            password=self._password,
        )


def _trust(
    anchors: tuple[Path, ...],
    trusted_list: Path | None,
    operators: tuple[Path, ...],
    at: dt.datetime,
) -> TrustStore | None:
    """Return whom the options say to trust; None when they say nothing."""
    from cius_pt.signature.store import TrustStore  # noqa: PLC0415 - late

    if (trusted_list is None) != (not operators):
        raise click.UsageError("--trusted-list and --list-operator go together")
    if not anchors and trusted_list is None:
        return None
    store = TrustStore.from_files(anchors)
    if trusted_list is None:
        return store
    signed_with = TrustStore.from_files(roots=operators).roots
    services = TrustStore.from_trusted_list(
        trusted_list.read_bytes(), operators=signed_with, at=at
    )
    return store.plus(services)


def _moment(text: str | None) -> dt.datetime:
    if text is None:
        return dt.datetime.now(dt.UTC)
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no time such as 2026-03-02T10:30:00Z", param_hint="--at"
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)


def _code(report: SignatureReport | None) -> int:
    from cius_pt.signature.status import Verdict  # noqa: PLC0415 - late

    if report is None:
        return COULD_NOT
    return DONE if report.verdict is Verdict.VALID else FINDINGS
