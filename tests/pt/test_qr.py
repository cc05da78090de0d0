# SPDX-License-Identifier: MIT
from __future__ import annotations

import datetime as dt
import json
import struct
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.errors import InvalidValue
from cius_pt.pt import qr_image
from cius_pt.pt.qr import Qr, RegionTaxes, field_names, parse, problem
from cius_pt.pt.vat import Region
from tests.fiscal_sizes import drawn

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = Qr(
    issuer_nif="500000000",
    buyer_nif="123456789",
    buyer_country="PT",
    document_type="FT",
    status="N",
    date=dt.date(2026, 1, 31),
    number="FT A/1",
    atcud="CSDF7T5H-1",
    regions=(
        RegionTaxes(
            region=Region.AZORES, normal=Decimal("10.00"), normal_tax=Decimal("1.60")
        ),
    ),
    tax=Decimal("1.60"),
    total=Decimal("11.60"),
    hash4="kLp0",
    certificate="9999",
)
AMOUNTS = st.integers(0, 10**14).map(lambda n: Decimal(n).scaleb(-2))
MAYBE = st.none() | AMOUNTS
BLOCKS = st.lists(st.sampled_from(Region), unique=True).flatmap(
    lambda found: st.tuples(
        *(
            st.builds(
                RegionTaxes,
                region=st.just(region),
                exempt=MAYBE,
                reduced=MAYBE,
                reduced_tax=MAYBE,
                intermediate=MAYBE,
                intermediate_tax=MAYBE,
                normal=MAYBE,
                normal_tax=MAYBE,
            )
            for region in found
        )
    )
)
PRINTED = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1)
CODES = st.builds(
    Qr,
    issuer_nif=st.from_regex(r"[0-9]{9}", fullmatch=True),
    buyer_nif=PRINTED.map(lambda t: t.replace("*", ":")[:30]),
    buyer_country=st.sampled_from(("PT", "Desconhecido")),
    document_type=st.sampled_from(("FT", "NC")),
    status=st.sampled_from("NSART"),
    date=st.dates(dt.date(1000, 1, 1)),
    number=st.just("FT A/1"),
    atcud=st.just("CSDF7T5H-1"),
    regions=BLOCKS,
    not_subject=MAYBE,
    stamp_duty=MAYBE,
    tax=AMOUNTS,
    total=AMOUNTS,
    withheld=MAYBE,
    hash4=st.text("abcXYZ019+/", min_size=4, max_size=4),
    certificate=st.from_regex(r"[0-9]{1,4}", fullmatch=True),
    other=st.none() | PRINTED.map(lambda t: t.replace("*", ";")[:65]),
)


@pytest.fixture(scope="module")
def official(shared: Path) -> list[dict[str, Any]]:
    path = shared / "reference" / "tables" / "test_vectors.json"
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["qr"]
    return found


def test_the_official_examples_are_read_and_written_to_the_byte(
    official: list[dict[str, Any]],
) -> None:
    assert len(official) == 4
    for example in official:
        qr = parse(example["qr"])
        assert str(qr) == example["qr"]
        assert len(str(qr)) == example["length"]
        assert (str(qr.tax), str(qr.total)) == (example["N"], example["O"])
        assert [item.partition(":")[0] for item in str(qr).split("*")] == example[
            "fields"
        ]


def test_the_identities_hold_in_the_official_examples(
    official: list[dict[str, Any]],
) -> None:
    for example in official:
        qr = parse(example["qr"])
        assert qr.taxes_add_up
        assert qr.total_adds_up


def test_the_official_pictures_have_the_sizes_that_are_printed_in_the_specification(
    official: list[dict[str, Any]],
) -> None:
    sizes = [qr_image.millimetres(each["qr"], border=2) for each in official]
    versions = [qr_image.version(each["qr"]) for each in official]

    assert [round(size, 2) for size in sizes] == [47.10, 30.16, 32.28, 30.16]
    assert versions == [17, 9, 10, 9]
    assert min(sizes) >= qr_image.SMALLEST_MILLIMETRES


@drawn(2000)
@given(CODES)
def test_what_is_written_is_read_as_the_same(qr: Qr) -> None:
    assert parse(str(qr)) == qr


@drawn(2000)
@given(CODES, st.data())
def test_what_is_changed_is_read_to_the_byte_or_not_at_all(
    qr: Qr, data: st.DataObject
) -> None:
    text = str(qr)
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.sampled_from(":*0A.")) + text[place + 1 :]
    if problem(changed) is None:
        assert str(parse(changed)) == changed


def test_a_value_may_have_colons() -> None:
    text = str(replace(PLAIN, other="TB:1:2"))

    assert text.endswith("*S:TB:1:2")
    assert parse(text).other == "TB:1:2"


def test_the_order_of_the_fields_is_told_in_words() -> None:
    text = str(PLAIN).replace("*E:N*F:20260131", "*F:20260131*E:N")

    assert problem(text) == (
        "the fields are not those, or not in the order, of a QR code"
    )


def test_the_region_is_that_of_its_own_field_and_not_of_the_letter() -> None:
    text = str(PLAIN)

    assert "*I1:PT-AC*" in text
    assert parse(text).regions[0].region is Region.AZORES


