# SPDX-License-Identifier: MIT
"""The options of ``cius-pt check`` that say where settings come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cius_pt.cli.streams import tell
from cius_pt.cli.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cius_pt.cli.adjusting import Adjustment
    from cius_pt.cli.config import Config

# Where the settings of the file are kept for the command, in click's context.
_CONFIG: Final = "cius_pt.cli.config"


def _use(context: click.Context, _: click.Parameter, path: Path | None) -> Path | None:
    """Read the settings first of all: they are the defaults of the other options."""
    without = bool(context.params.get("no_config"))
    if context.resilient_parsing:  # a shell asks how to go on
        return path
    if path is not None and without:
        raise click.UsageError("--config and --no-config: give only one of them")
    if not without:
        from cius_pt.cli import config  # noqa: PLC0415 - with it comes what reads TOML

        found = config.find(Path.cwd()) if path is None else config.read(path)
        context.meta[_CONFIG] = found
        context.default_map = {**(context.default_map or {}), **found.options}
    return path
