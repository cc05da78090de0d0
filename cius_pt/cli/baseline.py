# SPDX-License-Identifier: MIT
"""Findings that are known: written to a file, and hidden as long as they are there.

A finding is known by its file (its name as seen from the folder of the baseline),
rule, severity and place, and so often as it was found; where lines begin does not
matter. What stands there was on the command line once and is named on it again, so it
may be fatal; what says that nobody looked is neither written nor hidden.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from cius_pt.circumstances import told
from cius_pt.cli.adjusting import holds, untouchable
from cius_pt.cli.files import STDIN
from cius_pt.cli.fingerprint import fingerprint
from cius_pt.cli.text import visible
from cius_pt.cli.writing import write_whole
from cius_pt.errors import CiusPtError
from cius_pt.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cius_pt.findings import Finding, Report

    # Rule, severity, place.
    Key = tuple[str, str, str]

_WHAT: Final = "known findings of cius-pt check"
_SCHEMA: Final = 1
_MOST: Final = 100_000_000  # bytes: some 400,000 findings
_SHA256: Final = 64
_AGAIN: Final = "write it anew with --write-baseline"


class Known:
    """What is known of one file, used up finding by finding."""

    def __init__(self, found: Counter[Key], baseline: Baseline) -> None:
        self._left = Counter(found)
        self._baseline = baseline

    @property
    def by(self) -> str:
        """Who hides what is known."""
        return self._baseline.by

    def take(self, finding: Finding) -> bool:
        """Whether a finding is known, and was not yet found so often."""
        key = _key(finding)
        if self._left[key] <= 0:
            return False
        self._left[key] -= 1
        return True

    def close(self) -> None:
        """Count what has gone; only for a report to which nothing is missing."""
        self._baseline.gone += (+self._left).total()


class Baseline:
    """The findings that a file knows."""

    def __init__(self, path: Path) -> None:
        """Read a baseline; raises `CiusPtError` for what is none."""
        self.by = f"--baseline {path}"
        self.gone = 0
        self._path = path
        self._found = _read(path)

    def known(self, name: str) -> Known:
        """Return what is known of the file of this name, new for each report."""
        return Known(self._found.get(_seen_from(self._path, name), Counter()), self)

    def notes(self) -> Iterator[str]:
        """Yield what to say at the end."""
        if self.gone:
            what = "1 finding" if self.gone == 1 else f"{self.gone} findings"
            verb = "occurs" if self.gone == 1 else "occur"
            yield f"{self._path}: {what} of it no longer {verb}; {_AGAIN}"


class Written:
    """A baseline to be: collects what is found and writes it at the end."""

    def __init__(self, path: Path) -> None:
        """Begin one; raises `CiusPtError` when the file there is something else."""
        self._path = path
        self._found: dict[str, Counter[Key]] = {}
        self._left: dict[str, None] = {}
        if not path.parent.is_dir():
            raise CiusPtError(f"--write-baseline {path}: there is no folder for it")
        if path.exists():
            _read(path, "it was left as it is; remove it, or name another file")

    def add(self, name: str, report: Report) -> None:
        """Collect the findings of a report as the rules said them."""
        held = holds(report)
        found: Counter[Key] = Counter()
        for check in report.checks:
            for finding in check.findings:
                if not untouchable(check, finding, held=held):
                    found[_key(finding)] += 1
                elif finding.severity is Severity.FATAL:
                    self._left[name] = None
        # A file that was named twice is still one: the more counts.
        self._found.setdefault(_seen_from(self._path, name), Counter())
        self._found[_seen_from(self._path, name)] |= found

    def close(self) -> Iterator[str]:
        """Write the file, whole, and yield what to say; raises `OSError`."""
        entries = [
            {
                "file": file,
                "rule": rule,
                "severity": severity,
                "place": place,
                "count": n,
            }
            for file, found in sorted(self._found.items())
            for (rule, severity, place), n in sorted(found.items())
        ]
        lines = ",\n".join(json.dumps(entry) for entry in entries)
        text = (
            f'{{"schema": {_SCHEMA}, "what": {json.dumps(_WHAT)}, "findings": [\n'
            f"{lines}\n]}}\n"
        )
        write_whole(self._path, text.encode())
        for name in self._left:
            yield (
                f"{visible(name)}: what is fatal is not in the baseline: because of it "
                "something was not looked at, and nothing is known of that"
            )


def _key(finding: Finding) -> Key:
    return finding.rule, finding.severity.value, fingerprint(finding)


def _seen_from(path: Path, name: str) -> str:
    """Return a file's name as seen from a baseline, the same on every system."""
    if name == STDIN:
        return name
    try:
        seen = os.path.relpath(name, path.parent)
    except ValueError:  # on another drive
        seen = os.path.abspath(name)  # noqa: PTH100 - links are left as they are
    return seen.replace(os.sep, "/")


def _read(path: Path, way_out: str = _AGAIN) -> dict[str, Counter[Key]]:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise CiusPtError(f"--baseline {path}: {told(error)}") from error
    if len(data) > _MOST:
        raise CiusPtError(
            f"{path}: larger than any baseline ({_MOST:,} bytes); {way_out}"
        )
    try:
        return _parsed(json.loads(data))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise CiusPtError(
            f"{path} is no baseline of cius-pt check, or was damaged; {way_out}"
        ) from error


def _parsed(given: Any) -> dict[str, Counter[Key]]:
    """Return what stands in a baseline; raises an error that says nothing."""
    if given["schema"] != _SCHEMA or given["what"] != _WHAT or len(given) != 3:  # noqa: PLR2004
        raise ValueError
    found: dict[str, Counter[Key]] = {}
    for entry in given["findings"]:
        file, rule, severity, place, count = _fields(**entry)
        known = found.setdefault(file, Counter())
        # Twice after a merge: it is the same one, not one more.
        known[rule, severity, place] = max(known[rule, severity, place], count)
    return found


def _fields(
    *, file: str, rule: str, severity: str, place: str, count: int
) -> tuple[str, str, str, str, int]:
    texts = all(isinstance(each, str) for each in (file, rule, place))
    if not texts or len(place) != _SHA256 or type(count) is not int or count < 1:
        raise ValueError
    return file, rule, Severity(severity).value, place, count
