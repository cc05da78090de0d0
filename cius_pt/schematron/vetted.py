# SPDX-License-Identifier: MIT
"""All expressions of a rule set, read once and found harmless.

Whatever is translated goes through here first: syntax, forbidden functions and
undefined variables are reported with the file and line of the rule set, not with a
line of a stylesheet that nobody has seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.errors import ArtefactError
from cius_pt.schematron.expressions import Expr, Reader
from cius_pt.schematron.facts import Analyst, Facts
from cius_pt.schematron.model import NameOf, ValueOf
from cius_pt.schematron.stylesheet import global_lets

if TYPE_CHECKING:
    from cius_pt.schematron.model import Assertion, Let, Pattern, Rule, Schema
    from cius_pt.schematron.place import Place


class Vetted:
    """The trees of a schema's expressions and what is known of them.

    Raises `ArtefactError` for an expression that is not XPath, uses a forbidden
    function or a variable that is not defined where it stands.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._reader = Reader(schema.namespaces, xpath3=schema.binding == "xslt3")
        self._trees: dict[str, Expr | None] = {}
        self._read_all()
        self.analyst = Analyst(self._globals())
        self._check_variables()

    def __getitem__(self, text: str) -> Expr | None:
        return self._trees[text]

    def _read(self, text: str, place: Place) -> None:
        if text not in self._trees:
            self._trees[text] = self._reader.read(text, place)

    def _read_all(self) -> None:
        schema = self._schema
        for key in schema.keys:
            self._read(key.match, key.place)
            self._read(key.use, key.place)
        for let in schema.lets + tuple(let for p in schema.patterns for let in p.lets):
            self._read(let.value, let.place)
        for _, rule in schema.rules():
            self._read(rule.context, rule.place)
            for let in rule.lets:
                self._read(let.value, let.place)
            for assertion in rule.assertions:
                for text in _texts(assertion):
                    self._read(text, assertion.place)

    def _globals(self) -> dict[str, Facts]:
        """Find out about the global variables whose name means nothing else."""
        shadowed = {let.name for _, rule in self._schema.rules() for let in rule.lets}
        for tree in self._trees.values():
            if tree is not None:
                shadowed |= _bound(tree)
        known: dict[str, Facts] = {}
        for let in global_lets(self._schema):
            if let.name not in shadowed:
                tree = self._trees[let.value]
                known[let.name] = (
                    Facts(path=True) if tree is None else Analyst(known).facts(tree)
                )
        return known

    def _check_variables(self) -> None:
        shared = {let.name for let in self._schema.lets}
        seen: set[str] = set()
        for let in self._schema.lets:
            self._check(let.value, let.place, seen)
            seen.add(let.name)
        for pattern in self._schema.patterns:
            self._check_pattern(pattern, shared)

    def _check_pattern(self, pattern: Pattern, shared: set[str]) -> None:
        seen = self._check_lets(pattern.lets, shared)
        for rule in pattern.rules:
            self._check(rule.context, rule.place, seen)
            self._check_rule(rule, seen)

    def _check_rule(self, rule: Rule, shared: set[str]) -> None:
        seen = self._check_lets(rule.lets, shared)
        for assertion in rule.assertions:
            for text in _texts(assertion):
                self._check(text, assertion.place, seen)

    def _check_lets(self, lets: tuple[Let, ...], shared: set[str]) -> set[str]:
        seen = set(shared)
        for let in lets:
            self._check(let.value, let.place, seen)
            seen.add(let.name)
        return seen

    def _check(self, text: str, place: Place, defined: set[str]) -> None:
        tree = self._trees[text]
        if tree is None:
            return
        used = self.analyst.facts(tree).variables - {"current()"}
        missing = sorted(used - defined)
        if missing:
            raise ArtefactError(f"{place}: there is no variable ${missing[0]}")


def _texts(assertion: Assertion) -> list[str]:
    texts = [assertion.test]
    for part in assertion.message:
        if isinstance(part, ValueOf):
            texts.append(part.select)
        elif isinstance(part, NameOf) and part.path:
            texts.append(part.path)
    return texts


def _bound(expr: Expr) -> set[str]:
    """Return the names that quantifiers bind anywhere inside."""
    names = set(expr.names)
    for arg in expr.args:
        names |= _bound(arg)
    return names
