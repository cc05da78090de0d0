# SPDX-License-Identifier: MIT
"""Reads the files of the catalogue, as little of them as a question needs.

Two forms: TOML with one section per key, and tab-separated tables whose first line
names the columns (lines beginning with ``#`` say where the table comes from). A
section or a row is found by its key in the text, so one entry costs one section and
not the whole file.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER = Path(__file__).parent / "entries"
_HEADING = re.compile(r'^\["([^"\n]+)"\]$', re.MULTILINE)


@cache
def _text(name: str) -> str:
    return "\n" + (_FOLDER / name).read_text(encoding="utf-8")


@cache
def section(name: str, key: str) -> Mapping[str, Any] | None:
    """Return the section `key` of a TOML file, or None."""
    text = _text(name)
    heading = f'\n["{key}"]\n'
    start = text.find(heading)
    if start < 0:
        return None
    end = text.find('\n["', start + 1)
    body = text[start + len(heading) : end if end >= 0 else None]
    return MappingProxyType(tomllib.loads(body))


def sections(name: str) -> tuple[str, ...]:
    """Return the keys of a TOML file, in order."""
    return tuple(_HEADING.findall(_text(name)))


def row(name: str, key: str) -> dict[str, str] | None:
    """Return the row whose first column is `key`, or None."""
    text = _text(name)
    start = text.find(f"\n{key}\t")
    if start < 0:
        return None
    end = text.find("\n", start + 1)
    return _row(name, text[start + 1 : end if end >= 0 else None])


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """Return every row, in order."""
    return tuple(MappingProxyType(_row(name, line)) for line in _lines(name)[1:])


def keys(name: str) -> tuple[str, ...]:
    """Return the first column of every row, in order."""
    return tuple(line.partition("\t")[0] for line in _lines(name)[1:])


@cache
def _lines(name: str) -> tuple[str, ...]:
    lines = _text(name).splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@cache
def _columns(name: str) -> tuple[str, ...]:
    return tuple(_lines(name)[0].split("\t"))


def _row(name: str, line: str) -> dict[str, str]:
    return dict(zip(_columns(name), line.split("\t"), strict=True))
