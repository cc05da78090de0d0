# SPDX-License-Identifier: MIT
"""What we sign is verified by others: signxml, the JDK, pyHanko and poppler."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from signxml.exceptions import InvalidSignature
from signxml.verifier import SignatureConfiguration, XMLVerifier
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from cius_pt import sign
from cius_pt.signature.signing.pdf import Box, PdfProfile, PdfSigning
from cius_pt.signature.signing.place import Placement
from cius_pt.signature.signing.xades import XmlProfile
from cius_pt.signature.signing.xml import XmlSigning
from tests import signing_keys as keys
from tests.blank_pdf import BLANK
from tests.layouts import LAYOUTS

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parents[2]
INVOICE = (ROOT / "fixtures" / "withholding.xml").read_bytes()
JDK = ROOT / "tests" / "oracle" / "verifiers" / "Jdk.java"
KINDS = ("rsa2048", "rsa3072", "rsa4096", "rsa2048-pss", "p256", "p384", "p521")
XML = {
    "default": XmlSigning(),
    "plain": XmlSigning(parallel=False),
    "v2": XmlSigning(profile=XmlProfile.BASELINE),
    "last": XmlSigning(placement=Placement.LAST),
}
PDF = {
    "pades": PdfSigning(),
    "pkcs7": PdfSigning(profile=PdfProfile.PKCS7, reason="Fatura", location="Braga"),
    "visible": PdfSigning(visible=Box(page=1, left=20, bottom=20, right=220, top=90)),
    "certified": PdfSigning(certify=2),
}


@cache
def signed_xml(kind: str, how: str, *, stamped: bool = False) -> bytes:
    pss = kind.endswith("-pss")
    return sign(
        INVOICE,
        keys.key(kind.removesuffix("-pss"), pss=pss),
        options=XML[how],
        timestamp=keys.timestamper() if stamped else None,
        time=keys.NOW,
    )


@cache
def signed_pdf(kind: str, how: str, *, stamped: bool = False) -> bytes:
    pss = kind.endswith("-pss")
    return sign(
        BLANK,
        keys.key(kind.removesuffix("-pss"), pss=pss),
        options=PDF[how],
        timestamp=keys.timestamper() if stamped else None,
        time=keys.NOW,
    )


def variants(kinds: tuple[str, ...], hows: Iterable[str]) -> list[tuple[str, str]]:
    """Return every kind of key once, and every way of signing once."""
    first, *rest = hows
    return [*((kind, first) for kind in kinds), *((kinds[0], how) for how in rest)]


@pytest.mark.parametrize(("kind", "how"), variants(KINDS, XML))
def test_signxml_verifies(kind: str, how: str) -> None:
    found = XMLVerifier().verify(
        signed_xml(kind, how),
        x509_cert=keys.certificate(kind.removesuffix("-pss")),
        expect_config=SignatureConfiguration(expect_references=True),
    )

    assert isinstance(found, list)
    assert len(found) == 2


def test_signxml_finds_xades_in_the_baseline_profile() -> None:
    config = XAdESSignatureConfiguration(expect_references=True)
    found = XAdESVerifier().verify(
        signed_xml("rsa2048", "v2"),
        x509_cert=keys.certificate("rsa2048"),
        expect_config=config,
    )

    assert len(found) == 2


@pytest.fixture(scope="module")
def jdk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what the JDK says of every file, one process for all of them."""
    if shutil.which("java") is None:
        pytest.skip("there is no JDK on this machine")
    folder = tmp_path_factory.mktemp("jdk")
    files = {
        f"{kind}.{how}": signed_xml(kind, how) for kind, how in variants(KINDS, XML)
    }
    files["stamped"] = signed_xml("rsa2048", "default", stamped=True)
    files["twice"] = sign(files["rsa2048.default"], keys.key("p256"), time=keys.NOW)
    files["thrice"] = sign(files["twice"], keys.key("p384"), time=keys.NOW)
    files |= {
        layout: sign(data, keys.key("p256"), time=keys.NOW)
        for layout, data in LAYOUTS.items()
    }
    files["changed"] = files["twice"].replace(b"FT ", b"FR ", 1)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    done = subprocess.run(
        ["java", str(JDK), *(str(folder / name) for name in files)],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line.partition("\t") for line in done.stdout.splitlines()]
    return {Path(name).name: words for name, _, words in lines}


@pytest.mark.parametrize(("kind", "how"), variants(KINDS, XML))
def test_the_jdk_verifies(jdk: dict[str, str], kind: str, how: str) -> None:
    assert jdk[f"{kind}.{how}"] == "valid"


@pytest.mark.parametrize(
    ("name", "words"),
    [("stamped", "valid"), ("twice", "valid,valid"), ("thrice", "valid,valid,valid")],
)
def test_the_jdk_verifies_all_signatures(
    jdk: dict[str, str], name: str, words: str
) -> None:
    assert jdk[name] == words


def context() -> ValidationContext:
    (anchor,) = load_certs_from_pemder_data(keys.pem(keys.root()))
    return ValidationContext(
        trust_roots=[anchor], allow_fetching=False, moment=keys.NOW
    )


@pytest.mark.parametrize(
    ("kind", "how", "stamped"),
    [
        *((kind, how, False) for kind, how in variants(KINDS, PDF)),
        ("rsa2048", "pades", True),
        ("p384", "pades", True),
        ("rsa2048", "pkcs7", True),
    ],
)
def test_pyhanko_verifies(kind: str, how: str, stamped: bool) -> None:
    reader = PdfFileReader(BytesIO(signed_pdf(kind, how, stamped=stamped)))
    (found,) = reader.embedded_signatures
    status = validate_pdf_signature(
        found, signer_validation_context=context(), ts_validation_context=context()
    )

    assert status.bottom_line
    assert (status.timestamp_validity is not None) == stamped


@pytest.mark.parametrize(("kind", "how"), variants(KINDS, PDF))
def test_poppler_verifies(tmp_path: Path, kind: str, how: str) -> None:
    if shutil.which("pdfsig") is None:
        pytest.skip("there is no pdfsig (poppler-utils) on this machine")
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed_pdf(kind, how))
    done = subprocess.run(
        ["pdfsig", "-nocert", str(path)],  # noqa: S607 - found above
        capture_output=True,
        text=True,
        check=True,
    )

    assert "Signature is Valid." in done.stdout
    assert "Total document signed" in done.stdout


def test_a_second_signature_of_a_pdf_leaves_the_first() -> None:
    twice = sign(signed_pdf("rsa2048", "visible"), keys.key("p256"), time=keys.NOW)
    found = PdfFileReader(BytesIO(twice)).embedded_signatures
    statuses = [
        validate_pdf_signature(one, signer_validation_context=context())
        for one in found
    ]

    assert [status.bottom_line for status in statuses] == [True, True]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_jdk_verifies_any_layout(jdk: dict[str, str], layout: str) -> None:
    assert jdk[layout] == "valid"


# --- the judges see what they are there to see ---


def test_signxml_sees_a_change() -> None:
    changed = signed_xml("rsa2048", "default").replace(b"FT ", b"FR ", 1)
    with pytest.raises(InvalidSignature):
        XMLVerifier().verify(
            changed,
            x509_cert=keys.certificate("rsa2048"),
            expect_config=SignatureConfiguration(expect_references=True),
        )


def test_the_jdk_sees_a_change(jdk: dict[str, str]) -> None:
    assert jdk["changed"] == "invalid,invalid"
