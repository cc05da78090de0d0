"""Our own documents: built from JSON to the byte, and clean under the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from cius_pt import check
from cius_pt.arithmetic import explain_totals
from cius_pt.model import json as model_json
from cius_pt.totals import with_totals
from cius_pt.ubl.read import read
from cius_pt.ubl.write import write

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
SOURCES = sorted(FIXTURES.glob("*.json"))
USE_CASES = {
    "header_discount",
    "line_discount",
    "price_discount",
    "exempt_line",
    "exempt_discount",
    "several_exemptions",
    "several_discounts",
    "withholding",
    "pdf_attached",
}


def test_the_nine_use_cases_are_there() -> None:
    assert {source.stem for source in SOURCES} >= USE_CASES


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_json_builds_the_document_beside_it(source: Path) -> None:
    invoice = with_totals(
        model_json.invoice_from(model_json.loads(source.read_bytes()))
    )

    assert write(invoice) == source.with_suffix(".xml").read_bytes()
    assert all(total.agrees for total in explain_totals(invoice))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_reading_the_document_gives_back_the_invoice(source: Path) -> None:
    invoice = with_totals(
        model_json.invoice_from(model_json.loads(source.read_bytes()))
    )

    reading = read(source.with_suffix(".xml").read_bytes())

    assert reading.invoice == invoice
    assert reading.unread == ()
    assert reading.findings == ()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_document_has_no_finding(source: Path, each_rules: str) -> None:
    report = check(source.with_suffix(".xml").read_bytes(), rules=each_rules)

    assert report.findings == ()
    assert report.conforms
