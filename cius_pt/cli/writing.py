# SPDX-License-Identifier: MIT
"""Files we write: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path`, which has the old or the new content, never half of it.

    Raises `OSError`; what was there before is then still there.
    """
    with WholeFile(path) as file:
        file.write(data)


class WholeFile:
    """A file that is written piece by piece and appears when its block ends well.

    Until then, and after an error for good, `path` has what it had. Raises `OSError`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
        self._temporary = Path(name)
        self._file = os.fdopen(handle, "wb")

    def write(self, data: bytes) -> None:
        """Add `data`."""
        self._file.write(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            with self._file:
                if kind is None:
                    self._file.flush()
                    os.fsync(self._file.fileno())
            if kind is None:
                self._appear()
        finally:
            # Gone when it was renamed.
            with suppress(OSError):
                self._temporary.unlink()

    def _appear(self) -> None:
        path = self._path
        # mkstemp makes files private; a document is as readable as its neighbours.
        mode = path.stat().st_mode & 0o777 if path.exists() else _mode()
        self._temporary.chmod(mode)
        self._temporary.replace(path)


def _mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
