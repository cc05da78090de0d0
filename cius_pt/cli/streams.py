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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO


def put(text: str) -> None:
    """Write data, now; click would write UTF-8 where ASCII was asked for."""
    _write(sys.stdout, text)


def tell(line: str) -> None:
    """Write a line that is not data, now."""
    _write(sys.stderr, f"{line}\n")


def never_fail_to_encode() -> None:
    """Write what the encoding of a terminal lacks as an escape."""
    for stream in _streams():
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def flush() -> None:
    """Write what is still in the buffers; raises `OSError`."""
    for stream in _streams():
        stream.flush()


def let_go() -> None:
    """Send what cannot be written nowhere: Python would try once more at exit."""
    for stream in _streams():
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            with suppress(OSError):
                os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _write(stream: TextIO | None, text: str) -> None:
    if stream is not None:
        stream.write(text)
        stream.flush()


def _streams() -> Iterator[TextIO]:
    """Yield the streams there are: a caller may have closed one (``>&-``)."""
    stream: TextIO | None
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            yield stream
