# SPDX-License-Identifier: MIT
"""Folders that appear whole or not at all.

Everything is written into a hidden sibling, flushed to the disk and then renamed, so
a crash leaves at most a hidden folder, which a later call takes away. Two processes
that store the same name at once do not hurt each other: the last one stands.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from typing import TYPE_CHECKING, Final

from cius_pt.circumstances import told
from cius_pt.errors import ArtefactError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_PREFIX: Final = ".tmp-"
# No install takes an hour, so what is older belongs to one that died.
_STALE_SECONDS: Final = 3600.0
_ATTEMPTS: Final = 20
# Windows says EACCES.
_OCCUPIED: Final = frozenset(
    {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR, errno.EACCES}
)


def store(
    parent: Path,
    name: str,
    contents: Mapping[str, bytes],
    *,
    same: Callable[[], bool] = lambda: False,
) -> None:
    """Write the files (relative path to bytes) as the folder `name` below `parent`.

    An older folder of that name is replaced, unless `same` says that it is what is
    being stored: a reader never finds it missing then. Raises `ArtefactError`.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(parent)
        staging = _hidden(parent)
        try:
            for path, data in contents.items():
                _write(staging / path, data)
            for folder in [staging, *(p for p in staging.rglob("*") if p.is_dir())]:
                _flush_folder(folder)
            _swap(staging, parent / name, same)
            _flush_folder(parent)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise ArtefactError(f"cannot write to {parent}: {told(error)}") from error


def discard(parent: Path, name: str) -> None:
    """Take the folder `name` away; gone at once, deleted afterwards."""
    try:
        _put_aside(parent / name)
    except OSError as error:
        raise ArtefactError(f"cannot remove {name}: {told(error)}") from error


def _hidden(parent: Path) -> Path:
    return type(parent)(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))


def _sweep(parent: Path) -> None:
    """Delete what calls that died have left."""
    for left in parent.glob(f"{_PREFIX}*"):
        try:
            age = time.time() - left.stat().st_mtime
        except FileNotFoundError:
            continue  # its owner was quicker
        if age > _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system has such a thing."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _swap(staging: Path, target: Path, same: Callable[[], bool]) -> None:
    """Rename `staging` to `target`, putting aside what stands there and differs."""
    for attempt in range(_ATTEMPTS):
        try:
            staging.rename(target)
        except OSError as error:
            # A folder cannot be renamed onto a full one. Someone else may be storing
            # or removing the same name right now, so this is a race, not a failure.
            if error.errno not in _OCCUPIED or attempt == _ATTEMPTS - 1:
                raise
            if same():
                return
            _put_aside(target)
        else:
            return


def _put_aside(target: Path) -> None:
    aside = _hidden(target.parent)
    try:
        target.rename(aside / "old")
    except FileNotFoundError:
        pass  # someone else has done it
    finally:
        shutil.rmtree(aside, ignore_errors=True)
