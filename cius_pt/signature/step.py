# SPDX-License-Identifier: MIT
"""The step ``signature`` of a check: what iLink is expected to say of the signatures.

Trust is not asked for here, nor does a document have to be signed: the question is
whether it will be refused for a signature that it has (iLink's e217). `cius_pt.verify`
answers the others.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

from cius_pt.findings import Check, Finding, Outcome, outcome_of
from cius_pt.signature.xml.encoded import decoded
from cius_pt.signature.xml.names import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.signature.status import SignatureReport
    from cius_pt.xmlio import XmlDocument

STEP: Final = "signature"
VERSION: Final = "policy ilink"
UNSIGNED: Final = "neither the document nor a PDF in it is signed"
_NAME: Final = b"ByteRange"
_ESCAPED: Final = re.compile(rb"#(?:42|79|74|65|52|61|6[eE]|67)")
_BYTE_RANGE: Final = re.compile(
    b"".join(b"(?:%c|#(?i:%02x))" % (letter, letter) for letter in _NAME)
)


def check(document: XmlDocument) -> Check:
    """Judge the signatures of a document and of the PDFs that it carries."""
    begin = time.perf_counter()
    if not _may_be_signed(document):
        return _check(Outcome.NOT_APPLICABLE, begin, reason=UNSIGNED)
    # Late: most documents that are checked are not signed yet.
    from cius_pt.signature.status import Verdict  # noqa: PLC0415
    from cius_pt.signature.verify import verify  # noqa: PLC0415

    report = verify(document.data)
    findings = tuple(_findings(report))
    if outcome_of(findings) is Outcome.FAILED:
        return _check(Outcome.FAILED, begin, findings)
    # A signed PDF does not make an unsigned invoice a signed one, but was looked at.
    if report.verdict in {Verdict.UNSIGNED, Verdict.VALID}:
        looked = Outcome.PASSED if _is_signed(report) else Outcome.NOT_APPLICABLE
        reason = None if looked is Outcome.PASSED else UNSIGNED
        return _check(looked, begin, findings, reason)
    return _check(Outcome.SKIPPED, begin, findings, report.ilink_reason)


def _check(
    outcome: Outcome,
    begin: float,
    findings: tuple[Finding, ...] = (),
    reason: str | None = None,
) -> Check:
    return Check(
        name=STEP,
        version=VERSION,
        outcome=outcome,
        findings=findings,
        reason=reason,
        seconds=time.perf_counter() - begin,
    )


def _may_be_signed(document: XmlDocument) -> bool:
    """Whether there is anything that a signature cannot do without.

    A signature in XML is in the namespace of XMLDSig; one in a PDF has a ByteRange
    that no filter can hide, as it gives the bytes that are signed (ISO 32000-1,
    12.8.1); its name may be written with escapes (7.3.5).
    """
    return document.signed or any(
        # What cannot be decoded is looked at by those who say so.
        (octets := document.octets(element) or decoded(text(element))) is None
        or _has_byte_range(octets)
        for element in document.attached
    )


def _has_byte_range(octets: bytes) -> bool:
    """Whether the name is there; hardly any file has one letter of it escaped."""
    return _NAME in octets or (
        _ESCAPED.search(octets) is not None and _BYTE_RANGE.search(octets) is not None
    )


def _is_signed(report: SignatureReport) -> bool:
    parts = [report, *(attached for _, attached in report.attachments)]
    return any(part.signatures for part in parts)


def _findings(report: SignatureReport) -> Iterator[Finding]:
    yield from report.findings
    for signature in report.signatures:
        yield from signature.reasons
    for _, attached in report.attachments:
        yield from _findings(attached)
