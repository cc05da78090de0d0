# SPDX-License-Identifier: MIT
"""CPE and CUI: delivery points of electricity and gas, ``PT0002000000000001BG``.

PT, four digits of the grid operator, twelve of the point, two control letters: the
sixteen digits modulo 529, in base 23 with the letters of the Spanish CUPS. No official
text of that check was seen; it holds for all codes that were, so a mismatch is a
warning. Source: poupaenergia.pt for the composition.

>>> build("0002", "000000000001")
'PT0002000000000001BG'
>>> valid("PT0002000000000001BG"), operator("PT0002000000000001BG"), valid("PT123")
(True, 'E-REDES', False)
"""

from __future__ import annotations

import re

from cius_pt.codes import table
from cius_pt.errors import InvalidValue

_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_FORM = re.compile(r"PT([0-9]{16})([A-Z]{2})")
_OPERATOR, _POINT = re.compile(r"[0-9]{4}"), re.compile(r"[0-9]{12}")


def build(operator: str, point: str) -> str:
    """Return the code for four digits of operator and twelve of the point."""
    if not _OPERATOR.fullmatch(operator):
        raise InvalidValue(
            f"expected four digits, got {operator!r:.40}", path="operator"
        )
    if not _POINT.fullmatch(point):
        raise InvalidValue(f"expected twelve digits, got {point!r:.40}", path="point")
    return f"PT{operator}{point}{_control(operator + point)}"


def problem(text: str) -> str | None:
    """Return what is wrong with a CPE or CUI, or None; blanks do not count."""
    found = _FORM.fullmatch(text.replace(" ", ""))
    if found is None:
        return f"expected PT, 16 digits and two letters, got {text!r:.40}"
    right = _control(found[1])
    if found[2] != right:
        return f"the control letters are {found[2]} and should be {right}"
    return None


def valid(text: str) -> bool:
    """Whether `text` has the form and its control letters fit."""
    return problem(text) is None


def operator(text: str) -> str | None:
    """Return the name of the grid operator, None for one that is not listed."""
    rows = table("grid_operators").find(text[2:6])
    return rows[0]["pt"] if rows else None


def _control(digits: str) -> str:
    first, second = divmod(int(digits) % 529, 23)
    return _LETTERS[first] + _LETTERS[second]
