"""What certificates are worth: chains, time, revocation, usage, strength, stamps."""

from __future__ import annotations

import datetime as dt
import hashlib
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.errors import ArtefactError, InvalidValue
from cius_pt.findings import Severity
from cius_pt.signature.policy import TRUST, Policy
from cius_pt.signature.signer import nif_of
from cius_pt.signature.status import Integrity, Signer, SubIndication, Trust
from cius_pt.signature.trust import (
    Assessment,
    TrustStore,
    assess,
    compare_nif,
    timestamp,
)
from tests.profiles import DRAWN
from tests.signature.trust_pki import (
    DAY,
    NOW,
    STAMPING,
    YEAR,
    Holder,
    answer,
    issue,
    revoke,
    stamped,
)

if TYPE_CHECKING:
    from pathlib import Path

ROOT = issue("Raiz", ca=True, start=NOW - 9 * YEAR, end=NOW + 9 * YEAR)
INTER = issue("Emissora", ROOT, ca=True, start=NOW - 8 * YEAR, end=NOW + 8 * YEAR)
SEAL = issue("Selo", INTER, identifier="VATPT-500000000")
TSA = issue(
    "TSA",
    INTER,
    purposes=STAMPING,
    usages=("digital_signature",),
    key_name="rsa2048 tsa",
)
STORE = TrustStore(roots=(ROOT.der,), intermediates=(INTER.der,))
CLEAN = TrustStore(
    roots=(ROOT.der,),
    intermediates=(INTER.der,),
    crls=(revoke(ROOT), revoke(INTER)),
)


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        pytest.fail("the trust engine opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def judged(holder: Holder, *others: Holder, **changes: Any) -> Assessment:
    """Assess a certificate under iLink's policy, unless changed."""
    asked: dict[str, Any] = {"store": CLEAN, "at": NOW, "policy": Policy.ILINK}
    return assess(holder.der, [o.der for o in others], **{**asked, **changes})


def rules(assessment: Assessment) -> list[str]:
    return [reason.rule for reason in assessment.reasons]


# --- chains ---


def test_a_seal_of_a_known_authority_is_trusted() -> None:
    found = judged(SEAL)

    assert (found.trust, found.sub_indication, rules(found)) == (
        Trust.TRUSTED,
        None,
        [],
    )
    assert found.signer is not None
    assert found.signer.nif == "500000000"
    assert found.signer.key == "EC-secp256r1"
    assert found.signer.key_usage == ("digital_signature", "non_repudiation")


@pytest.mark.parametrize("usages", [("digital_signature",), ("content_commitment",)])
def test_either_kind_of_signing_key_is_fine(usages: tuple[str, ...]) -> None:
    assert judged(issue("Um só", INTER, usages=usages)).trust is Trust.TRUSTED


@pytest.mark.parametrize("usages", [None, ("key_encipherment",), ("key_agreement",)])
def test_a_key_that_is_not_for_signing_is_refused(
    usages: tuple[str, ...] | None,
) -> None:
    found = judged(issue("Outro uso", INTER, usages=usages))

    assert found.trust is Trust.UNTRUSTED
    assert found.sub_indication is SubIndication.CHAIN_CONSTRAINTS_FAILURE
    assert rules(found) == ["CP-TRUST-07"]


@pytest.mark.parametrize(
    ("purposes", "trusted"),
    [
        ((ExtendedKeyUsageOID.SERVER_AUTH,), False),
        ((ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH), False),
        ((ExtendedKeyUsageOID.CODE_SIGNING,), False),
        (STAMPING, False),
        ((ExtendedKeyUsageOID.EMAIL_PROTECTION,), True),
        ((ExtendedKeyUsageOID.CLIENT_AUTH,), True),
        ((x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),), True),
        ((x509.ObjectIdentifier("1.2.840.113583.1.1.5"),), True),
        ((x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),), True),
    ],
)
def test_what_a_certificate_says_it_is_for_counts(
    purposes: tuple[x509.ObjectIdentifier, ...], trusted: bool
) -> None:
    found = judged(issue("Com fim", INTER, purposes=purposes))

    assert (found.trust is Trust.TRUSTED) is trusted
    assert ("CP-TRUST-08" in rules(found)) is not trusted


def test_without_a_store_only_the_signer_is_known() -> None:
    found = judged(SEAL, store=None)

    assert (found.trust, rules(found)) == (Trust.NOT_CHECKED, ["CP-TRUST-01"])
    assert found.signer is not None


