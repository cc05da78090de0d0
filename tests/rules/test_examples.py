# SPDX-License-Identifier: MIT
"""The examples of the composed entries, put into a document and really run.

What an entry shows under "before" must fire its rule in the published set, what it
shows under "after" must not.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from cius_pt import AllowanceCharge, Vat, with_totals, write
from cius_pt.rules import catalogue, tables
from cius_pt.schematron import engine
from cius_pt.xmlio import CAC, CBC
from tests import every_field

if TYPE_CHECKING:
    from collections.abc import Callable

    from cius_pt.rules.entry import Entry

    Fired = Callable[[Any], set[str]]

NAMESPACES = {"cac": CAC, "cbc": CBC}
NOTE = f"{{{CBC}}}Note"
ROWS = [
    row for row in tables.rows("composed.tsv") if row["rule"].startswith("DT-CIUS-PT-")
]
NOTES = [row for row in ROWS if row["pattern"].startswith("tag-")]
VALUES = [row for row in ROWS if not row["pattern"].startswith("tag-")]


@pytest.fixture(scope="module")
def fired(published: str) -> Fired:
    rules = engine.load(Path(published), "published")

    def run(document: etree._Element) -> set[str]:
        done = rules.run(etree.tostring(document))
        assert done.error is None
        return {hit.rule for hit in done.hits}

    return run


@pytest.fixture(scope="module")
def document() -> etree._Element:
    """Return an invoice with every element that a composed rule looks at."""
    changes = tuple(
        AllowanceCharge(
            charge=charge,
            amount=Decimal("1.00"),
            base_amount=Decimal("10.00"),
            percentage=Decimal("10.00"),
            reason="Acordo",
            reason_code=code,
            vat=Vat.normal(23),
        )
        for charge, code in ((False, "95"), (True, "FC"))
    )
    plain = replace(every_field.INVOICE, allowance_charges=changes, totals=None)
    return etree.fromstring(write(with_totals(plain)))


def fragment(text: str) -> etree._Element:
    spaces = "".join(f' xmlns:{p}="{uri}"' for p, uri in NAMESPACES.items())
    return etree.fromstring(f"<fragment{spaces}>{text}</fragment>")


def entry_of(row: dict[str, str]) -> Entry:
    return catalogue.entries()[row["rule"]]


def shown_values(
    document: etree._Element, row: dict[str, str], shown: str
) -> etree._Element:
    """Return a copy in which every element the rule looks at is as it is shown."""
    subject = tables.row("subjects.tsv", row["subject"])
    assert subject is not None
    changed = copy.deepcopy(document)
    if row["pattern"] == "currency-plain":
        for currency in changed.findall("cbc:TaxCurrencyCode", NAMESPACES):
            changed.remove(currency)
    (example,) = fragment(shown).iterfind(
        f".//{subject['path'].rpartition('/')[2]}", NAMESPACES
    )
    found = changed.findall(subject["path"], NAMESPACES)
    assert found, f"no {subject['path']} in the document"
    for element in found:
        element.text = example.text
        element.attrib.update(dict(example.attrib))
    return changed


def shown_notes(document: etree._Element, shown: str) -> etree._Element:
    """Return a copy whose notes are those that are shown."""
    changed = copy.deepcopy(document)
    notes = changed.findall(NOTE)
    place = changed.index(notes[0])
    for note in notes:
        changed.remove(note)
    for example in reversed(list(fragment(shown))):
        changed.insert(place, example)
    return changed


def test_the_document_itself_is_clean(fired: Fired, document: etree._Element) -> None:
    assert not {rule for rule in fired(document) if not rule.startswith("UBL-")}


@pytest.mark.parametrize("row", VALUES, ids=lambda row: row["rule"])
def test_what_is_shown_before_fires_and_after_does_not(
    fired: Fired, document: etree._Element, row: dict[str, str]
) -> None:
    entry = entry_of(row)

    assert entry.rule in fired(shown_values(document, row, entry.before))
    assert entry.rule not in fired(shown_values(document, row, entry.after))


@pytest.mark.parametrize("row", NOTES, ids=lambda row: row["rule"])
def test_notes_shown_before_fire_and_after_do_not(
    fired: Fired, document: etree._Element, row: dict[str, str]
) -> None:
    entry = entry_of(row)

    assert entry.rule in fired(shown_notes(document, entry.before))
    assert entry.rule not in fired(shown_notes(document, entry.after))
