# SPDX-License-Identifier: MIT
"""The states report: what has changed in many documents, told once.

An event is marked as read only after the caller has kept it for good: iLink does not
tell it again. The shape of events and the name of the parameter are not published,
so the caller says what an event's id is, and the environment what the field is.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from cius_pt.broker.documents import items
from cius_pt.broker.multipart import form
from cius_pt.broker.steps import work
from cius_pt.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cius_pt.broker.session import Session
    from cius_pt.broker.steps import Steps

_REPORT: Final = "/apps/states-report/documents"


def states_report(
    session: Session, *, filters: Mapping[str, str] | None = None
) -> Steps[tuple[Mapping[str, Any], ...]]:
    """Return the events that were not marked as read, as iLink has them."""
    request = session.request("GET", _REPORT, query=(filters or {}).items())
    found = yield from session.answer(request)
    return tuple(items(found.data))


def mark_read(session: Session, events: Iterable[str]) -> Steps[None]:
    """Mark events as read; they are not told again.

    Raises `InvalidValue` unless ``Environment.read_field`` says how iLink calls them.
    """
    name = session.environment.read_field
    if name is None:
        raise unpublished("read_field", "marks events as read")
    fields = tuple((f"{name}[{i}]", event) for i, event in enumerate(events))
    if not fields:
        return
    kind, body = form(fields)
    request = session.request(
        "POST", f"{_REPORT}/read", headers=(("content-type", kind),), body=body
    )
    yield from session.answer(request)


def follow_report(
    session: Session,
    keep: Callable[[Mapping[str, Any]], str],
    *,
    filters: Mapping[str, str] | None = None,
) -> Steps[int]:
    """Hand each new event to `keep`, then mark those it kept; return how many.

    `keep` returns the id of the event once it is kept for good, as after a commit.
    When it raises, that event and those after it are told again; so is one that was
    kept when marking it fails, and `keep` has to know it.
    """
    events = yield from states_report(session, filters=filters)
    for event in events:
        # One at a time: what is kept is marked even if the next one cannot be.
        name = yield from work(partial(keep, event))
        yield from mark_read(session, (name,))
    return len(events)


def unpublished(setting: str, what: str) -> InvalidValue:
    """Return the error for a parameter whose name nobody has published."""
    return InvalidValue(
        f"the parameter that {what} is not in iLink's published documentation; ask "
        f"its support and set Environment({setting}=…)",
        path=setting,
    )
