"""What is shown of a document around a place, whatever its bytes are."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cius_pt.checking import check
from cius_pt.cli.excerpt import Excerpts
from cius_pt.findings import Location
from tests.cli.reports_drawn import HOSTILE, LOCATIONS
from tests.profiles import DRAWN

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
DOCUMENT = (FIXTURES / "withholding.xml").read_bytes()
BROKEN = DOCUMENT.replace(b"<cbc:DueDate>2026-12-02</cbc:DueDate>", b"").replace(
    b'unitCode="', b'unitCode="X'
)
BYTES = st.binary(max_size=300) | st.lists(
    st.sampled_from([*HOSTILE, "\r", "\r\n", "\t", "<a>", "x" * 90]), max_size=20
).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
# The longest escape of one character (\U0010ffff), twice: a line, and what points to it
LONGEST = 10


@DRAWN
@given(BYTES, LOCATIONS, st.integers(1, 12), st.integers(24, 120))
@example(b"\xff\xfe<\0", Location(line=1, column=1), 1, 24)
@example(b"", Location(line=1, column=1), 1, 24)
def test_any_bytes_and_any_place_give_a_few_short_safe_lines(
    data: bytes, place: Location, line: int, room: int
) -> None:
    near = Location(xpath=place.xpath, line=line, column=place.column)
    for where in (place, near, Location(line=line)):
        shown = Excerpts(data).around(where, room)

        assert len(shown) <= 6
        assert all(one.isprintable() for one in shown)
        assert all(len(one) <= LONGEST * room + 20 for one in shown)
        assert sum(one.startswith(">") for one in shown) == bool(shown)


@DRAWN
@given(st.lists(st.text("ab <>\u2028\x85\x0b", max_size=9), min_size=1), st.data())
def test_the_marked_line_is_the_one_that_is_counted(
    lines: list[str], data: st.DataObject
) -> None:
    number = data.draw(st.integers(1, len(lines)))
    ends = st.sampled_from(["\n", "\r\n", "\r"])
    text = "".join(f"{n}{line}{data.draw(ends)}" for n, line in enumerate(lines, 1))
    shown = Excerpts(text.encode()).line(Location(line=number), 100)[0]

    assert shown.startswith(f"> {number} | {number}")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings_are_read_as_the_check_reads_them(encoding: str) -> None:
    text = DOCUMENT.decode()
    declared = encoding if encoding.startswith("iso") else encoding[:6].rstrip("-")
    said = text.replace("'UTF-8'", f"'{declared}'").encode(encoding)
    number = text[: text.index("Retenção")].count("\n") + 1

    assert "Retenção IRS" in Excerpts(said).line(Location(line=number), 100)[0]


@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"", b"\r"])
def test_every_place_that_a_check_names_is_found(ends: bytes) -> None:
    document = BROKEN.replace(b"\n", ends)
    excerpts = Excerpts(document)
    places = [finding.location for finding in check(document).findings]

    assert places
    for place in places:
        shown = excerpts.line(place, 80)
        assert place.xpath is not None
        name = place.xpath.rpartition(":")[2].partition("[")[0]
        assert f"{name}" in shown[0]


def test_a_document_without_line_ends_is_cut_around_the_column() -> None:
    document = DOCUMENT.replace(b"\n", b"")
    column = document.decode().index("<cbc:AccountingCost>") + 1
    place = Location(xpath="/Invoice/cbc:AccountingCost", line=1, column=column)
    line, pointer = Excerpts(document).around(place, 60)

    assert "…" in line[:10]
    assert line.endswith("…")
    assert line[pointer.index("^") :].startswith("<cbc:AccountingCost>2026001234<")


def test_what_is_another_document_by_now_is_not_shown() -> None:
    place = Location(xpath="/Invoice/cbc:ID[2]/@schemeID", line=2, column=3)

    assert Excerpts(b"<a>\n  <x:ID>1</x:ID>\n</a>").line(place, 60)
    assert not Excerpts(b"<a>\n  <x:IDs>1</x:IDs>\n</a>").line(place, 60)
    assert not Excerpts(b"<a>\n</a>").line(place, 60)
    assert not Excerpts(b"").line(place, 60)


def test_a_large_document_is_not_searched_anew_for_each_place() -> None:
    lines = 100_000
    excerpts = Excerpts(b"<x>\n" * lines)
    began = time.process_time()
    for number in range(1, lines, 50):
        place = Location(line=number, column=1)
        assert excerpts.around(place, 80)
    once = Excerpts(b"y" * 14_000_000)
    for column in range(1, 14_000_000, 7_000):
        assert once.around(Location(line=1, column=column), 80)

    # From the start for each place, it would be minutes.
    assert time.process_time() - began < 10