def test_intermediates_may_come_with_the_message_or_be_missing() -> None:
    bare = TrustStore(roots=(ROOT.der,))

    assert judged(SEAL, INTER, store=bare).trust is Trust.TRUSTED
    missing = judged(SEAL, store=bare)
    assert missing.trust is Trust.UNTRUSTED
    assert missing.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_a_reversed_chain_and_strangers_in_it_do_not_matter() -> None:
    stranger = issue("Estranho", ca=True)
    found = judged(
        SEAL, ROOT, stranger, INTER, SEAL, store=TrustStore(roots=(ROOT.der,))
    )

    assert found.trust is Trust.TRUSTED


def test_a_root_that_came_with_the_message_is_no_anchor() -> None:
    other = issue("Raiz", ca=True, key_name="raiz falsa")
    found = judged(issue("Selo", other), other)

    assert found.trust is Trust.UNTRUSTED


def test_an_impostor_with_the_name_of_an_authority_is_caught() -> None:
    fake = issue("Emissora", ca=True, key_name="emissora falsa")
    found = judged(issue("Selo", fake, key_name="vítima"), fake)

    assert found.trust is Trust.UNTRUSTED
    assert found.sub_indication is SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE


def test_a_leaf_cannot_issue() -> None:
    found = judged(issue("Neto", SEAL), SEAL)

    assert (found.trust, rules(found)) == (Trust.UNTRUSTED, ["CP-TRUST-09"])


def test_a_self_signed_certificate_is_trusted_only_as_an_anchor() -> None:
    own = issue("Próprio")

    assert judged(own).trust is Trust.UNTRUSTED
    assert judged(own, store=TrustStore(roots=(own.der,))).trust is Trust.TRUSTED


def test_an_anchor_that_signs_itself_expires_too() -> None:
    own = issue("Próprio", end=NOW - DAY)

    found = judged(own, store=TrustStore(roots=(own.der,)))

    assert (found.trust, rules(found)) == (Trust.EXPIRED, ["CP-TRUST-03"])


def test_a_critical_extension_nobody_knows_is_refused() -> None:
    unknown = x509.UnrecognizedExtension(
        x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00"
    )
    found = judged(issue("Estranho", INTER, extra=((unknown, True),)))

    assert (found.trust, rules(found)) == (Trust.UNTRUSTED, ["CP-TRUST-09"])


def test_certificates_that_issue_one_another_do_not_take_for_ever() -> None:
    # Every name issued by every name: the paths are more than there are atoms.
    names = [f"Nó {number}" for number in range(8)]
    tangle = [
        issue(
            name,
            Holder(certificate=issue(other, ca=True).certificate, key=key),
            ca=True,
        )
        for name in names
        for other in names
        if name != other and (key := issue(other, ca=True).key)
    ]
    started = time.monotonic()

    found = judged(issue("Selo", tangle[0]), *tangle)

    assert found.trust is Trust.UNTRUSTED
    assert time.monotonic() - started < 5


# --- time ---


def test_expired_and_not_yet_valid_are_told_apart() -> None:
    old = judged(SEAL, at=NOW + 2 * YEAR)
    early = judged(SEAL, at=NOW - 2 * YEAR)

    assert (old.trust, rules(old)) == (Trust.EXPIRED, ["CP-TRUST-03"])
    assert (early.trust, rules(early)) == (Trust.NOT_YET_VALID, ["CP-TRUST-04"])
    assert old.sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE


def test_a_moment_that_is_proven_counts_instead_of_now() -> None:
    found = judged(SEAL, at=NOW + 2 * YEAR, proven=NOW)

    assert (found.trust, rules(found)) == (Trust.TRUSTED, [])


def test_a_signing_time_outside_the_validity_is_a_reason() -> None:
    found = judged(SEAL, signing_time=NOW - 2 * YEAR)

    assert rules(found) == ["CP-TRUST-13"]
    assert found.sub_indication is SubIndication.SIG_CONSTRAINTS_FAILURE


def test_a_signing_time_without_zone_is_taken_as_utc() -> None:
    assert rules(judged(SEAL, signing_time=NOW.replace(tzinfo=None))) == []


@pytest.mark.parametrize("name", ["at", "proven"])
def test_a_naive_moment_is_the_callers_mistake(name: str) -> None:
    with pytest.raises(InvalidValue, match=name):
        judged(SEAL, **{name: NOW.replace(tzinfo=None)})


# --- revocation ---


