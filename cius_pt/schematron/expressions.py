# SPDX-License-Identifier: MIT
"""XPath expressions as trees, read by elementpath.

`Reader.read` parses an expression of a rule set, refuses what no rule set may do
(reading files, the environment or the network, building documents) and turns what is
left into small frozen trees. `write` is its inverse up to white space and comments.
elementpath's own ``source`` is not used for that: it spells ``1e3`` as a decimal and
a backslash twice.
"""

from __future__ import annotations

from decimal import Decimal
from math import isinf
from typing import TYPE_CHECKING, Any, NoReturn

from cius_pt.errors import ArtefactError
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cius_pt.schematron.place import Place

FORBIDDEN = frozenset(
    {
        "analyze-string",
        "available-environment-variables",
        "collection",
        "doc",
        "doc-available",
        "document",
        "environment-variable",
        "function-lookup",
        "json-doc",
        "json-to-xml",
        "load-xquery-module",
        "parse-json",
        "parse-xml",
        "parse-xml-fragment",
        "transform",
        "unparsed-text",
        "unparsed-text-available",
        "unparsed-text-lines",
        "uri-collection",
    }
)
_FUNCTIONS = "http://www.w3.org/2005/xpath-functions"
_LIBRARIES = frozenset(
    {
        _FUNCTIONS,
        "http://www.w3.org/2005/xpath-functions/array",
        "http://www.w3.org/2005/xpath-functions/map",
        "http://www.w3.org/2005/xpath-functions/math",
        "http://www.w3.org/2001/XMLSchema",
    }
)
_AXES = frozenset(
    {
        "ancestor",
        "ancestor-or-self",
        "attribute",
        "child",
        "descendant",
        "descendant-or-self",
        "following",
        "following-sibling",
        "parent",
        "preceding",
        "preceding-sibling",
        "self",
    }
)
# fmt: off
_BINARY = frozenset(
    {
        "|", "union", "intersect", "except", "and", "or", "=", "!=", "<", "<=", ">",
        ">=", "eq", "ne", "lt", "le", "gt", "ge", "is", "<<", ">>", "+", "-", "*",
        "div", "idiv", "mod", "to", ",",
    }
)
# fmt: on
_LITERALS = frozenset({"(string)", "(integer)", "(decimal)", "(float)"})


@dataclass(frozen=True, slots=True, eq=False)
class Expr:
    """One node of an expression.

    `op` is its kind: ``literal variable dot root step path descend abs abs2 filter
    paren binary unary call quantified if typed``; `text` its operator, name or axis
    test; `args` its operands; `names` the variables a quantifier binds. Compared by
    identity: analyses remember what they found out about a node.
    """

    op: str
    text: str = ""
    args: tuple[Expr, ...] = ()
    names: tuple[str, ...] = ()


class Reader:
    """Reads the expressions of one rule set."""

    def __init__(self, namespaces: Mapping[str, str], *, xpath3: bool) -> None:
        self._namespaces = dict(namespaces)
        self._parser = _parser(self._namespaces, xpath3=xpath3)

    def read(self, text: str, place: Place) -> Expr | None:
        """Return the tree of an expression, or None when it is beyond our trees.

        None is no complaint: such an expression is valid and allowed, only not
        something the optimiser touches. Raises `ArtefactError` when the expression
        is not XPath or uses a forbidden function.
        """
        from elementpath import ElementPathError  # noqa: PLC0415 - as in _parser
        from elementpath.tdop import Parser  # noqa: PLC0415

        try:
            # Only the grammar: the parser's own `parse` goes on to evaluate what it
            # takes for constant, and so opens files before anybody could refuse it.
            token = Parser.parse(self._parser, text)
        except (ElementPathError, RecursionError, ValueError) as error:
            raise ArtefactError(f"{place}: not an expression: {error}") from None
        tokens = list(_tokens(token))
        for inner in tokens:
            self._allow(inner, place)
        if any(self._renamed(inner) for inner in tokens):
            return None
        try:
            return _convert(token)
        except _BeyondUs:
            return None

    def _allow(self, token: Any, place: Place) -> None:
        if token.label == "inline function":
            # Its body is not among its operands: nothing there would be looked at.
            self._refuse(place, "an inline function")
        if token.symbol == "#" or token.symbol in FORBIDDEN:
            name = "a function reference" if token.symbol == "#" else token.symbol
            self._refuse(place, name)
        if token.symbol in {":", "Q{"} and _is_function(token[1]):
            name = f"{token[0].value}:{token[1].symbol}"
            uri = self._parser.namespaces.get(token[0].value)
            if token.symbol != ":" or uri not in _LIBRARIES:
                self._refuse(place, name)

    def _renamed(self, token: Any) -> bool:
        """Whether a function is called by a prefix that says nothing of its meaning."""
        if token.symbol != ":" or not _is_function(token[1]):
            return False
        prefix = str(token[0].value)
        return prefix != "fn" and self._namespaces.get(prefix) == _FUNCTIONS

    @staticmethod
    def _refuse(place: Place, name: str) -> NoReturn:
        raise ArtefactError(f"{place}: a rule set may not use {name}")


