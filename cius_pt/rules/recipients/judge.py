# SPDX-License-Identifier: MIT
"""Holds an invoice against the profile of its recipient."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cius_pt.findings import Check, Finding, Outcome, outcome_of
from cius_pt.pt import nif
from cius_pt.rules.fiscal import placed, told
from cius_pt.rules.own.remark import Remark, shown
from cius_pt.rules.recipients.demands import DEMANDS

if TYPE_CHECKING:
    from cius_pt.model import Invoice
    from cius_pt.rules.entry import Language
    from cius_pt.rules.recipients.profile import Profile
    from cius_pt.ubl.reading import Reading
    from cius_pt.ubl.trace import Trace
    from cius_pt.xmlio import XmlDocument

STEP: Final = "recipient"
_OTHER_BUYER = "CP-RECIPIENT-11"


def check(
    reading: Reading,
    profile: Profile,
    *,
    document: XmlDocument | None = None,
    trace: Trace | None = None,
    lang: Language = "en",
) -> Check:
    """Judge what was read by a recipient's profile.

    With the `document` the findings have their places in it. Without an invoice to
    look at the step is SKIPPED and says why.
    """
    begin = time.perf_counter()
    if not reading.complete:
        return Check(
            name=STEP,
            version=profile.label,
            outcome=Outcome.SKIPPED,
            reason="the document lacks so much that there is no invoice to look at",
            spared_by="fiscal",
            seconds=time.perf_counter() - begin,
        )
    findings = judge(reading.invoice, profile, lang=lang)
    if document is not None:
        findings = placed(document, trace, findings)
    return Check(
        name=STEP,
        version=profile.label,
        outcome=outcome_of(findings),
        findings=findings,
        seconds=time.perf_counter() - begin,
    )


def judge(
    invoice: Invoice, profile: Profile, *, lang: Language = "en"
) -> tuple[Finding, ...]:
    """Return what a recipient would miss in an invoice, as badly as it takes it."""
    found = [
        replace(told(remark, lang), severity=severity)
        for word, severity in profile.demands.items()
        for remark in DEMANDS[word](invoice)
    ]
    number = nif.without_country(invoice.buyer.vat_identifier)
    if profile.buyers and number not in profile.buyers:
        said = f"{shown(invoice.buyer.vat_identifier)}: {', '.join(profile.buyers)}"
        path = "buyer.vat_identifier"
        found.append(told(Remark(rule=_OTHER_BUYER, path=path, detail=said), lang))
    return tuple(found)
