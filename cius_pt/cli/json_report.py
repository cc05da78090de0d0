# SPDX-License-Identifier: MIT
"""Reports as one JSON document, written while the checks run.

``{"schema": 1, "reports": [{"file": …, "conforms": …, "checks": […]}]}``. Only one
report is in memory at a time. After Ctrl-C or an internal error the end is missing:
half an answer must not look like a whole one.
"""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Final

from cius_pt.cli.streams import put

if TYPE_CHECKING:
    from collections.abc import Callable

    from cius_pt.findings import Report
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

    def write(self, file: str, report: Report | SignatureReport) -> None:
        """Write the report on one document."""
        text = encodable({"file": file, **report.to_dict()})
        self._put(f"{self._before}\n{text}")
        self._before = ","

    def close(self) -> None:
        """End the document."""
        start = "" if self._before == "," else self._before
        self._put(f"{start}\n]}}\n")


def encodable(value: object) -> str:
    """Return JSON that standard output can encode: as it is, else in ASCII."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(value)
    return _MISLEADING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
