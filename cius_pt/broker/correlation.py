# SPDX-License-Identifier: MIT
"""Which of our documents a status message is about, and what it says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.broker.states import State, of_code

if TYPE_CHECKING:
    from cius_pt.broker.journal import Entry, Journal
    from cius_pt.broker.status_message import ReportedDocument, StatusMessage


def note_message(journal: Journal, message: StatusMessage) -> Entry | None:
    """Note what a status message says and return the document, as it was before.

    It is found by the AIM identifier (BT-18), else by number and date when they name
    one document only; None when there is none. The message is a hint: anybody may
    write one, so a document's state in the journal is the newer of what iLink and
    messages said.
    """
    entry = _find(journal, message.document)
    state = of_code(message.code)
    if entry is None or entry.id is None or state is State.UNKNOWN:
        return entry
    journal.track(entry.id, state, entry.delivery)
    return entry


def _find(journal: Journal, about: ReportedDocument) -> Entry | None:
    if about.uuid is not None:
        # An identifier that names nothing of ours is about somebody else's document.
        found = journal.by_aim(about.uuid)
        return found if found is not None and found.number == about.number else None
    day = None if about.issue_date is None else about.issue_date.isoformat()
    named = {
        (e.seller, e.kind, e.issued): e
        for e in journal.by_number(about.number)
        if day in {None, e.issued}
    }
    return next(iter(named.values())) if len(named) == 1 else None
