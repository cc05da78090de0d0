# SPDX-License-Identifier: MIT
"""A request to iLink with everything around it: turn, token, key, second try."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from cius_pt.broker import refusals
from cius_pt.broker.auth import Tokens, handshake
from cius_pt.broker.credentials import Credentials
from cius_pt.broker.environment import Environment, origin
from cius_pt.broker.journal import Journal
from cius_pt.broker.limiter import Limiter
from cius_pt.broker.replies import reply, require
from cius_pt.broker.steps import ask
from cius_pt.broker.wire import Request, pairs
from cius_pt.errors import BrokerRefused, BrokerUnauthorised, BrokerUnreachable
from cius_pt.rules.entry import Language
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cius_pt.broker.auth import Token
    from cius_pt.broker.replies import Reply
    from cius_pt.broker.secret import Secret
    from cius_pt.broker.steps import Steps
    from cius_pt.broker.wire import Response

_LOG: Final = logging.getLogger("cius_pt.broker")
_UNAUTHORISED: Final = 401
_SERVER_ERROR: Final = 500
_HANDSHAKE: Final = "/apps/authentications"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What the conversations of one broker share."""

    environment: Environment
    credentials: Credentials
    tokens: Tokens
    limiter: Limiter
    journal: Journal
    clock: Callable[[], float]
    lang: Language = "en"
    shaken: set[str] = field(default_factory=set)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Iterable[tuple[str, str | int | None]] = (),
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes = b"",
    ) -> Request:
        """Return a request to a path of iLink, without credentials yet."""
        return Request(
            method=method,
            url=f"{self.environment.base_url}{path}",
            headers=(("accept", "application/json"), *headers),
            query=pairs(query),
            body=body,
        )

    def call(
        self, request: Request, *, nif: str | None = None, with_entity: bool = True
    ) -> Steps[Response]:
        """Send a request with credentials and return the answer, whatever it says.

        One new token after a 401, one handshake where iLink asks for it, one more try
        after a block. Raises `BrokerUnauthorised` when that does not help, and
        `Unanswered`, which tells whether the request may have arrived.
        """
        entity = self._entity(nif) if with_entity else None
        token = yield from self.tokens.get()
        response = yield from self._send(request, token, entity)
        if response.status != _UNAUTHORISED:
            return response
        if _asks_for_handshake(response) and entity is not None:
            yield from self.shake(nif, entity)
        elif self.tokens.renewable:
            self.tokens.discard(token)
        else:
            raise BrokerUnauthorised(_why(response, legacy=True), code="e069")
        token = yield from self.tokens.get()
        response = yield from self._send(request, token, entity)
        if response.status == _UNAUTHORISED:
            legacy = not self.tokens.renewable
            raise BrokerUnauthorised(_why(response, legacy=legacy), code="e069")
        return response

    def answer(
        self, request: Request, *, nif: str | None = None, with_entity: bool = True
    ) -> Steps[Reply]:
        """Send a request that can be repeated, and return what a good answer says.

        Raises `BrokerRefused` for a bad one and `BrokerUnreachable` for none.
        """
        response = yield from self.call(request, nif=nif, with_entity=with_entity)
        if response.status >= _SERVER_ERROR:
            raise BrokerUnreachable(f"the broker answers {response.status}")
        found = require(response)
        if not found.success:
            raise self.refused(found)
        return found

    def refused(self, found: Reply) -> BrokerRefused:
        """Return the error for an answer that says no."""
        findings = [refusals.finding(p, self.lang) for p in found.problems]
        report = refusals.report(
            findings
            or [refusals.own(refusals.OTHER, f"status {found.status}", self.lang)]
        )
        code = next((p.code for p in found.problems if p.code), None)
        return BrokerRefused(report.summary(), report=report, code=code)

    def shake(self, nif: str | None, entity: Secret) -> Steps[None]:
        """Register a NIF with its public key; the legacy handshake, once per NIF."""
        nif = nif or self.credentials.nif
        if nif is None:
            raise BrokerUnauthorised(
                "the broker asks for the handshake of this entity, and its NIF is not "
                "known: set CIUS_PT_ILINK_NIF",
                code="e069",
            )
        token = yield from self.tokens.get()
        yield from self.limiter.turn()
        request = handshake(self.environment, token, nif, entity)
        response = yield from self._sent(request)
        found = reply(response)
        if found is None or not found.success:
            raise BrokerUnauthorised(
                f"the broker does not take this key for the NIF {nif}", code="e069"
            )
        self.shaken.add(nif)

    def bearer(self, request: Request, token: Token) -> Request:
        """Return a request with the token, which never leaves the configured host."""
        if origin(request.url) != origin(self.environment.base_url):
            raise BrokerUnauthorised("refused: the token is for the broker alone")
        return request.with_headers(
            {"Authorization": f"Bearer {token.secret.reveal()}"}
        )

    def _send(
        self, request: Request, token: Token, entity: Secret | None
    ) -> Steps[Response]:
        request = self.bearer(request, token)
        if entity is not None:
            request = request.with_headers({"entity": entity.reveal()})
        for last in (False, True):
            yield from self.limiter.turn()
            response = yield from self._sent(request)
            if response.status not in self.environment.blocked_statuses:
                break
            self.limiter.block(_retry_after(response))
            if last:
                raise BrokerUnreachable(
                    "the broker has blocked us for too many requests, twice; "
                    "try again later"
                )
        return response

    def _sent(self, request: Request) -> Steps[Response]:
        where = request.url.removeprefix(self.environment.base_url)
        try:
            response = yield from ask(request)
        except Exception as error:
            _LOG.info("%s %s: %s", request.method, where, type(error).__name__)
            raise
        _LOG.info("%s %s: %d", request.method, where, response.status)
        return response

    def _entity(self, nif: str | None) -> Secret | None:
        if not self.environment.entity_with_oauth and self.tokens.renewable:
            return None
        entity = self.credentials.entity_of(nif)
        if entity is None:
            whose = f"the NIF {nif}" if nif else "the entity"
            raise BrokerUnauthorised(
                f"the public key of {whose} is missing: set CIUS_PT_ILINK_ENTITY or "
                "[ilink.entities]"
            )
        return entity


def _asks_for_handshake(response: Response) -> bool:
    """Whether a 401 names the way to the handshake; all of them have code e069."""
    found = reply(response)
    return found is not None and any(_HANDSHAKE in p.text for p in found.problems)


def _why(response: Response, *, legacy: bool) -> str:
    found = reply(response)
    said = found.problems[0].text if found is not None and found.problems else "401"
    what = "CIUS_PT_ILINK_TOKEN" if legacy else "client_id and client_secret"
    return (
        f"the broker refuses the credentials ({said}); look at {what}, at the public "
        "key (CIUS_PT_ILINK_ENTITY), and whether both are for this environment"
    )


def _retry_after(response: Response) -> float | None:
    given: Any = response.header("retry-after") or ""
    return float(given) if given.isdecimal() and len(given) < 5 else None  # noqa: PLR2004 - hours
