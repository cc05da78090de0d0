# SPDX-License-Identifier: MIT
"""Lean and literal on documents nobody thought of.

The rules use everything the optimiser touches; the documents are random trees over
their names, with numbers that are none among the texts.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from hypothesis import given, settings
from hypothesis import strategies as st

from cius_pt.schematron import engine

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

SCH = "http://purl.oclc.org/dsdl/schematron"
CODES = " " + " ".join(f"{a}{b}" for a in "abcdexyz" for b in "0123456789") + " 1 "
RULES = f"""<schema xmlns="{SCH}" queryBinding="xslt2">
  <ns prefix="xs" uri="http://www.w3.org/2001/XMLSchema"/>
  <let name="all" value="//line"/>
  <let name="total" value="sum(//line/n/xs:decimal(.))"/>
  <pattern>
    <let name="first" value="/root/line[1]/n"/>
    <rule context="line[n = '1']/part"><assert id="P1" test="x = $first"/></rule>
    <rule context="root/line/part | part/part">
      <let name="lines" value="count(ancestor::root/line)"/>
      <let name="same" value="ancestor::root/line[n = current()/n]"/>
      <assert id="P2" test="count($same) le $lines"/>
      <assert id="P3" test="exists(ancestor::root/n) or ancestor::line/n = //n"/>
      <report id="P4" test="count(//part[1]) > count(//line) and x"/>
    </rule>
    <rule context="part"><assert id="P5" test="not(.//part)"/></rule>
  </pattern>
  <pattern>
    <rule context="line">
      <assert id="L1" test="$total > 1 or not(n)"/>
      <assert id="L2" test="every $n in //n satisfies xs:decimal($n) >= 0"/>
      <assert id="L3" test="if (x) then sum(//x/xs:decimal(.)) > 0 else true()"/>
      <assert id="L4" test="n = //x/xs:decimal(.) or not(x)"/>
      <assert id="L5" test="normalize-space(n) != '1'"/>
      <assert id="L6" test="contains('{CODES}', concat(' ', n, ' '))"/>
      <assert id="L7" test="//line[n = '2'][part] or count($all[part]) lt 3">
        <value-of select="count(//n)"/> of <name path=".."/></assert>
      <assert id="L8" test="some $l in //line satisfies $l/n = (1 to 2)"/>
    </rule>
    <rule context="/root">
      <assert id="F1" test="not(part)"/><assert id="F2" test="not(part/part)"/>
      <assert id="F3" test="not(line/x)"/><assert id="F4" test="not(line/line)"/>
      <assert id="F5" test="not(line/part/x)"/><assert id="F6" test="not(root)"/>
      <assert id="F7" test="not(x/x)"/><assert id="F8" test="empty(n/n)"/>
      <report id="F9" test="line/n/x"/>
    </rule>
    <rule context="*[@a]"><assert id="W" test="@a = //n"/></rule>
  </pattern>
  <pattern>
    <rule context="@a[. = //n]"><report id="A1" test="xs:decimal(.) > 1"/></rule>
    <rule context="text()"><assert id="T1" test="../@a or /root"/></rule>
    <rule context="n[xs:decimal(.) = 1]"><assert id="N1" test="../x"/></rule>
  </pattern>
</schema>"""

NAMES = st.sampled_from(["root", "line", "part", "n", "x"])
TEXTS = st.sampled_from(["", "1", "2", "-1", "b7", "x", " 1 ", "1 2"])


@st.composite
def element(draw: st.DrawFn, name: str, depth: int) -> str:
    attribute = draw(st.sampled_from(["", "", "", ' a="1"', ' a="2"', ' a="q"']))
    text = escape(draw(TEXTS)) if name in "nx" or depth == 0 else ""
    children = ""
    if depth:
        names = draw(st.lists(NAMES, max_size=4))
        children = "".join(draw(element(child, depth - 1)) for child in names)
    return f"<{name}{attribute}>{text}{children}</{name}>"


@cache
def _both(folder: Path) -> tuple[engine.Rules, engine.Rules]:
    path = folder / "rules.sch"
    path.write_text(RULES, encoding="utf-8")
    return engine.load(path, "x"), engine.load(path, "x", optimise=False)


@given(document=st.one_of(element("root", 4), element("line", 3)))
@settings(max_examples=300, deadline=None)
def test_lean_and_literal_agree_on_any_document(
    document: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    lean, literal = _both(tmp_path_factory.getbasetemp())
    data = document.encode()
    fast, slow = lean.run(data), literal.run(data)
    assert _identities(fast) == _identities(slow)
    assert (fast.complete, fast.error is None) == (slow.complete, slow.error is None)


def _identities(run: engine.Run) -> Counter[tuple[int, int, str | None, str]]:
    return Counter(
        (hit.number, hit.element, hit.attribute, hit.message) for hit in run.hits
    )
