# SPDX-License-Identifier: MIT
"""States followed to the end: what is open in the journal, asked of iLink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cius_pt.broker.documents import Document, document
from cius_pt.broker.journal import Standing
from cius_pt.broker.states import State
from cius_pt.errors import InvalidValue
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cius_pt.broker.journal import Entry
    from cius_pt.broker.session import Session
    from cius_pt.broker.steps import Steps

_DAY: Final = 86_400.0
STUCK_DAYS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Where a document stands now.

    `moved`: when the state last changed as far as we know (seconds since 1970), and
    `stuck`: it has been on its way longer than that should take, though some receivers
    never say more. `changed`: it is another state than the last time we asked.
    """

    document: Document
    number: str | None
    moved: float | None
    stuck: bool
    changed: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        delivery = self.document.receipt.delivery
        return {
            "id": self.document.id,
            "number": self.number,
            "state": self.document.state.value,
            "final": self.document.state.final,
            "resendable": self.document.resendable,
            "stuck": self.stuck,
            "delivery": None
            if delivery is None
            else {"code": delivery.code, "text": delivery.text},
            "reasons": list(self.document.reasons),
            "emails": [
                {"to": list(e.addresses), "sent": e.sent, "opened": e.opened}
                for e in self.document.emails
            ],
        }


def open_documents(session: Session) -> tuple[str, ...]:
    """Return iLink's ids of what was sent and may still change."""
    return tuple(
        dict.fromkeys(
            entry.id
            for entry in session.journal.entries()
            if entry.standing is Standing.THERE
            and entry.id is not None
            and not _state(entry).final
        )
    )


def status(
    session: Session,
    id: str,  # noqa: A002 - iLink's word
    *,
    stuck_days: float = STUCK_DAYS,
) -> Steps[Status]:
    """Ask where a document stands and note it; an id of iLink's or our number."""
    entry = _entry(session, id)
    wanted = entry.id if entry is not None and entry.id is not None else id
    there = yield from document(session, wanted)
    before = None if entry is None else _state(entry)
    delivery = there.receipt.delivery
    session.journal.track(there.id, there.state, delivery.code if delivery else None)
    noted = session.journal.by_id(there.id)
    moved = None if noted is None else noted.moved
    waiting = there.state in {State.TO_SEND, State.SENT, State.FORWARDED}
    age = 0.0 if moved is None else session.clock() - moved
    return Status(
        document=there,
        number=there.number or (None if noted is None else noted.number),
        moved=moved,
        stuck=waiting and age > stuck_days * _DAY,
        changed=before is not None and before is not there.state,
    )


def statuses(
    session: Session, ids: Iterable[str] = (), *, stuck_days: float = STUCK_DAYS
) -> Steps[tuple[Status, ...]]:
    """Ask for several documents, by default for all that are open."""
    found = []
    for wanted in tuple(ids) or open_documents(session):
        found.append((yield from status(session, wanted, stuck_days=stuck_days)))  # noqa: PERF401 - yields
    return tuple(found)


def _entry(session: Session, id: str) -> Entry | None:  # noqa: A002 - iLink's word
    by_id = session.journal.by_id(id)
    if by_id is not None:
        return by_id
    named = {entry.id: entry for entry in session.journal.by_number(id)}
    if len(named) > 1:
        raise InvalidValue("several documents have this number; name one by its id")
    return next(iter(named.values()), None)


def _state(entry: Entry) -> State:
    return State(entry.state) if entry.state else State.UNKNOWN
