# SPDX-License-Identifier: MIT
"""What was signed is verified before it is handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.errors import SignatureError
from cius_pt.signature.pdf.verification import verify_pdf
from cius_pt.signature.policy import Policy
from cius_pt.signature.status import Changes, Coverage, Integrity

if TYPE_CHECKING:
    import datetime as dt

    from cius_pt.signature.status import Signature, SignatureReport


def require(
    before: bytes, after: bytes, *, at: dt.datetime, password: str | None
) -> None:
    """Raise `SignatureError` unless there is one good signature more and none worse.

    Good is intact and of the whole document; trust is not asked for, since whom one
    trusts is the business of those who verify.
    """
    if not after.startswith(b"%PDF-"):
        return
    earlier = _signatures(before, at, password)
    now = _signatures(after, at, password)
    worse = [
        name
        for name, one in earlier.items()
        if _is_good(one) and not (name in now and _survives(now[name]))
    ]
    if worse:
        raise SignatureError(
            f"this would break a signature that is there already: {worse[0]}"
        )
    new = [one for name, one in now.items() if name not in earlier]
    if len(new) != 1 or not _is_good(new[0]):
        reasons = [r.message for one in new for r in one.reasons]
        because = f": {reasons[0]}" if reasons else ""
        raise SignatureError(f"the new signature does not verify{because}")


def _signatures(
    data: bytes, at: dt.datetime, password: str | None
) -> dict[str, Signature]:
    report: SignatureReport = verify_pdf(
        data, policy=Policy.ILINK, trust=None, at=at, password=password
    )
    return {one.location: one for one in report.signatures}


def _is_good(one: Signature) -> bool:
    intact = one.integrity is Integrity.INTACT
    return intact and one.coverage in {Coverage.DOCUMENT, Coverage.REVISION}


def _survives(one: Signature) -> bool:
    return _is_good(one) and one.changes not in {Changes.OTHER, Changes.UNKNOWN}
