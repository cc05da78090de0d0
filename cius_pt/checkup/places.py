# SPDX-License-Identifier: MIT
"""The folders of this user: whether rule sets can be installed and sheets be kept."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from cius_pt import artefacts
from cius_pt.checkup.line import Line, State
from cius_pt.rules.entry import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def lines() -> Iterator[Line]:
    """Yield whether the data and the cache folder can be written to."""
    yield _folder(
        "data",
        artefacts.home(),
        Text(
            pt="sem ela não se instalam regras; dê acesso ou defina CIUS_PT_HOME",
            en="without it no rules can be installed; give access or set CIUS_PT_HOME",
        ),
    )
    yield _folder(
        "cache",
        artefacts.cache_folder(),
        Text(
            pt="verifica-se à mesma, mas cada processo compila as regras de novo; dê "
            "acesso ou defina CIUS_PT_HOME",
            en="checks work all the same, but each process compiles the rules again; "
            "give access or set CIUS_PT_HOME",
        ),
    )


def _folder(name: str, folder: Path, advice: Text) -> Line:
    problem = unwritable(folder)
    facts = {"path": str(folder), "writable": problem is None}
    if problem is None:
        said = Text(pt=f"{folder} (com escrita)", en=f"{folder} (writable)")
        return Line(name=name, state=State.OK, said=said, facts=facts)
    said = Text(
        pt=f"{folder}: sem escrita ({problem})",
        en=f"{folder}: not writable ({problem})",
    )
    return Line(name=name, state=State.WARN, said=said, advice=advice, facts=facts)


def unwritable(folder: Path) -> str | None:
    """Return why nothing can be written there; None when it can.

    It is tried, as permissions say too little of read-only disks and of root; what
    had to be made for that is taken away again.
    """
    made: list[Path] = []
    try:
        missing = [p for p in (folder, *folder.parents) if not p.exists()]
        for path in reversed(missing):
            path.mkdir()
            made.append(path)
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return error.strerror or str(error)
    finally:
        for path in reversed(made):
            path.rmdir()
