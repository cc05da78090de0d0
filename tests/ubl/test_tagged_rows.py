# SPDX-License-Identifier: MIT
"""The four rules that hide fields: notes, properties, references and payments."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt.errors import InvalidValue
from cius_pt.model import (
    AdditionalProperty,
    Attachment,
    Card,
    CertifiedProgram,
    Identifier,
    ItemAttribute,
    Multibanco,
    Payment,
    SourceCurrency,
    Vat,
    Withholding,
)
from cius_pt.ubl.read import read
from cius_pt.ubl.write import write
from tests import samples

if TYPE_CHECKING:
    from cius_pt.model import Invoice
    from cius_pt.ubl.reading import Reading

ONE = Decimal("1.00")
TAX = Withholding(amount=ONE, description="Retenção IRS")
MULTIBANCO = Multibanco(entity="12345", reference="123 456 789")
CPE = "CPE"
COMMITMENT_LINE = "#LINEID@COMMITMENTLINEREFERENCE#"


def refused(**changes: Any) -> str:
    with pytest.raises(InvalidValue) as error:
        write(samples.invoice(**changes))
    return str(error.value)


def notes_of(document: bytes) -> list[str]:
    return re.findall(r"<cbc:Note>(#[^<]*)</cbc:Note>", document.decode())


def with_notes(*notes: str) -> Reading:
    """Read a document that has exactly these notes."""
    plain = samples.invoice(notes=tuple(f"note {i}" for i in range(len(notes))))
    document = write(plain).decode()
    for index, note in enumerate(notes):
        document = document.replace(f">note {index}<", f">{note}<")
    return read(document.encode())


def again(invoice: Invoice) -> Invoice:
    reading = read(write(invoice))
    assert reading.unread == ()
    assert reading.findings == ()
    return reading.invoice


# ── notes ─────────────────────────────────────────────────────────────────────────
def test_the_notes_are_written_in_the_grammar_of_the_format() -> None:
    document = write(
        samples.invoice(
            additional_properties=(AdditionalProperty(name="LOTE", value="7"),),
            source_currency=SourceCurrency(code="USD", rate=Decimal("0.91")),
            certified_program=CertifiedProgram(number="1234/AT", hash="ABc1"),
            period_description="Janeiro",
            withholdings=(TAX, replace(TAX, group=7), replace(TAX, amount=Decimal(2))),
            further_multibanco=(replace(MULTIBANCO, amount=Decimal("3264.1")),),
        )
    )
    assert notes_of(document) == [
        "#SOURCECURRENCYCODE#USD#",
        "#CALCULATIONRATE#0.91#",
        "#DESCRIPTION@INVOICEPERIOD#Janeiro#",
        "#ADDITIONALPROPERTY#LOTE#7#",
        "#NUMBER@ATCERTIFIEDPROGRAM#1234/AT#",
        "#HASHCODE@ATCERTIFIEDPROGRAM#ABc1#",
        "#WITHHOLDINGTAXDESCRIPTION@WITHHOLDINGTAX-001#Retenção IRS#",
        "#WITHHOLDINGTAXAMOUNT@WITHHOLDINGTAX-001#1.00#",
        "#WITHHOLDINGTAXTYPE@WITHHOLDINGTAX-001#IRF#",
        "#WITHHOLDINGTAXDESCRIPTION@WITHHOLDINGTAX-007#Retenção IRS#",
        "#WITHHOLDINGTAXAMOUNT@WITHHOLDINGTAX-007#1.00#",
        "#WITHHOLDINGTAXTYPE@WITHHOLDINGTAX-007#IRF#",
        "#WITHHOLDINGTAXDESCRIPTION@WITHHOLDINGTAX-008#Retenção IRS#",
        "#WITHHOLDINGTAXAMOUNT@WITHHOLDINGTAX-008#2.00#",
        "#WITHHOLDINGTAXTYPE@WITHHOLDINGTAX-008#IRF#",
        "#ENTITY@ATMPAYMENT-001#12345#",
        "#REFERENCE@ATMPAYMENT-001#123 456 789#",
        "#AMOUNT@ATMPAYMENT-001#3264.10#",
    ]


@pytest.mark.parametrize(
    "groups", [(0, None), (None, 2), (2, None), (999,), (None, 998, None), (1, 2)]
)
def test_groups_come_back_in_their_order(groups: tuple[int | None, ...]) -> None:
    taxes = tuple(
        replace(TAX, group=group, description=f"n.º {i}")
        for i, group in enumerate(groups)
    )
    invoice = samples.invoice(withholdings=taxes)
    assert again(invoice) == invoice
    assert write(again(invoice)) == write(invoice)


@pytest.mark.parametrize(
    "groups", [(1, 1), (2, 1), (1000,), (-1,), (999, None), (0, 0), (None, 0)]
)
def test_groups_ascend_within_three_digits(groups: tuple[int | None, ...]) -> None:
    taxes = tuple(replace(TAX, group=group) for group in groups)
    said = refused(withholdings=taxes)
    assert re.match(r"withholdings\[[01]\]\.group: BT-22: group -?\d+ does not", said)
    assert said.endswith("leave it out and it is counted on")


def test_a_note_is_free_until_it_would_be_read_as_a_field() -> None:
    property_ = "#ADDITIONALPROPERTY#LOTE#7#"
    assert refused(notes=("hello", property_)) == (
        "notes[1]: BT-22: this would be read as additional_properties; "
        "use that field for it"
    )
    period = "#DESCRIPTION@INVOICEPERIOD#Janeiro#"
    assert refused(notes=(period,), period_description="x") == (
        "notes[0]: BT-22: this would be read as period_description; "
        "use that field for it"
    )
    for free in ("#HELLO#world#", f" {property_}", "#SOURCECURRENCYCODE#USD#", "#"):
        invoice = samples.invoice(notes=(free,))
        assert read(write(invoice)).invoice == invoice


@pytest.mark.parametrize(
    "note",
    [
        "#SOURCECURRENCYCODE#USD#",
        "#CALCULATIONRATE#0,91#",
        "#ADDITIONALPROPERTY#LOTE#",
        "#ADDITIONALPROPERTY##7#",
        "#ADDITIONALPROPERTY-001#LOTE#7#",
        "#ENTITY@ATMPAYMENT-001#1#",
        "#ENTITY@ATMPAYMENT#1#",
        "#DESCRIPTION@INVOICEPERIOD-001#x#",
        "#DESCRIPTION@INVOICEPERIOD#x",
    ],
)
def test_a_note_that_only_begins_like_a_tag_stays_and_is_reported(note: str) -> None:
    reading = with_notes(note)
    assert reading.invoice.notes == (note,)
    (finding,) = reading.findings
    assert (finding.rule, finding.location.path) == ("CP-READ-04", "notes[0]")
    assert finding.bt == "BT-22"
    assert f">{note}<" in write(reading.invoice, strict=False).decode()


def test_of_a_repeated_tag_the_first_is_the_field() -> None:
    reading = with_notes(
        "#DESCRIPTION@INVOICEPERIOD#one#", "#DESCRIPTION@INVOICEPERIOD#two#"
    )
    assert reading.invoice.period_description == "one"
    assert reading.invoice.notes == ("#DESCRIPTION@INVOICEPERIOD#two#",)
    assert [f.location.path for f in reading.findings] == ["notes[0]"]
    assert notes_of(write(reading.invoice)) == [
        "#DESCRIPTION@INVOICEPERIOD#one#",
        "#DESCRIPTION@INVOICEPERIOD#two#",
    ]


def test_an_amount_in_another_form_stays_a_note() -> None:
    notes = (
        "#WITHHOLDINGTAXDESCRIPTION@WITHHOLDINGTAX-001#x#",
        "#WITHHOLDINGTAXAMOUNT@WITHHOLDINGTAX-001#010.00#",
        "#WITHHOLDINGTAXTYPE@WITHHOLDINGTAX-001#IRF#",
    )
    reading = with_notes(*notes)
    assert reading.invoice.withholdings == ()
    assert reading.invoice.notes == notes
    assert len(reading.findings) == 3
    assert tuple(notes_of(write(reading.invoice))) == notes


@pytest.mark.parametrize("digits", [20, 21, 5_000])
def test_a_number_that_no_amount_needs_stays_a_note(digits: int) -> None:
    # It was an exception, as the notes were told apart by the model itself.
    number = "9" * digits + ".00"
    reading = with_notes("#SOURCECURRENCYCODE#USD#", f"#CALCULATIONRATE#{number}#")
    if digits <= 20:
        currency = SourceCurrency(code="USD", rate=Decimal(number))
        assert reading.invoice.source_currency == currency
    else:
        assert reading.invoice.notes[1] == f"#CALCULATIONRATE#{number}#"
        assert [x.rule for x in reading.findings] == ["CP-READ-04"] * 2


def test_the_order_of_the_notes_is_kept() -> None:
    notes = ("#CALCULATIONRATE#0.91#", "free", "#SOURCECURRENCYCODE#USD#")
    reading = with_notes(*notes)
    assert reading.invoice.source_currency is not None
    assert reading.invoice.note_order == ("CALCULATIONRATE", "free", notes[2][1:-5])
    written = re.findall("<cbc:Note>(.*)</cbc:Note>", write(reading.invoice).decode())
    assert tuple(written[:3]) == notes


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"additional_properties": (AdditionalProperty(name="a#b", value="c"),)},
            "additional_properties[0].name: BT-22: a name cannot hold '#'",
        ),
        (
            {"additional_properties": (AdditionalProperty(name="a", value="c" * 51),)},
            (
                "additional_properties[0].value: BT-22: 51 characters, the limit is "
                "50; shorten it"
            ),
        ),
        (
            {"withholdings": (replace(TAX, amount=Decimal("1.005")),)},
            "withholdings[0].amount: BT-22: 3 decimals, the format takes 2; round it",
        ),
        (
            {"further_multibanco": (MULTIBANCO,)},
            "further_multibanco[0].amount: BT-22: AMOUNT@ATMPAYMENT is mandatory",
        ),
        (
            {"period_description": "x" * 151},
            "period_description: BT-22: 151 characters, the limit is 150; shorten it",
        ),
        (
            {"source_currency": SourceCurrency(code="USDX", rate=ONE)},
            "source_currency.code: BT-22: 4 characters, the limit is 3; shorten it",
        ),
        (
            {"notes": ("x" * 501,)},
            "notes[0]: BT-22: 501 characters, the limit is 500; shorten it",
        ),
    ],
)
def test_what_a_note_cannot_hold_is_refused_by_name(
    changes: dict[str, Any], said: str
) -> None:
    assert refused(**changes) == said


def test_without_strictness_what_is_too_much_is_written() -> None:
    invoice = samples.invoice(
        additional_properties=(AdditionalProperty(name="a", value="c" * 51),),
        further_multibanco=(MULTIBANCO,),
        withholdings=(replace(TAX, amount=Decimal("1.005")),),
    )
    notes = notes_of(write(invoice, strict=False))
    assert f"#ADDITIONALPROPERTY#a#{'c' * 51}#" in notes
    assert "#WITHHOLDINGTAXAMOUNT@WITHHOLDINGTAX-001#1.005#" in notes
    assert "#ENTITY@ATMPAYMENT-001#12345#" in notes


# ── item properties ───────────────────────────────────────────────────────────────
def attribute(name: str, value: str = "v") -> ItemAttribute:
    return ItemAttribute(name=name, value=value)


def on_line(**changes: Any) -> Invoice:
    return samples.invoice(lines=(samples.line(**changes),))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (CPE, "cpe"),
        (COMMITMENT_LINE, "commitment_line"),
        ("#ID@INVOICEDOCUMENTREFERENCE@BILLINGREFERENCE-001#", "preceding_invoice"),
        ("#TAXEXEMPTIONREASONCODE@CLASSIFIEDTAXCATEGORY#", "vat.exemption_code"),
        ("#TAXEXEMPTIONREASON@CLASSIFIEDTAXCATEGORY#", "vat.exemption_reason"),
    ],
)
def test_a_property_with_a_reserved_name_is_the_field(name: str, field: str) -> None:
    with pytest.raises(InvalidValue) as error:
        write(on_line(attributes=(attribute("a"), attribute(name))))
    assert str(error.value) == (
        f"lines[0].attributes[1].name: BT-160: {name} would be read as {field}; "
        "use that field for it"
    )
    invoice = on_line(attributes=(attribute(name.lower()),))
    assert again(invoice) == invoice


def test_a_property_may_be_there_twice() -> None:
    invoice = on_line(
        cpe="PT1", attributes=(attribute(CPE),), property_order=(CPE, "free")
    )
    assert again(invoice) == invoice
    assert again(invoice).lines[0].property_order == (CPE, "free")


def test_an_exemption_stands_in_the_properties_of_the_line() -> None:
    invoice = on_line(vat=Vat.exempt("M07", "Isento artigo 9.º do CIVA"))
    document = write(invoice).decode()
    assert ">#TAXEXEMPTIONREASONCODE@CLASSIFIEDTAXCATEGORY#<" in document
    assert document.count(">M07<") == 2  # on the line and in the breakdown
    assert again(invoice).lines[0].vat == Vat.exempt("M07", "Isento artigo 9.º do CIVA")


def test_properties_without_vat_give_no_line() -> None:
    document = write(on_line(vat=Vat.exempt("M07"))).decode()
    broken = re.sub(
        r"<cac:ClassifiedTaxCategory>.*?</cac:ClassifiedTaxCategory>\s*",
        "",
        document,
        flags=re.DOTALL,
    )
    reading = read(broken.encode())
    assert ("CP-READ-01", "lines[0].vat") in {
        (f.rule, f.location.path) for f in reading.findings
    }


# ── references ────────────────────────────────────────────────────────────────────
def test_the_atcud_carries_the_text_of_the_qr_code() -> None:
    invoice = samples.invoice(atcud="AFHOFX-22", qr="A:123456789*")
    document = write(invoice).decode()
    assert '<cbc:ID schemeID="ANG">AFHOFX-22</cbc:ID>' in document
    assert 'mimeCode="text/plain" filename="QR_CODE.txt"' in document
    assert again(invoice) == invoice
    assert again(samples.invoice(atcud="AFHOFX-22")).qr is None


ATCUD = Attachment(id="x", scheme="ANG")


@pytest.mark.parametrize(
    ("attachment", "field"),
    [
        (ATCUD, "atcud"),
        (
            replace(
                ATCUD,
                description="QR_CODE",
                content=b"A",
                mime_code="text/plain",
                filename="QR_CODE.txt",
            ),
            "atcud",
        ),
        (Attachment(id="x", scheme="AIM", type_code="130"), "aim"),
        (Attachment(id="x", type_code="130"), "object_identifier"),
    ],
)
def test_an_attachment_that_looks_like_a_field_is_refused(
    attachment: Attachment, field: str
) -> None:
    said = f"BT-18, BG-24: this would be read as {field}; use that field or another"
    other = Attachment(id="other")
    assert refused(attachments=(other, attachment)).startswith(
        f"attachments[1]: {said}"
    )


@pytest.mark.parametrize(
    "attachment",
    [
        replace(ATCUD, description="x"),
        replace(ATCUD, type_code="130", description="x"),
        Attachment(id="x", scheme="AIM"),
        Attachment(id="x", scheme="AAA"),
        replace(
            ATCUD,
            description="QR_CODE",
            content=b"\xff",
            mime_code="text/plain",
            filename="QR_CODE.txt",
        ),
    ],
)
def test_an_attachment_that_is_no_field_stays_one(attachment: Attachment) -> None:
    invoice = samples.invoice(attachments=(attachment,))
    assert again(invoice) == invoice


def test_a_second_reference_of_a_kind_is_an_attachment() -> None:
    invoice = samples.invoice(
        atcud="a", attachments=(ATCUD,), document_order=("atcud", "attachments")
    )
    assert again(invoice) == invoice


def test_the_object_identifier_has_any_scheme_but_that_of_another_field() -> None:
    found = Identifier(value="1", scheme="AIM")
    assert refused(object_identifier=found) == (
        "object_identifier: BT-18, BG-24: this would be read as aim; "
        "use that field or another scheme"
    )
    invoice = samples.invoice(object_identifier=replace(found, scheme="ANG"))
    assert again(invoice) == invoice


def test_the_project_of_a_credit_note_is_a_reference() -> None:
    note = samples.credit_note(project_reference="P-1", attachments=(ATCUD,), atcud="a")
    assert again(note) == note
    assert '<cbc:ID schemeID="AAA">P-1</cbc:ID>' in write(note).decode()
    with pytest.raises(InvalidValue, match="would be read as project_reference"):
        write(samples.credit_note(attachments=(Attachment(id="x", scheme="AAA"),)))


@pytest.mark.parametrize(
    ("attachment", "said"),
    [
        (
            Attachment(id="1", content=b"x", mime_code="text/csv"),
            "attachments[0].filename: BT-125-2: mandatory beside the content",
        ),
        (
            Attachment(id="1", content=b"x", filename="x"),
            "attachments[0].mime_code: BT-125-1: mandatory beside the content",
        ),
        (
            Attachment(id="1", filename="x"),
            "attachments[0].filename: BT-125: describes content, but there is none",
        ),
        (
            Attachment(id="1" * 51),
            "attachments[0].id: BT-122: 51 characters, the limit is 50; shorten it",
        ),
    ],
)
def test_half_an_attachment_is_refused(attachment: Attachment, said: str) -> None:
    assert refused(attachments=(attachment,)) == said


def test_half_a_character_in_the_qr_code_is_refused() -> None:
    assert refused(atcud="a", qr="\ud800") == "qr: BT-18: half a character inside"


# ── payments ──────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "payment",
    [
        Payment(means="TB", text="Transferência"),
        Payment(means="OU", duc="123456789012345"),
        Payment(multibanco=MULTIBANCO),
        Payment(multibanco=MULTIBANCO, text="a free text"),
        Payment(multibanco=replace(MULTIBANCO, description="x" * 125)),
        Payment(means="CC", card=Card(number="1234", network="VISA")),
        Payment(means="#ENTITY@ATMPAYMENT#1#"),
        Payment(means="MB", text="#DESCRIPTION@ATMPAYMENT#x#"),
        Payment(multibanco=replace(MULTIBANCO, entity="1#2", reference="#")),
    ],
)
def test_a_payment_comes_back(payment: Payment) -> None:
    for invoice in (
        samples.invoice(payments=(payment,)),
        samples.credit_note(payments=(payment, payment)),
    ):
        assert again(invoice) == invoice


@pytest.mark.parametrize(
    ("payment", "said"),
    [
        (Payment(text="x"), "means: BT-81: give either means or multibanco"),
        (
            Payment(means="MB", multibanco=MULTIBANCO),
            "means: BT-81: give either means or multibanco",
        ),
        (
            Payment(multibanco=MULTIBANCO, duc="1"),
            "duc: BT-83: holds one of multibanco, duc and remittance",
        ),
        (
            Payment(means="TB", remittance="1"),
            (
                "remittance: BT-83: CIUS-PT takes Multibanco or DUC references only "
                "(DT-CIUS-PT-080); use multibanco or duc"
            ),
        ),
        (
            Payment(multibanco=replace(MULTIBANCO, amount=ONE)),
            (
                "multibanco: BT-81: the first reference is for the amount due and has "
                "no group; use further_multibanco"
            ),
        ),
        (
            Payment(multibanco=replace(MULTIBANCO, group=1)),
            (
                "multibanco: BT-81: the first reference is for the amount due and has "
                "no group; use further_multibanco"
            ),
        ),
        (
            Payment(multibanco=replace(MULTIBANCO, description="x"), text="y"),
            "text: BT-82: holds either text or the description of multibanco",
        ),
        (
            Payment(multibanco=MULTIBANCO, text="#DESCRIPTION@ATMPAYMENT#x#"),
            (
                "text: BT-82: this would be read as the description of multibanco; "
                "use that"
            ),
        ),
        (
            Payment(multibanco=replace(MULTIBANCO, entity="1" * 21)),
            "multibanco.entity: BT-81: 21 characters, the limit is 20; shorten it",
        ),
        (
            Payment(multibanco=replace(MULTIBANCO, reference="1" * 21)),
            "multibanco.reference: BT-83: 21 characters, the limit is 20; shorten it",
        ),
        (
            Payment(multibanco=replace(MULTIBANCO, description="1" * 126)),
            (
                "multibanco.description: BT-82: 126 characters, the limit is 125; "
                "shorten it"
            ),
        ),
        (
            Payment(means="OU", duc="1" * 21),
            "duc: BT-83: 21 characters, the limit is 20; shorten it",
        ),
        (
            Payment(means="TB", text="x" * 151),
            "text: BT-82: 151 characters, the limit is 150; shorten it",
        ),
    ],
)
def test_what_a_payment_cannot_say_is_refused(payment: Payment, said: str) -> None:
    assert refused(payments=(payment,)) == f"payments[0].{said}"


def test_a_remittance_text_is_kept_without_strictness() -> None:
    payment = Payment(means="TB", remittance="FT 1/1")
    document = write(samples.invoice(payments=(payment,)), strict=False)
    assert read(document).invoice.payments == (payment,)


def test_the_due_date_of_a_credit_note_is_on_its_first_payment() -> None:
    pay = Payment(means="TB")
    note = samples.credit_note(payments=(pay, pay), due_date=samples.DAY)
    document = write(note)
    assert again(note) == note
    assert document.count(b"PaymentDueDate>2026-01-31<") == 1
    second = document.decode().replace(
        "<cbc:PaymentMeansCode>TB</cbc:PaymentMeansCode>\n  </cac:PaymentMeans>",
        "<cbc:PaymentMeansCode>TB</cbc:PaymentMeansCode>"
        "<cbc:PaymentDueDate>2026-02-01</cbc:PaymentDueDate></cac:PaymentMeans>",
    )
    (place,) = read(second.encode()).unread
    assert str(place.xpath).endswith("cac:PaymentMeans[2]/cbc:PaymentDueDate")
