# SPDX-License-Identifier: MIT
"""Reports as SARIF 2.1.0, one run: a result for each finding, at its place.

Results are written as they come. In memory until the end are the rules that occurred,
each once, and a notification for each skipped step and missing file, so that an
archive of which nothing could be checked grows it by some 500 bytes a step. The order
of keys means nothing in JSON; half a document has no end and is no JSON.
"""

from __future__ import annotations

import hashlib
import os
from importlib.metadata import version
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from cius_pt.cli.json_report import encodable
from cius_pt.cli.streams import put
from cius_pt.cli.unknowns import gaps
from cius_pt.findings import Severity
from cius_pt.rules import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cius_pt.findings import Check, Finding, Location, Report
    from cius_pt.rules.entry import Entry, Language

_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json"
)
# SARIF 2.1.0, 3.27.10: a note is what is neither error nor warning.
_LEVELS: Final[Mapping[Severity, str]] = {
    Severity.FATAL: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}


class SarifReports:
    """Writes one run; `problems` are what was named and is not there."""

    def __init__(
        self,
        lang: Language,
        problems: Iterable[str] = (),
        *,
        out: Callable[[str], None] = put,
    ) -> None:
        self._put, self._lang = out, lang
        self._rules: dict[str, int] = {}
        self._descriptors: list[dict[str, Any]] = []
        self._versions: dict[str, dict[str, None]] = {}
        # As text, which takes a fifth of the room that the values take.
        self._notes = [
            encodable(_notification("check", problem, bad=True)) for problem in problems
        ]
        self._successful = not self._notes
        self._before = ""
        start = encodable(
            {
                "$schema": _SCHEMA,
                "version": "2.1.0",
                "runs": [
                    {
                        "language": "pt-PT" if lang == "pt" else "en",
                        "columnKind": "unicodeCodePoints",
                        "results": [],
                    }
                ],
            }
        )
        out(start.removesuffix("]}]}"))

    def write(self, file: str, report: Report) -> None:
        """Write the results of one document."""
        lines = []
        for check in report.checks:
            if check.version:
                self._versions.setdefault(check.name, {})[check.version] = None
            for finding in check.findings:
                index = self._index(finding)
                data = encodable(_result(file, check, finding, index))
                lines.append(f"{self._before}\n{data}")
                self._before = ","
        for step, reason, bad in gaps(report):
            self._notes.append(encodable(_notification(step, reason, file, bad=bad)))
            self._successful = self._successful and not bad
        if lines:
            self._put("".join(lines))

    def close(self) -> None:
        """End the document with what is known only now."""
        driver = {
            "name": "cius-pt",
            "version": version("cius-pt"),
            "rules": self._descriptors,
        }
        versions = {name: list(found) for name, found in self._versions.items()}
        end = {"tool": {"driver": driver}, "properties": {"versions": versions}}
        invocation = encodable({"executionSuccessful": self._successful})
        self._put(
            f'\n],{encodable(end)[1:-1]}, "invocations": [{invocation[:-1]}, '
            '"toolExecutionNotifications": ['
        )
        for before, note in zip(chain([""], repeat(",")), self._notes, strict=False):
            self._put(f"{before}\n{note}")
        self._put("\n]}]}]}\n")

    def _index(self, finding: Finding) -> int:
        """Return the place of a finding's rule among those of the run."""
        index = self._rules.setdefault(finding.rule, len(self._rules))
        if index == len(self._descriptors):
            found = catalogue.entry(finding.rule)
            self._descriptors.append(
                {"id": finding.rule}
                if found is None
                else _descriptor(found, self._lang)
            )
        return index


def _descriptor(entry: Entry, lang: Language) -> dict[str, Any]:
    asks, why, fix = (text.get(lang) for text in (entry.asks, entry.why, entry.fix))
    return {
        "id": entry.rule,
        "shortDescription": {"text": asks},
        "fullDescription": {"text": f"{asks} {why}"},
        "help": {"text": fix},
        "defaultConfiguration": {"level": _LEVELS[entry.severity]},
        "properties": {"terms": list(entry.terms), "fields": list(entry.fields)},
    }


def _result(file: str, check: Check, finding: Finding, index: int) -> dict[str, Any]:
    hint = f"\n{finding.hint}" if finding.hint else ""
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}{hint}"},
        "locations": [_location(file, finding.location)],
        "partialFingerprints": {"ruleAndPlace/v1": _fingerprint(finding)},
        "properties": {
            "step": check.name,
            "bt": finding.bt,
            "advisory": check.advisory,
        },
    }


def _location(file: str, place: Location) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(file)}}
    if place.line is not None:
        physical["region"] = {"startLine": place.line}
        if place.column is not None:
            physical["region"]["startColumn"] = place.column
    logical = [
        {"fullyQualifiedName": name, "kind": kind}
        for name, kind in ((place.xpath, "element"), (place.path, "property"))
        if name is not None
    ]
    found: dict[str, Any] = {"physicalLocation": physical}
    return {**found, "logicalLocations": logical} if logical else found


def _notification(
    step: str, reason: str, file: str | None = None, *, bad: bool
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "descriptor": {"id": step},
        "level": "error" if bad else "note",
        "message": {"text": reason},
    }
    if file is None:
        return said
    place = {"physicalLocation": {"artifactLocation": {"uri": _uri(file)}}}
    return {**said, "locations": [place]}


def _fingerprint(finding: Finding) -> str:
    """Return what stays when lines move: a finding is its rule and its place."""
    place = finding.location
    where = place.xpath or place.path or finding.message
    text = f"{finding.rule}\0{where}"
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()


def _uri(file: str) -> str:
    """Return a file's name as a URI reference: its very bytes, percent-encoded."""
    name = file.replace(os.sep, "/")
    try:
        data = os.fsencode(name)
    except UnicodeEncodeError:  # no file system gave this name
        data = name.encode(errors="backslashreplace")
    # Absolute on this system: an empty authority, so that // names no host.
    start = "file://" if name.startswith("/") else ""
    return start + quote(data)
