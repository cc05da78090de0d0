# SPDX-License-Identifier: MIT
"""VAT, exemptions, withholding, types, means and the program's signature."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import json
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from cius_pt.codes import table
from cius_pt.errors import InvalidValue
from cius_pt.model import Kind
from cius_pt.pt import (
    document_types,
    exemptions,
    payment_means,
    program_hash,
    vat,
    withholding,
)
from cius_pt.pt.vat import Level, Region

if TYPE_CHECKING:
    from pathlib import Path


def rows(shared: Path, name: str) -> list[dict[str, str]]:
    path = shared / "reference" / "tables" / name
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- VAT ---


@pytest.mark.parametrize(
    ("region", "day", "percents"),
    [
        (Region.MAINLAND, "2011-01-01", "6 13 23"),
        (Region.MAINLAND, "2026-11-27", "6 13 23"),
        (Region.AZORES, "2019-12-31", "4 9 18"),
        (Region.AZORES, "2021-06-30", "4 9 18"),
        (Region.AZORES, "2021-07-01", "4 9 16"),
        (Region.MADEIRA, "2019-12-31", "5 12 22"),
        (Region.MADEIRA, "2024-09-30", "5 12 22"),
        (Region.MADEIRA, "2024-10-01", "4 12 22"),
    ],
)
def test_the_rates_of_a_region_on_a_day(
    region: Region, day: str, percents: str
) -> None:
    on = dt.date.fromisoformat(day)
    found = [vat.rate(region, level, on) for level in Level]

    assert found == [Decimal(percent) for percent in percents.split()]
    assert vat.known(region, on)
    for level, percent in zip(Level, found, strict=True):
        assert percent is not None
        assert vat.level(region, percent, on) is level


def test_the_periods_of_a_rate_follow_each_other_without_gap_or_overlap() -> None:
    for region in Region:
        for level in Level:
            found = [r for r in vat.rates() if (r.region, r.level) == (region, level)]
            for earlier, later in pairwise(found):
                assert earlier.to is not None
                assert later.start == earlier.to + dt.timedelta(days=1)
            assert found[-1].to is None


def test_what_is_from_memory_is_not_known() -> None:
    assert not vat.known(Region.MAINLAND, dt.date(2010, 12, 31))
    assert not vat.known(Region.AZORES, dt.date(2013, 12, 31))
    assert vat.rate(Region.MAINLAND, Level.NORMAL, dt.date(2000, 1, 1)) is None


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("4700-001", Region.MAINLAND),
        ("9000-171", Region.MADEIRA),
        ("9499", Region.MADEIRA),
        ("9500-101", Region.AZORES),
        ("9980-999", Region.AZORES),
        ("90001", Region.MAINLAND),
        ("$%()*", Region.MAINLAND),
    ],
)
def test_a_post_code_says_the_region(text: str, region: Region) -> None:
    assert vat.region_of_post_code(text) is region


def test_the_rates_are_those_of_the_reference(shared: Path) -> None:
    known = {
        (r.region.value, r.level.value, r.start.isoformat(), r.percent)
        for r in vat.rates()
    }
    theirs = {
        (r["region"], r["saft_taxcode"], r["valid_from"], Decimal(r["rate"]))
        for r in rows(shared, "vat_rates.csv")
        if r["saft_taxcode"] != "ISE"
    }

    assert known == theirs


# --- exemptions ---


@pytest.mark.parametrize(
    ("code", "day", "alive"),
    [
        ("M08", "2022-06-30", True),
        ("M08", "2022-07-01", False),
        ("M30", "2022-06-30", False),
        ("M30", "2022-07-01", True),
        ("M35", "2026-06-30", False),
        ("M35", "2026-07-01", True),
        ("M07", "1990-01-01", True),
        ("M44", "2025-08-13", False),
    ],
)
def test_a_code_lives_from_its_first_to_its_last_day(
    code: str, day: str, alive: bool
) -> None:
    on = dt.date.fromisoformat(day)
    found = exemptions.exemption(code)
    assert found is not None

    assert found.alive(on) is alive
    assert (code in exemptions.codes_at(on)) is alive


def test_the_exemptions_are_those_of_the_reference(shared: Path) -> None:
    theirs = {r["code"]: r for r in rows(shared, "exemption_reasons.csv")}

    assert {row["code"] for row in table("exemptions").rows} == set(theirs)
    for code, row in theirs.items():
        found = exemptions.exemption(code)
        assert found is not None
        assert found.mention == row["mention_pt"]
        assert found.category == row["ciuspt_category_semantic"]
        if row["valid_from"]:
            assert str(found.start) == row["valid_from"]


def test_a_mention_is_known_in_any_case_and_with_any_dash() -> None:
    found = exemptions.exemption("M40")
    assert found is not None

    assert found.says("iva – AUTOLIQUIDAÇÃO")
    assert not found.says("Isento")


def test_the_mention_of_m21_may_be_any_similar_one() -> None:
    found = exemptions.exemption("M21")
    assert found is not None

    assert found.says("IVA não dedutível")


def test_an_unknown_code_is_none() -> None:
    assert exemptions.exemption("M98") is None
    assert exemptions.exemption("m07") is None


# --- withholding ---


def test_the_rate_of_the_professions_changed_in_2025() -> None:
    before, after = (
        withholding.rates_at(day, "IRS-PROF")[0].percent
        for day in (dt.date(2024, 12, 31), dt.date(2025, 1, 1))
    )

    assert (before, after) == (Decimal(25), Decimal(23))


def test_what_is_withheld_is_of_the_base_and_rounds_half_up() -> None:
    assert withholding.withheld(Decimal("0.50"), Decimal(23)) == Decimal("0.12")
    assert withholding.to_pay(Decimal("123.00"), Decimal("23.00")) == Decimal("100.00")
    with pytest.raises(InvalidValue):
        withholding.withheld(Decimal(1), Decimal(101))


# --- document types and payment means ---


def test_the_types_are_those_of_the_reference(shared: Path) -> None:
    for row in rows(shared, "doc_types.csv"):
        if row["saft_type"]:
            assert document_types.untdid(row["saft_type"]) == (
                row["untdid_1001"] or None
            )


def test_every_kind_of_the_model_has_a_type_of_saft_that_charges_vat() -> None:
    for kind in Kind:
        letters = document_types.saft(kind)
        assert letters is not None
        assert document_types.saft_table(letters) == document_types.INVOICES
    assert document_types.saft("XX") is None
    assert document_types.untdid("XX") is None
    assert document_types.saft_table("380") is None


def test_the_roots_of_the_table_are_those_of_the_model() -> None:
    roots = {r["code"]: r["root"] for r in table("document_types").rows if r["root"]}

    assert roots == {
        str(kind): "CreditNote" if kind.is_credit_note else "Invoice" for kind in Kind
    }


def test_the_means_are_those_of_the_reference(shared: Path) -> None:
    for row in rows(shared, "payment_means.csv"):
        if row["code"].startswith("#"):
            continue
        assert payment_means.accepted(row["code"], "2.1.1") is (
            row["accepted_2_1_1"] == "yes"
        )
        assert payment_means.accepted(row["code"])
        assert payment_means.nearest_untdid(row["code"]) == (
            row["nearest_uncl4461"] or None
        )


# --- the signature of a certified program ---


def test_the_published_signature_gives_the_published_characters(shared: Path) -> None:
    path = shared / "reference" / "tables" / "test_vectors.json"
    (vector,) = json.loads(path.read_text("utf-8"))["hash4"]

    assert program_hash.characters(vector["hash"]) == vector["q"]
    assert vector["message"] == program_hash.message(
        "2010-05-18", "2010-05-18T11:22:19", "FAC 001/14", Decimal("3.12")
    )


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def test_a_signature_verifies_with_its_key_and_not_for_another_text(
    key: rsa.RSAPrivateKey,
) -> None:
    text = program_hash.message(
        "2026-01-31", "2026-01-31T10:00:00", "FT A/1", Decimal(1)
    )
    raw = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the despacho's
    signature = base64.b64encode(raw).decode()

    assert program_hash.verifies(text, signature, pem(key))
    assert not program_hash.verifies(text + " ", signature, pem(key))
    assert not program_hash.verifies(text, signature[:-4], pem(key))
    assert not program_hash.verifies(text, "no base64!", pem(key))
    assert not program_hash.verifies(
        text, f"{signature[:40]}!{signature[40:]}", pem(key)
    )


@pytest.mark.parametrize("text", [b"", b"no key"])
def test_what_is_no_key_is_an_invalid_value(text: bytes) -> None:
    with pytest.raises(InvalidValue) as refused:
        program_hash.verifies("text", "AAAA", text)
    assert (refused.value.path, refused.value.message) == (
        "public_key",
        "not a public key in PEM",
    )


def test_a_key_that_is_not_rsa_is_an_invalid_value() -> None:
    with pytest.raises(InvalidValue) as refused:
        program_hash.verifies("x", "AAAA", pem(ec.generate_private_key(ec.SECP256R1())))
    assert (refused.value.path, refused.value.message) == (
        "public_key",
        "not an RSA key",
    )


def test_a_signature_too_short_has_no_four_characters() -> None:
    with pytest.raises(InvalidValue):
        program_hash.characters("short")
