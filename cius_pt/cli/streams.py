# SPDX-License-Identifier: MIT
"""The two streams: data on standard output, everything else on standard error.

A terminal of any encoding can be written to, and a reader that goes away or a disk
that is full is an `OSError` when it happens, not a complaint of Python at exit.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, Final

from cius_pt.circumstances import about

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

_OUT: Final = "standard output"
_ERR: Final = "standard error"


def put(text: str) -> None:
    """Write data, now; click would write UTF-8 where ASCII was asked for."""
    _write(sys.stdout, text, _OUT)


def put_bytes(data: bytes) -> None:
    """Write data that is bytes already, now."""
    if sys.stdout is not None:
        with about(_OUT):
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()


def tell(line: str) -> None:
    """Write a line that is not data, now."""
    _write(sys.stderr, f"{line}\n", _ERR)


def keep_their_places() -> None:
    """Open nowhere in the place of a stream that the caller has closed.

    The next file would take its number, and what a native library says to standard
    error would be written into it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)


def never_fail_to_encode() -> None:
    """Write what the encoding of a terminal lacks as an escape."""
    for stream, _ in _streams():
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def flush() -> None:
    """Write what is still in the buffers; raises `OSError`."""
    for stream, name in _streams():
        with about(name):
            stream.flush()


def let_go() -> None:
    """Send what cannot be written nowhere: Python would try once more at exit."""
    for stream, _ in _streams():
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            with suppress(OSError):
                os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _write(stream: TextIO | None, text: str, name: str) -> None:
    if stream is not None:
        with about(name):
            stream.write(text)
            stream.flush()


def _streams() -> Iterator[tuple[TextIO, str]]:
    """Yield the streams there are: a caller may have closed one (``>&-``)."""
    stream: TextIO | None
    for stream, name in ((sys.stdout, _OUT), (sys.stderr, _ERR)):
        if stream is not None:
            yield stream, name
