"""A status message finds its document in the journal."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from cius_pt.broker.correlation import note_message
from cius_pt.broker.identity import Identity
from cius_pt.broker.journal import Journal, Standing
from cius_pt.broker.status_message import ReportedDocument, StatusMessage, StatusParty

if TYPE_CHECKING:
    from pathlib import Path

PARTY = StatusParty(vat_identifier="PT500000000")
DAY = dt.date(2026, 1, 31)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    found = Journal(tmp_path / "j", "https://a", lambda: 1.0)
    for number, kind, aim in (
        ("1", "FT", "aim-1"),
        ("2", "FT", "aim-2"),
        ("2", "NC", "aim-3"),
    ):
        who = Identity(
            seller="500000000",
            number=number,
            kind=kind,
            issued=DAY.isoformat(),
            sha256=aim,
            aim=aim,
        )
        found.begin(who)
        found.settle(who, Standing.THERE, id=f"id-{aim}", state="sent")
    return found


def message(code: str, number: str, uuid: str | None) -> StatusMessage:
    return StatusMessage(
        id="Response_1",
        issue_date=DAY,
        sender=PARTY,
        receiver=PARTY,
        document=ReportedDocument(number=number, uuid=uuid, issue_date=DAY),
        code=code,
    )


@pytest.mark.parametrize(
    ("number", "uuid", "found"),
    [
        ("1", "aim-1", "id-aim-1"),
        ("2", "aim-3", "id-aim-3"),
        ("1", None, "id-aim-1"),
        ("2", None, None),  # an invoice and a credit note have this number
        ("1", "aim-2", None),
        ("1", "of somebody else", None),
        ("9", None, None),
    ],
)
def test_it_is_found_by_aim_or_by_number_and_date(
    number: str, uuid: str | None, found: str | None, journal: Journal
) -> None:
    entry = note_message(journal, message("11", number, uuid))

    assert (None if entry is None else entry.id) == found
    changed = [e.id for e in journal.entries() if e.state == "processed"]
    assert changed == ([] if found is None else [found])


def test_a_code_nobody_has_published_changes_nothing(journal: Journal) -> None:
    assert note_message(journal, message("99", "1", "aim-1")) is not None
    assert {e.state for e in journal.entries()} == {"sent"}
