# SPDX-License-Identifier: MIT
"""A broker against the local iLink, and documents that are told apart by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cius_pt import write
from cius_pt.broker.client import Broker
from cius_pt.broker.credentials import Credentials
from cius_pt.broker.environment import Environment
from cius_pt.broker.secret import Secret
from cius_pt.testing.fake_ilink import Entity, FakeIlink, Settings
from tests import samples

if TYPE_CHECKING:
    from pathlib import Path

SELLER = samples.SELLER.vat_identifier.removeprefix("PT")
BUYER = samples.BUYER.vat_identifier.removeprefix("PT")
PLAIN = write(samples.invoice(number="@NUMBER@"))


def document(number: str, note: str = "") -> bytes:
    """Return a document with this number; with a note it has another content."""
    data = PLAIN.replace(b"@NUMBER@", number.encode())
    return data.replace(b"Caderno", f"Caderno{note}".encode())


def ilink(state: Path | None = None, **settings: Any) -> FakeIlink:
    """Return a local iLink that knows seller and buyer; it judges nothing."""
    fake = FakeIlink(Settings(**{"validate": False, **settings}), state=state)
    fake.add(Entity(nif=SELLER), Entity(nif=BUYER))
    return fake


def credentials(fake: FakeIlink) -> Credentials:
    """Return what this local iLink takes."""
    return Credentials(
        client_id=fake.settings.client_id,
        client_secret=Secret(fake.settings.client_secret),
        entity=Secret(f"key{SELLER}"),
    )


def environment(url: str, **changes: Any) -> Environment:
    """Return how to speak to a local iLink, without losing time."""
    plain: dict[str, Any] = {"timeout": 10.0, "retries": (0.01, 0.02, 0.03)}
    return Environment(base_url=url, **{**plain, **changes})


def broker(fake: FakeIlink, journal: Path, **changes: Any) -> Broker:
    """Return a broker whose waiting puts forward the clock of the local iLink."""
    return Broker(
        environment(fake.url, **changes),
        credentials(fake),
        journal=journal,
        limits=journal.with_name("limits.sqlite3"),
        clock=fake.clock.now,
        sleep=fake.clock.advance,
    )
