# SPDX-License-Identifier: MIT
"""Reports as one JSON document, written while the checks run.

``{"schema": 1, "reports": [{"file": …, "conforms": …, "checks": […]}]}``, and
``"silenced": […]`` where a report does not show all as the rules said it. Only one
report is in memory at a time. After Ctrl-C or an internal error the end is missing:
half an answer must not look like a whole one.
"""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any, Final

from cius_pt.cli.streams import put

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cius_pt.cli.judging import Judged
    from cius_pt.signature.status import SignatureReport

# json.dumps leaves these as they are; a terminal obeys the first and is misled by
# the others.
_MISLEADING: Final = re.compile(
    "[\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)


class JsonReports:
    """Writes reports as they come, to standard output if no other `out` is given."""

    def __init__(
        self, name: str = "reports", *, out: Callable[[str], None] = put
    ) -> None:
        self._put = out
        self._before = f'{{"schema": 1, "{name}": ['

    def write(self, file: str, report: SignatureReport) -> None:
        """Write the report on the signatures of one document."""
        self.add({"file": file, **report.to_dict()})

    def add(self, report: Mapping[str, Any]) -> None:
        """Write the JSON form of one report."""
        text = encodable(report)
        self._put(f"{self._before}\n{text}")
        self._before = ","

    def close(self) -> None:
        """End the document."""
        start = "" if self._before == "," else self._before
        self._put(f"{start}\n]}}\n")


class JudgedJson:
    """Writes what `check` has judged, with what its reports do not show."""

    def __init__(self, *, out: Callable[[str], None] = put) -> None:
        self._reports = JsonReports(out=out)

    def write(self, judged: Judged) -> None:
        """Write the report on one document."""
        self._reports.add(data(judged))

    def close(self) -> None:
        """End the document."""
        self._reports.close()


def data(judged: Judged) -> dict[str, Any]:
    """Return the JSON form of one report: the true verdict, what is shown, what not."""
    silenced = [each.to_dict() for each in judged.silenced]
    return {
        "file": judged.name,
        **judged.report.to_dict(),
        "conforms": judged.conforms,
        **({"silenced": silenced} if silenced else {}),
    }


def encodable(value: object) -> str:
    """Return JSON that standard output can encode: as it is, else in ASCII."""
    text = json.dumps(value, ensure_ascii=False)
    return encodable_text(text) if not text.isascii() or "\x7f" in text else text


def encodable_text(text: str) -> str:
    """Return JSON text that standard output can encode, likewise."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        # What is not ASCII stands in its strings alone, where it may be escaped.
        return json.dumps(json.loads(text))
    return _MISLEADING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
