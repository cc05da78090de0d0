# SPDX-License-Identifier: MIT
"""Moves what does not depend on the context node out of rules, into global variables.

Published rules ask the whole document the same question at every line. Saxon
evaluates a global variable once, when it is first needed, so an expression that reads
no context item and no local variable may stand in one. Two things must not change:

- *which documents abort.* An error in a global variable surfaces where the variable
  is first used, which is where the expression stood. A sequence that is only partly
  looked at (``exists``, ``=``, a predicate) may hide an error in its rest; a variable
  would find it. So an expression moves only if it gives one item, in which case all
  of it that matters is evaluated in either place, or if it cannot fail at all.
- *what ``ancestor::N`` means.* From a node that has a parent element it is the
  document element, provided that no N is nested below it. That is asked once per
  document; where it is nested, the published expression is used.

Inside an expression that has moved the same is done for what is evaluated again and
again: predicates, right sides of paths, bodies of quantifiers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.schematron.expressions import Expr, write
from cius_pt.schematron.stylesheet import RESERVED, variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.schematron.facts import Analyst, Facts

_FOCUS = frozenset({"path", "descend", "filter", "abs", "abs2"})


class Hoister:
    """Collects the global variables of one stylesheet."""

    def __init__(self, analyst: Analyst) -> None:
        self._analyst = analyst
        self._names: dict[str, str] = {}
        self._definitions: list[str] = []

    def definitions(self) -> Iterator[str]:
        """Yield the variables, one a line."""
        yield from self._definitions

    def rule(self, expr: Expr, *, below_root: bool) -> Expr:
        """Rewrite an expression whose context item is the node a rule matched.

        `below_root` promises that this node always has a parent element.
        """
        return self._rewrite(expr, repeated=True, nodes=True, ancestors=below_root)

    def once(self, expr: Expr) -> Expr:
        """Rewrite an expression that is evaluated once, at the document's root."""
        return self._descend(expr, repeated=False, nodes=True, ancestors=False)

    def _rewrite(
        self, expr: Expr, *, repeated: bool, nodes: bool, ancestors: bool
    ) -> Expr:
        facts = self._analyst.facts(expr)
        if nodes and self._free(facts, ancestors=ancestors):
            if repeated and (facts.single or facts.safe):
                return self._hoist(expr, facts)
            if _is_scan(expr):
                return self._hoist(expr, facts)
        if nodes and (scan := self._split_scan(expr)) is not None:
            expr = scan
        return self._descend(expr, repeated=repeated, nodes=nodes, ancestors=ancestors)

    def _descend(
        self, expr: Expr, *, repeated: bool, nodes: bool, ancestors: bool
    ) -> Expr:
        if not expr.args:
            return expr
        *before, last = expr.args
        inner_focus = expr.op in _FOCUS
        again = repeated or inner_focus or expr.op == "quantified"
        inner_nodes = nodes
        if inner_focus:
            bases = [self._analyst.facts(arg).nodes for arg in before]
            inner_nodes = all(bases)
        args = [
            self._rewrite(
                arg,
                # The second range of a quantifier is evaluated per item of the first.
                repeated=repeated or (expr.op == "quantified" and index > 0),
                nodes=nodes,
                ancestors=ancestors,
            )
            for index, arg in enumerate(before)
        ]
        args.append(
            self._rewrite(
                last,
                repeated=again,
                nodes=inner_nodes,
                ancestors=ancestors and not inner_focus,
            )
        )
        if all(new is old for new, old in zip(args, expr.args, strict=True)):
            return expr
        return Expr(expr.op, expr.text, tuple(args), expr.names)

    def _free(self, facts: Facts, *, ancestors: bool) -> bool:
        if facts.focus or not facts.path or (facts.ancestors and not ancestors):
            return False
        # Facts name local variables only: a global one is as good as its value.
        return not facts.variables

    def _hoist(self, expr: Expr, facts: Facts) -> Expr:
        if not facts.ancestors:
            return self._variable(expr)
        moved = self._variable(_rooted(expr))
        if len(facts.ancestors) == 1:
            nested = write(Expr("step", f"child::{next(iter(facts.ancestors))}"))
        else:
            nested = f"({' | '.join(sorted(facts.ancestors))})"
        guard = self._define(f"empty(/*//{nested})")
        return Expr("paren", args=(Expr("if", args=(guard, moved, expr)),))

    def _variable(self, expr: Expr) -> Expr:
        if expr.op == "variable":
            return expr
        if expr.op == "paren" and len(expr.args) == 1:
            return self._variable(expr.args[0])
        if _is_scan(expr):
            return self._define(write(expr))
        body = self._descend(expr, repeated=False, nodes=True, ancestors=False)
        return self._define(write(body))

    def _define(self, text: str) -> Expr:
        name = self._names.get(text)
        if name is None:
            name = self._names[text] = f"{RESERVED}:g{len(self._names)}"
            self._definitions.append(variable(name, text))
        return Expr("variable", name)

    def _split_scan(self, expr: Expr) -> Expr | None:
        """Turn ``//N[test]`` into ``$n[test]``, ``$n`` being all N of the document.

        Only where the test is a truth value: a number would count among siblings on
        the left and in the whole document on the right.
        """
        if expr.op != "abs2" or expr.args[0].op != "filter":
            return None
        tests: list[Expr] = []
        base = expr.args[0]
        while base.op == "filter":
            base, test = base.args
            if not self._analyst.facts(test).testable or _counts(test):
                return None
            tests.append(test)
        scan = Expr("abs2", args=(base,))
        if not _is_scan(scan):
            return None
        found = scan
        for test in reversed(tests):
            found = Expr("filter", args=(found, test))
        return found


def _is_scan(expr: Expr) -> bool:
    """Whether an expression is ``//N``."""
    if expr.op != "abs2" or expr.args[0].op != "step":
        return False
    return expr.args[0].text.startswith("child::")


def _counts(expr: Expr) -> bool:
    """Whether an expression asks for a position anywhere inside."""
    if expr.op == "call" and expr.text.removeprefix("fn:") in {"position", "last"}:
        return True
    return any(_counts(arg) for arg in expr.args)


def _rooted(expr: Expr) -> Expr:
    """Replace ``ancestor::N`` from the context item by ``/N``."""
    if expr.op == "step" and expr.text.startswith("ancestor::"):
        step = Expr("step", f"child::{expr.text.removeprefix('ancestor::')}")
        return Expr("paren", args=(Expr("abs", args=(step,)),))
    if not expr.args:
        return expr
    focus = expr.op in _FOCUS
    args = [*expr.args]
    upto = len(args) - 1 if focus else len(args)
    args[:upto] = [_rooted(arg) for arg in args[:upto]]
    return Expr(expr.op, expr.text, tuple(args), expr.names)


def below_root(context: Expr | None) -> bool:
    """Whether every node that a rule's context matches has a parent element."""
    if context is None:
        return False
    if context.op == "binary" and context.text in {"|", "union"}:
        return all(below_root(arg) for arg in context.args)
    return context.op in {"path", "descend"} and _is_element(context.args[0])


def _is_element(pattern: Expr) -> bool:
    if pattern.op in {"filter", "abs", "abs2"}:
        return _is_element(pattern.args[0])
    if pattern.op in {"path", "descend"}:
        return _is_element(pattern.args[1])
    return (
        pattern.op == "step"
        and pattern.text.startswith("child::")
        and "(" not in pattern.text
    )
