# SPDX-License-Identifier: MIT
"""Who signed and when: trust and time for the signatures that hold.

A certificate that has expired or was revoked since is looked at a second time, at the
moment a trusted time stamp proves (ETSI EN 319 102-1, 5.5 and 5.6.3). Revocation data
in the document helps; it is signed by those it comes from.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Final

from cius_pt.findings import Finding, Severity
from cius_pt.signature.pdf.candidate import Candidate, against_digest, digests
from cius_pt.signature.status import (
    Changes,
    Coverage,
    Format,
    Indication,
    Integrity,
    Signature,
    Signer,
    SubIndication,
    Timestamp,
    Trust,
)
from cius_pt.signature.store import TrustStore
from cius_pt.signature.trust import Assessment, assess, timestamp
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cius_pt.signature.pdf.reading import Document

_Sub = SubIndication
MAX_TOKENS: Final = 8
MAX_REVOCATIONS: Final = 256
# What ETSI calls failed for good; all other doubts leave the question open.
_FAILED: Final = {_Sub.FORMAT_FAILURE, _Sub.HASH_FAILURE, _Sub.SIG_CRYPTO_FAILURE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What trust is asked for: whom one trusts, with what the document adds; when."""

    store: TrustStore | None
    at: dt.datetime
    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A trusted time stamp over the document up to some revision."""

    revision: int
    time: dt.datetime


def question(document: Document, store: TrustStore | None, at: dt.datetime) -> Question:
    """Return the question, with the document's own security store taken in."""
    certificates, crls, ocsps = _security_store(document)
    if store is not None and (crls or ocsps):
        store = store.helped_by(crls=crls, ocsps=ocsps)
    archived = bool(certificates and (crls or ocsps))
    return Question(store=store, at=at, certificates=certificates, archived=archived)


def _security_store(
    document: Document,
) -> tuple[tuple[bytes, ...], list[bytes], list[bytes]]:
    """Return certificates, CRLs and OCSP responses of /DSS (ISO 32000-2, 12.8.4.3)."""
    try:
        found = document.reader.root["/DSS"]
    except Exception:  # noqa: BLE001 - none, or none that can be read
        return (), [], []
    return (
        tuple(_streams(found, "/Certs")),
        list(_streams(found, "/CRLs")),
        list(_streams(found, "/OCSPs")),
    )


def _streams(dictionary: Any, key: str) -> Iterator[bytes]:
    try:
        array = dictionary[key]
    except Exception:  # noqa: BLE001 - see above
        return
    for number in range(min(len(array), MAX_REVOCATIONS)):
        try:
            yield bytes(array[number].data)
        except Exception:  # noqa: BLE001, S112 - one that cannot be read helps nobody
            continue


def judged(
    candidates: Sequence[Candidate], document: Document, asked: Question
) -> tuple[Signature, ...]:
    """Return the signatures in their order, document time stamps judged first."""
    proofs: list[Proof] = []
    done: dict[int, Signature] = {}
    stamps = [c for c in candidates if c.format is Format.DOC_TIMESTAMP]
    # A later time stamp proves the earlier one, so the last comes first.
    for candidate in sorted(stamps, key=lambda c: c.revision, reverse=True):
        done[id(candidate)] = _document_stamp(candidate, document, asked, proofs)
    for candidate in candidates:
        if id(candidate) not in done:
            done[id(candidate)] = _signature(candidate, asked, proofs)
    return tuple(done[id(candidate)] for candidate in candidates)


def _proven(proofs: Sequence[Proof], revision: int) -> dt.datetime | None:
    """Return the earliest moment by which a revision is proven to have existed."""
    return min((p.time for p in proofs if p.revision > revision), default=None)


def _document_stamp(
    candidate: Candidate, document: Document, asked: Question, proofs: list[Proof]
) -> Signature:
    box, stamps = candidate.container, []
    if box is not None and candidate.span is not None:
        stamp, reasons = _stamped(
            box.token,
            digests(candidate, document),
            candidate,
            asked,
            _proven(proofs, candidate.revision),
        )
        candidate.reasons += reasons
        if stamp is None:
            candidate.sub = _Sub.FORMAT_FAILURE
            candidate.integrity = Integrity.BROKEN
        else:
            stamps.append(stamp)
            candidate.integrity = stamp.integrity
        if candidate.integrity is Integrity.BROKEN:
            message = "The document time stamp is not of this document."
            candidate.add("CP-PSIG-09", message)
            candidate.sub = _Sub.HASH_FAILURE
        if stamp is not None and _is_proof(stamp) and not candidate.fatal:
            proofs.append(Proof(revision=candidate.revision, time=stamp.time))
    trust = stamps[0].trust if stamps else Trust.NOT_CHECKED
    return _result(candidate, trust, candidate.sub, None, tuple(stamps), None)


def _is_proof(stamp: Timestamp) -> bool:
    return stamp.integrity is Integrity.INTACT and stamp.trust is Trust.TRUSTED


def _stamped(
    token: bytes,
    digest: Any,
    candidate: Candidate,
    asked: Question,
    proven: dt.datetime | None,
) -> tuple[Timestamp | None, tuple[Finding, ...]]:
    stamp, reasons = timestamp(
        token, digest, store=asked.store, at=asked.at, policy=candidate.policy
    )
    if proven and stamp and stamp.trust in {Trust.EXPIRED, Trust.REVOKED}:
        stamp, reasons = timestamp(
            token,
            digest,
            store=asked.store,
            at=asked.at,
            policy=candidate.policy,
            proven=proven,
        )
    return stamp, reasons


