# SPDX-License-Identifier: MIT
"""Time stamping authorities that answer, refuse, lie, sleep or are not there."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from asn1crypto import tsp

from cius_pt import SignatureError, sign
from cius_pt.signature.signing import tsa
from tests import signing_keys as keys
from tests.blank_pdf import BLANK
from tests.loopback import serving

if TYPE_CHECKING:
    from collections.abc import Callable

INVOICE = Path(__file__).resolve().parents[3] / "fixtures" / "withholding.xml"
DIGEST = hashlib.sha256(b"x").digest()


def granted(body: bytes, *, digest: bytes | None = None, nonce: int = 0) -> bytes:
    """Return the answer to a request, or one that fits another."""
    request = tsp.TimeStampReq.load(body)
    imprint = request["message_imprint"]
    token = keys.token(
        digest or imprint["hashed_message"].native,
        imprint["hash_algorithm"]["algorithm"].native,
        nonce=nonce or request["nonce"].native,
    )
    response: bytes = tsp.TimeStampResp(
        {"status": {"status": "granted"}, "time_stamp_token": token}
    ).dump()
    return response


def test_the_token_of_an_answer_is_returned() -> None:
    with serving(lambda _path, body, _headers: (200, granted(body))) as url:
        token = tsa.authority(url)(DIGEST, "sha256")

    assert b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" in token[:32]  # CMS signedData


@pytest.mark.parametrize("data", [INVOICE.read_bytes(), BLANK], ids=["xml", "pdf"])
def test_a_document_is_stamped(data: bytes) -> None:
    with serving(lambda _path, body, _headers: (200, granted(body))) as url:
        out = sign(data, keys.key(), timestamp=tsa.authority(url), time=keys.NOW)

    assert len(out) > len(sign(data, keys.key(), time=keys.NOW))


def refusing(_body: bytes) -> tuple[int, bytes]:
    return 200, bytes.fromhex("30053003020102")  # a status of 2 and nothing else


def sleeping(body: bytes) -> tuple[int, bytes]:
    time.sleep(0.6)
    return 200, granted(body)


BAD: dict[str, tuple[Callable[[bytes], tuple[int, bytes]], str]] = {
    "an error": (lambda _: (500, b"oh"), "answered HTTP 500"),
    "a redirection": (lambda _: (302, b""), "answered HTTP 302"),
    "garbage": (lambda _: (200, b"<html>"), "did not answer with a time stamp"),
    "nothing": (lambda _: (200, b""), "did not answer with a time stamp"),
    "a refusal": (refusing, "refused: rejection"),
    "half a token": (lambda b: (200, granted(b)[:400]), "did not answer with"),
    "another hash": (lambda b: (200, granted(b, digest=bytes(32))), "another request"),
    "another nonce": (lambda b: (200, granted(b, nonce=5)), "another request"),
    "too much": (lambda _: (200, bytes(tsa.MAX_ANSWER + 1)), "too much"),
    "sleep": (sleeping, "did not answer within 0.2 seconds"),
}


@pytest.mark.parametrize("case", BAD)
def test_an_authority_that_fails_is_said_to(case: str) -> None:
    answer, reason = BAD[case]
    with (
        serving(lambda _path, body, _headers: answer(body)) as url,
        pytest.raises(SignatureError, match=reason) as caught,
    ):
        tsa.authority(url, seconds=0.2 if case == "sleep" else 10)(DIGEST, "sha256")

    assert caught.value.unreachable


def test_an_authority_that_is_not_there_is_said_to_be() -> None:
    with serving(lambda *_: (200, b"")) as url:
        pass
    with pytest.raises(SignatureError, match="cannot be reached") as caught:
        tsa.authority(url, seconds=0.5)(DIGEST, "sha256")

    assert caught.value.unreachable


@pytest.mark.parametrize("data", [INVOICE.read_bytes(), BLANK], ids=["xml", "pdf"])
def test_a_stamp_that_fails_leaves_no_document(data: bytes) -> None:
    with serving(lambda *_: (503, b"")) as url, pytest.raises(SignatureError) as caught:
        sign(data, keys.key(), timestamp=tsa.authority(url), time=keys.NOW)

    assert "HTTP 503" in str(caught.value)


def test_only_the_web_is_asked() -> None:
    with pytest.raises(SignatureError, match="http or https"):
        tsa.authority("file:///etc/passwd")