def with_crls(*crls: bytes) -> TrustStore:
    return TrustStore(roots=(ROOT.der,), intermediates=(INTER.der,), crls=crls)


def test_revoked_is_revoked_without_a_distribution_point() -> None:
    found = judged(SEAL, store=with_crls(revoke(INTER, SEAL)))

    assert (found.trust, rules(found)) == (Trust.REVOKED, ["CP-TRUST-05"])
    assert found.sub_indication is SubIndication.REVOKED_NO_POE


def test_a_revoked_authority_takes_its_certificates_along() -> None:
    found = judged(SEAL, store=with_crls(revoke(ROOT, INTER), revoke(INTER)))

    assert (found.trust, rules(found)) == (Trust.REVOKED, ["CP-TRUST-06"])
    assert found.sub_indication is SubIndication.REVOKED_CA_NO_POE


def test_a_signature_proven_before_the_revocation_stays_good() -> None:
    store = with_crls(revoke(ROOT), revoke(INTER, SEAL))

    assert judged(SEAL, store=store, proven=NOW - 31 * DAY).trust is Trust.TRUSTED
    assert judged(SEAL, store=store, proven=NOW - 29 * DAY).trust is Trust.REVOKED


def test_what_an_old_list_revoked_stays_revoked() -> None:
    old = revoke(INTER, SEAL, made=NOW - 20 * DAY, until=NOW - 10 * DAY)

    assert judged(SEAL, store=with_crls(old)).trust is Trust.REVOKED


def test_an_old_list_vouches_for_nobody() -> None:
    old = revoke(INTER, made=NOW - 20 * DAY, until=NOW - 10 * DAY)
    found = judged(SEAL, store=with_crls(old))

    assert (found.trust, rules(found)) == (Trust.TRUSTED, ["CP-TRUST-12"])
    assert found.sub_indication is SubIndication.TRY_LATER


def test_expired_and_revoked_before_is_revoked() -> None:
    late = revoke(INTER, SEAL, made=NOW + 2 * YEAR, until=NOW + 2 * YEAR + DAY)

    found = judged(SEAL, store=with_crls(late), at=NOW + 2 * YEAR)

    assert found.trust is Trust.REVOKED


def test_a_list_that_another_key_signed_is_worth_nothing() -> None:
    fake = issue("Emissora", ca=True, key_name="emissora falsa")

    found = judged(SEAL, store=with_crls(revoke(fake, SEAL)))

    assert (found.trust, rules(found)) == (Trust.TRUSTED, ["CP-TRUST-12"])


@pytest.mark.parametrize("root", [ROOT, INTER], ids=["root", "listed"])
@pytest.mark.parametrize("revoked", [True, False])
def test_an_ocsp_response_counts_as_a_list_does(revoked: bool, root: Holder) -> None:
    address = x509.AuthorityInformationAccess(
        [
            x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP,
                x509.UniformResourceIdentifier("http://ocsp.invalid/"),
            )
        ]
    )
    seal = issue("Com OCSP", INTER, extra=((address, False),))
    store = TrustStore(
        roots=(root.der,),
        intermediates=(INTER.der,),
        ocsps=(answer(INTER, seal, revoked=revoked),),
    )

    found = judged(seal, store=store)

    assert found.trust is (Trust.REVOKED if revoked else Trust.TRUSTED)
    assert rules(found) == (["CP-TRUST-05"] if revoked else [])


def test_revocation_data_of_a_document_helps_and_rubbish_in_it_does_not() -> None:
    helped = STORE.helped_by(
        crls=[b"rubbish", revoke(INTER, SEAL)], ocsps=[b"\x30\x00"]
    )

    assert judged(SEAL, store=helped).trust is Trust.REVOKED
    assert helped.ocsps == ()


def test_a_list_that_cannot_be_read_to_its_end_costs_no_trust() -> None:
    good = revoke(INTER, SEAL)
    # The revoked serial number becomes something that is no number.
    serial = SEAL.certificate.serial_number.to_bytes(20)
    at = good.index(serial) - 2
    broken = good[:at] + b"\x05" + good[at + 1 :]

    found = judged(SEAL, store=CLEAN.helped_by(crls=[broken]))

    assert found.trust is Trust.TRUSTED


# --- strength ---


@pytest.mark.parametrize(("bits", "weak"), [("1024", True), ("2048", False)])
def test_a_short_rsa_key_is_weak(bits: str, weak: bool) -> None:
    found = judged(issue("RSA", INTER, key_name=f"rsa{bits}"))

    assert (found.trust is Trust.UNTRUSTED) is weak
    assert rules(found) == (["CP-TRUST-10"] if weak else [])


