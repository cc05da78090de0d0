"""`verify`: XML or PDF by content, an invoice together with its PDFs, safe reading."""

from __future__ import annotations

import base64
import datetime as dt
import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt import SignatureReport, Verdict, read, read_signed, verify
from cius_pt.errors import InvalidValue, SignatureError
from cius_pt.signature import verify as verifying
from cius_pt.signature.status import Ilink
from tests.profiles import DRAWN
from tests.signature.trust_pki import NOW, issue
from tests.signature.xml import maker
from tests.signature.xml.maker import INVOICE, ROOT, signed

PDF_ATTACHED = (ROOT / "fixtures" / "pdf_attached.xml").read_bytes()
REPORTS = {
    verdict: SignatureReport(verdict=verdict, ilink=ilink, ilink_reason=verdict.value)
    for verdict, ilink in (
        (Verdict.UNSIGNED, Ilink.UNKNOWN),
        (Verdict.VALID, Ilink.ACCEPT),
        (Verdict.UNSUPPORTED, Ilink.UNKNOWN),
        (Verdict.MALFORMED, Ilink.E217),
        (Verdict.INVALID, Ilink.E217),
    )
}


@pytest.fixture
def pdf(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the PDF be what a test says it is, and note with what it was asked."""
    asked: list[tuple[bytes, dict[str, Any]]] = []

    def set_to(verdict: Verdict) -> list[tuple[bytes, dict[str, Any]]]:
        def answer(data: bytes, **how: Any) -> SignatureReport:
            asked.append((data, how))
            return REPORTS[verdict]

        monkeypatch.setattr(verifying, "verify_pdf", answer)
        return asked

    return set_to


def test_without_a_signature_it_is_unsigned() -> None:
    found = verify(INVOICE, at=NOW)

    assert (found.verdict, found.ilink) == (Verdict.UNSIGNED, Ilink.UNKNOWN)
    assert found.signatures == ()


def test_a_pdf_is_known_by_its_content(pdf: Any) -> None:
    asked = pdf(Verdict.VALID)

    found = verify(b"\n%PDF-1.7 ...", at=NOW, password="segredo")  # noqa: S106

    assert found is REPORTS[Verdict.VALID]
    assert asked[0][1]["password"] == "segredo"  # noqa: S105
    assert asked[0][1]["at"] == NOW


@pytest.mark.parametrize(
    ("inside", "unsigned", "with_signature"),
    [
        (Verdict.UNSIGNED, Verdict.UNSIGNED, Verdict.VALID),
        (Verdict.VALID, Verdict.UNSIGNED, Verdict.VALID),
        (Verdict.UNSUPPORTED, Verdict.UNSUPPORTED, Verdict.UNSUPPORTED),
        (Verdict.MALFORMED, Verdict.MALFORMED, Verdict.MALFORMED),
        (Verdict.INVALID, Verdict.INVALID, Verdict.INVALID),
    ],
)
def test_an_embedded_pdf_counts_for_the_verdict(
    pdf: Any, inside: Verdict, unsigned: Verdict, with_signature: Verdict
) -> None:
    asked = pdf(inside)
    plain = verify(PDF_ATTACHED, at=NOW)
    both = verify(signed(document=PDF_ATTACHED), at=NOW)

    assert (plain.verdict, both.verdict) == (unsigned, with_signature)
    assert asked[0][0].startswith(b"%PDF-")
    ((name, report),) = both.attachments
    assert name.endswith(".pdf")
    assert report is REPORTS[inside]


def test_a_signed_pdf_answers_for_an_unsigned_invoice(pdf: Any) -> None:
    pdf(Verdict.VALID)

    found = verify(PDF_ATTACHED, at=NOW)

    assert (found.verdict, found.ilink) == (Verdict.UNSIGNED, Ilink.ACCEPT)


def embedded(content: str, mime: str = "application/pdf") -> bytes:
    pattern = rb"(<cbc:EmbeddedDocumentBinaryObject)[^>]*>[^<]+(<)"
    new = rb'\g<1> mimeCode="' + mime.encode() + rb'">' + content.encode() + rb"\g<2>"
    return re.sub(pattern, new, PDF_ATTACHED)


@pytest.mark.parametrize("content", ["", "%%%", "AAA"])
def test_a_pdf_that_is_not_base64_is_not_passed_over(content: str) -> None:
    found = verify(embedded(content), at=NOW)

    assert found.verdict is Verdict.INVALID
    assert [f.rule for f in found.findings] == ["CP-SIG-01"]
    assert found.ilink is Ilink.UNKNOWN


def test_a_pdf_under_another_name_is_still_a_pdf(pdf: Any) -> None:
    asked = pdf(Verdict.INVALID)
    text = base64.b64encode(b"%PDF-1.4").decode()

    assert verify(embedded(text, "text/csv"), at=NOW).verdict is Verdict.INVALID
    assert [data for data, _ in asked] == [b"%PDF-1.4"]


def test_more_attachments_than_are_looked_at_are_said(pdf: Any) -> None:
    pdf(Verdict.VALID)
    parts = re.findall(
        rb"<cac:AdditionalDocumentReference>.*?</cac:AdditionalDocumentReference>",
        PDF_ATTACHED,
        re.DOTALL,
    )
    (part,) = (part for part in parts if b"<cac:Attachment>" in part)
    found = verify(PDF_ATTACHED.replace(part, part * 101), at=NOW)

    assert found.verdict is Verdict.UNSUPPORTED
    assert [f.rule for f in found.findings] == ["CP-SIG-02"]
    assert len(found.attachments) == 100


def test_a_signer_who_is_not_the_seller_is_said() -> None:
    broker = issue(
        "Corretor",
        maker.ROOT_CA,
        key_name="rsa2048 corretor",
        identifier="VATPT-123456789",
    )
    found = verify(signed(holder=broker), at=NOW)

    assert found.verdict is Verdict.VALID
    assert "CP-TRUST-16" in {r.rule for r in found.signatures[0].reasons}


@pytest.mark.parametrize("mark", [b"", b"\n", b"\xef\xbb\xbf"])
def test_a_comment_does_not_make_a_document_a_pdf(mark: bytes) -> None:
    data = mark + signed().replace(b"<Invoice ", b"<!--%PDF-1.4--><Invoice ", 1)

    assert (
        verify(
            data.replace(b"<?xml version='1.0' encoding='UTF-8'?>", b"")
            if mark == b"\n"
            else data,
            at=NOW,
        ).verdict
        is Verdict.VALID
    )


# --- what is asked wrongly ---------------------------------------------------------


@pytest.mark.parametrize("data", ["texto", None, bytearray(b"<a/>"), 7])
def test_only_bytes_are_verified(data: Any) -> None:
    with pytest.raises(InvalidValue, match="bytes"):
        verify(data)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(InvalidValue, match="time zone"):
        verify(INVOICE, at=dt.datetime(2026, 1, 1))  # noqa: DTZ001


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(InvalidValue, match="ilink"):
        verify(INVOICE, policy="strict")


def test_now_is_the_moment_when_none_is_given() -> None:
    assert verify(signed()).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("data", "rule"),
    [(b"", "CP-XML-02"), (b"PK\x03\x04zip", "CP-XML-03"), (b"texto", "CP-XML-03")],
)
def test_what_is_no_document_is_malformed(data: bytes, rule: str) -> None:
    found = verify(data, at=NOW)

    assert (found.verdict, found.ilink) == (Verdict.MALFORMED, Ilink.UNKNOWN)
    assert [f.rule for f in found.findings] == [rule]


def test_an_error_inside_is_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(verifying, "verified", fails)

    found = verify(signed(), at=NOW)
    assert (found.verdict, found.ilink) == (Verdict.MALFORMED, Ilink.UNKNOWN)
    assert [f.rule for f in found.findings] == ["CP-SIG-03"]


@DRAWN
@given(st.binary(max_size=200), st.sampled_from([b"", b"<", b"%PDF-", b"\xff\xfe<"]))
def test_no_bytes_make_it_raise(junk: bytes, head: bytes) -> None:
    assert verify(head + junk, at=NOW).verdict is not Verdict.VALID


# --- safe reading -----------------------------------------------------------------


def test_what_is_read_is_what_was_signed() -> None:
    assert read_signed(verify(signed(), at=NOW)).invoice == read(INVOICE).invoice


COMMENTED = (
    (rb"(PayableAmount[^>]*>.)", "totals"),
    (rb"(<cbc:ID>.)", "number"),
    (rb"(<cbc:CompanyID>.)", "seller"),
    (rb"(<cbc:DocumentCurrencyCode>.)", "currency"),
    (rb"(<cbc:IssueDate>.)", "issue_date"),
)


@pytest.mark.parametrize("middle", [b"<!--x-->", b"<?x y?>", b"<![CDATA[]]>"])
@pytest.mark.parametrize(("place", "field"), COMMENTED)
def test_nothing_inside_a_value_changes_what_is_read(
    place: bytes, field: str, middle: bytes
) -> None:
    changed = re.sub(place, rb"\g<1>" + middle, INVOICE)
    plain = read(INVOICE).invoice

    assert changed != INVOICE
    assert getattr(read(changed).invoice, field) == getattr(plain, field)


def test_a_comment_added_to_a_signed_amount_is_a_warning_and_no_other_amount() -> None:
    data = re.sub(COMMENTED[0][0], rb"\g<1><!--x-->", signed())
    found = verify(data, at=NOW)

    assert found.verdict is Verdict.VALID
    assert [f.rule for f in found.findings] == ["CP-XSIG-19"]
    assert read_signed(found).invoice == read(INVOICE).invoice


@pytest.mark.parametrize(
    "data",
    [INVOICE, signed().replace(b">EUR<", b">USD<"), b"<a/>", b"%PDF-1.4"],
    ids=["unsigned", "changed", "no invoice", "pdf"],
)
def test_without_a_good_signature_nothing_is_read_as_signed(data: bytes) -> None:
    with pytest.raises(SignatureError):
        read_signed(verify(data, at=NOW))


def test_no_certificate_or_key_is_in_any_report() -> None:
    found = verify(signed(maker.xades()), at=NOW)
    certificate = maker.b64(maker.SIGNER.der)

    for text in (repr(found), str(found.to_dict())):
        assert certificate[40:100] not in text
        assert str(maker.SIGNER.der)[20:60] not in text


def test_importing_the_package_loads_no_signature_library() -> None:
    code = (
        "import sys, cius_pt; from cius_pt import check, Verdict;"
        "print(sorted({'pyhanko', 'signxml', 'asn1crypto'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
