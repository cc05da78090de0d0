# SPDX-License-Identifier: MIT
"""A document as the API shows it: short when it is created, whole when asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cius_pt.testing.fake_ilink import facts, states
from cius_pt.testing.fake_ilink.clock import stamp

if TYPE_CHECKING:
    import sqlite3

    from cius_pt.testing.fake_ilink.world import World


def created(world: World, row: sqlite3.Row) -> dict[str, Any]:
    """Return `response.data` of s011 and s012."""
    shown = {
        "id": row["id"],
        "number": row["number"],
        "emission_date": row["date"],
        "type_document_fact": facts.fact_view(row["type"]),
        "type_document": {"alias": "issued", "description": "Emitido"},
        "state_document": states.state_view(world, row["state"]),
    }
    if row["to_send"] is not None:
        shown["to_send_status"] = states.to_send_view(world, row["to_send"])
    return shown


def full(world: World, row: sqlite3.Row, direction: str = "received") -> dict[str, Any]:
    """Return a document as GET shows it; `direction` is issued or received."""
    text = "Emitido" if direction == "issued" else "Recebido"
    fact = facts.fact_view(row["type"])
    plain = world.quirks.plain_states
    shown: dict[str, Any] = json.loads(row["view"])
    shown |= {
        "id": row["id"],
        "created_at": stamp(row["at"]),
        "type_document_fact": fact["description"] if plain else fact,
        "type_document": text if plain else {"alias": direction, "description": text},
        "state_document": states.state_view(world, row["state"]),
        "state_edi_document": states.edi_view(row["edi"]),
        "attachments": _attachments(world, row["id"]),
        "emails": states.emails_view(world, row["id"]),
        "process_state": row["process"] and {"name": row["process"]},
        "reasons": _reasons(world, row["id"]),
    }
    if row["to_send"] is not None:
        shown["to_send_status"] = states.to_send_view(world, row["to_send"])
    return shown


def _attachments(world: World, document: str) -> list[dict[str, str]]:
    rows = world.store.rows(
        "SELECT token, type, identifier, ubl_type FROM files WHERE document = ?",
        document,
    )
    return [
        {
            "type": row["type"],
            "file": f"{world.origin}/ilinktests-api/file/{row['token']}",
            "identifier": row["identifier"],
            "ubl_type": row["ubl_type"],
        }
        for row in rows
    ]


def _reasons(world: World, document: str) -> list[dict[str, str]]:
    rows = world.store.rows(
        "SELECT reason, at FROM events WHERE document = ? AND reason != '' ORDER BY id",
        document,
    )
    return [{"reason": row["reason"], "created_at": stamp(row["at"])} for row in rows]
