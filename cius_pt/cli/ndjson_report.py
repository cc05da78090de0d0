# SPDX-License-Identifier: MIT
"""Reports as JSON, one to a line: each is what the JSON document has in its list.

A line is whole when its end is there; how many there should be only the exit code and
the summary on standard error tell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.cli.json_report import data, encodable
from cius_pt.cli.streams import put

if TYPE_CHECKING:
    from collections.abc import Callable

    from cius_pt.cli.judging import Judged


class NdjsonReports:
    """Writes one line for each report."""

    def __init__(self, *, out: Callable[[str], None] = put) -> None:
        self._put = out

    def write(self, judged: Judged) -> None:
        """Write the report on one document."""
        self._put(f"{encodable(data(judged))}\n")

    def close(self) -> None:
        """End the output: lines have no end."""
