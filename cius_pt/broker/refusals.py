# SPDX-License-Identifier: MIT
"""iLink's refusals as the findings that a check at home would have made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cius_pt.findings import Check, Finding, Location, Report, Severity, outcome_of
from cius_pt.rules import catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cius_pt.broker.replies import Problem
    from cius_pt.rules.entry import Entry, Language

STEP: Final = "broker"
WRONG_KEY: Final = "CP-ILINK-11"
THERE_ALREADY: Final = "CP-ILINK-12"
REQUIRED: Final = "CP-ILINK-13"
SIGNATURE: Final = "CP-ILINK-14"
OTHER: Final = "CP-ILINK-15"
TOO_LARGE: Final = "CP-ILINK-16"
# A message of the rules: "[BR-CO-25]-text".
_RULE: Final = re.compile(r"\[(?P<rule>[^\]]+)\]\s*-\s*(?P<text>.*)", re.DOTALL)
_CODES: Final = {"e199": WRONG_KEY, "e200": THERE_ALREADY, "e048": REQUIRED}
# Where the fields that receivers ask for stand in our model: path and term.
_FIELDS: Final = {
    "commitment_number": ("commitment", "BT-19"),
    "requisition_number": ("order_reference", "BT-13"),
    "order_number": ("order_reference", "BT-13"),
    "due_date": ("due_date", "BT-9"),
    "number": ("number", "BT-1"),
    "supplier": ("seller.vat_identifier", "BT-31"),
    "customer": ("buyer", "BG-7"),
    "file": ("attachments", "BG-24"),
}


def finding(problem: Problem, lang: Language) -> Finding:
    """Return the finding that one error of an answer stands for."""
    ruled = _RULE.fullmatch(problem.text) if problem.field in {"document", ""} else None
    path, bt = _FIELDS.get(problem.field, (None, None))
    if ruled is not None:
        rule, said = ruled["rule"].strip(), ruled["text"].strip()
    else:
        rule, said = _CODES.get(problem.code, OTHER), problem.text
        if problem.code == "e217":
            rule = SIGNATURE
    entry = catalogue.entry(rule)
    if entry is not None and path is None:
        path = _field(entry)
        bt = next(iter(entry.terms), None)
    # The code of a rule says nothing more; that of anything else may be all there is.
    about = " ".join(filter(None, (problem.code, problem.field)))
    return Finding(
        rule=rule,
        severity=Severity.FATAL,
        message=said if ruled is not None else f"{said or '?'} ({about})",
        location=Location(path=path),
        hint=catalogue.hint(rule, lang),
        bt=bt,
    )


def own(
    rule: str,
    message: str,
    lang: Language,
    *,
    severity: Severity = Severity.FATAL,
) -> Finding:
    """Return a finding of our own about what iLink wants."""
    entry = catalogue.entry(rule)
    assert entry is not None  # noqa: S101 - our own ids have entries, a test says
    return Finding(
        rule=rule,
        severity=severity,
        message=message or entry.asks.get(lang),
        location=Location(path=_field(entry)),
        hint=entry.fix.get(lang),
        bt=next(iter(entry.terms), None),
    )


def report(findings: Sequence[Finding], *, step: str = STEP) -> Report:
    """Return the report of one step that found these."""
    outcome = outcome_of(findings)
    return Report(checks=(Check(name=step, outcome=outcome, findings=tuple(findings)),))


def _field(entry: Entry) -> str | None:
    """Return the field an entry is about, without a position nobody knows."""
    first = next(iter(entry.fields), None)
    return None if first is None else first.partition("[n]")[0]
