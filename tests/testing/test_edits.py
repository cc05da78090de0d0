# SPDX-License-Identifier: MIT
"""Edits: each does what it says, at the path that finds the element again."""

from __future__ import annotations

import pytest

from cius_pt.errors import InvalidValue, UnreadableDocument
from cius_pt.testing.breaking import base
from cius_pt.testing.edits import NESTED, Action, Edit, edited, path_of
from cius_pt.xmlio import CAC, CBC, tree

SMALL = (
    f'<a xmlns:cac="{CAC}" xmlns:cbc="{CBC}"><cbc:ID x="1">A</cbc:ID>'
    "<cbc:ID>B</cbc:ID><cac:Item/></a>"
).encode()


def after(action: Action, path: str, name: str = "", value: str = "") -> list[str]:
    edit = Edit(action=action, path=path, name=name, value=value)
    return [
        f"{child.tag.rpartition('}')[2]}={child.text or ''}{dict(child.items()) or ''}"
        for child in tree(edited(SMALL, [edit]))
    ]


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ((Action.DROP, "cbc:ID[1]"), ["ID=B", "Item="]),
        ((Action.DOUBLE, "cbc:ID[2]"), ["ID=A{'x': '1'}", "ID=B", "ID=B", "Item="]),
        ((Action.MOVE, "cac:Item"), ["Item=", "ID=A{'x': '1'}", "ID=B"]),
        ((Action.MOVE, "cbc:ID[1]"), ["ID=B", "Item=", "ID=A{'x': '1'}"]),
        ((Action.WRITE, "cbc:ID[2]", "", "C"), ["ID=A{'x': '1'}", "ID=C", "Item="]),
        ((Action.SET, "cbc:ID[1]", "x", "2"), ["ID=A{'x': '2'}", "ID=B", "Item="]),
        ((Action.UNSET, "cbc:ID[1]", "x"), ["ID=A", "ID=B", "Item="]),
        (
            (Action.AFTER, "cbc:ID[2]", "", "<cbc:Note>N</cbc:Note>"),
            ["ID=A{'x': '1'}", "ID=B", "Note=N", "Item="],
        ),
        (
            (Action.FIRST, ".", "", "<cbc:Note>N</cbc:Note>"),
            ["Note=N", "ID=A{'x': '1'}", "ID=B", "Item="],
        ),
        (
            (Action.REPEAT, "cbc:ID[2]", "3", "ab"),
            ["ID=A{'x': '1'}", "ID=ababab", "Item="],
        ),
        (
            (Action.NEST, "cbc:ID[2]"),
            ["UBLExtensions=", "ID=A{'x': '1'}", "ID=B", "Item="],
        ),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, tuple) else "",
)
def test_an_edit_does_what_it_says(
    edit: tuple[Action, str], expected: list[str]
) -> None:
    assert after(*edit) == expected


@pytest.mark.parametrize("name", ["", "cn:CreditNote"])
def test_what_is_nested_is_found_below_the_extension(name: str) -> None:
    found = f"{NESTED}/{name or 'cac:Item'}"
    nest = Edit(action=Action.NEST, path="cac:Item", name=name)
    write = Edit(action=Action.WRITE, path=found, value="nested")

    root = tree(edited(SMALL, [nest, nest, write]))

    texts = [(path_of(e), e.text) for e in root.iter("*") if e.text == "nested"]
    first = found.replace("ext:UBLExtension/", "ext:UBLExtension[1]/")
    assert texts == [(first, "nested")]


def test_every_element_is_found_again_by_its_path() -> None:
    data = base("full-invoice")
    for element in tree(data).iter("*"):
        path = path_of(element)
        if not len(element):
            edit = Edit(action=Action.WRITE, path=path, value="found again")
            found = list(tree(edited(data, [edit])).iter("*"))
            assert [path_of(e) for e in found if e.text == "found again"] == [path]


def test_where_there_is_nothing_the_path_is_named() -> None:
    edit = Edit(action=Action.DROP, path="cbc:None")

    with pytest.raises(InvalidValue, match=r"cbc:None: there is no such element"):
        edited(SMALL, [edit])


def test_the_document_itself_stays() -> None:
    with pytest.raises(InvalidValue, match="can only be changed"):
        edited(SMALL, [Edit(action=Action.DROP, path=".")])


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(UnreadableDocument):
        edited(b"no XML", [])
