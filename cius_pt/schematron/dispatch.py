# SPDX-License-Identifier: MIT
"""One walk over a document that knows at each element which rules can match it.

XSLT finds the template for a node by trying match patterns from the leaf upwards, and
a rule set has dozens of contexts that end in ``cbc:ID``. Nearly all contexts are
chains of child names, and a chain matches where it is a suffix of the names from the
root to the element: the problem of Aho and Corasick ("Efficient string matching",
1975). Their automaton is written out as modes; walking down it leaves for each
element the few rules whose names fit. What else a context asks for (predicates, an
anchor at the root) is left to the context itself, as a match pattern, so that errors
in predicates mean what they always mean.

Patterns with any other context are walked in the ordinary way.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from cius_pt.schematron.expressions import Expr
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """One alternative of a rule's context.

    `sure` when the names alone decide that it matches.
    """

    pattern: int
    rule: int
    context: Expr
    sure: bool


@dataclass(slots=True, kw_only=True, eq=False)
class Node:
    """A state: the longest chain of known names that leads to an element."""

    index: int
    name: str = ""
    parent: Node | None = None
    children: dict[str, Node] = field(default_factory=dict)
    fail: Node | None = None
    here: list[Candidate] = field(default_factory=list)

    def states(self) -> Iterator[Node]:
        """Yield this state and all shorter ones that are a suffix of it."""
        state: Node | None = self
        while state is not None:
            yield state
            state = state.fail

    def below(self) -> Node:
        """Return the state in which the children of such an element begin."""
        return next(s for s in self.states() if s.children or s.fail is None)

    def candidates(self, pattern: int) -> tuple[Candidate, ...]:
        """Return what may match here, in order of the rules, up to the first sure."""
        found = [c for s in self.states() for c in s.here if c.pattern == pattern]
        found.sort(key=lambda candidate: candidate.rule)
        sure = next((c.rule for c in found if c.sure), None)
        if sure is None:
            return tuple(found)
        before = [c for c in found if c.rule < sure]
        return (*before, next(c for c in found if c.rule == sure and c.sure))


class Automaton:
    """The states of all patterns whose contexts are chains of names."""

    def __init__(self) -> None:
        self.nodes = [Node(index=0)]

    def add(self, pattern: int, contexts: Sequence[Expr | None]) -> bool:
        """Add the rules of a pattern, unless one has another kind of context."""
        chains: list[tuple[Candidate, list[str]]] = []
        for rule, context in enumerate(contexts):
            for alternative in [] if context is None else _alternatives(context):
                chain = _chain(alternative)
                if chain is None:
                    return False
                names, sure = chain
                candidate = Candidate(
                    pattern=pattern, rule=rule, context=alternative, sure=sure
                )
                chains.append((candidate, names))
            if context is None:
                return False
        for candidate, names in chains:
            self._insert(candidate, names)
        return True

    def link(self) -> None:
        """Find for each state the longest shorter one: once, when all are in."""
        # Level by level: a state's shorter ones have to be linked before it.
        level = list(self.nodes[0].children.values())
        while level:
            for node in level:
                node.fail = self._shorter(node)
            level = [child for node in level for child in node.children.values()]

    def _shorter(self, node: Node) -> Node:
        root = self.nodes[0]
        state = None if node.parent is None else node.parent.fail
        while state is not None:
            if node.name in state.children:
                return state.children[node.name]
            state = state.fail
        return root

    def _insert(self, candidate: Candidate, names: list[str]) -> None:
        node = self.nodes[0]
        for name in names:
            if name not in node.children:
                child = Node(index=len(self.nodes), name=name, parent=node)
                node.children[name] = child
                self.nodes.append(child)
            node = node.children[name]
        node.here.append(candidate)


def _alternatives(context: Expr) -> list[Expr]:
    if context.op == "binary" and context.text in {"|", "union"}:
        return [a for arg in context.args for a in _alternatives(arg)]
    return [context]


def _chain(context: Expr) -> tuple[list[str], bool] | None:
    """Return the names at the end of a context, and whether they say all of it."""
    steps: list[Expr] = []
    while context.op == "path":
        context, step = context.args
        steps.append(step)
    sure = context.op != "abs"
    if context.op in {"abs", "abs2"}:
        context = context.args[0]
    steps.append(context)
    names: list[str] = []
    for step in steps:
        base = step
        while base.op == "filter":
            base, sure = base.args[0], False
        test = base.text.removeprefix("child::")
        if base.op != "step" or test == base.text or "(" in test:
            return None
        if test == "*":
            # Below a wildcard no names are known; it still has to be an element.
            return names[::-1], sure and step is steps[-1] and len(steps) == 1
        if "*" in test:
            return None
        names.append(test)
    return names[::-1], sure
