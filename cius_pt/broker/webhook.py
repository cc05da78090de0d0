# SPDX-License-Identifier: MIT
"""A receiver of iLink's webhooks: a small ASGI 3 application without a framework.

iLink counts exactly 200 as received, soon; else it tries again, up to ten times, and
then gives up. So the answer goes out first and the work is done afterwards, in a
thread. There is no signature on what comes, only a key in a header: it is a hint, and
the callback is to fetch the document for the truth. What never came is found in the
states report.

Method and payload are not published. Any method that carries a body is taken, and
where the id of the document stands in it is an argument (`document_of`).

    app = Webhook(keys=[key], on_news=lambda news: fetch(news.document))
    # uvicorn module:app, or mounted in any other ASGI application

Mounted at a path, register the address exactly as the other application answers it
(Starlette wants the slash at its end): a redirect is not 200.
"""

from __future__ import annotations

import hashlib
import hmac
import inspect
import json
import logging
import re
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from cius_pt.errors import InvalidValue
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import (
        Awaitable,
        Callable,
        Collection,
        Iterable,
        Mapping,
        MutableMapping,
    )

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BYTES: Final = 1024 * 1024
# Addresses from which iLink sends, as published; only ever a second lock.
SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "tests": ("62.28.56.162",),
    "production": ("193.43.40.153",),
}
_ID: Final = re.compile(r"[0-9a-f]{14}\.[0-9]{1,12}")
_LOG: Final = logging.getLogger(__name__)
_DIGITS: Final = 18
_METHODS: Final = ("POST", "PUT")


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What came: a hint that something happened to a document.

    `document` is its id at iLink, None when none was found; `content` the body read
    as JSON, None when it is none; `identity` is the same for a repeated delivery.
    """

    document: str | None
    identity: str
    content: Any = field(repr=False)
    body: bytes = field(repr=False)


class Recent:
    """Remembers the last `limit` identities, in memory."""

    def __init__(self, limit: int = 10_000) -> None:
        self._limit = limit
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, identity: str) -> bool:
        """Whether this is the first time; remembers it."""
        with self._lock:
            first = identity not in self._seen
            self._seen[identity] = None
            self._seen.move_to_end(identity)
            if len(self._seen) > self._limit:
                self._seen.popitem(last=False)
            return first


def document_of(content: Any) -> str | None:
    """Return the id of the document in a payload: the default, inferred places.

    `document_id` or `id`, at the top or under `data`, in the form of iLink's ids.

    >>> document_of({"document_id": "60796c3c2a6fa2.53909016"})
    '60796c3c2a6fa2.53909016'
    """
    whole = content if isinstance(content, dict) else {}
    below = whole.get("data")
    for place in (whole, below if isinstance(below, dict) else {}):
        for name in ("document_id", "id"):
            found = place.get(name)
            if isinstance(found, str) and _ID.fullmatch(found):
                return found
    return None


class Webhook:
    """The application: checks the key, answers, then calls `on_news` once each.

    `keys`: one or more keys that were registered at iLink; where none was registered
    iLink sends the platform token instead, which is taken only if it is given here
    (and then stands in the logs of every proxy between: better register a key).
    `first_time` tells a repeated delivery from a new one, by default `Recent`; give
    one that is durable to stay right over a restart. `allow`: addresses of clients,
    None for any. `max_bytes`: the largest body that is read.
    An exception in `on_news` is logged with its type alone and ends nothing.
    """

    def __init__(  # noqa: PLR0913 - each is a seam of its own
        self,
        *,
        keys: Iterable[str],
        on_news: Callable[[News], object],
        first_time: Callable[[str], bool] | None = None,
        document_of: Callable[[Any], str | None] = document_of,
        allow: Collection[str] | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._keys = [key.encode() for key in keys]
        if not self._keys or not all(self._keys):
            raise InvalidValue("give at least one key, and none that is empty")
        if inspect.iscoroutinefunction(on_news):
            raise InvalidValue("is called in a thread; give a plain function, no async")
        self._on_news = on_news
        self._first_time = first_time or Recent()
        self._document_of = document_of
        self._allow = allow
        self._max_bytes = max_bytes
        # One thread: the news of a document are worked through in their order.
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="cius-pt-webhook")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI 3: http and lifespan."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            raise InvalidValue(f"a webhook does not speak {scope['type']}")

    def close(self) -> None:
        """Finish what was taken, then end the thread."""
        self._worker.shutdown(wait=True)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return
            await send({"type": "lifespan.startup.complete"})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        if (refused := self._objection(scope, headers)) is not None:
            await _answer(send, refused)
            return
        body = await self._body(receive)
        if body is None:  # the client left in the middle
            return
        if len(body) > self._max_bytes:
            await _answer(send, 413)
            return
        await _answer(send, 200)
        self._take(body)

    def _objection(
        self, scope: Scope, headers: Mapping[bytes, list[bytes]]
    ) -> int | None:
        """Return the status of a refusal; nothing is read of a body before."""
        client = scope.get("client") or ("",)
        if self._allow is not None and client[0] not in self._allow:
            return 403
        if not self._knows(headers.get(b"authorization", [])):
            return 401
        if scope["method"] not in _METHODS:
            return 405
        length = headers.get(b"content-length", [b"0"])[0]
        if not length.isdigit():
            return 400
        # int() refuses thousands of digits with an error; no length has so many.
        far = len(length) > _DIGITS
        return 413 if far or int(length) > self._max_bytes else None

    def _knows(self, given: list[bytes]) -> bool:
        """Whether the one Authorization header has one of the keys.

        Every key is compared, each in constant time, whatever the others said.
        """
        scheme, _, token = (given[0] if len(given) == 1 else b"").partition(b" ")
        known = [hmac.compare_digest(token, key) for key in self._keys]
        return scheme.lower() == b"bearer" and any(known)

    async def _body(self, receive: Receive) -> bytes | None:
        """Read the body, at most one piece beyond the limit; None if it broke off."""
        pieces: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            piece = message.get("body", b"")
            pieces.append(piece)
            size += len(piece)
            if size > self._max_bytes or not message.get("more_body", False):
                return b"".join(pieces)

    def _take(self, body: bytes) -> None:
        """Put it into the queue."""
        self._worker.submit(self._work, body)

    def _work(self, body: bytes) -> None:
        """Tell it, unless it was told before."""
        try:
            identity = hashlib.sha256(body).hexdigest()
            if not self._first_time(identity):
                return
            content = _json(body)
            document = self._document_of(content)
            self._on_news(
                News(document=document, identity=identity, content=content, body=body)
            )
        except Exception as error:  # noqa: BLE001 - the next news must be heard
            # Not its text: it may quote a request, and requests carry keys.
            _LOG.error("webhook callback failed: %s", type(error).__name__)


def _json(body: bytes) -> Any:
    """Return a body read as JSON; None when it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _headers(scope: Scope) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.lower(), []).append(value)
    return found


async def _answer(send: Send, status: int) -> None:
    headers = [(b"content-length", b"0")]
    if status == 405:  # noqa: PLR2004 - HTTP
        headers.append((b"allow", ", ".join(_METHODS).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
