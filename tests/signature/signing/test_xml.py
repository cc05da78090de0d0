# SPDX-License-Identifier: MIT
"""Signed invoices: every byte as it was, still valid, and room for others to sign."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from lxml import etree

from cius_pt import (
    SignatureError,
    UnreadableDocument,
    XmlSigning,
    check,
    sign,
    sign_invoice,
    write,
    xmlio,
)
from cius_pt.errors import InvalidValue
from cius_pt.findings import Outcome, Severity
from cius_pt.signature.filters import LATER_CONTAINERS, OTHER_SIGNATURES, SAC
from cius_pt.signature.signing import place
from cius_pt.signature.signing.place import Placement
from cius_pt.signature.signing.xades import XmlProfile
from cius_pt.signature.status import Coverage, Integrity, Verdict
from cius_pt.signature.strip import strip
from cius_pt.signature.verify import verify
from cius_pt.testing import strategies
from tests import samples
from tests import signing_keys as keys
from tests.blank_pdf import BLANK
from tests.layouts import LAYOUTS, PLAIN
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from cius_pt.findings import Report
    from cius_pt.model import Invoice

FIXTURES = sorted((Path(__file__).resolve().parents[3] / "fixtures").glob("*.xml"))
UBL_CR_001 = {"UBL-CR-001"}  # CEN's warning: the extensions are outside EN 16931
SIGNATURES = f"{{{xmlio.DS}}}Signature"


def signed(data: bytes, kind: str = "p256", **how: Any) -> bytes:
    return sign(data, keys.key(kind), options=XmlSigning(**how), time=keys.NOW)


def schema_findings(report: Report) -> list[str]:
    """Return what the schema says, passed over or not: nothing is valid UBL."""
    (step,) = (c for c in report.checks if c.name == "schema")
    return [finding.rule for finding in step.findings]


def without_extensions(data: bytes) -> bytes:
    """Return the canonical form without what a signature brings."""
    root = xmlio.tree(data)
    for element in [*root.iter(f"{{{xmlio.EXT}}}UBLExtensions", SIGNATURES)]:
        parent = element.getparent()
        assert parent is not None
        place_before = element.getprevious()
        if place_before is None:
            parent.text = (parent.text or "") + (element.tail or "")
        else:
            place_before.tail = (place_before.tail or "") + (element.tail or "")
        parent.remove(element)
    return etree.tostring(root.getroottree(), method="c14n", exclusive=True)


@DRAWN
@given(strategies.invoices() | strategies.credit_notes())
def test_signing_never_changes_the_infoset(invoice: Invoice) -> None:
    data = write(invoice)

    assert without_extensions(signed(data)) == without_extensions(data)


@DRAWN
@given(strategies.invoices() | strategies.credit_notes())
def test_what_was_there_stands_before_and_after_the_signature(invoice: Invoice) -> None:
    data = write(invoice)
    out = signed(data)
    added = len(out) - len(data)

    assert any(
        out[:at] + out[at + added :] == data
        for at in (out.find(b"<ext:UBLExtensions"), out.find(b"<ds:Signature"))
    )


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_a_signed_document_is_valid_and_nothing_new_is_fatal(
    path: Path, each_rules: str
) -> None:
    def found(data: bytes) -> dict[Severity, set[str]]:
        report = check(data, rules=each_rules)
        assert schema_findings(report) == []
        ran = {c.name: c.outcome for c in report.checks}
        assert ran["schema"] is Outcome.PASSED
        assert ran["rules"] is Outcome.PASSED
        return {
            s: {f.rule for f in report.findings if f.severity is s} for s in Severity
        }

    before = found(path.read_bytes())
    after = found(signed(path.read_bytes()))

    assert after[Severity.FATAL] == before[Severity.FATAL] == set()
    assert after[Severity.WARNING] - before[Severity.WARNING] <= UBL_CR_001


@pytest.mark.parametrize("stamped", [False, True])
def test_three_signatures_are_still_valid_ubl(stamped: bool) -> None:
    stamper = keys.timestamper() if stamped else None
    data = PLAIN
    for kind in ("p256", "rsa2048", "p384"):
        data = sign(data, keys.key(kind), timestamp=stamper, time=keys.NOW)

    assert schema_findings(check(data)) == []
    assert len(list(xmlio.tree(data).iter(SIGNATURES))) == 3


@pytest.mark.parametrize("how", [{"placement": Placement.LAST}, {"profile": "v2"}])
def test_the_options_that_ubl_does_not_know_are_invalid_ubl(
    how: dict[str, Any],
) -> None:
    # Facts of UBL 2.1, which docs/signatures.md tells: a test of the documentation.
    if "profile" in how:
        how = {"profile": XmlProfile.BASELINE}
    assert "CP-XSD-05" in schema_findings(check(signed(PLAIN, **how)))


# --- encodings and layouts ---


@pytest.mark.parametrize("placement", list(Placement))
@pytest.mark.parametrize("layout", LAYOUTS)
def test_bytes_stay_in_any_layout(layout: str, placement: Placement) -> None:
    data = LAYOUTS[layout]
    once = signed(data, placement=placement)
    twice = signed(once, "rsa2048", placement=placement)

    assert without_extensions(twice) == without_extensions(data)
    assert len(list(xmlio.tree(twice).iter(SIGNATURES))) == 2
    width = 2 if layout.startswith("UTF-16") else 1
    assert (len(twice) - len(data)) % width == 0
    head = data[: 20 * width]
    assert twice.startswith(head)


def extended(content: str) -> bytes:
    """Return the document with these extensions as its first child."""
    start = place._TAG.search(PLAIN, PLAIN.index(b"<Invoice"))  # noqa: SLF001
    assert start is not None
    extensions = (
        f'<e:UBLExtensions xmlns:e="{xmlio.EXT}">{content}</e:UBLExtensions>'
    ).encode()
    return PLAIN[: start.end()] + extensions + PLAIN[start.end() :]


FOREIGN = (
    "<e:UBLExtension><e:ExtensionContent><x:a xmlns:x='urn:x'/>"
    "</e:ExtensionContent></e:UBLExtension>"
)


def test_an_extension_that_is_there_stays_and_another_is_added() -> None:
    out = signed(extended(FOREIGN))
    root = xmlio.tree(out)

    assert len(root.findall(f"{{{xmlio.EXT}}}UBLExtensions")) == 1
    assert len(list(root.iter(f"{{{xmlio.EXT}}}UBLExtension"))) == 2
    assert b"<x:a xmlns:x='urn:x'/>" in out


def test_what_looks_like_the_place_deeper_down_is_not_used() -> None:
    inner = (
        f'<e:UBLExtensions xmlns:e="{xmlio.EXT}"><e:UBLExtension/></e:UBLExtensions>'
    )
    hidden = (
        f"<e:UBLExtension><e:ExtensionContent><x:a xmlns:x='urn:x'>{inner}</x:a>"
        "</e:ExtensionContent></e:UBLExtension>"
    )
    root = xmlio.tree(signed(extended(hidden)))

    (signature,) = root.iter(SIGNATURES)
    above = [etree.QName(e).localname for e in signature.iterancestors()]
    assert above == [
        "SignatureInformation",
        "UBLDocumentSignatures",
        "ExtensionContent",
        "UBLExtension",
        "UBLExtensions",
        "Invoice",
    ]


def test_an_empty_place_is_refused_with_the_reason() -> None:
    data = extended("").replace(b"></e:UBLExtensions>", b"/>")

    with pytest.raises(SignatureError, match="empty element"):
        signed(data)


def test_a_document_without_a_canonical_form_is_refused() -> None:
    relative = PLAIN.replace(b"<Invoice ", b"<Invoice xmlns:odd='odd' ", 1)

    with pytest.raises(SignatureError, match="canonical form"):
        signed(relative)


def test_only_bytes_are_signed() -> None:
    with pytest.raises(InvalidValue, match="takes the bytes"):
        sign("<Invoice/>", keys.key("p256"))  # type: ignore[arg-type]


def test_what_is_no_invoice_is_unreadable() -> None:
    for data in (b"", b"<a/>", b"PK\x03\x04", b"<!DOCTYPE a><a/>"):
        with pytest.raises(UnreadableDocument):
            signed(data)


def test_two_signatures_of_the_same_moment_have_different_ids() -> None:
    data = PLAIN
    for _ in range(3):
        data = signed(data)
    ids = re.findall(rb' Id="([^"]+)"', data)

    assert len(ids) == len(set(ids))


def test_signing_is_deterministic_but_for_the_signature_itself() -> None:
    assert signed(PLAIN, "rsa2048") == signed(PLAIN, "rsa2048")


def test_the_claimed_time_is_the_one_given() -> None:
    assert b"<xades:SigningTime>2026-03-02T10:30:00Z<" in signed(PLAIN)


# --- others sign too ---


@DRAWN
@given(strategies.invoices() | strategies.credit_notes())
def test_stripping_gives_back_the_very_bytes(invoice: Invoice) -> None:
    data = write(invoice)

    assert strip(signed(signed(data), "rsa2048")) == data


@pytest.mark.parametrize("layout", LAYOUTS)
def test_stripping_gives_back_the_very_bytes_in_any_layout(layout: str) -> None:
    assert strip(signed(LAYOUTS[layout])) == LAYOUTS[layout]


def test_a_signature_that_would_break_is_not_made_to() -> None:
    alone = signed(PLAIN, parallel=False)

    with pytest.raises(SignatureError, match="break a signature that is there"):
        signed(alone, "rsa2048")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("ok_jdk_xpath_dss", "Invoice"),  # a child of the root, DSS's transform
        ("ok_jdk_ublnot_xpath", "SignatureInformation"),  # UBL's transform
        ("ok_jdk_ubl_xpath", "SignatureInformation"),
    ],
)
def test_the_signature_of_another_program_stays_whole(
    shared: Path, name: str, place: str
) -> None:
    data = (shared / "signed" / "xml" / f"{name}.xml").read_bytes()
    twice = signed(data)
    report = verify(twice, at=keys.NOW)

    assert [s.integrity for s in report.signatures] == [Integrity.INTACT] * 2
    parents = {e.getparent() for e in xmlio.tree(twice).iter(SIGNATURES)}
    assert {etree.QName(e).localname for e in parents if e is not None} == {place}


def test_the_plain_signature_of_another_program_is_left_alone(shared: Path) -> None:
    data = (shared / "signed" / "xml" / "ok_dsig_exc_x509.xml").read_bytes()

    with pytest.raises(SignatureError, match="break a signature that is there"):
        signed(data)


def test_a_broken_signature_that_is_there_hinders_nobody() -> None:
    broken = signed(PLAIN).replace(b"FT 2026A/8", b"FT 2026A/9", 1)
    (first, second) = verify(signed(broken), at=keys.NOW).signatures

    assert (first.integrity, second.integrity) == (Integrity.BROKEN, Integrity.INTACT)


def test_what_hides_in_a_later_container_is_seen() -> None:
    hidden = (
        f'<sac:SignatureInformation xmlns:sac="{SAC}">'
        f'<cbc:Note xmlns:cbc="{xmlio.CBC}">falso</cbc:Note></sac:SignatureInformation>'
    ).encode()
    end = b"</sig:UBLDocumentSignatures>"
    report = verify(signed(PLAIN).replace(end, hidden + end), at=keys.NOW)

    assert [s.coverage for s in report.signatures] == [Coverage.PARTIAL]
    assert report.verdict is Verdict.INVALID


def test_the_filter_means_what_it_says_whatever_the_prefixes() -> None:
    # Exclusive C14N does not sign a prefix that only a text uses: ours use none.
    assert not re.search(r"\b(ds|sac|sig):", OTHER_SIGNATURES + LATER_CONTAINERS)


# --- the PDF first, then the XML ---


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_an_invoice_with_its_pdf_is_valid(path: Path, any_rules: str) -> None:
    out = sign_invoice(path.read_bytes(), keys.key(), pdf=BLANK, time=keys.NOW)
    report = check(out, rules=any_rules)

    assert {f.rule for f in report.findings if f.severity is Severity.FATAL} == set()
    assert report.conforms


def test_the_embedded_pdf_is_signed() -> None:
    from cius_pt import read  # noqa: PLC0415

    data = write(samples.invoice())
    out = sign_invoice(data, keys.key(), pdf=BLANK, time=keys.NOW)
    (attachment,) = read(out).invoice.attachments

    assert attachment.content is not None
    assert attachment.content.startswith(BLANK)
    assert b"/ETSI.CAdES.detached" in attachment.content
    assert attachment.description == "INVOICE_REPRESENTATION"


def test_a_pdf_is_not_embedded_in_a_signed_invoice() -> None:
    with pytest.raises(SignatureError, match="signed already"):
        sign_invoice(signed(PLAIN), keys.key(), pdf=BLANK, time=keys.NOW)


def test_what_is_no_pdf_is_not_embedded() -> None:
    with pytest.raises(SignatureError, match="PDF"):
        sign_invoice(PLAIN, keys.key(), pdf=b"<html/>", time=keys.NOW)
