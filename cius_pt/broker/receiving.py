# SPDX-License-Identifier: MIT
"""The receiving side: accept or reject a document, confirm its import, its process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cius_pt.broker.documents import items
from cius_pt.broker.multipart import form
from cius_pt.broker.report import unpublished
from cius_pt.broker.wire import path
from cius_pt.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cius_pt.broker.multipart import Fields
    from cius_pt.broker.session import Session
    from cius_pt.broker.steps import Steps

_DOCUMENTS: Final = "/apps/documents"


def accept(session: Session, id: str) -> Steps[None]:  # noqa: A002 - iLink's word
    """Accept a received document."""
    yield from _decide(session, id, "1", None)


def reject(session: Session, id: str, reason: str) -> Steps[None]:  # noqa: A002
    """Reject a received document; the reason is mandatory."""
    if not reason.strip():
        raise InvalidValue("say why the document is rejected", path="reason")
    yield from _decide(session, id, "0", reason)


def confirm_import(
    session: Session,
    id: str,  # noqa: A002 - iLink's word
    *,
    error: str | None = None,
) -> Steps[None]:
    """Say that a document was imported, or with `error` why it could not be.

    A rejected document must not be imported.
    """
    fields: Fields = (("success", "1"),)
    if error is not None:
        fields = (("success", "0"), ("response", error))
    yield from _tell(session, "POST", _DOCUMENTS + path(id), fields)


def process_states(session: Session) -> Steps[tuple[Mapping[str, Any], ...]]:
    """Return the states of processing that support has set up for the entity."""
    found = yield from session.answer(session.request("GET", "/apps/processstates"))
    return tuple(items(found.data))


def set_process_state(
    session: Session,
    id: str,  # noqa: A002 - iLink's word
    identification_code: str,
) -> Steps[None]:
    """Put a document into one of the states of processing."""
    fields = (("identification_code", identification_code),)
    where = f"{_DOCUMENTS}{path(id)}/processstates"
    yield from _tell(session, "PUT", where, fields)


def _decide(session: Session, id: str, word: str, reason: str | None) -> Steps[None]:  # noqa: A002
    names = session.environment
    if names.accept_field is None:
        raise unpublished("accept_field", "accepts or rejects a document")
    fields: Fields = ((names.accept_field, word),)
    if reason is not None:
        if names.reason_field is None:
            raise unpublished("reason_field", "says why a document is rejected")
        fields = (*fields, (names.reason_field, reason))
    yield from _tell(session, "POST", f"{_DOCUMENTS}{path(id)}/accepted", fields)


def _tell(session: Session, method: str, where: str, fields: Fields) -> Steps[None]:
    kind, body = form(fields)
    request = session.request(
        method, where, headers=(("content-type", kind),), body=body
    )
    yield from session.answer(request)
