# SPDX-License-Identifier: MIT
"""What a rule of ours remarks, before it is a finding."""

from __future__ import annotations

from cius_pt.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One breach: which rule, where in the model, and what it saw.

    `detail` is values and signs, no words, so that it reads in either language.
    """

    rule: str
    path: str
    detail: str = ""


def shown(text: str) -> str:
    """Return a value of the document as a detail, cut where it is long."""
    return f"{text!r:.60}"
