# SPDX-License-Identifier: MIT
"""One process and one thread at a time for one document.

The lock is one of the operating system's: it is gone with the process that held it,
kill -9 included, and no clock decides whether it still holds.
"""

from __future__ import annotations

import hashlib
import os
import sys
from typing import TYPE_CHECKING, Final

from cius_pt.broker.steps import wait
from cius_pt.errors import BrokerError

if TYPE_CHECKING:
    from pathlib import Path

    from cius_pt.broker.steps import Steps

# Files, not one for each document: they are never deleted, as that would be a race.
_FILES: Final = 256
_NAP: Final = 0.02


def claim(folder: Path, key: str) -> Steps[int]:
    """Wait until nobody else holds this key, and hold it; returns what to let go."""
    number = int(hashlib.sha256(key.encode()).hexdigest(), 16) % _FILES
    path = folder / f"{number:02x}.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(
            path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600
        )
    except OSError as error:
        raise BrokerError(f"{path} cannot be used: {error.strerror}") from error
    try:
        while not _locked(handle):
            # Asked again and again, because coroutines of one thread must not block.
            yield from wait(_NAP)
    except BaseException:
        os.close(handle)
        raise
    return handle


def let_go(handle: int) -> None:
    """Let a claim go."""
    os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _locked(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _locked(handle: int) -> bool:
        try:
            # flock belongs to the open file, so threads exclude each other, too.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
