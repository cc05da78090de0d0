# SPDX-License-Identifier: MIT
"""How text looks: folded or not, long or short, in colour or not, how wide.

Colour says nothing that the words do not say, too.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, Self

import click

from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

Choice = Literal["auto", "always", "never"]
CHOICES: Final[tuple[Choice, ...]] = ("auto", "always", "never")
# Below this, wrapping would leave a word to a line.
_NARROWEST: Final = 40
_ROLES: Final[Mapping[str, Mapping[str, bool | str]]] = {
    "place": {"bold": True},
    "rule": {"bold": True},
    "fatal": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "info": {"fg": "cyan", "bold": True},
    "heading": {"fg": "cyan"},
    "mark": {"fg": "red", "bold": True},
    "quiet": {"dim": True},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What whoever reads wants to see; `width` is None where no terminal is."""

    fold: bool = True
    explain: bool = False
    colour: bool = False
    width: int | None = None

    def paint(self, text: str, role: str) -> str:
        """Return a text in the colour of its role, if there are colours."""
        if not self.colour or not text or not role:
            return text
        return click.style(text, **_ROLES[role])  # type: ignore[arg-type] # a table

    def in_file(self) -> Self:
        """Return the same for a file, which has no colours and no width."""
        return replace(self, colour=False, width=None)


def look(*, fold: bool, explain: bool, colour: Choice) -> Look:
    """Return how text looks on this standard output."""
    terminal = sys.stdout is not None and sys.stdout.isatty()
    return Look(
        fold=fold,
        explain=explain,
        colour=colourful(colour, os.environ, terminal=terminal),
        width=_width() if terminal else None,
    )


def colourful(
    choice: Choice, environment: Mapping[str, str], *, terminal: bool
) -> bool:
    """Whether there are colours: the option, NO_COLOR, FORCE_COLOR, the terminal.

    An empty variable counts as none (no-color.org).
    """
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return terminal and environment.get("TERM") != "dumb"


def _width() -> int:
    return max(_NARROWEST, shutil.get_terminal_size().columns)
