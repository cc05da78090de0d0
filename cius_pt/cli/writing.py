# SPDX-License-Identifier: MIT
"""Files we write: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self

from cius_pt.circumstances import about


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path`, which has the old or the new content, never half of it.

    Raises `OSError`; what was there before is then still there.
    """
    with WholeFile(path) as file:
        file.write(data)


class WholeFile:
    """A file that is written piece by piece and appears when its block ends well.

    Until then, and after an error for good, `path` has what it had. Raises `OSError`,
    which names `path`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with about(path):
            handle, name = tempfile.mkstemp(
                dir=path.parent, prefix=f".{path.name[:40]}."
            )
        self._temporary = Path(name)
        self._file = os.fdopen(handle, "wb")

    def write(self, data: bytes) -> None:
        """Add `data`."""
        with about(self._path):
            self._file.write(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                with about(self._path):
                    self._end()
        finally:
            # A full disk: what is still in the buffer cannot be written, nor need be.
            with suppress(OSError):
                self._file.close()
            # Gone when it was renamed.
            with suppress(OSError):
                self._temporary.unlink()

    def _end(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()  # Windows renames no file that is open
        path = self._path
        # mkstemp makes files private; a document is as readable as its neighbours.
        mode = path.stat().st_mode & 0o777 if path.exists() else _mode()
        self._temporary.chmod(mode)
        self._temporary.replace(path)


def _mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
