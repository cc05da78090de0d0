# SPDX-License-Identifier: MIT
"""`documents` and `hostile_documents`: bytes that are legal, and bytes that never are.

Whatever a hostile document is, `check` gives a report on it and raises nothing.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from cius_pt.testing.breaking import base
from cius_pt.testing.documents import credit_notes, invoices
from cius_pt.testing.mutations import mutations
from cius_pt.ubl.write import write

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from cius_pt.testing.mutations import Mutation

_CODECS = ("utf-16", "utf-16-be", "utf-32", "latin-1", "cp037", "utf-7", "utf-8-sig")
_DOCTYPES = (
    b"<!DOCTYPE Invoice>",
    b'<!DOCTYPE Invoice SYSTEM "file:///etc/hostname">',
    b'<!DOCTYPE Invoice [<!ENTITY a "b">]>',
    b'<!DOCTYPE Invoice [<!ENTITY a SYSTEM "http://127.0.0.1:9/">%a;]>',
    b'<!DOCTYPE i [<!ENTITY a "aa"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>',
)
_SCRAPS = (
    b"",
    b"\x00",
    b"<",
    b"<?xml version='1.1'?><a/>",
    b"<?xml version='1.0' encoding='no-such'?><Invoice/>",
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    b"<!doctype html><html><body>404</body></html>",
    b'{"number": "FT 1/1"}',
    b"<Invoice/>",
    b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>',
    b'<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"/>',
)
_DEPTHS = (50, 250, 300, 5000)
_LENGTHS = (501, 70_000, 1_000_000)


def documents() -> SearchStrategy[bytes]:
    """Draw legal documents: what `invoices` and `credit_notes` draw, written as XML."""
    return (invoices() | credit_notes()).map(write)


def hostile_documents() -> SearchStrategy[bytes]:
    """Draw what a receiver may get instead of a document.

    Scraps, other encodings than declared, doctypes and entities, documents cut off,
    with bytes changed, elements in wrong places, too deep or too long.
    """
    return st.one_of(
        st.binary(max_size=64),
        st.sampled_from(_SCRAPS),
        _cut(),
        _flipped(),
        st.sampled_from(_CODECS).map(_recoded),
        st.sampled_from(_DOCTYPES).map(_declared),
        st.sampled_from(_DEPTHS).map(_deep),
        st.sampled_from(_LENGTHS).map(_long),
        _misplaced().map(lambda mutation: mutation.document),
    )


@cache
def _plain() -> bytes:
    return base("plain-invoice")


@cache
def _misplaced() -> SearchStrategy[Mutation]:
    return mutations(_plain())


@st.composite
def _cut(draw: DrawFn) -> bytes:
    return _plain()[: draw(st.integers(0, len(_plain()) - 1))]


@st.composite
def _flipped(draw: DrawFn) -> bytes:
    data = bytearray(_plain())
    for _ in range(draw(st.integers(1, 3))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data)


def _recoded(codec: str) -> bytes:
    return _plain().decode().encode(codec, "replace")


def _declared(doctype: bytes) -> bytes:
    head, start, rest = _plain().partition(b"?>")
    return head + start + doctype + rest.replace(b"</cbc:ID>", b"&c;</cbc:ID>", 1)


def _deep(depth: int) -> bytes:
    inside = b"<cac:Item>" * depth + b"</cac:Item>" * depth
    return _plain().replace(b"<cac:Item>", inside + b"<cac:Item>", 1)


def _long(length: int) -> bytes:
    return _plain().replace(b"</cbc:ID>", b"x" * length + b"</cbc:ID>", 1)
