# SPDX-License-Identifier: MIT
"""The number of a document as certified programs write it: ``FT AB2019/0035``.

An internal code of the document, a blank, the series, a slash and the number in the
series, which keeps its leading zeros. Source: SAF-T (PT) 1.04_01, InvoiceNo, at most
60 characters; CIUS-PT gives BT-1 50 of any kind, so one of another form is no mistake.

>>> parse("FT AB2019/0035")
DocumentNumber(code='FT', series='AB2019', sequence='0035')
>>> parse("4560000001") is None
True
"""

from __future__ import annotations

import re

from cius_pt.errors import InvalidValue
from cius_pt.values import dataclass

MOST = 60
# `[^ ]+ [^/^ ]+/[0-9]+` of the schema; a caret is no part of a series.
_FORM = re.compile(r"([^ ]+) ([^/^ ]+)/([0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentNumber:
    """The three parts of a number."""

    code: str
    series: str
    sequence: str

    def __post_init__(self) -> None:
        found = _matched(str(self))
        if found is None or found.groups() != (self.code, self.series, self.sequence):
            raise InvalidValue(problem(str(self)) or f"{self!s:.70} reads otherwise")

    def __str__(self) -> str:
        return f"{self.code} {self.series}/{self.sequence}"


def parse(text: str) -> DocumentNumber | None:
    """Return the parts of a number, or None if it has another form."""
    found = _matched(text)
    return found and DocumentNumber(code=found[1], series=found[2], sequence=found[3])


def problem(text: str) -> str | None:
    """Return what keeps `text` from being such a number, or None."""
    if _matched(text) is not None:
        return None
    return f"not of the form 'CODE SERIES/NUMBER' in {MOST} characters: {text!r:.70}"


def _matched(text: str) -> re.Match[str] | None:
    return _FORM.fullmatch(text) if len(text) <= MOST else None