class _BeyondUs(Exception):  # noqa: N818 - not an error
    """An expression has a part for which there is no tree."""


def _parser(namespaces: dict[str, str], *, xpath3: bool) -> Any:
    # Late: only compiling needs it.
    parser: Any
    if xpath3:
        from elementpath.xpath31 import XPath31Parser  # noqa: PLC0415

        parser = XPath31Parser(namespaces=namespaces)
    else:
        from elementpath import XPath2Parser  # noqa: PLC0415

        parser = XPath2Parser(namespaces=namespaces)
    # XSLT's own functions; they are only parsed here, never called.
    parser.external_function(lambda: None, name="current")
    parser.external_function(lambda _name, _value, _top=None: None, name="key")
    if not xpath3:
        parser.external_function(lambda _node=None: None, name="generate-id")
    parser.PATH_STEP_LABELS = (*parser.PATH_STEP_LABELS, "external function")
    parser.tokenizer = parser.create_tokenizer(parser.symbol_table)
    return parser


def _tokens(token: Any) -> Iterator[Any]:
    todo = [token]
    while todo:
        here = todo.pop()
        yield here
        todo.extend(child for child in here if hasattr(child, "symbol"))
        # The values of a map constructor are kept apart from its keys.
        todo.extend(getattr(here, "_values", None) or ())


def _is_function(token: Any) -> bool:
    return "function" in str(token.label)


def _convert(token: Any) -> Expr:  # noqa: C901, PLR0911, PLR0912 - one case per kind
    symbol, args = token.symbol, list(token)
    if symbol in _LITERALS:
        return Expr("literal", _literal(symbol, token.value))
    if symbol == "$":
        return Expr("variable", _name(token[0]))
    if symbol == ".":
        return Expr("dot")
    if symbol in {"/", "//"}:
        return _path(symbol, args)
    if symbol == "[" and token.label == "array":
        raise _BeyondUs
    if symbol == "[":
        return Expr("filter", args=(_convert(args[0]), _convert(args[1])))
    if symbol == "(" and args and args[0].span[0] < token.span[0]:
        raise _BeyondUs  # what stands before it is called
    if symbol == "(":
        return Expr("paren", args=tuple(_convert(a) for a in args))
    if symbol in {"some", "every", "for"} and len(args) % 2:
        return _quantified(symbol, args)
    if symbol == "if" and len(args) == 3:  # noqa: PLR2004 - if, then, else
        return Expr("if", args=tuple(_convert(a) for a in args))
    if symbol in {"instance", "treat", "castable", "cast"}:
        _spelt(args[1])
        operand = args[0].source
        return Expr("typed", token.source[len(operand) :], (_convert(args[0]),))
    if symbol in _BINARY and len(args) == 2:  # noqa: PLR2004 - binary
        return Expr("binary", symbol, (_convert(args[0]), _convert(args[1])))
    if symbol in {"+", "-"} and len(args) == 1:
        return Expr("unary", symbol, (_convert(args[0]),))
    if symbol == ":" and _is_function(args[1]):
        name = f"{args[0].value}:{args[1].symbol}"
        return Expr("call", name, tuple(_convert(a) for a in args[1]))
    if _is_function(token):
        return Expr("call", symbol, tuple(_convert(a) for a in args))
    return Expr("step", _step(token))


