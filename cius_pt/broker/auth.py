# SPDX-License-Identifier: MIT
"""OAuth2 client credentials signed with HMAC, or the legacy token and its handshake.

A token is renewed before it expires, by one thread or coroutine at a time. There is
no refresh token: the same request is made again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from dataclasses import field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from cius_pt.broker.secret import Secret
from cius_pt.broker.steps import ask, wait
from cius_pt.broker.wire import Request, Response, Unanswered
from cius_pt.errors import BrokerUnauthorised, BrokerUnreachable
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from cius_pt.broker.credentials import Credentials
    from cius_pt.broker.environment import Environment
    from cius_pt.broker.limiter import Limiter
    from cius_pt.broker.steps import Steps

_NAP: Final = 0.01
_LIFE: Final = 1800  # seconds, documented; for answers that do not say
_SKEW: Final = 60  # seconds from which a clock is worth a word
_NONCE: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_SERVER_ERROR: Final = 500
_NO_ILINK: Final = frozenset({403, 404, 405})


def random_nonce() -> str:
    """Return twenty letters and digits, the most that iLink takes."""
    return "".join(secrets.choice(_NONCE) for _ in range(20))


def signature(client_id: str, secret: Secret, timestamp: int, nonce: str) -> str:
    """Return the signature of a token request.

    What is encoded in base64 is the HMAC in hexadecimal, not its bytes.
    """
    message = f"{client_id}:{timestamp}:{nonce}".encode()
    digest = hmac.new(secret.reveal().encode(), message, hashlib.sha256).hexdigest()
    return base64.b64encode(digest.encode()).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token, what it is good for, and when it should be renewed."""

    secret: Secret
    renew: float = float("inf")
    scopes: frozenset[str] = field(default_factory=frozenset)


class Tokens:
    """The token in use, shared by all threads and coroutines of a broker."""

    def __init__(
        self,
        environment: Environment,
        credentials: Credentials,
        limiter: Limiter,
        *,
        clock: Callable[[], float],
        nonce: Callable[[], str],
    ) -> None:
        self._environment = environment
        self._credentials = credentials
        self._limiter = limiter
        self._clock = clock
        self._nonce = nonce
        self._lock = threading.Lock()
        self._token: Token | None = None

    @property
    def renewable(self) -> bool:
        """Whether another token can be had: a legacy one is what it is."""
        return self._credentials.token is None

    def get(self) -> Steps[Token]:
        """Return a token that is good for a while."""
        if self._credentials.token is not None:
            return Token(secret=self._credentials.token)
        while True:
            token = self._token
            if token is not None and self._clock() < token.renew:
                return token
            if self._lock.acquire(blocking=False):
                break
            # Somebody else renews it; asked again, as coroutines must not block.
            yield from wait(_NAP)
        try:
            token = self._token
            if token is None or self._clock() >= token.renew:
                token = self._token = yield from self._renewed()
            return token
        finally:
            self._lock.release()

    def discard(self, token: Token) -> None:
        """Forget a token that was refused, unless it has been renewed already."""
        if self._token is token:
            self._token = None

    def _renewed(self) -> Steps[Token]:
        yield from self._limiter.turn()
        asked = self._clock()
        try:
            response = yield from ask(self._request(int(asked)))
        except Unanswered as error:
            # Nothing of ours was sent but the question for a token.
            raise Unanswered(str(error), sent=False) from None
        found = response.json()
        token = found.get("access_token") if isinstance(found, dict) else None
        if response.status >= _SERVER_ERROR:
            raise BrokerUnreachable(f"no token: the broker answers {response.status}")
        if found is None and response.status in _NO_ILINK:
            raise BrokerUnreachable(
                f"no token: {self._environment.token_url} answers {response.status} "
                "and is no iLink, or is closed to this network; look at "
                "CIUS_PT_ILINK_BASE_URL"
            )
        if response.status in self._environment.blocked_statuses:
            self._limiter.block()
            raise BrokerUnreachable("no token: too many requests; try again later")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise BrokerUnauthorised(self._why(response, found, asked))
        life = found.get("expires_in")
        seconds = life if isinstance(life, int) and life > 0 else _LIFE
        scope = found.get("scope")
        return Token(
            secret=Secret(token),
            renew=asked + seconds * self._environment.renew_at,
            scopes=frozenset(scope.replace(",", " ").split())
            if isinstance(scope, str)
            else frozenset(),
        )

    def _request(self, timestamp: int) -> Request:
        client_id = self._credentials.client_id or ""
        secret = self._credentials.client_secret or Secret("")
        nonce = self._nonce()
        said = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "timestamp": timestamp,
            "nonce": nonce,
            "signature": signature(client_id, secret, timestamp, nonce),
        }
        as_json = self._environment.token_as_json
        kind = "application/json" if as_json else "application/x-www-form-urlencoded"
        body = json.dumps(said, separators=(",", ":")) if as_json else urlencode(said)
        return Request(
            method="POST",
            url=self._environment.token_url,
            headers=(("accept", "application/json"), ("content-type", kind)),
            body=body.encode(),
        )

    def _why(self, response: Response, found: Any, now: float) -> str:
        said = _said(found) or f"status {response.status}"
        skew = _skew(response, now)
        clock = (
            f"; the clock of this machine is {abs(skew):.0f} s "
            f"{'ahead of' if skew > 0 else 'behind'} the broker's: correct it"
            if abs(skew) >= _SKEW
            else "; look at client_id, client_secret, the clock of this machine, and "
            "whether they are for this environment"
        )
        return f"the broker gives no token ({said}){clock}"


def handshake(environment: Environment, token: Token, nif: str, key: Secret) -> Request:
    """Return the legacy request that registers a NIF with its public key, once."""
    return Request(
        method="POST",
        url=f"{environment.base_url}/apps/authentications",
        headers=(
            ("accept", "application/json"),
            ("Authorization", f"Bearer {token.secret.reveal()}"),
        ),
        query=(("nif", nif), ("key", key.reveal())),
    )


def _said(found: Any) -> str:
    """Return what an error says, in the form of RFC 6749 or in iLink's."""
    if not isinstance(found, dict):
        return ""
    if isinstance(error := found.get("error"), str):
        return error[:200]
    errors = found.get("errors")
    first = next(
        iter(errors if isinstance(errors, list) else [*(errors or {}).values()]), None
    )
    if isinstance(first, dict):
        return f"{first.get('code', '')} {first.get('msg', '')}".strip()[:200]
    return ""


def _skew(response: Response, now: float) -> float:
    try:
        return now - parsedate_to_datetime(response.header("date") or "").timestamp()
    except ValueError:
        return 0.0
