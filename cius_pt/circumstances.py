# SPDX-License-Identifier: MIT
"""What an error of the system means for the one who reads it: what, and the way out."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ROOM: Final = "make room there, or choose another place"
_RIGHTS: Final = "get the right to it, or choose another place"
_WAYS_OUT: Final[Mapping[int | None, str]] = {
    errno.ENOENT: "look at the name, and whether its folder is there",
    errno.ENOTDIR: "a part of the path is a file, not a folder: look at the name",
    errno.EISDIR: "it is a folder: name a file",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "nothing can be written there: choose another place",
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: _ROOM,
    errno.EMFILE: "too many files are open: raise the limit (ulimit -n)",
    errno.EIO: "look at the disk or the device",
}


def told(error: OSError) -> str:
    """Return what happened and, where one is known, the way out; not the file."""
    said = error.strerror or str(error) or type(error).__name__
    way_out = _WAYS_OUT.get(error.errno)
    return said if way_out is None else f"{said} ({way_out})"


@contextmanager
def about(name: object) -> Iterator[None]:
    """Have every `OSError` name this file, not a temporary one and not none at all."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(name), None
        raise
