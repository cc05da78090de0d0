# SPDX-License-Identifier: MIT
"""`FakeIlink`: a local iLink that is started, told what to be, and asked what it saw.

>>> from cius_pt.testing.fake_ilink import Entity, FakeIlink
>>> with FakeIlink() as ilink:
...     ilink.add(Entity(nif="123456789"))
...     ilink.url.startswith("http://127.0.0.1:")
True
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from cius_pt.testing.fake_ilink import router, states, webhooks
from cius_pt.testing.fake_ilink.clock import Clock
from cius_pt.testing.fake_ilink.faults import Faults
from cius_pt.testing.fake_ilink.rate import Rate
from cius_pt.testing.fake_ilink.settings import Settings
from cius_pt.testing.fake_ilink.store import Store
from cius_pt.testing.fake_ilink.transport import Listener
from cius_pt.testing.fake_ilink.world import World
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from cius_pt.testing.fake_ilink.settings import Entity


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A document as the local iLink has it; `edited` counts the times it was sent."""

    id: str
    nif: str
    customer: str
    number: str
    type: str
    date: str
    sha256: str
    state: str
    edi: str | None
    to_send: str | None
    imported: bool
    edited: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An upload that was answered; `code` is the API's, or an HTTP status."""

    nif: str
    number: str
    code: str
    sha256: str


class FakeIlink:
    """A local iLink on a loopback address.

    `settings` says what it is, `state` is the SQLite file it remembers things in
    (memory when None), `port` 0 takes a free one. Start it with ``with`` or `start`.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        state: Path | None = None,
        port: int = 0,
        clock: Clock | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.faults = Faults()
        self.rate = Rate()
        self.problems: list[Exception] = []
        self.stopping = threading.Event()
        self.world = World(
            settings=settings or Settings(), clock=self.clock, store=Store(state)
        )
        try:
            self._listener = Listener(port, self)
        except OSError:
            self.world.store.close()
            raise
        self.origin = self.world.origin = (
            f"http://127.0.0.1:{self._listener.server_address[1]}"
        )
        self._threads: list[threading.Thread] = []
        self._courier = webhooks.Courier(self.world, states.run_due)

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    @property
    def url(self) -> str:
        """The base URL, as a client is given it."""
        return self.origin + router.PREFIX

    @property
    def settings(self) -> Settings:
        """What it is told to be; `change` changes it."""
        return self.world.settings

    def start(self) -> None:
        """Listen, in a thread of its own."""
        serving = threading.Thread(
            target=self._listener.serve_forever,
            kwargs={"poll_interval": 0.05},
            daemon=True,
            name="fake-ilink",
        )
        self._threads = [serving, self._courier]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop listening; what is in the state file stays."""
        self.stopping.set()
        if self._threads:
            self._listener.shutdown()
            self._courier.stop()
            self._threads = []
        self._listener.server_close()
        self.world.store.close()

    def change(self, **settings: object) -> None:
        """Change fields of the settings while it runs."""
        self.world.change(**settings)

    def add(self, *entities: Entity) -> None:
        """Make entities known."""
        for entity in entities:
            for hook in (entity.on_document, entity.on_state):
                if hook is not None:
                    webhooks.require_loopback(hook)
            self.world.add(entity)

    def advance(self, seconds: float) -> None:
        """Put the clock forward and make what is due by then."""
        self.clock.advance(seconds)
        states.run_due(self.world)
        self.world.woken.set()

    def move(self, document: str, code: str, reason: str = "") -> None:
        """Bring a document to a state now, by a code of `states.CODES`."""
        states.move(self.world, document, code, reason)

    def open_email(self, document: str) -> None:
        """Have the recipients read the e-mails of a document."""
        with self.world.store.transaction():
            self.world.store.change(
                "UPDATE emails SET opened = ? WHERE document = ?",
                self.clock.now(),
                document,
            )

    def documents(self, number: str | None = None) -> list[Stored]:
        """Return the documents there are, oldest first."""
        names = ", ".join(Stored.__dataclass_fields__)
        sql = f"SELECT {names} FROM documents ORDER BY serial"  # noqa: S608 - our names
        found = (Stored(**dict(row)) for row in self.world.store.rows(sql))
        return [one for one in found if number in {None, one.number}]

    def attempts(self, number: str | None = None) -> list[Attempt]:
        """Return every upload that was judged, oldest first, answered or not."""
        sql = "SELECT nif, number, code, sha256 FROM uploads ORDER BY id"
        found = (Attempt(**dict(row)) for row in self.world.store.rows(sql))
        return [one for one in found if number in {None, one.number}]

    def created(self) -> dict[str, int]:
        """Return, by document number, how many times it was created (s011)."""
        counts: dict[str, int] = {}
        for one in self.attempts():
            if one.code == "s011":
                counts[one.number] = counts.get(one.number, 0) + 1
        return counts

    @property
    def requests(self) -> dict[str, int]:
        """How many requests there were, by step."""
        return self.faults.requests
