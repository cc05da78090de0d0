# SPDX-License-Identifier: MIT
"""The legacy handshake by hand: a NIF is registered once, and can be revoked.

`Broker` does the handshake by itself when iLink asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.errors import BrokerUnauthorised, BrokerUnreachable

if TYPE_CHECKING:
    from cius_pt.broker.session import Session
    from cius_pt.broker.steps import Steps

_AUTHENTICATIONS: Final = "/apps/authentications"
_GOOD: Final = range(200, 300)


def register(session: Session, nif: str) -> Steps[None]:
    """Register a NIF with its public key; it holds until it is revoked."""
    entity = session.credentials.entity_of(nif)
    if entity is None:
        raise BrokerUnauthorised(f"the public key of the NIF {nif} is missing")
    yield from session.shake(nif, entity)


def revoke(session: Session, nif: str | None = None) -> Steps[None]:
    """Revoke the registration of a NIF; what iLink answers to it is not published."""
    request = session.request("DELETE", _AUTHENTICATIONS)
    response = yield from session.call(request, nif=nif)
    if response.status not in _GOOD:
        raise BrokerUnreachable(f"not revoked: the broker answers {response.status}")
