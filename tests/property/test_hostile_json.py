# SPDX-License-Identifier: MIT
"""Whatever JSON says: an invoice, or `InvalidValue` at a place that exists."""

from __future__ import annotations

import contextlib
import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cius_pt.arithmetic import explain_totals
from cius_pt.errors import InvalidValue
from cius_pt.model import Invoice
from cius_pt.model.json import dumps, from_dict, invoice_from, loads, to_dict
from cius_pt.testing.strategies import credit_notes, invoices
from cius_pt.totals import with_totals
from cius_pt.ubl.write import write
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(("1e999999999", "NaN", "-0", "1_0", " 1", "٣", "2026-W05-6")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@DRAWN
@given(st.text() | st.binary())
@example("[" * 100_000)
@example('{"a": 1, "a": 2}')
@example(b"\xff\xfe\x00\xd8")
@example("9" * 5000)
@example('"\\ud800"')
def test_any_text_is_json_or_invalid(source: str | bytes) -> None:
    with contextlib.suppress(InvalidValue):
        loads(source)


@DRAWN
@given(JUNK)
@example(10**5000)
def test_any_value_is_no_invoice(value: Any) -> None:
    with pytest.raises(InvalidValue):
        invoice_from(value)


def spots(data: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every holder and key of a JSON value."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in list(items):
        yield data, key
        if isinstance(value, (dict, list)):
            yield from spots(value)


def exists(path: str, data: Any) -> bool:
    """Whether ``lines[2].vat`` leads somewhere in the JSON value.

    A key may hold what separates steps: every key that the path goes on with is tried.
    """
    if not path:
        return True
    if isinstance(data, list):
        data = {f"[{index}]": value for index, value in enumerate(data)}
    return isinstance(data, dict) and any(
        exists(path[len(key) :].removeprefix("."), value)
        for key, value in data.items()
        if path.startswith(key)
    )


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("", True),
        ("a", True),
        ("a.b[", True),
        ("a.c[1].d.e", True),
        ("a.b", False),
        ("a.c[2]", False),
        ("a.c[1].d.x", False),
    ],
)
def test_a_place_is_found_whatever_keys_are_called(path: str, *, there: bool) -> None:
    assert exists(path, {"a": {"b[": 1, "c": [0, {"d.e": 2}]}}) is there


@DRAWN
@given(invoices() | credit_notes(), st.data())
def test_a_broken_invoice_is_invalid_at_the_place_that_was_broken(
    invoice: Invoice, data: st.DataObject
) -> None:
    broken = json.loads(dumps(invoice))
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(list(spots(broken))))
        how = data.draw(st.sampled_from(("replace", "delete", "add", "swap")))
        if how == "replace":
            holder[key] = data.draw(JUNK)
        elif how == "delete":
            del holder[key]
        elif how == "swap":
            holder[key] = data.draw(st.sampled_from(list(spots(broken))))[0]
            # A value may not stand inside itself: JSON has no such thing.
            try:
                broken = json.loads(json.dumps(broken))
            except ValueError:
                return
        elif isinstance(holder, dict):
            holder[data.draw(st.text("abcxyz_", min_size=1))] = data.draw(JUNK)
        if not broken:
            return
    made, refused = attempt(partial(from_dict, Invoice, broken))
    if refused is not None:
        assert exists(refused.path, broken), refused
    else:
        assert_only_invalid(made)


def attempt(use: Callable[[], Any]) -> tuple[Any, InvalidValue | None]:
    """Return what `use` gives, or why it refuses."""
    try:
        return use(), None
    except InvalidValue as error:
        return None, error


def assert_only_invalid(invoice: Invoice) -> None:
    """Whatever the model lets in can be shown, added up and written, or is refused."""
    assert from_dict(Invoice, to_dict(invoice)) == invoice
    for use in (
        with_totals,
        explain_totals,
        write,
        lambda given_: write(given_, strict=False),
        lambda given_: write(with_totals(given_)),
    ):
        _, refused = attempt(partial(use, invoice))
        if refused is not None:
            head = re.split(r"[.\[]", refused.path)[0]
            assert head in Invoice.__slots__, refused
