# SPDX-License-Identifier: MIT
"""Keys in tokens: SoftHSM where it is installed, a played one where it is not."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from cius_pt import SignatureError, SigningKey, sign
from tests import signing_keys as keys
from tests.blank_pdf import BLANK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INVOICE = Path(__file__).resolve().parents[3] / "fixtures" / "withholding.xml"
MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "271828"
KINDS = ("rsa2048", "rsa2048-pss", "p256", "p384")
DER = serialization.Encoding.DER


# --- a played library: the names of python-pkcs11, the keys of the tests ---


class PKCS11Error(RuntimeError):
    pass


class PinIncorrect(PKCS11Error):  # noqa: N818 - the name of the library
    pass


class PinLocked(PKCS11Error):  # noqa: N818 - the name of the library
    pass


class PlayedKey:
    def __init__(self, kind: str, number: bytes) -> None:
        self.kind, self.number = kind, number

    def __getitem__(self, name: str) -> bytes:
        assert name == "id"
        return self.number

    def sign(self, data: bytes, *, mechanism: str, mechanism_param: Any) -> bytes:
        """Sign as the token would; the data is what PKCS#11 asks for."""
        key = keys.private(self.kind)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            assert mechanism == "ecdsa"
            hasher = keys.key(self.kind).suite.hasher
            der = key.sign(data, ec.ECDSA(utils.Prehashed(hasher)))
            r, s = utils.decode_dss_signature(der)
            width = (key.key_size + 7) // 8
            return r.to_bytes(width) + s.to_bytes(width)
        hasher = keys.key(self.kind).suite.hasher
        assert isinstance(key, rsa.RSAPrivateKey)
        if mechanism == "pss":
            assert mechanism_param == ("sha256", "mgf-sha256", 32)
            pss = padding.PSS(padding.MGF1(hasher), 32)
            return key.sign(data, pss, utils.Prehashed(hasher))
        assert data[:19].hex().endswith("0420")
        return key.sign(data[19:], padding.PKCS1v15(), utils.Prehashed(hasher))


