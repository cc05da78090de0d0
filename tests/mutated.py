# SPDX-License-Identifier: MIT
"""Valid documents with a few things changed, as Hypothesis draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from lxml import etree

from cius_pt.ubl.write import write
from cius_pt.xmlio import CAC, CBC

if TYPE_CHECKING:
    from cius_pt.model import Invoice

_WORDS = ("", "x", " ", "1", "0", "23", "+5.0", "VAT", "SEPA", "true", "2026-01-31Z")
_TAGS = (
    *("#ENTITY@ATMPAYMENT-001#1#", "#SOURCECURRENCYCODE#USD#", "CPE", "ANG", "AIM"),
    f"#CALCULATIONRATE#{'9' * 40}.00#",
)
_ATTRIBUTES = (
    *("schemeID", "schemeAgencyID", "name", "listID", "unitCode", "currencyID"),
    *("languageID", "mimeCode", "filename", "listVersionID"),
)
_NEW = (
    f'<cbc:UUID xmlns:cbc="{CBC}">u</cbc:UUID>',
    f'<cbc:Note xmlns:cbc="{CBC}" languageID="pt">n</cbc:Note>',
    f'<cbc:Description xmlns:cbc="{CBC}">d</cbc:Description>',
    f'<cbc:ID xmlns:cbc="{CBC}" schemeID="SEPA">i</cbc:ID>',
    (
        f'<cac:PartyIdentification xmlns:cac="{CAC}" xmlns:cbc="{CBC}">'
        '<cbc:ID schemeID="SEPA">c</cbc:ID></cac:PartyIdentification>'
    ),
    (
        f'<cac:PaymentTerms xmlns:cac="{CAC}" xmlns:cbc="{CBC}">'
        "<cbc:Note>a</cbc:Note><cbc:Note>b</cbc:Note></cac:PaymentTerms>"
    ),
)


def mutated(
    invoice: Invoice, data: st.DataObject, *, least: int = 0, most: int
) -> etree._Element:
    """Return the document of an invoice with so many changes."""
    root = etree.fromstring(write(invoice))
    for _ in range(data.draw(st.integers(least, most))):
        _mutate(root, data)
    return root


def _mutate(root: etree._Element, data: st.DataObject) -> None:
    """Change one thing about the tree."""
    elements = list(root.iter(etree.Element))
    element = data.draw(st.sampled_from(elements))
    how = data.draw(st.sampled_from(("text", "attribute", "delete", "copy", "new")))
    parent = element.getparent()
    if how == "text" and len(element) == 0:
        element.text = data.draw(st.sampled_from(_WORDS + _TAGS))
    elif how == "attribute":
        name = data.draw(st.sampled_from(_ATTRIBUTES))
        element.set(name, data.draw(st.sampled_from((*_WORDS, *_TAGS, "EUR"))))
    elif how == "new":
        made = etree.fromstring(data.draw(st.sampled_from(_NEW)))
        element.addprevious(made) if parent is not None else element.insert(0, made)
    elif parent is not None and how == "delete":
        parent.remove(element)
    elif parent is not None and how == "copy":
        copy = etree.fromstring(etree.tostring(element, with_tail=False))
        element.addnext(copy)
