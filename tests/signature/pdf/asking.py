"""How the tests ask about a PDF, and what a sound one is."""

from __future__ import annotations

from typing import Any

from cius_pt.signature.pdf import verify_pdf
from cius_pt.signature.policy import Policy
from cius_pt.signature.status import (
    Changes,
    Coverage,
    Integrity,
    SignatureReport,
    Trust,
)
from tests.signature.pdf import making
from tests.signature.trust_pki import NOW


def verified(data: bytes, **changes: Any) -> SignatureReport:
    asked: dict[str, Any] = {"policy": Policy.ILINK, "trust": making.STORE, "at": NOW}
    return verify_pdf(data, **{**asked, **changes})


def rules(report: SignatureReport) -> list[str]:
    found = [finding.rule for finding in report.findings]
    return found + [r.rule for s in report.signatures for r in s.reasons]


def answers(report: SignatureReport, number: int = 0) -> tuple[Any, ...]:
    """Return the separate answers on one signature."""
    one = report.signatures[number]
    return one.integrity, one.coverage, one.changes, one.trust


WHOLE = (Integrity.INTACT, Coverage.DOCUMENT, Changes.NONE, Trust.TRUSTED)
