# SPDX-License-Identifier: MIT

from __future__ import annotations

import pytest

from cius_pt.errors import ArtefactError
from cius_pt.schematron.expressions import Expr, Reader, write
from cius_pt.schematron.facts import Analyst, Facts
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
        "count(/) = key('k', a, /)",
        "generate-id() = generate-id(a)",
        "a cast as xs:date? = +b or (c treat as node()+)/d",
    ],
)
def test_an_expression_is_written_as_it_was_read(text: str) -> None:
    tree = read(text)
    assert shape(read(write(tree))) == shape(tree)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        # A double stays one: as decimals, 1e0 div 0 would be an error, not INF.
        ("1e0", "1.0e0"),
        ("1.5E3", "1500.0e0"),
        ("1e300", "1e+300"),
        ("1.5e-7", "1.5e-07"),
        # A decimal neither becomes a double nor an integer.
        ("0.0000001", "0.0000001"),
        ("1.", "1.0"),
        ("1.50", "1.50"),
        ("007", "7"),
        ("( a,b , c )", "(a, b, c)"),
        ("count( / )", "count(/)"),
    ],
)
def test_a_literal_is_written_as_the_same_value_of_the_same_type(
    text: str, written: str
) -> None:
    assert write(read(text)) == written


@pytest.mark.parametrize(
    "text", ["$m('k')", "a[.('k') = 1]", ".('k')('l')", "(1, 2)(1)", "[a]", "a ! b"]
)
def test_values_that_are_called_are_beyond_the_trees(text: str) -> None:
    assert _XPATH_3.read(text, HERE) is None


def test_functions_by_an_unusual_prefix_are_left_alone_but_not_let_through() -> None:
    # ``position`` or ``current`` by another name would not be noticed.
    reader = Reader({"f": _FUNCTIONS, "c": "urn:c"}, xpath3=True)
    assert reader.read("//a[f:position() = 2]", HERE) is None
    assert reader.read("//f:a[c:b]", HERE) is not None
    with pytest.raises(ArtefactError, match=r"may not use doc$"):
        reader.read("f:true() or f:doc('a')", HERE)
    with pytest.raises(ArtefactError, match=r"may not use c:date$"):
        reader.read("f:true() or c:date(.)", HERE)


def test_a_number_too_large_for_a_double_is_left_as_it_was_published() -> None:
    assert READER.read("count(//a) lt 1e400", HERE) is None
    assert write(read("1.7e308")) == "1.7e+308"


@pytest.mark.parametrize(
    "text",
    [
        "attribute()",
        "a/attribute()",
        "attribute(a, xs:string)",
        "attribute::attribute()",
        "self::attribute(a)",
        "@a instance of attribute()",
        "a instance of attribute(b)+",
    ],
)
def test_what_the_parser_does_not_spell_right_is_left_alone(text: str) -> None:
    xs = "http://www.w3.org/2001/XMLSchema"
    assert Reader({"xs": xs}, xpath3=False).read(text, HERE) is None


_FUNCTIONS = "http://www.w3.org/2005/xpath-functions"
_XPATH_3 = Reader(
    {
        "c": "urn:c",
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
        # The parser takes any prefix for that of a type.
        ("c:date('x')", "c:date"),
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


def _all_moved(hoister: Hoister, tree: Expr) -> list[str]:
    """Return what is left of an expression, then the variables in their order."""
    variables = [
        definition.replace("cius-pt:", "").split('select="')[1].removesuffix('"/>\n')
        for definition in hoister.definitions()
    ]
    return [write(tree).replace("cius-pt:", ""), *variables]


def _below(text: str, known: dict[str, Facts] | None = None) -> list[str]:
    hoister = Hoister(Analyst(known or {}))
    return _all_moved(hoister, hoister.rule(read(text), below_root=True))


def _once(text: str) -> list[str]:
    hoister = Hoister(Analyst({}))
    return _all_moved(hoister, hoister.once(read(text)))


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
    ("step", "single"),
    [
        ("@a", True),
        ("@c:a", True),
        ("..", True),
        ("self::a", True),
        ("@*", False),
        ("@c:*", False),
        ("attribute::node()", False),
        ("a", False),
    ],
)
def test_which_steps_give_one_node_at_most(step: str, *, single: bool) -> None:
    assert Analyst({}).facts(read(step)).single is single
    # The text of one node cannot fail, that of several does.
    assert Analyst({}).facts(read(f"string({step})")).safe is single


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("count(ancestor::c:a/b) = d", "(if ($g1) then $g0 else {}) = d"),
        ("d = count(ancestor::c:a/b)", "d = (if ($g1) then $g0 else {})"),
    ],
)
def test_ancestors_move_from_either_side_of_an_operator(text: str, moved: str) -> None:
    ancestors = "count(ancestor::c:a/b)"
    assert _below(text) == [
        moved.format(ancestors),
        "count((/c:a)/b)",
        "empty(/*//c:a)",
    ]


