# SPDX-License-Identifier: MIT
"""So many requests a minute, counted for all processes of one user together.

iLink counts per platform credential and blocks for two minutes who asks too often.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from cius_pt.broker.steps import wait
from cius_pt.broker.store import transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cius_pt.broker.credentials import Credentials
    from cius_pt.broker.environment import Environment
    from cius_pt.broker.steps import Steps

# A second more than a minute: requests may take longer to arrive than others.
_WINDOW: Final = 61.0
_LONGEST_NAP: Final = 5.0
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS requests (who TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS requests_by_time ON requests (who, at);
CREATE TABLE IF NOT EXISTS blocks (who TEXT PRIMARY KEY, until REAL NOT NULL)
"""


class Limiter:
    """Lets a request go when it may; the count stands in a file all processes share."""

    def __init__(
        self,
        path: Path,
        environment: Environment,
        credentials: Credentials,
        clock: Callable[[], float],
    ) -> None:
        self._path = path
        self._most = environment.requests_per_minute
        self._back_off = environment.back_off
        self._clock = clock
        # Nothing of a secret token: it has one count for each address instead.
        who = f"{environment.base_url} {credentials.client_id or 'token'}"
        self._who = hashlib.sha256(who.encode()).hexdigest()[:32]

    def turn(self) -> Steps[None]:
        """Wait until one more request may go, and count it."""
        while (seconds := self._take()) > 0:
            # Short naps: another process may learn of a block in the meantime.
            yield from wait(min(seconds, _LONGEST_NAP))

    def block(self, seconds: float | None = None) -> None:
        """Note that iLink has blocked us; nobody asks before it is over."""
        until = self._clock() + max(self._back_off, seconds or 0.0)
        with transaction(self._path, _SCHEMA, durable=False) as db:
            db.execute(
                "INSERT INTO blocks VALUES (?, ?) ON CONFLICT (who) DO UPDATE "
                "SET until = max(until, excluded.until)",
                (self._who, until),
            )

    def _take(self) -> float:
        """Count a request and return 0, or return the seconds until one may go."""
        now = self._clock()
        with transaction(self._path, _SCHEMA, durable=False) as db:
            # A clock that was set back would leave requests in the future for ever.
            db.execute(
                "DELETE FROM requests WHERE who = ? AND (at <= ? OR at > ?)",
                (self._who, now - _WINDOW, now + _WINDOW),
            )
            blocked = db.execute(
                "SELECT until FROM blocks WHERE who = ?", (self._who,)
            ).fetchone()
            if (
                blocked is not None
                and 0 < blocked["until"] - now <= self._back_off * 30
            ):
                return float(blocked["until"] - now)
            count, oldest = db.execute(
                "SELECT count(*), min(at) FROM requests WHERE who = ?", (self._who,)
            ).fetchone()
            if count >= self._most:
                return float(max(oldest + _WINDOW - now, 0.01))
            db.execute("INSERT INTO requests VALUES (?, ?)", (self._who, now))
        return 0.0
