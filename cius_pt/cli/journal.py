# SPDX-License-Identifier: MIT
"""What ``--resume`` remembers: one JSON line for each document that was checked.

A report is taken from here when file name, content and settings (version of cius-pt,
rule set, language) are those of now. Reports that leave something unknown are not
kept. A line that is torn or makes no sense is as if it were not there.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from cius_pt.circumstances import about
from cius_pt.errors import CiusPtError
from cius_pt.findings import Check, Finding, Location, Outcome, Report, Severity

if TYPE_CHECKING:
    from pathlib import Path

_HEADER: Final = b'{"journal": "cius-pt check", "schema": 1}\n'


class Journal:
    """A journal that is read once and added to while documents are checked."""

    def __init__(self, path: Path, settings: str | None) -> None:
        """Open or begin a journal; without `settings` nothing is found or kept.

        Raises `OSError`, and `CiusPtError` for a file that is something else.
        """
        self._settings = settings
        self._path = path
        self._offsets: dict[tuple[str, str], int] = {}
        self._file = path.open("a+b")
        try:
            with about(path):
                self._read(path)
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Close the file."""
        with about(self._path):
            self._file.close()

    def find(self, file: str, digest: str) -> int | None:
        """Return where the report on this content of this file stands, if it does."""
        return self._offsets.get((file, digest))

    def report(self, offset: int) -> Report:
        """Return the report that stands there."""
        self._file.seek(offset)
        return _report(json.loads(self._file.readline())["report"])

    def add(self, file: str, digest: str, report: Report) -> None:
        """Write a report down, at once."""
        if self._settings is None or not report.complete:
            return
        entry = {
            "file": file,
            "sha256": digest,
            "settings": self._settings,
            "report": _data(report),
        }
        with about(self._path):
            self._file.write(json.dumps(entry).encode() + b"\n")
            self._file.flush()

    def _read(self, path: Path) -> None:
        self._file.seek(0)
        first = self._file.readline(len(_HEADER))
        if first != _HEADER:
            if not _HEADER.startswith(first) or self._file.read(1):
                raise CiusPtError(
                    f"{path} is no journal of cius-pt check; it was left as it is"
                )
            self._file.truncate(0)
            self._file.write(_HEADER)
            self._file.flush()
            return
        offset, line = len(_HEADER), b"\n"
        for line in self._file:
            key = self._key(line)
            if key is not None:
                self._offsets[key] = offset
            offset += len(line)
        if not line.endswith(b"\n"):
            # What was torn must not spoil what comes.
            self._file.write(b"\n")
            self._file.flush()

    def _key(self, line: bytes) -> tuple[str, str] | None:
        """Return file and content a line is about, if it can be used."""
        try:
            entry = json.loads(line)
            if entry["settings"] != self._settings:
                return None
            usable = _report(entry["report"]).complete
            return (str(entry["file"]), str(entry["sha256"])) if usable else None
        except (ValueError, TypeError, KeyError, AttributeError):
            return None


def _data(report: Report) -> list[dict[str, Any]]:
    # The public form does not need to say whose failure spared a step.
    return [
        {**check.to_dict(), "spared_by": check.spared_by} for check in report.checks
    ]


def _report(checks: list[dict[str, Any]]) -> Report:
    return Report(checks=tuple(_check(**check) for check in checks))


def _check(*, outcome: str, findings: list[dict[str, Any]], **rest: Any) -> Check:
    return Check(
        outcome=Outcome(outcome),
        findings=tuple(_finding(**finding) for finding in findings),
        **rest,
    )


def _finding(*, severity: str, location: dict[str, Any], **rest: Any) -> Finding:
    return Finding(severity=Severity(severity), location=Location(**location), **rest)
