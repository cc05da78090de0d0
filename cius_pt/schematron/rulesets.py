# SPDX-License-Identifier: MIT
"""Compiles a rule set, be it a file or the one that comes with this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt import artefacts
from cius_pt.schematron import engine

if TYPE_CHECKING:
    from pathlib import Path

    from cius_pt.artefacts import RuleSetInfo
    from cius_pt.schematron.engine import Rules


def load(
    chosen: RuleSetInfo, *, optimise: bool = True, cache: Path | None = None
) -> Rules:
    """Return a rule set compiled; the parameters are those of `engine.load`.

    Raises `ArtefactError` when it cannot be read or Saxon rejects it.
    """
    if chosen.standing != "built in":
        return engine.load(chosen.entry, chosen.label, optimise=optimise, cache=cache)
    # Late: only our own rules have to be put together.
    from cius_pt.schematron import rulebook  # noqa: PLC0415

    strict = chosen.name == artefacts.STRICT
    return rulebook.load(strict=strict, optimise=optimise, cache=cache)
