"""A local iLink that judges nothing, and a client that is logged in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import pytest

from cius_pt.testing.fake_ilink import Entity, FakeIlink, Settings
from tests.ilink_client import BUYER, SELLER, Client

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def fake_ilink_settings() -> Settings:
    """Validate nothing: the rules have tests of their own."""
    return Settings(validate=False)


@pytest.fixture
def client(fake_ilink: FakeIlink) -> Iterator[Client]:
    """Give a client that has a token, of a local iLink with seller and buyer."""
    fake_ilink.add(Entity(nif=SELLER, name="Loja Azul"), Entity(nif=BUYER))
    with httpx2.Client(base_url=fake_ilink.url, timeout=10) as http:
        client = Client(ilink=fake_ilink, http=http)
        client.log_in()
        yield client
