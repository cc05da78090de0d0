# SPDX-License-Identifier: MIT
"""``cius-pt rules export``: the built-in rules for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from cius_pt import artefacts
from cius_pt.cli.language import language, language_option
from cius_pt.cli.streams import tell
from cius_pt.cli.text import visible
from cius_pt.cli.writing import write_whole


@click.command("export")
@click.argument("name", type=click.Choice([artefacts.RULEBOOK, artefacts.STRICT]))
@click.argument(
    "out", metavar="OUT.sch", type=click.Path(dir_okay=False, path_type=Path)
)
@language_option
def export(name: str, out: Path, lang: str | None) -> None:
    """Write the built-in rules as ISO Schematron to OUT.sch.

    It is one file with XSLT 2.0 as its query language; the messages are in one
    language.
    """
    # Late: only this command puts a rule set together.
    from cius_pt.rules import catalogue  # noqa: PLC0415
    from cius_pt.schematron import rulebook  # noqa: PLC0415

    spoken = language(lang)

    def message(rule: str) -> str | None:
        entry = catalogue.entry(rule)
        return None if entry is None else entry.asks.get(spoken)

    text = rulebook.assemble(strict=name == artefacts.STRICT, message=message)
    write_whole(out, text.encode())
    tell(f"wrote {artefacts.built_in(name).label} to {visible(str(out))}")
