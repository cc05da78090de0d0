# SPDX-License-Identifier: MIT
from __future__ import annotations

import pytest

from cius_pt.pt.tagged import Tag, build, parse


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("#A#b#", Tag(key="A", value="b")),
        ("#A@B#c#", Tag(key="A@B", value="c")),
        ("#A@B@C-001#d#", Tag(key="A@B@C", number=1, value="d")),
        ("#A-000#d#", Tag(key="A", number=0, value="d")),
        ("#A-999#d#", Tag(key="A", number=999, value="d")),
        ("#A#b#c#", Tag(key="A", value="b#c")),
        ("#A###", Tag(key="A", value="#")),
        ("#A# #", Tag(key="A", value=" ")),
        ("#A#\u2028#", Tag(key="A", value="\u2028")),
    ],
)
def test_a_tag_is_taken_apart_and_put_together(text: str, tag: Tag) -> None:
    assert parse(text) == tag
    assert build(tag) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "#", "##", "###", "A", "#A#", "#A##", "#A#b", "A#b#", " #A#b#"),
        *("#A#b# ", "#a#b#", "#A1#b#", "#@A#b#", "#A@#b#", "#A-1#b#", "#A-0001#b#"),
        *("#A-٠٠١#b#", "#A#b\nc#", "#A#b\rc#", "#A#b#\n", "#A-001-002#b#"),
    ],
)
def test_what_does_not_follow_the_grammar_is_no_tag(text: str) -> None:
    assert parse(text) is None
