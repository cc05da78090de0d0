# SPDX-License-Identifier: MIT
"""Abstract patterns and abstract rules, written out.

Parameters are plain text substitution (ISO 19757-3, 6.3): ``$name`` is replaced
wherever it stands in an expression, the longest name first. Names are taken to the
letter, trailing blanks included: CEN's and eSPap's rule sets define ``"Invoice_Line "``
and write ``$Invoice_Line ``, which keeps it apart from ``$Invoice_Line_Price ``.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, NoReturn, Protocol

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# The attributes that hold expressions; messages are not touched.
_EXPRESSIONS = ("context", "test", "value", "select", "path")


class Refuse(Protocol):
    """How the reader says no."""

    def __call__(self, element: etree._Element, what: str, /) -> NoReturn:
        """Raise `ArtefactError` for this element."""


class Parameters:
    """The parameters of one ``is-a`` pattern."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values = dict(pairs)
        # By first character: a rule set has a thousand of them.
        self._names = sorted(self._values, key=len, reverse=True)

    def fill(self, text: str) -> str:
        """Return `text` with every parameter replaced, once, from left to right."""
        head, *rest = text.split("$")
        done = [head]
        for piece in rest:
            name = next((n for n in self._names if piece.startswith(n)), None)
            done.append(
                f"${piece}" if name is None else self._values[name] + piece[len(name) :]
            )
        return "".join(done)


def instantiate(abstract: etree._Element, parameters: Parameters) -> etree._Element:
    """Return a copy of an abstract pattern with its parameters filled in."""
    pattern = copy.deepcopy(abstract)
    for element in pattern.iter():
        for name in _EXPRESSIONS:
            value = element.get(name)
            if value is not None and "$" in value:
                element.set(name, parameters.fill(value))
    return pattern


def resolve_extends(
    rule: etree._Element,
    abstract: Mapping[str, etree._Element],
    refuse: Refuse,
    chain: tuple[str, ...] = (),
) -> Iterator[etree._Element]:
    """Yield the children of a rule, those of the rules it extends in their place."""
    for child in rule:
        if etree.QName(child).localname != "extends":
            yield child
            continue
        name = child.get("rule")
        if name is None or name not in abstract:
            refuse(child, f"extends {name!r}: there is no such abstract rule")
        if name in chain:
            refuse(child, f"extends {name!r} in a circle")
        yield from resolve_extends(abstract[name], abstract, refuse, (*chain, name))
