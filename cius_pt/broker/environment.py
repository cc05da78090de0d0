# SPDX-License-Identifier: MIT
"""Which iLink, and what about it is not documented and can therefore be set.

The defaults of the settings that are only inferred may turn out wrong; those that
nobody has published have no default, and a call that needs one says so.
"""

from __future__ import annotations

import ipaddress
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from cius_pt.errors import BrokerError, InvalidValue
from cius_pt.values import dataclass
from cius_pt.xmlio import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

TESTS_URL: Final = "https://ilink.acin.pt/ilinktests-api/api/v1/pt"
PRODUCTION_URL: Final = "https://ilink.pt/ilink-api/api/v1/pt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where iLink is and how it is spoken to.

    Documented: `base_url`; `requests_per_minute` and `back_off` (seconds of a block).
    Inferred: `token_path`, `token_as_json`, `document_field` (the file of a UBL
    upload), `part_type`, `entity_with_oauth`, `blocked_statuses` (answers that mean
    the rate limit), `listed_rows` (page size), `file_hosts` (who may be asked for
    attachments).
    Unknown, without default: `read_field` (ids to mark read), `accept_field` and
    `reason_field` (accepting or rejecting a document).
    Ours: `renew_at` (part of a token's life), `max_bytes`, `timeout` (seconds of
    silence), `retries` (seconds to wait before each new try after an unknown outcome).
    Raises `InvalidValue` unless it is https, or http to this machine.
    """

    base_url: str
    requests_per_minute: int = 200
    back_off: float = 120.0
    token_path: str = "/oauth2/token"  # noqa: S105 - a path
    token_as_json: bool = True
    document_field: str = "document"
    part_type: str = "application/xml"
    entity_with_oauth: bool = True
    blocked_statuses: frozenset[int] = frozenset({429})
    listed_rows: int = 50
    file_hosts: frozenset[str] = frozenset({"ilink.pt", "www.ilink.pt"})
    read_field: str | None = None
    accept_field: str | None = None
    reason_field: str | None = None
    renew_at: float = 0.8
    max_bytes: int = MAX_BYTES
    timeout: float = 60.0
    retries: tuple[float, ...] = (2.0, 8.0, 20.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))
        require_safe(self.base_url)
        if urlsplit(self.base_url).query or "#" in self.base_url:
            raise InvalidValue("an address without ? and #", path="base_url")
        if self.requests_per_minute < 1:
            raise InvalidValue("must be at least 1", path="requests_per_minute")

    @classmethod
    def tests(cls) -> Environment:
        """Return the test environment, reachable from Portugal and Spain only."""
        return cls(base_url=TESTS_URL)

    @classmethod
    def production(cls) -> Environment:
        """Return the production environment."""
        return cls(base_url=PRODUCTION_URL)

    @property
    def token_url(self) -> str:
        """Where tokens come from; `token_path` may be a whole address."""
        if "://" in self.token_path:
            require_safe(self.token_path)
            return self.token_path
        return f"{self.base_url}{self.token_path}"


def environment(found: Mapping[str, Any]) -> Environment:
    """Return the environment that settings name.

    ``base_url``, and under ``environment`` any other field of `Environment`. Neither
    tests nor production is a default. Raises `BrokerError` and `InvalidValue`.
    """
    if "base_url" not in found:
        raise BrokerError(
            f"which iLink is not said: set CIUS_PT_ILINK_BASE_URL to {TESTS_URL} "
            f"(tests) or {PRODUCTION_URL} (production)"
        )
    kinds = {field.name: type(field.default) for field in fields(Environment)}
    given: dict[str, Any] = {}
    for name, value in found.get("environment", {}).items():
        kind = kinds.get(name)
        if kind is None or name == "base_url":
            raise InvalidValue("there is no such setting", path=f"environment.{name}")
        wanted = {type(None): str, float: int | float}.get(kind, kind)
        if kind in {tuple, frozenset} and isinstance(value, list):
            value = kind(value)  # noqa: PLW2901 - TOML knows lists only
        if not isinstance(value, wanted):
            raise InvalidValue("is of another type", path=f"environment.{name}")
        given[name] = value
    return Environment(base_url=str(found["base_url"]), **given)


def require_safe(url: str) -> None:
    """Refuse an address that others could listen to, or that holds a password."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InvalidValue("is no address", path="base_url") from None
    if parts.username is not None or parts.password is not None:
        raise InvalidValue("credentials do not belong in an address", path="base_url")
    if not host or parts.scheme not in {"http", "https"}:
        raise InvalidValue("must begin with https://", path="base_url")
    if parts.scheme == "http" and not is_loopback(host):
        raise InvalidValue(
            f"refused: http to {host} can be listened to; use https", path="base_url"
        )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, without asking a name server."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port of an address: who gets what is sent to it."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port
