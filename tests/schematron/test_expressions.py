# SPDX-License-Identifier: MIT

from __future__ import annotations

import pytest

from cius_pt.errors import ArtefactError
from cius_pt.schematron.expressions import Expr, Reader, write
from cius_pt.schematron.facts import Analyst
from cius_pt.schematron.hoist import Hoister, below_root
from cius_pt.schematron.place import Place

HERE = Place(file="x.sch", line=1)
READER = Reader({"c": "urn:c"}, xpath3=False)


def read(text: str) -> Expr:
    tree = READER.read(text, HERE)
    assert tree is not None
    return tree


def shape(expr: Expr) -> object:
    return (expr.op, expr.text, expr.names, tuple(shape(a) for a in expr.args))


@pytest.mark.parametrize(
    "text",
    [
        "'it''s' = \"a\"\"b\"",
        "matches(., '^\\d+\\.\\d{2}$', 's')",
        "1e3 + 1.0 - .5 * 2 div 3 idiv 4 mod 5",
        "a instance of element()+ or b castable as xs:date?",
        "some $x in a, $y in $x/b satisfies $x = $y",
        "for $i in 1 to 3 return $i",
        "if (a) then (b, c) else ()",
        "current()/a | key('k', a)",
        "//@* | /c:a/*:b/c:*[last()] | ..//text()",
        "ancestor-or-self::c:a/processing-instruction('x')",
        "-a - -b",
        "a[1][b = 'x']/string(.)",
        "a is b and a << b",
        "'\n'",
        "(: why :) a",
    ],
)
def test_an_expression_is_written_as_it_was_read(text: str) -> None:
    tree = read(text)
    assert shape(read(write(tree))) == shape(tree)


_FUNCTIONS = "http://www.w3.org/2005/xpath-functions"
_XPATH_3 = Reader(
    {
        "fn": _FUNCTIONS,
        "math": f"{_FUNCTIONS}/math",
        "xs": "http://www.w3.org/2001/XMLSchema",
    },
    xpath3=True,
)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("function($x) { $x }(1)", "an inline function"),
        ("let $f := function($x) { doc('a') } return $f(1)", "an inline function"),
        ("for-each(a, function($x) { 1 })", "an inline function"),
        ("count#1", "a function reference"),
        ("fn:count#1", "a function reference"),
        ("doc('a')", "doc"),
        ("a[fn:doc('a')]", "doc"),
        ("map { 'a': unparsed-text('b') }", "unparsed-text"),
        (f"Q{{{_FUNCTIONS}}}count(a)", f"{_FUNCTIONS}:count"),
    ],
)
def test_what_could_leave_the_document_is_refused_by_name(text: str, what: str) -> None:
    with pytest.raises(ArtefactError) as caught:
        _XPATH_3.read(text, HERE)
    assert str(caught.value) == f"x.sch, line 1: a rule set may not use {what}"


@pytest.mark.parametrize(
    "text", ["fn:count(a)", "xs:decimal('1')", "math:pi()", "a | fn:data(b) union c"]
)
def test_functions_of_the_standard_may_have_their_prefix(text: str) -> None:
    tree = _XPATH_3.read(text, HERE)
    assert tree is not None
    assert write(tree) == text


def _moved(text: str, *, below: bool = False) -> tuple[str, list[str]]:
    hoister = Hoister(Analyst({}))
    tree = hoister.rule(read(text), below_root=below)
    return write(tree).replace("cius-pt:", ""), list(hoister.definitions())


@pytest.mark.parametrize(
    ("text", "left", "variables"),
    [
        ("a = 1", "a = 1", 0),
        ("count(//a) = 1", "$g1", 2),
        ("count(//a) = count(b)", "$g1 = count(b)", 2),
        ("exists(//a[b = 'x']) and c", "$g1 and c", 2),
        # What may fail moves only as one item.
        ("b = //a/number(c)", "b = $g0/number(c)", 1),
        ("every $x in //a satisfies $x = c", "every $x in $g0 satisfies $x = c", 1),
        ("//a[b = current()/b]", "$g0[b = current()/b]", 1),
        ("b = 'x'[//a]", "b = $g0", 1),
        ("position() = count(//a)", "position() = $g1", 2),
        ("key('k', b)", "key('k', b)", 0),
    ],
)
def test_what_does_not_depend_on_the_node_moves(
    text: str, left: str, variables: int
) -> None:
    found, definitions = _moved(text)
    assert (found, len(definitions)) == (left, variables)


def test_equal_expressions_share_a_variable() -> None:
    hoister = Hoister(Analyst({}))
    texts = [
        write(hoister.rule(read(text), below_root=False))
        for text in ("count( //a ) = b", "c = count(//a)")
    ]
    assert [t.replace("cius-pt:", "") for t in texts] == ["$g1 = b", "c = $g1"]
    assert len(list(hoister.definitions())) == 2


def test_ancestors_move_only_from_below_the_root() -> None:
    text = "count(ancestor::c:a/b)"
    assert _moved(text) == (text, [])
    found, definitions = _moved(text, below=True)
    assert found == f"(if ($g1) then $g0 else {text})"
    assert 'select="empty(/*//c:a)"' in definitions[1]


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ("c:a/b", True),
        ("/c:a/b[1]", True),
        ("//c:a//b | c/@d", True),
        ("c:a[b]/text()", True),
        ("c:a/b union c:a//@d", True),
        ("c:a/b union c:a", False),
        ("(c:a/b)[1]", False),
        # Nobody looks through parentheses; what is not certain does not move.
        ("(//c:a)[1]/b", False),
        ("/c:a//text()", True),
        ("text()/b", False),
        ("a/b intersect a/c", False),
        ("c:a", False),
        ("/c:a", False),
        ("//c:a", False),
        ("a/b | c", False),
        ("@x", False),
        ("/", False),
        ("node()/a", False),
    ],
)
def test_which_contexts_have_a_parent_element(context: str, *, expected: bool) -> None:
    assert below_root(read(context)) is expected
