# SPDX-License-Identifier: MIT
"""What the published rules cannot see: the step ``fiscal`` of a report.

Every rule is a pure function from an invoice to remarks (`cius_pt.rules.own`); its
severity and its words stand in the catalogue. Nothing here is fatal: no published
source says that any of it is refused. What a recipient refuses is `recipients`.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cius_pt.findings import Check, Finding, Location, Outcome, outcome_of
from cius_pt.rules.own import (
    atcud,
    attachments,
    exemptions,
    identifiers,
    qr,
    references,
    sums,
    vat,
)
from cius_pt.ubl.read import traced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

    from cius_pt.model import Invoice
    from cius_pt.rules.entry import Language
    from cius_pt.rules.own.remark import Remark
    from cius_pt.ubl.read import Reading
    from cius_pt.ubl.trace import Trace
    from cius_pt.xmlio import XmlDocument

STEP: Final = "fiscal"
VERSION: Final = "cius_pt, facts of 2026-11-27"
_RULES: Final = (
    identifiers.found,
    atcud.found,
    qr.found,
    vat.found,
    exemptions.found,
    sums.found,
    references.found,
    attachments.found,
)


def check(
    document: XmlDocument,
    reading: Reading,
    trace: Trace | None = None,
    *,
    lang: Language = "en",
) -> Check:
    """Judge a document by our own rules.

    The findings of `reading` come first: what has no form or no place in the format is
    a mistake too. Without an invoice to look at the step is SKIPPED and says why.
    """
    begin = time.perf_counter()
    findings = reading.findings
    if not reading.complete:
        return Check(
            name=STEP,
            version=VERSION,
            outcome=Outcome.SKIPPED,
            findings=findings,
            reason="the document lacks so much that there is no invoice to look at",
            seconds=time.perf_counter() - begin,
        )
    findings += placed(document, trace, judge(reading.invoice, lang=lang))
    return Check(
        name=STEP,
        version=VERSION,
        outcome=outcome_of(findings),
        findings=findings,
        seconds=time.perf_counter() - begin,
    )


def judge(invoice: Invoice, *, lang: Language = "en") -> tuple[Finding, ...]:
    """Return what our own rules find in an invoice, without places in a document."""
    return tuple(told(each, lang) for rule in _RULES for each in rule(invoice))


def judge_qr(
    text: str, invoice: Invoice, *, lang: Language = "en"
) -> tuple[Finding, ...]:
    """Return what is wrong with a QR code that was read beside an invoice.

    `text` is what a reader decoded from paper or PDF; the paths are those of `qr`.
    """
    return tuple(told(each, lang) for each in qr.judged(text, invoice, "qr"))


def told(remark: Remark, lang: Language) -> Finding:
    """Return a remark as a finding, in the words of the catalogue."""
    # Late: of most documents there is nothing to tell.
    from cius_pt.rules import catalogue  # noqa: PLC0415

    entry = catalogue.entry(remark.rule)
    assert entry is not None  # noqa: S101 - a test holds that every id has one
    detail = f" ({remark.detail})" if remark.detail else ""
    return Finding(
        rule=remark.rule,
        severity=entry.severity,
        message=f"{entry.asks.get(lang)}{detail}",
        location=Location(path=remark.path),
        hint=entry.fix.get(lang),
        bt=entry.terms[0] if len(entry.terms) == 1 else None,
    )


def placed(
    document: XmlDocument, trace: Trace | None, findings: Iterable[Finding]
) -> tuple[Finding, ...]:
    """Return the findings with XPath, line and column of what they are about.

    What is not in the document has the place of the group it is missing from.
    """
    findings = tuple(findings)
    if not findings:
        return ()
    elements: dict[str, etree._Element] = {}
    for step in (trace or traced(document)[1]).steps():
        elements.setdefault(step.path, step.element)
    wanted = [
        document.index_of(
            _nearest(finding.location.path or "", elements, document.root)
        )
        for finding in findings
    ]
    places = document.locations(wanted)
    return tuple(
        replace(
            finding,
            location=replace(places[index], path=finding.location.path),
        )
        for finding, index in zip(findings, wanted, strict=True)
    )


def _nearest(
    path: str, elements: dict[str, etree._Element], root: etree._Element
) -> etree._Element:
    """Return the element of a path, or of the nearest group above it."""
    while path and path not in elements:
        path = path.rpartition(".")[0]
    # Elements that only UBL needs have the empty path too.
    return elements[path] if path else root
