"""What certificates are worth: chains, usage, strength, under either policy."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.findings import Severity
from cius_pt.signature.policy import TRUST, Policy
from cius_pt.signature.status import SubIndication, Trust
from cius_pt.signature.trust import (
    TrustStore,
    assess,
    timestamp,
)
from tests.profiles import DRAWN
from tests.signature.trust_asking import (
    CLEAN,
    INTER,
    ROOT,
    SEAL,
    STORE,
    judged,
    rules,
)
from tests.signature.trust_pki import (
    DAY,
    NOW,
    STAMPING,
    YEAR,
    Holder,
    issue,
    revoke,
)

pytestmark = pytest.mark.usefixtures("no_network")


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