def _path(symbol: str, args: list[Any]) -> Expr:
    if not args:
        return Expr("root")
    operands = tuple(_convert(a) for a in args)
    if len(operands) == 1:
        return Expr("abs" if symbol == "/" else "abs2", args=operands)
    return Expr("path" if symbol == "/" else "descend", args=operands)


def _quantified(symbol: str, args: list[Any]) -> Expr:
    *bindings, body = args
    names = tuple(_name(variable[0]) for variable in bindings[::2])
    ranges = tuple(_convert(sequence) for sequence in bindings[1::2])
    return Expr("quantified", symbol, (*ranges, _convert(body)), names)


def _step(token: Any) -> str:
    """Return a step as ``axis::test``, the axis always written out."""
    if token.symbol == "..":
        return "parent::node()"
    if token.symbol == "@":
        return f"attribute::{_test(token[0])}"
    if token.symbol in _AXES and len(token) == 1:
        return f"{token.symbol}::{_test(token[0])}"
    return f"child::{_test(token)}"


def _test(token: Any) -> str:
    if token.symbol in {"(name)", "*", ":"}:
        return _name(token)
    if "kind test" in str(token.label):
        return _spelt(token)
    raise _BeyondUs


def _spelt(token: Any) -> str:
    """Return a kind test or a type as elementpath spells it, where it does so well."""
    if any(inner.symbol == "attribute" for inner in _tokens(token)):
        raise _BeyondUs  # attribute() is spelt as the name "attribute"
    return str(token.source)


def _name(token: Any) -> str:
    if token.symbol == ":":
        return f"{_name(token[0])}:{_name(token[1])}"
    if token.symbol == "*" and not len(token):
        return "*"
    if token.symbol == "(name)":
        return str(token.value)
    raise _BeyondUs


def _literal(symbol: str, value: object) -> str:
    if symbol == "(string)":
        return "'" + str(value).replace("'", "''") + "'"
    if symbol == "(float)" and isinstance(value, float):
        if isinf(value):
            raise _BeyondUs  # 1e400: no literal of ours would be read as it
        return f"{value!r}e0" if "e" not in repr(value) else repr(value)
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text if "." in text else f"{text}.0"
    return str(value)


def write(expr: Expr) -> str:  # noqa: C901, PLR0911, PLR0912 - one case per kind
    """Return the text of an expression."""
    args = expr.args
    match expr.op:
        case "literal":
            return expr.text
        case "variable":
            return f"${expr.text}"
        case "dot":
            return "."
        case "root":
            return "/"
        case "step":
            return expr.text.removeprefix("child::")
        case "path":
            return f"{write(args[0])}/{write(args[1])}"
        case "descend":
            return f"{write(args[0])}//{write(args[1])}"
        case "abs":
            return f"/{write(args[0])}"
        case "abs2":
            return f"//{write(args[0])}"
        case "filter":
            return f"{write(args[0])}[{write(args[1])}]"
        case "paren":
            return f"({', '.join(write(a) for a in args)})"
        case "binary" if expr.text == ",":
            return f"{write(args[0])}, {write(args[1])}"
        case "binary":
            return f"{write(args[0])} {expr.text} {write(args[1])}"
        case "unary":
            return f"{expr.text}{write(args[0])}"
        case "call":
            return f"{expr.text}({', '.join(write(a) for a in args)})"
        case "if":
            then = f"then {write(args[1])} else {write(args[2])}"
            return f"if ({write(args[0])}) {then}"
        case "typed":
            return f"{write(args[0])}{expr.text}"
    return _write_quantified(expr)


def _write_quantified(expr: Expr) -> str:
    *ranges, body = expr.args
    bound = ", ".join(
        f"${name} in {write(sequence)}"
        for name, sequence in zip(expr.names, ranges, strict=True)
    )
    keyword = "return" if expr.text == "for" else "satisfies"
    return f"{expr.text} {bound} {keyword} {write(body)}"
