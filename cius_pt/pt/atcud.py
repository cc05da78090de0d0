# SPDX-License-Identifier: MIT
"""The ATCUD: the validation code of a series and the number in it, ``CSDF7T5H-0035``.

The code has eight characters or more and comes from AT; the number is that of the
document, as text, leading zeros included. Before 2023 there were documents with ``0``
or ``0-35``: the series had no code yet. Sources: Portaria 195/2020, articles 2 and 3;
AT's manual of the series web service; Despacho SEAAF 412/2020. That a code has only
capital letters and digits is how all that were seen look; no text says so.

>>> parse("CSDF7T5H-0035")
Atcud(code='CSDF7T5H', sequence='0035')
>>> matches("CSDF7T5H-0035", "FT AB2019/0035"), matches("CSDF7T5H-35", "FT A/0035")
(True, False)
"""

from __future__ import annotations

import datetime as dt
import re

from cius_pt.errors import InvalidValue
from cius_pt.values import dataclass

MANDATORY_SINCE = dt.date(2023, 1, 1)
LABEL = "ATCUD:"
_FORM = re.compile(r"([A-Z0-9]{8,})-([0-9]+)")
_BEFORE = re.compile(r"0(?:-[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Atcud:
    """A validation code and the number of a document in its series."""

    code: str
    sequence: str

    def __post_init__(self) -> None:
        said = problem(str(self))
        if said is not None:
            raise InvalidValue(said)

    def __str__(self) -> str:
        return f"{self.code}-{self.sequence}"


def parse(text: str) -> Atcud | None:
    """Return the two parts, or None if `text` is no ATCUD (see `before_2023`)."""
    found = _FORM.fullmatch(text)
    return found and Atcud(code=found[1], sequence=found[2])


def before_2023(text: str) -> bool:
    """Whether it is the form of documents whose series had no code: 0 or 0-35.

    >>> before_2023("0-0035"), before_2023("CSDF7T5H-1")
    (True, False)
    """
    return _BEFORE.fullmatch(text) is not None


def problem(text: str) -> str | None:
    """Return what keeps `text` from being an ATCUD of 2023 or later, or None."""
    if _FORM.fullmatch(text):
        return None
    if text.startswith(LABEL):
        return f"the label {LABEL} is printed, it is no part of the value"
    if before_2023(text):
        return "the series has no validation code, as was possible before 2023"
    return (
        "expected a code of eight or more capital letters and digits, a hyphen and "
        f"the number in the series, got {text!r:.70}"
    )


def matches(atcud: str, document_number: str) -> bool:
    """Whether the number after the hyphen is that after the slash, digit by digit."""
    return atcud.rpartition("-")[2] == document_number.rpartition("/")[2]
