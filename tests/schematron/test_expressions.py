# SPDX-License-Identifier: MIT

from __future__ import annotations

import pytest

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
