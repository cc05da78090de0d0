# SPDX-License-Identifier: MIT
"""What a certificate is worth at a moment, for XML signatures and for PDFs alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Final

from cius_pt.errors import InvalidValue
from cius_pt.findings import Finding
from cius_pt.signature import certificates, signer
from cius_pt.signature.algorithms import weak_digest
from cius_pt.signature.chains import Chain, Flaw, Material, best_chain, by_subject
from cius_pt.signature.policy import Policy, weigh
from cius_pt.signature.services import CA_QC, QTST, qualified, vouched
from cius_pt.signature.status import Signer, SubIndication, Trust
from cius_pt.signature.store import TrustStore, material
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asn1crypto.x509 import Certificate  # noqa: TC004 - imported late

MAX_CERTIFICATES: Final = 64
# RFC 6960 4.2.2.2.1 and ETSI EN 319 412-1 5.2: certificates too short-lived to revoke.
_NEVER_REVOKED: Final = {"ocsp_no_check", "1.3.6.1.5.5.7.48.1.5", "0.4.0.194121.2.1"}
_Sub = SubIndication
_OF_FLAW: Final = {
    Flaw.REVOKED: (Trust.REVOKED, _Sub.REVOKED_NO_POE),
    Flaw.REVOKED_AUTHORITY: (Trust.REVOKED, _Sub.REVOKED_CA_NO_POE),
    Flaw.EXPIRED: (Trust.EXPIRED, _Sub.OUT_OF_BOUNDS_NO_POE),
    Flaw.NOT_YET_VALID: (Trust.NOT_YET_VALID, _Sub.OUT_OF_BOUNDS_NO_POE),
    Flaw.BROKEN: (Trust.UNTRUSTED, _Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE),
    Flaw.NO_CHAIN: (Trust.UNTRUSTED, _Sub.NO_CERTIFICATE_CHAIN_FOUND),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The answer on one certificate: trust, the word of ETSI for it, and the reasons.

    `signer` is None only when the certificate cannot be read at all.
    """

    trust: Trust
    sub_indication: SubIndication | None
    reasons: tuple[Finding, ...]
    signer: Signer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Objection:
    """One reason against a certificate, and what it makes of the trust."""

    rule: str
    message: str
    trust: Trust | None = None
    sub: SubIndication | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What was asked, parsed; `at` is the moment that counts."""

    leaf: Certificate = field(repr=False)
    others: Sequence[bytes] = field(repr=False)
    store: TrustStore | None
    at: dt.datetime
    signing_time: dt.datetime | None
    stamping: bool


def assess(  # noqa: PLR0913 - the seams of the world are arguments
    leaf: bytes,
    others: Sequence[bytes],
    *,
    store: TrustStore | None,
    at: dt.datetime,
    policy: Policy,
    signing_time: dt.datetime | None = None,
    proven: dt.datetime | None = None,
    stamping: bool = False,
) -> Assessment:
    """Judge a signer's certificate (DER) with the certificates that came with it.

    `at` is the moment of the question; `proven` an earlier one at which a trusted time
    stamp shows the signature to have existed: then that moment counts. `signing_time`
    is what the signer claims. Without a store trust is NOT_CHECKED, but the key and
    the signing time are looked at (one without time zone is taken as UTC). `stamping`
    asks for a time stamping authority.
    Never raises because of what the certificates say; a naive time is `InvalidValue`.
    """
    _require_zones(at=at, proven=proven)
    if signing_time is not None and signing_time.utcoffset() is None:
        signing_time = signing_time.replace(tzinfo=dt.UTC)
    known = None
    try:
        question = _Question(
            leaf=certificates.parsed(leaf),
            others=others,
            store=store,
            at=proven or at,
            signing_time=signing_time,
            stamping=stamping,
        )
        known = signer.signer_of(question.leaf)
        known, objections = _answer(question, known, policy)
    except Exception as error:  # noqa: BLE001 - asn1crypto fails in many ways
        message = f"The signer's certificate cannot be read: {type(error).__name__}."
        objections = [_unreadable(message, store)]
    return _assessment(objections, known, store, policy)


def _require_zones(**moments: dt.datetime | None) -> None:
    for name, moment in moments.items():
        if moment is not None and moment.utcoffset() is None:
            raise InvalidValue("a time without time zone", path=name)


def _unreadable(message: str, store: TrustStore | None) -> _Objection:
    return _Objection(
        rule="CP-TRUST-17",
        message=message,
        trust=None if store is None else Trust.UNTRUSTED,
        sub=_Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE,
    )


def _assessment(
    objections: Sequence[_Objection],
    known: Signer | None,
    store: TrustStore | None,
    policy: Policy,
) -> Assessment:
    found = [o.trust for o in objections if o.trust is not None]
    order = list(_OF_FLAW.values())
    worst = min(
        found,
        key=lambda trust: next(n for n, (t, _) in enumerate(order) if t is trust),
        default=Trust.TRUSTED,
    )
    # What costs the trust says more than what leaves it open.
    subs = sorted((o for o in objections if o.sub), key=lambda o: o.trust is None)
    return Assessment(
        trust=Trust.NOT_CHECKED if store is None else worst,
        sub_indication=subs[0].sub if subs else None,
        reasons=tuple(weigh(o.rule, o.message, policy) for o in objections),
        signer=known,
    )


def _answer(
    question: _Question, known: Signer, policy: Policy
) -> tuple[Signer, list[_Objection]]:
    leaf, store, at = question.leaf, question.store, question.at
    rest = [*_against_key(question), *_against_time(question)]
    if store is None:
        message = "No trust anchors were given, so the signer was not checked."
        return known, [_Objection(rule="CP-TRUST-01", message=message), *rest]
    chain = best_chain(leaf, _together(store, question.others), at)
    found = [*_against_chain(leaf, chain, at)]
    if question.stamping:
        if _withdrawn(chain, store, at):
            message = "The trusted list does not vouch for the time stamping authority."
            found.append(_distrusted("CP-TRUST-02", message))
        return known, [*found, *_against_stamping(leaf), *rest]
    found += [*_against_usage(leaf), *rest]
    if store.services:
        # Whoever forges a certificate puts any statement into it.
        forged = chain.flaw in {Flaw.BROKEN, Flaw.NO_CHAIN}
        certain = () if forged else chain.certificates
        is_so, why_not = qualified(leaf, certain, store.services, at)
        message = f"The certificate of {signer.name_of(leaf)} is not qualified: "
        if not is_so:
            found.append(_Objection(rule="CP-TRUST-14", message=f"{message}{why_not}."))
        return signer.signer_of(leaf, qualified=is_so), found
    if policy is Policy.QUALIFIED:
        message = "Without a trusted list nobody can tell whether it is qualified."
        found.append(_Objection(rule="CP-TRUST-15", message=message))
    return known, found


def _together(store: TrustStore, others: Sequence[bytes]) -> Material:
    own = material(store)
    came = []
    for der in others[:MAX_CERTIFICATES]:
        try:
            came.append(certificates.parsed(der))
        except Exception:  # noqa: BLE001, S112 - one that cannot be read helps nobody
            continue
    merged = {name: list(same) for name, same in own.others.items()}
    for name, same in by_subject(came).items():
        merged[name] = [*merged.get(name, ()), *same]
    return Material(roots=own.roots, others=merged, crls=own.crls, ocsps=own.ocsps)


def _against_chain(
    leaf: Certificate, chain: Chain, at: dt.datetime
) -> Iterator[_Objection]:
    if chain.flaw is not None:
        trust, sub = _OF_FLAW[chain.flaw]
        yield _Objection(
            rule=chain.flaw.value, message=chain.message, trust=trust, sub=sub
        )
    elif len(chain.certificates) > 1 and not chain.revocation_known:
        extensions = {
            e["extn_id"].native for e in leaf["tbs_certificate"]["extensions"]
        }
        if not extensions & _NEVER_REVOKED:
            yield _Objection(
                rule="CP-TRUST-12",
                message="No CRL or OCSP response says whether the certificate of"
                f" {signer.name_of(leaf)} was revoked.",
                sub=_Sub.TRY_LATER,
            )
    for certificate in chain.certificates[1:]:
        digest = _digest_of(certificate)
        if digest is not None and weak_digest(digest, at):
            name = signer.name_of(certificate)
            message = f"The certificate of {name} was signed with {digest.upper()}."
            yield _weak("CP-TRUST-11", message)
    for certificate in chain.certificates[1:-1]:
        if signer.is_weak(certificate, at):
            yield _weak_key(certificate)


def _digest_of(certificate: Certificate) -> str | None:
    try:
        return str(certificate.hash_algo)
    except ValueError:
        return None  # EdDSA has none to name


def _against_usage(leaf: Certificate) -> Iterator[_Objection]:
    name = signer.name_of(leaf)
    if not signer.may_sign(leaf):
        has = ", ".join(sorted(signer.key_usage(leaf))) or "none at all"
        message = f"The key usage of {name} does not allow signatures: {has}."
        yield _misused("CP-TRUST-07", message)
    if not signer.for_documents(leaf):
        has = ", ".join(sorted(signer.purposes(leaf)))
        message = f"The certificate of {name} is not for documents: {has}."
        yield _misused("CP-TRUST-08", message)


def _against_stamping(leaf: Certificate) -> Iterator[_Objection]:
    # RFC 3161, 2.3: the purpose is there, alone and critical.
    name = signer.name_of(leaf)
    if signer.purposes(leaf) != {"time_stamping"}:
        message = f"The certificate of {name} is not one for time stamps."
        yield _misused("CP-TRUST-08", message)
    if signer.key_usage(leaf) and not signer.may_sign(leaf):
        yield _misused("CP-TRUST-07", f"The key of {name} is not for signing.")


def _against_key(question: _Question) -> Iterator[_Objection]:
    if signer.is_weak(question.leaf, question.at):
        yield _weak_key(question.leaf)


def _against_time(question: _Question) -> Iterator[_Objection]:
    leaf, time = question.leaf, question.signing_time
    if time is not None and not leaf.not_valid_before <= time <= leaf.not_valid_after:
        yield _Objection(
            rule="CP-TRUST-13",
            message=f"The signing time {time.isoformat()} is outside the validity of"
            f" the certificate, {leaf.not_valid_before.date()} to"
            f" {leaf.not_valid_after.date()}.",
            sub=_Sub.SIG_CONSTRAINTS_FAILURE,
        )


def _withdrawn(chain: Chain, store: TrustStore, at: dt.datetime) -> bool:
    """Whether the anchor is one of the trusted list, which no longer vouches for it."""
    anchor = [certificate.dump() for certificate in chain.certificates[:1]]
    listed = any(
        der in service.certificates for service in store.services for der in anchor
    )
    return listed and not any(
        vouched(chain.certificates, store.services, at, kind) for kind in (QTST, CA_QC)
    )


def _weak_key(certificate: Certificate) -> _Objection:
    name, key = signer.name_of(certificate), signer.key_name(certificate)
    return _weak("CP-TRUST-10", f"The key of {name} is too weak: {key}.")


def _weak(rule: str, message: str) -> _Objection:
    sub = _Sub.CRYPTO_CONSTRAINTS_FAILURE_NO_POE
    return _Objection(rule=rule, message=message, trust=Trust.UNTRUSTED, sub=sub)


def _misused(rule: str, message: str) -> _Objection:
    sub = _Sub.CHAIN_CONSTRAINTS_FAILURE
    return _Objection(rule=rule, message=message, trust=Trust.UNTRUSTED, sub=sub)


def _distrusted(rule: str, message: str) -> _Objection:
    sub = _Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE
    return _Objection(rule=rule, message=message, trust=Trust.UNTRUSTED, sub=sub)
