"""Trust stores, from files and folders or put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from cius_pt.errors import ArtefactError, InvalidValue
from cius_pt.signature.status import Trust
from cius_pt.signature.trust import (
    TrustStore,
)
from tests.signature.trust_pki import (
    answer,
    revoke,
)

if TYPE_CHECKING:
    from pathlib import Path
from tests.signature.trust_asking import (
    CLEAN,
    INTER,
    ROOT,
    SEAL,
    judged,
)

pytestmark = pytest.mark.usefixtures("no_network")


def test_files_and_folders_are_sorted_by_what_they_hold(tmp_path: Path) -> None:
    (tmp_path / "raiz.pem").write_bytes(b"text before\n" + ROOT.pem + INTER.pem)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "selo.der").write_bytes(SEAL.der)
    (tmp_path / "sub" / "lista.crl").write_bytes(revoke(INTER))
    (tmp_path / "resposta").write_bytes(answer(INTER, SEAL, revoked=False))
    (tmp_path / "LEIA-ME.txt").write_text("nada")

    store = TrustStore.from_files([tmp_path])

    assert store.roots == (ROOT.der,)
    assert set(store.intermediates) == {INTER.der, SEAL.der}
    assert (len(store.crls), len(store.ocsps)) == (1, 1)


def test_a_file_can_be_said_to_be_an_anchor_or_not(tmp_path: Path) -> None:
    path = tmp_path / "um.pem"
    path.write_bytes(INTER.pem)

    assert TrustStore.from_files(roots=[path]).roots == (INTER.der,)
    path.write_bytes(ROOT.pem)
    assert TrustStore.from_files(intermediates=[path]).intermediates == (ROOT.der,)


def test_an_intermediate_can_be_the_anchor() -> None:
    assert judged(SEAL, store=TrustStore(roots=(INTER.der,))).trust is Trust.TRUSTED


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"nothing of the kind", "no certificate"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "line 1"),
        (b"", "no certificate"),
    ],
)
def test_a_file_that_is_none_is_named(
    tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "estragado.pem"
    path.write_bytes(content)

    with pytest.raises(ArtefactError, match=said) as caught:
        TrustStore.from_files([path])
    assert "estragado.pem" in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="falta"):
        TrustStore.from_files([tmp_path / "falta.pem"])


def test_a_private_key_has_no_place_in_a_store(tmp_path: Path) -> None:
    path = tmp_path / "chave.pem"
    secret = SEAL.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(SEAL.pem + secret)

    with pytest.raises(ArtefactError, match="private key") as caught:
        TrustStore.from_files([path])
    assert secret.splitlines()[1].decode() not in str(caught.value)


def test_a_store_shows_numbers_only_and_refuses_rubbish() -> None:
    assert repr(CLEAN) == (
        "TrustStore(roots=1, intermediates=1, crls=2, ocsps=0, services=0)"
    )
    with pytest.raises(InvalidValue, match=r"roots\[1\]"):
        TrustStore(roots=(ROOT.der, b"rubbish"))


def test_two_stores_are_one() -> None:
    both = TrustStore(roots=(ROOT.der,)).plus(CLEAN)

    assert (both.roots, both.intermediates, both.crls) == (
        CLEAN.roots,
        CLEAN.intermediates,
        CLEAN.crls,
    )
