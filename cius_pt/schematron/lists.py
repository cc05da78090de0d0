# SPDX-License-Identifier: MIT
"""Code lists that are looked through once per value, not once per line.

Rule sets test codes by ``contains(' A B C … ', concat(' ', x, ' '))`` on texts of up
to ten thousand characters. An invoice of a thousand lines has a handful of different
units and one currency, so the test becomes a function that remembers its answers.
Neither the test nor what it accepts changes: its body is the published expression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.schematron.expressions import Expr, write
from cius_pt.schematron.stylesheet import RESERVED, attribute

if TYPE_CHECKING:
    from collections.abc import Iterator

# Shorter texts are searched faster than a remembered answer is found.
LONG = 100


class CodeLists:
    """Collects the functions of one stylesheet."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def rewrite(self, expr: Expr) -> Expr:
        """Replace tests against long texts by calls of remembering functions."""
        args = tuple(self.rewrite(arg) for arg in expr.args)
        if any(new is not old for new, old in zip(args, expr.args, strict=True)):
            expr = Expr(expr.op, expr.text, args, expr.names)
        value = _looked_up(expr)
        if value is None:
            return expr
        text, joined = expr.args
        parts = list(joined.args)
        parts[parts.index(value)] = Expr("variable", "value")
        body = Expr("call", "contains", (text, Expr("call", "concat", tuple(parts))))
        name = self._names.setdefault(write(body), f"{RESERVED}:l{len(self._names)}")
        return Expr("call", name, (value,))

    def functions(self) -> Iterator[str]:
        """Yield the functions, one a line."""
        for body, name in self._names.items():
            # concat() takes at most one atomic value, so the function does too.
            yield (
                f'<xsl:function name="{name}" cache="yes">'
                '<xsl:param name="value" as="xs:anyAtomicType?"/>'
                f"<xsl:sequence{attribute('select', body)}/></xsl:function>\n"
            )


def _looked_up(expr: Expr) -> Expr | None:
    """Return x in ``contains('long text', concat('…', x, '…'))``."""
    if expr.op != "call" or expr.text != "contains" or len(expr.args) != 2:  # noqa: PLR2004
        return None
    text, joined = expr.args
    if text.op != "literal" or len(text.text) < LONG:
        return None
    if joined.op != "call" or joined.text != "concat":
        return None
    values = [part for part in joined.args if part.op != "literal"]
    return values[0] if len(values) == 1 else None
