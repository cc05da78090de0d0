# SPDX-License-Identifier: MIT
from __future__ import annotations

import re
from decimal import Decimal

import pytest

from cius_pt import xmlio
from cius_pt.errors import FindingsError, UnreadableDocument
from cius_pt.model import AllowanceCharge, Period
from cius_pt.ubl.read import read, traced
from cius_pt.ubl.write import write
from tests import samples

DOCUMENT = write(samples.invoice()).decode()


def edited(old: str, new: str, document: str = DOCUMENT) -> bytes:
    assert old in document
    return document.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("old", "new", "unread"),
    [
        ("<cbc:ID>", '<cbc:ID schemeID="x">', "/Invoice/cbc:ID/@schemeID"),
        ("<cbc:ID>", "<cbc:UUID>u</cbc:UUID><cbc:ID>", "/Invoice/cbc:UUID"),
        (
            "<cbc:ID>VAT</cbc:ID>",
            '<cbc:ID schemeAgencyID="6">VAT</cbc:ID>',
            (
                "/Invoice/cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme"
                "/cac:TaxScheme/cbc:ID/@schemeAgencyID"
            ),
        ),
        ("<cbc:ID>VAT</cbc:ID>", "<cbc:ID>V<!-- -->AT</cbc:ID>", None),
        (
            '<cbc:TaxAmount currencyID="EUR">',
            '<cbc:TaxAmount currencyID="USD">',
            "/Invoice/cac:TaxTotal/cbc:TaxAmount/@currencyID",
        ),
        (
            "<cbc:CityName>Braga</cbc:CityName>",
            "<cbc:CityName/>",
            (
                "/Invoice/cac:AccountingSupplierParty/cac:Party/cac:PostalAddress"
                "/cbc:CityName"
            ),
        ),
        (
            "<cac:Delivery>",
            "<cac:OrderReference><!-- none --></cac:OrderReference><cac:Delivery>",
            None,
        ),
        (
            "<cac:Delivery>",
            "<cac:OrderReference/><cac:Delivery>",
            "/Invoice/cac:OrderReference",
        ),
        (
            "<cbc:Note>30 dias</cbc:Note>",
            "<cbc:Note>30 dias<cbc:ID>1</cbc:ID></cbc:Note>",
            "/Invoice/cac:PaymentTerms/cbc:Note/cbc:ID",
        ),
        (
            "<cac:PaymentTerms>",
            '<cac:PaymentTerms x="1">',
            "/Invoice/cac:PaymentTerms/@x",
        ),
        ("<Invoice ", '<Invoice x="1" ', "/Invoice/@x"),
        (
            'unitCode="C62"',
            'unitCode="C62" unitCodeListID=""',
            "/Invoice/cac:InvoiceLine/cbc:InvoicedQuantity/@unitCodeListID",
        ),
    ],
)
def test_what_has_no_place_in_the_model_is_named(
    old: str, new: str, unread: str | None
) -> None:
    reading = read(edited(old, new))
    assert [place.xpath for place in reading.unread] == ([unread] if unread else [])


def test_a_place_has_line_and_column() -> None:
    (place,) = read(edited("<cbc:ID>", "<cbc:UUID>u</cbc:UUID><cbc:ID>")).unread
    assert (place.line, place.column) == (4, 3)


