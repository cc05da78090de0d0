# SPDX-License-Identifier: MIT
"""``cius-pt doctor``: whether this machine can do what the program is for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cius_pt.cli.exit_codes import DONE, FINDINGS, OUTSIDE_FAILED
from cius_pt.cli.form import format_option
from cius_pt.cli.language import language, language_option
from cius_pt.cli.streams import put
from cius_pt.cli.text import one_line

if TYPE_CHECKING:
    from cius_pt.checkup import Line
    from cius_pt.rules.entry import Language


@click.command(short_help="Say whether this machine is ready, and what to do.")
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The settings file of iLink; by default ilink.toml in the data directory.",
)
@click.option("--offline", is_flag=True, help="Do not ask iLink anything.")
@format_option("json has one object for each line, with its facts.")
@language_option
@click.pass_context
def doctor(
    context: click.Context,
    *,
    config: Path | None,
    offline: bool,
    form: str,
    lang: str | None,
) -> None:
    """Look at versions, rule sets, Saxon, folders, TLS, and the settings of iLink.

    Each line is ok, warn, fail, or skip for what was not looked at, and says what to
    do next. No secret is shown, and nothing is changed. The network is used only when
    your settings name an iLink: that address is asked once, without credentials, for
    at most five seconds.

    Exit codes: 0 nothing fails; 1 something on this machine does; 3 iLink cannot be
    reached.
    """
    # Late: it loads everything there is to look at.
    from cius_pt.checkup import State, examine  # noqa: PLC0415

    spoken = language(lang)
    code = DONE
    lines: list[Line] = []
    for line in examine(config=config, offline=offline):
        lines.append(line)
        if line.state is State.FAIL:
            code = max(code, OUTSIDE_FAILED if line.outside else FINDINGS)
        if form == "text":
            put(_text(line, spoken))
    if form == "json":
        said = {
            "schema": 1,
            "healthy": code == DONE,
            "lines": [line.to_dict(spoken) for line in lines],
        }
        put(json.dumps(said, ensure_ascii=False, indent=2) + "\n")
    context.exit(code)


def _text(line: Line, lang: Language) -> str:
    text = f"{line.state:<4}  {line.name}: {one_line(line.said.get(lang))}\n"
    if line.advice is not None:
        text += f"      → {one_line(line.advice.get(lang))}\n"
    return text
