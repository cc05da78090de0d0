# SPDX-License-Identifier: MIT
"""The canonical JSON form of the model: field names as keys, nothing else.

Numbers are strings or whole numbers ("9.99", 2), never floats; dates are YYYY-MM-DD;
codes are themselves; bytes are base64. What is None or empty is left out. An error
says where: ``lines[2].vat.rate: …``.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from dataclasses import is_dataclass
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from cius_pt.errors import InvalidValue
from cius_pt.model.document import Invoice
from cius_pt.model.types import FieldType, field_types

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def loads(text: str | bytes) -> Any:
    """Return the parsed JSON with floats and repeated keys refused.

    Raises `InvalidValue` when it is not JSON, with line and column.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")  # some editors write the mark
        return json.loads(
            text,
            parse_float=_Float,
            parse_constant=_Float,
            object_pairs_hook=_unique,
        )
    except RecursionError:
        raise InvalidValue("not an invoice: nested too deep") from None
    except UnicodeDecodeError as error:
        raise InvalidValue(f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise InvalidValue(
            f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        ) from None
    except ValueError as error:
        # CPython limits the digits of a whole number it converts.
        raise InvalidValue(f"not JSON we read: {error}") from None


def dumps(value: Any) -> str:
    """Return the canonical JSON text of a model value."""
    return json.dumps(to_dict(value), ensure_ascii=False, indent=2)


def invoice_from(data: Any) -> Invoice:
    """Return the invoice that parsed JSON stands for, or raise `InvalidValue`."""
    return from_dict(Invoice, data)


def to_dict(value: Any) -> Any:
    """Return the JSON form of a model value."""
    if is_dataclass(value):
        return {
            field.name: to_dict(given)
            for field in field_types(type(value))
            if (given := getattr(value, field.name)) is not None
            and (given != () or field.required)
        }
    if isinstance(value, tuple):
        return [to_dict(item) for item in value]
    for kind, show in _SHOWN:
        if isinstance(value, kind):
            return show(value)
    return value


def from_dict(model: type[T], data: Any) -> T:
    """Return the `model` object that `data` describes, or raise `InvalidValue`."""
    if not isinstance(data, dict):
        _refuse(f"expected an object with the fields of {model.__name__}", data)
    fields = {field.name: field for field in field_types(model)}
    for key in data:
        if key not in fields:
            near = get_close_matches(str(key), fields, n=1, cutoff=0.5)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise InvalidValue(
                f"{model.__name__} has no such field{hint}", path=str(key)
            )
    missing = [f.name for f in fields.values() if f.required and f.name not in data]
    if missing:
        raise InvalidValue(f"mandatory and not there: {', '.join(missing)}")
    values = {
        key: _field(fields[key], given)
        for key, given in data.items()
        if given is not None
    }
    try:
        return model(**values)
    except TypeError:
        nulls = ", ".join(key for key in data if data[key] is None)
        raise InvalidValue(f"mandatory and null: {nulls}") from None


def _field(field: FieldType, given: Any) -> Any:
    if not field.many:
        return _one(field.kind, given, field.name)
    if not isinstance(given, list):
        _refuse("expected a list", given, field.name)
    return tuple(
        _one(field.kind, item, f"{field.name}[{index}]")
        for index, item in enumerate(given)
    )


def _one(kind: type, given: Any, path: str) -> Any:
    try:
        if is_dataclass(kind):
            return from_dict(cast("type[Any]", kind), given)
        return _scalar(kind, given)
    except InvalidValue as error:
        raise error.under(path) from None


def _scalar(kind: type, given: Any) -> Any:
    if isinstance(given, _Float):
        raise InvalidValue(
            f'{given} is a float, which cannot hold cents; write it as "{given}"'
        )
    if kind is Decimal:
        return _decimal(given)
    if kind in {bool, int}:
        if type(given) is not kind:
            _refuse(
                f"expected {'true or false' if kind is bool else 'a whole number'}",
                given,
            )
        return given
    if not isinstance(given, str):
        _refuse("expected a text", given)
    try:
        return _READ[kind](given) if kind in _READ else kind(given)
    except ValueError:
        _refuse(f"expected {_wanted(kind)}", given)


def _wanted(kind: type) -> str:
    if issubclass(kind, Enum):
        return "one of " + ", ".join(str(member.value) for member in kind)
    return "base64" if kind is bytes else "a date as YYYY-MM-DD"


def _date(given: str) -> dt.date:
    # fromisoformat also takes 20260131 and 2026-W05-6.
    if _DATE.fullmatch(given) is None:
        raise ValueError(given)
    return dt.date.fromisoformat(given)


def _base64(given: str) -> bytes:
    return base64.b64decode(given, validate=True)


_READ: dict[type, Callable[[str], Any]] = {dt.date: _date, bytes: _base64}
_SHOWN: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (Decimal, "{:f}".format),
    (dt.date, dt.date.isoformat),
    (Enum, lambda member: member.value),
    (bytes, lambda given: base64.b64encode(given).decode("ascii")),
)


def _decimal(given: Any) -> Decimal:
    if isinstance(given, int) and not isinstance(given, bool):
        return Decimal(given)
    if not isinstance(given, str) or _NUMBER.fullmatch(given) is None:
        _refuse('expected a number as a text, such as "9.99"', given)
    return Decimal(given)


def _refuse(message: str, given: Any, path: str = "") -> NoReturn:
    try:
        shown = json.dumps(given, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        # What was not read from JSON need not be JSON: a cycle, a huge number.
        shown = type(given).__name__
    shown = shown if len(shown) <= 40 else f"{shown[:40]}…"  # noqa: PLR2004 - a line
    raise InvalidValue(f"{message}, got {shown}", path=path)


class _Float(str):
    """A number that JSON wrote with a point, an exponent, or as NaN."""

    __slots__ = ()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise InvalidValue(f"the key {twice[0]} is there twice")
    return result
