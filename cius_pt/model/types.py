# SPDX-License-Identifier: MIT
"""Checks each value's fields against its own annotations when it is made.

A dataclass does not look at what it is given. Ours do, because a float that slips
into an amount or a `datetime` into a date is found best where it is written down.
The same table of field types drives the JSON form.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import MISSING, fields
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from operator import attrgetter, itemgetter
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from cius_pt.errors import InvalidValue
from cius_pt.values import dataclass

MOST_DIGITS = 20
_NOTHING = "nothing is given; leave it out instead"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldType:
    """What one field holds: `kind`, possibly none (`optional`) or a tuple (`many`)."""

    name: str
    kind: type
    optional: bool
    many: bool
    required: bool
    default: Any


def field_types(cls: type) -> tuple[FieldType, ...]:
    """Return the fields of the dataclass `cls`, in order, with their types resolved."""
    return _field_types(cls)


@cache
def _field_types(cls: Any) -> tuple[FieldType, ...]:
    hints = get_type_hints(cls)
    return tuple(
        _field_type(
            field.name,
            hints[field.name],
            required=field.default is MISSING,
            default=None if field.default is MISSING else field.default,
        )
        for field in fields(cls)
    )


def _field_type(name: str, hint: Any, *, required: bool, default: Any) -> FieldType:
    optional = many = False
    if isinstance(hint, UnionType):
        hint = next(arg for arg in get_args(hint) if arg is not NoneType)
        optional = True
    if get_origin(hint) is tuple:
        hint = get_args(hint)[0]
        many = True
    return FieldType(
        name=name,
        kind=hint,
        optional=optional,
        many=many,
        required=required,
        default=default,
    )


def check(value: Any) -> None:
    """Raise `InvalidValue` unless every field of `value` holds what it declares.

    A value of which nothing is given is refused too: it would leave no trace in the
    document.
    """
    cls: Any = type(value)
    given = _getter(cls)(value)
    doubts = _doubts(cls, tuple(map(type, given)))
    if doubts is None or not (
        all(doubts.texts(given)) and all(map(_is_short, doubts.numbers(given)))
    ):
        _check_each(cls, given)
        return
    something = doubts.something
    for index, field in doubts.many:
        if item := given[index]:
            something = True
            _check_many(item, field.kind, field.name)
    if not something:
        raise InvalidValue(_NOTHING)


def _check_each(cls: Any, given: tuple[Any, ...]) -> None:
    """Do the same one by one, and say what is wrong with the first that is."""
    something = False
    for field, item in zip(field_types(cls), given, strict=True):
        if item is None and field.optional:
            continue
        something = something or item != ()
        if field.many:
            _check_many(item, field.kind, field.name)
        else:
            _check_one(item, field.kind, field.name)
    if not something:
        raise InvalidValue(_NOTHING)


_Values = Callable[[Any], tuple[Any, ...]]


@cache
def _getter(cls: Any) -> _Values:
    """Return a function that gives the values of all fields."""
    names = [field.name for field in field_types(cls)]
    get = attrgetter(*names)
    # With one name it returns the value itself.
    return get if len(names) > 1 else lambda value: (get(value),)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doubts:
    """What can still be wrong with values of the right types.

    `texts` and `numbers` pick them from all values; `many` are the tuples, whose items
    nobody knows; `something` says whether anything but tuples is there.
    """

    texts: _Values
    numbers: _Values
    many: tuple[tuple[int, FieldType], ...]
    something: bool


@lru_cache(maxsize=4_096)
def _doubts(cls: Any, kinds: tuple[type, ...]) -> _Doubts | None:
    """Return what to look at in values of these types; None if they are not right.

    Most can be told from the types, and few combinations of them come up.
    """
    given = [
        (index, field)
        for index, (field, kind) in enumerate(zip(field_types(cls), kinds, strict=True))
        if not (field.optional and kind is NoneType)
    ]
    if any(kinds[i] is not (tuple if f.many else f.kind) for i, f in given):
        return None
    return _Doubts(
        texts=_pick([i for i, _ in given if kinds[i] in {str, bytes}]),
        numbers=_pick([i for i, _ in given if kinds[i] is Decimal]),
        many=tuple((i, field) for i, field in given if field.many),
        something=not all(field.many for _, field in given),
    )


def _pick(indexes: list[int]) -> _Values:
    if not indexes:
        return lambda _: ()
    # With one index it would return the value itself.
    return itemgetter(indexes[0], *indexes)


def _check_many(given: Any, kind: type[Any], path: str) -> None:
    if type(given) is not tuple:
        raise InvalidValue(
            f"expected a tuple, got {_a(given)}; write (x,) or tuple(…)", path=path
        )
    for index, item in enumerate(given):
        _check_one(item, kind, f"{path}[{index}]")


def _check_one(given: Any, kind: type[Any], path: str) -> None:
    if type(given) is not kind and (
        not isinstance(given, kind) or kind is dt.date or isinstance(given, bool)
    ):
        raise InvalidValue(f"expected {_wanted(kind)}, got {_a(given)}", path=path)
    if kind is Decimal:
        _check_number(given, path)
    elif not given and kind in {str, bytes}:
        raise InvalidValue("empty; leave the field out instead", path=path)


def _check_number(given: Decimal, path: str) -> None:
    """Refuse what is no number, or has more digits than any amount ever needs.

    1E+999999999 takes no room as a Decimal and a gigabyte when it is written out.
    """
    if _is_short(given):
        return
    if not given.is_finite():
        raise InvalidValue(f"{given} is not a number", path=path)
    exponent = given.as_tuple().exponent
    if not isinstance(exponent, int) or not (
        given.adjusted() < MOST_DIGITS and -MOST_DIGITS <= exponent < MOST_DIGITS
    ):
        raise InvalidValue(
            f"{given!s:.40} has more than {MOST_DIGITS} digits before or after the "
            "point; round it",
            path=path,
        )


def _is_short(given: Decimal) -> bool:
    """Whether a number is one beyond doubt; most are written with a few digits."""
    shown = str(given)
    return len(shown) <= MOST_DIGITS and "E" not in shown and given.is_finite()


def _wanted(kind: type) -> str:
    if kind is Decimal:
        return "a Decimal, such as Decimal('9.99') (a float cannot hold cents)"
    if kind is dt.date:
        return "a datetime.date (without time)"
    if issubclass(kind, Enum):
        return f"a {kind.__name__}, one of {', '.join(m.value for m in kind)}"
    return f"a {kind.__name__}"


def _a(given: Any) -> str:
    return "None" if given is None else f"{type(given).__name__} {given!r:.40}"
