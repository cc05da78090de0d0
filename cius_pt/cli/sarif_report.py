# SPDX-License-Identifier: MIT
"""Reports as SARIF 2.1.0, one run: a result for each finding, at its place.

Results are written as they come, at the end every rule of the catalogue and what else
occurred. In memory until then is a notification for each skipped step and missing
file, so that an archive of which nothing could be checked grows it by some 500 bytes a
step. The order of keys means nothing in JSON; half a document has no end and is no
JSON.

What was hidden is a result with a suppression; what counts as less or more says what
its publisher calls it.
"""

from __future__ import annotations

import os
from importlib.metadata import version
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from cius_pt.cli.fingerprint import fingerprint
from cius_pt.cli.json_report import encodable, encodable_text
from cius_pt.cli.sarif_rules import LEVELS, descriptors, places
from cius_pt.cli.streams import put
from cius_pt.cli.text import visible
from cius_pt.cli.unknowns import gaps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cius_pt.cli.judging import Judged
    from cius_pt.cli.silenced import Change
    from cius_pt.findings import Finding, Location
    from cius_pt.rules.entry import Language

_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json"
)
# So many texts are written at once: for a pipe each write is a call of the system.
_PIECE: Final = 10


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
        self._others: dict[str, int] = {}
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

    def write(self, judged: Judged) -> None:
        """Write the results of one document."""
        file, report = judged.name, judged.report
        changed = {(c.step, c.shown): c for c in judged.changes}
        found = []
        for check in report.checks:
            if check.version:
                self._versions.setdefault(check.name, {})[check.version] = None
            for finding in check.findings:
                change = changed.get((check.name, finding))
                result = self._result(file, check.name, finding, check.advisory)
                found.append(result if change is None else _lowered(result, change))
        for change in judged.changes:
            if change.shown is None:
                result = self._result(
                    file, change.step, change.published, change.advisory
                )
                found.append(_suppressed(result, change))
        for result in found:
            self._put(f"{self._before}\n{encodable(result)}")
            self._before = ","
        for step, reason, bad in gaps(report):
            self._notes.append(encodable(_notification(step, reason, file, bad=bad)))
            self._successful = self._successful and not bad
        if judged.silenced:
            said = "; ".join(map(str, judged.silenced))
            note = _notification("silenced", said, file, bad=False)
            self._notes.append(encodable(note))

    def close(self) -> None:
        """End the document with what is known only now."""
        driver = encodable({"name": "cius-pt", "version": version("cius-pt")})
        self._put(f'\n],"tool": {{"driver": {driver[:-1]}, "rules": [')
        others = (encodable({"id": rule}) for rule in self._others)
        self._list(chain(map(encodable_text, descriptors(self._lang)), others))
        versions = {name: list(found) for name, found in self._versions.items()}
        end = encodable({"properties": {"versions": versions}})
        invocation = encodable({"executionSuccessful": self._successful})
        self._put(
            f'\n]}}}},{end[1:-1]}, "invocations": [{invocation[:-1]}, '
            '"toolExecutionNotifications": ['
        )
        self._list(self._notes)
        self._put("\n]}]}]}\n")

    def _list(self, texts: Iterable[str]) -> None:
        pairs = zip(chain([""], repeat(",")), texts, strict=False)
        while piece := "".join(f"{b}\n{t}" for b, t in islice(pairs, _PIECE)):
            self._put(piece)

    def _result(
        self, file: str, step: str, finding: Finding, advisory: bool
    ) -> dict[str, Any]:
        hint = f"\n{finding.hint}" if finding.hint else ""
        return {
            "ruleId": finding.rule,
            "ruleIndex": self._index(finding.rule),
            "level": LEVELS[finding.severity],
            "message": {"text": f"{finding.message}{hint}"},
            "locations": [_location(file, finding.location)],
            "partialFingerprints": {"ruleAndPlace/v1": fingerprint(finding)},
            "properties": {"step": step, "bt": finding.bt, "advisory": advisory},
        }

    def _index(self, rule: str) -> int:
        """Return the place of a rule among those of the run."""
        known = places()
        if rule in known:
            return known[rule]
        return len(known) + self._others.setdefault(rule, len(self._others))


def _lowered(result: dict[str, Any], change: Change) -> dict[str, Any]:
    published = {
        "publishedSeverity": change.published.severity.value,
        "changedBy": visible(change.by),
    }
    return {**result, "properties": {**result["properties"], **published}}


def _suppressed(result: dict[str, Any], change: Change) -> dict[str, Any]:
    # SARIF 2.1.0, 3.35: external is what does not stand in the file itself.
    suppression = {"kind": "external", "justification": visible(change.by)}
    return {**result, "suppressions": [suppression]}


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
