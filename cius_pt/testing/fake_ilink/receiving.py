# SPDX-License-Identifier: MIT
"""The receiving side: accept or reject, confirm the import, process states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.testing.fake_ilink import replies, states
from cius_pt.testing.fake_ilink.wire import Answer, BadForm, Form, Request

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from cius_pt.testing.fake_ilink.settings import Entity
    from cius_pt.testing.fake_ilink.world import World

# identification_code → text: iLink's support sets them up, for each customer its own.
PROCESS_STATES: Final[Mapping[str, str]] = {
    "PS01": "Em conferência",
    "PS02": "Conferido",
}


def confirm(world: World, entity: Entity, document: str, request: Request) -> Answer:
    """``POST /apps/documents/{id}``: `success` 0 or 1, `response` the error's text."""
    row = _received(world, entity, document)
    form = _form(request)
    if row is None:
        return replies.not_found()
    success = form.one("success")
    if success not in {"0", "1"}:
        return replies.refusal(world, "success", "e048", "success: 0 ou 1.")
    if success == "1" and row["state"] == "rejected":
        return replies.refusal(world, "success", "e048", "Documento recusado.")
    with world.store.transaction():
        world.store.change(
            "UPDATE documents SET imported = ? WHERE id = ?", int(success), document
        )
    return replies.success(world)


def decide(world: World, entity: Entity, document: str, request: Request) -> Answer:
    """``POST /apps/documents/{id}/accepted``: a rejection needs a reason."""
    if _received(world, entity, document) is None:
        return replies.not_found()
    settings = world.settings
    form = _form(request)
    accepted = form.one(settings.accept_field)
    reason = form.one(settings.reason_field) or ""
    if accepted not in {"0", "1"}:
        name = settings.accept_field
        return replies.refusal(world, name, "e048", f"{name}: 0 ou 1.")
    if accepted == "0" and not reason:
        name = settings.reason_field
        return replies.refusal(world, name, "e048", f"{name}: obrigatório.")
    states.move(world, document, "11" if accepted == "1" else "14", reason)
    return replies.success(world)


def process_states(world: World) -> Answer:
    """``GET /apps/processstates``."""
    known = [
        {"identification_code": code, "name": name}
        for code, name in PROCESS_STATES.items()
    ]
    return replies.data(world, known)


def set_process_state(
    world: World, entity: Entity, document: str, request: Request
) -> Answer:
    """``PUT /apps/documents/{id}/processstates``."""
    if _received(world, entity, document) is None:
        return replies.not_found()
    name = "identification_code"
    code = _form(request).one(name) or request.query.get(name, "")
    if code not in PROCESS_STATES:
        return replies.refusal(world, name, "e048", f"{name}: desconhecido.")
    with world.store.transaction():
        world.store.change(
            "UPDATE documents SET process = ? WHERE id = ?",
            PROCESS_STATES[code],
            document,
        )
    return replies.success(world)


def _received(world: World, entity: Entity, document: str) -> sqlite3.Row | None:
    return world.store.row(
        "SELECT * FROM documents WHERE id = ? AND customer = ? AND state != 'tosend'",
        document,
        entity.nif,
    )


def _form(request: Request) -> Form:
    try:
        return request.form()
    except BadForm:
        return Form()
