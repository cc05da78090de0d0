# SPDX-License-Identifier: MIT
"""The stylesheet itself: what is written where, and what stays as it was published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cius_pt.schematron import engine
from cius_pt.schematron.compiler import compile_lean
from cius_pt.schematron.families import LEAST
from cius_pt.schematron.source import load as read_schema

if TYPE_CHECKING:
    from cius_pt.schematron.stylesheet import Stylesheet
    from tests.schematron.conftest import Judge, Write

# As many paths as make a family, and some to spare.
NAMES = [f"{letter}{number}" for letter in "pqr" for number in range(4)]


def _sheet(write: Write, body: str, binding: str = "xslt2") -> Stylesheet:
    return compile_lean(read_schema(write(body, binding=binding)))


def _rule(test: str, context: str = "b") -> str:
    return (
        f'<pattern><rule context="{context}"><assert id="T" test="{test}"/></rule>'
        "</pattern>"
    )


def _family(prefix: str, names: list[str], message: str = "") -> str:
    return "".join(
        f'<assert id="{prefix}{name}" test="not({name})">{message}</assert>'
        for name in names
    )


def test_what_does_not_move_is_written_as_it_was_published(write: Write) -> None:
    xslt = _sheet(write, _rule("c  =  1e0 (: one :)")).xslt
    assert 'test="c  =  1e0 (: one :)"' in xslt


def test_only_the_patterns_of_a_phase_are_translated(write: Write) -> None:
    patterns = "".join(
        _rule(name)
        .replace("<pattern>", f'<pattern id="{name}">')
        .replace('"T"', f'"{name.upper()}"')
        for name in ("p1", "p2")
    )
    phases = '<phase id="one"><active pattern="p1"/></phase>'
    schema = read_schema(write(f"{phases}{patterns}"))
    ids = {
        phase: [
            assertion.rule for assertion in compile_lean(schema, phase=phase).assertions
        ]
        for phase in ("one", None)
    }
    assert ids == {"one": ["P1"], None: ["P1", "P2"]}


def test_what_moves_leaves_its_variable_in_every_kind_of_place(write: Write) -> None:
    body = """<let name="all" value="concat(count(//a), 'x')"/>
      <pattern><rule context="a/b"><let name="n" value="1 + count(//c)"/>
        <let name="up" value="count(ancestor::a/c)"/>
        <assert id="T" test="count(//d) = $n"/>
        <assert id="U" test="exists(ancestor::a/d)"/></rule></pattern>"""
    xslt = _sheet(write, body).xslt.replace("cius-pt:", "")
    for written in (
        '<xsl:variable name="all" select="concat(count($g0), \'x\')"/>',
        '<xsl:variable name="n" select="$g2"/>',
        'name="up" select="(if ($g4) then $g3 else count(ancestor::a/c))"/>',
        '<xsl:when test="$g6 = $n"/>',
        '<xsl:when test="(if ($g4) then $g7 else exists(ancestor::a/d))"/>',
        '<xsl:variable name="g7" select="exists((/a)/d)"/>',
    ):
        assert written in xslt


def test_long_code_lists_become_functions(write: Write) -> None:
    codes = " ".join(f"C{number}" for number in range(100))
    xslt = _sheet(write, _rule(f"contains('{codes}', concat(' ', c, ' '))")).xslt
    assert '<xsl:when test="cius-pt:l0(c)"/>' in xslt
    assert xslt.count("contains(") == 1


def test_a_message_that_is_known_is_not_written_by_the_stylesheet(write: Write) -> None:
    known = '<pattern><rule context="b"><assert id="T" test="c">why</assert></rule>'
    computed = known.replace("why", 'why <value-of select="."/>')
    for rule, expected in ((known, 0), (computed, 1)):
        sheet = _sheet(write, f"{rule}</pattern>")
        assert sheet.output == "records"
        assert sheet.xslt.count("encode-for-uri($cius-pt:m)") == expected
        assert ("why" in sheet.xslt) is bool(expected)


def test_what_the_names_decide_is_not_matched_once_more(write: Write) -> None:
    body = """<pattern>
        <rule context="a/b[@x]"><assert id="X" test="false()"/></rule>
        <rule context="a/b"><assert id="B" test="false()"/></rule>
        <rule context="b"><assert id="NEVER" test="false()"/></rule>
      </pattern>"""
    xslt = _sheet(write, body).xslt
    assert '<xsl:template match="a/b[attribute::x]" mode="d0" priority="2">' in xslt
    assert '<xsl:template match="*" mode="d0" priority="1">' in xslt
    assert 'match="a/b"' not in xslt


def test_choices_between_different_rules_are_not_mistaken_for_one_another(
    judge: Judge,
) -> None:
    body = """<pattern>
        <rule context="b[@x]"><assert id="B" test="false()"/></rule>
        <rule context="c[@x]"><assert id="C" test="false()"/></rule>
        <rule context="d[@x]"><assert id="D" test="false()"/></rule>
      </pattern>"""
    judged = judge(body, '<a><b x=""/><c x=""/><d x=""/><d/><c/><b/></a>')
    assert judged.hits == (("B", 1), ("C", 2), ("D", 3))


@pytest.mark.parametrize("count", [LEAST - 1, LEAST, LEAST + 1])
def test_a_family_has_a_least_size(write: Write, count: int) -> None:
    family = _family("", NAMES[:count])
    other = '<assert id="T" test="c = 1"/>'
    body = f'<pattern><rule context="a">{other}{family}</rule></pattern>'
    sheet = _sheet(write, body)
    together = set(range(1, count + 1)) if count >= LEAST else set()
    assert sheet.once == together
    # What is asked together is not asked one by one as well.
    assert sheet.xslt.count("<xsl:otherwise><xsl:value-of") == 1 + count - len(together)


def test_families_of_several_rules_are_kept_apart(judge: Judge) -> None:
    body = f"""
      <pattern><rule context="a">{_family("A-", NAMES)}</rule>
        <rule context="c"><assert id="C" test="x"/>{_family("C-", NAMES[:9])}</rule>
      </pattern>
      <pattern><rule context="c">{_family("D-", NAMES[3:])}</rule></pattern>"""
    document = "<a><p0/><p0/><p3/><r3/><r3/><c><x/><p0/><p3/><p3/><q0/><r3/></c></a>"
    judged = judge(body, document)
    assert judged.ids == sorted(
        ["A-p0", "A-p3", "A-r3", "C-p0", "C-p3", "C-q0", "D-p3", "D-q0", "D-r3"]
    )
    assert judge(body, "<a><c/></a>").ids == ["C"]


def test_what_is_required_is_not_taken_for_forbidden(judge: Judge) -> None:
    # A report of what is absent, next to enough asserts of the same shape.
    required = "".join(f'<report id="R-{n}" test="not({n})"/>' for n in NAMES)
    body = f"""<pattern>
        <rule context="a">{required}{_family("A-", NAMES)}</rule></pattern>"""
    present = "".join(f"<{name}/>" for name in NAMES)
    assert judge(body, f"<a>{present}</a>").ids == sorted(f"A-{n}" for n in NAMES)
    assert judge(body, "<a/>").ids == sorted(f"R-{n}" for n in NAMES)


def test_a_family_does_not_swallow_computed_messages(judge: Judge) -> None:
    family = _family("", NAMES, 'not <value-of select="name(*[1])"/>!')
    body = f'<pattern><rule context="a">{family}</rule></pattern>'
    judged = judge(body, "<a><q1/></a>")
    assert (judged.ids, judged.messages) == (["q1"], ("not q1!",))


@pytest.mark.parametrize("value", ["x", "y"])
def test_an_error_names_the_assertion_it_came_from(write: Write, value: str) -> None:
    body = """
      <pattern><rule context="a"><assert id="A" test="x"/></rule></pattern>
      <pattern>
        <rule context="b"><let name="n" value="1"/><assert id="C" test="true()">
          line
          by line <value-of select="."/></assert>
          <report id="X" test=". = 'x' and xs:decimal(.) = $n"/>
          <report id="Y" test=". = 'y' and xs:decimal(.) = $n"/></rule>
        <rule context="c"><assert id="D" test="x"/></rule></pattern>"""
    run = engine.load(write(body), "test").run(f"<a><b>{value}</b></a>".encode())
    assert run.error is not None
    assert "FORG0001" in run.error
    assert run.place == value.upper()


def test_an_error_after_a_family_does_not_name_one_of_it(write: Write) -> None:
    # The family's assertions have no line of their own to lend to the next one.
    asserts = f'{_family("F-", NAMES)}<assert id="X" test="xs:decimal(.) = 1"/>'
    body = f'<pattern><rule context="a">{asserts}</rule></pattern>'
    run = engine.load(write(body), "test").run(b"<a>x</a>")
    assert run.error is not None
    assert run.place == "X"


def test_contexts_beyond_the_trees_are_walked_and_promise_no_parent(
    judge: Judge,
) -> None:
    # ``=>`` is in no tree; such a rule still applies, also to the document element.
    body = """<pattern>
        <rule context="c"><assert id="C" test="false()"/></rule>
        <rule context="a[name() => string-length() = 1]">
          <assert id="A" test="count(ancestor::a) = 1"/></rule>
      </pattern>"""
    judged = judge(body, "<a><b><c/></b></a>", binding="xslt3")
    assert judged.hits == (("C", 2), ("A", 0))
