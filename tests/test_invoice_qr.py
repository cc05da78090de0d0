# SPDX-License-Identifier: MIT
"""From an invoice to the QR code: where each amount goes, and what cannot be said."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt import tax_place
from cius_pt.errors import InvalidValue
from cius_pt.invoice_qr import qr_for, with_qr
from cius_pt.model import (
    AllowanceCharge,
    CertifiedProgram,
    Delivery,
    Kind,
    Period,
    PrecedingInvoice,
    Vat,
    Withholding,
)
from cius_pt.pt.qr import parse
from cius_pt.pt.vat import Region
from cius_pt.qr_differences import differences
from cius_pt.ubl.read import read
from cius_pt.ubl.write import write
from tests.rules.own.documents import AZORES, BUYER, CLEAN, MENTION, plain
from tests.samples import PLACE, line

if TYPE_CHECKING:
    from cius_pt.model import Invoice
    from cius_pt.pt.qr import Qr

MADEIRA = replace(PLACE, post_code="9000-171")


def code(invoice: Invoice, **more: Any) -> Qr:
    return qr_for(invoice, certificate="1234", hash4="kLp0", **more)


def text(invoice: Invoice, **more: Any) -> str:
    return str(code(invoice, **more))


def of(*vats: Vat, **changes: Any) -> Invoice:
    """Return an invoice with a line of 20.00 for each of these."""
    lines = tuple(line(id=str(i), vat=vat) for i, vat in enumerate(vats, start=1))
    return plain(lines=lines, **changes)


def vat(category: str, rate: int | str = 0, **more: Any) -> Vat:
    return Vat(category=category, rate=Decimal(rate), **more)


def test_a_plain_invoice_is_one_block_of_the_mainland() -> None:
    assert text(CLEAN) == (
        "A:500000000*B:599999993*C:PT*D:FT*E:N*F:20260131*G:FT A/7*H:CSDF7T5H-7"
        "*I1:PT*I7:20.00*I8:4.60*N:4.60*O:24.60*Q:kLp0*R:1234"
    )


def test_every_rate_has_its_field_whatever_the_category_is_called() -> None:
    invoice = of(vat("S", 6), vat("AA", 13), vat("NOR", 23), Vat.exempt("M07", MENTION))

    assert "*I1:PT*I2:20.00*I3:20.00*I4:1.20*I5:20.00*I6:2.60*I7:20.00*I8:4.60*" in (
        text(invoice)
    )


@pytest.mark.parametrize(
    ("place", "rate", "block"),
    [
        (AZORES, 16, "*I1:PT-AC*I7:20.00*I8:3.20*"),
        (MADEIRA, 22, "*I1:PT-MA*I7:20.00*I8:4.40*"),
        (AZORES, 4, "*I1:PT-AC*I3:20.00*I4:0.80*"),
        (MADEIRA, 4, "*I1:PT-MA*I3:20.00*I4:0.80*"),
        (PLACE, 16, "*I1:PT-AC*I7:20.00*I8:3.20*"),  # only the Azores have it
    ],
)
def test_the_region_is_that_of_the_post_code_or_the_only_one_with_the_rate(
    place: Any, rate: int, block: str
) -> None:
    assert block in text(of(vat("S", rate), deliveries=(Delivery(address=place),)))


def test_two_regions_are_two_blocks_mainland_first() -> None:
    invoice = of(vat("S", 16), vat("S", 23), deliveries=(Delivery(address=AZORES),))

    assert "*I1:PT*I7:20.00*I8:4.60*J1:PT-AC*J7:20.00*J8:3.20*" in text(invoice)


def test_a_rate_of_two_regions_asks_which() -> None:
    invoice = of(vat("S", 4))

    with pytest.raises(InvalidValue, match="PT-AC, PT-MA: say which region") as refused:
        code(invoice)
    assert refused.value.path == "totals.vat_breakdown[0].rate"
    assert "*I1:PT-MA*I3:20.00" in text(invoice, region=Region.MADEIRA)


def test_a_rate_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidValue, match="21"):
        code(of(vat("S", 21)))


def test_a_credit_note_has_the_rate_of_the_invoice_it_corrects() -> None:
    earlier = PrecedingInvoice(number="FT A/1", issue_date=dt.date(2021, 6, 30))
    invoice = of(
        vat("S", 18),
        kind=Kind.NC,
        preceding_invoices=(earlier,),
        deliveries=(Delivery(address=AZORES),),
    )

    assert "*D:NC*" in text(invoice)
    assert "*I1:PT-AC*I7:20.00*I8:3.60*" in text(invoice)


def test_before_the_table_begins_the_category_says_the_level() -> None:
    invoice = of(vat("INT", 12), vat("NOR", 17), issue_date=dt.date(2000, 1, 1))

    assert "*I1:PT*I5:20.00*I6:2.40*I7:20.00*I8:3.40*" in text(invoice)


@pytest.mark.parametrize(
    "outside",
    [
        vat("O"),
        vat("E", exemption_code="M99", exemption_reason="Não sujeito"),
        vat("NA", scheme="OTH"),
    ],
)
def test_what_is_not_subject_is_field_l(outside: Vat) -> None:
    assert "*I1:PT*I7:20.00*I8:4.60*L:20.00*N:4.60*O:44.60*" in text(
        of(Vat.normal(23), outside)
    )


def test_a_document_of_nothing_but_that_has_an_empty_block() -> None:
    assert "*I1:PT*L:20.00*N:0.00*O:20.00*" in text(of(vat("O")))


def test_stamp_duty_as_a_subtotal_is_an_exempt_base_and_field_m() -> None:
    made = code(of(vat("NA", 10, scheme="BOL"), Vat.normal(23)))

    assert "*I2:20.00*I7:20.00*I8:4.60*M:2.00*N:6.60*O:46.60*" in str(made)
    assert made.total_adds_up
    assert made.taxes_add_up


def test_stamp_duty_as_a_charge_is_field_m_and_no_base() -> None:
    stamp = AllowanceCharge(
        charge=True, amount=Decimal("0.80"), reason="Selo", reason_code="ST"
    )
    exempt = line(vat=Vat.exempt("M07", MENTION), allowance_charges=(stamp,))
    made = code(plain(lines=(exempt,)))

    assert "*I1:PT*I2:20.00*M:0.80*N:0.80*O:20.80*" in str(made)
    assert made.total_adds_up
    assert made.taxes_add_up
    on_document = replace(stamp, vat=vat("ISE"))
    again = code(of(Vat.exempt("M07", MENTION), allowance_charges=(on_document,)))
    assert str(again) == str(made)


def test_a_tax_the_code_has_no_field_for_is_refused() -> None:
    with pytest.raises(InvalidValue, match="OTH") as refused:
        code(of(vat("NA", 10, scheme="OTH")))
    assert refused.value.path == "totals.vat_breakdown[0].scheme"


def test_what_is_withheld_does_not_reduce_the_total() -> None:
    held = (Withholding(amount=Decimal("2.30"), description="IRS"),) * 2

    assert "*O:24.60*P:4.60*" in text(plain(withholdings=held))


def test_self_billing_is_status_s_and_type_ft() -> None:
    assert "*D:FT*E:S*" in text(plain(kind=Kind.SELF_BILLED_INVOICE))
    assert "*E:A*" in text(plain(), status="A")


def test_a_consumer_without_nif_has_no_country() -> None:
    buyer = replace(BUYER, vat_identifier="PT999999990")

    assert "*B:999999990*C:Desconhecido*" in text(plain(buyer=buyer))


def test_a_buyer_abroad_has_its_number_without_its_country() -> None:
    buyer = replace(
        BUYER, vat_identifier="ESB12345678", address=replace(PLACE, country="ES")
    )

    assert "*B:B12345678*C:ES*" in text(plain(buyer=buyer))


def test_other_information_is_the_last_field() -> None:
    assert text(CLEAN, other="NU;24.60").endswith("*R:1234*S:NU;24.60")


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"currency": "USD"}, "currency"),
        ({"atcud": None}, "atcud"),
        ({"number": "FT*1"}, "number"),
        (
            {"seller": replace(CLEAN.seller, vat_identifier="ES1")},
            "seller.vat_identifier",
        ),
    ],
)
def test_what_a_code_cannot_say_is_refused_by_path(
    changes: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        code(plain(**changes))
    assert refused.value.path == path


def test_an_invoice_without_totals_is_added_up() -> None:
    assert text(replace(CLEAN, totals=None)) == text(CLEAN)


def test_stated_totals_are_law() -> None:
    assert CLEAN.totals is not None
    off = replace(
        CLEAN,
        totals=replace(CLEAN.totals, vat=Decimal("4.61"), with_vat=Decimal("24.61")),
    )

    assert "*I8:4.60*N:4.61*O:24.61*" in text(off)


def test_the_document_carries_the_text_beside_the_atcud() -> None:
    coded = with_qr(CLEAN, certificate="1234", hash4="kLp0")
    data = write(coded)

    assert coded.qr == text(CLEAN)
    assert b'schemeID="ANG">CSDF7T5H-7<' in data
    assert b"<cbc:DocumentDescription>QR_CODE<" in data
    assert b'mimeCode="text/plain"' in data
    assert read(data).invoice == coded


# --- what a code says otherwise ---


def fields(qr: Qr, invoice: Invoice) -> str:
    return "".join(each.field for each in differences(qr, invoice))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("A", {"issuer_nif": "501964843"}),
        ("B", {"buyer_nif": "501964843"}),
        ("D", {"document_type": "FS"}),
        ("F", {"date": dt.date(2026, 1, 30)}),
        ("G", {"number": "FT A/8"}),
        ("H", {"atcud": "CSDF7T5H-8"}),
        ("I", {"stamp_duty": Decimal("1.00")}),
        ("I", {"not_subject": Decimal("1.00")}),
        ("I", {"regions": ()}),
        ("N", {"tax": Decimal("4.61")}),
        ("O", {"total": Decimal("24.61")}),
        ("P", {"withheld": Decimal("1.00")}),
    ],
)
def test_a_field_that_differs_is_named(field: str, changes: dict[str, Any]) -> None:
    (found,) = differences(replace(code(CLEAN), **changes), CLEAN)

    assert found.field == field
    assert found.stated != found.expected
    assert found.path


def test_hash_and_certificate_are_compared_where_the_document_says_them() -> None:
    program = CertifiedProgram(number="1235/AT", hash="kLp1")
    vague = CertifiedProgram(number="nº 234567", hash="kLp1-Processado")

    assert fields(code(CLEAN), plain(certified_program=program)) == "QR"
    assert fields(code(CLEAN), plain(certified_program=vague)) == ""


@pytest.mark.parametrize("letters", ["FT", "FS", "FR"])
def test_a_number_of_untdid_stands_for_several_letters(letters: str) -> None:
    stated = replace(code(CLEAN), document_type=letters)

    assert fields(stated, plain(kind=Kind.INVOICE)) == ""
    assert fields(stated, plain(kind=Kind.DEBIT_NOTE)) == "D"


def test_a_buyer_with_its_country_and_a_consumers_country_are_no_difference() -> None:
    consumer = plain(buyer=replace(BUYER, vat_identifier="PT999999990"))
    stated = replace(code(consumer), buyer_country="PT")

    assert fields(replace(code(CLEAN), buyer_nif="PT599999993"), CLEAN) == ""
    assert fields(stated, consumer) == ""


def test_left_out_or_zero_is_the_same() -> None:
    stated = parse(text(CLEAN).replace("*N:", "*L:0.00*M:0.00*N:"))

    assert fields(stated, CLEAN) == ""


def test_a_code_in_another_region_with_the_same_rate_is_no_difference() -> None:
    invoice = of(vat("S", 4))

    for region in (Region.AZORES, Region.MADEIRA):
        assert fields(code(invoice, region=region), invoice) == ""


# --- where and when ---


def test_the_days_are_all_that_the_invoice_names() -> None:
    first, last = dt.date(2024, 9, 1), dt.date(2024, 9, 30)
    invoice = plain(
        period=Period(start=first, end=last),
        deliveries=(Delivery(address=PLACE, date=dt.date(2024, 9, 15)),),
    )

    assert tax_place.days(invoice) == (
        first,
        dt.date(2024, 9, 15),
        last,
        dt.date(2026, 1, 31),
    )


def test_only_places_in_portugal_say_a_region() -> None:
    abroad = replace(AZORES, country="ES")

    assert tax_place.home(plain(deliveries=(Delivery(address=abroad),))) is (
        Region.MAINLAND
    )
    assert tax_place.regions(plain(deliveries=(Delivery(address=AZORES),))) == (
        Region.MAINLAND,
        Region.AZORES,
    )
