"""A plain HTTP client, written from iLink's documentation, that no test trusts."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx2

from cius_pt import write
from cius_pt.testing.fake_ilink import FakeIlink
from tests.samples import invoice

SELLER = "123456789"
BUYER = "987654321"


@dataclass
class Client:
    """Calls the API as the seller, or as `key`."""

    ilink: FakeIlink
    http: httpx2.Client
    key: str = f"key{SELLER}"
    token: str = ""
    nonces: count[int] = field(default_factory=count)

    def token_request(self, **changes: object) -> dict[str, object]:
        """Return a signed token request, changed after it was signed."""
        settings = self.ilink.settings
        now, nonce = int(self.ilink.clock.now()), f"n{next(self.nonces)}"
        message = f"{settings.client_id}:{now}:{nonce}"
        secret = settings.client_secret.encode()
        digest = hmac.new(secret, message.encode(), hashlib.sha256).hexdigest()
        return {
            "grant_type": "client_credentials",
            "client_id": settings.client_id,
            "timestamp": now,
            "nonce": nonce,
            "signature": base64.b64encode(digest.encode()).decode(),
            **changes,
        }

    def log_in(self) -> httpx2.Response:
        """Get a token and keep it."""
        answer = self.http.post("/oauth2/token", json=self.token_request())
        self.token = answer.json()["access_token"]
        return answer

    def call(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """Make a request with the headers of every business call."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "entity": self.key,
            "accept": "application/json",
        }
        return self.http.request(method, path, headers=headers, **options)

    def upload(self, xml: bytes | None = None, **fields: str) -> httpx2.Response:
        """Upload a document, by default the plain invoice of `samples`."""
        xml = write(invoice()) if xml is None else xml
        return self.call(
            "POST",
            "/apps/documentsUBL",
            files={"document": ("a.xml", xml, "application/xml")},
            data=fields,
        )
