"""What certificates are worth at a moment: validity, revocation, time stamps."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.errors import InvalidValue
from cius_pt.signature.policy import Policy
from cius_pt.signature.status import Integrity, SubIndication, Trust
from cius_pt.signature.trust import (
    TrustStore,
    timestamp,
)
from tests.profiles import DRAWN
from tests.signature.trust_pki import (
    DAY,
    NOW,
    YEAR,
    Holder,
    answer,
    issue,
    revoke,
    stamped,
)

if TYPE_CHECKING:
    import datetime as dt
from tests.signature.trust_asking import (
    CLEAN,
    INTER,
    ROOT,
    SEAL,
    STORE,
    TSA,
    judged,
    rules,
    with_crls,
)

pytestmark = pytest.mark.usefixtures("no_network")


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
