# SPDX-License-Identifier: MIT
"""Private SQLite files in WAL mode, opened for one transaction at a time.

A connection is never kept: it could not be taken through a fork or to a thread.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from cius_pt.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE: Final = 30.0  # seconds another process may take for its transaction


@contextmanager
def transaction(
    path: Path, schema: str, *, durable: bool = True
) -> Iterator[sqlite3.Connection]:
    """Open `path`, made with `schema` if need be, for one transaction.

    It is on disk when the block ends, unless `durable` is false; an exception undoes
    it. Raises `BrokerError` when the file cannot be used.
    """
    try:
        _private(path)
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode=WAL")
            # FULL: in WAL mode, NORMAL may lose the last commits with the power.
            connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
            connection.execute("BEGIN IMMEDIATE")
            for statement in schema.split(";"):
                connection.execute(statement)
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
        finally:
            connection.close()
    except (sqlite3.Error, OSError) as error:
        raise BrokerError(f"{path} cannot be used: {error}") from error


def _private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
