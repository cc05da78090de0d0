# SPDX-License-Identifier: MIT
"""Lines and columns beside those of expat, and XPaths beside what they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cius_pt.places import (
    CAC,
    CBC,
    INVOICE,
    PREFIXES,
    element_at,
    positions,
    xpaths,
)
from cius_pt.xmlio import parse
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from collections.abc import Iterable

OPEN = f'<Invoice xmlns="{INVOICE}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}"'
_TEXTS = st.sampled_from(
    ("", "a", " ", "\n", "\r", "\r\n", "\t", "é€𝄞", "]]&gt;", ">", "/>", "&#10;")
)
_OTHERS = st.sampled_from(
    (
        "<!---->",
        "<!-- <a> -->",
        "<!--\r\n<a/>\r-->",
        "<![CDATA[]]>",
        "<![CDATA[<a>\n]] >]]>",
        "<?pi?>",
        "<?pi <a> ?\n?>",
    )
)
_TAGS = st.sampled_from(
    ("cbc:ID", "cac:Item", "x", 'x a=">" ', "x\n b='\r\n/>'", 'é c="&lt;"')
)


@st.composite
def elements(draw: st.DrawFn, inside: st.SearchStrategy[str]) -> str:
    tag = draw(_TAGS)
    if draw(st.booleans()):
        return f"<{tag}/>"
    return f"<{tag}>{draw(inside)}</{tag.split()[0]}\n>"


CONTENTS = st.recursive(
    _TEXTS | _OTHERS,
    lambda inside: st.lists(elements(inside) | _TEXTS | _OTHERS, max_size=6).map(
        "".join
    ),
    max_leaves=20,
)


def by_expat(utf8: bytes) -> list[tuple[int, int]]:
    """Return line and column of every start tag."""
    found: list[tuple[int, int]] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda *_: found.append(
        (parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
    )
    parser.Parse(utf8, True)
    return found


@DRAWN
@given(_OTHERS.filter(lambda text: "CDATA" not in text), CONTENTS, st.data())
def test_lines_and_columns_are_those_of_expat(
    before: str, content: str, data: st.DataObject
) -> None:
    utf8 = f"{before}\n{OPEN}>{content}</Invoice>".encode()
    expected = by_expat(utf8)
    every = range(len(expected))
    wanted = sorted(data.draw(st.sets(st.sampled_from(every), min_size=1)))
    assert positions(utf8, wanted) == {number: expected[number] for number in wanted}


@DRAWN
@given(CONTENTS)
def test_an_xpath_leads_to_its_element_alone(content: str) -> None:
    document = parse(f"{OPEN}>{content}</Invoice>".encode())
    every = list(document.root.iter(etree.Element))
    assert led(document.root, xpaths(every)) == every
    assert led(document.root, xpaths(reversed(every))) == every[::-1]


@DRAWN
@given(CONTENTS)
def test_an_element_is_found_again_by_its_xpath(content: str) -> None:
    root = parse(f"{OPEN}>{content}</Invoice>".encode()).root
    every = list(root.iter(etree.Element))
    for element, xpath in zip(every, xpaths(every), strict=True):
        assert element_at(root, xpath) in {element, None}
        if "*[" not in xpath:
            assert element_at(root, xpath) is element


@pytest.mark.parametrize(
    "xpath",
    [
        *("", "/", "Invoice", "/invoice", "//Invoice", "/Invoice/", "/Invoice//cbc:ID"),
        *("/Invoice/cbc:ID[0]", "/Invoice/cbc:ID[3]", "/Invoice/no:ID", "/Invoice/ID"),
        "/Invoice/*[local-name()='a' and namespace-uri()='urn:a/b']",
    ],
)
def test_what_is_no_path_of_an_element_leads_nowhere(xpath: str) -> None:
    root = parse(f"{OPEN}><cbc:ID/><cbc:ID/></Invoice>".encode()).root
    assert element_at(root, xpath) is None


def led(root: etree._Element, paths: Iterable[str]) -> list[etree._Element]:
    """Return where paths lead; the root has no prefix in a path."""
    found: list[etree._Element] = []
    for path in paths:
        _, _, below = path.removeprefix("/Invoice").partition("/")
        # What has no prefix is in the namespace of the root.
        steps = [
            step if ":" in step or step.startswith("*") else f"own:{step}"
            for step in below.split("/")
            if step
        ]
        xpath = "/".join(["/*", *steps])
        spaces = {**PREFIXES, "own": INVOICE}
        (element,) = cast("list[Any]", root.xpath(xpath, namespaces=spaces))
        found.append(element)
    return found


def test_one_element_among_many_is_numbered_with_its_own_name_only() -> None:
    lines = "<cac:InvoiceLine/><cbc:Note/>" * 3
    document = parse(f"{OPEN}>{lines}<cbc:ID/></Invoice>".encode())
    assert list(xpaths([document.element(3), document.element(7)])) == [
        "/Invoice/cac:InvoiceLine[2]",
        "/Invoice/cbc:ID",
    ]
