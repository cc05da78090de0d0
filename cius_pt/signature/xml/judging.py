# SPDX-License-Identifier: MIT
"""One signature: everything that is asked of it, in order, and the answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from typing import TYPE_CHECKING, Final

from lxml import etree

from cius_pt.findings import Finding, Location, Severity
from cius_pt.signature import algorithms as sunset
from cius_pt.signature.policy import Policy, weigh
from cius_pt.signature.status import (
    Changes,
    Coverage,
    Format,
    Indication,
    Integrity,
    Signature,
    SubIndication,
    Timestamp,
    Trust,
)
from cius_pt.signature.store import TrustStore
from cius_pt.signature.trust import Assessment, assess
from cius_pt.signature.xml import (
    algorithms,
    c14n,
    coverage,
    keys,
    references,
    timestamps,
    xades,
)
from cius_pt.signature.xml.encoded import decoded
from cius_pt.signature.xml.keys import Candidate, Keys
from cius_pt.signature.xml.names import ds, place, text
from cius_pt.signature.xml.references import Reference
from cius_pt.signature.xml.refusal import Refused, broken, malformed
from cius_pt.signature.xml.source import Source
from cius_pt.signature.xml.transforms import BASE64
from cius_pt.signature.xml.weights import WEIGHTS
from cius_pt.signature.xml.xades import Properties
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

_Sub = SubIndication
_WORST: Final = (
    Integrity.BROKEN,
    Integrity.UNSUPPORTED,
    Integrity.UNKNOWN,
    Integrity.INTACT,
)
_MANIFEST: Final = ds("Manifest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of every signature of a document."""

    policy: Policy
    trust: TrustStore | None
    at: dt.datetime


@dataclass(slots=True, kw_only=True)
class _Case:
    """One signature while it is judged."""

    source: Source
    element: etree._Element
    asked: Question
    where: Location
    integrity: Integrity = Integrity.INTACT
    sub: SubIndication | None = None
    reasons: list[Finding] = field(default_factory=list)
    algorithms: list[str] = field(default_factory=list)
    properties: Properties | None = None
    references: tuple[Reference, ...] = ()
    signer: Candidate | None = None
    certificates: tuple[bytes, ...] = ()

    def refuse(self, refused: Refused) -> None:
        """Note why the signature does not hold, or is not known to."""
        if _WORST.index(refused.integrity) < _WORST.index(self.integrity):
            self.integrity = refused.integrity
            self.sub = refused.sub
        self.add(refused.rule, refused.message)

    def add(self, rule: str, message: str, sub: SubIndication | None = None) -> None:
        """Note a reason; the first sub-indication stays."""
        self.sub = self.sub or sub
        sentence = f"{message[:1].upper()}{message[1:]}."
        self.reasons.append(
            weigh(
                rule,
                sentence,
                self.asked.policy,
                weights=WEIGHTS,
                location=self.where,
            )
        )


def judge(source: Source, element: etree._Element, asked: Question) -> Signature:
    """Return all that is to be said of one signature; nothing of it raises."""
    case = _Case(source=source, element=element, asked=asked, where=place(element))
    try:
        source.require_bounded()
        for step in (_properties, _value, _references, _binding, _certificate):
            _tried(step, case)
    except Refused as refused:
        case.refuse(refused)
    covered = coverage.of(source, case.references)
    if case.integrity is Integrity.INTACT and covered is not Coverage.DOCUMENT:
        case.add("CP-XSIG-10", "the signature does not cover the whole document")
    return _signature(case, covered)


def _tried(step: Callable[[_Case], None], case: _Case) -> None:
    try:
        step(case)
    except Refused as refused:
        case.refuse(refused)


def counter_signature(element: etree._Element, asked: Question) -> Signature:
    """Return what there is to say of a signature on a signature: it is not checked."""
    where = place(element)
    message = "A counter-signature speaks of another signature; it is not checked."
    reason = weigh("CP-XSIG-17", message, asked.policy, weights=WEIGHTS, location=where)
    return Signature(format=Format.XADES, location=where.xpath or "", reasons=(reason,))


# --- the steps ------------------------------------------------------------------


def _properties(case: _Case) -> None:
    case.properties = xades.read(case.element)


