# SPDX-License-Identifier: MIT
"""What ISO 19757-3 says, one small schema each; `judge` runs both translations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cius_pt.errors import ArtefactError
from cius_pt.findings import Severity
from cius_pt.schematron import engine
from cius_pt.schematron.source import load as read_schema
from cius_pt.schematron.stylesheet import severity

if TYPE_CHECKING:
    from tests.schematron.conftest import Judge, Write


def test_only_the_first_matching_rule_of_a_pattern_applies(judge: Judge) -> None:
    body = """
      <pattern>
        <rule context="b[@x]"><assert id="FIRST" test="false()"/></rule>
        <rule context="b"><assert id="SECOND" test="false()"/></rule>
      </pattern>
      <pattern><rule context="b"><assert id="OTHER" test="false()"/></rule></pattern>"""
    judged = judge(body, '<a><b x="1"/><b/></a>')
    assert judged.hits == (("FIRST", 1), ("SECOND", 2), ("OTHER", 1), ("OTHER", 2))


def test_a_rule_without_assertions_still_takes_its_nodes(judge: Judge) -> None:
    body = """<pattern>
        <rule context="b[@skip]"/>
        <rule context="b"><assert id="B" test="false()"/></rule>
      </pattern>"""
    assert judge(body, '<a><b skip=""/><b/></a>').hits == (("B", 2),)


def test_asserts_fire_when_false_and_reports_when_true(judge: Judge) -> None:
    body = """<pattern><rule context="a">
        <assert id="A-false" test="no"/><assert id="A-true" test="b"/>
        <report id="R-false" test="no"/><report id="R-true" test="b"/>
      </rule></pattern>"""
    assert judge(body, "<a><b/></a>").ids == ["A-false", "R-true"]


def test_contexts_may_be_attributes_text_comments_and_the_document(
    judge: Judge,
) -> None:
    body = """<pattern>
        <rule context="@u:x"><assert id="U" test="false()"/></rule>
        <rule context="@x"><assert id="ATTRIBUTE" test=". = '1'"/></rule>
        <rule context="text()"><assert id="TEXT" test="false()"/></rule>
        <rule context="comment()"><assert id="COMMENT" test="false()"/></rule>
        <rule context="/"><assert id="ROOT" test="false()"/></rule>
      </pattern>"""
    document = '<a xmlns:p="urn:u"><b/><c x="2" p:x="3"><!--c--></c>t</a><!--end-->'
    judged = judge(body, document)
    assert set(zip(judged.hits, judged.attributes, strict=True)) == {
        (("U", 2), "{urn:u}x"),
        (("ATTRIBUTE", 2), "x"),
        (("TEXT", 0), None),
        (("COMMENT", 2), None),
        (("COMMENT", 0), None),
        (("ROOT", 0), None),
    }


def test_abstract_patterns_are_plain_text_substitution(judge: Judge) -> None:
    body = """
      <pattern abstract="true" id="shape">
        <rule context="$Line "><assert id="LINE" test="$ok"/></rule>
        <rule context="$Line_Price "><assert id="PRICE" test="$ok2 and $ok"/></rule>
      </pattern>
      <pattern is-a="shape" id="one">
        <param name="Line " value="line"/>
        <param name="Line_Price " value="line/price"/>
        <param name="ok" value="@ok"/>
        <param name="ok2" value="@ok='2'"/>
      </pattern>
      <pattern is-a="shape" id="two">
        <param name="Line " value="row"/>
        <param name="Line_Price " value="row/price"/>
        <param name="ok" value="true()"/><param name="ok2" value="true()"/>
      </pattern>"""
    document = '<a><line/><line ok="1"><price ok="1"/></line><row><price/></row></a>'
    assert judge(body, document).hits == (("LINE", 1), ("PRICE", 3))


def test_a_parameter_is_not_looked_for_in_the_text_of_another(judge: Judge) -> None:
    body = """
      <pattern abstract="true" id="shape">
        <rule context="a"><let name="b" value="1"/><assert id="A" test="$x = 1"/></rule>
      </pattern>
      <pattern is-a="shape" id="one">
        <param name="x" value="$b"/><param name="b" value="2"/>
      </pattern>"""
    assert judge(body, "<a/>").hits == ()


def test_abstract_rules_are_written_out_where_they_are_extended(judge: Judge) -> None:
    body = """<pattern>
        <rule abstract="true" id="base">
          <let name="n" value="count(*)"/><assert id="BASE" test="$n = $wanted"/>
        </rule>
        <rule abstract="true" id="more">
          <extends rule="base"/><assert id="MORE" test="false()"/>
        </rule>
        <rule context="a"><let name="wanted" value="2"/><extends rule="more"/></rule>
      </pattern>"""
    assert judge(body, "<a><b/></a>").ids == ["BASE", "MORE"]


def test_lets_are_seen_at_every_level_and_the_nearest_wins(judge: Judge) -> None:
    body = """
      <let name="v" value="'schema'"/><let name="all" value="count(//*)"/>
      <pattern>
        <let name="v" value="'pattern'"/>
        <rule context="b">
          <assert id="RULE" test="$v = 'rule'"/><let name="v" value="'rule'"/>
        </rule>
        <rule context="c"><assert id="PATTERN" test="$v = 'pattern'"/></rule>
      </pattern>
      <pattern>
        <let name="here" value="name(/*)"/>
        <rule context="b"><assert id="SCHEMA" test="$v = 'schema'"/>
          <assert id="ROOT" test="$here = 'a' and $all = 3"/></rule>
      </pattern>
      <pattern>
        <let name="here" value="name(/*/*[1])"/>
        <rule context="b"><assert id="COPY" test="$here = 'b'"/></rule>
      </pattern>"""
    assert judge(body, "<a><b/><c/></a>").hits == ()


def test_quantifiers_may_reuse_the_name_of_a_global_variable(judge: Judge) -> None:
    body = """
      <let name="x" value="//b"/>
      <pattern><rule context="a">
        <assert id="A" test="every $x in c satisfies $x/@n = count(//b[@n = $x/@n])"/>
        <assert id="B" test="count($x) = 2"/>
      </rule></pattern>"""
    assert judge(body, '<a><b n="1"/><b n="2"/><c n="1"/></a>').hits == ()
    assert judge(body, '<a><b n="2"/><b n="2"/><c n="1"/></a>').ids == ["A"]


def test_one_id_may_be_used_twice(judge: Judge) -> None:
    body = """<pattern><rule context="a">
        <assert id="TWICE" test="false()">one</assert>
        <assert id="TWICE" test="false()">two</assert>
      </rule></pattern>"""
    judged = judge(body, "<a/>")
    assert judged.ids == ["TWICE", "TWICE"]
    assert judged.messages == ("one", "two")


def test_messages_may_be_computed(judge: Judge) -> None:
    body = """<pattern><rule context="b"><let name="n" value="count(preceding::b)"/>
        <assert id="M" test="false()"> Nº <value-of select="$n + 1"/> of <name path=".."
        />/<name/>: <emph>"<value-of select="."/>"</emph>=<span>{x}</span> </assert>
      </rule></pattern>"""
    judged = judge(body, "<a><b>é\n = %0A</b><b/></a>")
    assert judged.messages == ('Nº 1 of a/b: "é\n = %0A"={x}', 'Nº 2 of a/b: ""={x}')


def test_phases_choose_patterns(write: Write) -> None:
    body = """
      <phase id="one"><active pattern="p1"/></phase>
      <phase id="two"><let name="v" value="2"/><active pattern="p2"/></phase>
      <pattern id="p1">
        <rule context="a"><assert id="P1" test="false()"/></rule></pattern>
      <pattern id="p2">
        <rule context="a"><assert id="P2" test="$v = 1"/></rule></pattern>"""
    schema = read_schema(write(body, attributes='defaultPhase="one"'))
    assert [p.id for p in schema.select(None).patterns] == ["p1"]
    assert [p.id for p in schema.select("two").patterns] == ["p2"]
    assert [let.name for let in schema.select("two").lets] == ["v"]
    assert [p.id for p in schema.select("#ALL").patterns] == ["p1", "p2"]
    with pytest.raises(ArtefactError, match="no phase 'three'"):
        schema.select("three")


def test_the_default_phase_is_what_is_run(judge: Judge) -> None:
    body = """
      <phase id="one"><let name="v" value="1"/><active pattern="p1"/></phase>
      <pattern id="p1">
        <rule context="a"><assert id="P1" test="$v = 2"/></rule></pattern>
      <pattern id="p2">
        <rule context="a"><assert id="P2" test="false()"/></rule></pattern>"""
    assert judge(body, "<a/>", attributes='defaultPhase="one"').ids == ["P1"]


def test_keys_can_be_looked_up(judge: Judge) -> None:
    body = """
      <xsl:key xmlns:xsl="http://www.w3.org/1999/XSL/Transform" name="by-id"
        match="item" use="@id"/>
      <pattern><rule context="ref">
        <assert id="REF" test="exists(key('by-id', @to))"/>
      </rule></pattern>"""
    document = '<a><item id="x"/><ref to="x"/><ref to="y"/></a>'
    assert judge(body, document).hits == (("REF", 3),)


def test_current_is_the_node_of_the_rule(judge: Judge) -> None:
    body = """<pattern><rule context="b">
        <assert id="SAME" test="count(//b[@id = current()/@id]) = 1"/>
      </rule></pattern>"""
    document = '<a><b id="1"/><b id="1"/><b id="2"/></a>'
    assert judge(body, document).hits == (("SAME", 1), ("SAME", 2))


def test_xslt3_schemas_may_use_xpath3(judge: Judge) -> None:
    body = """<pattern><rule context="a">
        <let name="m" value="map { 'x' : count(//b) }"/>
        <assert id="MAP" test="$m?x = 2"/>
        <assert id="LET" test="let $n := //b return count($n) = 1"/>
        <assert id="BANG" test="(//b ! string(.)) = 'y'"/>
      </rule></pattern>"""
    assert judge(body, "<a><b>x</b></a>", binding="xslt3").ids == ["BANG", "MAP"]


@pytest.mark.parametrize(
    "test",
    [
        "count([1, 3]) = 1",
        "exists([1, 3])",
        "[1, 2, 3]?3 = 3",
        "array:size([1, 2]) = 2",
        "count([b]) = 1",
        "array:size([]) = 0",
        "$m('k') = 1",
        "$list(2) = 5",
        "$list?2 = 5",
        "count($list?*) = 2",
        "($m)('k') = 1",
        "count(($m, 'k')) = 2",
        "(//b)[2](1)[false()] or true()",
        "some $x in [1, 3] satisfies count($x) = 1",
    ],
)
def test_arrays_and_calls_of_values_are_no_filters_and_no_sequences(
    judge: Judge, test: str
) -> None:
    uri = "http://www.w3.org/2005/xpath-functions/array"
    body = f"""<ns prefix="array" uri="{uri}"/>
      <let name="m" value="map {{ 'k' : 1 }}"/><let name="list" value="[4, 5]"/>
      <pattern><rule context="a"><assert id="A" test="{test}"/></rule></pattern>"""
    assert judge(body, "<a><b>x</b></a>", binding="xslt3").hits == ()


def test_ancestors_are_not_taken_for_the_root_where_they_nest(judge: Judge) -> None:
    body = """<pattern><rule context="b/c">
        <assert id="COUNT" test="count(ancestor::a/d) = 1"/>
        <assert id="EXISTS" test="exists(ancestor::a/d) = exists(//a/d)"/>
      </rule></pattern>"""
    assert judge(body, "<a><b><c/></b><d/></a>").hits == ()
    nested = "<a><b><a><b><c/></b><d/></a><c/></b><d/></a>"
    assert judge(body, nested).hits == (("COUNT", 4),)
    assert judge(body, "<x><a><b><c/></b></a><a><d/></a></x>").ids == [
        "COUNT",
        "EXISTS",
    ]


def test_numbers_in_predicates_keep_counting_among_siblings(judge: Judge) -> None:
    body = """<pattern><rule context="b">
        <assert id="FIRST" test="count(//b[1]) = 2"/>
        <assert id="LAST" test="count(//b[last()]) = 2"/>
        <assert id="SECOND" test="count(//b[@n][position() = 2]) = 2"/>
        <assert id="END" test="count(//b[position() = last()]) = 2"/>
        <assert id="ONLY" test="count(//b[not(last() = 2)]) = 0"/>
        <assert id="AFTER" test="count(//b[position() gt 1]) = 2"/>
        <assert id="VALUE" test="count(//b[@n + 0]) = 1"/>
      </rule></pattern>"""
    document = '<a><c><b n="1"/><b n="3"/></c><c><b n="7"/><b n="9"/></c></a>'
    assert judge(body, document).hits == ()


def test_a_number_without_end_keeps_its_meaning_beside_what_could_move(
    judge: Judge,
) -> None:
    body = """<pattern><rule context="b">
        <assert id="LESS" test="count(//b) lt 1e400"/>
        <report id="MORE" test="count(//b) ge 1e400"/>
      </rule></pattern>"""
    assert judge(body, "<a><b/></a>").hits == ()


@pytest.mark.parametrize("prefix", ["fn", "f"])
def test_functions_mean_the_same_by_any_prefix(judge: Judge, prefix: str) -> None:
    uri = "http://www.w3.org/2005/xpath-functions"
    body = f"""<ns prefix="{prefix}" uri="{uri}"/><pattern><rule context="b">
        <assert id="FIRST" test="count(//b[{prefix}:position() = 1]) = 2"/>
        <assert id="SAME" test="count(//b[@n = {prefix}:current()/@n]) = 1"/>
        <assert id="NOT" test="{prefix}:not(//d)"/>
      </rule></pattern>"""
    document = '<a><c><b n="1"/><b n="2"/></c><c><b n="3"/></c></a>'
    assert judge(body, document).hits == ()


def test_tests_for_attributes_keep_their_meaning(judge: Judge) -> None:
    body = """<pattern><rule context="b">
        <assert id="ANY" test="//n[string-join(attribute(), '') = '12']"/>
        <assert id="ONE" test="//n[attribute(x) = '1']"/>
        <assert id="IS" test="count(//@*[. instance of attribute()]) = 2"/>
        <assert id="NAMED" test="count(//@*[. instance of attribute(y)]) = 1"/>
        <report id="NO" test="//n[attribute::attribute(z)] or //n/attribute(z)"/>
      </rule></pattern>"""
    assert judge(body, '<a><n x="1" y="2"/><b/></a>').hits == ()


@pytest.mark.parametrize(
    ("flag", "role", "expected"),
    [
        ("fatal", "", Severity.FATAL),
        ("warning", "", Severity.WARNING),
        (" Warning ", "", Severity.WARNING),
        ("", "warn", Severity.WARNING),
        ("", "information", Severity.INFO),
        ("fatal", "warning", Severity.FATAL),
        ("", "", Severity.FATAL),
        ("error", "", Severity.FATAL),
        ("urgent", "", Severity.FATAL),
    ],
)
def test_flags_become_severities_and_the_unknown_is_fatal(
    flag: str, role: str, expected: Severity
) -> None:
    assert severity(flag, role) is expected


def test_the_severity_reaches_the_rule_set(write: Write) -> None:
    body = """<pattern><rule context="a">
        <assert id="W" flag="warning" test="b"/><assert id="N" test="b"/>
      </rule></pattern>"""
    rules = engine.load(write(body), "test")
    severities = [a.severity for a in rules.stylesheet.assertions]
    assert severities == [Severity.WARNING, Severity.FATAL]
