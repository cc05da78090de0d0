# SPDX-License-Identifier: MIT
"""News for those who asked: posted with their key, again until they answer 200.

Method (POST) and payload are not published: the payload is the document or the event
as the API shows it.
"""

from __future__ import annotations

import json
import threading
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from cius_pt.errors import InvalidValue

if TYPE_CHECKING:
    import sqlite3

    from cius_pt.testing.fake_ilink.settings import Hook
    from cius_pt.testing.fake_ilink.world import World

ATTEMPTS: Final = 10
_HOUR: Final = 3600.0
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def delay(attempt: int) -> float:
    """Return the seconds between a failed attempt and the next (documented)."""
    hours = 4 if attempt <= 2 else 5 if attempt <= 5 else 12  # noqa: PLR2004 - a table
    return hours * _HOUR


def require_loopback(hook: Hook) -> None:
    """Refuse a webhook that would leave this machine."""
    parts = urlsplit(hook.url)
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
        raise InvalidValue(f"{hook.url}: webhooks go to http://127.0.0.1 only")


def post(world: World, hook: Hook, content: dict[str, Any]) -> None:
    """Put news into the queue, in the transaction that makes them."""
    require_loopback(hook)
    world.store.change(
        "INSERT INTO deliveries (url, key, body, due) VALUES (?, ?, ?, ?)",
        hook.url,
        hook.key,
        json.dumps(content, ensure_ascii=False),
        world.clock.now(),
    )
    world.woken.set()


def deliver_due(world: World) -> None:
    """Try every delivery whose time has come, once."""
    rows = world.store.rows(
        "SELECT * FROM deliveries WHERE done = 0 AND attempt < ? AND due <= ? "
        "ORDER BY id",
        ATTEMPTS,
        world.clock.now(),
    )
    for row in rows:
        status = _send(row)
        attempt = row["attempt"] + 1
        with world.store.transaction():
            world.store.change(
                "UPDATE deliveries SET attempt = ?, done = ?, due = ? WHERE id = ?",
                attempt,
                status == 200,  # noqa: PLR2004 - exactly 200, says the documentation
                world.clock.now() + delay(attempt),
                row["id"],
            )


def _send(row: sqlite3.Row) -> int | None:
    parts = urlsplit(row["url"])
    path = parts.path or "/"
    connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=5)
    headers = {
        "Authorization": f"Bearer {row['key']}",
        "Content-Type": "application/json",
    }
    try:
        connection.request(
            "POST",
            f"{path}?{parts.query}" if parts.query else path,
            row["body"].encode(),
            headers,
        )
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


class Courier(threading.Thread):
    """Moves time-driven things along while the server runs."""

    def __init__(self, world: World, run_due: Any) -> None:
        super().__init__(daemon=True, name="fake-ilink-courier")
        self._world = world
        self._run_due = run_due
        self._over = threading.Event()

    def run(self) -> None:
        """Look every fifth of a second, or when woken."""
        while not self._over.is_set():
            self._world.woken.wait(0.2)
            self._world.woken.clear()
            self._run_due(self._world)
            deliver_due(self._world)

    def stop(self) -> None:
        """End it and wait for its end."""
        self._over.set()
        self._world.woken.set()
        self.join()
