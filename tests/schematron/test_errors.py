# SPDX-License-Identifier: MIT
"""Dynamic errors: moving an expression must not make or hide one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.schematron.conftest import Judge

BAD = "<a><n>1</n><n>x</n><b/><b/></a>"
GOOD = "<a><n>1</n><n>2</n><b/><b/></a>"


def _rule(test: str, context: str = "b") -> str:
    return (
        f'<pattern><rule context="{context}"><assert id="T" test="{test}"/></rule>'
        "</pattern>"
    )


@pytest.mark.parametrize(
    "test",
    [
        "sum(//n/xs:decimal(.)) > 0",
        "xs:decimal(//n) > 0",
        "every $n in //n satisfies xs:decimal($n) > 0",
        "normalize-space(//n) = '1'",
        "//n[xs:decimal(.) > 5]",
        "count(//n[xs:decimal(.) > 5]) = 0",
        "//n/string-length(.)",
        "//n/xs:decimal(.)",
    ],
)
def test_an_error_that_is_reached_aborts_both(judge: Judge, test: str) -> None:
    judged = judge(_rule(test), BAD)
    assert judged.error is not None
    assert judged.hits == ()


@pytest.mark.parametrize(
    "test",
    [
        "if (//c) then sum(//n/xs:decimal(.)) > 0 else true()",
        "if (c) then xs:decimal(//n) > 0 else true()",
        # The first item decides: nothing looks at the second, which has no number.
        "exists(//n/xs:decimal(.))",
        "some $n in //n satisfies xs:decimal($n) = 1",
        "//n/xs:decimal(.) = 1",
        "(//n/xs:decimal(.))[1] = 1",
        "//n[xs:decimal(.) = 1]",
        "exists(//n[xs:decimal(.) = 1])",
    ],
)
def test_an_error_that_is_not_reached_is_none(judge: Judge, test: str) -> None:
    judged = judge(_rule(test), BAD)
    assert judged.error is None
    assert judged.hits == ()


def test_an_error_in_a_rule_that_no_node_matches_is_none(judge: Judge) -> None:
    body = _rule("sum(//n/xs:decimal(.)) > 0", context="zzz")
    assert judge(body, BAD).error is None


def test_an_error_in_a_variable_that_nobody_reads_is_none(judge: Judge) -> None:
    body = """<let name="unused" value="xs:decimal(//n)"/>
      <pattern><rule context="b"><let name="local" value="sum(//n/xs:decimal(.))"/>
        <assert id="T" test="true() or $local = 1"/></rule></pattern>"""
    assert judge(body, BAD).error is None


def test_an_error_in_a_global_variable_aborts_when_it_is_read(judge: Judge) -> None:
    body = """<let name="total" value="sum(//n/xs:decimal(.))"/>
      <pattern><rule context="b"><assert id="T" test="$total > 2"/></rule></pattern>"""
    judged = judge(body, BAD)
    assert judged.error is not None
    assert "FORG0001" in judged.error
    assert judge(body, GOOD).hits == ()


def test_an_error_in_a_context_means_that_it_does_not_match(judge: Judge) -> None:
    # XSLT 3.0, 5.5.4: an error while a pattern is matched makes it not match.
    body = _rule("false()", context="n[xs:decimal(.) = 1]")
    assert judge(body, BAD).hits == (("T", 1),)


def test_an_absolute_path_over_numbers_stays_an_error(judge: Judge) -> None:
    # The context item of the predicate is a text: there is no document to search.
    judged = judge(_rule("exists((., //n/string(.))[exists(//b)][3])"), GOOD)
    assert judged.error is not None
