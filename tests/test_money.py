# SPDX-License-Identifier: MIT
from __future__ import annotations

from decimal import ROUND_DOWN, Decimal, localcontext

import pytest

from cius_pt.money import cents, percentage, product, quotient, rounded, total


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("0.0049999999", "0.00"),
        ("2.675", "2.68"),
        ("-2.675", "-2.68"),
        ("1.005", "1.01"),
        ("9999999999999.995", "10000000000000.00"),
        ("1E+3", "1000.00"),
    ],
)
def test_cents_are_rounded_half_away_from_zero(given: str, wanted: str) -> None:
    assert str(cents(Decimal(given))) == wanted


def test_other_decimals_are_rounded_the_same_way() -> None:
    assert str(rounded(Decimal("0.123456785"), 8)) == "0.12345679"
    assert str(rounded(Decimal("-0.5"), 0)) == "-1"


def test_the_largest_product_is_exact() -> None:
    quantity, price = Decimal("9999999999999.999"), Decimal("9999999999999.99999999")
    assert str(product(quantity, price)) == "99999999999999989999900000.00000000001"


def test_a_sum_is_exact_and_of_nothing_it_is_zero() -> None:
    assert str(total(())) == "0.00"
    most, least = Decimal("1E+19"), Decimal("1E-20")
    assert f"{total([most, least]):f}" == "10000000000000000000.00000000000000000001"


def test_a_quotient_is_exact_far_beyond_the_cent() -> None:
    third = quotient(Decimal(1), Decimal(3))
    assert str(third).count("3") == 200
    assert cents(third * 3) == Decimal("1.00")


@pytest.mark.parametrize(
    ("base", "rate", "wanted"),
    [("10.50", "23", "2.4150"), ("-10.50", "6.00", "-0.63"), ("1", "0", "0")],
)
def test_a_percentage_is_not_rounded(base: str, rate: str, wanted: str) -> None:
    assert percentage(Decimal(base), Decimal(rate)) == Decimal(wanted)


def test_the_context_of_the_caller_changes_nothing() -> None:
    with localcontext(prec=3, rounding=ROUND_DOWN):
        assert str(cents(Decimal("12345.675"))) == "12345.68"
        assert total([Decimal("12345.67"), Decimal("0.01")]) == Decimal("12345.68")
        assert str(product(Decimal(12345), Decimal(10001))) == "123462345"
        assert cents(quotient(Decimal(12345), Decimal(8))) == Decimal("1543.13")
        assert str(percentage(Decimal("12345.67"), Decimal(23))) == "2839.5041"
