# SPDX-License-Identifier: MIT
"""NIF, IBAN, GLN and their like, against python-stdnum and published vectors."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from stdnum import ean
from stdnum import iban as stdnum_iban
from stdnum.pt import nif as stdnum_nif

from cius_pt.errors import InvalidValue
from cius_pt.pt import (
    atcud,
    cpe,
    document_number,
    document_types,
    gln,
    iban,
    multibanco,
    nif,
)
from tests.fiscal_sizes import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def vectors(shared: Path) -> Any:
    path = shared / "reference" / "tables" / "test_vectors.json"
    return json.loads(path.read_text(encoding="utf-8"))


# --- python-stdnum is the judge ---


def digits(source: random.Random, count: int) -> str:
    return "".join(source.choices("0123456789", k=count))


def mostly_right(source: random.Random, text: str, check: Callable[[str], str]) -> str:
    """Return a number whose check digit is right in one of two."""
    right = text + check(text)
    return right if source.random() < 0.5 else text + digits(source, 1)


def test_stdnum_agrees_on_every_nif() -> None:
    # It knows no prefixes and refuses a leading zero; so few begin with one.
    source, good = random.Random(11), 0  # noqa: S311 - repeatable
    for _ in range(NUMBERS):
        text = source.choice("123456789") + digits(source, 7)
        text = mostly_right(source, text, nif.check_digit)
        assert nif.valid(text) == stdnum_nif.is_valid(text), text
        good += nif.valid(text)
    assert 0.4 < good / NUMBERS < 0.7


def test_stdnum_agrees_on_every_gln() -> None:
    source, good = random.Random(12), 0  # noqa: S311 - repeatable
    for _ in range(NUMBERS):
        text = mostly_right(source, digits(source, 12), gln.check_digit)
        assert gln.valid(text) == ean.is_valid(text), text
        good += gln.valid(text)
    assert 0.4 < good / NUMBERS < 0.7


def test_stdnum_agrees_on_every_portuguese_iban() -> None:
    source, good = random.Random(13), 0  # noqa: S311 - repeatable
    for _ in range(NUMBERS):
        nib = iban.nib(digits(source, 4), digits(source, 4), digits(source, 11))
        text = iban.from_nib(nib)
        if source.random() < 0.5:
            place = source.randrange(2, 25)
            text = text[:place] + digits(source, 1) + text[place + 1 :]
        assert iban.valid(text) == stdnum_iban.is_valid(text), text
        good += iban.valid(text)
    assert 0.4 < good / NUMBERS < 0.7


def test_stdnum_takes_every_foreign_iban_we_refuse_for_its_check_digits() -> None:
    source = random.Random(14)  # noqa: S311 - repeatable
    for _ in range(NUMBERS // 10):
        rest = digits(source, 20)
        text = f"ES{digits(source, 2)}{rest}"
        fits = stdnum_iban.is_valid(text, check_country=False)
        assert iban.valid(text) == fits, text


# --- published vectors ---


def test_the_published_nifs(vectors: Any) -> None:
    assert all(map(nif.valid, vectors["nif"]["valid_check_digit"]))
    assert not any(map(nif.valid, vectors["nif"]["invalid"]))
    for text in vectors["nif"]["check_ok_but_unlisted_prefix"]:
        assert nif.valid(text)
        assert nif.kind(text) is None


def test_the_published_ibans(vectors: Any) -> None:
    assert all(map(iban.valid, vectors["iban_pt"]["valid"]))
    assert not any(map(iban.valid, vectors["iban_pt"]["invalid"]))


def test_the_published_glns(vectors: Any) -> None:
    assert all(map(gln.valid, vectors["gln"]["valid"]))
    assert not any(map(gln.valid, vectors["gln"]["invalid"]))


def test_the_published_delivery_points(vectors: Any) -> None:
    assert all(map(cpe.valid, vectors["cpe_cui"]["valid"]))
    assert not any(map(cpe.valid, vectors["cpe_cui"]["invalid"]))
    for text in vectors["cpe_cui"]["valid"]:
        assert cpe.build(text[2:6], text[6:18]) == text


def test_the_published_multibanco_references(vectors: Any) -> None:
    assert vectors["multibanco"]
    for each in vectors["multibanco"]:
        entity, amount = each["entity"], Decimal(each["amount"])
        made = multibanco.reference(entity, each["ref7"], amount)
        assert made == each["reference"]
        assert multibanco.checks(entity, multibanco.spaced(made), amount)
        assert not multibanco.checks(entity, made, amount + Decimal("0.01"))


def test_the_published_atcuds(vectors: Any) -> None:
    for text in vectors["atcud"]["valid"]:
        assert atcud.problem(text) is None
        assert str(atcud.parse(text)) == text
    for text in vectors["atcud"]["warn_pre_2023"]:
        assert atcud.before_2023(text)
        assert atcud.parse(text) is None
    for text in vectors["atcud"]["invalid"]:
        assert atcud.problem(text) is not None
        assert not atcud.before_2023(text)


def test_the_published_document_numbers(vectors: Any) -> None:
    for text in vectors["invoice_no"]["valid"]:
        assert str(document_number.parse(text)) == text
    for text in vectors["invoice_no"]["invalid"]:
        assert document_number.parse(text) is None
        assert document_number.problem(text) is not None


# --- what no published vector says ---


@pytest.mark.parametrize(
    "text",
    ["", "12345678x", "560000000000x", "٥٦٠٠٠٠٠٠٠٠٠٠٧", "١٢٣٤٥٦٧٨٩", "123 456 789"],
)
def test_what_is_no_number_at_all_is_no_nif_and_no_crash(text: str) -> None:
    assert not nif.valid(text)
    assert not gln.valid(text)
    assert not iban.valid(text)
    assert not cpe.valid(text)


def test_the_longest_prefix_says_the_kind() -> None:
    assert [(k and k.prefix) for k in map(nif.kind, ("450199045", "123456789"))] == [
        "45",
        "1",
    ]


@pytest.mark.parametrize(
    ("make", "path"),
    [
        (lambda: multibanco.reference("1", "1234567", Decimal(1)), "entity"),
        (lambda: multibanco.reference("12345", "1", Decimal(1)), "number"),
        (lambda: multibanco.reference("12345", "1234567", Decimal(0)), "amount"),
        (lambda: multibanco.reference("12345", "1234567", Decimal("1.005")), "amount"),
        (lambda: multibanco.reference("12345", "1234567", Decimal("NaN")), "amount"),
        (lambda: cpe.build("2", "000000000001"), "operator"),
        (lambda: cpe.build("0002", "1"), "point"),
        (lambda: iban.nib("1", "0123", "12345678901"), "bank"),
        (lambda: iban.from_nib("000201231234567890155"), ""),
        (lambda: nif.check_digit("1"), ""),
        (lambda: gln.check_digit("1"), ""),
        (lambda: atcud.Atcud(code="SHORT", sequence="1"), ""),
        (
            lambda: document_number.DocumentNumber(
                code="F T", series="A", sequence="1"
            ),
            "",
        ),
        (
            lambda: document_number.DocumentNumber(
                code="FT", series="A B", sequence="1"
            ),
            "",
        ),
    ],
)
def test_what_cannot_be_built_is_an_invalid_value(
    make: Callable[[], object], path: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        make()
    assert refused.value.path == path


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: nif.check_digit("1234567x"), "expected eight digits, got '1234567x'"),
        (lambda: nif.check_digit("١٢٣٤٥٦٧٨"), "expected eight digits, got '١٢٣٤٥٦٧٨'"),
        (lambda: gln.check_digit("56000000000x"), "twelve digits, got '56000000000x'"),
        (lambda: gln.check_digit("٥٦٠٠٠٠٠٠٠٠٠٠"), "twelve digits, got '٥٦٠٠٠٠٠٠٠٠٠٠'"),
        (lambda: cpe.build("0002", "1"), "expected twelve digits, got '1'"),
        (lambda: cpe.build("2", "000000000001"), "expected four digits, got '2'"),
    ],
)
def test_what_cannot_be_built_is_told_in_words(
    make: Callable[[], object], said: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        make()
    assert refused.value.message.endswith(said)


def test_a_reference_that_cannot_be_checked_is_neither_right_nor_wrong() -> None:
    assert multibanco.checks("1234", "123456789", Decimal(1)) is None
    assert multibanco.checks("12345", "12345678", Decimal(1)) is None
    assert multibanco.checks("12345", "123456789", Decimal(10**6)) is None


def test_a_type_that_saf_t_does_not_know_stands_in_no_table() -> None:
    assert document_types.saft_table("FT") is not None
    assert document_types.saft_table("XX") is None


def test_leading_zeros_count() -> None:
    assert atcud.matches("CSDF7T5H-0035", "FT AB2019/0035")
    assert not atcud.matches("CSDF7T5H-35", "FT AB2019/0035")


def test_the_number_is_what_follows_the_last_hyphen_and_the_last_slash() -> None:
    assert atcud.matches("A-B-5", "FT A/B/5")


def test_blanks_are_no_part_of_a_delivery_point() -> None:
    code = cpe.build("0002", "000000000001")
    assert cpe.valid(f"{code[:2]} {code[2:18]} {code[18:]}")


def test_the_control_letters_are_those_of_base_23() -> None:
    # 2 000 000 000 001 is 257 modulo 529, which is 11 times 23 and 4: B and G.
    assert cpe.build("0002", "000000000001") == "PT0002000000000001BG"
    assert cpe.problem("PT0002000000000001BB") == (
        "the control letters are BB and should be BG"
    )
    assert iban.looks_like_one("PT50 0002 0123 1234 5678 9015 4")


def test_the_largest_amount_of_a_reference_counts() -> None:
    assert len(multibanco.reference("12345", "1234567", multibanco.MOST)) == 9


def test_a_label_is_no_part_of_an_atcud() -> None:
    assert "label" in str(atcud.problem("ATCUD:CSDF7T5H-1"))


def test_a_nib_says_what_is_wrong_with_it() -> None:
    assert iban.nib_problem("0002 0123 12345678901 54") is None
    assert iban.nib_problem("000201231234567890155") == (
        "the check digits of the NIB do not fit"
    )
    assert iban.nib_problem("1") == "a NIB has 21 digits, this is '1'"
    with pytest.raises(InvalidValue, match=r"^bank: expected 4 digits, got '1'$"):
        iban.nib("1", "0123", "12345678901")
    with pytest.raises(InvalidValue, match=r"^the check digits of the NIB do not fit$"):
        iban.from_nib("000201231234567890155")


def test_blanks_are_no_part_of_a_nib() -> None:
    assert iban.from_nib("0002 0123 12345678901 54") == "PT50000201231234567890154"