@pytest.mark.parametrize(
    ("pattern", "path", "bt"),
    [
        ("<cbc:CustomizationID>.*?</cbc:CustomizationID>", "specification", "BT-24"),
        ("<cbc:IssueDate>.*?</cbc:IssueDate>", "issue_date", "BT-2"),
        ("<cbc:InvoiceTypeCode>.*?</cbc:InvoiceTypeCode>", "kind", "BT-3"),
        ("<cbc:DocumentCurrencyCode>.*?Code>", "currency", "BT-5"),
        ("<cac:Country>.*?</cac:Country>", "seller.address.country", "BT-40"),
        ("<cbc:RegistrationName>.*?Name>", "seller.name", "BT-27"),
        (
            "<cac:PartyTaxScheme>.*?</cac:PartyTaxScheme>",
            "seller.vat_identifier",
            "BT-31",
        ),
        (' unitCode="C62"', "lines[0].unit", "BT-130"),
        ("<cac:Price>.*?</cac:Price>", "lines[0].net_price", "BT-146"),
        ("<cac:LegalMonetaryTotal>.*?</cac:LegalMonetaryTotal>", "totals.due", None),
        ("<cac:InvoiceLine>.*?</cac:InvoiceLine>", "lines", "BG-25"),
    ],
)
def test_what_is_mandatory_and_not_there_is_a_finding_and_gives_no_invoice(
    pattern: str, path: str, bt: str | None
) -> None:
    """Nothing is made up: no default stands in for what a document does not say."""
    broken = re.sub(pattern, "", DOCUMENT, count=1, flags=re.DOTALL)
    assert broken != DOCUMENT
    reading = read(broken.encode())
    found = {(f.rule, f.location.path): f for f in reading.findings}
    finding = found["CP-READ-01", path]
    assert finding.severity == "fatal"
    assert bt is None or finding.bt == bt
    with pytest.raises(FindingsError) as error:
        _ = reading.invoice
    assert error.value.report.findings == reading.findings


@pytest.mark.parametrize(
    ("old", "new", "path", "said"),
    [
        (">20.00<", ">1e3<", "totals.lines", "'1e3': not a decimal number"),
        (">2026-01-31<", ">2026-02-30<", "issue_date", "day is out of range"),
        (">FT<", ">XX<", "kind", "'XX': not one of 380 383"),
        (">20.00<", f">{'9' * 30}.00<", "totals", "more than 20 digits"),
    ],
)
def test_a_value_we_cannot_hold_is_a_finding_and_gives_no_invoice(
    old: str, new: str, path: str, said: str
) -> None:
    document = DOCUMENT
    if path.startswith("totals"):
        head, _, tail = document.partition("<cac:LegalMonetaryTotal>")
        document = f"{head}<cac:LegalMonetaryTotal>{tail.replace(old, new, 1)}"
        reading = read(document.encode())
    else:
        reading = read(edited(old, new))
    findings = [f for f in reading.findings if f.rule == "CP-READ-02"]
    assert any(
        said in f.message and str(f.location.path).startswith(path) for f in findings
    )
    assert reading.unread
    with pytest.raises(FindingsError):
        _ = reading.invoice


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (">23.00</cbc:Percent>", ">23</cbc:Percent>", "totals.vat_breakdown[0].rate"),
        (">20.00<", "> 20.00 <", "totals.vat_breakdown[0].taxable"),
        (">20.00<", ">+20.00<", "totals.vat_breakdown[0].taxable"),
    ],
)
def test_a_value_in_another_form_is_read_and_reported(
    old: str, new: str, path: str
) -> None:
    reading = read(edited(old, new))
    (finding,) = reading.findings
    assert (finding.rule, finding.severity) == ("CP-READ-03", "warning")
    assert finding.location.path == path
    assert "the format's form is" in finding.message
    assert reading.invoice == samples.invoice()


def test_a_charge_indicator_of_1_is_true_in_another_form() -> None:
    item = AllowanceCharge(charge=True, amount=Decimal(1), reason="x")
    invoice = samples.invoice(lines=(samples.line(allowance_charges=(item,)),))
    reading = read(edited(">true<", ">1<", write(invoice).decode()))
    assert [f.rule for f in reading.findings] == ["CP-READ-03"]
    assert reading.invoice == invoice


def test_a_price_charge_is_unread() -> None:
    line = samples.line(price_discount=Decimal(1), gross_price=Decimal(11))
    document = write(samples.invoice(lines=(line,))).decode()
    reading = read(edited(">false<", ">true<", document))
    (place,) = reading.unread
    assert str(place.xpath).endswith("cac:Price/cac:AllowanceCharge")
    assert reading.invoice.lines[0].gross_price is None


