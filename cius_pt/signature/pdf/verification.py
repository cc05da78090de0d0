# SPDX-License-Identifier: MIT
"""A whole PDF: all of its signatures, hidden ones too, and one verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cius_pt.errors import InvalidValue
from cius_pt.findings import Finding, Location, Severity
from cius_pt.signature.pdf import reading
from cius_pt.signature.pdf.candidate import Candidate, examine
from cius_pt.signature.pdf.judging import judged, level, question
from cius_pt.signature.pdf.spans import MAX_HITS, Hit, hits
from cius_pt.signature.pdf.weights import VERDICTS, WEIGHTS
from cius_pt.signature.policy import Policy, expected, weigh
from cius_pt.signature.refusal import Refusal, why
from cius_pt.signature.status import (
    Coverage,
    Format,
    Ilink,
    Integrity,
    Signature,
    SignatureReport,
    SubIndication,
    Verdict,
)
from cius_pt.values import dataclass

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cius_pt.signature.store import TrustStore

MAX_SIGNATURES: Final = 32
NOTHING_WRONG: Final = "Nothing that iLink is known to refuse was found."
UNSIGNED: Final = "It is not signed; whether that is accepted depends on the channel."
# The worst verdict first.
_ORDER: Final = (Verdict.INVALID, Verdict.MALFORMED, Verdict.UNSUPPORTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pass:
    """One way through the document: what was found, and whether it ran aground."""

    candidates: tuple[Candidate, ...]
    document: reading.Document
    findings: tuple[Finding, ...]

    @property
    def aground(self) -> bool:
        """Whether something unforeseen came up that a forgiving reader may pass."""
        doubts = {"CP-PSIG-33", "CP-PSIG-20"}
        return any(r.rule in doubts for c in self.candidates for r in c.reasons)


def verify_pdf(
    data: bytes,
    *,
    policy: Policy,
    trust: TrustStore | None,
    at: dt.datetime,
    password: str | None = None,
) -> SignatureReport:
    """Verify every signature of a PDF; see `SignatureReport` for the answers.

    `trust` says whom one trusts, None asks for integrity and changes alone; `at` is the
    moment the question is about; `password` opens an encrypted PDF. Never raises
    because of what the bytes are, never uses the network. Limits: 64 MB, 32 signatures.
    Raises `InvalidValue` for a time without time zone.
    """
    if at.utcoffset() is None:
        raise InvalidValue("a time without time zone", path="at")
    try:
        return _verified(data, policy, trust, at, password)
    except Refusal as refusal:
        return _unread(data, refusal, policy)
    except Exception as error:  # noqa: BLE001 - pyhanko and asn1crypto fail so
        message = f"The PDF cannot be examined: {why(error)}."
        return _unread(data, Refusal("CP-PSIG-01", message), policy)


def _unread(data: bytes, refusal: Refusal, policy: Policy) -> SignatureReport:
    finding = weigh(refusal.rule, refusal.message, policy, weights=WEIGHTS)
    signed = any(hit.plausible(data) for hit in hits(data[: reading.MAX_BYTES]))
    answer = WEIGHTS[refusal.rule].answer
    return SignatureReport(
        verdict=VERDICTS.get(refusal.rule, Verdict.MALFORMED),
        ilink=Ilink.E217 if signed and refusal.rule == "CP-PSIG-01" else answer,
        ilink_reason=refusal.message,
        findings=(finding,),
    )


def _verified(
    data: bytes,
    policy: Policy,
    trust: TrustStore | None,
    at: dt.datetime,
    password: str | None,
) -> SignatureReport:
    document = reading.opened(data, password)
    way = _walk(document, policy)
    if way.aground and document.reader.strict:
        way = _walk(reading.forgiving(document, password), policy)
    asked = question(way.document, trust, at)
    found = judged(way.candidates, way.document, asked)
    signatures = [
        replace(
            signature,
            level=level(
                signature,
                archived=asked.archived,
                stamped_later=_stamped_later(candidate, way.candidates),
            ),
            signed=_signed(candidate, signature, data),
        )
        for candidate, signature in zip(way.candidates, found, strict=True)
    ]
    known = {candidate.numbers for candidate in way.candidates}
    hidden, notes = _unreached(way.document, known, policy)
    return _report([*signatures, *hidden], [*way.findings, *notes])


def _walk(document: reading.Document, policy: Policy) -> _Pass:
    form = list(reading.fields(document.reader))
    filled = [one for one in form if "/V" in one.dictionary]
    notes = [*document.notes]
    if len(filled) > MAX_SIGNATURES:
        message = f"{len(filled)} signatures; only {MAX_SIGNATURES} are looked at."
        notes.append(("CP-PSIG-29", message))
    candidates = [
        examine(one, form, document, policy) for one in filled[:MAX_SIGNATURES]
    ]
    return _Pass(
        candidates=tuple(sorted(candidates, key=lambda c: c.revision)),
        document=document,
        findings=tuple(weigh(r, m, policy, weights=WEIGHTS) for r, m in notes),
    )


def _stamped_later(candidate: Candidate, others: Sequence[Candidate]) -> bool:
    return any(
        other.format is Format.DOC_TIMESTAMP and other.revision > candidate.revision
        for other in others
    )


def _signed(candidate: Candidate, signature: Signature, data: bytes) -> bytes | None:
    if signature.integrity is not Integrity.INTACT or candidate.span is None:
        return None
    if signature.coverage is Coverage.DOCUMENT:
        return data
    return (
        data[: candidate.span.end] if signature.coverage is Coverage.REVISION else None
    )


def _unreached(
    document: reading.Document, known: set[tuple[int, ...]], policy: Policy
) -> tuple[list[Signature], list[Finding]]:
    """Return what looks like signatures in the bytes and is in no form field."""
    usage = _usage_rights(document)
    hidden: dict[tuple[int, ...], Signature] = {}
    notes: dict[str, Finding] = {}
    for number, hit in enumerate(hits(document.data), start=1):
        if number == MAX_HITS:
            message = f"{MAX_HITS} ByteRanges or more; the rest were not looked at."
            notes["CP-PSIG-29"] = weigh("CP-PSIG-29", message, policy, weights=WEIGHTS)
        if hit.numbers in known:
            continue
        if hit.numbers == usage:
            message = "It has usage rights, which are no signature of its content."
            notes["CP-PSIG-31"] = weigh("CP-PSIG-31", message, policy, weights=WEIGHTS)
        elif hit.plausible(document.data):
            if len(hidden) < MAX_SIGNATURES:
                hidden.setdefault(hit.numbers, _hidden(hit, policy))
        else:
            message = "It holds what looks like a signature of another file."
            notes["CP-PSIG-32"] = weigh("CP-PSIG-32", message, policy, weights=WEIGHTS)
    return list(hidden.values()), list(notes.values())


def _usage_rights(document: reading.Document) -> tuple[int, ...] | None:
    try:
        numbers = document.reader.root["/Perms"]["/UR3"]["/ByteRange"]
        return tuple(int(number) for number in numbers)
    except Exception:  # noqa: BLE001 - none, or none that can be read
        return None


def _hidden(hit: Hit, policy: Policy) -> Signature:
    place = f"byte {hit.offset}"
    message = "A signature stands in the file that no form field leads to."
    location = Location(path=place)
    return Signature(
        format=Format.UNKNOWN,
        location=place,
        sub_indication=SubIndication.FORMAT_FAILURE,
        reasons=(
            weigh("CP-PSIG-06", message, policy, weights=WEIGHTS, location=location),
        ),
    )


def _report(
    signatures: Sequence[Signature], findings: Sequence[Finding]
) -> SignatureReport:
    reasons = [*findings, *(r for s in signatures for r in s.reasons)]
    answer, why_so = expected(reasons, WEIGHTS)
    fatal = {r.rule for r in reasons if r.severity is Severity.FATAL}
    worst = [VERDICTS.get(rule, Verdict.INVALID) for rule in fatal]
    if not signatures and not fatal:
        return SignatureReport(
            verdict=Verdict.UNSIGNED,
            ilink=Ilink.UNKNOWN,
            ilink_reason=UNSIGNED,
            findings=tuple(findings),
        )
    return SignatureReport(
        verdict=min(worst, key=_ORDER.index, default=Verdict.VALID),
        ilink=answer,
        ilink_reason=why_so or NOTHING_WRONG,
        signatures=tuple(signatures),
        findings=tuple(findings),
    )
