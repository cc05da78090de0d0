# SPDX-License-Identifier: MIT
"""What was sent and what came of it, written down before the first byte leaves.

One row for each content of each document at each address. No secret and nothing of
a document but its key and its hash stands here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from cius_pt import artefacts
from cius_pt.broker.claims import claim, let_go
from cius_pt.broker.store import transaction
from cius_pt.values import dataclass

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from cius_pt.broker.identity import Identity
    from cius_pt.broker.steps import Steps

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS uploads (
  place TEXT NOT NULL, seller TEXT NOT NULL, number TEXT NOT NULL,
  kind TEXT NOT NULL, issued TEXT NOT NULL, sha256 TEXT NOT NULL,
  standing TEXT NOT NULL, doubtful INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0, id TEXT, state TEXT, delivery TEXT,
  code TEXT, aim TEXT, first REAL NOT NULL, last REAL NOT NULL,
  moved REAL NOT NULL, step INTEGER NOT NULL,
  confirmed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (place, seller, number, kind, issued, sha256));
CREATE INDEX IF NOT EXISTS uploads_by_id ON uploads (place, id);
CREATE INDEX IF NOT EXISTS uploads_by_aim ON uploads (place, aim);
CREATE TABLE IF NOT EXISTS events (
  place TEXT NOT NULL, event TEXT NOT NULL, at REAL NOT NULL,
  PRIMARY KEY (place, event))
"""
_KEY: Final = "place = ? AND seller = ? AND number = ? AND kind = ? AND issued = ?"


class Standing(StrEnum):
    """How far one content of one document has come."""

    SENDING = "sending"  # begun; after a crash nobody knows more than that
    UNKNOWN = "unknown"  # sent, and the answer was lost
    THERE = "there"  # iLink has it
    REFUSED = "refused"  # iLink has looked at it and said no
    NOT_SENT = "not-sent"  # no byte of it has arrived


