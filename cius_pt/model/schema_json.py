# SPDX-License-Identifier: MIT
"""The JSON Schema of the canonical JSON form, made from the model itself.

``python -m cius_pt.model.schema_json`` prints it; `schemas/invoice.schema.json` is that
output. Every description is what the class says of the field.
"""

from __future__ import annotations

import datetime as dt
import inspect
import json
import re
import sys
from dataclasses import is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from cius_pt.model.document import Invoice
from cius_pt.model.types import MOST_DIGITS, FieldType, field_types

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NUMBER = {
    "type": ["string", "integer"],
    "pattern": rf"^-?[0-9]{{1,{MOST_DIGITS}}}(\.[0-9]{{1,{MOST_DIGITS}}})?$",
    "exclusiveMinimum": -(10**MOST_DIGITS),
    "exclusiveMaximum": 10**MOST_DIGITS,
}
_SCALARS: dict[type, dict[str, Any]] = {
    str: {"type": "string", "minLength": 1},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    bytes: {"type": "string", "minLength": 1, "contentEncoding": "base64"},
    dt.date: {
        "type": "string",
        "format": "date",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    },
}
_SENTENCE = re.compile(r"(?<=\.)\s+(?=`|[A-Z])")


def invoice_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of an invoice."""
    definitions: dict[str, Any] = {}
    _define(Invoice, definitions)
    return {
        "$schema": _DIALECT,
        "title": "cius_pt invoice",
        "description": (
            "An invoice as cius-pt build takes it. Numbers are texts or whole "
            "numbers, never floats. What is not known is left out."
        ),
        "$ref": "#/$defs/Invoice",
        "$defs": dict(sorted(definitions.items())),
    }


def dumps() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(invoice_schema(), ensure_ascii=False, indent=2) + "\n"


def _define(model: type, definitions: dict[str, Any]) -> None:
    if model.__name__ in definitions:
        return
    schema: dict[str, Any] = {
        "type": "object",
        "description": _sentences(model)[0],
        "properties": {},
        "required": [field.name for field in field_types(model) if field.required],
        "additionalProperties": False,
        "minProperties": 1,
    }
    if model is Invoice:
        schema["dependentRequired"] = {"qr": ["atcud"]}
    definitions[model.__name__] = schema
    for field in field_types(model):
        schema["properties"][field.name] = _property(model, field, definitions)


def _property(
    model: type, field: FieldType, definitions: dict[str, Any]
) -> dict[str, Any]:
    value = _value(field.kind, definitions)
    if field.many:
        value = {"type": "array", "items": value}
    said = [text for text in _sentences(model) if f"`{field.name}`" in text]
    if said:
        value = {"description": " ".join(said).replace("`", ""), **value}
    if isinstance(field.default, (str, bool)):
        value = {**value, "default": field.default}
    return value


def _value(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    if is_dataclass(kind):
        _define(kind, definitions)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if issubclass(kind, Enum):
        return {"enum": [member.value for member in kind]}
    return _NUMBER if kind is Decimal else _SCALARS[kind]


def _sentences(model: type) -> list[str]:
    text = inspect.getdoc(model) or ""
    prose = text.split(">>>")[0].replace("``", '"')
    return _SENTENCE.split(" ".join(prose.split()))


if __name__ == "__main__":
    sys.stdout.write(dumps())
