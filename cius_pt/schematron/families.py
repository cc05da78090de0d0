# SPDX-License-Identifier: MIT
"""Assertions that only forbid descendants, made in one walk.

Rule sets derived from EN 16931 forbid some 650 paths below the document element, each
in an assertion of its own: ``not(a/b)``. Asked one by one
each of them goes through all invoice lines. Their paths are a tree; walking the
document once along it finds whatever is forbidden and there. One assertion may be hit
by several elements of a document and still fires once for its context node: the
engine takes the repetition out again.

In nearly all documents nothing is found, and applying templates is the slow way to
find that out: one expression over the same tree asks first.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from cius_pt.schematron.stylesheet import RESERVED, attribute
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.schematron.expressions import Expr

# Fewer than this are not worth a walk.
LEAST = 8


@dataclass(slots=True, kw_only=True)
class _Branch:
    """An element on a forbidden path; `numbers` of the assertions that end here."""

    numbers: list[int] = field(default_factory=list)
    children: dict[str, _Branch] = field(default_factory=dict)

    def test(self) -> str:
        """Return an expression that asks for anything forbidden below an element."""
        ends = [name for name, child in self.children.items() if child.numbers]
        tests = [f"exists({' | '.join(ends)})"] if ends else []
        tests += [
            f"exists({name}[{child.test()}])"
            for name, child in self.children.items()
            if child.children
        ]
        return " or ".join(tests)


class Family:
    """The forbidden paths of one rule."""

    def __init__(self, mode: str) -> None:
        self._mode = mode
        self._root = _Branch()

    def add(self, number: int, path: list[str]) -> None:
        """Forbid a path of child names below the context node."""
        branch = self._root
        for name in path:
            branch = branch.children.setdefault(name, _Branch())
        branch.numbers.append(number)

    def call(self) -> str:
        """Return the instruction that begins the walk at the context node."""
        walk = f'<xsl:apply-templates select="*" mode="{self._mode}"/>'
        return f"<xsl:if{attribute('test', self._root.test())}>{walk}</xsl:if>\n"

    def templates(self) -> Iterator[str]:
        """Yield the templates of the walk."""
        todo = [(self._root, self._mode, 1)]
        while todo:
            branch, mode, depth = todo.pop()
            yield f'<xsl:mode name="{mode}" on-no-match="deep-skip"/>\n'
            for position, (name, child) in enumerate(branch.children.items()):
                yield f'<xsl:template{attribute("match", name)} mode="{mode}">'
                up = "/".join([".."] * depth)
                for number in child.numbers:
                    yield f'<xsl:value-of select="{number}, {RESERVED}:at({up})"/>'
                    yield "<xsl:text>&#10;</xsl:text>"
                if child.children:
                    inner = f"{mode}-{position}"
                    yield f'<xsl:apply-templates select="*" mode="{inner}"/>'
                    todo.append((child, inner, depth + 1))
                yield "</xsl:template>\n"


def forbidden(test: Expr | None, *, report: bool) -> list[str] | None:
    """Return the path whose existence makes an assertion fire, if that is all."""
    if test is None:
        return None
    test = _bare(test)
    if not report:
        if test.op != "call" or test.text not in {"not", "empty"}:
            return None
        test = _bare(test.args[0])
    if test.op == "call" and test.text == "exists":
        test = _bare(test.args[0])
    return _names(test)


def _bare(expr: Expr) -> Expr:
    while expr.op == "paren" and len(expr.args) == 1:
        expr = expr.args[0]
    return expr


def _names(path: Expr) -> list[str] | None:
    if path.op == "path":
        before, last = _names(path.args[0]), _names(path.args[1])
        return None if before is None or last is None else before + last
    name = path.text.removeprefix("child::")
    if path.op != "step" or name == path.text or "(" in name or "*" in name:
        return None
    return [name]
