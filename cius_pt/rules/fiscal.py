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
    from collections.abc import Iterable, Iterator, Mapping

    from cius_pt.model import Invoice
    from cius_pt.rules.entry import Language
    from cius_pt.rules.own.remark import Remark
    from cius_pt.ubl.reading import Reading
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
    paths = [finding.location.path or "" for finding in findings]
    numbers = (trace or traced(document)[1]).first(
        {group for path in paths for group in _upwards(path)}
    )
    wanted = [_nearest(path, numbers) for path in paths]
    places = document.locations(wanted)
    return tuple(
        replace(
            finding,
            location=replace(places[index], path=finding.location.path),
        )
        for finding, index in zip(findings, wanted, strict=True)
    )


def _nearest(path: str, numbers: Mapping[str, int]) -> int:
    """Return the element of a path, of the nearest group above it, or the root."""
    return next((numbers[p] for p in _upwards(path) if p in numbers), 0)


def _upwards(path: str) -> Iterator[str]:
    """Yield a path and the groups above it, but not the document.

    Elements that only UBL needs have the path of the document too.
    """
    while path:
        yield path
        path = path.rpartition(".")[0]
