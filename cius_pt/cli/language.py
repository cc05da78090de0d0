# SPDX-License-Identifier: MIT
"""The language to speak: the option, else the locale, else English."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cius_pt.rules.entry import Language

_SETTINGS = ("LC_ALL", "LC_MESSAGES", "LANG")  # in the order POSIX has them

language_option = click.option(
    "--lang",
    type=click.Choice(["pt", "en"]),
    help="Portuguese or English; by default what the locale says.",
)


def language(chosen: str | None = None) -> Language:
    """Return the language that was chosen, else that of the locale."""
    setting = chosen or next(filter(None, map(os.environ.get, _SETTINGS)), "")
    return "pt" if setting.lower().startswith("pt") else "en"
