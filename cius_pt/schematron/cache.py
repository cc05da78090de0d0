# SPDX-License-Identifier: MIT
"""Compiled rule sets on disk, so that a new process need not compile them again.

A file is named after what went into it: the content of the rule set and the source of
this package's translators. It begins with the hash of its own content; whatever is
not exactly that is compiled anew and replaced. No file is ever needed, and only the
newest few are kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cius_pt.findings import Severity
from cius_pt.schematron.stylesheet import AssertionInfo, Stylesheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from cius_pt.schematron.merged import Merged

# Some half a megabyte each; the sets that one user has at a time are fewer.
KEPT: Final = 16
_OURS: Final = re.compile(r"[0-9a-f]{64}\.json|.+\.part")
# A file that somebody may still be writing.
_YOUNG: Final = 3600.0


def stored(
    folder: Path, files: Merged, translate: Callable[[Merged], Stylesheet]
) -> Stylesheet:
    """Return the stylesheet of a schema from `folder`, or make it and keep it there."""
    key = hashlib.sha256(f"{files.sha256} {_translators()}".encode()).hexdigest()
    path = folder / f"{key}.json"
    found = _read(path)
    if found is None:
        found = translate(files)
        _write(path, found)
    return found


def _read(path: Path) -> Stylesheet | None:
    try:
        digest, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if hashlib.sha256(content).hexdigest().encode() != digest:
        return None
    try:
        return _stylesheet(json.loads(content))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _stylesheet(data: Any) -> Stylesheet:
    return Stylesheet(
        xslt=data["xslt"],
        output="records",
        assertions=tuple(
            AssertionInfo(
                rule=rule,
                severity=Severity(severity),
                message=message,
                report=report,
                place=place,
            )
            for rule, severity, message, report, place in data["assertions"]
        ),
        once=frozenset(data["once"]),
        lines=tuple((number, line) for number, line in data["lines"]),
    )


def _write(path: Path, sheet: Stylesheet) -> None:
    data = {
        "xslt": sheet.xslt,
        "assertions": [
            [a.rule, a.severity.value, a.message, a.report, a.place]
            for a in sheet.assertions
        ],
        "once": sorted(sheet.once),
        "lines": sheet.lines,
    }
    content = json.dumps(data).encode()
    digest = hashlib.sha256(content).hexdigest().encode()
    # A full disk or a read-only home costs time, not the check.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(digest + b"\n" + content)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        _sweep(path.parent)


def _sweep(folder: Path) -> None:
    """Remove what is too old to be needed, and what killed processes have left."""
    ours = [entry for entry in folder.iterdir() if _OURS.fullmatch(entry.name)]
    whole = [entry for entry in ours if entry.suffix == ".json"]
    newest = sorted(whole, key=_age)[:KEPT]
    for entry in ours:
        if entry not in newest and (entry in whole or _age(entry) > _YOUNG):
            entry.unlink(missing_ok=True)


def _age(path: Path) -> float:
    """Return seconds since the last change; none where the file has just gone."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


@cache
def _translators() -> str:
    """Return the hash of the code that decides what a stylesheet says."""
    found = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        found.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return found.hexdigest()
