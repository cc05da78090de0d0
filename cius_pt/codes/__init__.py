# SPDX-License-Identifier: MIT
"""Code lists as data: one tab-separated file each, read when it is asked for.

On top of every file stand its title in both languages, its source with the date of
the source, the day it was checked and what its status column means. A list may have a
code more than once: a rate that changed has a row for every period.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from cius_pt.values import dataclass

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One list: what stands on top of its file, and its rows by column.

    `about` has the keys ``title.pt``, ``title.en``, ``source``, ``source date``,
    ``checked`` and ``status``, perhaps ``note``.
    """

    name: str
    about: Mapping[str, str]
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]

    def find(self, code: str) -> tuple[Mapping[str, str], ...]:
        """Return the rows of a code, exactly as written."""
        return tuple(row for row in self.rows if row["code"] == code)

    def search(self, words: str) -> tuple[Mapping[str, str], ...]:
        """Return the rows in which every word stands somewhere, in any case."""
        wanted = words.casefold().split()
        return tuple(
            row
            for row in self.rows
            if all(word in "\n".join(row.values()).casefold() for word in wanted)
        )


@cache
def names() -> tuple[str, ...]:
    """Return the names of all lists.

    >>> "exemptions" in names()
    True
    """
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.tsv")))


@cache
def table(name: str) -> Table:
    """Return a list by its name; KeyError when there is none.

    >>> table("exemptions").find("M07")[0]["pt"]
    'Isento artigo 9.º do CIVA'
    """
    if name not in names():
        raise KeyError(name)
    lines = (_FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    tops = [line[2:].partition(": ") for line in lines if line.startswith("# ")]
    first, *rest = (line for line in lines if not line.startswith("# "))
    columns = tuple(first.split("\t"))
    return Table(
        name=name,
        about=MappingProxyType({key: value for key, _, value in tops}),
        columns=columns,
        rows=tuple(
            MappingProxyType(dict(zip(columns, line.split("\t"), strict=True)))
            for line in rest
        ),
    )
