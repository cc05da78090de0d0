# SPDX-License-Identifier: MIT
"""What can be known of an expression without running it.

An optimiser may move an expression only when it knows what the expression depends on
and whether moving it can change when an error is raised. Everything here errs on the
side of "depends" and "may fail".
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cius_pt.values import dataclass

if TYPE_CHECKING:
    from cius_pt.schematron.expressions import Expr

# Functions that give at most one item, whatever they get.
# fmt: off
_ONE = frozenset(
    {
        "abs", "avg", "boolean", "ceiling", "concat", "contains", "count", "empty",
        "ends-with", "exists", "false", "floor", "local-name", "lower-case",
        "matches", "max", "min", "name", "namespace-uri", "normalize-space", "not",
        "number", "replace", "round", "starts-with", "string", "string-join",
        "string-length", "substring", "substring-after", "substring-before", "sum",
        "translate", "true", "upper-case",
    }
)
_BOOLEAN = frozenset(
    {
        "boolean", "contains", "empty", "ends-with", "exists", "false", "matches",
        "not", "starts-with", "true",
    }
)
# fmt: on
# Functions that cannot fail when their one argument is a sequence of nodes.
_NEVER_FAIL_ON_NODES = frozenset(["boolean", "count", "empty", "exists", "not"])
# Functions that cannot fail when their one argument is a node.
_NEVER_FAIL_ON_NODE = frozenset(
    ["normalize-space", "string", "string-length", "number"]
)
_CONSTANT = frozenset({"true", "false"})
# fmt: off
_COMPARISONS = frozenset(
    {
        "=", "!=", "<", "<=", ">", ">=", "eq", "ne", "lt", "le", "gt", "ge", "is",
        "<<", ">>",
    }
)
# fmt: on
_UNIONS = frozenset(["|", "union", "intersect", "except"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an expression depends on and what it gives.

    `focus`: the context item, its position or the number of its siblings. `root`:
    only the document of the context item. `variables`: free ones. `ancestors`: names
    N of ``ancestor::N`` steps from the context item, kept apart because they may turn
    out to mean the document's root. `nodes`: gives only nodes. `single`: at most one
    item. `boolean`: exactly one boolean. `literal`: a string known here. `safe`:
    cannot fail as long as the context item is a node. `path`: looks at the document.
    """

    focus: bool = False
    root: bool = False
    variables: frozenset[str] = frozenset()
    ancestors: frozenset[str] = frozenset()
    nodes: bool = False
    single: bool = False
    boolean: bool = False
    literal: bool = False
    safe: bool = False
    path: bool = False

    @property
    def testable(self) -> bool:
        """Whether its truth value can be asked for without an error."""
        return self.nodes or self.boolean