def _signature(
    candidate: Candidate, asked: Question, proofs: Sequence[Proof]
) -> Signature:
    if candidate.integrity is not Integrity.INTACT or candidate.leaf is None:
        return _result(
            candidate, Trust.NOT_CHECKED, candidate.sub, None, (), candidate.claimed
        )
    box = candidate.container
    asked = replace(asked, store=_with_own(candidate, asked.store))
    archived = _proven(proofs, candidate.revision)
    stamps = _stamps(candidate, asked, archived)
    times = [stamp.time for stamp in stamps if _is_proof(stamp)]
    proven = min([*times, *([archived] if archived else [])], default=None)
    found = _assessed(candidate, asked, None)
    if proven is not None and (
        found.trust in {Trust.EXPIRED, Trust.REVOKED}
        or found.sub_indication is _Sub.CRYPTO_CONSTRAINTS_FAILURE_NO_POE
    ):
        again = _assessed(candidate, asked, proven)
        found = again if again.trust is Trust.TRUSTED else found
    candidate.reasons += found.reasons
    against_digest(candidate, proven or asked.at)
    if (
        box is not None
        and candidate.claimed
        and times
        and candidate.claimed > min(times) + dt.timedelta(minutes=5)
    ):
        message = "The signing time is later than the time stamp of the signature."
        candidate.add("CP-TRUST-23", message)
        candidate.sub = candidate.sub or _Sub.TIMESTAMP_ORDER_FAILURE
    sub = candidate.sub or found.sub_indication
    return _result(candidate, found.trust, sub, found.signer, stamps, candidate.claimed)


def _assessed(
    candidate: Candidate, asked: Question, proven: dt.datetime | None
) -> Assessment:
    return assess(
        candidate.leaf or b"",
        [*candidate.others, *asked.certificates],
        store=asked.store,
        at=asked.at,
        policy=candidate.policy,
        signing_time=candidate.claimed,
        proven=proven,
    )


def _with_own(candidate: Candidate, store: TrustStore | None) -> TrustStore | None:
    """Return the store with the revocation data inside the signature itself."""
    box = candidate.container
    if store is None or box is None:
        return store
    crls, ocsps = [], []
    try:
        crls += [c.chosen.dump() for c in box.signed["crls"] or () if c.name != "other"]
        name = "adobe_revocation_info_archival"
        for value in box.attributes(name, signed=True):
            crls += [crl.dump() for crl in value["crl"] or ()]
            ocsps += [answer.dump() for answer in value["ocsp"] or ()]
    except Exception:  # noqa: BLE001 - what cannot be read helps nobody
        return store
    return store.helped_by(crls=crls, ocsps=ocsps) if crls or ocsps else store


def _stamps(
    candidate: Candidate, asked: Question, proven: dt.datetime | None
) -> tuple[Timestamp, ...]:
    """Return the time stamps on the signature value (RFC 3161, appendix A)."""
    box = candidate.container
    if box is None:
        return ()
    signature = box.signer["signature"].native
    found = []
    tokens = list(box.attributes("signature_time_stamp_token", signed=False))
    for token in tokens[:MAX_TOKENS]:
        stamp, reasons = _stamped(
            token.dump(),
            lambda name: hashlib.new(name, signature).digest(),
            candidate,
            asked,
            proven,
        )
        candidate.reasons += reasons
        found += [stamp] if stamp is not None else []
    return tuple(found)


def _result(  # noqa: PLR0913, PLR0917 - the parts of a signature
    candidate: Candidate,
    trust: Trust,
    sub: SubIndication | None,
    signer: Signer | None,
    stamps: tuple[Timestamp, ...],
    claimed: dt.datetime | None,
) -> Signature:
    return Signature(
        format=candidate.format,
        location=candidate.location,
        integrity=candidate.integrity,
        coverage=candidate.coverage,
        changes=candidate.changes,
        trust=trust,
        indication=_indication(trust, sub),
        sub_indication=sub or _unnamed(trust),
        signer=signer,
        signing_time=claimed,
        timestamps=stamps,
        algorithms=candidate.algorithms,
        reasons=tuple(candidate.reasons),
    )


def _indication(trust: Trust, sub: SubIndication | None) -> Indication:
    if sub in _FAILED:
        return Indication.TOTAL_FAILED
    passed = sub is None and trust is Trust.TRUSTED
    return Indication.TOTAL_PASSED if passed else Indication.INDETERMINATE


def _unnamed(trust: Trust) -> SubIndication | None:
    return None if trust is Trust.TRUSTED else _Sub.NO_CERTIFICATE_CHAIN_FOUND


def level(signature: Signature, *, archived: bool, stamped_later: bool) -> str | None:
    """Return the level of EN 319 142-1 by what is there, not by what it is worth."""
    names = {Format.PADES: "PAdES-B", Format.PKCS7: "PKCS7"}
    if signature.format not in names:
        return None
    name = names[signature.format]
    if not signature.timestamps:
        return f"{name}-B"
    if not archived:
        return f"{name}-T"
    return f"{name}-LTA" if stamped_later else f"{name}-LT"


def whole(signature: Signature) -> bool:
    """Whether a signature holds and speaks of the document as it is."""
    last = {Changes.NONE, Changes.LTV, Changes.SIGNATURE}
    covers = signature.coverage in {Coverage.DOCUMENT, Coverage.REVISION}
    fatal = any(reason.severity is Severity.FATAL for reason in signature.reasons)
    intact = signature.integrity is Integrity.INTACT
    return intact and covers and signature.changes in last and not fatal
