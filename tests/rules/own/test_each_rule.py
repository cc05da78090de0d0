# SPDX-License-Identifier: MIT
"""Each rule of ours, alone: broken, just kept, and never where nothing is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from cius_pt import xmlio
from cius_pt.findings import Outcome, Severity
from cius_pt.invoice_qr import qr_for
from cius_pt.rules import catalogue, fiscal
from cius_pt.rules.tables import sections
from cius_pt.testing.strategies import credit_notes, invoices
from cius_pt.ubl.read import read
from cius_pt.ubl.write import write
from tests.fiscal_sizes import drawn
from tests.rules.own.documents import BEFORE, CASES, CLEAN, plain, qr

if TYPE_CHECKING:
    from cius_pt.findings import Finding
    from cius_pt.model import Invoice

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
RULES = [rule for rule, _, _ in CASES]
# What the published examples really get wrong; each was looked at.
WRONG_IN_EXAMPLES = {"CP-NIF-02", "CP-NIF-03", "CP-IBAN-01", "CP-ATTACH-03"}


def rules(invoice: Invoice) -> list[str]:
    return [finding.rule for finding in fiscal.judge(invoice)]


def serious(findings: tuple[Finding, ...]) -> list[Finding]:
    return [f for f in findings if f.severity.reaches(Severity.WARNING)]


def test_there_is_a_case_for_every_rule_of_the_catalogue() -> None:
    assert list(sections("fiscal.toml")) == RULES


def test_nothing_is_found_in_the_clean_document() -> None:
    assert rules(CLEAN) == []
    assert rules(qr()) == []


@pytest.mark.parametrize(("rule", "broken"), [(r, b) for r, b, _ in CASES], ids=RULES)
def test_a_document_breaks_exactly_this_rule(rule: str, broken: Invoice) -> None:
    assert rules(broken) == [rule]


@pytest.mark.parametrize(("rule", "kept"), [(r, k) for r, _, k in CASES], ids=RULES)
def test_a_document_just_keeps_this_rule(rule: str, kept: Invoice) -> None:
    assert rule not in rules(kept)
    assert serious(fiscal.judge(kept)) == []


@pytest.mark.parametrize(("rule", "broken"), [(r, b) for r, b, _ in CASES], ids=RULES)
def test_the_finding_has_its_place_in_the_document(rule: str, broken: Invoice) -> None:
    document = xmlio.parse(write(broken, strict=False))
    check = fiscal.check(document, read(document), lang="pt")
    found = [finding for finding in check.findings if finding.rule == rule]
    entry = catalogue.entry(rule)
    assert entry is not None

    assert len(found) == 1
    assert found[0].severity is entry.severity
    assert found[0].message.startswith(entry.asks.pt)
    assert found[0].hint == entry.fix.pt
    assert found[0].location.path
    assert found[0].location.xpath
    assert found[0].location.line
    assert check.outcome is Outcome.PASSED


def test_no_rule_of_ours_is_fatal_because_no_source_says_it_is_refused() -> None:
    assert {
        entry.severity for rule in RULES if (entry := catalogue.entry(rule)) is not None
    } == {Severity.WARNING, Severity.INFO}


def test_an_invoice_that_cannot_be_read_is_not_passed() -> None:
    data = write(CLEAN).replace(b"<cbc:IssueDate>2026-01-31</cbc:IssueDate>", b"")
    document = xmlio.parse(data)
    check = fiscal.check(document, read(document))

    assert check.outcome is Outcome.SKIPPED
    assert check.reason
    assert check.explained
    assert [finding.rule for finding in check.findings] == ["CP-READ-01"]


def test_what_is_missing_has_the_place_of_what_it_is_missing_from() -> None:
    document = xmlio.parse(write(plain(atcud=None)))
    (finding,) = fiscal.check(document, read(document)).findings

    assert finding.rule == "CP-ATCUD-03"
    assert finding.location.path == "atcud"
    assert finding.location.xpath == "/Invoice"


def test_a_code_read_from_paper_is_compared_with_the_document() -> None:
    text = str(qr_for(CLEAN, certificate="1234", hash4="kLp0"))
    other = text.replace("F:20260131", "F:20260130")

    assert fiscal.judge_qr(text, CLEAN) == ()
    assert [f.rule for f in fiscal.judge_qr(other, CLEAN)] == ["CP-QR-04"]
    assert [f.rule for f in fiscal.judge_qr("http://", CLEAN)] == ["CP-QR-01"]


def test_a_seller_of_another_country_is_not_judged_by_portuguese_law() -> None:
    seller = replace(CLEAN.seller, vat_identifier="ES500000000")
    foreign = plain(seller=seller, atcud="x", qr="x")

    assert rules(foreign) == []


def test_the_messages_are_in_the_language_that_is_asked_for() -> None:
    broken = plain(due_date=BEFORE)
    (english,) = fiscal.judge(broken)
    (portuguese,) = fiscal.judge(broken, lang="pt")

    assert english.message.startswith("The due date cannot")
    assert portuguese.message.startswith("A data de vencimento")
    assert "(2026-01-30 < 2026-01-31)" in english.message


def test_the_published_examples_are_warned_only_of_what_they_get_wrong(
    shared: Path,
) -> None:
    looked = 0
    for path in sorted((shared / "examples").rglob("*.xml")):
        if path.name == "status-message-template.xml":
            continue
        document = xmlio.parse(path.read_bytes())
        check = fiscal.check(document, read(document))
        found = {finding.rule for finding in serious(check.findings)}
        assert check.outcome is Outcome.PASSED, path.name
        assert found <= WRONG_IN_EXAMPLES, path.name
        assert not any(f.severity is Severity.FATAL for f in check.findings)
        looked += 1
    assert looked == 15


def test_our_own_examples_have_nothing_to_be_warned_of() -> None:
    for path in FIXTURES.glob("*.xml"):
        document = xmlio.parse(path.read_bytes())
        check = fiscal.check(document, read(document))
        assert serious(check.findings) == [], path.name


@drawn(5000)
@given(invoices() | credit_notes())
def test_what_the_strategies_draw_is_never_complained_of(invoice: Invoice) -> None:
    assert serious(fiscal.judge(invoice)) == []