def _value(case: _Case) -> None:
    """Check the SignatureValue over SignedInfo, and find whose key it is."""
    info = _only(case.element, "SignedInfo")
    method = c14n.method_of(_only(info, "CanonicalizationMethod"))
    if method is None:
        raise Refused("CP-XSIG-06", "SignedInfo in an unknown canonical form")
    scheme = algorithms.scheme_of(_only(info, "SignatureMethod"))
    case.algorithms += [scheme.name, method.short]
    value = decoded(text(_only(case.element, "SignatureValue")))
    brought = keys.read(case.element, _further(case.properties))
    case.certificates = brought.certificates
    if not brought.certified and not brought.bare:
        raise Refused(
            "CP-XSIG-14",
            "there is no key in the document to check the signature with",
            integrity=Integrity.UNKNOWN,
            sub=_Sub.NO_SIGNING_CERTIFICATE_FOUND,
        )
    if value is None:
        raise malformed("the SignatureValue is empty or not base64")
    octets = c14n.of_element(info, method, comments=True)
    case.signer = _signer(case, brought, scheme, (value, octets))
    _note_weakness(case, scheme.hash_name)
    if any(not keys.same(case.signer.key, bare.key) for bare in brought.bare):
        case.add("CP-XSIG-16", "the KeyValue is not the key of the certificate")


def _only(parent: etree._Element, name: str) -> etree._Element:
    found = list(parent.iterchildren(ds(name)))
    if len(found) != 1:
        raise malformed(f"{len(found)} elements {name} where there must be one")
    return found[0]


def _further(properties: Properties | None) -> list[etree._Element]:
    """Return the certificates among the unsigned properties."""
    if properties is None:
        return []
    tag = f"{{{properties.space}}}EncapsulatedX509Certificate"
    return [e for v in properties.unsigned("CertificateValues") for e in v.iter(tag)]


def _signer(
    case: _Case,
    brought: Keys,
    scheme: algorithms.Scheme,
    signed: tuple[bytes, bytes],
) -> Candidate:
    """Return the key that made the signature; a certificate's before a bare one."""
    hits = []
    for candidate in brought.certified or brought.bare:
        if not algorithms.holds(scheme, candidate.key, *signed):
            continue
        der = candidate.certificate
        if der is None or xades.matches(case.properties, der):
            return candidate
        hits.append(candidate)
    if hits:
        return hits[0]
    raise broken(
        "CP-XSIG-02",
        "the signature value is not that of this content and key",
        _Sub.SIG_CRYPTO_FAILURE,
    )


def _note_weakness(case: _Case, hash_name: str) -> None:
    at = case.asked.at
    if hash_name and sunset.weak_digest(hash_name, at):
        case.add("CP-TRUST-11", f"the signature uses {hash_name.upper()}")
    if case.signer is not None and case.signer.certificate is None:
        kind, bits, exponent = algorithms.key_facts(case.signer.key)
        if sunset.weak_key(kind, bits, at, exponent):
            case.add("CP-TRUST-10", f"the key is too weak: {kind.upper()} {bits}")


def _references(case: _Case) -> None:
    info = _only(case.element, "SignedInfo")
    case.references = references.read_all(case.source, info)
    for reference in case.references:
        if reference.refused is not None:
            case.refuse(reference.refused)
        if reference.target is not None and reference.target.tag == _MANIFEST:
            case.add("CP-XSIG-18", "what a Manifest lists is not checked")
    names = dict.fromkeys(r.hash_name for r in case.references if r.hash_name)
    case.algorithms += [name for name in names if name not in case.algorithms]
    for name in names:
        said = any(r.rule == "CP-TRUST-11" for r in case.reasons)
        if not said and sunset.weak_digest(name, case.asked.at):
            case.add("CP-TRUST-11", f"a reference uses {name.upper()}")


def _binding(case: _Case) -> None:
    if not case.references:
        return
    if case.properties is not None and not case.properties.named:
        case.add("CP-XSIG-21", "the QualifyingProperties do not name their signature")
    xades.require_bound(case.properties, case.references)


def _certificate(case: _Case) -> None:
    """Compare the certificate whose key it is with the one that was signed."""
    if case.signer is None:
        return
    der = case.signer.certificate
    if der is None:
        case.add(
            "CP-XSIG-15",
            "there is a key and no certificate: nobody can tell whose it is",
            _Sub.NO_SIGNING_CERTIFICATE_FOUND,
        )
    elif case.properties is not None:
        for rule, message in xades.certificate_problems(case.properties, der):
            doubt = rule == "CP-XSIG-12"
            case.add(
                rule, message, _Sub.NO_SIGNING_CERTIFICATE_FOUND if doubt else None
            )


