# SPDX-License-Identifier: MIT
"""Trees as libxml2 makes them: pushed or pulled, with indentation or without."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st
from lxml import etree

from cius_pt import check, libxml2, read, xmlio
from cius_pt.findings import Report
from tests.mutated import mutated
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = sorted((Path(__file__).parent.parent / "fixtures").glob("*.xml"))
HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="no"?><root-of-a-test>'

# What a text may be made of: without doubt, and with what makes white space doubtful.
PLAIN = [
    *(b" ", b"  ", b"\n", b"\t", b" " * 301, b"\n" * 299, b"\xc3\xa9", b"x" * 400),
    *(b"x", b"12.30", b"]", b"]]", b"'", b'"', b">"),
    *(b"&amp;", b"&#32;", b"&#xD;", b"&#10;", b"&lt;"),
]
DOUBTFUL = [*PLAIN, b"!", b"?", b"\r\n", b"\r"]
BEHIND = [b"", b"<!-- c -->", b"<?p i?>", b"<![CDATA[ x ]]>"]
TAGS = [b"<a>", b"</a>", b"<b x='1'>", b"</b>", b"<c/>", b"<c />", b"<![CDATA[]]>"]

DEPTH = 3


@st.composite
def elements(draw: st.DrawFn, depth: int = DEPTH, *, doubtful: bool) -> bytes:
    """Draw an element that is well-formed, with others in it or with text."""
    blank = draw(st.sampled_from([b"", b" ", b"\n  ", b"\r\n\t"][: 3 + doubtful]))
    if depth == DEPTH or (depth and draw(st.booleans())):
        more = elements(depth=depth - 1, doubtful=doubtful)
        inside = draw(st.lists(more, min_size=1, max_size=4))
        return b"<g>" + b"".join(blank + each for each in inside) + blank + b"</g>"
    pieces = st.sampled_from(DOUBTFUL if doubtful else PLAIN)
    text = b"".join(draw(st.lists(pieces, max_size=4)))
    behind = draw(st.sampled_from(BEHIND)) if doubtful else b""
    return b"<t>" + text + behind + blank + b"</t>"


anything = st.one_of(
    st.sampled_from([*DOUBTFUL, *BEHIND, *TAGS]),
    st.text("x \n\r\t<>&!?é", max_size=4).map(str.encode),
)
documents = st.one_of(
    elements(doubtful=False),
    elements(doubtful=True),
    st.lists(anything, max_size=12).map(b"".join),
).map(lambda inside: HEAD + inside + b"</root-of-a-test>")


def pulled(utf8: bytes) -> etree._Element | str:
    """Return the root as lxml reads it in the usual way, or what is wrong."""
    options = libxml2.parser_options(len(utf8))
    parser = etree.XMLParser(encoding="utf-8", **options)  # type: ignore[arg-type]
    return read_by(lambda: etree.fromstring(utf8, parser))


def read_by(work: Callable[[], etree._Element]) -> etree._Element | str:
    try:
        return work()
    except etree.XMLSyntaxError as error:
        return f"{error.msg} {error.position}"


def nodes(root: etree._Element) -> list[tuple[object, ...]]:
    """Return all that is to be seen of a tree."""
    return [
        (e.tag, e.text, e.tail, e.items(), e.nsmap, e.sourceline, e.prefix)
        for e in root.iter()
    ]


def bare(root: etree._Element) -> etree._Element:
    """Return a copy without the white space that stands between elements."""
    root = copy.deepcopy(root)
    for each in root.iter(etree.Element):
        inside = list(each)
        texts = [each.text, *(child.tail for child in inside)]
        if inside and not "".join(text or "" for text in texts).strip():
            each.text = None
            for child in inside:
                child.tail = None
    return root


@given(documents)
def test_what_is_pushed_gives_the_tree_that_is_pulled(utf8: bytes) -> None:
    expected, found = pulled(utf8), read_by(lambda: libxml2.read(utf8))
    event("refused" if isinstance(expected, str) else "read")

    if isinstance(expected, str) or isinstance(found, str):
        assert found == expected
    else:
        assert nodes(found) == nodes(expected)


@given(documents)
@example(HEAD + b"<a> \r\nx</a></root-of-a-test>")
@example(HEAD + b"<a> <!-- c -->x</a></root-of-a-test>")
@example(HEAD + b"<a> <![CDATA[x]]></a></root-of-a-test>")
@example(HEAD + b"<a> <?p i?>x</a></root-of-a-test>")
def test_without_blanks_nothing_is_missing_but_white_space_between_tags(
    utf8: bytes,
) -> None:
    expected = pulled(utf8)
    found = read_by(lambda: libxml2.read(utf8, blanks=False))

    if isinstance(expected, str) or isinstance(found, str):
        assert found == expected
        return
    event(f"as it is: {nodes(found) == nodes(expected)}")
    for one, other in zip(found.iter(), expected.iter(), strict=True):
        assert (one.tag, one.items(), one.sourceline) == (
            (other.tag, other.items(), other.sourceline)
        )
        if len(other) == 0:
            assert one.text == other.text
    assert nodes(bare(found)) == nodes(bare(expected))


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_white_space_between_tags_is_left_out_of_our_own_documents(path: Path) -> None:
    utf8 = path.read_bytes()
    found = libxml2.read(utf8, blanks=False)

    whole = libxml2.read(utf8)
    assert nodes(found) == nodes(bare(whole))
    texts = [(e.text or "") + (e.tail or "") for e in found.iter("*") if len(e)]
    assert not any(texts)
    assert nodes(found) != nodes(whole)


def said(data: bytes) -> dict[str, object]:
    """Return all that a check says, without the time it took."""
    report = check(data)
    return Report(
        checks=tuple(replace(c, seconds=0.0) for c in report.checks)
    ).to_dict()


def test_a_check_says_the_same_with_white_space_and_without() -> None:
    text = FIXTURES[0].read_bytes()
    lines = re.sub(rb">\s+<", b"><", text)

    for one, other in pairwise((text, lines, text.replace(b"\n", b"\r\n"))):
        assert [(c.name, c.outcome) for c in check(one).checks] == [
            (c.name, c.outcome) for c in check(other).checks
        ]


@DRAWN
@given(st.sampled_from(FIXTURES), st.data())
def test_a_check_says_the_same_of_a_tree_with_all_its_white_space(
    path: Path, data: st.DataObject
) -> None:
    invoice = read(path.read_bytes()).invoice
    root = mutated(invoice, data, most=3)
    leaves = [each for each in root.iter("*") if len(each) == 0]
    blanks = st.sampled_from(["", " ", "\n ", "\t"])
    for leaf in data.draw(st.lists(st.sampled_from(leaves), max_size=3)):
        leaf.text = data.draw(blanks) + (leaf.text or "") + data.draw(blanks)
    etree.indent(root)
    document = etree.tostring(root, encoding="UTF-8")
    found = said(document)
    event(f"conforms: {found['conforms']}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(libxml2, "_may_be_in_a_text", lambda _utf8: True)
        assert said(document) == found


class Interrupted:
    """A parser whose reader is interrupted between text and end."""

    def __init__(self, parser: etree.XMLParser) -> None:
        self._parser = parser

    def feed(self, data: bytes) -> None:
        """Take the text, and no more."""
        self._parser.feed(data)
        raise KeyboardInterrupt


def test_a_parser_that_was_interrupted_is_not_used_again() -> None:
    assert libxml2.read(b"<a/>").tag == "a"
    kept = libxml2._kept.__dict__  # noqa: SLF001
    kept["whole"] = Interrupted(kept["whole"])
    with pytest.raises(KeyboardInterrupt):
        libxml2.read(b"<b/>")

    assert libxml2.read(b"<c/>").tag == "c"


@pytest.mark.parametrize("size", [1, libxml2._MOST_PUSHED, 2 * libxml2._MOST_PUSHED])  # noqa: SLF001
def test_a_long_text_is_read_like_a_short_one(size: int) -> None:
    utf8 = b"<a> <b>" + b"x" * size + b"</b> </a>"

    assert nodes(libxml2.read(utf8)) == nodes(etree.fromstring(utf8))
    assert nodes(libxml2.read(utf8, blanks=False)) == nodes(
        bare(etree.fromstring(utf8))
    )


def test_a_signature_is_seen_however_its_namespace_is_spelt() -> None:
    plain, spelt = xmlio.DS, xmlio.DS.replace("h", "&#104;", 1)
    root = f'<Invoice xmlns="{xmlio.INVOICE}">{{}}</Invoice>'

    for name in (plain, spelt):
        inside = f'<s:Signature xmlns:s="{name}"/>'
        assert xmlio.parse(root.format(inside).encode()).signed
    for inside in ("", f"<!-- {plain} -->", "<a>&amp;</a>"):
        assert not xmlio.parse(root.format(inside).encode()).signed
