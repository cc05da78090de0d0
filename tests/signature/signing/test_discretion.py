# SPDX-License-Identifier: MIT
"""Signing keeps to itself: no connection, no secret in what is said or logged."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING, NoReturn

import pytest

from cius_pt import SignatureError, SigningKey, sign, sign_invoice, verify
from tests import signing_keys as keys
from tests.blank_pdf import BLANK
from tests.layouts import PLAIN

if TYPE_CHECKING:
    from collections.abc import Callable

SECRETS = (keys.PASSWORD, "BEGIN CERTIFICATE", "BEGIN PRIVATE")


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every attempt at a connection fail the test."""

    def refuse(*_: object, **__: object) -> NoReturn:
        pytest.fail("something wanted to connect")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.usefixtures("cut_off")
def test_signing_and_verifying_connect_to_nothing() -> None:
    out = sign_invoice(PLAIN, keys.key("p256"), pdf=BLANK, time=keys.NOW)

    assert verify(out, at=keys.NOW).verdict == "valid"


def stamp_fails(_digest: bytes, _algorithm: str) -> bytes:
    raise SignatureError("no stamp today")


@pytest.mark.parametrize(
    "work",
    [
        lambda: sign(PLAIN, keys.key("rsa2048"), time=keys.NOW),
        lambda: sign(BLANK, keys.key("rsa2048"), time=keys.NOW),
        lambda: SigningKey.from_pkcs12(keys.p12()[:-9], keys.PASSWORD),
        lambda: sign(BLANK, keys.key("p256"), timestamp=stamp_fails, time=keys.NOW),
        lambda: sign(BLANK[:99], keys.key("p256"), time=keys.NOW),
    ],
)
def test_no_secret_is_logged_or_said(
    work: Callable[[], object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = ""
    try:
        work()
    except SignatureError as error:
        said = f"{error}{error.__cause__}{error.__context__}"

    assert not any(secret in said + caplog.text for secret in SECRETS)
    certificate = keys.certificate("rsa2048").public_bytes
    assert certificate(keys.DER).hex() not in said + caplog.text
