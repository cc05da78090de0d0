# SPDX-License-Identifier: MIT
"""The rule sets that this process has compiled, each once."""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cius_pt import artefacts
from cius_pt.errors import ArtefactError

if TYPE_CHECKING:
    from cius_pt.artefacts import RuleSetInfo
    from cius_pt.schematron.engine import Rules

_lock = threading.Lock()
_loaded: dict[tuple[str, Path | None], Rules] = {}


def rules(choice: str) -> Rules:
    """Return the compiled rule set of a choice; raises `ArtefactError`.

    A failure is not kept: who installs the rule set can go on in the same process.
    """
    # What a name means hangs on two settings that a process can change, and what a
    # relative path means on a third.
    home = None if artefacts.is_path(choice) else artefacts.home()
    key = choice if home or choice.startswith(os.sep) else _real(choice), home
    loaded = _loaded.get(key)
    if loaded is None:
        with _lock:
            chosen = artefacts.resolve(choice)
            if chosen.standing == "built in":
                # Not as "auto": that changes as soon as a published set is installed.
                key = chosen.name, key[1]
            loaded = _loaded.get(key)
            if loaded is None:
                loaded = _loaded[key] = _load(chosen)
    return loaded


def _real(path: str) -> str:
    """Return where a path leads, or itself when it leads nowhere."""
    try:
        found = os.stat(path)  # noqa: PTH116 - for every document: no Path is made
    except (OSError, ValueError):  # what `artefacts.resolve` refuses
        return path
    return _resolved(path, found.st_dev, found.st_ino)


@lru_cache(maxsize=64)
def _resolved(path: str, _device: int, _node: int) -> str:
    """Return where a path leads; looked up again when it leads to another file."""
    return str(Path(path).resolve())


def _load(chosen: RuleSetInfo) -> Rules:
    # Late: the engine's XPath reader is not needed where no rules are run.
    from cius_pt.schematron import rulesets  # noqa: PLC0415

    compiled = rulesets.load(chosen, cache=artefacts.cache_folder())
    if not compiled.stylesheet.assertions:
        # It would pass every document, having looked at nothing.
        raise ArtefactError(f"the rule set {chosen.label} has no rules")
    return compiled


def _forget_lock() -> None:
    """In a forked child: the thread that held the lock is not there."""
    global _lock  # noqa: PLW0603 - one per process is the point
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_lock)
