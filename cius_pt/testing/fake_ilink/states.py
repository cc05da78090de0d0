# SPDX-License-Identifier: MIT
"""How documents come from one state to the next, by the clock or by command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from cius_pt.errors import InvalidValue
from cius_pt.testing.fake_ilink import webhooks
from cius_pt.testing.fake_ilink.clock import stamp
from cius_pt.values import dataclass

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence

    from cius_pt.testing.fake_ilink.settings import Change
    from cius_pt.testing.fake_ilink.world import World

TO_SEND: Final = "tosend"
SENT: Final = "sent"
# Id and text of the simple states by alias; the ids of the last two are made up.
STATES: Final[Mapping[str, tuple[str, str]]] = {
    TO_SEND: ("5c9cb870f34b16.42025494", "Por enviar ao cliente."),
    SENT: ("5c9cb878745b16.4225687", "Enviado ao cliente."),
    "accepted": ("5c9cb878745b16.4225688", "Aceite"),
    "rejected": ("5c9cb878745b16.4225689", "Recusado"),
}
# Only the first title is published.
TO_SEND_STATUS: Final[Mapping[str, str]] = {
    "sent_connection": "Aguardar a aceitação de ligação com o destinatário do "
    "documento.",
    "no_connection": "Sem ligação com o destinatário do documento.",
    "registered_entity": "O destinatário do documento não está registado.",
    "received_pay_transactions": "O destinatário não tem transações disponíveis.",
}
RESENDABLE: Final = ("regularization", "reception", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What a code of a status message means: simple state, EDI alias, has a reason.

    The aliases ``error``, ``regularization`` and ``accepted`` are known words; those
    of 11, 22, 29, 30 and 33 are not published and stand here as the code itself.
    """

    state: str
    edi: str
    reason: bool = False


CODES: Final[Mapping[str, Code]] = {
    "ACCEPTED": Code(state=SENT, edi="accepted"),
    "ERROR": Code(state="rejected", edi="error", reason=True),
    "14": Code(state="rejected", edi="regularization", reason=True),
    "22": Code(state="rejected", edi="22", reason=True),
    "11": Code(state="accepted", edi="11"),
    "30": Code(state="accepted", edi="30"),
    "33": Code(state="accepted", edi="33"),
    "29": Code(state="accepted", edi="29"),
}


def editable(row: sqlite3.Row) -> bool:
    """Whether the same document may be sent again."""
    edi = row["edi"]
    return row["state"] == TO_SEND or (edi in CODES and CODES[edi].edi in RESENDABLE)


def plan(world: World, document: str, script: Sequence[Change]) -> None:
    """Put down what will become of a document."""
    world.store.change("DELETE FROM pending WHERE document = ?", document)
    due = world.clock.now()
    for change in script:
        due += change.after
        world.store.change(
            "INSERT INTO pending (document, due, code, reason) VALUES (?, ?, ?, ?)",
            document,
            due,
            change.code,
            change.reason,
        )


def run_due(world: World) -> int:
    """Make every change whose time has come; return how many there were."""
    now = world.clock.now()
    with world.store.transaction():
        due = world.store.rows(
            "SELECT * FROM pending WHERE due <= ? ORDER BY due, id", now
        )
        for row in due:
            world.store.change("DELETE FROM pending WHERE id = ?", row["id"])
            move(world, row["document"], row["code"], row["reason"], at=row["due"])
    return len(due)


def move(
    world: World, document: str, code: str, reason: str = "", *, at: float | None = None
) -> None:
    """Bring a document to the state of a code, and tell its issuer."""
    if code not in CODES:
        raise InvalidValue(f"{code!r} is none of {', '.join(CODES)}")
    meaning = CODES[code]
    with world.store.transaction():
        hit = world.store.change(
            "UPDATE documents SET state = ?, edi = ?, to_send = NULL WHERE id = ?",
            meaning.state,
            code,
            document,
        )
        if not hit:
            raise InvalidValue(f"there is no document {document}")
        record(world, document, at=at, reason=reason)


def record(
    world: World, document: str, *, at: float | None = None, reason: str = ""
) -> None:
    """Write the present state of a document into its history; tell its issuer."""
    row = world.store.row("SELECT * FROM documents WHERE id = ?", document)
    assert row is not None  # noqa: S101 - it was just written
    event = world.store.change(
        "INSERT INTO events (document, at, state, edi, reason) VALUES (?, ?, ?, ?, ?)",
        document,
        world.clock.now() if at is None else at,
        row["state"],
        row["edi"],
        reason,
    )
    issuer = world.entity(row["nif"])
    if issuer is not None and issuer.on_state is not None and row["edi"] is not None:
        found = world.store.row("SELECT * FROM events WHERE id = ?", event)
        assert found is not None  # noqa: S101 - likewise
        webhooks.post(world, issuer.on_state, event_view(world, found))


def state_view(world: World, state: str) -> Any:
    """Return `state_document` as the API shows it."""
    alias = world.quirks.to_send_alias if state == TO_SEND else state
    identifier, text = STATES[state]
    if world.quirks.plain_states:
        return text.removesuffix(" ao cliente.")
    return {"id": identifier, "alias": alias, "description": text}


def edi_view(code: str | None) -> dict[str, str] | None:
    """Return `state_edi_document`."""
    if code is None:
        return None
    alias = CODES[code].edi
    return {"id": f"edi{code}", "alias": alias, "alias_espap": code, "description": ""}


def to_send_view(world: World, code: str) -> dict[str, str]:
    """Return `to_send_status`; codes nobody has published have no text."""
    title = TO_SEND_STATUS.get(code, "")
    if world.quirks.to_send_style == "alias":
        return {"alias": code, "description": title}
    return {"code": code, "title": title}


def event_view(world: World, row: sqlite3.Row) -> dict[str, Any]:
    """Return one change of state; the shape is ours, iLink's is not published."""
    document = world.store.row(
        "SELECT number, date FROM documents WHERE id = ?", row["document"]
    )
    assert document is not None  # noqa: S101 - events are of documents
    reasons = [{"reason": row["reason"], "created_at": stamp(row["at"])}]
    return {
        "id": str(row["id"]),
        "document_id": row["document"],
        "number": document["number"],
        "emission_date": document["date"],
        "state_document": state_view(world, row["state"]),
        "state_edi_document": edi_view(row["edi"]),
        "reasons": reasons if row["reason"] else [],
        "created_at": stamp(row["at"]),
    }


def history(world: World, document: str) -> dict[str, Any]:
    """Return all changes of state and e-mails of a document, oldest first."""
    events = world.store.rows(
        "SELECT * FROM events WHERE document = ? ORDER BY id", document
    )
    states = [event_view(world, row) for row in events]
    return {"states": states, "emails": emails_view(world, document)}


def emails_view(world: World, document: str) -> list[dict[str, Any]]:
    """Return the e-mails of a document and whether they were opened."""
    rows = world.store.rows("SELECT * FROM emails WHERE document = ?", document)
    return [
        {
            "id": str(row["id"]),
            "b_open": row["opened"] is not None,
            "b_sent": True,
            "created_at": stamp(row["at"]),
            "opened_at": None if row["opened"] is None else stamp(row["opened"]),
            "address": {"emails": json.loads(row["address"])},
        }
        for row in rows
    ]