def test_the_second_of_what_comes_once_is_unread() -> None:
    period = (
        "<cac:InvoicePeriod><cbc:EndDate>2026-01-31</cbc:EndDate></cac:InvoicePeriod>"
    )
    reading = read(
        edited(
            "<cac:AccountingSupplierParty>",
            period * 2 + "<cac:AccountingSupplierParty>",
        )
    )
    assert reading.invoice.period == Period(end=samples.DAY)
    assert [place.xpath for place in reading.unread] == [
        "/Invoice/cac:InvoicePeriod[2]"
    ]


def test_several_payment_terms_keep_their_order() -> None:
    notes = "<cbc:Note>b</cbc:Note><cbc:Note>c</cbc:Note>"
    more = f"<cac:PaymentTerms>{notes}</cac:PaymentTerms>"
    reading = read(edited("</cac:PaymentTerms>", "</cac:PaymentTerms>" + more))
    assert reading.unread == ()
    assert reading.invoice.payment_terms == ("30 dias", "b", "c")


def test_a_comment_in_a_text_is_no_part_of_it() -> None:
    reading = read(edited(">30 dias<", ">30<!-- x --> dias<"))
    assert reading.invoice.payment_terms == ("30 dias",)


def test_the_sepa_identifier_of_the_seller_is_the_creditor() -> None:
    one = (
        '<cac:PartyIdentification><cbc:ID schemeID="SEPA">{}</cbc:ID>'
        "</cac:PartyIdentification>"
    )
    both = one.format("a") + one.format("b")
    seller = read(edited("<cac:PostalAddress>", both + "<cac:PostalAddress>")).invoice
    assert seller.seller.creditor_identifier == "a"
    assert [x.value for x in seller.seller.identifiers] == ["b"]


def test_a_tax_number_that_is_no_vat_number_is_the_registration() -> None:
    more = (
        "<cac:PartyTaxScheme><cbc:CompanyID>PT1</cbc:CompanyID><cac:TaxScheme>"
        "<cbc:ID>IRC</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
    )
    reading = read(edited("<cac:PartyTaxScheme>", more + "<cac:PartyTaxScheme>"))
    found = reading.invoice.seller.tax_registration
    assert found is not None
    assert (found.value, found.scheme) == ("PT1", "IRC")


def test_the_trace_names_path_and_term_of_every_element_it_knows() -> None:
    document = xmlio.parse(DOCUMENT.encode())
    _, trace = traced(document)
    steps = {
        document.index_of(step.element): (step.path, step.bt) for step in trace.steps()
    }
    assert ("lines[0].net_price", "BT-146") in steps.values()
    assert ("totals.due", "BT-115") in steps.values()
    assert ("totals.vat_breakdown[0].tax", "BT-117") in steps.values()
    assert ("seller.address.country", "BT-40") in steps.values()
    assert ("payment_terms[0]", "BT-20") in steps.values()
    for step in trace.steps():
        assert trace.step(step.element) == step
    assert trace.step(document.root) is None


def test_an_amount_in_another_currency_gives_no_invoice() -> None:
    due = '<cbc:PayableAmount currencyID="EUR">'
    reading = read(edited(due, due.replace("EUR", "USD")))
    (finding,) = reading.findings
    assert (finding.rule, finding.bt) == ("CP-READ-02", "BT-5")
    assert "in 'USD', the invoice is in 'EUR'" in finding.message
    assert not reading.complete


def test_a_document_is_read_once_parsed_or_not() -> None:
    data = DOCUMENT.encode()
    assert read(xmlio.parse(data)).invoice == read(data).invoice == samples.invoice()
    with pytest.raises(UnreadableDocument):
        read(b"<a/>")
