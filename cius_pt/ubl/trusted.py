# SPDX-License-Identifier: MIT
"""Makes objects of values that the binding table vouches for, without a second look.

The model looks at everything it is given (`cius_pt.model.types.check`). Whoever reads a
document has done so: each text is read by the lexical form of its field. And a frozen
dataclass takes three times as long for each field as another one, of which a document
has hundreds.
"""

from __future__ import annotations

from dataclasses import MISSING, field, make_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cius_pt.model.types import field_types

if TYPE_CHECKING:
    from collections.abc import Callable, KeysView


def trusted(model: type, given: dict[str, Any]) -> Any:
    """Return ``model(**given)``, of values that are known to be what it declares.

    Raises TypeError when one is missing that a document has to have.
    """
    twin = _twins.get(model)
    if twin is None:
        return _usual(model, given)
    value = twin(**given)
    value.__class__ = model
    return value


# A twin takes half a millisecond to make: who reads one document does without.
_AFTER: Final = 16
_twins: dict[type, Callable[..., Any]] = {}
_made: dict[type, int] = {}


def _usual(model: type, given: dict[str, Any]) -> Any:
    """Return the object as anyone makes it, and a twin for the next ones in time."""
    if not given.keys() >= needed(model):
        raise TypeError(f"{model.__name__} lacks {needed(model) - given.keys()}")
    _made[model] = _made.get(model, 0) + 1
    if _made[model] >= _AFTER:
        _twins[model] = _twin(model)
    return model(**given)


@cache
def needed(model: type) -> KeysView[str]:
    """Return the fields without which there is no value of `model`, in order."""
    return dict.fromkeys(
        item.name
        for item in field_types(model)
        # A default is for who builds an invoice. One that is read says its
        # country, unit, currency or tax, or there is no telling.
        if item.required or item.default not in {None, ()}
    ).keys()


def _twin(model: type) -> type:
    """Return a class that is neither frozen nor looks at its fields.

    Python lets an object change its class when both lay out their objects alike.
    """
    rows = [
        (
            item.name,
            Any,
            field(default=MISSING if item.name in needed(model) else item.default),
        )
        for item in field_types(model)
    ]
    return make_dataclass(
        model.__name__,
        rows,
        # Without a text of its own, half the time would go into making one.
        namespace={"__doc__": model.__doc__},
        eq=False,
        repr=False,
        match_args=False,
        kw_only=True,
        slots=True,
    )
