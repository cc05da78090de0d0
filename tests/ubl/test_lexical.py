# SPDX-License-Identifier: MIT
"""Each lexical form at its limits: what is shown, read and refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from cius_pt.model import Kind
from cius_pt.ubl import lexical
from cius_pt.ubl.lexical import Binary, Choice, Lexical, Number, Text


def problem(form: Lexical, value: Any) -> str | None:
    return form.problem(value, form.show(value))


@pytest.mark.parametrize(
    ("form", "given", "shown"),
    [
        (lexical.AMOUNT, "5", "5.00"),
        (lexical.AMOUNT, "5.1", "5.10"),
        (lexical.AMOUNT, "5.10000", "5.10"),
        (lexical.AMOUNT, "5.105", "5.105"),
        (lexical.AMOUNT, "1E+3", "1000.00"),
        (lexical.AMOUNT, "-0.00", "0.00"),
        (lexical.AMOUNT, "-0E+5", "0.00"),
        (lexical.AMOUNT, "0E-10", "0.00"),
        (lexical.AMOUNT, "-5", "-5.00"),
        (lexical.PRICE, "1E-8", "0.00000001"),
        (lexical.PRICE, "1.100000000", "1.10000000"),
        (lexical.QUANTITY, "-2", "-2.00"),
        (lexical.QUANTITY, "2.125", "2.125"),
        (lexical.PERCENT, "23", "23.00"),
        (lexical.RATE, "0.91000", "0.91000"),
    ],
)
def test_a_number_is_shown_plainly_with_the_decimals_of_its_form(
    form: Number, given: str, shown: str
) -> None:
    assert form.show(Decimal(given)) == shown
    assert form.read(shown) == Decimal(given)


@pytest.mark.parametrize(
    ("form", "largest", "too_large"),
    [
        (lexical.AMOUNT, "9999999999999.99", "10000000000000.00"),
        (lexical.SIGNED_AMOUNT, "-9999999999999.99", "-10000000000000.00"),
        (lexical.TAXABLE, "-9999999999999.999", "-10000000000000.000"),
        (lexical.LINE_AMOUNT, "-9999999999999.99999999", "-10000000000000.00"),
        (lexical.PRICE, "9999999999999.99999999", "10000000000000.00"),
        (lexical.QUANTITY, "-9999999999999.999", "-10000000000000.00"),
        (lexical.BASE_QUANTITY, "9999999999999.999", "10000000000000.00"),
        (lexical.RATE, "999999999.99999", "1000000000.00"),
    ],
)
def test_a_number_has_so_many_digits_before_the_point(
    form: Number, largest: str, too_large: str
) -> None:
    digits = len(too_large.lstrip("-").partition(".")[0])
    assert problem(form, Decimal(largest)) is None
    assert problem(form, Decimal(too_large)) == (
        f"{digits} digits before the point, the limit is {digits - 1}; split it"
    )


@pytest.mark.parametrize(
    ("form", "most"),
    [
        (lexical.AMOUNT, 2),
        (lexical.SIGNED_AMOUNT, 2),
        (lexical.TAXABLE, 3),
        (lexical.LINE_AMOUNT, 8),
        (lexical.PRICE, 8),
        (lexical.QUANTITY, 3),
        (lexical.BASE_QUANTITY, 3),
        (lexical.PERCENT, 2),
        (lexical.RATE, 5),
    ],
)
def test_a_number_has_so_many_decimals(form: Number, most: int) -> None:
    unit = Decimal(1).scaleb(-most)
    assert problem(form, unit) is None
    assert problem(form, unit / 10) == (
        f"{most + 1} decimals, the format takes {most}; round it"
    )


@pytest.mark.parametrize(
    ("form", "signed"),
    [
        (lexical.AMOUNT, False),
        (lexical.SIGNED_AMOUNT, True),
        (lexical.TAXABLE, True),
        (lexical.LINE_AMOUNT, True),
        (lexical.PRICE, False),
        (lexical.QUANTITY, True),
        (lexical.BASE_QUANTITY, False),
        (lexical.PERCENT, False),
        (lexical.RATE, False),
    ],
)
def test_only_some_numbers_may_be_negative(form: Number, signed: bool) -> None:
    said = problem(form, Decimal("-0.01"))
    assert said == (
        None if signed else "-0.01 is negative; the format takes zero or more here"
    )
    assert problem(form, Decimal("-0.00")) is None


def test_a_percentage_ends_at_one_hundred() -> None:
    assert problem(lexical.PERCENT, Decimal(100)) is None
    assert problem(lexical.PERCENT, Decimal("100.01")) == (
        "100.01 is above 100; give it in per cent"
    )


@pytest.mark.parametrize("text", [" 5.0\n", "+5", "5.", ".5", "005", "-0"])
def test_a_number_is_read_as_xml_schema_reads_it(text: str) -> None:
    assert lexical.AMOUNT.read(text) == Decimal(text.strip())


@pytest.mark.parametrize("text", ["", "5,0", "1e3", "NaN", "INF", "٣", "5 0", "0x1"])
def test_what_is_no_decimal_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="not a decimal number"):
        lexical.AMOUNT.read(text)


@pytest.mark.parametrize("limit", [20, 50, 150, 200, 500])
def test_a_text_has_one_to_so_many_characters(limit: int) -> None:
    form = Text(limit)
    assert problem(form, "x") is None
    assert problem(form, "\U0001f9fe" * limit) is None
    assert problem(form, "x" * (limit + 1)) == (
        f"{limit + 1} characters, the limit is {limit}; shorten it"
    )


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "\n"])
def test_only_a_note_has_line_breaks(text: str) -> None:
    assert problem(Text(50), text) == (
        "a line break inside; the format takes one line, use a space"
    )
    assert problem(lexical.NOTE, "a\nb") is None


@pytest.mark.parametrize("text", [" ", "\t", "   "])
def test_a_text_says_something(text: str) -> None:
    said = "nothing but white space; leave it out or say something"
    assert problem(Text(50), text) == said
    assert problem(lexical.NOTE, text + "\n") == said
    assert problem(Text(50), "\u00a0") is None


def test_the_version_has_ten_characters() -> None:
    prefix = "urn:cen.eu:en16931:2017#compliant#urn:feap.gov.pt:CIUS-PT:"
    assert problem(lexical.SPECIFIC, prefix + "1234567890") is None
    assert problem(lexical.SPECIFIC, prefix + "12345678901") is not None


@pytest.mark.parametrize("text", ["2026-01-31Z", "2026-1-31", "2026-02-30", "", "٢"])
def test_what_is_no_date_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|day|month"):
        lexical.DATE.read(text)


def test_dates_and_flags_and_choices_have_no_limits() -> None:
    day = dt.date(999, 1, 2)
    assert lexical.DATE.show(day) == "0999-01-02"
    assert lexical.DATE.read("0999-01-02") == day
    assert problem(lexical.DATE, day) is None
    assert problem(lexical.FLAG, True) is None
    assert problem(Choice((Kind.FT,)), Kind.FT) is None


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("1", True), ("false", False), (" 0 ", False)]
)
def test_a_flag_is_read_in_all_four_forms(text: str, value: bool) -> None:
    assert lexical.FLAG.read(text) is value
    assert lexical.FLAG.show(value) == str(value).lower()


def test_what_is_no_flag_is_not_read() -> None:
    with pytest.raises(ValueError, match="neither true nor false"):
        lexical.FLAG.read("yes")


def test_a_choice_is_one_of_its_options() -> None:
    form = Choice((Kind.NC, Kind.CREDIT_NOTE))
    assert form.read("NC") is Kind.NC
    assert form.show(Kind.NC) == "NC"
    with pytest.raises(ValueError, match="not one of NC 381"):
        form.read("FT")


def test_base64_may_have_white_space_and_nothing_else() -> None:
    form = Binary(3)
    assert form.read("QU\n J\tD") == b"ABC"
    assert form.show(b"ABC") == "QUJD"
    for text in ("QUJ", "QUJD=", "QU-D", "QQ==QQ=="):
        with pytest.raises(ValueError, match="not base64"):
            form.read(text)


def test_content_has_so_many_bytes() -> None:
    form = Binary(3)
    assert problem(form, b"ABC") is None
    assert problem(form, b"ABCD") == (
        "4 bytes, the limit is 3 (15 MB in base64); "
        "attach a smaller file or give its uri"
    )
    # DT-CIUS-PT-111.2 compares characters × 0.75 ÷ 1024 with 15000, not included.
    shown = len(lexical.ATTACHMENT.show(b"x" * lexical.ATTACHMENT.limit))
    assert shown * 0.75 / 1024 < 15_000
    assert (shown + 4) * 0.75 / 1024 >= 15_000
