# SPDX-License-Identifier: MIT
"""Every XML signature of a document, and what they make of it together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from cius_pt.errors import InvalidValue, UnreadableDocument
from cius_pt.findings import Finding, Location, Severity
from cius_pt.signature.policy import Policy, expected, weigh
from cius_pt.signature.status import Ilink, Signature, SignatureReport, Verdict
from cius_pt.signature.xml.judging import Question, counter_signature, judge
from cius_pt.signature.xml.limits import MAX_SIGNATURES
from cius_pt.signature.xml.names import SIGNATURE, XADES, place
from cius_pt.signature.xml.source import Source
from cius_pt.signature.xml.weights import VERDICTS, WEIGHTS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from cius_pt.signature.store import TrustStore

UNSIGNED: Final = (
    "There is no signature; whether one is needed depends on the channel and on the"
    " account."
)
NOTHING_WRONG: Final = "Nothing is wrong that iLink is known to refuse."
_COUNTER: Final = tuple(f"{{{space}}}CounterSignature" for space in XADES)
# Not well-formed, a DOCTYPE, bytes that are not their encoding: nobody can verify it.
_REFUSED: Final = frozenset({"CP-XML-04", "CP-XML-05", "CP-XML-06"})
# The worst first.
ORDER: Final = (
    Verdict.INVALID,
    Verdict.MALFORMED,
    Verdict.UNSUPPORTED,
    Verdict.VALID,
    Verdict.UNSIGNED,
)


def verify_xml(
    data: bytes, *, policy: Policy, trust: TrustStore | None, at: dt.datetime
) -> SignatureReport:
    """Verify every signature of an XML document; see `SignatureReport`.

    `trust` says whom one trusts, None asks for integrity and coverage alone; `at` is
    the moment the question is about. Never raises because of what the bytes are, never
    uses the network. Limits: 64 MB, 32 signatures, 64 references of 8 transforms each.
    Raises `InvalidValue` for a time without time zone.
    """
    if at.utcoffset() is None:
        raise InvalidValue("a time without time zone", path="at")
    try:
        source = Source(data)
    except UnreadableDocument as error:
        return unread(error)
    return verified(source, Question(policy=policy, trust=trust, at=at))


def unread(error: UnreadableDocument) -> SignatureReport:
    """Return the report on what cannot be read as XML."""
    finding = Finding(
        rule=error.rule,
        severity=Severity.FATAL,
        message=str(error),
        location=Location(line=error.line, column=error.column),
    )
    return SignatureReport(
        verdict=Verdict.MALFORMED,
        ilink=Ilink.E217 if error.rule in _REFUSED else Ilink.UNKNOWN,
        ilink_reason=str(error),
        findings=(finding,),
    )


def verified(source: Source, asked: Question) -> SignatureReport:
    """Return the report on a document that was read."""
    found = source.found(SIGNATURE)
    if len(found) > MAX_SIGNATURES:
        message = f"{len(found)} signatures; the limit is {MAX_SIGNATURES}."
        finding = weigh("CP-XSIG-09", message, asked.policy, weights=WEIGHTS)
        return report((), (finding,))
    signatures = tuple(_judged(source, element, asked) for element in found)
    return report(signatures, tuple(_interrupted(source, asked)) if found else ())


def _judged(source: Source, element: etree._Element, asked: Question) -> Signature:
    if next(element.iterancestors(*_COUNTER), None) is not None:
        return counter_signature(element, asked)
    return judge(source, element, asked)


def _interrupted(source: Source, asked: Question) -> Iterator[Finding]:
    """Find values with something inside that is not signed, or not seen.

    Comments are not part of what is signed, so anyone can put one in; a reader that
    takes the first text of an amount then reads another one than was signed.
    """
    for number, node in enumerate(
        source.root.iter(etree.Comment, etree.ProcessingInstruction)
    ):
        parent = node.getparent()
        if number > MAX_SIGNATURES * MAX_SIGNATURES or parent is None:
            return
        if len(parent.xpath("*")) == 0 and str(parent.xpath("string()")).strip():  # type: ignore[arg-type]
            message = "A comment or instruction stands inside a value."
            yield weigh(
                "CP-XSIG-19",
                message,
                asked.policy,
                weights=WEIGHTS,
                location=place(parent),
            )
            return


def report(
    signatures: Sequence[Signature], findings: Iterable[Finding]
) -> SignatureReport:
    """Return the report on these signatures: its verdict and the expected answer."""
    own = tuple(findings)
    reasons = [*own, *(reason for one in signatures for reason in one.reasons)]
    fatal = [r.rule for r in reasons if r.severity is Severity.FATAL]
    counted = [s for s in signatures if not _is_counter(s)]
    if not counted and not fatal:
        return SignatureReport(
            verdict=Verdict.UNSIGNED,
            ilink=Ilink.UNKNOWN,
            ilink_reason=UNSIGNED,
            signatures=tuple(signatures),
            findings=own,
        )
    answer, why = expected(reasons, WEIGHTS)
    worst = (VERDICTS.get(rule, Verdict.INVALID) for rule in fatal)
    return SignatureReport(
        verdict=min(worst, key=ORDER.index, default=Verdict.VALID),
        ilink=answer,
        ilink_reason=why or NOTHING_WRONG,
        signatures=tuple(signatures),
        findings=own,
    )


def _is_counter(signature: Signature) -> bool:
    return any(reason.rule == "CP-XSIG-17" for reason in signature.reasons)
