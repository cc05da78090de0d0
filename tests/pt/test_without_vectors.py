"""The numbers again, on a fresh clone alone: the standards' own laws and the words.

The published vectors are not in every checkout; the laws of ISO 7064 and GS1, python-
stdnum and cents worked out by hand are.
"""

from __future__ import annotations

import datetime as dt
import struct
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban as stdnum_iban

from cius_pt.errors import InvalidValue
from cius_pt.pt import (
    atcud,
    cpe,
    document_number,
    gln,
    iban,
    multibanco,
    nif,
    payment_means,
    program_hash,
    qr_image,
    vat,
    withholding,
)
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from collections.abc import Callable

D = Decimal
DAY = dt.date(2026, 3, 2)
IBAN = "PT50000201231234567890154"  # the example of the registry of ISO 13616
LONG = "S" * 56


def digits(number: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=number, max_size=number)


@pytest.mark.parametrize(
    ("problem", "text", "said"),
    [
        (iban.problem, IBAN, None),
        (iban.problem, "PT50 0002 0123 1234 5678 9015 4", None),
        (iban.problem, "ES9121000418450200051332", None),
        (iban.problem, "P", "not of the form of an IBAN: 'P'"),
        (
            iban.problem,
            IBAN[:-1],
            "an IBAN of PT has 25 characters, this has 24",
        ),
        (
            iban.problem,
            f"{IBAN[:-1]}5",
            "the check digits do not fit (ISO 13616, modulo 97)",
        ),
        # Both have right check digits: 02, not 50; a letter in the account.
        (
            iban.problem,
            f"PT{stdnum_iban.calc_check_digits('PT00' + '0' * 21)}{'0' * 21}",
            "an IBAN of PT is PT50 and the 21 digits of the NIB",
        ),
        (
            iban.problem,
            "PT50A00000000000000000047",
            "an IBAN of PT is PT50 and the 21 digits of the NIB",
        ),
        (document_number.problem, "FT 2026A/8", None),
        (document_number.problem, f"F {LONG}/1", None),  # 60 characters, as allowed
        (
            document_number.problem,
            f"F {LONG}S/1",
            f"not of the form 'CODE SERIES/NUMBER' in 60 characters: 'F {LONG}S/1'",
        ),
        (
            document_number.problem,
            "FT8",
            "not of the form 'CODE SERIES/NUMBER' in 60 characters: 'FT8'",
        ),
        (gln.problem, "4006381333931", None),
        (gln.problem, "4006381333932", "the check digit is 2 and should be 1"),
        (nif.problem, "123456789", None),
        (nif.problem, "123456780", "the check digit is 0 and should be 9"),
        (nif.problem, "12345678", "a NIF has nine digits, this is '12345678'"),
        (atcud.problem, "CSDF7T5H-35", None),
        (
            atcud.problem,
            "0-35",
            "the series has no validation code, as was possible before 2023",
        ),
        (
            atcud.problem,
            "x",
            (
                "expected a code of eight or more capital letters and digits, a hyphen "
                "and the number in the series, got 'x'"
            ),
        ),
    ],
)
def test_what_is_wrong_is_said_to_the_letter(
    problem: Callable[[str], str | None], text: str, said: str | None
) -> None:
    assert problem(text) == said


@pytest.mark.parametrize("text", ["400638133393", "40063813339311", "400638133393²"])
def test_a_gln_has_thirteen_ascii_digits(text: str) -> None:
    assert gln.problem(text) is not None


@DRAWN
@given(digits(4), digits(4), digits(11))
def test_stdnum_takes_every_iban_that_is_made(bank: str, branch: str, no: str) -> None:
    made = iban.from_nib(iban.nib(bank, branch, no))

    assert stdnum_iban.is_valid(made)
    assert iban.problem(made) is None


@DRAWN
@given(digits(5), digits(7), st.integers(1, 99_999_999))
def test_a_multibanco_reference_is_one_modulo_97(
    entity: str, number: str, cents: int
) -> None:
    """ISO 7064, MOD 97-10: all digits together, the check digits last, leave 1."""
    amount = D(cents).scaleb(-2)
    made = multibanco.reference(entity, number, amount)

    assert made.startswith(number)
    assert int(entity + number + f"{cents:08d}" + made[7:]) % 97 == 1
    assert multibanco.checks(entity, multibanco.spaced(made), amount) is True
    assert multibanco.spaced(made).split(" ") == [made[:3], made[3:6], made[6:]]


