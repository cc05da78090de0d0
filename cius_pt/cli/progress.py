# SPDX-License-Identifier: MIT
"""How far a long check is: one line on a terminal, nothing anywhere else."""

from __future__ import annotations

import sys
import time
from typing import Final

_EVERY: Final = 0.1
_WIDTH: Final = 30
_ERASE: Final = "\r\x1b[K"


class Progress:
    """A bar on standard error; erased before other lines are written."""

    def __init__(self, total: int) -> None:
        stream = sys.stderr
        self._shown = total > 1 and stream is not None and stream.isatty()
        self._total = total
        self._done = 0
        self._next = 0.0
        self._drawn = False

    def erase(self) -> None:
        """Make room for a line."""
        if self._drawn:
            sys.stderr.write(_ERASE)
            sys.stderr.flush()
            self._drawn = False

    def step(self) -> None:
        """Count one more, and draw the bar if it is time to."""
        self._done += 1
        now = time.monotonic()
        if not self._shown or now < self._next:
            return
        self._next = now + _EVERY
        full = _WIDTH * self._done // self._total
        bar = "#" * full + "-" * (_WIDTH - full)
        sys.stderr.write(f"{_ERASE}[{bar}] {self._done:,} of {self._total:,}")
        sys.stderr.flush()
        self._drawn = True
