# SPDX-License-Identifier: MIT
"""The settings of ``cius-pt check`` from a file: found, read, and refused if unclear.

The file is ``cius-pt.toml``, or ``[tool.cius-pt]`` of ``pyproject.toml``, of the
nearest folder that has one, from the working directory up to the root of a repository.
It says what is shown and by which rules is checked, never more: what is fatal is fatal
until the command line says otherwise.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cius_pt.circumstances import told
from cius_pt.cli.adjusting import Wanted
from cius_pt.cli.text import one_line, visible
from cius_pt.findings import Severity
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_OWN: Final = "cius-pt.toml"
_SHARED: Final = "pyproject.toml"
_MOST: Final = 1_000_000  # bytes: a pyproject.toml may be long
_LONGEST: Final = 200  # characters of a rule id or pattern
_MANY: Final = 1_000
_WITHOUT: Final = "correct the file, or leave it out with --no-config"
# "never" is missing: a file found somewhere must not make every check succeed.
_FAIL_ON: Final = tuple(severity.value for severity in Severity)
_SEVERITIES: Final[Mapping[str, Severity | None]] = {
    **{severity.value: severity for severity in Severity},
    "off": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a file says: values for `options` of the command, and what is `wanted`.

    `path` is None when there is no file.
    """

    path: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    wanted: Wanted = field(default_factory=Wanted)

    @property
    def patterns(self) -> Iterator[tuple[str, str]]:
        """Each rule id or pattern, with the key under which it stands."""
        for key in ("select", "ignore", "severity"):
            for pattern in getattr(self.wanted, key):
                yield key, pattern


def read(path: Path) -> Config:
    """Return what the file of --config says.

    In a ``pyproject.toml`` it is the table ``[tool.cius-pt]``, which has to be there.
    Raises a usage error that names file, key, what is allowed, and the way out.
    """
    given = _given(path)
    if given is None:
        raise _refused(path, "there is no table [tool.cius-pt]")
    return _config(path, given)


def find(folder: Path) -> Config:
    """Return what the nearest file says, from a folder upwards; see the module."""
    for above in (folder, *folder.parents):
        for name in (_OWN, _SHARED):
            path = above / name
            given = _given(path) if path.is_file() else None
            if given is not None:
                return _config(path, given)
        if (above / ".git").exists():
            break
    return Config()


def _given(path: Path) -> Mapping[str, Any] | None:
    """Return the table of ours in a file, None when it has none."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise _refused(path, told(error)) from None
    if len(data) > _MOST:
        raise _refused(path, f"the limit of a settings file is {_MOST:,} bytes")
    try:
        given: Any = tomllib.loads(data.decode())
    except UnicodeDecodeError as error:
        raise _refused(path, f"not UTF-8 at byte {error.start:,}") from None
    except RecursionError:
        raise _refused(path, "not TOML we read: nested too deeply") from None
    except ValueError as error:
        raise _refused(path, f"not TOML: {error}") from None
    if path.name != _SHARED:
        return dict(given)
    for key in ("tool", "cius-pt"):
        if isinstance(given, dict) and key not in given:
            return None
        given = given[key] if isinstance(given, dict) else given
    if not isinstance(given, dict):
        raise _refused(path, "[tool.cius-pt] is not a table")
    return given


def _config(path: Path, given: Mapping[str, Any]) -> Config:
    options, wanted = {}, dict[str, Any]()
    for key, value in given.items():
        if key not in _OPTIONS and key not in _WANTED:
            known = ", ".join([*_OPTIONS, *_WANTED])
            raise _refused(path, f"{key}: there is no such key; there are {known}")
        try:
            if key in _WANTED:
                wanted[key] = _WANTED[key](value)
            else:
                name, read_option = _OPTIONS[key]
                options[name] = read_option(path, value)
        except ValueError as error:
            raise _refused(path, f"{key}: {error}") from None
    name = path.name if path.parent == Path.cwd() else str(path)
    return Config(path=path, options=options, wanted=Wanted(by=name, **wanted))


def _rules(path: Path, value: Any) -> str:
    text = _text(value)
    # As `artefacts.resolve` tells a path from a name.
    if text.endswith(".sch") or "/" in text or "\\" in text:
        return str(path.parent / text)
    return text


def _recipient(path: Path, value: Any) -> str:
    text = _text(value)
    # As profiles tell one: a name has neither a suffix nor a slash.
    return str(path.parent / text) if set(text) & set("./\\") else text


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError(f"expected a text, got {_shown(value)}")
    return value


def _one_of(*allowed: str) -> Callable[[Path, Any], str]:
    def read_option(_: Path, value: Any) -> str:
        if value not in allowed:
            raise ValueError(
                f"expected one of {', '.join(allowed)}, got {_shown(value)}"
            )
        return str(value)

    return read_option


def _fail_on(path: Path, value: Any) -> str:
    if value == "never":
        raise ValueError(
            f"expected one of {', '.join(_FAIL_ON)}; never is only for the command "
            "line (--fail-on never)"
        )
    return _one_of(*_FAIL_ON)(path, value)


def _yes_or_no(_: Path, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, got {_shown(value)}")  # noqa: TRY004 - one kind of error, told with the key
    return value


def _patterns(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(x, str) for x in value):
        raise ValueError(f'expected a list such as ["DT-*"], got {_shown(value)}')
    if len(value) > _MANY:
        raise ValueError(f"expected {_MANY:,} entries at most, got {len(value):,}")
    return tuple(map(_pattern, value))


def _pattern(value: str) -> str:
    if not value.strip() or len(value) > _LONGEST:
        raise ValueError(
            f"expected rule ids of 1 to {_LONGEST} characters, got {_shown(value)}"
        )
    return value


def _severity(value: Any) -> Mapping[str, Severity | None]:
    if not isinstance(value, dict) or len(value) > _MANY:
        raise ValueError(
            f"expected a table of {_MANY:,} rules at most, got {_shown(value)}"
        )
    for rule, word in value.items():
        if not isinstance(word, str) or word not in _SEVERITIES:
            raise ValueError(
                f"{_pattern(rule)}: expected one of {', '.join(_SEVERITIES)}, "
                f"got {_shown(word)}"
            )
    return {_pattern(rule): _SEVERITIES[word] for rule, word in value.items()}


# By key: the parameter of the command, and what reads the value.
_OPTIONS: Final[Mapping[str, tuple[str, Callable[[Path, Any], Any]]]] = {
    "rules": ("rules", _rules),
    "lang": ("lang", _one_of("pt", "en")),
    "recipient": ("recipient", _recipient),
    "fail-on": ("fail_on", _fail_on),
    "warnings": ("show_all", _yes_or_no),
    "also": ("also", _one_of("en16931")),
}
_WANTED: Final[Mapping[str, Callable[[Any], Any]]] = {
    "select": _patterns,
    "ignore": _patterns,
    "severity": _severity,
}


def _shown(value: Any) -> str:
    return f"{value!r:.60}"


def _refused(path: Path, why: str) -> click.UsageError:
    return click.UsageError(one_line(f"{visible(str(path))}: {why}; {_WITHOUT}"))
