# SPDX-License-Identifier: MIT
"""The GLN of GS1: thirteen digits, weights 1 and 3, the last one checks.

>>> valid("5600000000007"), problem("5601234567890")
(True, 'the check digit is 0 and should be 2')
"""

from __future__ import annotations

from cius_pt.errors import InvalidValue

SCHEME = "0088"
"""The ISO/IEC 6523 and EAS code of a GLN."""

_LENGTH = 13


def check_digit(digits: str) -> str:
    """Return the thirteenth digit for twelve; raises `InvalidValue` for others."""
    if len(digits) != _LENGTH - 1 or not (digits.isascii() and digits.isdigit()):
        raise InvalidValue(f"expected twelve digits, got {digits!r:.40}")
    weighted = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return str(-weighted % 10)


def problem(text: str) -> str | None:
    """Return what is wrong with a GLN, or None."""
    if len(text) != _LENGTH or not (text.isascii() and text.isdigit()):
        return f"a GLN has thirteen digits, this is {text!r:.40}"
    right = check_digit(text[:-1])
    if text[-1] != right:
        return f"the check digit is {text[-1]} and should be {right}"
    return None


def valid(text: str) -> bool:
    """Whether `text` is thirteen digits with the right check digit."""
    return problem(text) is None
