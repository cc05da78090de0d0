"""A document without its signatures: every other byte as it was."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cius_pt import schema, xmlio
from cius_pt.errors import UnreadableDocument
from cius_pt.findings import Outcome, Severity
from cius_pt.signature.strip import strip
from tests.profiles import DRAWN
from tests.signature.xml import maker
from tests.signature.xml.maker import DS, INVOICE, signed

EXT = "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"
SIG = "urn:oasis:names:specification:ubl:schema:xsd:CommonSignatureComponents-2"
SAC = "urn:oasis:names:specification:ubl:schema:xsd:SignatureAggregateComponents-2"
SIGNATURE = f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo/></ds:Signature>'


def extension(inside: str) -> str:
    return (
        f"<e:UBLExtension><e:ExtensionContent>{inside}</e:ExtensionContent>"
        "</e:UBLExtension>"
    )


def extended(inside: str) -> bytes:
    """Return the invoice with extensions before everything else."""
    start = INVOICE.index(b">", INVOICE.index(b"<Invoice")) + 1
    box = f'<e:UBLExtensions xmlns:e="{EXT}">{inside}</e:UBLExtensions>'
    return INVOICE[:start] + box.encode() + INVOICE[start:]


def in_ubl(signature: str) -> str:
    return (
        f'<s:UBLDocumentSignatures xmlns:s="{SIG}" xmlns:a="{SAC}">'
        f"<a:SignatureInformation>{signature}</a:SignatureInformation>"
        "</s:UBLDocumentSignatures>"
    )


def test_an_unsigned_document_is_the_same_bytes() -> None:
    assert strip(INVOICE) is INVOICE


@pytest.mark.parametrize(
    "data",
    [
        signed(),
        signed(document=signed(), holder=maker.CURVED),
        extended(extension(SIGNATURE)),
        extended(extension(in_ubl(SIGNATURE))),
        extended(extension(in_ubl(SIGNATURE)) + extension(SIGNATURE)),
        INVOICE.replace(
            b"</Invoice>", f'<d:Signature xmlns:d="{DS}"/></Invoice>'.encode()
        ),
        INVOICE.replace(
            b"</Invoice>", f'<S a=">" xmlns="{DS}"/></Invoice>'.encode()
        ).replace(b"<S ", b"<Signature "),
    ],
    ids=["last", "two", "ext", "ubl", "both", "empty", "default"],
)
def test_signing_and_stripping_gives_the_original_bytes(data: bytes) -> None:
    assert data != INVOICE
    assert strip(data) == INVOICE


def test_another_extension_stays() -> None:
    other = extension('<x xmlns="urn:x">1</x>')

    assert strip(extended(extension(SIGNATURE) + other)) == extended(other)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "iso-8859-1"])
def test_the_encoding_stays(encoding: str) -> None:
    def written(data: bytes) -> bytes:
        text = data.decode()
        declared = "iso-8859-1" if encoding == "iso-8859-1" else encoding[:6]
        if encoding == "utf-8-sig":
            declared = "utf-8"
        text = re.sub(r"encoding=.UTF-8.", f'encoding="{declared}"', text)
        return text.encode(encoding)

    assert "é" in INVOICE.decode() or "ã" in INVOICE.decode()
    assert strip(written(signed())) == written(INVOICE)


def test_the_signature_may_be_prefixed_as_one_likes() -> None:
    data = signed().replace(b"ds:", b"assinatura:").replace(b":ds=", b":assinatura=")

    assert strip(data) == INVOICE


def test_a_document_that_is_all_signature_has_nothing_left() -> None:
    with pytest.raises(UnreadableDocument, match="nothing else"):
        strip(f'<Signature xmlns="{DS}"/>'.encode())


def test_what_is_no_document_is_unreadable() -> None:
    with pytest.raises(UnreadableDocument):
        strip(b"%PDF-1.4")


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=20)


@DRAWN
@given(TEXT, TEXT, st.booleans())
def test_around_a_signature_every_byte_stays(
    before: str, after: str, comment: bool
) -> None:
    def plain(text: str) -> str:
        safe = text.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "")
        return f"<!--{text.replace('-', '')}-->{safe}" if comment else safe

    head, end = f"<a>{plain(before)}", f"{plain(after)}</a>"
    data = f"{head}{SIGNATURE}{end}".encode()

    assert strip(data) == f"{head}{end}".encode()


# --- the schema step ----------------------------------------------------------------


def test_what_a_signature_alone_breaks_is_passed_over_and_said() -> None:
    found = schema.check(xmlio.parse(signed()))

    assert found.outcome is Outcome.PASSED
    assert {f.severity for f in found.findings} == {Severity.INFO}
    said = [f.rule for f in found.findings]
    assert said[0] == "CP-XSD-05"
    assert len(said) > 1
    assert found.findings[1].location.line is not None


@pytest.mark.parametrize("around", ["{}", '<x xmlns="urn:x">{}</x>'])
def test_a_signature_that_holds_elements_of_an_invoice_is_not_passed_over(
    around: str,
) -> None:
    """Rules see them wherever they stand: BR-CIUS-PT-24 would be found."""
    hidden = around.format(f'<c:OrderReference xmlns:c="{xmlio.CAC}"/>')
    end = b"</ds:KeyInfo>"
    data = signed()
    assert end in data
    beside = end + f"<ds:Object>{hidden}</ds:Object>".encode()

    found = schema.check(xmlio.parse(data.replace(end, beside, 1)))

    assert found.outcome is Outcome.FAILED
    assert {f.severity for f in found.findings} == {Severity.FATAL}


def test_other_errors_stay_and_stand_where_they_are() -> None:
    wrong = INVOICE.replace(b"<cbc:IssueDate>", b"<cbc:IssueDate>0", 1)
    data = signed(document=wrong)
    alone = schema.check(xmlio.parse(strip(data)))

    found = schema.check(xmlio.parse(data))

    fatal = [f for f in found.findings if f.severity is Severity.FATAL]
    assert found.outcome is Outcome.FAILED
    assert [(f.rule, f.location) for f in fatal] == [
        (f.rule, f.location) for f in alone.findings
    ]
    assert "CP-XSD-05" in {f.rule for f in found.findings}


def test_an_error_after_the_signature_is_placed_in_the_whole_document() -> None:
    data = extended(extension(SIGNATURE)).replace(
        b"<cac:InvoiceLine>", b"<cac:InvoiceLine><cbc:Nada/>", 1
    )
    (fatal,) = [
        f
        for f in schema.check(xmlio.parse(data)).findings
        if f.severity is Severity.FATAL
    ]

    assert fatal.location.xpath is not None
    assert "InvoiceLine" in fatal.location.xpath
    assert fatal.location.line == 1 + data[: data.index(b"<cbc:Nada/>")].count(b"\n")


def test_a_repeated_identifier_stays_an_error() -> None:
    twice = f'<ds:Object xmlns:ds="{DS}" Id="assinatura"/>'

    assert schema.check(xmlio.parse(signed(objects=twice))).outcome is Outcome.FAILED


def test_the_text_that_remains_is_well_formed() -> None:
    assert etree.fromstring(strip(signed(maker.xades()))).tag.endswith("Invoice")