@pytest.mark.parametrize(
    ("entity", "number", "amount", "said"),
    [
        ("1234", "1234567", "1", "entity: expected five digits, got '1234'"),
        ("12345", "123456", "1", "number: expected seven digits, got '123456'"),
        (
            "12345",
            "1234567",
            "0.001",
            "amount: expected 0.01 to 999999.99 with two decimals, got 0.001",
        ),
    ],
)
def test_a_reference_that_cannot_be_made_says_why(
    entity: str, number: str, amount: str, said: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        multibanco.reference(entity, number, D(amount))
    assert str(caught.value) == said


def test_a_document_number_is_taken_apart_and_put_together() -> None:
    number = document_number.parse("FT 2026A/8")

    assert number is not None
    assert (number.code, number.series, number.sequence) == ("FT", "2026A", "8")
    assert str(number) == "FT 2026A/8"
    with pytest.raises(InvalidValue, match=r"^FT A/B/8 reads otherwise$|not of the"):
        document_number.DocumentNumber(code="FT", series="A/B", sequence="8")
    with pytest.raises(InvalidValue, match=r"^not of the form .*: 'FT A/x'$"):
        document_number.DocumentNumber(code="FT", series="A", sequence="x")


def test_an_atcud_is_taken_apart_and_compared_with_its_number() -> None:
    made = atcud.parse("CSDF7T5H-0035")

    assert (made, str(made)) == (
        atcud.Atcud(code="CSDF7T5H", sequence="0035"),
        "CSDF7T5H-0035",
    )
    assert atcud.matches("CSDF7T5H-0035", "FT A/B/0035")
    assert not atcud.matches("CSDF7T5H-0035", "FT A-0035/36")
    with pytest.raises(InvalidValue, match=r"^expected a code .* got 'abc-1'$"):
        atcud.Atcud(code="abc", sequence="1")


def test_the_operator_of_a_delivery_point_has_its_name() -> None:
    assert cpe.operator(cpe.build("0002", "123456789012")) == "E-REDES"
    assert cpe.operator("PT9999") is None
    with pytest.raises(InvalidValue, match=r"^operator: expected four digits"):
        cpe.build("2", "123456789012")
    assert cpe.problem("PT1") == "expected PT, 16 digits and two letters, got 'PT1'"


def test_means_of_payment_by_version_and_meaning() -> None:
    assert payment_means.accepted("TB")
    assert payment_means.accepted("42")
    assert not payment_means.accepted("42", "2.1.1")
    assert not payment_means.accepted("31")
    assert not payment_means.accepted("nonsense")
    assert payment_means.nearest_untdid("TB") == "30"
    assert payment_means.nearest_untdid("nonsense") is None


def test_withholding_at_its_limits() -> None:
    for percent in (D(0), D(100), D("0.5")):
        assert withholding.withheld(D(200), percent) == 2 * percent
    for percent in (D("-0.01"), D("100.01")):
        with pytest.raises(InvalidValue) as caught:
            withholding.withheld(D(1), percent)
        said = f"percent: expected 0 to 100 per cent, got {percent}"
        assert str(caught.value) == said


def test_a_rate_of_withholding_says_all_of_itself() -> None:
    (rate,) = withholding.rates_at(DAY, "IRS-RENT")

    assert (rate.code, rate.tax, rate.percent) == ("IRS-RENT", "IRS", D(25))
    assert (rate.pt, rate.en) == ("Rendas (categoria F)", "Rents (category F)")
    before, after = dt.date(2024, 12, 31), dt.date(2025, 1, 1)
    for day, percent in ((before, 25), (after, 23)):
        (rate,) = withholding.rates_at(day, "IRS-PROF")
        assert rate.percent == percent


def test_a_percentage_that_is_no_rate_has_no_level() -> None:
    assert vat.level(vat.Region.MAINLAND, D(23), DAY) is vat.Level.NORMAL
    assert vat.level(vat.Region.MAINLAND, D(22), DAY) is None


def test_the_characters_of_a_signature_are_its_first_and_every_tenth() -> None:
    signature = "abcdefghijKlmnopqrstUvwxyz0123456789+/"

    assert program_hash.characters(signature) == "aKU4"
    assert program_hash.characters(signature[:31]) == "aKU4"
    with pytest.raises(
        InvalidValue, match=r"^a signature has 31 characters or more: 'a"
    ):
        program_hash.characters(signature[:30])
    text = program_hash.message("2010-05-18", "2010-05-18T11:22:19", "F 1/1", D("3.12"))
    assert text == "2010-05-18;2010-05-18T11:22:19;F 1/1;3.12;"


def test_the_picture_is_as_at_prescribes_it() -> None:
    """Error correction M, bytes, version 9 or more, dots of 96 dpi, 30 mm or more."""
    made = qr_image._made("A:1")  # noqa: SLF001 - it does not show
    assert (made.version, made.error, made.mode, made.is_micro) == (
        qr_image.SMALLEST_VERSION,
        "M",
        "byte",
        False,
    )
    # The capacity of version 9-M in bytes is 180 (ISO/IEC 18004).
    assert (qr_image.version("1" * 180), qr_image.version("1" * 181)) == (9, 10)
    narrow, wide = (qr_image.png("A:1", border=n) for n in (0, 7))
    assert [struct.unpack(">I", p[16:20])[0] for p in (narrow, wide)] == [106, 134]
    dots_a_metre = struct.pack(">II", 3779, 3779)  # 96 to 25.4 mm
    assert b"pHYs" + dots_a_metre in narrow
    side = 53 * 2 * 25.4 / 96
    assert qr_image.millimetres("A:1", border=0) == pytest.approx(side)
    assert qr_image.millimetres("A:1") == pytest.approx(61 * 2 * 25.4 / 96)
    svg = qr_image.svg("A:1", border=0).decode()
    width = svg.partition('width="')[2].partition("mm")[0]
    assert float(width) == pytest.approx(side, abs=0.01)
    assert qr_image.svg("A:1", border=0) != qr_image.svg("A:1")
    with pytest.raises(InvalidValue, match=r"^no QR code holds this text: "):
        qr_image.png("x" * 3000)
