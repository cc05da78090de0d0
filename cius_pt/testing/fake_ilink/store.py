# SPDX-License-Identifier: MIT
"""What a local iLink remembers: SQLite, in a file or in memory, one lock around it."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from cius_pt.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS entities (nif TEXT PRIMARY KEY, key TEXT UNIQUE NOT NULL,
    registered INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (hash TEXT PRIMARY KEY, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS nonces (nonce TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS documents (serial INTEGER PRIMARY KEY, id TEXT UNIQUE,
    nif TEXT, customer TEXT, number TEXT, type TEXT, date TEXT, sha256 TEXT, xml BLOB,
    state TEXT, edi TEXT, to_send TEXT, process TEXT, imported INTEGER DEFAULT 0,
    at REAL, edited INTEGER DEFAULT 0, view TEXT);
CREATE INDEX IF NOT EXISTS by_number ON documents (nif, number);
CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, document TEXT, at REAL,
    state TEXT, edi TEXT, reason TEXT, read INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS pending (id INTEGER PRIMARY KEY, document TEXT, due REAL,
    code TEXT, reason TEXT);
CREATE TABLE IF NOT EXISTS emails (id INTEGER PRIMARY KEY, document TEXT, at REAL,
    address TEXT, opened REAL);
CREATE TABLE IF NOT EXISTS uploads (id INTEGER PRIMARY KEY, at REAL, nif TEXT,
    number TEXT, code TEXT, sha256 TEXT);
CREATE TABLE IF NOT EXISTS files (token TEXT PRIMARY KEY, document TEXT, type TEXT,
    ubl_type TEXT, identifier TEXT, media TEXT, data BLOB);
CREATE TABLE IF NOT EXISTS connections (serial INTEGER PRIMARY KEY, id TEXT UNIQUE,
    nif TEXT, country TEXT, name TEXT, creator TEXT, operator TEXT, observation TEXT,
    state TEXT, reason TEXT, at REAL);
CREATE TABLE IF NOT EXISTS deliveries (id INTEGER PRIMARY KEY, url TEXT, key TEXT,
    body TEXT, due REAL, attempt INTEGER DEFAULT 0, done INTEGER DEFAULT 0);
"""


class Store:
    """The tables; `transaction` is the only way to change them."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        try:
            self._db = sqlite3.connect(
                path or ":memory:", check_same_thread=False, isolation_level=None
            )
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.executescript(_TABLES)
        except sqlite3.Error as error:
            raise InvalidValue(f"{path}: not a state file: {error}") from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing; the outermost one commits."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._db.execute("ROLLBACK")
                raise
            else:
                if self._depth == 1:
                    self._db.execute("COMMIT")
            finally:
                self._depth -= 1

    def change(self, sql: str, *values: Any) -> int:
        """Run a statement; return the id of the row it made, else how many it hit."""
        with self._lock:
            cursor = self._db.execute(sql, values)
            made = sql.lstrip().upper().startswith("INSERT")
            return (cursor.lastrowid or 0) if made else cursor.rowcount

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Return what a query finds."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """Return the first that a query finds."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