def test_a_weak_key_is_seen_without_a_store() -> None:
    found = judged(issue("RSA", INTER, key_name="rsa1024"), store=None)

    assert found.trust is Trust.NOT_CHECKED
    assert "CP-TRUST-10" in rules(found)


def test_what_is_strong_today_is_weak_after_its_sunset() -> None:
    far = dt.datetime(2029, 1, 1, tzinfo=dt.UTC)
    seal = issue("RSA", INTER, key_name="rsa2048", end=NOW + 5 * YEAR)

    assert "CP-TRUST-10" in rules(judged(seal, store=STORE, at=far))
    assert "CP-TRUST-10" not in rules(judged(seal, store=STORE, at=far - DAY))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("ed25519", "ED25519"),
        ("p384", "EC-secp384r1"),
        ("p521", "EC-secp521r1"),
        ("brainpool", "EC-brainpoolp256r1"),
        ("p192", "EC-secp192r1"),
    ],
)
def test_keys_of_every_kind_are_named_and_judged(name: str, shown: str) -> None:
    found = judged(issue(name, INTER, key_name=name))

    assert found.signer is not None
    assert found.signer.key == shown
    assert rules(found) == (["CP-TRUST-10"] if name == "p192" else [])


def test_a_chain_of_edwards_curves_is_trusted() -> None:
    root = issue("Raiz Ed", ca=True, key_name="ed25519 raiz")
    inter = issue("Emissora Ed", root, ca=True, key_name="ed25519 emissora")
    seal = issue("Selo Ed", inter, key_name="ed25519 selo")
    lists = (revoke(root), revoke(inter))
    store = TrustStore(roots=(root.der,), intermediates=(inter.der,), crls=lists)

    assert judged(seal, store=store).trust is Trust.TRUSTED


# --- policies ---


def test_the_qualified_policy_is_never_milder() -> None:
    order = list(Severity)
    for rule, weight in TRUST.items():
        assert order.index(weight.qualified) <= order.index(weight.ilink), rule


def test_only_ilink_forgives_what_costs_the_trust() -> None:
    expired = issue("Velho", INTER, end=NOW - DAY)
    mild, strict = (
        judged(expired, policy=policy).reasons[0].severity
        for policy in (Policy.ILINK, Policy.QUALIFIED)
    )

    assert (mild, strict) == (Severity.WARNING, Severity.FATAL)


def test_without_a_trusted_list_nothing_is_qualified() -> None:
    found = judged(SEAL, policy=Policy.QUALIFIED)

    assert rules(found) == ["CP-TRUST-15"]
    assert found.signer is not None
    assert found.signer.qualified is None


# --- who signed ---


@given(
    st.integers(min_value=0, max_value=999_999_999),
    st.sampled_from(["VATPT-", "VATEU-PT", "NTRPT-", "PSDPT-BDP-", "vatpt-"]),
)
@DRAWN
def test_a_portuguese_number_is_found_under_every_scheme(
    number: int, scheme: str
) -> None:
    assert nif_of(f"{scheme}{number:09d}") == f"{number:09d}"


@pytest.mark.parametrize("text", ["VATES-B12345678", "VATPT-12345678", "", "500000000"])
def test_what_is_no_portuguese_number_gives_none(text: str) -> None:
    assert nif_of(text) is None


@pytest.mark.parametrize(
    ("seller", "expected"),
    [
        ("PT500000000", []),
        ("500000000", []),
        (" pt500000000 ", []),
        ("PT509999999", ["CP-TRUST-16"]),
        (None, []),
        ("", []),
    ],
)
def test_the_signer_is_compared_with_the_seller(
    seller: str | None, expected: list[str]
) -> None:
    signer = judged(SEAL).signer

    found = compare_nif(signer, seller, Policy.QUALIFIED)

    assert [finding.rule for finding in found] == expected
    assert all(finding.severity is Severity.INFO for finding in found)


def test_a_signer_without_number_is_not_compared() -> None:
    signer = judged(issue("Sem NIF", INTER)).signer

    assert isinstance(signer, Signer)
    assert compare_nif(signer, "PT500000000", Policy.ILINK) == ()
    assert compare_nif(None, "PT500000000", Policy.ILINK) == ()


# --- content never raises ---


