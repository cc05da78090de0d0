# SPDX-License-Identifier: MIT
from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cius_pt.errors import InvalidValue
from cius_pt.model import Invoice, Period, Totals, Vat
from cius_pt.model.json import dumps, from_dict, invoice_from, loads, to_dict
from tests import samples


def refused(**changes: Any) -> str:
    data = {**json.loads(dumps(samples.invoice())), **changes}
    with pytest.raises(InvalidValue) as error:
        invoice_from(data)
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON: .* at line 1, column 2"),
        (b"\xff", "not UTF-8 at byte 0"),
        ('{"a": 1,\n "a": 2}', "the key a is there twice"),
        ("[" * 100_000, "not an invoice: nested too deep"),
        ("9" * 5000, "not JSON we read"),
    ],
)
def test_what_is_not_json_is_refused_with_a_place(text: str, said: str) -> None:
    with pytest.raises(InvalidValue, match=said):
        loads(text)


@pytest.mark.parametrize("number", ["9.99", "1e3", "NaN", "-Infinity", "2.0"])
def test_a_float_is_refused_and_told_how_to_be_written(number: str) -> None:
    data = json.loads(dumps(samples.invoice()))
    text = json.dumps(data).replace('"quantity": "2"', f'"quantity": {number}')
    with pytest.raises(InvalidValue) as error:
        invoice_from(loads(text))
    assert str(error.value) == (
        f"lines[0].quantity: {number} is a float, which cannot hold cents; "
        f'write it as "{number}"'
    )


@pytest.mark.parametrize(
    "given",
    [
        "",
        " 1",
        "1 ",
        "1_000",
        "1e3",
        "1E+999999999",
        "+1",
        ".5",
        "5.",
        "٣",
        "NaN",
        "x",
        True,
        None,
        [],
        {},
    ],
)
def test_a_number_is_a_plain_text_or_a_whole_number(given: Any) -> None:
    data = {"category": "NOR", "rate": given}
    if given is None:
        assert from_dict(Vat, data).rate is None
        return
    with pytest.raises(InvalidValue, match="rate: expected a number as a text"):
        from_dict(Vat, data)


@pytest.mark.parametrize(
    ("given", "held"), [("2", 2), ("-0.50", "-0.5"), (7, 7), ("007", 7), (-3, -3)]
)
def test_numbers_are_held_exactly(given: Any, held: Any) -> None:
    assert from_dict(Vat, {"category": "x", "rate": given}).rate == Decimal(held)


@pytest.mark.parametrize(
    "given", ["2026-W05-6", "20260131", "2026-02-30", "2026-1-1", "2026-01-31T00"]
)
def test_a_date_has_one_form(given: str) -> None:
    with pytest.raises(InvalidValue, match="start: expected a date as YYYY-MM-DD"):
        from_dict(Period, {"start": given})


def test_everything_wrong_says_where() -> None:
    assert refused(lines=[{"id": 1}]).startswith(
        "lines[0]: mandatory and not there: name, quantity, net_price, vat"
    )
    assert refused(kind="XX").startswith("kind: expected one of 380, 383")
    assert refused(lines="x").startswith('lines: expected a list, got "x"')
    assert refused(seller=[]).startswith("seller: expected an object with the fields")
    assert refused(number=None) == "mandatory and null: number"
    assert refused(number=7) == "number: expected a text, got 7"
    assert (
        refused(nmber="x") == "nmber: Invoice has no such field; did you mean number?"
    )
    assert refused(zzzzzz="x") == "zzzzzz: Invoice has no such field"


def test_long_values_are_cut_in_messages() -> None:
    assert len(refused(lines="x" * 1000)) < 80


@pytest.mark.parametrize("key", ["content", "filename"])
def test_content_is_base64(key: str) -> None:
    said = refused(attachments=[{"id": "1", "content": "a€b"}])
    assert said.startswith("attachments[0].content: expected base64")
    assert refused(attachments=[{"id": "1", key: True}]).endswith("got true")


def test_whole_numbers_and_flags_are_told_apart() -> None:
    tax = {"amount": "1", "description": "x"}
    assert refused(withholdings=[{**tax, "group": True}]) == (
        "withholdings[0].group: expected a whole number, got true"
    )
    assert refused(allowance_charges=[{"amount": 1, "charge": 1}]) == (
        "allowance_charges[0].charge: expected true or false, got 1"
    )


def test_what_is_no_json_at_all_is_refused_too() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    for value in (cycle, 10**5000, {(1, 2): 3}, object()):
        assert "number" in refused(number=value)


def test_what_is_none_or_empty_is_left_out() -> None:
    data = to_dict(samples.invoice())
    assert "due_date" not in data
    assert "notes" not in data
    assert data["lines"][0]["vat"]["rate"] == "23"


def test_what_is_empty_but_mandatory_is_kept() -> None:
    totals = samples.invoice().totals
    assert totals is not None
    bare = replace(totals, vat_breakdown=())
    assert to_dict(bare)["vat_breakdown"] == []
    assert from_dict(Totals, loads(dumps(bare))) == bare


def test_exponents_are_written_out() -> None:
    line = samples.line(quantity=Decimal("1E+3"), net_price=Decimal("1E-8"))
    data = to_dict(samples.invoice(lines=(line,)))
    assert data["lines"][0]["quantity"] == "1000"
    assert data["lines"][0]["net_price"] == "0.00000001"


def test_json_and_back_is_the_same_invoice() -> None:
    invoice = samples.credit_note()
    assert from_dict(Invoice, loads(dumps(invoice).encode())) == invoice
