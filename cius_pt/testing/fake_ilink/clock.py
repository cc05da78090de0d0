# SPDX-License-Identifier: MIT
"""A clock that can be put forward."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock:
    """The time by which a local iLink lives, in seconds since 1970."""

    def __init__(self, real: Callable[[], float] = time.time) -> None:
        self._real = real
        self.offset = 0.0

    def now(self) -> float:
        """Return the time it is here."""
        return self._real() + self.offset

    def advance(self, seconds: float) -> None:
        """Put the clock forward, or back."""
        self.offset += seconds


def stamp(seconds: float) -> str:
    """Return a time as the API writes it: YYYY-MM-DD HH:MM:SS, here in UTC."""
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S")
