# SPDX-License-Identifier: MIT
"""Everything that reads: search, one document, its history, the states report, files.

Parameters that are not known are not guessed: their names come back in the header
``X-Fake-Ilink-Ignored``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cius_pt.testing.fake_ilink import replies, states, views
from cius_pt.testing.fake_ilink.wire import Answer, BadForm, Request, said

if TYPE_CHECKING:
    import sqlite3

    from cius_pt.testing.fake_ilink.settings import Entity
    from cius_pt.testing.fake_ilink.world import World

_SEARCH = ("document_type", "document_number", "rows", "page")
_REPORT = ("id", "number", "rows", "page")


def search(world: World, entity: Entity, request: Request) -> Answer:
    """``GET /apps/documents``: by default what was received and not yet dealt with."""
    query = request.query
    direction = "issued" if query.get("document_type") == "issued" else "received"
    column = "nif" if direction == "issued" else "customer"
    sql = f"SELECT * FROM documents WHERE {column} = ?"  # noqa: S608 - one of two words
    values: list[object] = [entity.nif]
    if direction == "received":
        sql += " AND imported = 0 AND state IN ('sent', 'accepted')"
    if "document_number" in query:
        sql += " AND number = ?"
        values.append(query["document_number"])
    limit, offset = _page(world, request)
    rows = world.store.rows(
        f"{sql} ORDER BY serial LIMIT {limit} OFFSET {offset}", *values
    )
    answer = replies.data(world, [views.full(world, row, direction) for row in rows])
    return _ignoring(answer, request, _SEARCH)


def _page(world: World, request: Request) -> tuple[int, int]:
    def number(name: str, default: int) -> int:
        given = request.query.get(name, "")
        return int(given) if given.isdecimal() and int(given) > 0 else default

    rows = min(number("rows", world.settings.default_rows), world.settings.most_rows)
    return rows, (number("page", 1) - 1) * rows


def _ignoring(answer: Answer, request: Request, known: tuple[str, ...]) -> Answer:
    unknown = sorted(set(request.query) - set(known))
    if not unknown:
        return answer
    names = ",".join(unknown).encode("ascii", "replace").decode()
    return replace(answer, headers=(("X-Fake-Ilink-Ignored", names),))


def visible(world: World, entity: Entity, document: str) -> sqlite3.Row | None:
    """Return a document if this entity issued or received it."""
    return world.store.row(
        "SELECT * FROM documents WHERE id = ? AND (nif = ? OR "
        "(customer = ? AND state != 'tosend'))",
        document,
        entity.nif,
        entity.nif,
    )


def document(world: World, entity: Entity, identifier: str) -> Answer:
    """``GET /apps/documents/{id}``."""
    row = visible(world, entity, identifier)
    if row is None:
        return replies.not_found()
    direction = "issued" if row["nif"] == entity.nif else "received"
    return replies.data(world, views.full(world, row, direction))


def history(world: World, entity: Entity, identifier: str) -> Answer:
    """``GET /apps/documents/{id}/history``; its shape is not published."""
    if visible(world, entity, identifier) is None:
        return replies.not_found()
    return replies.data(world, states.history(world, identifier))


def report(world: World, entity: Entity, request: Request) -> Answer:
    """``GET /apps/states-report/documents``: what was not marked as read."""
    sql = (
        "SELECT events.* FROM events JOIN documents ON documents.id = events.document "
        "WHERE documents.nif = ? AND events.read = 0"
    )
    values: list[object] = [entity.nif]
    for name, column in (("id", "documents.id"), ("number", "documents.number")):
        if name in request.query:
            sql += f" AND {column} = ?"
            values.append(request.query[name])
    limit, offset = _page(world, request)
    rows = world.store.rows(
        f"{sql} ORDER BY events.id LIMIT {limit} OFFSET {offset}", *values
    )
    answer = replies.data(world, [states.event_view(world, row) for row in rows])
    return _ignoring(answer, request, _REPORT)


def mark_read(world: World, entity: Entity, request: Request) -> Answer:
    """``POST /apps/states-report/documents/read``."""
    name = world.settings.read_field
    try:
        marked = request.form().many(name)
    except BadForm:
        marked = []
    if not marked:
        return replies.refusal(world, name, "e048", f"{name}: obrigatório.")
    with world.store.transaction():
        for event in marked:
            world.store.change(
                "UPDATE events SET read = 1 WHERE id = ? AND document IN "
                "(SELECT id FROM documents WHERE nif = ?)",
                event,
                entity.nif,
            )
    return said(200, {"success": True})


def file(world: World, token: str) -> Answer:
    """Return the bytes of an attachment."""
    row = world.store.row("SELECT media, data FROM files WHERE token = ?", token)
    if row is None:
        return replies.page(404, "not found")
    return Answer(status=200, body=row["data"], media=row["media"])
