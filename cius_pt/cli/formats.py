# SPDX-License-Identifier: MIT
"""The formats of ``cius-pt check``, by name, and several of them at once."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, Self

import click

from cius_pt.cli.look import Look
from cius_pt.cli.streams import put, tell
from cius_pt.cli.writing import WholeFile
from cius_pt.findings import Severity
from cius_pt.rules.entry import Language
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cius_pt.cli.judging import Judged

    Out = Callable[[str], None]


class Reports(Protocol):
    """What writes reports in one format, as they come."""

    def write(self, judged: Judged) -> None:
        """Write the report on one document."""

    def close(self) -> None:
        """End the output; without it, it does not look whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What formats may want to know.

    `threshold` is the least severity that text shows, and `look` how; `problems` are
    what the command line named and is not there. `in_file`: what is written has to
    hold what is told on standard error otherwise.
    """

    lang: Language = "en"
    threshold: Severity = Severity.INFO
    problems: tuple[str, ...] = ()
    look: Look = field(default_factory=Look)
    in_file: bool = False


# Each module is imported when its format is asked for.
def _text(setting: Setting, out: Out) -> Reports:
    from cius_pt.cli.text_report import TextReports  # noqa: PLC0415

    note = partial(_line, out) if setting.in_file else tell
    return TextReports(
        setting.threshold, setting.look, setting.lang, out=out, note=note
    )


def _line(out: Out, line: str) -> None:
    out(f"{line}\n")


def _json(_: Setting, out: Out) -> Reports:
    from cius_pt.cli.json_report import JudgedJson  # noqa: PLC0415

    return JudgedJson(out=out)


def _ndjson(_: Setting, out: Out) -> Reports:
    from cius_pt.cli.ndjson_report import NdjsonReports  # noqa: PLC0415

    return NdjsonReports(out=out)


def _sarif(setting: Setting, out: Out) -> Reports:
    from cius_pt.cli.sarif_report import SarifReports  # noqa: PLC0415

    return SarifReports(setting.lang, setting.problems, out=out)


def _junit(setting: Setting, out: Out) -> Reports:
    from cius_pt.cli.junit_report import JunitReports  # noqa: PLC0415

    return JunitReports(setting.problems, out=out)


def _github(setting: Setting, out: Out) -> Reports:
    from cius_pt.cli.github_report import GithubReports  # noqa: PLC0415

    return GithubReports(setting.problems, out=out)


def _html(setting: Setting, out: Out) -> Reports:
    from cius_pt.cli.html_report import HtmlReports  # noqa: PLC0415

    return HtmlReports(setting.lang, setting.problems, out=out)


FORMATS: Final[Mapping[str, Callable[[Setting, Out], Reports]]] = {
    "text": _text,
    "json": _json,
    "ndjson": _ndjson,
    "sarif": _sarif,
    "junit": _junit,
    "github": _github,
    "html": _html,
}


class Outputs:
    """One format on standard output and any number in files, written together.

    A file appears when everything is written and the block ends well; before that, and
    for good after an error or Ctrl-C, its path has what it had.
    """

    def __init__(
        self, form: str, setting: Setting, files: Iterable[tuple[str, Path]] = ()
    ) -> None:
        # Files have room for all, and standard error is not told twice.
        whole = replace(
            setting,
            threshold=Severity.INFO,
            look=setting.look.in_file(),
            in_file=True,
        )
        with ExitStack() as stack:
            to_files = [
                FORMATS[name](whole, _encoded(stack.enter_context(WholeFile(path))))
                for name, path in files
            ]
            self._outputs = [FORMATS[form](setting, put), *to_files]
            self._files = stack.pop_all()

    def write(self, judged: Judged) -> None:
        """Write the report on one document in every format."""
        for output in self._outputs:
            output.write(judged)

    def close(self) -> None:
        """End every format."""
        for output in self._outputs:
            output.close()

    def __enter__(self) -> Self:
        self._files.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._files.__exit__(*raised)  # type: ignore[arg-type] # as Python passes them


def output_files(
    chosen: Iterable[str], sources: Iterable[str]
) -> tuple[tuple[str, Path], ...]:
    """Return format and path of each ``--output FORMAT=FILE``.

    Raises a usage error for what is not of this form, for a folder that is not there,
    for a file that is written twice, and for one of the `sources`.
    """
    found: dict[str, tuple[str, Path]] = {}
    for text in chosen:
        name, equals, file = text.partition("=")
        if name not in FORMATS or not equals or not file:
            raise click.UsageError(
                f"--output {text!r} is not FORMAT=FILE with FORMAT one of "
                f"{', '.join(FORMATS)}"
            )
        if not Path(file).parent.is_dir() or Path(file).is_dir():
            raise click.UsageError(f"--output {text!r}: there is no folder for it")
        real = os.path.realpath(file)
        if real in found:
            raise click.UsageError(f"--output writes {file!r} twice")
        found[real] = name, Path(file)
    if found and not found.keys().isdisjoint(map(os.path.realpath, sources)):
        raise click.UsageError("--output would overwrite a file that is to be checked")
    return tuple(found.values())


def _encoded(file: WholeFile) -> Out:
    """Return what writes text to a file, as UTF-8; what that lacks as an escape."""

    def write(text: str) -> None:
        file.write(text.encode(errors="backslashreplace"))

    return write
