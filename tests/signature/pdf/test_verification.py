"""Signed PDFs, sound and tampered with: what is said of each."""

from __future__ import annotations

import datetime as dt
import socket
import subprocess
import sys
import time
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1
from pyhanko.pdf_utils import generic
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm

from cius_pt.errors import InvalidValue
from cius_pt.findings import Severity
from cius_pt.signature.pdf import verify_pdf
from cius_pt.signature.pdf.weights import VERDICTS, WEIGHTS
from cius_pt.signature.policy import Policy
from cius_pt.signature.status import (
    Changes,
    Coverage,
    Format,
    Ilink,
    Indication,
    Integrity,
    SignatureReport,
    SubIndication,
    Trust,
    Verdict,
)
from tests.signature.pdf import making
from tests.signature.trust_pki import DAY, NOW, YEAR, issue

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        pytest.fail("the verification opened a socket")

    for name in ("create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)


def verified(data: bytes, **changes: Any) -> SignatureReport:
    asked: dict[str, Any] = {"policy": Policy.ILINK, "trust": making.STORE, "at": NOW}
    return verify_pdf(data, **{**asked, **changes})


def rules(report: SignatureReport) -> list[str]:
    found = [finding.rule for finding in report.findings]
    return found + [r.rule for s in report.signatures for r in s.reasons]


def answers(report: SignatureReport, number: int = 0) -> tuple[Any, ...]:
    """Return the separate answers on one signature."""
    one = report.signatures[number]
    return one.integrity, one.coverage, one.changes, one.trust


WHOLE = (Integrity.INTACT, Coverage.DOCUMENT, Changes.NONE, Trust.TRUSTED)


# --- sound ones ---


@pytest.mark.parametrize(
    ("options", "level"),
    [
        ({}, "PAdES-B-B"),
        ({"pkcs7": True}, "PKCS7-B"),
        ({"stamp": NOW}, "PAdES-B-T"),
        ({"pkcs7": True, "stamp": NOW}, "PKCS7-T"),
        ({"holder": making.RSA}, "PAdES-B-B"),
        ({"holder": making.RSA, "pss": True}, "PAdES-B-B"),
        ({"holder": issue("P-384", making.INTER, key_name="p384")}, "PAdES-B-B"),
        ({"holder": issue("Ed", making.INTER, key_name="ed25519")}, "PAdES-B-B"),
        ({"certify": MDPPerm.NO_CHANGES}, "PAdES-B-B"),
        ({"certify": MDPPerm.FILL_FORMS}, "PAdES-B-B"),
        ({"certify": MDPPerm.ANNOTATE}, "PAdES-B-B"),
        ({"box": (72, 72, 200, 100)}, "PAdES-B-B"),
    ],
)
def test_a_sound_signature_is_valid_and_covers_the_whole(
    options: dict[str, Any], level: str
) -> None:
    data = making.sign(making.page(), **options)

    report = verified(data)

    assert (report.verdict, report.ilink) == (Verdict.VALID, Ilink.ACCEPT)
    assert answers(report) == WHOLE
    assert report.signatures[0].level == level
    assert report.signatures[0].indication is Indication.TOTAL_PASSED
    assert report.signatures[0].signed == data
    assert [r for r in rules(report) if r != "CP-PSIG-26"] == []


def test_who_signed_is_said() -> None:
    signer = verified(making.signed()).signatures[0].signer

    assert signer is not None
    assert signer.nif == "500000000"


def test_without_a_store_integrity_is_all_that_is_asked() -> None:
    report = verified(making.signed(), trust=None)

    assert report.verdict is Verdict.VALID
    assert answers(report) == (*WHOLE[:3], Trust.NOT_CHECKED)
    assert report.signatures[0].indication is Indication.INDETERMINATE


def test_the_same_question_has_the_same_answer() -> None:
    data = making.twice()

    assert verified(data).to_dict() == verified(data).to_dict()


def test_each_of_two_signatures_speaks_of_its_revision() -> None:
    data = making.twice()

    report = verified(data)

    assert report.verdict is Verdict.VALID
    first, second = report.signatures
    assert (first.coverage, first.changes) == (Coverage.REVISION, Changes.SIGNATURE)
    assert first.signed == making.signed()
    assert answers(report, 1) == WHOLE
    assert second.signed == data


def test_a_later_signature_that_can_be_seen_is_worth_a_look() -> None:
    box = (0, 0, 500, 800)
    report = verified(making.sign(making.signed(), making.OTHER, name="S2", box=box))

    assert report.verdict is Verdict.VALID
    assert rules(report) == ["CP-PSIG-34"]
    assert report.signatures[0].reasons[0].severity is Severity.WARNING


@pytest.mark.parametrize("key", ["/AP", "/Rect"])
def test_the_looks_of_a_signature_cannot_change(key: str) -> None:
    def change(writer: IncrementalPdfFileWriter) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        corners = (generic.NumberObject(n) for n in (0, 0, 500, 800))
        field[generic.pdf_name(key)] = (
            generic.ArrayObject(corners)
            if key == "/Rect"
            else generic.DictionaryObject()
        )
        writer.update_container(field)

    data = making.sign(making.page(), box=(72, 72, 200, 100))

    assert verified(making.updated(data, change)).verdict is Verdict.INVALID


def test_a_field_with_the_name_of_the_signature_cannot_pass_for_it() -> None:
    form = "/AcroForm << /Fields [6 0 R 7 0 R] /DA (/Helv 0 Tf 0 g) >>"
    widget = "<< /Type /Annot /Subtype /Widget /F 4 /P 3 0 R /T (X)"
    data = making.page(
        form,
        (
            f"{widget} /FT /Tx /V (24.60) /Rect [72 600 200 620] >>",
            f"{widget} /FT /Sig /Rect [0 0 0 0] >>",
        ),
    )
    signed = making.sign(data)

    assert verified(making.updated(signed, refilled)).verdict is not Verdict.VALID


def test_a_document_time_stamp_is_one_and_archives() -> None:
    data = making.stamp_document(making.sign(making.page(), stamp=NOW))

    report = verified(data)

    assert report.verdict is Verdict.VALID
    assert [s.format for s in report.signatures] == [Format.PADES, Format.DOC_TIMESTAMP]
    assert answers(report) == (
        Integrity.INTACT,
        Coverage.REVISION,
        Changes.LTV,
        Trust.TRUSTED,
    )
    assert answers(report, 1) == WHOLE


def test_a_pdf_without_signatures_is_unsigned() -> None:
    report = verified(making.page())

    assert (report.verdict, report.signatures) == (Verdict.UNSIGNED, ())
    assert report.ilink is Ilink.UNKNOWN


# --- trust and time ---


def test_an_expired_signer_is_saved_by_a_time_stamp() -> None:
    bare = making.sign(making.page(), making.OLD)
    stamped = making.sign(making.page(), making.OLD, stamp=NOW - 60 * DAY)

    assert verified(bare).signatures[0].trust is Trust.EXPIRED
    assert verified(stamped).signatures[0].trust is Trust.TRUSTED


def test_an_expired_signer_is_saved_by_a_document_time_stamp() -> None:
    data = making.sign(making.page(), making.OLD)
    stamped = making.stamp_document(data, NOW - 60 * DAY)

    assert verified(stamped).signatures[0].trust is Trust.TRUSTED


def test_a_time_stamp_made_after_the_certificate_expired_saves_nothing() -> None:
    data = making.sign(making.page(), making.OLD, stamp=NOW - DAY)

    assert verified(data).signatures[0].trust is Trust.EXPIRED


def test_a_time_stamp_of_another_signature_saves_nothing() -> None:
    other = making.sign(making.page(), making.OLD, stamp=NOW - 60 * DAY)
    start, end = making.hole(other)
    donor = cms.ContentInfo.load(bytes.fromhex(other[start + 1 : end - 1].decode()))
    attributes = donor["content"]["signer_infos"][0]["unsigned_attrs"]

    def graft(box: cms.ContentInfo) -> None:
        box["content"]["signer_infos"][0]["unsigned_attrs"] = attributes

    bare = making.sign(making.page(), making.OLD, stamp=NOW - 50 * DAY)
    report = verified(making.recontained(bare, graft))

    assert report.signatures[0].trust is Trust.EXPIRED
    assert report.signatures[0].timestamps[0].integrity is Integrity.BROKEN
    assert "CP-TRUST-21" in rules(report)


def test_what_ilink_forgives_the_qualified_policy_does_not() -> None:
    data = making.sign(making.page(), making.OLD)

    mild, strict = (verified(data, policy=policy) for policy in Policy)

    assert (mild.verdict, strict.verdict) == (Verdict.VALID, Verdict.INVALID)
    assert mild.ilink is Ilink.ACCEPT


def test_a_naive_moment_is_the_callers_mistake() -> None:
    with pytest.raises(InvalidValue, match="at"):
        verified(making.signed(), at=NOW.replace(tzinfo=None))


# --- bytes changed, added, cut off ---


def test_a_changed_byte_breaks_the_signature() -> None:
    report = verified(making.signed().replace(b"24.60", b"99.60"))

    assert (report.verdict, report.ilink) == (Verdict.INVALID, Ilink.E217)
    assert report.signatures[0].integrity is Integrity.BROKEN
    assert report.signatures[0].sub_indication is SubIndication.HASH_FAILURE
    assert report.signatures[0].signed is None
    assert rules(report) == ["CP-PSIG-09"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 %(b)d %(c)d]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 %(b)d %(c)d %(d)d 0 0]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[1 %(b)d %(c)d %(d)d]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 -%(b)d %(c)d %(d)d]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 %(c)d %(b)d %(d)d]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 %(b)d %(c)d 999999999999]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 %(b)d %(c)d -1]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 %(c)d %(c)d %(d)d]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 100 %(c)d %(d)d]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 %(b)d 99999 0]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[(0) %(b)d %(c)d %(d)d]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"null"),
    ],
)
def test_a_byte_range_that_is_not_the_whole_is_refused(old: bytes, new: bytes) -> None:
    data = making.signed()
    found = making.RANGE.search(data)
    assert found is not None
    room = data.index(b"/", found.start() + 1) - found.start() - len(b"/ByteRange ")
    numbers = {b"b": int(found[2]), b"c": int(found[3]), b"d": int(found[4])}
    text = new % numbers
    assert (old % numbers) in data
    changed = data.replace(
        data[found.start() + 11 : found.start() + 11 + room], text.ljust(room)
    )

    report = verified(changed)

    assert report.verdict is Verdict.INVALID
    assert report.ilink is Ilink.E217
    assert set(rules(report)) & {"CP-PSIG-05", "CP-PSIG-08"}
    assert report.signatures[0].coverage is not Coverage.DOCUMENT


