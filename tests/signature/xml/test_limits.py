"""Too much of anything ends in an answer, soon."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from cius_pt import verify
from cius_pt.signature.status import Integrity, Verdict
from cius_pt.signature.xml import limits
from cius_pt.signature.xml.refusal import Refused
from tests.signature.trust_pki import NOW
from tests.signature.xml import maker
from tests.signature.xml.maker import DS, INVOICE, canonical, reference, signed
from tests.signature.xml.test_verification import only, rules

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def soon() -> Iterator[None]:
    """Nothing here may take long: the machine is shared, so the bound is generous."""
    begin = time.process_time()
    yield
    assert time.process_time() - begin < 20


def many(count: int) -> bytes:
    return signed(references=reference(canonical(INVOICE)) * count)


def test_as_many_references_as_are_followed() -> None:
    assert only(many(64)).integrity is Integrity.INTACT


@pytest.mark.parametrize("count", [65, 300, 900])
def test_more_references_are_unsupported(count: int) -> None:
    one = only(many(count))

    assert (one.integrity, rules(one)) == (Integrity.UNSUPPORTED, {"CP-XSIG-09"})


def test_too_many_transforms_are_unsupported() -> None:
    chain = maker.ENVELOPED + maker.EXCLUSIVE * 8

    one = only(signed(references=reference(canonical(INVOICE), transforms=chain)))

    assert rules(one) == {"CP-XSIG-09"}


def test_fifty_signatures_are_not_looked_at() -> None:
    head, end = maker.split(INVOICE)
    data = head + f'<ds:Signature xmlns:ds="{DS}"/>'.encode() * 50 + end
    found = verify(data, at=NOW)

    assert found.verdict is Verdict.UNSUPPORTED
    assert found.signatures == ()
    assert [f.rule for f in found.findings] == ["CP-XSIG-09"]


def test_thousands_of_certificates_are_not_tried() -> None:
    info = maker.x509_data(*[maker.ROOT_CA] * 5000)

    assert rules(only(signed(key_info=info))) == {"CP-XSIG-09"}


def test_thousands_of_elements_to_leave_out_are_not_left_out() -> None:
    space = "urn:oasis:names:specification:ubl:schema:xsd:CommonSignatureComponents-2"
    document = INVOICE.replace(
        b"</Invoice>",
        f'<s:UBLDocumentSignatures xmlns:s="{space}"/>'.encode() * 3000 + b"</Invoice>",
    )
    chain = (
        '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116">'
        f'<ds:XPath xmlns:s="{space}">not(ancestor-or-self::s:UBLDocumentSignatures)'
        "</ds:XPath></ds:Transform>"
    )
    ref = reference(b"", transforms=chain)

    assert rules(only(signed(document=document, references=ref))) == {"CP-XSIG-09"}


def test_deep_nesting_is_refused() -> None:
    data = signed().replace(
        b"</Invoice>", b"<a>" * 20_000 + b"</a>" * 20_000 + b"</Invoice>"
    )
    found = verify(data, at=NOW)

    assert found.verdict is Verdict.MALFORMED
    assert [f.rule for f in found.findings] == ["CP-XML-09"]


def test_a_text_of_twelve_megabytes_is_signed_like_any_other() -> None:
    head, end = maker.split(INVOICE)
    text = b"<n>" + b"A" * 12_000_000 + b"</n>"
    parser = etree.XMLParser(huge_tree=True)
    document = head + text + end
    octets = etree.tostring(
        etree.fromstring(document, parser).getroottree(),
        method="c14n",
        exclusive=True,
        with_comments=False,
    )
    data = signed(document=document, references=reference(octets))

    found = verify(data, at=NOW)
    assert found.verdict is Verdict.VALID


def test_a_budget_ends_in_a_refusal() -> None:
    budget = limits.Budget(10)
    budget.spend(10)

    with pytest.raises(Refused):
        budget.spend(1)


def test_a_form_that_would_swell_is_not_made() -> None:
    head, end = maker.split(INVOICE)
    long = f'<l xmlns:l="urn:{"a" * 100_000}">'.encode()
    document = head + long.replace(b"<l ", b"<x ") + b"<l:b/>" * 20_000 + b"</x>" + end
    one = only(signed(document=document, references=reference(b"")))

    assert (one.integrity, rules(one)) == (Integrity.UNSUPPORTED, {"CP-XSIG-09"})


def test_many_references_beside_a_million_siblings_take_no_longer() -> None:
    head, end = maker.split(INVOICE)
    chain = maker.ENVELOPED * 7 + maker.EXCLUSIVE
    octets = canonical(document := head + b"<a/>" * 300_000 + end)
    ref = reference(octets, transforms=chain) * 64

    assert verify(signed(document=document, references=ref), at=NOW).verdict in {
        Verdict.VALID,
        Verdict.UNSUPPORTED,
    }
