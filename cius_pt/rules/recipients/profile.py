# SPDX-License-Identifier: MIT
"""A recipient's profile: read from one that comes with the package or from a file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cius_pt.errors import ArtefactError, InvalidValue
from cius_pt.findings import Severity
from cius_pt.pt import nif
from cius_pt.rules.entry import Text
from cius_pt.rules.recipients.demands import DEMANDS
from cius_pt.values import dataclass

_FOLDER = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_KEYS = (
    "title",
    "source",
    "source-date",
    "checked",
    "status",
    "extends",
    "buyers",
    "demands",
)
_MOST = 100_000  # bytes; a profile has a dozen lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one recipient demands.

    `demands`: the severity of each breach by the words of `DEMANDS`. `buyers`: the
    NIFs it is for, empty for any. `source` and `checked`: where it comes from and when
    that was looked at.
    """

    name: str
    title: Text
    source: str
    checked: str
    demands: Mapping[str, Severity]
    buyers: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What a report prints of it."""
        return f"{self.name} ({self.checked})" if self.checked else self.name


@cache
def names() -> tuple[str, ...]:
    """Return the profiles that come with the package."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def load(name_or_path: str) -> Profile:
    """Return a profile by its name, or from a TOML file.

    A file is meant by anything with a suffix or a slash. Raises `ArtefactError` when
    there is none or it cannot be read, `InvalidValue` when it says what no profile
    says; its path is the key.
    """
    if _NAME.fullmatch(name_or_path):
        if name_or_path not in names():
            raise ArtefactError(
                f"no recipient {name_or_path!r} is known; there are "
                f"{', '.join(names())}, or give the path of a .toml file"
            )
        return _profile(_read(_FOLDER / f"{name_or_path}.toml"), name_or_path)
    path = Path(name_or_path)
    return _profile(_read(path), path.stem or name_or_path)


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise ArtefactError(
            f"{path}: {error.strerror or type(error).__name__}"
        ) from error
    if len(data) > _MOST:
        raise ArtefactError(f"{path}: larger than any profile ({_MOST:,} bytes)")
    try:
        return tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ArtefactError(f"{path}: not TOML: {error}") from error


def _profile(given: dict[str, Any], name: str) -> Profile:
    _require_known(given, _KEYS, "")
    extended = _extended(given.get("extends"))
    demands = dict(extended.demands) if extended else {}
    for word, severity in _table(given, "demands").items():
        demands |= {word: _severity(word, severity)}
    if not demands:
        raise InvalidValue(
            f"a profile demands something; known demands: {', '.join(DEMANDS)}",
            path="demands",
        )
    return Profile(
        name=name,
        title=_title(given, name),
        source=_text(given, "source"),
        checked=_text(given, "checked"),
        demands=MappingProxyType(demands),
        buyers=_buyers(given.get("buyers", [])),
    )


def _extended(name: Any) -> Profile | None:
    if name is None:
        return None
    if name not in names():
        raise InvalidValue(
            f"expected one of {', '.join(names())}, got {name!r:.60}", path="extends"
        )
    return load(str(name))


def _severity(word: str, given: Any) -> Severity:
    _require_known({word: given}, tuple(DEMANDS), "demands.")
    if given not in list(Severity):
        raise InvalidValue(
            f"expected {', '.join(Severity)}, got {given!r:.60}",
            path=f"demands.{word}",
        )
    return Severity(given)


def _buyers(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise InvalidValue("expected a list of NIFs", path="buyers")
    for index, value in enumerate(given):
        said = nif.problem(value) if isinstance(value, str) else "expected a text"
        if said is not None:
            raise InvalidValue(said, path=f"buyers[{index}]")
    return tuple(given)


def _title(given: dict[str, Any], name: str) -> Text:
    words = _table(given, "title")
    _require_known(words, ("pt", "en"), "title.")
    for key, value in words.items():
        if not isinstance(value, str):
            raise InvalidValue("expected a text", path=f"title.{key}")
    return Text(pt=words.get("pt", name), en=words.get("en", name))


def _table(given: dict[str, Any], key: str) -> dict[str, Any]:
    value = given.get(key, {})
    if not isinstance(value, dict):
        raise InvalidValue(f"expected a table, [{key}]", path=key)
    return value


def _text(given: dict[str, Any], key: str) -> str:
    value = given.get(key, "")
    if isinstance(value, (list, dict)):
        raise InvalidValue("expected a text", path=key)
    return str(value)


def _require_known(given: Mapping[str, Any], known: tuple[str, ...], at: str) -> None:
    for key in given:
        if key not in known:
            raise InvalidValue(
                f"no such key; there are {', '.join(known)}", path=f"{at}{key}"
            )
