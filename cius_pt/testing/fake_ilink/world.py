# SPDX-License-Identifier: MIT
"""What every part of a local iLink works with: settings, clock, store, entities."""

from __future__ import annotations

import secrets
import threading
from dataclasses import field, replace
from typing import TYPE_CHECKING

from cius_pt.testing.fake_ilink.clock import Clock
from cius_pt.testing.fake_ilink.settings import Entity, Settings
from cius_pt.testing.fake_ilink.store import Store
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from cius_pt.testing.fake_ilink.settings import Quirks


@dataclass(kw_only=True)
class World:
    """One local iLink without its HTTP."""

    settings: Settings
    clock: Clock
    store: Store
    origin: str = ""
    woken: threading.Event = field(default_factory=threading.Event)
    _entities: dict[str, Entity] = field(default_factory=dict)

    @property
    def quirks(self) -> Quirks:
        """In which of its shapes the API answers now."""
        return self.settings.quirks

    def change(self, **settings: object) -> None:
        """Change settings while it runs."""
        self.settings = replace(self.settings, **settings)  # type: ignore[arg-type]

    def add(self, entity: Entity) -> None:
        """Make an entity known; what the store says of its handshake stays."""
        self._entities[entity.nif] = entity
        with self.store.transaction():
            self.store.change(
                "INSERT INTO entities VALUES (?, ?, ?) "
                "ON CONFLICT (nif) DO UPDATE SET key = excluded.key",
                entity.nif,
                entity.key,
                entity.registered,
            )

    def entity(self, nif: str | None) -> Entity | None:
        """Return an entity by NIF, also one that only the state file knows."""
        if nif is None:
            return None
        if nif in self._entities:
            return self._entities[nif]
        row = self.store.row("SELECT key FROM entities WHERE nif = ?", nif)
        return None if row is None else Entity(nif=nif, key=row["key"])


def new_id() -> str:
    """Return an id in the form of iLink's: 14 hex digits, a dot, 8 digits."""
    return f"{secrets.token_hex(7)}.{secrets.randbelow(10**8):08}"