class Analyst:
    """Finds facts, each once; `variables` says what is known of the global ones."""

    def __init__(self, variables: dict[str, Facts]) -> None:
        self._globals = variables
        # By identity, with the tree kept alive so that no identity is used twice.
        self._known: dict[int, tuple[Expr, Facts]] = {}

    def facts(self, expr: Expr) -> Facts:
        """Return what is known of an expression."""
        known = self._known.get(id(expr))
        if known is None:
            known = self._known[id(expr)] = (expr, self._find(expr))
        return known[1]

    def _find(  # noqa: C901, PLR0911 - one case per kind of node
        self, expr: Expr
    ) -> Facts:
        match expr.op:
            case "literal":
                text = expr.text.startswith("'")
                return Facts(single=True, literal=text, safe=True)
            case "variable":
                return self._variable(expr)
            case "dot":
                return Facts(focus=True, nodes=True, single=True, safe=True, path=True)
            case "root":
                return Facts(root=True, nodes=True, single=True, safe=True, path=True)
            case "step":
                return _step(expr)
            case "abs" | "abs2":
                base = Facts(root=True, nodes=True, safe=True, path=True)
                return self._into(base, self.facts(expr.args[0]))
            case "path" | "descend":
                return self._into(self.facts(expr.args[0]), self.facts(expr.args[1]))
            case "filter":
                return self._filter(expr)
            case "quantified":
                return self._quantified(expr)
            case "call":
                return self._call(expr)
            case "paren" if len(expr.args) == 1:
                return self.facts(expr.args[0])
        return self._rest(expr)

    def _variable(self, expr: Expr) -> Facts:
        known = self._globals.get(expr.text)
        if known is None:
            return Facts(variables=frozenset({expr.text}))
        return replace(known, focus=False, root=False, ancestors=frozenset())

    @staticmethod
    def _into(base: Facts, inner: Facts) -> Facts:
        """Combine ``base/inner``: the inner one's focus is the base's items."""
        return Facts(
            focus=base.focus,
            root=base.root or inner.root,
            variables=base.variables | inner.variables,
            ancestors=base.ancestors,
            nodes=base.nodes and inner.nodes,
            single=False,
            safe=base.nodes and base.safe and inner.nodes and inner.safe,
            path=True,
        )

    def _filter(self, expr: Expr) -> Facts:
        base, test = self.facts(expr.args[0]), self.facts(expr.args[1])
        number = expr.args[1].op == "literal" and not test.literal
        fine = base.nodes and test.safe and (test.testable or number)
        return Facts(
            focus=base.focus,
            root=base.root or test.root,
            variables=base.variables | test.variables,
            ancestors=base.ancestors,
            nodes=base.nodes,
            single=base.single,
            safe=base.safe and fine,
            path=True,
        )

    def _quantified(self, expr: Expr) -> Facts:
        bound: frozenset[str] = frozenset()
        found = Facts()
        for position, arg in enumerate(expr.args):
            facts = self.facts(arg)
            facts = replace(facts, variables=facts.variables - bound)
            found = _together(found, facts)
            bound |= set(expr.names[position : position + 1])
        return replace(found, single=expr.text != "for", boolean=expr.text != "for")

    def _call(self, expr: Expr) -> Facts:
        found = Facts()
        for arg in expr.args:
            found = _together(found, self.facts(arg))
        name = expr.text.removeprefix("fn:")
        if name == "current":
            return Facts(variables=frozenset({"current()"}), path=True)
        if name in {"key", "id", "idref", "lang", "root", "element-with-id"} or (
            not expr.args and name not in _CONSTANT
        ):
            found = replace(found, focus=True, path=True)
        first = self.facts(expr.args[0]) if expr.args else Facts()
        alone = len(expr.args) == 1
        fine = alone and first.safe and (first.nodes or first.boolean)
        safe = (
            (not expr.args and name in _CONSTANT)
            or (name in _NEVER_FAIL_ON_NODES and fine)
            or (name in _NEVER_FAIL_ON_NODE and fine and first.nodes and first.single)
        )
        return replace(
            found,
            single=name in _ONE or name.startswith("xs:"),
            boolean=name in _BOOLEAN,
            safe=safe,
        )

    def _rest(self, expr: Expr) -> Facts:
        found = Facts()
        each = [self.facts(arg) for arg in expr.args]
        for facts in each:
            found = _together(found, facts)
        safe = all(facts.safe for facts in each)
        if expr.op == "binary" and expr.text in _UNIONS:
            nodes = all(facts.nodes for facts in each)
            return replace(found, nodes=nodes, safe=safe and nodes)
        if expr.op == "binary" and expr.text in {"and", "or"}:
            testable = all(facts.testable for facts in each)
            return replace(found, single=True, boolean=True, safe=safe and testable)
        if expr.op == "binary" and expr.text in _COMPARISONS:
            # Untyped against text or untyped is a comparison of texts: no cast.
            texts = expr.text in {"=", "!="} and all(f.nodes or f.literal for f in each)
            general = expr.text in {"=", "!=", "<", "<=", ">", ">="}
            return replace(found, single=True, boolean=general, safe=safe and texts)
        if expr.op in {"binary", "unary"} and expr.text not in {",", "to"}:
            return replace(found, single=True)
        if expr.op == "if":
            return replace(found, single=all(facts.single for facts in each[1:]))
        return replace(found, single=expr.op == "typed" and "treat" not in expr.text)


def _step(expr: Expr) -> Facts:
    axis, _, name = expr.text.partition("::")
    one_name = "(" not in name and "*" not in name
    single = axis in {"parent", "self"} or (axis == "attribute" and one_name)
    if axis == "ancestor" and one_name:
        known = frozenset({name})
        return Facts(ancestors=known, nodes=True, safe=True, path=True)
    return Facts(focus=True, nodes=True, single=single, safe=True, path=True)


def _together(one: Facts, other: Facts) -> Facts:
    """Combine what two expressions with the same focus depend on."""
    return Facts(
        focus=one.focus or other.focus,
        root=one.root or other.root,
        variables=one.variables | other.variables,
        ancestors=one.ancestors | other.ancestors,
        path=one.path or other.path,
    )
