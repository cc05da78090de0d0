# SPDX-License-Identifier: MIT
"""What a report does not show as the rules said it: never silently."""

from __future__ import annotations

from dataclasses import dataclass

from cius_pt.findings import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Silenced:
    """Findings of one rule in one document that were hidden or count as less or more.

    `severity` is what the rule says, `shown` what the report shows instead, None when
    the `count` findings are not in it; `by` names who wanted it, such as
    ``cius-pt.toml`` or ``--baseline known.json``.
    """

    rule: str
    severity: Severity
    shown: Severity | None
    count: int
    by: str
