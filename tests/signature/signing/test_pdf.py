# SPDX-License-Identifier: MIT
"""Signed PDFs: the bytes as they were, a revision more, and what is refused."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from cius_pt import PdfSigning, SignatureError, XmlSigning, sign
from cius_pt.errors import InvalidValue
from cius_pt.signature.signing.pdf import Box, PdfProfile
from cius_pt.signature.signing.place import Placement
from cius_pt.signature.signing.xades import XmlProfile
from tests import signing_keys as keys
from tests.blank_pdf import BLANK

if TYPE_CHECKING:
    from pathlib import Path

BOX = Box(page=1, left=1, bottom=1, right=90, top=40)


def signed(data: bytes = BLANK, kind: str = "p256", **how: Any) -> bytes:
    return sign(data, keys.key(kind), options=PdfSigning(**how), time=keys.NOW)


def encrypted(password: str) -> bytes:
    writer = copy_into_new_writer(PdfFileReader(BytesIO(BLANK)))
    writer.encrypt("dono", password)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def entry(data: bytes, number: int = 0) -> Any:
    return PdfFileReader(BytesIO(data)).embedded_signatures[number].sig_object


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"profile": PdfProfile.PKCS7},
        {"visible": BOX},
        {"certify": 1},
        {"certify": 3},
    ],
)
def test_the_file_is_continued_never_changed(how: dict[str, Any]) -> None:
    assert signed(**how).startswith(BLANK)


def test_a_second_signature_continues_the_first() -> None:
    once = signed()
    twice = signed(once, "rsa2048", visible=BOX)

    assert twice.startswith(once)
    assert [entry(twice, n)["/SubFilter"] for n in (0, 1)] == [
        "/ETSI.CAdES.detached"
    ] * 2


def test_the_time_and_the_reason_are_those_given() -> None:
    found = entry(signed(reason="Fatura", location="Braga"))

    assert found["/M"] == "D:20260302103000Z"
    assert (found["/Reason"], found["/Location"]) == ("Fatura", "Braga")


def test_a_pkcs7_signature_is_what_it_says() -> None:
    assert (
        entry(signed(profile=PdfProfile.PKCS7))["/SubFilter"] == "/adbe.pkcs7.detached"
    )


def test_an_encrypted_pdf_is_signed_with_its_password() -> None:
    data = encrypted("abre-te")
    out = signed(data, password="abre-te")  # noqa: S106 - of a file made here

    assert out.startswith(data)


@pytest.mark.parametrize("password", [None, "errada"])
def test_an_encrypted_pdf_is_refused_without_it(password: str | None) -> None:
    with pytest.raises(SignatureError, match="encrypted") as caught:
        signed(encrypted("abre-te"), password=password)

    assert "errada" not in str(caught.value)


def test_a_password_is_not_shown() -> None:
    assert "abre-te" not in repr(PdfSigning(password="abre-te"))  # noqa: S106


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: signed(signed(certify=1)), "cannot be signed"),
        (lambda: signed(signed(), certify=2), "cannot be signed"),
        (lambda: signed(BLANK[:200]), "the PDF"),
        (lambda: signed(b"%PDF-1.7"), "the PDF"),
        (
            lambda: signed(visible=Box(page=2, left=1, bottom=1, right=9, top=9)),
            "no page 2: the PDF has 1",
        ),
        (
            lambda: sign(BLANK, keys.key("p256"), options=XmlSigning(), time=keys.NOW),
            "this is a PDF",
        ),
        (lambda: signed(b"<Invoice/>"), "this is none"),
    ],
)
def test_what_cannot_be_signed_is_refused(make: Any, reason: str) -> None:
    with pytest.raises(SignatureError, match=reason):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: PdfSigning(certify=4),
        lambda: PdfSigning(profile="cades"),  # type: ignore[arg-type]
        lambda: XmlSigning(placement="first"),  # type: ignore[arg-type]
        lambda: XmlSigning(profile="xades-lta"),  # type: ignore[arg-type]
    ],
)
def test_options_that_cannot_exist_are_refused(make: Any) -> None:
    with pytest.raises(InvalidValue, match="options"):
        make()


def test_words_will_do_in_place_of_enumerations() -> None:
    plain = XmlSigning(placement="last", profile="xades-b")  # type: ignore[arg-type]

    assert plain == XmlSigning(placement=Placement.LAST, profile=XmlProfile.BASELINE)
    assert plain.placement is Placement.LAST
    assert PdfSigning(profile="pkcs7").profile is PdfProfile.PKCS7  # type: ignore[arg-type]


def test_it_works_where_an_event_loop_runs() -> None:
    async def inside() -> bytes:
        return signed()

    assert asyncio.run(inside()).startswith(BLANK)


def test_a_failure_where_an_event_loop_runs_comes_out() -> None:
    def down(_digest: bytes, _algorithm: str) -> bytes:
        raise SignatureError("down")

    async def inside() -> bytes:
        return sign(BLANK, keys.key("p256"), timestamp=down, time=keys.NOW)

    with pytest.raises(SignatureError, match="down"):
        asyncio.run(inside())


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(InvalidValue, match="time zone"):
        sign(BLANK, keys.key("p256"), time=keys.NOW.replace(tzinfo=None))


def test_the_published_files_can_be_signed_or_say_why(shared: Path) -> None:
    done = 0
    for path in sorted((shared / "signed" / "pdf").glob("*.pdf")):
        try:
            out = signed(path.read_bytes())
        except SignatureError:
            continue
        assert out.startswith(path.read_bytes())
        done += 1

    assert done > 20