@given(st.binary(max_size=300))
@DRAWN
def test_no_bytes_make_the_engine_raise(rubbish: bytes) -> None:
    found = assess(rubbish, [rubbish], store=CLEAN, at=NOW, policy=Policy.ILINK)

    assert (found.trust, found.signer) == (Trust.UNTRUSTED, None)
    stamp, findings = timestamp(
        rubbish, lambda _: b"", store=CLEAN, at=NOW, policy=Policy.ILINK
    )
    assert stamp is None
    assert [finding.rule for finding in findings] == ["CP-TRUST-20"]


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
@DRAWN
def test_a_certificate_with_a_byte_changed_is_never_trusted(at: int, by: int) -> None:
    der = bytearray(SEAL.der)
    der[at % len(der)] ^= by

    found = assess(bytes(der), [], store=CLEAN, at=NOW, policy=Policy.ILINK)

    assert found.trust is not Trust.TRUSTED


def test_a_certificate_that_comes_with_rubbish_is_still_judged() -> None:
    found = assess(
        SEAL.der, [b"rubbish", b"\x30\x03abc"], store=CLEAN, at=NOW, policy=Policy.ILINK
    )

    assert found.trust is Trust.TRUSTED


# --- time stamps ---


def of(data: bytes) -> Any:
    return lambda name: hashlib.new(name, data).digest()


def token(at: dt.datetime = NOW, tsa: Holder = TSA, data: bytes = b"valor") -> bytes:
    return stamped(tsa, hashlib.sha256(data).digest(), at, INTER)


def test_a_time_stamp_of_a_known_authority_is_trusted() -> None:
    stamp, findings = timestamp(
        token(), of(b"valor"), store=CLEAN, at=NOW, policy=Policy.ILINK
    )

    assert stamp is not None
    assert (stamp.time, stamp.integrity, stamp.trust) == (
        NOW,
        Integrity.INTACT,
        Trust.TRUSTED,
    )
    assert findings == ()


def test_a_time_stamp_copied_from_elsewhere_is_caught() -> None:
    stamp, findings = timestamp(
        token(), of(b"outro"), store=CLEAN, at=NOW, policy=Policy.ILINK
    )

    assert stamp is not None
    assert stamp.integrity is Integrity.BROKEN
    assert [finding.rule for finding in findings] == ["CP-TRUST-21"]


def test_a_time_stamp_by_nobody_known_is_not_trusted() -> None:
    stamp, findings = timestamp(
        token(), of(b"valor"), store=TrustStore(), at=NOW, policy=Policy.ILINK
    )

    assert stamp is not None
    assert (stamp.integrity, stamp.trust) == (Integrity.INTACT, Trust.UNTRUSTED)
    assert [finding.rule for finding in findings] == ["CP-TRUST-22"]


def test_a_seal_cannot_stamp() -> None:
    stamp, _ = timestamp(
        token(tsa=issue("Selo RSA", INTER, key_name="rsa2048 tsa")),
        of(b"valor"),
        store=CLEAN,
        at=NOW,
        policy=Policy.ILINK,
    )

    assert stamp is not None
    assert stamp.trust is Trust.UNTRUSTED


def test_a_digest_that_cannot_be_computed_is_unsupported() -> None:
    def unknown(name: str) -> bytes:
        raise ValueError(name)

    stamp, _ = timestamp(token(), unknown, store=CLEAN, at=NOW, policy=Policy.ILINK)

    assert stamp is not None
    assert stamp.integrity is Integrity.UNSUPPORTED


def test_a_later_proof_saves_an_expired_authority() -> None:
    late = NOW + 2 * YEAR
    asked: dict[str, Any] = {"store": STORE, "at": late, "policy": Policy.ILINK}
    bare, _ = timestamp(token(), of(b"valor"), **asked)
    proven, _ = timestamp(token(), of(b"valor"), proven=NOW + DAY, **asked)

    assert bare is not None
    assert proven is not None
    assert (bare.trust, proven.trust) == (Trust.EXPIRED, Trust.TRUSTED)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
@DRAWN
def test_a_time_stamp_with_a_byte_changed_never_moves_the_time(
    at: int, by: int
) -> None:
    der = bytearray(STAMP)
    der[at % len(der)] ^= by

    stamp, _ = timestamp(
        bytes(der), of(b"valor"), store=CLEAN, at=NOW, policy=Policy.ILINK
    )

    if stamp and stamp.integrity is Integrity.INTACT and stamp.trust is Trust.TRUSTED:
        assert stamp.time == NOW


STAMP = token()


# --- stores ---


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
