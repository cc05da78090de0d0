# SPDX-License-Identifier: MIT
"""HTTP by httpx2, sync and async, behind the seam.

TLS 1.2 or newer with verified certificates; no redirects, no cookies; answers are
read to a limit. It sits on httpx2's transports and not on its clients because those
log whole addresses, and one parameter of iLink's is a key.
"""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from cius_pt.broker.environment import is_loopback, require_safe
from cius_pt.broker.wire import Response, Unanswered

if TYPE_CHECKING:
    import httpx2

    from cius_pt.broker.wire import Request

MAX_ANSWER: Final = 128 * 1024 * 1024
_AGENT: Final = "cius-pt"


class HttpTransport:
    """Sends requests one after the other; connections are kept."""

    def __init__(self, *, timeout: float = 60.0) -> None:
        self._timeout = timeout
        self._pools: dict[str | None, httpx2.HTTPTransport] = {}

    def __call__(self, request: Request) -> Response:
        """Return the answer; raises `Unanswered` when there is no whole one."""
        import httpx2  # noqa: PLC0415 - late, only who sends pays for it

        try:
            proxy = _proxy(request.url)
            if proxy not in self._pools:
                self._pools[proxy] = httpx2.HTTPTransport(
                    verify=_tls(), trust_env=False, proxy=proxy
                )
            answer = self._pools[proxy].handle_request(_made(request, self._timeout))
            try:
                body = _Body()
                assert isinstance(answer.stream, httpx2.SyncByteStream)  # noqa: S101
                for piece in answer.stream:
                    body.add(piece)
            finally:
                answer.close()
        except (httpx2.TransportError, OSError, httpx2.InvalidURL) as error:
            raise _unanswered(request, error) from None
        return _answer(answer, body)

    def close(self) -> None:
        """Close the connections."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()


class AsyncHttpTransport:
    """The same for coroutines."""

    def __init__(self, *, timeout: float = 60.0) -> None:
        self._timeout = timeout
        self._pools: dict[str | None, httpx2.AsyncHTTPTransport] = {}

    async def __call__(self, request: Request) -> Response:
        """Return the answer; raises `Unanswered` when there is no whole one."""
        import httpx2  # noqa: PLC0415 - late, only who sends pays for it

        try:
            proxy = _proxy(request.url)
            if proxy not in self._pools:
                self._pools[proxy] = httpx2.AsyncHTTPTransport(
                    verify=_tls(), trust_env=False, proxy=proxy
                )
            # No variable holds it: its repr has the whole address.
            answer = await self._pools[proxy].handle_async_request(
                _made(request, self._timeout)
            )
            try:
                body = _Body()
                assert isinstance(answer.stream, httpx2.AsyncByteStream)  # noqa: S101
                async for piece in answer.stream:
                    body.add(piece)
            finally:
                await answer.aclose()
        except (httpx2.TransportError, OSError, httpx2.InvalidURL) as error:
            raise _unanswered(request, error) from None
        return _answer(answer, body)

    async def close(self) -> None:
        """Close the connections."""
        for pool in self._pools.values():
            await pool.aclose()
        self._pools.clear()


class _Body:
    """What has come of an answer."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def add(self, piece: bytes) -> None:
        self.pieces.append(piece)
        self.size += len(piece)
        if self.size > MAX_ANSWER:
            raise OSError(f"the answer is larger than {MAX_ANSWER:,} bytes")


def _made(request: Request, timeout: float) -> httpx2.Request:
    import httpx2  # noqa: PLC0415 - see above

    require_safe(request.url)
    headers = [
        # What is compressed can be a bomb, and answers are short.
        ("accept-encoding", "identity"),
        ("user-agent", _AGENT),
        *request.headers,
    ]
    return httpx2.Request(
        request.method,
        request.target,
        headers=headers,
        content=request.body,
        extensions={"timeout": httpx2.Timeout(timeout).as_dict()},
    )


def _answer(answer: httpx2.Response, body: _Body) -> Response:
    return Response(
        status=answer.status_code,
        headers=tuple(answer.headers.multi_items()),
        body=b"".join(body.pieces),
    )


def _unanswered(request: Request, error: Exception) -> Unanswered:
    import httpx2  # noqa: PLC0415 - see above

    host = urlsplit(request.url).hostname
    never = httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout
    unsent = isinstance(error, never | httpx2.ProxyError | httpx2.UnsupportedProtocol)
    said = str(error) or type(error).__name__
    advice = ""
    if unsent and host == "ilink.acin.pt":
        advice = "; the test environment answers only in Portugal and Spain"
    what = "cannot be reached" if unsent else "gave no whole answer"
    return Unanswered(f"{host} {what}: {said}{advice}", sent=not unsent)


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _proxy(url: str) -> str | None:
    """Return the proxy of the machine's settings; none to this machine itself."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or _bypassed(host):
        return None
    return getproxies().get(parts.scheme)


def _bypassed(host: str) -> Any:
    return proxy_bypass(host)
