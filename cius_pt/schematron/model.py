# SPDX-License-Identifier: MIT
"""What a Schematron says, as values.

These are the parts of ISO 19757-3 after inclusion, after the expansion of abstract
patterns and after ``extends``: what is left is patterns of rules of assertions. All
expressions are kept as the text that was published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from cius_pt.errors import ArtefactError
from cius_pt.schematron.place import Place
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

QueryBinding = Literal["xslt2", "xslt3", "xpath2"]
ALL_PHASES = "#ALL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Let:
    """A variable: its value is computed where its parent is in force."""

    name: str
    value: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueOf:
    """A part of a message that is computed: the string value of an expression."""

    select: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameOf:
    """A part of a message that is computed: the name of a node (of ``.`` if empty)."""

    path: str = ""


MessagePart = str | ValueOf | NameOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """One ``assert`` (wrong when false) or ``report`` (wrong when true)."""

    id: str
    report: bool
    test: str
    flag: str
    role: str
    message: tuple[MessagePart, ...]
    place: Place

    @property
    def text(self) -> str | None:
        """The message, when no part of it has to be computed."""
        parts = [part for part in self.message if isinstance(part, str)]
        return "".join(parts).strip() if len(parts) == len(self.message) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Assertions about the nodes that match `context`."""

    id: str
    context: str
    lets: tuple[Let, ...]
    assertions: tuple[Assertion, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Rules of which each node obeys only the first that matches it."""

    id: str
    lets: tuple[Let, ...]
    rules: tuple[Rule, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A named selection of patterns."""

    id: str
    lets: tuple[Let, ...]
    active: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An ``xsl:key``: an index the expressions may look into with ``key()``."""

    name: str
    match: str
    use: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A whole rule set, ready to be compiled."""

    title: str
    binding: QueryBinding
    namespaces: Mapping[str, str]
    default_phase: str
    keys: tuple[Key, ...]
    lets: tuple[Let, ...]
    phases: tuple[Phase, ...]
    patterns: tuple[Pattern, ...]
    place: Place
    sha256: str

    def select(self, phase: str | None) -> Schema:
        """Return this schema with only the patterns and variables of one phase.

        None is the schema's own default; ``#ALL`` every pattern. Raises
        `ArtefactError` when there is no such phase.
        """
        name = self.default_phase if phase in (None, "#DEFAULT") else phase
        if name == ALL_PHASES:
            return self
        for found in self.phases:
            if found.id == name:
                chosen = tuple(p for p in self.patterns if p.id in found.active)
                return replace(
                    self, lets=self.lets + found.lets, patterns=chosen, phases=()
                )
        known = ", ".join(p.id for p in self.phases) or "none"
        raise ArtefactError(f"the rule set has no phase {name!r} (it has: {known})")

    def rules(self) -> Iterator[tuple[Pattern, Rule]]:
        """Every rule with its pattern, in the order in which they are tried."""
        for pattern in self.patterns:
            for rule in pattern.rules:
                yield pattern, rule

    def assertions(self) -> tuple[Assertion, ...]:
        """Every assertion, in order: its index here is its number in a stylesheet."""
        return tuple(a for _, rule in self.rules() for a in rule.assertions)