# What a content is after an attempt, in SQL.
_NOW: Final = {
    Standing.SENDING: "'sending'",
    Standing.UNKNOWN: "'unknown'",
    Standing.THERE: "'there'",
    Standing.REFUSED: "CASE WHEN confirmed THEN 'there' ELSE 'refused' END",
    Standing.NOT_SENT: "CASE WHEN doubtful THEN 'unknown' WHEN confirmed THEN 'there' "
    "ELSE 'not-sent' END",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row: a content of a document, and what is known of it.

    `doubtful`: an attempt may have arrived without our learning of it. `confirmed`: 0
    when iLink has never said that it has this content, else a number that is higher
    for what it took later. `id`, `state` and `delivery` are iLink's last words on it;
    `moved` is when `state` changed, in seconds since 1970 like `first` and `last` (the
    attempts).
    """

    seller: str
    number: str
    kind: str
    issued: str
    sha256: str
    standing: Standing
    doubtful: bool
    attempts: int
    id: str | None
    state: str | None
    delivery: str | None
    code: str | None
    aim: str | None
    first: float
    last: float
    moved: float
    confirmed: int


class Journal:
    """The journal of one address; a file that processes share."""

    def __init__(self, path: Path, place: str, clock: Callable[[], float]) -> None:
        self.path = path
        self._place = place
        self._clock = clock

    def claim(self, identity: Identity) -> Steps[int]:
        """Wait for the document to be ours alone; see `claims`."""
        locks = self.path.with_name(f"{self.path.name}.locks")
        return claim(locks, f"{self._place}\n{identity.key}")

    let_go = staticmethod(let_go)

    def history(self, identity: Identity) -> tuple[Entry, ...]:
        """Return what is known of every content of a document, the latest last."""
        with transaction(self.path, _SCHEMA) as db:
            rows = db.execute(
                f"SELECT * FROM uploads WHERE {_KEY} ORDER BY step",  # noqa: S608 - a constant
                self._key(identity),
            ).fetchall()
        return tuple(map(_entry, rows))

    def begin(self, identity: Identity) -> None:
        """Note, durably, that this content is about to be sent."""
        now = self._clock()
        with transaction(self.path, _SCHEMA) as db:
            step = _next_step(db)
            db.execute(
                "INSERT INTO uploads (place, seller, number, kind, issued, sha256, "
                "standing, attempts, aim, first, last, moved, step) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?) "
                "ON CONFLICT (place, seller, number, kind, issued, sha256) DO UPDATE "
                # What was left in the middle may have arrived.
                "SET doubtful = doubtful OR standing IN ('sending', 'unknown'), "
                "standing = excluded.standing, attempts = attempts + 1, "
                "last = excluded.last, step = excluded.step",
                (
                    *self._row(identity),
                    Standing.SENDING,
                    identity.aim,
                    now,
                    now,
                    now,
                    step,
                ),
            )

    def settle(  # noqa: PLR0913 - one for each column
        self,
        identity: Identity,
        standing: Standing,
        *,
        id: str | None = None,  # noqa: A002 - iLink's word
        state: str | None = None,
        delivery: str | None = None,
        code: str | None = None,
    ) -> None:
        """Note, durably, what has become of it.

        What was not sent or was refused this time may have arrived before.
        """
        with transaction(self.path, _SCHEMA) as db:
            db.execute(
                f"UPDATE uploads SET standing = {_NOW[standing]}, "  # noqa: S608 - constants
                "doubtful = CASE WHEN ? THEN 0 ELSE doubtful END, "
                "confirmed = CASE WHEN ? THEN ? ELSE confirmed END, "
                "id = coalesce(?, id), state = coalesce(?, state), "
                "delivery = ?, code = coalesce(?, code), moved = ? "
                f"WHERE {_KEY} AND sha256 = ?",
                (
                    standing in {Standing.THERE, Standing.REFUSED},
                    *(standing is Standing.THERE, _next_step(db)),
                    *(id, state, delivery, code, self._clock()),
                    *self._row(identity),
                ),
            )

    def track(self, id: str, state: str, delivery: str | None) -> None:  # noqa: A002
        """Note the state iLink tells of a document; `moved` only when it is new."""
        with transaction(self.path, _SCHEMA) as db:
            db.execute(
                "UPDATE uploads SET delivery = ?, "
                "moved = CASE WHEN state IS ? THEN moved ELSE ? END, state = ? "
                "WHERE place = ? AND id = ?",
                (delivery, state, self._clock(), state, self._place, id),
            )

    def entries(self) -> tuple[Entry, ...]:
        """Return everything, in the order of the last attempts."""
        return self._find("1", ())

    def by_id(self, id: str) -> Entry | None:  # noqa: A002 - iLink's word
        """Return the document that iLink calls so, its latest content."""
        return next(iter(self._find("id = ?", (id,))[::-1]), None)

    def by_aim(self, aim: str) -> Entry | None:
        """Return the document whose AIM identifier this is (BT-18)."""
        return next(iter(self._find("aim = ?", (aim,))[::-1]), None)

    def by_number(self, number: str) -> tuple[Entry, ...]:
        """Return the documents with this number."""
        return self._find("number = ?", (number,))

    def first_time(self, event: str) -> bool:
        """Note an event, durably; whether it is the first time it was seen."""
        with transaction(self.path, _SCHEMA) as db:
            done = db.execute(
                "INSERT INTO events VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (self._place, event, self._clock()),
            )
            return done.rowcount == 1

    def _find(self, where: str, values: tuple[str, ...]) -> tuple[Entry, ...]:
        with transaction(self.path, _SCHEMA) as db:
            rows = db.execute(
                f"SELECT * FROM uploads WHERE place = ? AND {where} ORDER BY step",  # noqa: S608 - constants
                (self._place, *values),
            ).fetchall()
        return tuple(map(_entry, rows))

    def _key(self, identity: Identity) -> tuple[str, ...]:
        who = identity.seller, identity.number, identity.kind, identity.issued
        return (self._place, *who)

    def _row(self, identity: Identity) -> tuple[str, ...]:
        return (*self._key(identity), identity.sha256)


def default_folder() -> Path:
    """Return where journal and counts stand unless settings say otherwise."""
    return artefacts.home() / "ilink"


def _next_step(db: sqlite3.Connection) -> int:
    found = db.execute(
        "SELECT coalesce(max(max(step, confirmed)), 0) + 1 FROM uploads"
    ).fetchone()
    return int(found[0])


def _entry(row: sqlite3.Row) -> Entry:
    kept = {name: row[name] for name in Entry.__dataclass_fields__}
    kept["standing"] = Standing(kept["standing"])
    kept["doubtful"] = bool(kept["doubtful"])
    return Entry(**kept)
