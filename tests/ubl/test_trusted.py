# SPDX-License-Identifier: MIT
"""The model would say nothing against what a reading makes without asking it."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cius_pt.errors import FindingsError
from cius_pt.model import Address, Line, Vat
from cius_pt.model.types import check, field_types
from cius_pt.testing.strategies import credit_notes, invoices
from cius_pt.ubl import trusted as trusted_module
from cius_pt.ubl.read import UNREADABLE, read
from cius_pt.ubl.table import CREDIT_NOTE, INVOICE
from cius_pt.ubl.trusted import _AFTER, _twins, needed, trusted
from cius_pt.ubl.write import write
from tests.mutated import mutated
from tests.profiles import DRAWN
from tests.samples import invoice as invoice_sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.model import Invoice
    from cius_pt.ubl.binding import Node

ADDRESS = {"country": "PT", "city": "Faro"}


def parts(value: Any) -> Iterator[Any]:
    """Yield every object of the model in a value, itself last."""
    if isinstance(value, tuple):
        for item in value:
            yield from parts(item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from parts(getattr(value, field.name))
        yield value


@DRAWN
@given(invoices() | credit_notes(), st.data())
def test_whatever_is_read_is_what_the_model_would_have_made(
    invoice: Invoice, data: st.DataObject
) -> None:
    root = mutated(invoice, data, most=4)
    try:
        again = read(etree.tostring(root, encoding="UTF-8")).invoice
    except FindingsError:
        return
    for value in parts(again):
        check(value)
        given = {each.name: getattr(value, each.name) for each in fields(value)}
        assert type(value)(**given) == value


@pytest.mark.parametrize("length", [20, 21, 22, 40])
@pytest.mark.parametrize(
    "tag", ["PriceAmount", "PayableAmount", "Percent", "InvoicedQuantity"]
)
def test_a_number_that_no_amount_needs_is_still_refused(tag: str, length: int) -> None:
    root = etree.fromstring(write(invoice_sample()))
    element = next(root.iter(f"{{*}}{tag}"))
    element.text = "9" * length + ".00"
    document = etree.tostring(root, encoding="UTF-8")
    # The second time its text may be known.
    for reading in (read(document), read(document)):
        too_long = [x for x in reading.findings if "more than 20 digits" in x.message]
        assert bool(too_long) is (length > 20)
        assert {x.rule for x in too_long} <= {UNREADABLE}
        assert reading.complete is (length <= 20)


@pytest.mark.parametrize("table", [INVOICE, CREDIT_NOTE], ids=lambda table: table.name)
def test_every_form_of_the_table_reads_what_its_field_holds(table: Any) -> None:
    root = type(invoice_sample())
    seen = 0
    for model, name, form in rows(table.children, root):
        kinds = {each.name: each.kind for each in field_types(model)}
        if name not in kinds:
            continue  # a tagged row, whose rule makes its objects itself
        read_as = {
            "Text": str,
            "Number": Decimal,
            "Binary": bytes,
            "Flag": bool,
        }.get(type(form).__name__)
        if read_as is not None:
            assert read_as is kinds[name], (model, name)
            seen += 1
    assert seen > 100


def rows(nodes: tuple[Node, ...], model: type) -> Iterator[tuple[type, str, Any]]:
    """Yield model, field and form of every row and attribute below."""
    for node in nodes:
        owner = node.part_model or model
        inner = node.model or model
        if node.field is not None and node.model is None:
            yield owner, node.field, node.form
        if node.text_field is not None:
            yield inner, node.text_field, node.form
        for attribute in node.attributes:
            if attribute.field is not None:
                yield (inner if node.model else owner), attribute.field, attribute.form
        yield from rows(node.children, inner)


@pytest.mark.parametrize("before", [0, _AFTER])
def test_an_object_made_so_is_like_any_other(
    before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(_twins, Address, raising=False)
    monkeypatch.delitem(trusted_module._made, Address, raising=False)  # noqa: SLF001
    for _ in range(before):
        trusted(Address, ADDRESS)
    assert (Address in _twins) is (before > 0)
    made, usual = trusted(Address, ADDRESS), Address(**ADDRESS)
    assert type(made) is Address
    assert (made, hash(made), repr(made)) == (usual, hash(usual), repr(usual))
    assert replace(made, city="Loulé") == replace(usual, city="Loulé")
    assert pickle.loads(pickle.dumps(made)) == usual  # noqa: S301 - our own bytes
    assert copy.deepcopy(made) == usual
    with pytest.raises(FrozenInstanceError):
        made.city = "Loulé"  # type: ignore[misc] # that is the point


def test_what_a_document_has_to_say_has_no_default() -> None:
    assert list(needed(Vat)) == ["category", "scheme"]
    assert Vat(category="NOR").scheme == "VAT"
    for _ in range(2):  # without a twin, then with one
        with pytest.raises(TypeError, match="scheme"):
            trusted(Vat, {"category": "NOR"})
        with pytest.raises(TypeError, match="unit"):
            trusted(Line, {"id": "1"})
        for _ in range(_AFTER):
            trusted(Vat, {"category": "NOR", "scheme": "VAT"})
