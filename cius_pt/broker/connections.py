# SPDX-License-Identifier: MIT
"""External connections, for operators of EDI networks: asked for, looked at, listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from cius_pt.broker.documents import items
from cius_pt.broker.multipart import multipart
from cius_pt.broker.replies import text, word
from cius_pt.broker.wire import path
from cius_pt.errors import BrokerUnreachable
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cius_pt.broker.session import Session
    from cius_pt.broker.steps import Steps

_CONNECTIONS: Final = "/apps/external-connections"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalEntity:
    """A customer of another network: NIF without a country prefix, ISO country."""

    name: str
    nif: str
    country: str = "PT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A connection: ``analyzing``, ``approved``, ``declined`` or ``pending``."""

    id: str
    reference: str
    state: str
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


def connect(  # noqa: PLR0913 - one for each parameter of iLink's
    session: Session,
    entities: Sequence[ExternalEntity],
    *,
    nif: str,
    operator_email: str,
    country: str = "PT",
    observation: str | None = None,
) -> Steps[dict[str, str]]:
    """Ask for connections with an entity; return iLink's id for each NIF."""
    fields = [
        (f"externalEntities[{index}][external_entity_{name}]", value)
        for index, entity in enumerate(entities)
        for name, value in (
            ("name", entity.name),
            ("nif", entity.nif.removeprefix("PT")),
            ("country", entity.country),
        )
    ]
    fields += [
        ("entity_nif", nif.removeprefix("PT")),
        ("entity_country", country),
        ("operator_email", operator_email),
    ]
    if observation is not None:
        fields.append(("observation", observation))
    kind, body = multipart((), tuple(fields))
    request = session.request(
        "POST", _CONNECTIONS, headers=(("content-type", kind),), body=body
    )
    found = yield from session.answer(request, with_entity=False)
    return {
        text(item.get("external_entity_nif")): text(item.get("id"))
        for item in items(found.data)
    }


def connection(session: Session, id: str) -> Steps[Connection]:  # noqa: A002 - iLink's
    """Return one connection; raises `BrokerRefused` when there is none."""
    request = session.request("GET", _CONNECTIONS + path(id))
    found = yield from session.answer(request, with_entity=False)
    if not isinstance(found.data, dict):
        raise BrokerUnreachable("the broker's answer holds no connection")
    return _parsed(found.data)


def connections(
    session: Session,
    *,
    page: int = 1,
    rows: int | None = None,
    filters: Mapping[str, str] | None = None,
) -> Steps[tuple[tuple[Connection, ...], int]]:
    """Return a page of the connections, and how many pages there are.

    `filters`: reference, receiver_entity_nif, created_entity_nif, created_at_start,
    created_at_end, order (asc or desc).
    """
    query: list[tuple[str, str | int | None]] = [*(filters or {}).items()]
    query += [("page", page), ("rows", rows)]
    request = session.request("GET", _CONNECTIONS, query=query)
    found = yield from session.answer(request, with_entity=False)
    pages = found.response if isinstance(found.response, dict) else {}
    last = pages.get("last_page")
    listed = tuple(_parsed(item) for item in items(found.data))
    return listed, last if isinstance(last, int) else page


def _parsed(found: Mapping[str, Any]) -> Connection:
    return Connection(
        id=text(found.get("id")),
        reference=text(found.get("reference")),
        state=word(found.get("state_external_connection")),
        raw=found,
    )
