# SPDX-License-Identifier: MIT
"""A trace counts the elements of a document without keeping any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cius_pt import xmlio
from cius_pt.testing.strategies import credit_notes, invoices
from cius_pt.ubl.read import read, traced
from cius_pt.ubl.write import write
from tests.mutated import mutated
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from cius_pt.model import Invoice

_STRANGE = (
    "<!-- c -->",
    "<?pi x?>",
    "<x:a xmlns:x='u'/>",
    "<x:a xmlns:x='u'>t<x:b/><!-- c --><x:b><x:c/></x:b></x:a>",
)

Said = list[tuple[str, str | None, str, str]]


def said(document: xmlio.XmlDocument) -> Said:
    """Return what every element stands for: path, term, tag and text."""
    _, trace = traced(document)
    return [
        (step.path, step.bt, str(step.element.tag), step.element.text or "")
        for step in trace.steps()
    ]


def with_strangers(root: etree._Element, places: list[tuple[int, str, bool]]) -> bytes:
    """Return the document with what the table does not know in or before elements."""
    elements = list(root.iter(etree.Element))[1:]
    for at, text, inside in places:
        element = elements[at % len(elements)]
        stranger = etree.fromstring(f"<a>{text}</a>")[0]
        element.append(stranger) if inside else element.addprevious(stranger)
    return etree.tostring(root, encoding="UTF-8")


@DRAWN
@given(
    invoices() | credit_notes(),
    st.lists(
        st.tuples(st.integers(0), st.sampled_from(_STRANGE), st.booleans()), max_size=5
    ),
    st.data(),
)
def test_strangers_change_nothing_of_what_the_others_stand_for(
    invoice: Invoice, places: list[tuple[int, str, bool]], data: st.DataObject
) -> None:
    root = mutated(invoice, data, most=2)
    before = xmlio.parse(etree.tostring(root, encoding="UTF-8"))
    after = xmlio.parse(with_strangers(root, places))
    assert said(after) == said(before)
    if any("<x:a" in text for _, text, _ in places):
        assert len(read(after).unread) > len(read(before).unread)


@DRAWN
@given(invoices() | credit_notes(), st.data())
def test_the_first_of_a_path_is_the_first_step_with_that_path(
    invoice: Invoice, data: st.DataObject
) -> None:
    document = xmlio.parse(write(invoice))
    _, trace = traced(document)
    steps = list(trace.steps())
    expected: dict[str, etree._Element] = {}
    for step in steps:
        expected.setdefault(step.path, step.element)
    paths = data.draw(st.sets(st.sampled_from([*expected, "no.such[0].path"])))
    found = trace.first(paths - {""})
    assert {path: document.element(number) for path, number in found.items()} == {
        path: expected[path] for path in paths - {"", "no.such[0].path"}
    }
    for step in steps:
        assert trace.step(step.element) == step