class PlayedSession:
    def __init__(self, kinds: list[str], certificates: bool) -> None:
        self.kinds, self.certificates = kinds, certificates

    def get_objects(self, wanted: Mapping[str, Any]) -> Iterator[Any]:
        """Yield the keys or the certificates that fit."""
        for number, kind in enumerate(self.kinds):
            if wanted["class"] == "key":
                if wanted.get("label", kind) == kind:
                    yield PlayedKey(kind, bytes([number]))
            elif self.certificates:
                der = keys.certificate(kind).public_bytes(DER)
                yield {"id": bytes([number]), "value": der}


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Put a library in the place of python-pkcs11; returns what can be set."""
    setup = SimpleNamespace(
        tokens=1, kinds=["rsa2048"], certificates=True, locked=False
    )

    def open_(user_pin: str) -> PlayedSession:
        if setup.locked:
            raise PinLocked
        if user_pin != PIN:
            raise PinIncorrect
        return PlayedSession(setup.kinds, setup.certificates)

    def lib(module: str) -> SimpleNamespace:
        if module != "played.so":
            raise RuntimeError("cannot open shared object file")
        token = SimpleNamespace(open=open_)
        return SimpleNamespace(get_tokens=lambda **_: [token] * setup.tokens)

    library = ModuleType("pkcs11")
    vars(library).update(
        PKCS11Error=PKCS11Error,
        lib=lib,
        Attribute=SimpleNamespace(CLASS="class", LABEL="label", ID="id", VALUE="value"),
        ObjectClass=SimpleNamespace(PRIVATE_KEY="key", CERTIFICATE="certificate"),
        Mechanism=SimpleNamespace(
            RSA_PKCS="rsa", RSA_PKCS_PSS="pss", ECDSA="ecdsa", SHA256="sha256"
        ),
        MGF=SimpleNamespace(SHA256="mgf-sha256"),
    )
    monkeypatch.setitem(sys.modules, "pkcs11", library)
    return setup


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_in_a_token_signs(played: SimpleNamespace, kind: str) -> None:
    played.kinds = [kind.removesuffix("-pss")]
    pss = kind.endswith("-pss")
    key = SigningKey.from_pkcs11("played.so", pin=PIN, pss=pss)

    assert key.sign(hashlib.new(key.suite.hash, b"x").digest())
    assert len(sign(BLANK, key, time=keys.NOW)) > len(BLANK)


def test_one_of_several_keys_is_found_by_its_label(played: SimpleNamespace) -> None:
    played.kinds = ["rsa2048", "p256"]
    key = SigningKey.from_pkcs11("played.so", pin=PIN, label="p256")

    assert key.certificate == keys.certificate("p256")


def test_certificates_may_be_files(played: SimpleNamespace) -> None:
    played.certificates = False
    chain = keys.pem(keys.certificate("rsa2048"), keys.root())
    key = SigningKey.from_pkcs11("played.so", pin=PIN, certificates=[chain])

    assert key.chain == (keys.certificate("rsa2048"), keys.root())


@pytest.mark.parametrize(
    ("setup", "asked", "reason"),
    [
        ({}, {"pin": "0000"}, "refused the PIN"),
        ({"locked": True}, {}, "PIN of the token is locked"),
        ({"tokens": 0}, {}, "no token"),
        ({"tokens": 2}, {}, "2 tokens"),
        ({}, {"label": "nenhuma"}, "no key"),
        ({"kinds": ["rsa2048", "p256"]}, {}, "2 keys"),
        ({"certificates": False}, {}, "no certificate of this key"),
        ({}, {"module": "other.so"}, "no PKCS#11 module"),
    ],
)
def test_what_is_wrong_with_a_token_is_said(
    played: SimpleNamespace, setup: dict[str, Any], asked: dict[str, Any], reason: str
) -> None:
    vars(played).update(setup)
    module = asked.pop("module", "played.so")
    with pytest.raises(SignatureError, match=reason) as caught:
        SigningKey.from_pkcs11(module, **{"pin": PIN, **asked})

    assert "0000" not in str(caught.value)


def test_without_the_library_the_way_out_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(SignatureError, match="pip install python-pkcs11"):
        SigningKey.from_pkcs11("any.so", pin=PIN)


# --- a real token ---


@pytest.fixture(scope="module")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the module of a SoftHSM with one token per kind of key, or skip."""
    if find_spec("pkcs11") is None or not Path(MODULE).exists():
        pytest.skip("python-pkcs11 and SoftHSM are not both on this machine")
    tool = shutil.which("softhsm2-util")
    if tool is None:
        pytest.skip("there is no softhsm2-util on this machine")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    for kind in ("rsa2048", "p256", "p384", "p521"):
        made = (
            "--init-token",
            "--free",
            "--label",
            kind,
            "--pin",
            PIN,
            "--so-pin",
            PIN,
        )
        subprocess.run([tool, *made], check=True, capture_output=True)
        file = folder / f"{kind}.pem"
        file.write_bytes(keys.key_pem(kind))
        put = ("--import", str(file), "--token", kind, "--label", kind, "--id", "a1")
        subprocess.run([tool, *put, "--pin", PIN], check=True, capture_output=True)
    return MODULE


@pytest.mark.parametrize("kind", KINDS)
def test_a_real_token_signs(softhsm: str, kind: str) -> None:
    plain = kind.removesuffix("-pss")
    key = SigningKey.from_pkcs11(
        softhsm,
        pin=PIN,
        token=plain,
        pss=kind.endswith("-pss"),
        certificates=[keys.pem(keys.certificate(plain))],
    )

    assert len(sign(INVOICE.read_bytes(), key, time=keys.NOW)) > 0
    assert len(sign(BLANK, key, time=keys.NOW)) > len(BLANK)


def test_a_real_token_refuses_another_pin(softhsm: str) -> None:
    with pytest.raises(SignatureError, match="refused the PIN"):
        SigningKey.from_pkcs11(softhsm, pin="1111", token="p521")  # noqa: S106