def test_a_hole_wider_than_the_signature_is_refused() -> None:
    data = making.signed()
    start, end = making.hole(data)
    hidden = data[:start] + b"<<" + data[start + 2 : end] + data[end:]

    assert verified(hidden).verdict is not Verdict.VALID


def test_bytes_after_the_end_are_said_and_objects_there_are_refused() -> None:
    data = making.signed()

    harmless = verified(data + b"\0" * 20)
    evil = verified(data + b"4 0 obj\n<< /Length 0 >>\nstream\nendstream\nendobj\n")

    assert (harmless.verdict, rules(harmless)) == (Verdict.VALID, ["CP-PSIG-22"])
    assert harmless.signatures[0].coverage is Coverage.REVISION
    assert (evil.verdict, rules(evil)) == (Verdict.INVALID, ["CP-PSIG-17"])


def test_an_update_that_was_cut_short_is_refused() -> None:
    first = making.sign(making.page(), stamp=NOW)
    second = making.stamp_document(first)
    third = making.stamp_document(second)

    # The second revision ends with a table, the third has some objects, no table.
    cut = third[: len(second) + 400]

    assert verified(cut).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "CP-PSIG-01"),
        (b"not a PDF", "CP-PSIG-01"),
        (b"%PDF-1.7\n", "CP-PSIG-01"),
        (b"%PDF-1.7\n%%EOF\n", "CP-PSIG-01"),
        (b"HTTP/1.1 200\r\n\r\n" + making.page(), "CP-PSIG-23"),
        (making.signed()[: len(making.signed()) // 2], "CP-PSIG-01"),
    ],
)
def test_what_is_no_pdf_is_malformed(data: bytes, rule: str) -> None:
    report = verified(data)

    assert (report.verdict, rules(report)) == (Verdict.MALFORMED, [rule])


