# SPDX-License-Identifier: MIT
"""External connections, for EDI operators: platform token, no entity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cius_pt.testing.fake_ilink.clock import stamp
from cius_pt.testing.fake_ilink.replies import MESSAGES, not_found, refusal
from cius_pt.testing.fake_ilink.wire import Answer, BadForm, Request, said
from cius_pt.testing.fake_ilink.world import new_id

if TYPE_CHECKING:
    import sqlite3

    from cius_pt.testing.fake_ilink.world import World

_FIELDS = ("external_entity_name", "external_entity_nif", "external_entity_country")
_REQUIRED = ("entity_nif", "entity_country", "operator_email")


def create(world: World, request: Request) -> Answer:
    """``POST /apps/external-connections``; its `success` is a text, as documented."""
    try:
        form = request.form()
    except BadForm as error:
        return refusal(world, "externalEntities", "e048", str(error))
    for name in _REQUIRED:
        if not form.one(name):
            return refusal(world, name, "e048", f"{name}: obrigatório.")
    wanted = form.under("externalEntities")
    if not wanted or any(not one.get(name) for one in wanted for name in _FIELDS):
        return refusal(world, "externalEntities", "e048", "externalEntities: campos.")
    made = []
    with world.store.transaction():
        for one in wanted:
            identifier = new_id()
            world.store.change(
                "INSERT INTO connections (id, nif, country, name, creator, operator, "
                "observation, state, at) VALUES (?, ?, ?, ?, ?, ?, ?, 'analyzing', ?)",
                identifier,
                one["external_entity_nif"],
                one["external_entity_country"],
                one["external_entity_name"],
                form.one("entity_nif"),
                form.one("operator_email"),
                form.one("observation"),
                world.clock.now(),
            )
            nif = one["external_entity_nif"]
            made.append({"external_entity_nif": nif, "id": identifier})
    message = {"code": "s039", "msg": MESSAGES["s039"]}
    content = {"success": "true", "message": message, "response": made}
    return said(201, content)


def one(world: World, identifier: str) -> Answer:
    """``GET /apps/external-connections/{id}``."""
    row = world.store.row("SELECT * FROM connections WHERE id = ?", identifier)
    if row is None:
        return not_found()
    return said(200, {"success": "true", "response": {"data": _view(world, row)}})


def many(world: World, request: Request) -> Answer:
    """``GET /apps/external-connections``: filtered, ordered, page by page."""
    query = request.query
    rows = [
        row
        for row in world.store.rows("SELECT * FROM connections ORDER BY serial")
        if query.get("reference", _reference(row)) == _reference(row)
        and query.get("receiver_entity_nif", row["nif"]) == row["nif"]
        and query.get("created_entity_nif", row["creator"]) == row["creator"]
        and query.get("created_at_start", "") <= stamp(row["at"])
        and query.get("created_at_end", "9") >= stamp(row["at"])[:10]
    ]
    if query.get("order") == "desc":
        rows.reverse()
    size = _number(query.get("rows"), 15)
    last = max(1, -(-len(rows) // size))
    page = _number(query.get("page"), 1)
    shown = rows[(page - 1) * size : page * size]
    address = f"{world.origin}{request.path}?page="
    paged = {
        "current_page": page,
        "from": (page - 1) * size + 1 if shown else None,
        "to": (page - 1) * size + len(shown) if shown else None,
        "total": len(rows),
        "last_page": last,
        "per_page": size,
        "next_page_url": f"{address}{page + 1}" if page < last else None,
        "prev_page_url": f"{address}{page - 1}" if page > 1 else None,
        "data": [_view(world, row) for row in shown],
    }
    return said(200, {"success": "true", "response": paged})


def decide(world: World, identifier: str, state: str, reason: str = "") -> None:
    """Approve or decline a connection, as iLink's staff would."""
    with world.store.transaction():
        world.store.change(
            "UPDATE connections SET state = ?, reason = ? WHERE id = ?",
            state,
            reason,
            identifier,
        )


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) > 0 else default


def _reference(row: sqlite3.Row) -> str:
    return f"LE{row['serial']:05}"


def _view(world: World, row: sqlite3.Row) -> dict[str, Any]:
    creator = world.entity(row["creator"])
    name = "" if creator is None else creator.name
    at = stamp(row["at"])
    reason = {"reason": row["reason"], "created_at": at} if row["reason"] else None
    return {
        "id": row["id"],
        "person": row["operator"],
        "reference": _reference(row),
        "created_entity_name": name,
        "state_external_connection": {
            "id": f"state-{row['state']}",
            "alias": row["state"],
            "description": row["state"],
        },
        "type_external_connection": {"alias": "inbound", "description": "inbound"},
        "created_entity": {"name": name, "nif": row["creator"]},
        "receiver_entity": {"name": row["name"], "nif": row["nif"]},
        "observation": row["observation"],
        "reason": reason,
        "created_at": at,
        "updated_at": at,
    }
