"""The signature value itself, its oddities, and encrypted files."""

from __future__ import annotations

from typing import Any

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from cius_pt.signature.status import (
    Ilink,
    Integrity,
    Verdict,
)
from tests.signature.pdf import making
from tests.signature.pdf.asking import WHOLE, answers, rules, verified
from tests.signature.trust_pki import issue, wrapped

pytestmark = pytest.mark.usefixtures("no_network")


# --- the signature itself ---


def test_a_kind_that_is_not_supported_is_said_to_be() -> None:
    data = making.signed().replace(b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1 ")

    report = verified(data)

    assert (report.verdict, report.ilink) == (Verdict.UNSUPPORTED, Ilink.UNKNOWN)
    assert report.signatures[0].integrity is Integrity.UNSUPPORTED
    assert rules(report) == ["CP-PSIG-07"]


def no_certificates(box: cms.ContentInfo) -> None:
    box["content"]["certificates"] = cms.CertificateSet([])


def two_signers(box: cms.ContentInfo) -> None:
    signers = box["content"]["signer_infos"]
    signers.append(signers[0].copy())


def with_content(box: cms.ContentInfo) -> None:
    box["content"]["encap_content_info"]["content"] = b"outro documento"


def other_certificate(box: cms.ContentInfo) -> None:
    twin = issue("Selo", making.INTER, identifier="VATPT-509999999")
    signer = box["content"]["signer_infos"][0]
    loaded = asn1.Certificate.load(twin.der)
    box["content"]["certificates"] = cms.CertificateSet([loaded])
    signer["sid"] = cms.SignerIdentifier(
        {
            "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                {"issuer": loaded.issuer, "serial_number": loaded.serial_number}
            )
        }
    )


def other_value(box: cms.ContentInfo) -> None:
    signer = box["content"]["signer_infos"][0]
    value = bytearray(signer["signature"].native)
    value[-1] ^= 1
    signer["signature"] = bytes(value)


def disordered(box: cms.ContentInfo) -> bytes:
    """Return the CMS with its signed attributes in another order, signed anew."""
    signer = box["content"]["signer_infos"][0]
    attributes = [attribute.dump() for attribute in signer["signed_attrs"]]
    turned = b"".join(sorted(attributes, reverse=True))
    value = making.RSA.key.sign(
        wrapped(turned, 0x31), padding.PKCS1v15(), hashes.SHA256()
    )
    return bytes(
        box.dump()
        .replace(b"".join(attributes), turned)
        .replace(signer["signature"].native, value)
    )


@pytest.mark.parametrize(
    ("change", "rule", "answer"),
    [
        (lambda _: b"\0" * 200, "CP-PSIG-08", Ilink.E217),
        (lambda _: b"\x30\x03\x02\x01\x01", "CP-PSIG-08", Ilink.E217),
        (no_certificates, "CP-PSIG-11", Ilink.E217),
        (two_signers, "CP-PSIG-13", Ilink.UNKNOWN),
        (with_content, "CP-PSIG-14", Ilink.UNKNOWN),
        (other_certificate, "CP-PSIG-12", Ilink.UNKNOWN),
        (other_value, "CP-PSIG-10", Ilink.E217),
    ],
)
def test_a_container_that_is_none_is_refused(
    change: Any, rule: str, answer: Ilink
) -> None:
    report = verified(making.recontained(making.signed(), change))

    assert (report.verdict, report.ilink) == (Verdict.INVALID, answer)
    assert [r for r in rules(report) if r != "CP-PSIG-26"] == [rule]


def test_one_bad_signature_does_not_hide_the_other() -> None:
    report = verified(making.recontained(making.twice(), no_certificates))

    assert report.verdict is Verdict.INVALID
    assert [s.integrity for s in report.signatures] == [
        Integrity.INTACT,
        Integrity.UNKNOWN,
    ]


def test_attributes_out_of_order_are_a_warning_about_other_validators() -> None:
    data = making.recontained(making.sign(making.page(), making.RSA), disordered)

    report = verified(data)

    assert (report.verdict, report.ilink) == (Verdict.VALID, Ilink.UNKNOWN)
    assert answers(report) == WHOLE
    assert "CP-PSIG-16" in rules(report)


@pytest.mark.parametrize("honest", [True, False])
def test_a_signature_without_signed_attributes_is_verified_too(honest: bool) -> None:
    data = making.sign(making.page(), making.RSA, pkcs7=True)
    start, end = making.hole(data)
    covered = data[:start] + data[end:] + (b"" if honest else b" ")

    def bare(box: cms.ContentInfo) -> None:
        signer = box["content"]["signer_infos"][0]
        del signer["signed_attrs"]
        signer["signature"] = making.RSA.key.sign(
            covered, padding.PKCS1v15(), hashes.SHA256()
        )

    report = verified(making.recontained(data, bare))

    assert (report.verdict is Verdict.VALID) is honest
    assert rules(report) == ([] if honest else ["CP-PSIG-09"])


def test_something_after_the_signature_value_is_said() -> None:
    data = making.signed()
    _, end = making.hole(data)

    report = verified(data[: end - 9] + b"deadbeef" + data[end - 1 :])

    assert (report.verdict, answers(report)) == (Verdict.VALID, WHOLE)
    assert "CP-PSIG-24" in rules(report)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"/Contents <", b"/Kontents <"), (b"/ByteRange [", b"/BiteRange [")],
)
def test_a_signature_without_its_parts_is_refused(old: bytes, new: bytes) -> None:
    data = making.signed()
    at = data.rindex(old)

    report = verified(data[:at] + new + data[at + len(old) :])

    assert report.verdict is Verdict.INVALID
    assert report.ilink is Ilink.E217


# --- encrypted files ---


def test_an_encrypted_pdf_is_verified_with_its_password_only() -> None:
    writer_password = "segredo"  # noqa: S105 - made up
    data = encrypted(writer_password)

    without = verified(data)
    wrong = verified(data, password="errada")  # noqa: S106
    right = verified(data, password=writer_password)

    assert [r.verdict for r in (without, wrong)] == [Verdict.UNSUPPORTED] * 2
    assert rules(without) == rules(wrong) == ["CP-PSIG-02"]
    assert answers(right) == WHOLE
    assert right.ilink is Ilink.UNKNOWN
    assert "CP-PSIG-03" in rules(right)
    assert writer_password not in repr(right)


def test_an_encrypted_pdf_that_opens_for_everyone_is_as_any_other() -> None:
    report = verified(encrypted(""))

    assert answers(report) == WHOLE
    assert report.ilink is Ilink.ACCEPT


def encrypted(password: str) -> bytes:
    from io import BytesIO  # noqa: PLC0415

    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415
    from pyhanko.pdf_utils.writer import copy_into_new_writer  # noqa: PLC0415

    writer = copy_into_new_writer(PdfFileReader(BytesIO(making.page())))
    writer.encrypt(owner_pass="dono", user_pass=password)  # noqa: S106
    out = BytesIO()
    writer.write(out)
    return making.sign(out.getvalue(), password=password)
