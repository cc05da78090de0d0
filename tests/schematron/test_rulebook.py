# SPDX-License-Identifier: MIT
"""The built-in rule set on its own: how it is put together, what only it says."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from cius_pt import artefacts, xmlio
from cius_pt.errors import ArtefactError
from cius_pt.findings import Outcome, Severity
from cius_pt.schematron import rulebook, tables
from cius_pt.schematron.source import load as read

if TYPE_CHECKING:
    from cius_pt.schematron.engine import Rules
    from cius_pt.schematron.model import Schema

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
INVOICE = (FIXTURES / "line_discount.xml").read_text(encoding="utf-8")
CREDIT_NOTE = (FIXTURES / "credit_note.xml").read_text(encoding="utf-8")
TWICE = {"DT-CIUS-PT-176"}
TWO_LINES = (FIXTURES / "several_discounts.xml").read_text(encoding="utf-8")
PROPERTY = "<cac:AdditionalItemProperty><cbc:Name>{}</cbc:Name>"
PROPERTY += "<cbc:Value>M07</cbc:Value></cac:AdditionalItemProperty>"
CODE = PROPERTY.format("#TAXEXEMPTIONREASONCODE@CLASSIFIEDTAXCATEGORY#")
COMMITMENT = PROPERTY.format("#LINEID@COMMITMENTLINEREFERENCE#")

# What is replaced by what, and how often: 0 is everywhere.
Change = tuple[str, str, int]


def before(name: str, text: str) -> Change:
    """Put something before the first element of a name."""
    return f"<{name}>", f"{text}<{name}>", 1


def without_vat(category: str, code: str = "") -> tuple[Change, ...]:
    """Give the invoice a category without VAT, its subtotal a reason code."""
    reason = f"<cbc:TaxExemptionReasonCode>{code}</cbc:TaxExemptionReasonCode>"
    return (
        (">NOR<", f">{category}<", 0),
        (">23.00<", ">0.00<", 0),
        (">91.77<", ">0.00<", 0),
        (">490.77<", ">399.00<", 0),
        ("</cbc:Percent>", f"</cbc:Percent>{reason if code else ''}", 1),
    )


def withheld(amount: str, kind: str) -> Change:
    """Add a withholding."""
    values = {"DESCRIPTION": "x", "AMOUNT": amount, "TYPE": kind}
    return before(
        "cbc:DocumentCurrencyCode",
        "".join(
            f"<cbc:Note>#WITHHOLDINGTAX{key}@WITHHOLDINGTAX-001#{value}#</cbc:Note>"
            for key, value in values.items()
        ),
    )


PERIOD = "<cac:InvoicePeriod><cbc:StartDate>2026-11-01</cbc:StartDate>"
PERIOD += "<cbc:DescriptionCode>32</cbc:DescriptionCode></cac:InvoicePeriod>"
MEANS = "<cac:PaymentMeans><cbc:PaymentMeansCode>TB</cbc:PaymentMeansCode>"
MEANS += "</cac:PaymentMeans>"
CHARGE = "<cac:AllowanceCharge><cbc:ChargeIndicator>0</cbc:ChargeIndicator>"
CHARGE += '<cbc:Amount currencyID="EUR">1.00</cbc:Amount></cac:AllowanceCharge>'
ROUNDING = '<cbc:PayableRoundingAmount currencyID="EUR">0.05'
ROUNDING += '</cbc:PayableRoundingAmount><cbc:PayableAmount currencyID="EUR">490.82'
SECOND = "<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cac:TaxScheme/>"
SECOND += "</cac:ClassifiedTaxCategory><cac:ClassifiedTaxCategory>"
SECOND_TOTAL = '<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">0.00'
SECOND_TOTAL += "</cbc:TaxAmount></cac:TaxTotal>"
DISCOUNT = "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
DISCOUNT += '<cbc:Amount currencyID="EUR">0.00</cbc:Amount>'
DISCOUNT += '<cbc:BaseAmount currencyID="EUR">4.20</cbc:BaseAmount>'
DISCOUNT += "</cac:AllowanceCharge>"
BOTH = "<cac:TaxCategory><cbc:ID>S</cbc:ID><cac:TaxScheme/></cac:TaxCategory>"

# What only the strict set says: a document, and what is replaced in it.
MUTANTS: dict[str, tuple[str, tuple[Change, ...]]] = {
    "CP-STRICT-01 invoice": (INVOICE, ((">FT<", ">80<", 1),)),
    "CP-STRICT-01 credit note": (CREDIT_NOTE, ((">NC<", ">81<", 1),)),
    "CP-STRICT-02": (INVOICE, (before("cac:OrderReference", PERIOD),)),
    "CP-STRICT-03": (INVOICE, (withheld("5.00", "RF"),)),
    "CP-STRICT-04": (INVOICE, (withheld("5,00", "IRF"),)),
    "CP-STRICT-05": (INVOICE, (("urn:feap.gov", "urn:feapXgov", 1),)),
    "CP-STRICT-06": (
        INVOICE,
        (('<cbc:PayableAmount currencyID="EUR">490.77', ROUNDING, 1),),
    ),
    "CP-STRICT-07": (
        INVOICE,
        ((">399.00</cbc:TaxExc", ">399.50</cbc:TaxExc", 1), (">490.77", ">491.27", 0)),
    ),
    "CP-STRICT-08": (INVOICE, ((">490.77<", ">491.27<", 0),)),
    "CP-STRICT-09": (INVOICE, ((">490.77</cbc:Pay", ">490.00</cbc:Pay", 1),)),
    "CP-STRICT-10": (INVOICE, (before("cac:TaxTotal", MEANS * 2),)),
    "CP-STRICT-11": (INVOICE, ((">2026-12-02<", ">2026-10-02<", 1),)),
    "CP-STRICT-13": (INVOICE, ((">NOR<", ">Z<", 0),)),
    "CP-STRICT-14": (INVOICE, without_vat("AE")),
    "CP-STRICT-15": (INVOICE, without_vat("AE", "ZZZ")),
    "CP-STRICT-16": (INVOICE, (*without_vat("O", "M99"), (">O<", ">AE<", 1))),
    "CP-STRICT-17": (TWO_LINES, (("</cac:Item>", f"{COMMITMENT * 2}</cac:Item>", 1),)),
    "CP-STRICT-18": (
        INVOICE,
        ((">NOR<", ">RED<", 0), ("</cac:Item>", f"{CODE}</cac:Item>", 1)),
    ),
    "CP-STRICT-19": (INVOICE, (before("cac:Item", CHARGE),)),
    "CP-STRICT-20 digit": (
        INVOICE,
        ((">PT500000000</cbc:Comp", ">PT500000001</cbc:Comp", 1),),
    ),
    "CP-STRICT-20 length": (
        INVOICE,
        ((">PT500000000</cbc:Comp", ">PT5000000000</cbc:Comp", 1),),
    ),
}

# What stops the published rules: what is replaced in the invoice.
STOPS = {
    "CP-ABORT-01": (
        "<cac:LegalMonetaryTotal>",
        f"{SECOND_TOTAL}<cac:LegalMonetaryTotal>",
    ),
    "CP-ABORT-02": ("<cac:ClassifiedTaxCategory>", SECOND),
    "CP-ABORT-03": ("</cac:AllowanceCharge>", f"{BOTH}{BOTH}</cac:AllowanceCharge>"),
    "CP-ABORT-04": ("</cac:Price>", f"{DISCOUNT}{DISCOUNT}</cac:Price>"),
}


def changed(name: str) -> bytes:
    """Return one of the documents that only the strict set objects to."""
    text, replacements = MUTANTS[name]
    for old, new, times in replacements:
        assert old in text, old
        text = text.replace(old, new, times or -1)
    return text.encode()


@pytest.fixture(scope="module")
def rules() -> Rules:
    return rulebook.load()


@pytest.fixture(scope="module")
def strict() -> Rules:
    return rulebook.load(strict=True)


def schema(tmp_path: Path, *, strict: bool = False) -> Schema:
    path = tmp_path / "rulebook.sch"
    path.write_text(rulebook.assemble(strict=strict), encoding="utf-8")
    return read(path)


# --- putting it together -------------------------------------------------------------


def test_the_same_sources_make_the_same_schema() -> None:
    assert rulebook.assemble() == rulebook.assemble()
    assert rulebook.assemble() != rulebook.assemble(strict=True)


def test_it_is_iso_schematron_by_the_grammar_of_the_standard() -> None:
    isoschematron: Any = import_module("lxml.isoschematron")  # no types, and slow

    text = rulebook.assemble(strict=True)
    # The published set has one id twice, and so it must be here; ids are unique in ISO.
    root = etree.fromstring(text.replace('id="DT-CIUS-PT-176"', "", 1).encode())
    grammar = isoschematron.schematron_schema_valid
    assert grammar.validate(root), grammar.error_log


def test_every_rule_is_there_once(tmp_path: Path) -> None:
    found = schema(tmp_path, strict=True)
    assert found.binding == "xslt2"
    times = Counter(assertion.id for assertion in found.assertions())
    assert {rule for rule, number in times.items() if number > 1} == TWICE
    ours = {rule for rule in times if rule.startswith("CP-")}
    assert len(found.assertions()) - sum(times[rule] for rule in ours) == 1154
    assert sum(rule.startswith("CP-STRICT-") for rule in ours) == 20
    assert sum(rule.startswith("CP-ABORT-") for rule in ours) == 4


def test_every_assertion_has_a_flag_and_a_sentence(tmp_path: Path) -> None:
    for assertion in schema(tmp_path, strict=True).assertions():
        assert assertion.flag in {"fatal", "warning"}
        assert assertion.text is not None
        assert re.fullmatch(r"\S.*\.", assertion.text), assertion.id
        assert "  " not in assertion.text
        assert not re.search(r"[{}]", assertion.text), assertion.id


def test_messages_come_from_a_callable() -> None:
    text = rulebook.assemble(message={"BR-01": "É <isto> & aquilo."}.get)
    root = etree.fromstring(text.encode())
    messages = {e.get("id"): e.text for e in root.iter(f"{{{rulebook.SCH}}}assert")}
    assert messages["BR-01"] == "É <isto> & aquilo."
    assert messages["BR-02"] == "There is cbc:ID."


def test_strict_adds_warnings_and_nothing_else(rules: Rules, strict: Rules) -> None:
    plain = Counter((a.rule, a.severity) for a in rules.stylesheet.assertions)
    more = Counter((a.rule, a.severity) for a in strict.stylesheet.assertions)
    assert plain - more == Counter()
    assert {severity for _, severity in more - plain} == {Severity.WARNING}


def test_labels_say_what_was_run(rules: Rules, strict: Rules) -> None:
    short = artefacts.built_in("rulebook-2.1.2").content_hash[:8]
    assert rules.label == f"rulebook 2.1.2 (sha256 {short}, built in)"
    assert strict.label.startswith("rulebook 2.1.2 strict (sha256 ")
    assert short not in strict.label


@pytest.mark.parametrize(
    ("context", "written_out"),
    [
        ("doc", "ubl:Invoice | cn:CreditNote"),
        ("doc/cbc:ID", "ubl:Invoice/cbc:ID | cn:CreditNote/cbc:ID"),
        ("anyline/cac:Item", "cac:CreditNoteLine/cac:Item | cac:InvoiceLine/cac:Item"),
        ("cac:Party", "cac:Party"),
        ("invoice/cbc:ID | cac:X", "ubl:Invoice/cbc:ID | cac:X"),
    ],
)
def test_short_names_in_contexts_are_written_out(
    context: str, written_out: str
) -> None:
    assert rulebook.expand(context) == written_out


def test_a_row_with_a_column_too_few_is_refused() -> None:
    files = {"once.tsv": b"# head\nrule\tcontext\tpath\nUBL-SR-01\tcac:X\n"}
    with pytest.raises(ArtefactError, match=r"once\.tsv: a row of 2 columns: UBL-SR"):
        list(tables.once(files))
    with pytest.raises(ArtefactError, match=r"lists\.tsv is missing"):
        list(tables.read({}, "lists.tsv"))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<let name="a" value="1"/><let name="a" value="2"/>', "a is defined twice"),
        ('<pattern id="p"><rule/></pattern>', "no context"),
        ('<pattern id="p"><rule context="doc"><assert/></rule></pattern>', "no id"),
    ],
)
def test_a_part_that_is_wrong_is_refused(
    monkeypatch: pytest.MonkeyPatch, body: str, said: str
) -> None:
    files = rulebook.sources()
    files["zz.sch"] = f'<schema xmlns="{rulebook.SCH}">{body}</schema>'.encode()
    monkeypatch.setattr(rulebook, "sources", lambda: files)
    with pytest.raises(ArtefactError, match=rf"zz\.sch, line 1: {said}"):
        rulebook.assemble()


def test_the_order_of_rules_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: Rules
) -> None:
    """No element is matched by two rules of a pattern, so none can hide another."""
    files = rulebook.sources()
    documents = [path.read_bytes() for path in sorted(FIXTURES.glob("*.xml"))]
    documents += [changed(name) for name in MUTANTS]
    monkeypatch.setattr(rulebook, "sources", lambda: dict(reversed(files.items())))
    text = rulebook.assemble()
    root = etree.fromstring(text.encode())
    for pattern in root.iter(f"{{{rulebook.SCH}}}pattern"):
        pattern[:] = reversed(pattern)
    path = tmp_path / "reversed.sch"
    path.write_bytes(etree.tostring(root))
    from cius_pt.schematron import engine  # noqa: PLC0415 - only here

    backwards = engine.load(path, "reversed")
    for document in documents:
        assert identities(backwards, document) == identities(rules, document)


def identities(rules: Rules, document: bytes) -> Counter[tuple[str, int]]:
    run = rules.run(document)
    assert run.complete, run.error
    return Counter((hit.rule, hit.element) for hit in run.hits)


# --- what it says --------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.xml")), ids=lambda p: p.stem)
def test_our_own_documents_pass(rules: Rules, path: Path) -> None:
    check = rules.check(xmlio.parse(path.read_bytes()))
    assert check.findings == ()
    assert check.outcome is Outcome.PASSED


@pytest.mark.parametrize(("name", "rule"), [(n, n.split()[0]) for n in MUTANTS])
def test_a_document_that_only_we_object_to(
    rules: Rules, strict: Rules, name: str, rule: str
) -> None:
    document = changed(name)
    assert identities(rules, document) == Counter()
    check = strict.check(xmlio.parse(document))
    assert {found.rule for found in check.findings} - {"CP-STRICT-12"} == {rule}
    assert {found.severity for found in check.findings} == {Severity.WARNING}
    assert check.outcome is Outcome.PASSED


def test_every_strict_rule_has_a_document(strict: Rules) -> None:
    ids = {a.rule for a in strict.stylesheet.assertions if a.rule.startswith("CP-ST")}
    assert ids == {name.split()[0] for name in MUTANTS} | {"CP-STRICT-12"}


def test_an_atcud_is_missed(strict: Rules) -> None:
    assert identities(strict, INVOICE.encode()) == Counter()
    without = re.sub(
        r'<cac:AdditionalDocumentReference>\s*<cbc:ID schemeID="ANG">[^<]*</cbc:ID>\s*'
        "</cac:AdditionalDocumentReference>",
        "",
        INVOICE,
    )
    assert without != INVOICE
    hits = strict.run(without.encode()).hits
    assert "CP-STRICT-12" in {hit.rule for hit in hits}


@pytest.mark.parametrize("rule", STOPS)
def test_what_stops_the_published_rules_is_fatal_and_named(
    rules: Rules, rule: str
) -> None:
    old, new = STOPS[rule]
    assert old in INVOICE
    check = rules.check(xmlio.parse(INVOICE.replace(old, new).encode()))
    stops = [found for found in check.findings if found.rule.startswith("CP-ABORT")]
    assert {found.rule for found in stops} == {rule}
    assert check.outcome is Outcome.FAILED
    assert all(found.severity is Severity.FATAL for found in stops)
    assert all("stop" in found.message for found in stops)


def test_elements_that_are_not_used_are_found_in_lines_and_in_the_head(
    rules: Rules,
) -> None:
    text = INVOICE.replace(
        "<cbc:IssueDate>", "<cbc:CopyIndicator>true</cbc:CopyIndicator><cbc:IssueDate>"
    ).replace("<cbc:InvoicedQuantity", "<cbc:UUID>1</cbc:UUID><cbc:InvoicedQuantity")
    check = rules.check(xmlio.parse(text.encode()))
    assert {found.rule for found in check.findings} == {"UBL-CR-004", "UBL-CR-515"}
    assert check.outcome is Outcome.PASSED
    assert {found.location.xpath for found in check.findings} == {"/Invoice"}
