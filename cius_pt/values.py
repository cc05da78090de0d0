# SPDX-License-Identifier: MIT
"""`dataclass` of the standard library, made sooner.

The standard one compiles the text of six methods for every class: for the ninety
classes of a new process that checks one invoice, a third of its own work. Equality,
hash and repr need no text of their own; here all frozen classes share them. Who reads
types sees the standard decorator.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass

    Getter = Callable[[Any], tuple[Any, ...]]
else:

    def dataclass(cls: type | None = None, /, **options: Any) -> Any:
        """Make a dataclass of a class; the options are those of `dataclasses`."""

        def made(cls: type) -> type:
            own = cls.__dict__
            usual = options.get("frozen") and options.get("eq", True)
            if not usual or "__eq__" in own or "__hash__" in own:
                return dataclasses.dataclass(**options)(cls)
            cls.__eq__, cls.__hash__ = _equal, _hash
            if options.get("repr", True) and "__repr__" not in own:
                cls.__repr__ = _repr
            return dataclasses.dataclass(**{**options, "eq": False, "repr": False})(cls)

        return made if cls is None else made(cls)


__all__ = ["dataclass"]


def _equal(self: Any, other: object) -> Any:
    compared, _ = _parts(self.__class__)
    if other.__class__ is self.__class__:
        return compared(self) == compared(other)
    return NotImplemented


# Methods that were made stand in no file: so pytest knows them, and explains field by
# field why two values differ.
_equal.__code__ = _equal.__code__.replace(co_filename="<string>")


def _hash(self: Any) -> int:
    _, hashed = _parts(self.__class__)
    return hash(hashed(self))


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (
        f"{each.name}={getattr(self, each.name)!r}"
        for each in dataclasses.fields(self)
        if each.repr
    )
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


@cache
def _parts(cls: Any) -> tuple[Getter, Getter]:
    """Return what gets the fields of a value that are compared, and that are hashed."""
    fields = dataclasses.fields(cls)
    compared = [each.name for each in fields if each.compare]
    hashed = [
        each.name
        for each in fields
        if (each.compare if each.hash is None else each.hash)
    ]
    return _getter(compared), _getter(hashed)


def _getter(names: list[str]) -> Getter:
    if len(names) > 1:
        return attrgetter(*names)
    # Of one name an attrgetter makes no tuple, of none there is no attrgetter.
    return lambda value: tuple(getattr(value, name) for name in names)
