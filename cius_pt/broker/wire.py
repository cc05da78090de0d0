# SPDX-License-Identifier: MIT
"""What goes over the wire: a request, its answer, and that none came.

These are the seam: a transport is any function from `Request` to `Response`, or a
coroutine function.
"""

from __future__ import annotations

import json
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from cius_pt.broker.secret import MASK
from cius_pt.errors import BrokerUnreachable
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    Transport = Callable[["Request"], "Response"]
    AsyncTransport = Callable[["Request"], Awaitable["Response"]]

SECRET_HEADERS: Final = frozenset({"authorization", "entity"})
SECRET_PARAMETERS: Final = frozenset({"key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request; its repr shows no header value, parameter or body.

    `query` are parameters in their order, kept apart from `url` so that no secret is
    ever part of an address that is written down.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """Return the value of a header, whatever the case of its name."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    def with_headers(self, added: Mapping[str, str]) -> Request:
        """Return the same request with these headers in the place of their like."""
        names = {name.lower() for name in added}
        kept = (h for h in self.headers if h[0].lower() not in names)
        return replace(self, headers=(*kept, *added.items()))

    @property
    def target(self) -> str:
        """The whole address, parameters included: for the transport alone."""
        return f"{self.url}?{urlencode(self.query)}" if self.query else self.url

    def shown_headers(self) -> dict[str, str]:
        """Return the headers with secrets masked."""
        return {name: _masked(name, value) for name, value in self.headers}

    def shown_target(self) -> str:
        """Return the address with secret parameters masked."""
        shown = [(k, MASK if k in SECRET_PARAMETERS else v) for k, v in self.query]
        return f"{self.url}?{urlencode(shown)}" if shown else self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One HTTP answer, read to its end; its repr shows the status only."""

    status: int
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        """Return the value of a header, whatever the case of its name."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    def json(self) -> Any:
        """Return what the body says; None when it is not JSON in UTF-8."""
        try:
            return json.loads(self.body.decode("utf-8-sig"), parse_constant=_refuse)
        except (ValueError, RecursionError):
            return None


class Unanswered(BrokerUnreachable):
    """No whole answer came; `sent` tells whether the request may have arrived."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


def path(*parts: str) -> str:
    """Return parts of a path, each quoted so that it stays one part."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def pairs(
    parameters: Iterable[tuple[str, str | int | None]],
) -> tuple[tuple[str, str], ...]:
    """Return the parameters that have a value, as texts."""
    return tuple((name, str(value)) for name, value in parameters if value is not None)


def _masked(name: str, value: str) -> str:
    if name.lower() not in SECRET_HEADERS:
        return value
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {MASK}" if space and scheme == "Bearer" else MASK


def _refuse(word: str) -> None:
    raise ValueError(word)
