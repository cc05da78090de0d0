# SPDX-License-Identifier: MIT
from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cius_pt import xmlio
from cius_pt.errors import InvalidValue
from cius_pt.model import (
    Address,
    AllowanceCharge,
    Attachment,
    Card,
    Classification,
    Delivery,
    Identifier,
    Payee,
    Payment,
    Vat,
)
from cius_pt.ubl.read import read
from cius_pt.ubl.write import write
from tests import samples


def refused(strict: bool = True, **changes: Any) -> str:
    with pytest.raises(InvalidValue) as error:
        write(samples.invoice(**changes), strict=strict)
    return str(error.value)


def on_line(**changes: Any) -> dict[str, Any]:
    return {"lines": (samples.line(**changes),)}


SEPA = Identifier(value="PT71ZZZ100001", scheme="SEPA")
EXEMPT = AllowanceCharge(amount=Decimal(1), reason="x", vat=Vat.exempt("M07"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "x" * 51}, "number: BT-1: 51 characters, the limit is 50; shorten"),
        ({"number": "a\nb"}, "number: BT-1: a line break inside; the format takes one"),
        ({"number": " "}, "number: BT-1: nothing but white space; leave it out or say"),
        ({"number": "a\x01"}, "number: BT-1: All strings must be XML compatible"),
        ({"number": "\ud800"}, "number: BT-1: 'utf-8' codec can't encode"),
        ({"currency": "\x01"}, "currency: BT-5: All strings must be XML compatible"),
        (
            {"prepaid": Decimal("1.005"), "totals": samples.invoice().totals}
            | on_line(net_amount=Decimal(20)),
            "prepaid: BT-113: 3 decimals, the format takes 2; round it",
        ),
        ({"prepaid": Decimal(-1)}, "prepaid: BT-113: -1.00 is negative; the format"),
        (
            {"seller": replace(samples.SELLER, name="x" * 201)},
            "seller.name: BT-27: 201 characters, the limit is 200; shorten it",
        ),
        (
            {"seller": replace(samples.SELLER, identifiers=(SEPA,))},
            (
                "seller.identifiers[0].scheme: BT-29, BT-60: SEPA marks the creditor "
                "identifier (BT-90); use creditor_identifier"
            ),
        ),
        (
            {"payee": Payee(name="x", identifier=SEPA)},
            "payee.identifier.scheme: BT-29, BT-60: SEPA marks the creditor",
        ),
        (
            {"seller": replace(samples.SELLER, tax_registration=Identifier(value="1"))},
            "seller.tax_registration.scheme: BT-32: name its tax scheme, any but VAT",
        ),
        (
            {
                "seller": replace(
                    samples.SELLER,
                    tax_registration=Identifier(value="1", scheme="VAT"),
                )
            },
            (
                "seller.tax_registration.scheme: BT-32: name its tax scheme, any but "
                "VAT; for VAT use vat_identifier"
            ),
        ),
        (
            {"buyer": replace(samples.BUYER, identifier=Identifier(value="x" * 51))},
            "buyer.identifier.value: BT-46: 51 characters, the limit is 50",
        ),
        (
            {
                "buyer": replace(
                    samples.BUYER,
                    electronic_address=Identifier(value="x", scheme="x" * 21),
                )
            },
            "buyer.electronic_address.scheme: BT-49-1: 21 characters, the limit is 20",
        ),
        (
            {"sales_order_reference": "1"},
            (
                "sales_order_reference: BT-14: UBL takes it beside BT-13 only; "
                "give order_reference too"
            ),
        ),
        (
            on_line(base_unit="C62"),
            (
                "lines[0].base_unit: BT-150: stands beside base_quantity (BT-149), "
                "which is not given; give both or neither"
            ),
        ),
        (
            on_line(price_discount=Decimal(1)),
            (
                "lines[0].gross_price: BT-147, BT-148: give both the discount and the "
                "gross price or neither"
            ),
        ),
        (
            on_line(gross_price=Decimal(1)),
            "lines[0].gross_price: BT-147, BT-148: give both the discount and the",
        ),
        (
            on_line(quantity=Decimal("1.0005")),
            "lines[0].quantity: BT-129: 4 decimals, the format takes 3; round it",
        ),
        (
            on_line(vat=Vat(category="S", rate=Decimal("100.01"))),
            "totals.vat_breakdown[0].rate: BT-119: 100.01 is above 100; give it in",
        ),
        (
            on_line(classifications=(Classification(code="1", list="x" * 201),)),
            "lines[0].classifications[0].list: BT-158-1: 201 characters",
        ),
        (
            on_line(descriptions=("a", "b" * 201)),
            "lines[0].descriptions[1]: BT-154: 201 characters, the limit is 200",
        ),
        (
            {"attachments": (Attachment(id="1", scheme="x" * 201),)},
            "attachments[0].scheme: BT-18-1: 201 characters, the limit is 200",
        ),
        (
            {"payments": (Payment(means="CC", card=Card(number=" ", network="x")),)},
            "payments[0].card.number: BT-87: nothing but white space",
        ),
        ({"totals": None}, "totals: BG-22: state them or call with_totals"),
        (
            {"lines": (), "totals": samples.invoice().totals},
            "lines: BG-25: an invoice has at least one line",
        ),
        (
            {"totals": samples.invoice().totals},
            "lines[0].net_amount: BT-131: state it or call with_totals",
        ),
        (
            {"totals": samples.invoice().totals, "allowance_charges": (EXEMPT,)}
            | on_line(net_amount=Decimal(20)),
            (
                "allowance_charges[0].vat: BT-120, BT-121: the reason for an exempt "
                "amount stands in the VAT breakdown only; call with_totals"
            ),
        ),
    ],
)
def test_what_the_format_cannot_hold_is_refused_with_field_term_limit_and_way_out(
    changes: dict[str, Any], said: str
) -> None:
    assert refused(**changes).startswith(said)


