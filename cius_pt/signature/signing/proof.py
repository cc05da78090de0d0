# SPDX-License-Identifier: MIT
"""What was signed is verified before it is handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.errors import SignatureError
from cius_pt.findings import Severity
from cius_pt.signature.pdf import verify_pdf
from cius_pt.signature.policy import Policy
from cius_pt.signature.status import Changes, Coverage, Integrity
from cius_pt.signature.xml.verification import verify_xml

if TYPE_CHECKING:
    import datetime as dt

    from cius_pt.signature.status import Signature, SignatureReport

_WHOLE: Final = frozenset({Coverage.DOCUMENT, Coverage.REVISION})
_BAD: Final = frozenset({Changes.FORM, Changes.OTHER, Changes.UNKNOWN})


def require(
    before: bytes, after: bytes, *, at: dt.datetime, password: str | None
) -> None:
    """Raise `SignatureError` unless there is one good signature more and none less.

    Good is intact and, for the new one, of the whole document. Trust is not asked for:
    whom one trusts is the business of those who verify.
    """
    earlier = _signatures(before, at, password)
    now = _signatures(after, at, password)
    intact = sum(map(_is_intact, now)) - sum(map(_is_intact, earlier))
    whole = sum(map(_is_whole, now)) - sum(map(_is_whole, earlier))
    if len(now) == len(earlier) + 1 and intact == whole == 1:
        return
    reasons = [
        reason.message
        for one in now
        for reason in one.reasons
        if reason.severity is Severity.FATAL
    ]
    because = f": {reasons[0]}" if reasons else ""
    if earlier:
        raise SignatureError(
            "nothing was signed, since it would break a signature that is there "
            f"already{because} (in XML, another placement may leave it whole)"
        )
    raise SignatureError(f"the new signature does not verify{because}")


def _signatures(
    data: bytes, at: dt.datetime, password: str | None
) -> tuple[Signature, ...]:
    report: SignatureReport
    if data.startswith(b"%PDF-"):
        report = verify_pdf(
            data, policy=Policy.ILINK, trust=None, at=at, password=password
        )
    else:
        report = verify_xml(data, policy=Policy.ILINK, trust=None, at=at)
    return report.signatures


def _is_intact(one: Signature) -> bool:
    return one.integrity is Integrity.INTACT and one.changes not in _BAD


def _is_whole(one: Signature) -> bool:
    return _is_intact(one) and one.coverage in _WHOLE
