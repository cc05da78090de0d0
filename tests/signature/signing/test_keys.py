# SPDX-License-Identifier: MIT
"""Which keys sign, which are refused, and that nothing of them is ever shown."""

from __future__ import annotations

import copy
import hashlib
import pickle
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, utils
from cryptography.hazmat.primitives.serialization import pkcs12

from cius_pt import SignatureError, SigningKey
from tests import signing_keys as keys

if TYPE_CHECKING:
    from collections.abc import Callable

DIGEST = hashlib.sha256(b"x").digest()
PUBLIC = keys.pem(keys.certificate("p256"), keys.root())


def p12_without(*, key: bool) -> bytes:
    plain = serialization.NoEncryption()
    if key:
        return pkcs12.serialize_key_and_certificates(
            b"x", keys.private("p256"), None, [keys.root()], plain
        )
    own = keys.certificate("p256")
    return pkcs12.serialize_key_and_certificates(b"x", None, own, None, plain)


REFUSED: dict[str, tuple[Callable[[], SigningKey], str]] = {
    "wrong password": (
        lambda: SigningKey.from_pkcs12(keys.p12(), "errada"),
        "password is wrong",
    ),
    "no password": (
        lambda: SigningKey.from_pkcs12(keys.p12(), None),
        "needs a password",
    ),
    "no PKCS#12": (
        lambda: SigningKey.from_pkcs12(b"%PDF-1.7", keys.PASSWORD),
        "not a PKCS#12 file",
    ),
    "half a PKCS#12": (
        lambda: SigningKey.from_pkcs12(keys.p12()[:600], keys.PASSWORD),
        "cannot be opened",
    ),
    "a PKCS#12 without key": (
        lambda: SigningKey.from_pkcs12(p12_without(key=False), None),
        "no private key",
    ),
    "a PKCS#12 without certificate": (
        lambda: SigningKey.from_pkcs12(p12_without(key=True), None),
        "belongs to none",
    ),
    "another key": (
        lambda: SigningKey.from_pem(PUBLIC, keys.key_pem("p384")),
        "belongs to none",
    ),
    "a wrong password of a PEM key": (
        lambda: SigningKey.from_pem(PUBLIC, keys.key_pem("p256", "certa"), "errada"),
        "password is wrong",
    ),
    "no password of a PEM key": (
        lambda: SigningKey.from_pem(PUBLIC, keys.key_pem("p256", "certa")),
        "needs a password",
    ),
    "a password too many": (
        lambda: SigningKey.from_pem(PUBLIC, keys.key_pem("p256"), "certa"),
        "is not encrypted",
    ),
    "no key in PEM": (
        lambda: SigningKey.from_pem(PUBLIC, PUBLIC),
        "cannot be read",
    ),
    "no certificate": (
        lambda: SigningKey([], lambda digest: digest),
        "no certificate",
    ),
    "a certificate that is none": (
        lambda: SigningKey([b"0\x03\x02\x01\x03"], lambda digest: digest),
        "cannot be read",
    ),
    "RSA 1024": (lambda: keys.key("rsa1024"), "1024 bits"),
    "P-192": (lambda: keys.key("p192"), "192 bits"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_key_is_refused_and_the_reason_said(case: str) -> None:
    load, reason = REFUSED[case]

    with pytest.raises(SignatureError, match=reason):
        load()


def test_ed25519_is_refused() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    data = key.private_bytes(*form, serialization.NoEncryption())

    with pytest.raises(SignatureError):
        SigningKey.from_pem(PUBLIC, data)


@pytest.mark.parametrize(
    ("certified", "reason"),
    [
        ({"until": keys.NOW - keys.DAY}, "expired on 2026-03-01"),
        ({"since": keys.NOW + keys.DAY}, "not valid before 2026-03-03"),
        ({"usage": frozenset({"key_encipherment"})}, "not for signing"),
        ({"usage": None}, "does not say what its key is for"),
    ],
)
def test_a_certificate_that_cannot_sign_is_refused(
    certified: dict[str, Any], reason: str
) -> None:
    with pytest.raises(SignatureError, match=reason):
        keys.key("p256", **certified).require_fit(keys.NOW)


@pytest.mark.parametrize("usage", ["digital_signature", "content_commitment"])
def test_one_of_the_two_usages_is_enough(usage: str) -> None:
    keys.key("p256", usage=frozenset({usage})).require_fit(keys.NOW)


def test_the_first_certificate_is_that_of_the_key_in_any_order() -> None:
    chain = keys.pem(keys.root(), keys.certificate("p384"))
    found = SigningKey.from_pem(chain, keys.key_pem("p384", "certa"), "certa")

    assert found.certificate == keys.certificate("p384")
    assert found.chain == (keys.certificate("p384"), keys.root())


@pytest.mark.parametrize("form", ["der", "side by side"])
def test_a_remote_ecdsa_signature_may_have_either_form(form: str) -> None:
    own = keys.key("p256")

    def remote(digest: bytes) -> bytes:
        der = own.sign(digest)
        r, s = utils.decode_dss_signature(der)
        return der if form == "der" else r.to_bytes(32) + s.to_bytes(32)

    assert SigningKey([PUBLIC], remote).sign(DIGEST)[:1] == b"0"


@pytest.mark.parametrize("answer", [b"", b"\x00" * 64, b"0\x00", b"x" * 71])
def test_an_answer_that_is_no_signature_is_refused(answer: bytes) -> None:
    with pytest.raises(SignatureError, match="no signature by the key"):
        SigningKey([PUBLIC], lambda _: answer).sign(DIGEST)


def test_the_signature_of_another_key_is_refused() -> None:
    other = keys.key("p256-other")

    with pytest.raises(SignatureError, match="no signature by the key"):
        SigningKey([PUBLIC], other.sign).sign(DIGEST)


# --- nothing is shown ---


def test_the_representation_shows_neither_key_nor_certificate() -> None:
    key = keys.key("rsa2048")
    said = repr(key)

    assert said == "<SigningKey rsa-sha256, 'Selo de Testes rsa2048'>"
    assert "BEGIN" not in said


def test_a_key_is_not_copied() -> None:
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="never copied"):
            attempt(keys.key("rsa2048"))


@pytest.mark.parametrize("case", REFUSED)
def test_no_traceback_shows_a_password(case: str) -> None:
    load, _ = REFUSED[case]
    with pytest.raises(SignatureError) as caught:
        load()
    shown = traceback.TracebackException.from_exception(caught.value)
    said = "".join(line for line in shown.format() if 'File "' not in line)

    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert not any(w in said for w in ("errada", "certa", keys.PASSWORD, "BEGIN"))
