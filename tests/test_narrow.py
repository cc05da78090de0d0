"""The narrow schema: never wider than the whole one, and no more than a shortcut."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from lxml import etree

from cius_pt import artefacts, narrow, schema, xmlio
from cius_pt.findings import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.xmlio import Kind

FIXTURES = sorted((Path(__file__).parent.parent / "fixtures").glob("*.xml"))
ROOTS = [etree.fromstring(path.read_bytes()) for path in FIXTURES]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the cache folder of a process that has not compiled anything yet."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path))
    monkeypatch.setattr(narrow, "_compiled", {})
    monkeypatch.setattr(schema, "_validators", {})
    yield tmp_path / "cache"
    monkeypatch.undo()


@cache
def whole(kind: Kind) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(artefacts.schema(kind).entry))


def accepted(data: bytes) -> tuple[bool, bool]:
    """Return whether the narrow and the whole schema accept a document."""
    document = xmlio.parse(data)
    small = narrow.validator(document.kind)
    assert small is not None
    return small.validate(document.root), whole(document.kind).validate(document.root)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_the_narrow_schema_is_enough_for_our_own_documents(path: Path) -> None:
    assert accepted(path.read_bytes()) == (True, True)


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """Draw a document of ours in which something stands elsewhere, twice or not."""
    root = copy.deepcopy(draw(st.sampled_from(ROOTS)))
    for _ in range(draw(st.integers(1, 3))):
        every = list(root.iter("*"))
        node = every[draw(st.integers(1, len(every) - 1)) if len(every) > 1 else 0]
        other = every[draw(st.integers(0, len(every) - 1))]
        parent = node.getparent()
        if parent is None:
            continue
        match draw(st.sampled_from(["drop", "twin", "move", "name", "text", "mark"])):
            case "drop":
                parent.remove(node)
            case "twin":
                node.addnext(copy.deepcopy(node))
            case "move":
                other.append(copy.deepcopy(node))
            case "name":
                names = [
                    "Line",
                    "UUID",
                    "Note",
                    "ID",
                    "Party",
                    "Delivery",
                    "UBLVersionID",
                ]
                local = draw(st.sampled_from(names))
                space = draw(st.sampled_from([xmlio.CBC, xmlio.CAC, xmlio.EXT]))
                twin = etree.Element(f"{{{space}}}{local}")
                twin.text = draw(st.sampled_from(["1", "x", "2026-01-01"]))
                node.addprevious(twin)
            case "text":
                node.text = draw(st.sampled_from(["", "x", "1", "2026-01-01", "true"]))
            case _:
                name = draw(st.sampled_from(["schemeID", "currencyID", "x", "listID"]))
                node.set(name, draw(st.sampled_from(["", "EUR", "1"])))
    return etree.tostring(root)


@given(mutants())
def test_what_the_narrow_schema_accepts_the_whole_one_accepts(data: bytes) -> None:
    small, large = accepted(data)
    event(f"narrow: {small}, whole: {large}")

    assert large or not small


def test_a_document_outside_it_is_judged_by_the_whole_schema(home: Path) -> None:
    root = etree.fromstring(FIXTURES[0].read_bytes())
    first = root.find(f"{{{xmlio.CBC}}}ID")
    assert first is not None
    twin = etree.Element(f"{{{xmlio.CBC}}}UUID")
    twin.text = "u"
    first.addnext(twin)
    data = etree.tostring(root)

    assert accepted(data) == (False, True)
    assert schema.check(xmlio.parse(data)).outcome is Outcome.PASSED
    assert home.is_dir()


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"x" + path.read_bytes()),
        lambda path: path.write_bytes(b"[]"),
        lambda path: path.write_bytes(b"{}"),
    ],
    ids=["missing", "empty", "longer", "list", "nothing"],
)
@pytest.mark.parametrize("file", ["UBL-Invoice-2.1.xsd", "files.json"])
def test_what_is_damaged_is_made_anew(
    home: Path, damage: object, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(damage)
    assert narrow.validator("Invoice") is not None
    (place,) = home.glob("ubl-*")
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    damage(place / file)
    monkeypatch.setattr(narrow, "_compiled", {})

    assert narrow.validator("Invoice") is not None
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before


def test_without_a_place_to_keep_it_the_whole_schema_judges(home: Path) -> None:
    home.parent.mkdir(exist_ok=True)
    home.write_text("not a folder")

    assert narrow.validator("Invoice") is None
    document = xmlio.parse(FIXTURES[0].read_bytes())
    assert schema.check(document).outcome is Outcome.PASSED


def test_schemas_of_other_versions_are_cleared_away(home: Path) -> None:
    for number in range(6):
        (home / f"ubl-{number}").mkdir(parents=True)
    assert narrow.validator("Invoice") is not None
    assert len(list(home.glob("ubl-*"))) == narrow.KEPT
    assert len(list(home.glob("ubl-*/*.xsd"))) > 1


def test_a_wildcard_makes_narrowing_unsound_and_gives_nothing(tmp_path: Path) -> None:
    entry = tmp_path / "a.xsd"
    text = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="u">'
        '<xs:element name="a"><xs:complexType><xs:sequence>{}</xs:sequence>'
        "</xs:complexType></xs:element></xs:schema>"
    )
    entry.write_text(text.format('<xs:any processContents="lax"/>'))
    assert narrow.narrowed([entry], set(), {"{u}a"}) == {}
    entry.write_text(text.format(""))
    assert list(narrow.narrowed([entry], set(), {"{u}a"})) == ["a.xsd"]


@pytest.mark.parametrize("kind", ["Invoice", "CreditNote"])
def test_its_entry_is_that_of_the_whole_schema(kind: Kind) -> None:
    assert artefacts.schema(kind).entry.name == narrow.entry(kind)
