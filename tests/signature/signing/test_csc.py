# SPDX-License-Identifier: MIT
"""A remote signer of the Cloud Signature Consortium, played on this machine."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization

from cius_pt import SignatureError, sign
from cius_pt.signature.signing import csc
from tests import signing_keys as keys
from tests.blank_pdf import BLANK
from tests.loopback import serving

if TYPE_CHECKING:
    from collections.abc import Mapping

INVOICE = Path(__file__).resolve().parents[3] / "fixtures" / "withholding.xml"
TOKEN, PIN = "bearer-of-the-test", "271828"
DER = serialization.Encoding.DER
ALGORITHMS = {"rsa": "1.2.840.113549.1.1.1", "pss": "1.2.840.113549.1.1.10"}


class Service:
    """Signs hashes with a key of the tests; remembers what it was asked."""

    def __init__(self, kind: str, **broken: Any) -> None:
        self.key = keys.key(kind.removesuffix("-pss"), pss=kind.endswith("-pss"))
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.broken = broken

    def __call__(
        self, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Return what the service says to a request."""
        method = path.removeprefix("/csc/v1/")
        asked = json.loads(body)
        self.asked.append((method, asked))
        if method in self.broken:
            status, content = self.broken[method]
            return status, content
        if headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, b'{"error": "invalid_token"}'
        return 200, json.dumps(self.answer(method, asked)).encode()

    def answer(self, method: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the service says to a request that is well formed."""
        if method == "credentials/info":
            chain = [
                base64.b64encode(c.public_bytes(DER)).decode() for c in self.key.chain
            ]
            scheme = ALGORITHMS.get(self.key.suite.scheme, "1.2.840.10045.2.1")
            return {"key": {"algo": [scheme]}, "cert": {"certificates": chain}}
        if method == "credentials/authorize":
            assert asked["PIN"] == PIN
            return {"SAD": f"leave for {asked['hash'][0]}"}
        assert asked["SAD"] == f"leave for {asked['hash'][0]}"
        value = self.key.sign(base64.b64decode(asked["hash"][0]))
        return {"signatures": [base64.b64encode(value).decode()]}


def signed(service: Service, data: bytes, token: str = TOKEN) -> bytes:
    with serving(service) as url:
        key = csc.key(
            f"{url}/csc/v1/",
            "selo-1",
            token=token,
            authorization=lambda _digest: {"PIN": PIN},
        )
        return sign(data, key, time=keys.NOW)


@pytest.mark.parametrize("data", [INVOICE.read_bytes(), BLANK], ids=["xml", "pdf"])
@pytest.mark.parametrize("kind", ["rsa2048", "rsa2048-pss", "p256", "p384"])
def test_a_remote_key_signs(kind: str, data: bytes) -> None:
    service = Service(kind)
    out = signed(service, data)

    assert len(out) > len(data)
    assert [method for method, _ in service.asked] == [
        "credentials/info",
        "credentials/authorize",
        "signatures/signHash",
    ]


def test_only_a_hash_leaves_this_machine() -> None:
    service = Service("p256")
    signed(service, INVOICE.read_bytes())
    sent = json.dumps(service.asked)

    assert b"FT 2026A/8" in INVOICE.read_bytes()
    assert "2026A" not in sent
    assert len(base64.b64decode(service.asked[-1][1]["hash"][0])) == 32


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"credentials/info": (500, b"oh")}, "refused credentials/info: 500"),
        ({"credentials/info": (200, b"oh")}, "did not answer credentials/info"),
        ({"credentials/info": (200, b"[]")}, "did not answer credentials/info"),
        ({"credentials/info": (200, b"{}")}, "no certificate"),
        (
            {"credentials/authorize": (400, b'{"error": "invalid_otp"}')},
            "refused credentials/authorize: 400 invalid_otp",
        ),
        ({"signatures/signHash": (200, b'{"signatures": ["AAAA"]}')}, "no signature"),
        ({"signatures/signHash": (200, b'{"signatures": ["A"]}')}, "no base64"),
        ({"signatures/signHash": (200, b'{"signatures": 7}')}, "no signature"),
    ],
)
def test_a_service_that_fails_is_said_to(broken: dict[str, Any], reason: str) -> None:
    with pytest.raises(SignatureError, match=reason):
        signed(Service("p256", **broken), INVOICE.read_bytes())


def test_a_wrong_token_is_refused_and_not_shown() -> None:
    with pytest.raises(SignatureError, match="401 invalid_token") as caught:
        signed(Service("p256"), BLANK, token="another-secret")  # noqa: S106

    assert "another-secret" not in str(caught.value)


def test_a_service_that_is_not_there_is_said_to_be() -> None:
    with serving(lambda *_: (200, b"")) as url:
        pass
    with pytest.raises(SignatureError, match="cannot be reached") as caught:
        csc.key(url, "selo-1", token=TOKEN, seconds=0.5)

    assert caught.value.unreachable


def test_secrets_do_not_travel_in_the_clear() -> None:
    with pytest.raises(SignatureError, match="https"):
        csc.key("http://signer.example/csc/v1", "selo-1", token=TOKEN)
