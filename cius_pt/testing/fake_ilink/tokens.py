# SPDX-License-Identifier: MIT
"""Who may: OAuth2 tokens with their signature, the platform token, the handshake.

The signature is written from its description (base64 of the lower-case hex digest of
HMAC-SHA256 over ``client:timestamp:nonce``), apart from the client's own code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING, Any, Final

from cius_pt.testing.fake_ilink import replies
from cius_pt.testing.fake_ilink.settings import Entity
from cius_pt.testing.fake_ilink.wire import Answer, BadForm, Request, said
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from cius_pt.testing.fake_ilink.world import World

_NONCE: Final = re.compile(r"[A-Za-z0-9]{1,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls: a platform (by OAuth2 or by its old token), maybe for an entity."""

    oauth: bool
    entity: Entity | None


def expected(client: str, secret: str, timestamp: object, nonce: object) -> str:
    """Return the signature that a token request must carry."""
    message = f"{client}:{timestamp}:{nonce}".encode()
    digest = hmac.new(secret.encode(), message, hashlib.sha256)
    return base64.b64encode(digest.hexdigest().encode()).decode()


def issue(world: World, request: Request) -> Answer:
    """``POST /oauth2/token``."""
    if "json" not in request.headers.get("content-type", ""):
        return _refused(world, "the body of a token request is JSON")
    try:
        body = request.json()
    except BadForm:
        return _refused(world, "the body of a token request is JSON")
    if (objection := _objection(world, body)) is not None:
        return _refused(world, objection)
    settings = world.settings
    token = secrets.token_urlsafe(32)
    with world.store.transaction():
        if world.store.row("SELECT 1 FROM nonces WHERE nonce = ?", body["nonce"]):
            return _refused(world, "the nonce was used before")
        world.store.change("INSERT INTO nonces VALUES (?)", body["nonce"])
        world.store.change(
            "INSERT INTO tokens VALUES (?, ?)",
            _hash(token),
            world.clock.now() + settings.token_seconds,
        )
    return said(
        200,
        {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": settings.token_seconds,
            "scope": settings.scope,
        },
    )


def _objection(world: World, body: Any) -> str | None:
    """Return what is wrong with a token request."""
    if not isinstance(body, dict):
        return "the body of a token request is an object"
    settings = world.settings
    timestamp, nonce = body.get("timestamp"), body.get("nonce")
    whole = type(timestamp) is int  # True is one, too
    signature = expected(settings.client_id, settings.client_secret, timestamp, nonce)
    off = abs(world.clock.now() - timestamp) if isinstance(timestamp, int) else 0
    required = {
        "grant_type is client_credentials": body.get("grant_type")
        == "client_credentials",
        "timestamp is an integer": whole,
        "nonce is 1 to 20 letters and digits": isinstance(nonce, str)
        and _NONCE.fullmatch(nonce) is not None,
        "client_id is not known": body.get("client_id") == settings.client_id,
        "signature is not base64(hex(HMAC-SHA256(client_id:timestamp:nonce)))": (
            hmac.compare_digest(signature.encode(), str(body.get("signature")).encode())
        ),
        "timestamp is too far from the clock": off <= settings.clock_tolerance,
    }
    return next((what for what, holds in required.items() if not holds), None)


def _refused(world: World, why: str) -> Answer:
    # A header, because no document says that the body explains anything.
    reason = (("X-Fake-Ilink-Reason", why),)
    if world.settings.token_error == "rfc6749":  # noqa: S105 - a word
        answer = said(400, {"error": "invalid_client"})
    else:
        answer = replies.unauthorised()
    return Answer(status=answer.status, body=answer.body, headers=reason)


def caller(world: World, request: Request) -> Caller | None:
    """Return who calls; None when the Bearer is not worth anything (any more)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    key = request.headers.get("entity", "")
    row = world.store.row("SELECT nif FROM entities WHERE key = ?", key)
    entity = None if row is None else world.entity(row["nif"])
    platform = world.settings.platform_token
    if platform and hmac.compare_digest(platform.encode(), token.encode()):
        return Caller(oauth=False, entity=entity)
    found = world.store.row("SELECT expires FROM tokens WHERE hash = ?", _hash(token))
    if found is None or found["expires"] <= world.clock.now():
        return None
    return Caller(oauth=True, entity=entity)


def registered(world: World, caller: Caller) -> bool:
    """Whether the handshake that this caller needs has been done."""
    if caller.entity is None or (caller.oauth and not world.settings.handshake):
        return caller.entity is not None
    found = world.store.row(
        "SELECT registered FROM entities WHERE nif = ?", caller.entity.nif
    )
    return found is not None and bool(found["registered"])


def forget(world: World, request: Request) -> None:
    """Make the token of a request worthless."""
    token = request.headers.get("authorization", "").partition(" ")[2]
    with world.store.transaction():
        world.store.change("DELETE FROM tokens WHERE hash = ?", _hash(token))


def handshake(world: World, request: Request) -> Answer:
    """``POST /apps/authentications``: NIF and key are parameters of the query."""
    nif, key = request.query.get("nif", ""), request.query.get("key", "")
    with world.store.transaction():
        hit = world.store.change(
            "UPDATE entities SET registered = 1 WHERE nif = ? AND key = ?", nif, key
        )
    return replies.success(world, code="e123") if hit else replies.unauthorised()


def revoke(world: World, entity: Entity) -> Answer:
    """``DELETE /apps/authentications``; what it answers is not documented."""
    with world.store.transaction():
        world.store.change(
            "UPDATE entities SET registered = 0 WHERE nif = ?", entity.nif
        )
    return replies.success(world)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
