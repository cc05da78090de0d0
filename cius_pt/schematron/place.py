# SPDX-License-Identifier: MIT
"""Where in a rule set something was written."""

from __future__ import annotations

from cius_pt.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something was written: file (relative to the entry's folder) and line."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"
