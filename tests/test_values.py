# SPDX-License-Identifier: MIT
"""`cius_pt.values.dataclass` beside the decorator of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt import values
from tests.profiles import DRAWN
from tests.test_floors import PACKAGE

USUAL = {"frozen": True, "slots": True, "kw_only": True}


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    """Return one class as the standard library makes it, and as we do."""
    flags: st.SearchStrategy[Any] = st.fixed_dictionaries(
        {
            "compare": st.booleans(),
            "repr": st.booleans(),
            "hash": st.sampled_from((None, True, False)),
        }
    )
    drawn = draw(st.dictionaries(st.sampled_from("abcd"), flags))
    options = {
        **draw(st.sampled_from((USUAL, USUAL, {}, {"frozen": True}, {"slots": True}))),
        **draw(st.sampled_from(({}, {"eq": False}, {"repr": False}))),
    }
    written: dict[str, Any] = draw(
        st.sampled_from(
            (
                {},
                {"__repr__": lambda _: "mine"},
                {"__eq__": lambda *_: True},
                {"__hash__": lambda _: 7},
            )
        )
    )

    def made(decorator: Any) -> Any:
        space = {
            **written,
            **{name: dataclasses.field(**each) for name, each in drawn.items()},
            "__annotations__": dict.fromkeys(drawn, "int"),
            "__module__": __name__,
            "__doc__": "One.",
        }
        return decorator(**options)(type("One", (), space))

    return made(dataclasses.dataclass), made(values.dataclass)


@DRAWN
@given(pairs(), st.data())
def test_a_class_does_what_the_standard_one_does(
    pair: tuple[Any, Any], data: st.DataObject
) -> None:
    theirs, ours = pair
    names = [each.name for each in dataclasses.fields(theirs)]
    assert [each.name for each in dataclasses.fields(ours)] == names
    assert inspect.signature(ours) == inspect.signature(theirs)
    assert getattr(ours, "__slots__", None) == getattr(theirs, "__slots__", None)
    assert ours.__match_args__ == theirs.__match_args__
    drawn = st.fixed_dictionaries(dict.fromkeys(names, st.integers(0, 1)))
    one, other = data.draw(drawn), data.draw(drawn)
    assert _told(ours, one, other) == _told(theirs, one, other)


def _told(cls: Any, one: dict[str, int], other: dict[str, int]) -> list[object]:
    first, second = cls(**one), cls(**other)
    return [
        first == second,
        first != second,
        first == cls(**one),
        first == object(),
        _result(lambda: hash(first)) if cls.__hash__ is not object.__hash__ else None,
        repr(first) if cls.__repr__ is not object.__repr__ else None,
        dataclasses.asdict(dataclasses.replace(first, **other)),
        _result(lambda: setattr(first, "a", 5)),
        _result(lambda: delattr(first, "a")),
    ]


def _result(run: Any) -> object:
    try:
        return run()
    except (AttributeError, TypeError) as error:
        return type(error)


@values.dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A value with one field that nobody sees."""

    first: Any
    second: Any = 2
    secret: str = dataclasses.field(default="s", repr=False)


class Child(Pair):
    """Another class with the same fields."""

    __slots__ = ()


def test_a_value_can_be_copied_and_sent() -> None:
    value = Pair(first=(1,))
    assert copy.deepcopy(value) == value
    assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 - our own


def test_values_of_two_classes_are_not_equal() -> None:
    assert Pair(first=1) != Child(first=1)
    assert Child(first=1) == Child(first=1)
    assert len({Pair(first=1), Pair(first=1), Child(first=1)}) == 2


def test_what_is_not_shown_is_not_shown() -> None:
    assert repr(Pair(first=1)) == "Pair(first=1, second=2)"


def test_a_value_that_holds_itself_is_shown() -> None:
    held: list[object] = []
    held.append(Pair(first=held))
    assert repr(held[0]) == "Pair(first=[...], second=2)"


def test_pytest_explains_how_two_values_differ() -> None:
    with pytest.raises(AssertionError, match=r"Differing attributes:\s+\['second'\]"):
        assert Pair(first=1) == Pair(first=1, second=3)


def test_every_class_of_the_package_is_made_here() -> None:
    standard = re.compile(r"^from dataclasses import .*\bdataclass\b", re.MULTILINE)
    paths = [*PACKAGE.rglob("*.py")]
    assert len(paths) > 100
    others = [p for p in paths if standard.search(p.read_text(encoding="utf-8"))]
    assert others == []
