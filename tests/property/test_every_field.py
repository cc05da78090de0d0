# SPDX-License-Identifier: MIT
"""A field that someone adds needs a strategy and a place in the document."""

from __future__ import annotations

import datetime as dt
from dataclasses import is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import cius_pt.model
from cius_pt.errors import InvalidValue
from cius_pt.model import Invoice, Payment, Withholding
from cius_pt.model.json import invoice_from, to_dict
from cius_pt.model.types import FieldType, field_types
from cius_pt.testing import strategies
from cius_pt.ubl.write import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODELS = {
    model
    for model in vars(cius_pt.model).values()
    if isinstance(model, type) and is_dataclass(model)
}
# What no legal document can say: a remittance text that is no reference
# (DT-CIUS-PT-080), a type of withholding that is not IRF (DT-CIUS-PT-020_11).
ILLEGAL = {(Payment, "remittance"), (Withholding, "type")}
_OTHER_TEXT = {"kind": "FS", "currency": "AED"}


@cache
def corpus() -> tuple[Invoice, ...]:
    """Draw enough documents for everything to have come."""
    drawn: list[Invoice] = []

    @settings(
        max_examples=250,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=tuple(HealthCheck),
    )
    @given(strategies.invoices() | strategies.credit_notes())
    def draw(invoice: Invoice) -> None:
        drawn.append(invoice)

    draw()
    return tuple(drawn)


def seen(value: Any) -> Iterator[tuple[type, str, bool]]:
    """Yield class, field and whether it differs from its default, for all below."""
    for field in field_types(type(value)):
        given_ = getattr(value, field.name)
        yield type(value), field.name, given_ != field.default
        for item in given_ if isinstance(given_, tuple) else (given_,):
            if is_dataclass(item):
                yield from seen(item)


def test_every_field_has_a_strategy() -> None:
    found = {entry for invoice in corpus() for entry in seen(invoice)}
    wanted = {
        (model, field.name, is_set)
        for model in MODELS
        for field in field_types(model)
        for is_set in ((True,) if field.required else (True, False))
        if (model, field.name) not in ILLEGAL or not is_set
    }
    # What every legal document has.
    always = {("Line", "net_amount"), ("Invoice", "totals"), ("Invoice", "deliveries")}
    missing = {
        (model.__name__, name, is_set)
        for model, name, is_set in wanted - found
        if not ((model.__name__, name) in always and not is_set)
    }
    assert missing == set()


def test_every_model_class_has_a_strategy() -> None:
    drawn = {type(found) for invoice in corpus() for found in objects(invoice)}
    assert drawn == MODELS


def objects(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for item in value:
            yield from objects(item)
    elif is_dataclass(value):
        yield value
        for field in field_types(type(value)):
            yield from objects(getattr(value, field.name))


def test_every_field_is_bound() -> None:
    """Changing any field of some document changes what is written."""
    left = {
        (model, field.name)
        for model in MODELS
        for field in field_types(model)
        if (model, field.name) != (Payment, "remittance")
        if not is_dataclass(field.kind)
    }
    for invoice in corpus():
        if not left:
            break
        written = write(invoice, strict=False)
        data = to_dict(invoice)
        for model, field, holder in list(places(Invoice, data)):
            if (model, field.name) in left and changes(data, field, holder, written):
                left.discard((model, field.name))
    assert {(model.__name__, name) for model, name in left} == set()


def places(model: type, data: Any) -> Iterator[tuple[type, FieldType, dict[str, Any]]]:
    """Yield class, field and holder of everything that is set in the JSON form."""
    for field in field_types(model):
        if field.name not in data:
            continue
        yield model, field, data
        if is_dataclass(field.kind):
            given_ = data[field.name]
            for item in given_ if field.many else [given_]:
                yield from places(field.kind, item)


def changes(
    data: Any, field: FieldType, holder: dict[str, Any], written: bytes
) -> bool:
    before = holder[field.name]
    if field.many:
        del holder[field.name]
    else:
        holder[field.name] = other(field, before)
    try:
        return write(invoice_from(data), strict=False) != written
    except InvalidValue:
        return False
    finally:
        holder[field.name] = before


def other(field: FieldType, before: Any) -> Any:
    """Return another value of the same kind, in its JSON form."""
    if issubclass(field.kind, Enum):
        return {"FS": "FT", "NC": "381", "381": "NC"}.get(before, "FS")
    different: dict[type, Callable[[], Any]] = {
        int: lambda: before + 1,
        bytes: lambda: "AAAA" if before != "AAAA" else "AAAB",
        bool: lambda: not before,
        Decimal: lambda: f"{Decimal(before) + 1:f}",
        dt.date: lambda: "2026-02-28" if before != "2026-02-28" else "2026-03-01",
        str: lambda: _OTHER_TEXT.get(field.name, before + "x"),
    }
    return different[field.kind]()


def test_every_public_strategy_can_be_drawn() -> None:
    for name in strategies.__all__:
        if name in {"documents_of", "texts"}:
            continue
        strategy = getattr(strategies, name)()
        assert isinstance(strategy, st.SearchStrategy), name

        @settings(max_examples=3, database=None, phases=(Phase.generate,))
        @given(strategy)
        def draw(value: Any) -> None:
            assert value is not None

        draw()
