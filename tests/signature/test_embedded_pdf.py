# SPDX-License-Identifier: MIT
"""A PDF in an invoice is found whatever it is called and wherever it hides."""

from __future__ import annotations

import base64

import pytest

from cius_pt import Verdict, sign, verify
from tests import signing_keys as keys
from tests.blank_pdf import BLANK
from tests.layouts import PLAIN

SPACES = " " * 40_000


def carrying(
    content: bytes, mime: str, *, before: str = "", between: str = ""
) -> bytes:
    """Return the invoice with an attachment of this type, unsigned."""
    said = base64.b64encode(content).decode()
    text = before + between.join([said[:8], said[8:]])
    reference = (
        "<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment>"
        f'<cbc:EmbeddedDocumentBinaryObject mimeCode="{mime}" filename="a">{text}'
        "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>"
        "</cac:AdditionalDocumentReference>"
    )
    head, tag, tail = PLAIN.partition(b"<cac:AccountingSupplierParty>")
    return head + reference.encode() + tag + tail


@pytest.fixture(scope="module")
def tampered() -> bytes:
    signed = sign(BLANK, keys.key("p256"), time=keys.NOW)
    return signed.replace(b"/MediaBox[0 0 595 842]", b"/MediaBox[0 0 595 841]", 1)


@pytest.mark.parametrize("mime", ["application/pdf", "text/csv", ""])
@pytest.mark.parametrize(
    ("before", "between"), [("", ""), ("\n\t", "\r\n"), (SPACES, ""), ("", SPACES)]
)
def test_a_tampered_pdf_is_found(
    tampered: bytes, mime: str, before: str, between: str
) -> None:
    data = carrying(tampered, mime, before=before, between=between)
    report = verify(data, at=keys.NOW)

    assert [one.verdict for _, one in report.attachments] == [Verdict.INVALID]
    assert report.verdict is Verdict.INVALID


def test_what_is_no_pdf_and_says_so_is_none() -> None:
    assert verify(carrying(b"a;b\n" * 9000, "text/csv"), at=keys.NOW).attachments == ()


def test_a_pdf_header_counts_where_readers_look_for_it(tampered: bytes) -> None:
    near, far = (carrying(b"x" * n + tampered, "text/csv") for n in (900, 2000))

    assert len(verify(near, at=keys.NOW).attachments) == 1
    assert verify(far, at=keys.NOW).attachments == ()