def test_a_credit_note_carries_its_due_date_in_a_payment() -> None:
    note = samples.credit_note(due_date=dt.date(2026, 3, 2))
    with pytest.raises(InvalidValue, match="due_date: BT-9: a credit note carries it"):
        write(note)


@pytest.mark.parametrize("text", ["a\x00", "\x01", "\ufffe", "\ud800"])
def test_what_xml_cannot_hold_is_refused_even_without_strictness(text: str) -> None:
    assert refused(strict=False, number=text).startswith("number: BT-1: ")


def test_without_strictness_everything_else_is_written() -> None:
    document = write(
        samples.invoice(
            number="x" * 60,
            lines=(samples.line(base_unit="C62", gross_price=Decimal(1)),),
            seller=replace(samples.SELLER, identifiers=(SEPA,)),
        ),
        strict=False,
    )
    assert b"x" * 60 in document
    assert b"BaseQuantity" not in document


@pytest.mark.parametrize(
    "text",
    [
        "]]>",
        "<b>&amp;",
        " a",
        "a ",
        "a\tb",
        "a\u00a0b",
        "e\u0301",
        "\U0001f9fe",
        "\u2028",
        "\x85",
        "\x7f",
        "\"'",
    ],
)
def test_every_character_of_xml_comes_back_from_texts_and_attributes(text: str) -> None:
    invoice = samples.invoice(
        number=text,
        payments=(Payment(means="TB", text=text),),
        notes=(f"{text}\r\n{text}\n",),
    )
    assert read(write(invoice)).invoice == invoice


def test_a_delivery_may_say_no_more_than_a_country() -> None:
    places = (Delivery(address=Address()), Delivery(address=Address(country="ES")))
    invoice = samples.invoice(deliveries=places)
    assert read(write(invoice)).invoice == invoice


def test_the_document_is_utf_8_without_a_byte_order_mark() -> None:
    document = write(samples.invoice(number="ção"))
    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<Invoice ")
    assert "ção".encode() in document
    assert xmlio.parse(document).findings == ()


def test_every_amount_has_the_currency_of_the_document() -> None:
    document = write(samples.invoice(currency="USD"))
    assert document.count(b'currencyID="USD"') == 9
    assert b"EUR" not in document
