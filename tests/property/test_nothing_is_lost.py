# SPDX-License-Identifier: MIT
"""Whatever a valid UBL document says is in the invoice or among the unread.

The law: take every text of an element without child elements and every attribute of
the document. As multisets, they are those of ``write(reading.invoice)`` and those
under `Reading.unread` together. Three freedoms: numbers are compared in their normal
form (23 is 23.00, CP-READ-03); namespace declarations, comments and white space between
elements are no values; and an amount in another currency than the document's is unread
as to its currency, while what is written has the document's.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from cius_pt import schema, xmlio
from cius_pt.errors import FindingsError, UnreadableDocument
from cius_pt.findings import Outcome
from cius_pt.testing.strategies import credit_notes, invoices
from cius_pt.ubl.read import read
from cius_pt.ubl.write import write
from tests.mutated import mutated
from tests.profiles import DRAWN
from tests.samples import invoice as invoice_sample

if TYPE_CHECKING:
    from cius_pt.model import Invoice
    from cius_pt.ubl.reading import Reading

SAMPLE = invoice_sample()


def values(root: etree._Element) -> Counter[tuple[str, str]]:
    """Return every text and attribute at and below `root`."""
    found: Counter[tuple[str, str]] = Counter()
    for element in root.iter(etree.Element):
        found += own(element)
    return found


def own(element: etree._Element) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for name, value in element.attrib.items():
        found[str(name), normal(str(value))] += 1
    if next(element.iterchildren(etree.Element), None) is None:
        text = str(element.xpath("string()"))
        if text:
            found[str(element.tag), normal(text)] += 1
    return found


def normal(text: str) -> str:
    """Return the normal form of a number or a boolean, any other text as it is."""
    stripped = text.strip(" \t\r\n")
    try:
        if stripped.isascii() and stripped.strip("+-.0123456789") == "":
            return f"{Decimal(stripped).normalize() + 0:f}"
    except InvalidOperation:
        pass
    return text


def unread_values(
    document: xmlio.XmlDocument, reading: Reading
) -> Counter[tuple[str, str]]:
    whole: set[etree._Element] = set()
    single: list[tuple[etree._Element, str]] = []
    for place in reading.unread:
        xpath, _, attribute = str(place.xpath).partition("/@")
        path = "/".join(["", "*", *xpath.split("/")[2:]])
        elements = document.root.xpath(path, namespaces=dict(xmlio.PREFIXES))
        assert isinstance(elements, list)
        (element,) = elements
        assert isinstance(element, etree._Element)  # noqa: SLF001 - has no public name
        if attribute:
            prefix, _, name = attribute.rpartition(":")
            key = f"{{{xmlio.PREFIXES[prefix]}}}{name}" if prefix else name
            single.append((element, key))
        else:
            whole.add(element)
    found: Counter[tuple[str, str]] = Counter()
    for element in whole:
        if not below(element, whole):
            found += values(element)
    for element, key in single:
        if element not in whole and not below(element, whole):
            found[key, normal(str(element.get(key)))] += 1
    return found


def below(element: etree._Element, whole: set[etree._Element]) -> bool:
    return any(above in whole for above in element.iterancestors())


# Most random edits are no valid UBL; how many are thrown away is no part of the law.
@settings(
    DRAWN,
    suppress_health_check=(
        *DRAWN.suppress_health_check,
        HealthCheck.filter_too_much,
    ),
)
@given(invoices() | credit_notes(), st.data())
def test_nothing_is_lost_and_nothing_is_made_up(
    invoice: Invoice, data: st.DataObject
) -> None:
    root = mutated(invoice, data, least=1, most=4)
    document = xmlio.parse(etree.tostring(root, encoding="UTF-8"))
    reading = read(document)
    assume(schema.check(document).outcome is Outcome.PASSED)
    try:
        again = reading.invoice
    except FindingsError:
        assert reading.findings
        return
    written = values(xmlio.parse(write(again, strict=False)).root)
    found, unread = values(document.root), unread_values(document, reading)
    ours = ("currencyID", normal(again.currency))
    foreign = [key for key in found if key[0] == "currencyID" and key != ours]
    for key in foreign:
        # Named as unread each time; the amount itself is not lost.
        assert unread.pop(key) == found.pop(key)
    if foreign:
        del written[ours], found[ours]
    assert written + unread == found


@DRAWN
@given(st.binary(max_size=300), st.integers(0, 5000), st.integers(0, 300))
def test_broken_bytes_are_unreadable_or_read(
    noise: bytes, at: int, length: int
) -> None:
    document = write(SAMPLE)
    at %= len(document)
    with contextlib.suppress(UnreadableDocument):
        read(document[:at] + noise + document[at + length :])
