# SPDX-License-Identifier: MIT
"""Who we are to iLink: from the environment, a private file or a keyring.

Never from the command line: every process of a machine may read that.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import field
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from cius_pt import artefacts
from cius_pt.broker.secret import Secret
from cius_pt.errors import BrokerUnauthorised, InvalidValue
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

PREFIX: Final = "CIUS_PT_ILINK_"
SERVICE: Final = "cius-pt ilink"  # the name of our entries in a keyring
_SECRETS: Final = ("client_id", "client_secret", "entity", "token")
_KNOWN: Final = frozenset(
    {*_SECRETS, "nif", "base_url", "journal", "entities", "environment"}
)
_TABLES: Final = frozenset({"entities", "environment"})
_NIF: Final = re.compile(r"[0-9]{9}")
# What an HTTP header can carry; anything else would be another header or none.
_HEADER: Final = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What iLink knows us by.

    `client_id` and `client_secret`: OAuth2, one pair per invoicing program. `token`:
    the legacy platform token, instead of them. `entity`: the public key of the NIF
    that sends or receives, and `nif`, 0..1, whose key it is; `entities`: keys by NIF,
    for programs that serve several. Raises `InvalidValue` for both or neither kind,
    and for what no HTTP header can carry.
    """

    client_id: str | None = None
    client_secret: Secret | None = None
    token: Secret | None = None
    entity: Secret | None = None
    nif: str | None = None
    entities: Mapping[str, Secret] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pair = self.client_id is not None and self.client_secret is not None
        if bool(pair) == (self.token is not None):
            raise InvalidValue(
                "give client_id and client_secret, or the legacy token, not both"
            )
        for nif in filter(None, (self.nif, *self.entities)):
            if not _NIF.fullmatch(nif):
                raise InvalidValue("a NIF is nine digits, without PT", path="nif")
        for name, secret in (
            ("client_id", Secret(self.client_id or "-")),
            ("token", self.token),
            ("entity", self.entity),
            *(("entities", key) for key in self.entities.values()),
        ):
            if secret is not None and not _HEADER.fullmatch(secret.reveal()):
                raise InvalidValue("holds a space or another odd sign", path=name)
        object.__setattr__(self, "entities", MappingProxyType(dict(self.entities)))

    def entity_of(self, nif: str | None) -> Secret | None:
        """Return the public key of a NIF; without one, the one there is.

        None when the keys we have are known to belong to others.
        """
        if nif is None:
            return self.entity or next(iter(self.entities.values()), None)
        if nif in self.entities:
            return self.entities[nif]
        known_to_differ = self.nif is not None and self.nif != nif
        return None if known_to_differ else self.entity


def usual_file() -> Path:
    """Return where the settings file lies unless another is named."""
    return artefacts.home() / "ilink.toml"


def settings(
    path: Path | None = None, environ: Mapping[str, str] = os.environ
) -> dict[str, Any]:
    """Return the settings by their short names; the environment wins over the file.

    The environment has ``CIUS_PT_ILINK_BASE_URL`` and so on, the file a table
    ``[ilink]`` and must not be readable by others. What neither has is asked of the
    keyring, when the library of that name is installed.
    """
    found: dict[str, Any] = {} if path is None else _from_file(path)
    for name in _KNOWN - _TABLES:
        if value := environ.get(PREFIX + name.upper()):
            found[name] = value
    for name in _SECRETS:
        if name not in found and (value := _from_keyring(name)):
            found[name] = value
    return found


def credentials(found: Mapping[str, Any]) -> Credentials:
    """Return the credentials that settings hold.

    Raises `BrokerUnauthorised` when they hold none, and `InvalidValue`.
    """
    pair = "client_id" in found and "client_secret" in found
    if not pair and "token" not in found:
        raise BrokerUnauthorised(
            f"there are no credentials: set {PREFIX}CLIENT_ID and "
            f"{PREFIX}CLIENT_SECRET (or {PREFIX}TOKEN) and {PREFIX}ENTITY, "
            "or name a private file with --config"
        )
    nif = found.get("nif")
    return Credentials(
        client_id=found["client_id"] if pair else None,
        client_secret=Secret(found["client_secret"]) if pair else None,
        token=Secret(found["token"]) if "token" in found and not pair else None,
        entity=Secret(found["entity"]) if "entity" in found else None,
        nif=None if nif is None else str(nif).removeprefix("PT"),
        entities={
            str(nif).removeprefix("PT"): Secret(key)
            for nif, key in found.get("entities", {}).items()
        },
    )


def _from_file(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise InvalidValue(
                f"others may read it (mode {stat.S_IMODE(mode):04o}); "
                "make it private with chmod 600",
                path=str(path),
            )
        data = file.read()
    try:
        table = tomllib.loads(data.decode()).get("ilink", {})
    except ValueError:
        # What tomllib says may quote the line, and that may be a secret.
        raise InvalidValue("is not TOML in UTF-8", path=str(path)) from None
    unknown = sorted(set(table) - _KNOWN) if isinstance(table, dict) else ["ilink"]
    if unknown:
        raise InvalidValue(f"there is no setting {unknown[0]}", path=str(path))
    for name, value in table.items():
        if not isinstance(value, dict if name in _TABLES else str):
            raise InvalidValue("must be a text", path=f"{path}: {name}")
    return dict(table)


def _from_keyring(name: str) -> str | None:
    try:
        keyring = import_module("keyring")
    except ImportError:
        return None
    try:
        value: str | None = keyring.get_password(SERVICE, name)
    except Exception:  # noqa: BLE001 - a keyring without a backend has nothing to give
        return None
    return value
