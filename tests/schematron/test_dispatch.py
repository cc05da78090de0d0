# SPDX-License-Identifier: MIT
"""Which rules are tried at an element: chains of names, and everything else."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from cius_pt.schematron.dispatch import Automaton, Node
from cius_pt.schematron.expressions import Expr, Reader, write
from cius_pt.schematron.place import Place

if TYPE_CHECKING:
    from tests.schematron.conftest import Judge

READER = Reader({}, xpath3=False)


def _read(text: str) -> Expr | None:
    return READER.read(text, Place(file="x.sch", line=1))


def _automaton(*contexts: str) -> Automaton:
    automaton = Automaton()
    assert automaton.add(0, [_read(context) for context in contexts])
    automaton.link()
    return automaton


def _state(automaton: Automaton, path: tuple[str, ...]) -> Node:
    """Walk down as the stylesheet does."""
    node = automaton.nodes[0]
    for name in path:
        node = next(
            (s.children[name] for s in node.states() if name in s.children),
            automaton.nodes[0],
        )
    return node


def test_an_element_gets_the_rules_whose_names_are_the_end_of_its_path() -> None:
    contexts = ("a/b/c", "b/c", "x/a/b", "c", "//b", "b/c/a/b", "c/a", "a")
    automaton = _automaton(*contexts)
    for length in range(1, 7):
        for path in product("abcx", repeat=length):
            expected = next(
                (
                    number
                    for number, context in enumerate(contexts)
                    if "/".join(("", *path)).endswith(f"/{context.lstrip('/')}")
                ),
                None,
            )
            found = _state(automaton, path).candidates(0)
            assert (found[0].rule if found else None) == expected, path


@pytest.mark.parametrize(
    "context",
    [
        "@a",
        "a//b",
        "text()",
        "a/@b",
        "/",
        "node()",
        "*:a",
        "x:*",
        "key('k', 'v')",
        "a/..",
        # Both take an element for what it is not only by its names.
        "a intersect b",
        "a except b",
    ],
)
def test_other_contexts_are_walked_in_the_ordinary_way(context: str) -> None:
    reader = Reader({"x": "urn:x"}, xpath3=False)
    automaton = Automaton()
    tree = reader.read(context, Place(file="x.sch", line=1))
    assert not automaton.add(0, [_read("a"), tree])
    assert len(automaton.nodes) == 1


def test_a_context_without_a_tree_takes_its_pattern_out_of_the_walk() -> None:
    automaton = Automaton()
    assert not automaton.add(0, [_read("a"), None])
    assert len(automaton.nodes) == 1


@pytest.mark.parametrize(
    ("context", "path", "sure"),
    [
        ("a", "a", True),
        ("a/b", "a/b", True),
        ("//a/b", "a/b", True),
        ("*", "", True),
        ("//*", "", True),
        ("/a", "a", False),
        ("/a/b", "a/b", False),
        ("a[b]", "a", False),
        ("a[b][c]/d", "a/d", False),
        ("a/b[c/d]", "a/b", False),
        ("*[a]", "", False),
        # The document element has no parent that a wildcard could match.
        ("*/a", "a", False),
        ("a/*", "", False),
        ("*/*", "", False),
        ("a/*/b", "b", False),
        ("/*/a/b", "a/b", False),
    ],
)
def test_which_names_a_context_ends_in_and_whether_they_say_all(
    context: str, path: str, *, sure: bool
) -> None:
    automaton = _automaton(context)
    names = tuple(path.split("/")) if path else ()
    assert len(automaton.nodes) == 1 + len(names)
    (candidate,) = _state(automaton, names).here
    assert candidate.sure is sure


@pytest.mark.parametrize("context", ["a | b/c | d", "a union b/c union d"])
def test_each_alternative_of_a_context_is_tried_by_itself(context: str) -> None:
    automaton = _automaton(context)
    for path in (("a",), ("b", "c"), ("d",)):
        (candidate,) = _state(automaton, path).candidates(0)
        assert (write(candidate.context), candidate.sure) == ("/".join(path), True)


def test_no_rule_is_tried_after_one_whose_names_decide() -> None:
    automaton = _automaton("a/b[c]", "b | *[d]", "b[e]", "b")
    found = _state(automaton, ("a", "b")).candidates(0)
    assert [(c.rule, write(c.context)) for c in found] == [(0, "a/b[c]"), (1, "b")]


def test_predicates_anchors_and_wildcards_are_left_to_the_context(
    judge: Judge,
) -> None:
    body = """<pattern>
        <rule context="/b"><assert id="ROOT" test="false()"/></rule>
        <rule context="/*/b[@n]/c"><assert id="ANCHOR" test="false()"/></rule>
        <rule context="b[@n]/c[@m] | d"><assert id="BOTH" test="false()"/></rule>
        <rule context="*[@all]"><assert id="WILD" test="false()"/></rule>
        <rule context="b/c"><assert id="NAMES" test="false()"/></rule>
        <rule context="*"><assert id="REST" test="false()"/></rule>
        <rule context="c"><assert id="NEVER" test="false()"/></rule>
      </pattern>"""
    document = (
        '<a><b n=""><c m=""/><c all=""/></b><x><b n=""><c m="" all=""/><c/></b>'
        '<b><c m=""/></b></x><d all=""/><e all=""/><c/></a>'
    )
    judged = judge(body, document)
    assert judged.ids == sorted(
        [
            "REST",
            "REST",
            "ANCHOR",
            "ANCHOR",
            "REST",
            "REST",
            "BOTH",
            "NAMES",
            "REST",
            "NAMES",
            "BOTH",
            "WILD",
            "REST",
        ]
    )
    assert judge(body, '<b n=""><c/></b>').ids == ["NAMES", "ROOT"]


def test_a_wildcard_s_parent_and_a_predicate_s_path_are_asked_for(
    judge: Judge,
) -> None:
    body = """<pattern>
        <rule context="*/b"><assert id="BELOW" test="false()"/></rule>
        <rule context="b[c]"><assert id="HAS" test="false()"/></rule>
        <rule context="*"><assert id="REST" test="false()"/></rule>
      </pattern>"""
    judged = judge(body, "<b><b/><c><b/></c></b>")
    assert judged.hits == (("BELOW", 1), ("BELOW", 3), ("HAS", 0), ("REST", 2))
    assert judge(body, "<b/>").hits == (("REST", 0),)


def test_contexts_may_be_what_two_patterns_have_in_common(judge: Judge) -> None:
    body = """<pattern>
        <rule context="* intersect b"><assert id="BOTH" test="false()"/></rule>
        <rule context="* except b"><assert id="OTHER" test="false()"/></rule>
      </pattern>"""
    judged = judge(body, "<a><b/><c><b/></c></a>", binding="xslt3")
    assert judged.hits == (
        ("BOTH", 1),
        ("BOTH", 3),
        ("OTHER", 0),
        ("OTHER", 2),
    )


def test_patterns_of_both_kinds_may_be_mixed(judge: Judge) -> None:
    body = """
      <pattern><rule context="b"><assert id="CHAIN" test="false()"/></rule></pattern>
      <pattern>
        <rule context="a//b"><assert id="DEEP" test="false()"/></rule>
        <rule context="@x"><assert id="AT" test="false()"/></rule>
      </pattern>"""
    judged = judge(body, '<a><c x=""><b/></c></a>')
    assert judged.ids == ["AT", "CHAIN", "DEEP"]


def _forbidding(*paths: str) -> str:
    asserts = "".join(f'<assert id="{p}" test="not({p})"/>' for p in paths)
    return f'<pattern><rule context="/a">{asserts}</rule></pattern>'


PATHS = ("b", "b/c", "b/d", "b/d/e", "f/b", "f/c", "g", "h/i/j", "k", "f/d/e")


def test_many_forbidden_paths_fire_once_each(judge: Judge) -> None:
    document = "<a><f><c/><c/><d/></f><f><c/></f><b><d><e/><e/></d><d/></b><b/><c/></a>"
    judged = judge(_forbidding(*PATHS), document)
    assert judged.ids == ["b", "b/d", "b/d/e", "f/c"]
    assert {element for _, element in judged.hits} == {0}
    assert judge(_forbidding(*PATHS), "<a><c/><f/><h><j/></h></a>").hits == ()


def test_forbidden_paths_are_reported_for_each_context(judge: Judge) -> None:
    body = _forbidding(*PATHS).replace('"/a"', '"a"')
    judged = judge(body, "<a><x><a><b/></a><a><b/><b/></a></x><k/></a>")
    assert judged.hits == (("b", 2), ("b", 4), ("k", 0))


def test_forbidding_may_be_written_in_several_ways(judge: Judge) -> None:
    extra = (
        '<assert id="E1" test="empty(b)"/><assert id="E2" test="not(exists((b)))"/>'
        '<report id="R1" test="b/c"/><report id="R2" test="exists(b/c)"/>'
        '<assert id="POS" test="not(b[2])"/><assert id="AT" test="not(b/@x)"/>'
    )
    body = _forbidding(*PATHS).replace("</rule>", f"{extra}</rule>")
    judged = judge(body, '<a><b/><b x=""><c/></b></a>')
    assert judged.ids == ["AT", "E1", "E2", "POS", "R1", "R2", "b", "b/c"]


LIST = " " + " ".join(f"C{n}" for n in range(300)) + "  X "


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("C1", []),
        ("C299", []),
        ("X", []),
        ("", []),  # two blanks in a row contain the empty code
        ("C", ["IN"]),
        ("C300", ["IN"]),
        ("C1 C2", []),
        (" C1 ", ["IN"]),
    ],
)
def test_long_code_lists_accept_what_the_text_contains(
    judge: Judge, value: str, ids: list[str]
) -> None:
    body = f"""<pattern><rule context="b">
        <assert id="IN" test="contains('{LIST}', concat(' ', ., ' '))"/>
      </rule></pattern>"""
    judged = judge(body, f"<a><b>{value}</b><b>{value}</b></a>")
    assert judged.ids == ids * 2


def test_two_values_are_an_error_in_a_long_code_list_too(judge: Judge) -> None:
    body = f"""<pattern><rule context="a">
        <assert id="IN" test="contains('{LIST}', concat(' ', b, ' '))"/>
      </rule></pattern>"""
    assert judge(body, "<a><b>C1</b></a>").hits == ()
    assert judge(body, "<a/>").hits == ()
    assert "XPTY0004" in str(judge(body, "<a><b>C1</b><b>C2</b></a>").error)