def test_a_document_without_vat_says_so() -> None:
    text = str(replace(PLAIN, regions=(), tax=Decimal(0), total=Decimal(0)))

    assert "*I1:0*N:0.00*O:0.00*" in text
    assert parse(text).regions == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("A:500000000", "A:50000000", "nine digits"),
        ("*B:123456789", "", "field B is missing"),
        ("*E:N", "*E:N*E:N", "E stands twice"),
        ("*E:N*F:20260131", "*F:20260131*E:N", "order"),
        ("F:20260131", "F:20260132", "no such day"),
        ("F:20260131", "F:2026-01-31", "YYYYMMDD"),
        ("N:1.60", "N:1.6", "amount"),
        ("N:1.60", "N:1,60", "amount"),
        ("N:1.60", "N:01.60", "amount"),
        ("N:1.60", "N:11111111111111.60", "amount"),
        ("I1:PT-AC", "I1:PT-XX", "expected PT, PT-AC, PT-MA"),
        ("*I1:PT-AC", "*I1:0", "order"),
        ("I8:1.60", "I8:1.60*J1:PT-AC", "each region has one block"),
        ("*Q:kLp0", "*Q:kLp", "four characters"),
        ("*R:9999", "*R:99999", "1 to 4"),
        ("*R:9999", "*R:9999*S:", "empty"),
        ("*R:9999", "*R:9999*Z:1", "expected a field"),
        ("G:FT A/1", "G:FT\nA/1", "asterisk or a control character"),
        ("C:PT", "C:" + "x" * 13, "1 to 12"),
    ],
)
def test_what_is_wrong_with_a_text_is_said(old: str, new: str, said: str) -> None:
    text = str(PLAIN)
    assert old in text

    assert said in str(problem(text.replace(old, new)))
    with pytest.raises(InvalidValue):
        parse(text.replace(old, new))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", "FT*1"),
        ("total", Decimal("1.005")),
        ("total", Decimal("NaN")),
        ("other", ""),
        ("hash4", "abc"),
        ("certificate", "AT"),
        ("issuer_nif", "PT5000000"),
    ],
)
def test_a_value_the_format_cannot_hold_is_refused_by_name(
    name: str, value: object
) -> None:
    with pytest.raises(InvalidValue) as refused:
        replace(PLAIN, **{name: value})  # type: ignore[arg-type]
    assert refused.value.path == name


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("issuer_nif", "1", "A: expected nine digits"),
        ("hash4", "abc", "Q: expected four characters"),
        ("certificate", "AT", "R: expected one to four digits"),
        ("regions", PLAIN.regions * 2, "each region has one block"),
    ],
)
def test_what_is_refused_is_told_with_its_letter(
    name: str, value: object, said: str
) -> None:
    with pytest.raises(InvalidValue) as refused:
        replace(PLAIN, **{name: value})  # type: ignore[arg-type]
    assert (refused.value.path, refused.value.message) == (name, said)


def test_an_amount_of_a_block_is_refused_by_name() -> None:
    with pytest.raises(InvalidValue) as refused:
        RegionTaxes(region=Region.MADEIRA, normal=Decimal("1.005"))
    assert refused.value.path == "normal"
    assert refused.value.message.startswith("I7: ")
    with pytest.raises(InvalidValue) as refused:
        RegionTaxes(region=Region.MADEIRA, normal=Decimal("12345678901234.00"))
    assert (refused.value.path, refused.value.message) == (
        "normal",
        "I7: more than 16 characters: 12345678901234.00",
    )


def test_a_total_that_does_not_add_up_shows() -> None:
    assert PLAIN.taxes_add_up
    assert PLAIN.total_adds_up
    assert not replace(PLAIN, tax=Decimal("1.61")).taxes_add_up
    assert not replace(PLAIN, total=Decimal("11.61")).total_adds_up
    assert replace(PLAIN, total=Decimal("11.61")).total_gap == Decimal("0.01")
    assert not replace(PLAIN, total=Decimal("11.62")).total_adds_up_rounded


def test_each_base_may_lose_a_cent_in_rounding() -> None:
    two = replace(PLAIN, not_subject=Decimal("1.00"), total=Decimal("12.62"))

    assert two.total_adds_up_rounded
    assert not two.total_adds_up
    assert not replace(two, total=Decimal("12.63")).total_adds_up_rounded


def test_every_field_but_the_blocks_has_a_name() -> None:
    assert "".join(field_names()) == "ABCDEFGHLMNOPQRS"


def test_the_picture_is_of_the_smallest_version_and_larger_when_it_must_be() -> None:
    assert qr_image.version("A:1") == qr_image.SMALLEST_VERSION
    assert qr_image.version("x" * 1000) > qr_image.SMALLEST_VERSION
    with pytest.raises(InvalidValue):
        qr_image.png("x" * 3000)


def test_png_and_svg_are_as_large_as_they_say() -> None:
    text = str(PLAIN)
    picture = qr_image.png(text)
    wide, high = struct.unpack(">II", picture[16:24])
    modules = 17 + 4 * qr_image.version(text) + 2 * qr_image.QUIET

    assert wide == high == modules * qr_image.DOTS
    assert b'width="' in qr_image.svg(text)
    assert b"mm" in qr_image.svg(text)
