# SPDX-License-Identifier: MIT
"""Which request is which step, who may make it, and what answers it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cius_pt.testing.fake_ilink import (
    connections,
    documents,
    reading,
    receiving,
    replies,
    structured,
    tokens,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cius_pt.testing.fake_ilink.settings import Entity
    from cius_pt.testing.fake_ilink.wire import Answer, Request
    from cius_pt.testing.fake_ilink.world import World

PREFIX: Final = "/ilinktests-api/api/v1/pt"
FILES: Final = "/ilinktests-api/file/"
_ID: Final = r"([\w.]+)"
_ROUTES: Final = tuple(
    (method, re.compile(PREFIX + path), step)
    for method, path, step in (
        ("POST", "/apps/authentications", "handshake"),
        ("DELETE", "/apps/authentications", "revoke"),
        ("POST", "/apps/documentsUBL", "upload"),
        ("POST", "/apps/documents", "structured"),
        ("GET", "/apps/documents", "search"),
        ("GET", f"/apps/documents/{_ID}", "document"),
        ("GET", f"/apps/documents/{_ID}/history", "history"),
        ("GET", "/apps/states-report/documents", "report"),
        ("POST", "/apps/states-report/documents/read", "report-read"),
        ("POST", f"/apps/documents/{_ID}", "import"),
        ("POST", f"/apps/documents/{_ID}/accepted", "accept"),
        ("GET", "/apps/processstates", "process-states"),
        ("PUT", f"/apps/documents/{_ID}/processstates", "process-state"),
        ("POST", "/apps/external-connections", "connect"),
        ("GET", f"/apps/external-connections/{_ID}", "connection"),
        ("GET", "/apps/external-connections", "connections"),
    )
)
# What is answered to anybody, to a platform, and in the name of an entity.
_OPEN: Final[Mapping[str, Callable[[World, Request], Answer]]] = {
    "token": tokens.issue,
    "unknown": lambda _, __: replies.page(404, "not found"),
}
_PLATFORM: Final[Mapping[str, Callable[[World, str, Request], Answer]]] = {
    "handshake": lambda world, _, request: tokens.handshake(world, request),
    "connect": lambda world, _, request: connections.create(world, request),
    "connection": lambda world, identifier, _: connections.one(world, identifier),
    "connections": lambda world, _, request: connections.many(world, request),
}
_ENTITY: Final[Mapping[str, Callable[[World, Entity, str, Request], Answer]]] = {
    "revoke": lambda world, entity, _, __: tokens.revoke(world, entity),
    "upload": lambda world, entity, _, request: documents.upload(
        world, entity, request
    ),
    "structured": lambda world, entity, _, request: structured.upload(
        world, entity, request
    ),
    "search": lambda world, entity, _, request: reading.search(world, entity, request),
    "document": lambda world, entity, identifier, _: reading.document(
        world, entity, identifier
    ),
    "history": lambda world, entity, identifier, _: reading.history(
        world, entity, identifier
    ),
    "report": lambda world, entity, _, request: reading.report(world, entity, request),
    "report-read": lambda world, entity, _, request: reading.mark_read(
        world, entity, request
    ),
    "import": receiving.confirm,
    "accept": receiving.decide,
    "process-states": lambda world, _, __, ___: receiving.process_states(world),
    "process-state": receiving.set_process_state,
}


def step_of(world: World, method: str, path: str) -> tuple[str, str]:
    """Return the step of a request and the id in its path."""
    if method == "POST" and path == PREFIX + world.settings.token_path:
        return "token", ""
    if method == "GET" and path.startswith(FILES):
        return "file", path.removeprefix(FILES)
    for verb, pattern, step in _ROUTES:
        if verb == method and (found := pattern.fullmatch(path)) is not None:
            return step, found[1] if found.groups() else ""
    return "unknown", ""


def answer(world: World, step: str, identifier: str, request: Request) -> Answer:
    """Answer a request as iLink documents it."""
    if step in _OPEN:
        return _OPEN[step](world, request)
    caller = tokens.caller(world, request)
    if step == "file" and not (caller is None and world.settings.files_need_token):
        return reading.file(world, identifier)
    if caller is not None and step in _PLATFORM:
        return _PLATFORM[step](world, identifier, request)
    entity = None if caller is None else caller.entity
    if caller is None or entity is None:
        return replies.unauthorised()
    if step in _ENTITY and tokens.registered(world, caller):
        return _ENTITY[step](world, entity, identifier, request)
    return replies.unauthorised(replies.NOT_REGISTERED)