# --- what was added after signing ---


def overwritten(writer: IncrementalPdfFileWriter) -> None:
    text = b"BT /F1 24 Tf 72 700 Td (Total 99.60) Tj ET"
    first = writer.root["/Pages"]["/Kids"][0]
    stream = first["/Contents"]
    stream._data = text  # noqa: SLF001 - as an attacker would
    stream._encoded_data = None  # noqa: SLF001
    writer.update_container(stream)


def annotated(writer: IncrementalPdfFileWriter) -> None:
    first = writer.root["/Pages"]["/Kids"][0]
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Contents"): generic.pdf_string("Total 99.60"),
            generic.pdf_name("/Rect"): generic.ArrayObject(
                generic.NumberObject(n) for n in (72, 690, 300, 730)
            ),
        }
    )
    first[generic.pdf_name("/Annots")] = generic.ArrayObject([writer.add_object(note)])
    writer.update_container(first)


def paged(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"].append(pages["/Kids"].raw_get(0))
    pages[generic.pdf_name("/Count")] = generic.NumberObject(2)
    writer.update_container(pages)


SCRIPT = generic.DictionaryObject(
    {
        generic.pdf_name("/S"): generic.pdf_name("/JavaScript"),
        generic.pdf_name("/JS"): generic.pdf_string("app.alert(1)"),
    }
)


@pytest.mark.parametrize(
    "change",
    [
        overwritten,
        annotated,
        paged,
        making.entry("/OpenAction", SCRIPT),
        making.entry("/Lang", generic.pdf_string("en")),
        making.entry(
            "/Perms",
            generic.DictionaryObject(
                {generic.pdf_name("/UR3"): generic.DictionaryObject()}
            ),
        ),
    ],
    ids=["content", "annotation", "page", "script", "language", "rights"],
)
def test_content_changed_after_signing_is_refused(
    change: Callable[[IncrementalPdfFileWriter], None],
) -> None:
    report = verified(making.updated(making.signed(), change))

    assert (report.verdict, report.ilink) == (Verdict.INVALID, Ilink.E217)
    assert answers(report)[:3] == (
        Integrity.INTACT,
        Coverage.REVISION,
        Changes.OTHER,
    )
    assert rules(report) == ["CP-PSIG-17"]
    assert report.signatures[0].signed == making.signed()


def test_a_signature_that_no_field_leads_to_is_found() -> None:
    def orphan(writer: IncrementalPdfFileWriter) -> None:
        del writer.root["/AcroForm"]
        writer.update_root()

    report = verified(making.updated(making.signed(), orphan))

    assert report.verdict is Verdict.INVALID
    assert rules(report) == ["CP-PSIG-06"]


def refilled(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[generic.pdf_name("/V")] = generic.pdf_string("99.60")
    writer.update_container(field)


def test_a_field_changed_after_signing_is_refused() -> None:
    data = making.updated(making.sign(making.with_field()), refilled)

    report = verified(data)

    assert (report.verdict, report.ilink) == (Verdict.INVALID, Ilink.UNKNOWN)
    assert (report.signatures[0].changes, rules(report)) == (
        Changes.FORM,
        ["CP-PSIG-19"],
    )
    assert "total" in report.signatures[0].reasons[0].message


@pytest.mark.parametrize(
    ("permission", "verdict", "rule"),
    [
        (MDPPerm.NO_CHANGES, Verdict.INVALID, "CP-PSIG-17"),
        (MDPPerm.FILL_FORMS, Verdict.VALID, "CP-PSIG-18"),
    ],
)
def test_what_the_certifying_author_left_open_may_be_filled_in(
    permission: MDPPerm, verdict: Verdict, rule: str
) -> None:
    data = making.sign(making.with_field(), certify=permission)

    report = verified(making.updated(data, refilled))

    assert (report.verdict, rules(report)) == (verdict, [rule])


def test_a_field_that_the_signature_locked_stays_locked() -> None:
    data = making.sign(making.with_field(), lock=True)
    assert answers(verified(data)) == WHOLE

    report = verified(making.updated(data, refilled))

    assert (report.verdict, rules(report)) == (Verdict.INVALID, ["CP-PSIG-17"])


def test_a_visible_field_that_nobody_signed_is_content() -> None:
    data = making.updated(making.sign(making.with_field()), making.unsigned_field)

    report = verified(data)

    assert report.verdict is Verdict.INVALID
    assert rules(report) == ["CP-PSIG-19"]


def test_a_later_certification_is_strange_but_no_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        signers.PdfSigner, "_enforce_certification_constraints", lambda *_: None
    )
    data = making.sign(
        making.signed(), making.OTHER, name="Sig2", certify=MDPPerm.NO_CHANGES
    )

    report = verified(data)

    assert (report.verdict, report.ilink) == (Verdict.VALID, Ilink.ACCEPT)
    assert report.signatures[0].changes is Changes.SIGNATURE
    assert rules(report) == ["CP-PSIG-21"]


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
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415

    from tests.signature.trust_pki import wrapped  # noqa: PLC0415

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


# --- limits and hostile files ---


@pytest.mark.parametrize(
    "data",
    [
        making.numbered("<< /Type /Catalog /Pages 1 0 R /AcroForm 1 0 R >>"),
        making.numbered("1 0 R"),
        making.numbered(
            "<< /Type /Catalog /AcroForm << /Fields [2 0 R] >> >>",
            "<< /T (a) /FT /Sig /Kids [2 0 R 2 0 R] >>",
        ),
        making.numbered(
            "<< /Type /Catalog /AcroForm << /Fields [2 0 R] >> >>",
            "<< /T (a) /FT /Sig /V 2 0 R >>",
        ),
        making.numbered("<< /Type /Catalog /X " + "[" * 20_000 + "]" * 20_000 + " >>"),
        making.numbered(
            "<< /Type /Catalog /AcroForm << /Fields ["
            + " ".join(["2 0 R"] * 50_000)
            + "] >> >>",
            "<< /T (a) /FT /Sig >>",
        ),
        making.page() + b"/ByteRange [0 1 2 3]\n" * 20_000,
        making.page().replace(b"startxref\n", b"startxref\n-"),
    ],
    ids=["self", "loop", "kids", "value", "deep", "many", "ranges", "negative"],
)
def test_hostile_structures_get_a_verdict_soon(data: bytes) -> None:
    started = time.monotonic()

    report = verified(data)

    assert report.verdict is not Verdict.VALID
    assert time.monotonic() - started < 10


def test_a_bomb_does_not_go_off() -> None:
    bomb = zlib.compress(bytes(1 << 28), 9)
    head = f"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length {len(bomb)} >>"
    stream = f"{head}\nstream\n{bomb.decode('latin-1')}\nendstream"
    started = time.monotonic()

    verified(making.numbered("<< /Type /Catalog /AcroForm 2 0 R >>", stream))

    assert time.monotonic() - started < 10


def test_too_large_a_file_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cius_pt.signature.pdf.reading.MAX_BYTES", 1000)

    report = verified(making.signed())

    assert (report.verdict, rules(report)) == (Verdict.UNSUPPORTED, ["CP-PSIG-29"])


def test_more_signatures_than_the_limit_are_not_passed_over_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cius_pt.signature.pdf.verification.MAX_SIGNATURES", 1)

    report = verified(making.twice())

    assert report.verdict is not Verdict.VALID
    assert "CP-PSIG-29" in rules(report)


# --- the report ---


def test_a_report_holds_no_certificate_and_no_signed_bytes() -> None:
    report = verified(making.sign(making.page(), stamp=NOW))

    for text in (repr(report), str(report.to_dict())):
        assert "%PDF" not in text
        assert making.SEAL.der.hex() not in text
        assert repr(making.SEAL.der)[2:60] not in text


def test_every_reason_of_ours_has_its_weight_and_only_fatal_ones_a_verdict() -> None:
    assert {rule for rule in WEIGHTS if rule.startswith("CP-PSIG")} == {
        f"CP-PSIG-{number:02d}" for number in range(1, 35)
    }
    assert all(WEIGHTS[rule].ilink is Severity.FATAL for rule in VERDICTS)


def test_what_is_not_asked_for_is_not_imported() -> None:
    code = (
        "import sys; import cius_pt.signature.pdf, cius_pt.signature.trust;"
        "print(sorted({'pyhanko', 'pyhanko_certvalidator', 'asn1crypto', 'signxml',"
        " 'cryptography'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_nothing_is_said_on_standard_error() -> None:
    code = (
        "import datetime as dt, sys; from cius_pt.signature.pdf import verify_pdf;"
        "from cius_pt.signature.policy import Policy;"
        "verify_pdf(sys.stdin.buffer.read(), policy=Policy.ILINK, trust=None,"
        " at=dt.datetime.now(dt.UTC))"
    )
    data = making.updated(making.signed(), annotated)

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, input=data, check=True
    )

    assert done.stderr == b""


def test_the_moment_decides_not_the_clock() -> None:
    report = verified(making.signed(), at=NOW + 2 * YEAR)

    assert report.signatures[0].trust is Trust.EXPIRED
    assert report.signatures[0].signing_time is not None
    assert isinstance(report.signatures[0].signing_time, dt.datetime)
