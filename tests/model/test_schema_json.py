# SPDX-License-Identifier: MIT
from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.errors import InvalidValue
from cius_pt.model import schema_json
from cius_pt.model.json import dumps, invoice_from
from cius_pt.testing.strategies import credit_notes, invoices
from tests import samples
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from cius_pt.model import Invoice

FILE = Path(__file__).resolve().parents[2] / "schemas" / "invoice.schema.json"
jsonschema = pytest.importorskip("jsonschema", reason="needs the jsonschema package")
VALIDATOR = jsonschema.Draft202012Validator(schema_json.invoice_schema())


def test_the_schema_in_the_repository_is_the_one_the_model_makes() -> None:
    assert FILE.read_text(encoding="utf-8") == schema_json.dumps()


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_json.dumps()))


def test_every_class_and_every_field_is_described() -> None:
    for name, model in schema_json.invoice_schema()["$defs"].items():
        assert model["description"], name
        for field, value in model["properties"].items():
            assert field in value["description"], f"{name}.{field}"


@DRAWN
@given(invoices() | credit_notes())
def test_every_legal_document_is_valid(invoice: Invoice) -> None:
    assert list(VALIDATOR.iter_errors(json.loads(dumps(invoice)))) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("numbr", "FT 1/1"),
        ("prepaid", 1.5),
        ("prepaid", "1e3"),
        ("prepaid", "1,00"),
        ("prepaid", True),
        ("prepaid", "9" * 21),
        ("prepaid", 10**20),
        ("number", 7),
        ("number", ""),
        ("issue_date", "31-01-2026"),
        ("issue_date", "2026-W05-6"),
        ("kind", "XX"),
        ("lines", {}),
        ("lines", [{}]),
        ("seller", "Loja Azul"),
        ("period", {}),
        ("qr", "A:123456789*"),
    ],
)
def test_schema_and_reader_refuse_the_same(key: str, value: Any) -> None:
    data = {**json.loads(dumps(samples.invoice())), key: value}
    assert not VALIDATOR.is_valid(data)
    with pytest.raises(InvalidValue):
        invoice_from(json.loads(json.dumps(data), parse_float=float))


@pytest.mark.parametrize("key", ["number", "lines", "seller", "kind", "issue_date"])
def test_what_is_mandatory_is_required(key: str) -> None:
    data = json.loads(dumps(samples.invoice()))
    del data[key]
    assert not VALIDATOR.is_valid(data)
    with pytest.raises(InvalidValue, match=key):
        invoice_from(data)


JUNK = st.recursive(
    st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


@DRAWN
@given(invoices() | credit_notes(), st.data())
def test_what_the_reader_takes_the_schema_takes(
    invoice: Invoice, data: st.DataObject
) -> None:
    broken = json.loads(dumps(invoice))
    broken[data.draw(st.sampled_from(list(broken)))] = data.draw(JUNK)
    try:
        invoice_from(broken)
    except InvalidValue:
        return
    assert VALIDATOR.is_valid(broken)
