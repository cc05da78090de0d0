"""What an expression is worth when some of its paths lead to nothing.

A proof without examples: a rule that asks for an element is broken only where the
element is missing; what another rule's test is worth there follows from XPath alone
(arithmetic with nothing is nothing, a comparison with nothing is not true). What does
not follow is UNKNOWN, and proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from elementpath import XPath2Parser
from lxml import etree

from cius_pt.schematron import rulebook

if TYPE_CHECKING:
    from collections.abc import Iterator

SCH = f"{{{rulebook.SCH}}}"
_PREDICATE = re.compile(r"\[[^\[\]]*\]")
_ARITHMETIC = {"+", "-", "*", "div", "abs", "round"}
_COMPARISONS = {"=", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "le", "gt", "ge"}
_PATHS = {"/", "//", "[", ":"}


class Worth(StrEnum):
    """All that is known of a value."""

    NOTHING = "nothing"  # the empty sequence: as a condition, false
    FALSE = "false"
    TRUE = "true"
    UNKNOWN = "unknown"


NO = {Worth.NOTHING, Worth.FALSE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """One assertion of the built-in rules, with the variables of its rule."""

    pattern: str
    context: str
    test: str
    lets: Mapping[str, str] = field(default_factory=dict)


@cache
def assertions() -> Mapping[str, list[Assertion]]:
    """Return the assertions of the built-in rules by id."""
    root = etree.fromstring(rulebook.assemble().encode())
    shared = _lets(root)
    found: dict[str, list[Assertion]] = {}
    for pattern in root.iter(f"{SCH}pattern"):
        for rule in pattern.iter(f"{SCH}rule"):
            lets = {**shared, **_lets(rule)}
            for item in rule.iter(f"{SCH}assert"):
                assertion = Assertion(
                    pattern=pattern.get("id", ""),
                    context=rule.get("context", ""),
                    test=item.get("test", ""),
                    lets=lets,
                )
                found.setdefault(item.get("id", ""), []).append(assertion)
    return found


def _lets(element: etree._Element) -> dict[str, str]:
    lets = element.iterfind(f"{SCH}let")
    return {let.get("name", ""): let.get("value", "") for let in lets}


@cache
def _parsed(expression: str) -> Any:
    root = etree.fromstring(rulebook.assemble().encode())
    spaces = {ns.get("prefix", ""): ns.get("uri", "") for ns in root.iter(f"{SCH}ns")}
    return XPath2Parser(namespaces=spaces).parse(expression)


@dataclass(slots=True)
class Void:
    """What is known: which paths lead to nothing, and which to something."""

    nothing: set[str] = field(default_factory=set)
    something: set[str] = field(default_factory=set)

    def assume(self, assertion: Assertion, *, holds: bool) -> None:
        """Take in that an assertion holds, or that it is broken."""
        self._take(_parsed(assertion.test), assertion.lets, holds)

    def worth(self, assertion: Assertion) -> Worth:
        """Return what an assertion's test is worth."""
        return self._of(_parsed(assertion.test), assertion.lets)

    def _take(self, token: Any, lets: Mapping[str, str], truth: bool) -> None:
        symbol, inner = token.symbol, list(token)
        if symbol == "$":
            self._take(_parsed(lets[token[0].value]), lets, truth)
        elif symbol == "(" and len(inner) == 1:
            self._take(inner[0], lets, truth)
        elif symbol == "not":
            self._take(inner[0], lets, not truth)
        elif symbol in {"or", "and"}:
            if truth is (symbol == "and"):
                for part in inner:
                    self._take(part, lets, truth)
        elif symbol in {"exists", "empty"}:
            self._led(list(_parts(inner[0])), (symbol == "exists") is truth)
        elif symbol in _PATHS:
            self._led([token], truth)

    def _led(self, paths: list[Any], somewhere: bool) -> None:
        if not somewhere:
            self.nothing |= {path.source for path in paths}
        elif len(paths) == 1:
            self.something.add(paths[0].source)

    def _of(self, token: Any, lets: Mapping[str, str]) -> Worth:  # noqa: PLR0911
        symbol, inner = token.symbol, list(token)
        if symbol in _PATHS:
            return self._path(token, lets)
        if symbol == "$":
            return self._of(_parsed(lets[token[0].value]), lets)
        if symbol == "(" and len(inner) == 1:
            return self._of(inner[0], lets)
        if symbol == "if":
            return self._either(*(self._of(part, lets) for part in inner))
        worths = [self._of(part, lets) for part in inner]
        if symbol == "|" and set(worths) == {Worth.NOTHING}:
            return Worth.NOTHING
        if symbol in _ARITHMETIC and Worth.NOTHING in worths:
            return Worth.NOTHING
        if symbol in _COMPARISONS and Worth.NOTHING in worths:
            return Worth.FALSE
        if symbol in {"exists", "empty"}:
            return self._there(list(_parts(inner[0])), lets, symbol == "exists")
        return _logic(symbol, worths)

    def _path(self, token: Any, lets: Mapping[str, str]) -> Worth:
        source = str(token.source)
        plain = source
        while plain != (plain := _PREDICATE.sub("", plain)):
            pass
        steps = plain.split("/")
        starts = {"/".join(steps[: count + 1]) for count in range(len(steps))}
        # What is nowhere in the document is not below this node either.
        anywhere = {f"//{start}" for start in starts if start}
        if self.nothing & ({source} | starts | anywhere):
            return Worth.NOTHING
        starting = token.symbol in {"/", "//", "["} and len(token) > 1
        nowhere = starting and self._of(token[0], lets) is Worth.NOTHING
        return Worth.NOTHING if nowhere else Worth.UNKNOWN

    def _there(self, parts: list[Any], lets: Mapping[str, str], sought: bool) -> Worth:
        if all(self._of(part, lets) is Worth.NOTHING for part in parts):
            return Worth.FALSE if sought else Worth.TRUE
        if self.something & {part.source for part in parts}:
            return Worth.TRUE if sought else Worth.FALSE
        return Worth.UNKNOWN

    def _either(self, condition: Worth, then: Worth, otherwise: Worth) -> Worth:
        if condition in NO:
            return otherwise
        if condition is Worth.TRUE or then is otherwise:
            return then
        return Worth.UNKNOWN


def _logic(symbol: str, worths: list[Worth]) -> Worth:
    if symbol == "not":
        flipped = {Worth.TRUE: Worth.FALSE, Worth.UNKNOWN: Worth.UNKNOWN}
        return flipped.get(worths[0], Worth.TRUE)
    if symbol == "and":
        if NO & set(worths):
            return Worth.FALSE
        return Worth.TRUE if set(worths) == {Worth.TRUE} else Worth.UNKNOWN
    if symbol == "or":
        if Worth.TRUE in worths:
            return Worth.TRUE
        return Worth.FALSE if set(worths) <= NO else Worth.UNKNOWN
    return Worth.UNKNOWN


def _parts(token: Any) -> Iterator[Any]:
    """Yield the members of a sequence: ``(a, b)`` has two."""
    if token.symbol in {"(", ","} and len(token):
        for part in token:
            yield from _parts(part)
    else:
        yield token