# --- trust and the answer -------------------------------------------------------


def _signature(case: _Case, covered: Coverage) -> Signature:
    stamps, judged = _trust(case)
    whole = coverage.whole(case.source, case.references)
    intact = case.integrity is Integrity.INTACT
    readable = intact and whole is not None and BASE64 not in whole.steps
    trust = judged.trust if judged else Trust.NOT_CHECKED
    sub = _sub(case, judged)
    fatal = any(r.severity is Severity.FATAL for r in case.reasons)
    return Signature(
        format=_format(case),
        location=case.where.xpath or "",
        level=case.properties.level if case.properties else None,
        integrity=case.integrity,
        coverage=covered,
        changes=_changes(case.integrity, covered),
        trust=trust,
        indication=_indication(case.integrity, trust, sub, fatal=fatal),
        sub_indication=sub,
        signer=judged.signer if judged else None,
        signing_time=case.properties.signing_time if case.properties else None,
        timestamps=stamps,
        algorithms=tuple(case.algorithms),
        reasons=tuple(case.reasons),
        signed=whole.octets if readable and whole is not None else None,
    )


def _trust(case: _Case) -> tuple[tuple[Timestamp, ...], Assessment | None]:
    """Judge the signer now, and at the time of a trusted stamp if that is needed."""
    if case.signer is None or case.signer.certificate is None:
        return (), None
    asked = case.asked
    stamps, said = timestamps.read(
        case.properties,
        _only(case.element, "SignatureValue"),
        store=asked.trust,
        at=asked.at,
        policy=asked.policy,
    )
    judged = _assessed(case, None)
    proven = min((stamp.time for stamp in stamps if _proves(stamp)), default=None)
    if proven is not None and judged.trust in {Trust.EXPIRED, Trust.REVOKED}:
        then = _assessed(case, proven)
        judged = then if then.trust is Trust.TRUSTED else judged
    case.reasons += [*said, *judged.reasons]
    return stamps, judged


def _proves(stamp: Timestamp) -> bool:
    return stamp.integrity is Integrity.INTACT and stamp.trust is Trust.TRUSTED


def _assessed(case: _Case, proven: dt.datetime | None) -> Assessment:
    assert case.signer is not None  # noqa: S101 - the caller asked
    return assess(
        case.signer.certificate or b"",
        case.certificates,
        store=case.asked.trust,
        at=case.asked.at,
        policy=case.asked.policy,
        signing_time=case.properties.signing_time if case.properties else None,
        proven=proven,
    )


def _format(case: _Case) -> Format:
    space = "http://uri.etsi.org/01903/"
    inside = any(
        str(child.tag).startswith(f"{{{space}") and "QualifyingProperties" in child.tag
        for box in case.element.iterchildren(ds("Object"))
        for child in box.iterchildren("{*}*")
    )
    return Format.XADES if inside else Format.XMLDSIG


def _changes(integrity: Integrity, covered: Coverage) -> Changes:
    """XML knows no revisions: what is covered and intact has not changed at all."""
    same = integrity is Integrity.INTACT and covered is Coverage.DOCUMENT
    return Changes.NONE if same else Changes.UNKNOWN


def _sub(case: _Case, judged: Assessment | None) -> SubIndication | None:
    weak = any(r.rule in {"CP-TRUST-10", "CP-TRUST-11"} for r in case.reasons)
    found = case.sub or (judged and judged.sub_indication)
    if found is None and weak:
        return _Sub.CRYPTO_CONSTRAINTS_FAILURE_NO_POE
    trusted = judged is not None and judged.trust is Trust.TRUSTED
    return found or (None if trusted else _Sub.NO_CERTIFICATE_CHAIN_FOUND)


def _indication(
    integrity: Integrity, trust: Trust, sub: SubIndication | None, *, fatal: bool
) -> Indication:
    if integrity is Integrity.BROKEN:
        return Indication.TOTAL_FAILED
    passed = integrity is Integrity.INTACT and trust is Trust.TRUSTED and not fatal
    return Indication.TOTAL_PASSED if passed and not sub else Indication.INDETERMINATE