def test_one_question_asks_for_the_nesting_of_all_ancestors_together() -> None:
    text = "count(ancestor::c:a | ancestor::b)"
    assert _below(text) == [
        f"(if ($g1) then $g0 else {text})",
        "count((/c:a) | (/b))",
        "empty(/*//(b | c:a))",
    ]


@pytest.mark.parametrize(
    "text",
    [
        # The document element has no ancestor, though the rule's node has.
        "/c:a[count(ancestor::c:a) = 0]",
        "b/count(ancestor::c:a)",
        "//d/@x[count(ancestor::c:a) = 1]",
    ],
)
def test_ancestors_of_other_nodes_than_the_rule_s_do_not_move(text: str) -> None:
    found, *definitions = _below(text)
    assert "ancestor::c:a" in found
    assert not [d for d in definitions if "/c:a" in d]


@pytest.mark.parametrize(
    ("text", "rooted"),
    [
        (
            "count(ancestor::c:a//e[ancestor::d])",
            "count((/c:a)//e[ancestor::d])",
        ),
        (
            "count(ancestor::c:a//e/ancestor::d)",
            "count((/c:a)//e/ancestor::d)",
        ),
        (
            "some $x in ancestor::c:a/b satisfies $x/d = 'y'",
            "some $x in (/c:a)/b satisfies $x/d = 'y'",
        ),
    ],
)
def test_only_the_ancestors_of_the_rule_s_node_become_the_root(
    text: str, rooted: str
) -> None:
    left = f"(if ($g1) then $g0 else {text})"
    assert _below(text) == [left, rooted, "empty(/*//c:a)"]


@pytest.mark.parametrize(
    "test", ["fn:position() = 2", "position() = 2", "not(fn:last() = 2)", "b = last()"]
)
def test_a_test_that_counts_siblings_stays_at_its_path(test: str) -> None:
    reader = Reader({"fn": _FUNCTIONS}, xpath3=False)
    text = f"//a[{test}] = b"
    tree = reader.read(text, HERE)
    assert tree is not None
    hoister = Hoister(Analyst({}))
    assert _all_moved(hoister, hoister.rule(tree, below_root=False)) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # What is asked once only shares its scans of the document...
        ("count(//a)", ["count($g0)", "//a"]),
        (
            "concat(count(//a), count(//b), count(//d))",
            ["concat(count($g0), count($g1), count($g2))", "//a", "//b", "//d"],
        ),
        # ...and what it asks again and again is asked once too.
        ("//a[b = count(//d)]", ["//a[b = $g1]", "//d", "count($g0)"]),
        ("//a/(1 + count(//d))", ["$g0/$g2", "//a", "//d", "1 + count($g1)"]),
        (
            "for $x in count(//a), $y in count(//b), $z in count(//d) return 1 + //e",
            [
                "for $x in count($g0), $y in $g2, $z in $g4 return $g6",
                "//a",
                "//b",
                "count($g1)",
                "//d",
                "count($g3)",
                "//e",
                "1 + $g5",
            ],
        ),
        # The document has no ancestors: /c:a is not what this asks for.
        ("for $x in 1 to 2 return count(ancestor::c:a)", None),
        ("1 to count(ancestor::c:a)", None),
    ],
)
def test_what_is_asked_once_moves_where_it_repeats_itself(
    text: str, expected: list[str] | None
) -> None:
    assert _once(text) == (expected or [text])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(count(//a)) = b", ["$g1 = b", "//a", "count($g0)"]),
        ("((count(//a))) = b", ["$g1 = b", "//a", "count($g0)"]),
        # A global variable is one already.
        ("$v = b", ["$v = b"]),
        ("$seen = b", ["$seen = b"]),
        ("($seen) = b", ["$seen = b"]),
        # It may be read from where all nodes are the same; others may not.
        ("count(//a[b = $v])", ["$g1", "//a", "count($g0[b = $v])"]),
        ("count(//a[b = $w])", ["count($g0[b = $w])", "//a"]),
    ],
)
def test_parentheses_and_variables_need_no_variable_of_their_own(
    text: str, expected: list[str]
) -> None:
    known = {"v": Facts(nodes=True, path=True), "seen": Facts(single=True, path=True)}
    assert _below(text, known) == expected


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ("c:a/b", True),
        ("c:a/b/d", True),
        ("c:a//b/@d", True),
        ("c:a/node()/d", False),
        # What stands in a predicate says nothing of the node's own parent.
        ("c:a[b/d]", False),
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


def test_a_context_without_a_tree_promises_no_parent() -> None:
    assert below_root(None) is False
