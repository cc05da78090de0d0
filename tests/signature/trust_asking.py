"""Whom the tests of the trust engine trust, and how they ask it."""

from __future__ import annotations

from typing import Any

from cius_pt.signature.policy import Policy
from cius_pt.signature.trust import (
    Assessment,
    TrustStore,
    assess,
)
from tests.signature.trust_pki import (
    NOW,
    STAMPING,
    YEAR,
    Holder,
    issue,
    revoke,
)

ROOT = issue("Raiz", ca=True, start=NOW - 9 * YEAR, end=NOW + 9 * YEAR)
INTER = issue("Emissora", ROOT, ca=True, start=NOW - 8 * YEAR, end=NOW + 8 * YEAR)
SEAL = issue("Selo", INTER, identifier="VATPT-500000000")
TSA = issue(
    "TSA",
    INTER,
    purposes=STAMPING,
    usages=("digital_signature",),
    key_name="rsa2048 tsa",
)
STORE = TrustStore(roots=(ROOT.der,), intermediates=(INTER.der,))
CLEAN = TrustStore(
    roots=(ROOT.der,),
    intermediates=(INTER.der,),
    crls=(revoke(ROOT), revoke(INTER)),
)


def judged(holder: Holder, *others: Holder, **changes: Any) -> Assessment:
    """Assess a certificate under iLink's policy, unless changed."""
    asked: dict[str, Any] = {"store": CLEAN, "at": NOW, "policy": Policy.ILINK}
    return assess(holder.der, [o.der for o in others], **{**asked, **changes})


def rules(assessment: Assessment) -> list[str]:
    return [reason.rule for reason in assessment.reasons]


def with_crls(*crls: bytes) -> TrustStore:
    return TrustStore(roots=(ROOT.der,), intermediates=(INTER.der,), crls=crls)
