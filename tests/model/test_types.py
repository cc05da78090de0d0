# SPDX-License-Identifier: MIT
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from cius_pt.errors import InvalidValue
from cius_pt.model import (
    AdditionalProperty,
    AllowanceCharge,
    Attachment,
    Contact,
    Delivery,
    Identifier,
    Kind,
    Line,
    Period,
    Vat,
    Withholding,
)
from tests import samples


def refused(model: type, **fields: Any) -> str:
    with pytest.raises(InvalidValue) as error:
        model(**fields)
    return str(error.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (1.5, "amount: expected a Decimal, such as Decimal('9.99')"),
        (1, "amount: expected a Decimal"),
        (True, "amount: expected a Decimal"),
        ("1.50", "amount: expected a Decimal"),
        (None, "amount: expected a Decimal"),
        (Decimal("NaN"), "amount: NaN is not a number"),
        (Decimal("sNaN"), "amount: sNaN is not a number"),
        (Decimal("-Infinity"), "amount: -Infinity is not a number"),
        (Decimal("1E+20"), "amount: 1E+20 has more than 20 digits before or after"),
        (Decimal("1E-21"), "amount: 1E-21 has more than 20 digits"),
        (Decimal("0E+999999"), "amount: 0E+999999 has more than 20 digits"),
        (Decimal("1E+999999999"), "amount: 1E+999999999 has more than 20 digits"),
    ],
)
def test_an_amount_is_a_decimal_of_some_size(given: Any, said: str) -> None:
    assert said in refused(AllowanceCharge, amount=given)


@pytest.mark.parametrize(
    "given", ["0", "-0.00", "1E+3", "1E-20", "99999999999999999999", "1E+19"]
)
def test_any_amount_that_could_be_one_is_held(given: str) -> None:
    assert AllowanceCharge(amount=Decimal(given)).amount == Decimal(given)


def test_a_datetime_is_no_date() -> None:
    moment = dt.datetime(2026, 1, 31, tzinfo=dt.UTC)
    assert "start: expected a datetime.date (without time)" in refused(
        Period, start=moment
    )


def test_an_empty_text_is_refused_in_any_kind_of_text() -> None:
    class Text(str):
        __slots__ = ()

    for empty in ("", Text()):
        assert refused(Contact, name=empty) == (
            "name: empty; leave the field out instead"
        )


def test_empty_content_is_refused_because_it_leaves_no_trace() -> None:
    said = refused(Attachment, id="1", content=b"")
    assert said == "content: empty; leave the field out instead"


@pytest.mark.parametrize("model", [Period, Contact, Delivery])
def test_a_value_of_which_nothing_is_given_is_refused(model: type) -> None:
    assert refused(model) == "nothing is given; leave it out instead"


def test_a_list_is_no_tuple() -> None:
    said = refused(Line, **_line(descriptions=["a"]))
    assert said.startswith("descriptions: expected a tuple, got list ['a']; write (x,)")


def test_the_item_that_is_wrong_is_named() -> None:
    said = refused(Line, **_line(descriptions=("a", 7)))
    assert said == "descriptions[1]: expected a str, got int 7"


def test_an_enumeration_names_its_members() -> None:
    with pytest.raises(InvalidValue, match=r"kind: expected a Kind, one of 380, 383"):
        samples.invoice(kind="FT")


def test_a_bool_is_no_number_of_a_group() -> None:
    said = refused(Withholding, amount=Decimal(1), description="x", group=True)
    assert said == "group: expected a int, got bool True"


def test_a_text_that_is_a_code_of_ours_is_a_text() -> None:
    assert Identifier(value=Kind.FT).value == "FT"


def test_a_qr_code_needs_the_atcud() -> None:
    with pytest.raises(InvalidValue, match=r"qr: .* give atcud too"):
        samples.invoice(qr="A:1*")


def test_the_group_is_no_part_of_what_is_withheld() -> None:
    one = Withholding(amount=Decimal(1), description="x", group=1)
    assert one == Withholding(amount=Decimal(1), description="x", group=7)


def test_values_do_not_change() -> None:
    with pytest.raises(AttributeError):
        AdditionalProperty(name="a", value="b").name = "c"  # type: ignore[misc]


def test_the_named_rates_are_their_categories() -> None:
    assert (Vat.normal(23).category, Vat.normal(23).rate) == ("NOR", Decimal(23))
    assert Vat.intermediate(13).category == "INT"
    assert Vat.reduced(6).category == "RED"
    assert Vat.exempt("M07").exemption_code == "M07"


def _line(**changes: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "name": "x",
        "quantity": Decimal(1),
        "net_price": Decimal(1),
        "vat": Vat.normal(23),
        **changes,
    }
