# SPDX-License-Identifier: MIT
"""Multibanco references whose last two digits check entity, reference and amount.

98 − (entity, seven digits and the amount in cents × 100 mod 97). Many providers issue
references that check nothing, so a mismatch proves no mistake. Sources: the worked
example of SIBS (90150, 1231234, 432.11) and published code of a provider.

>>> reference("90150", "1231234", Decimal("432.11"))
'123123451'
>>> checks("90150", "123 123 451", Decimal("432.11")), spaced("123123451")
(True, '123 123 451')
"""

from __future__ import annotations

import re
from decimal import Decimal

from cius_pt.errors import InvalidValue

LEAST, MOST = Decimal("0.01"), Decimal("999999.99")
_ENTITY, _NUMBER, _REFERENCE = (re.compile(rf"[0-9]{{{n}}}") for n in (5, 7, 9))


def reference(entity: str, number: str, amount: Decimal) -> str:
    """Return the nine digits for five of entity, seven of number, and an amount.

    Raises `InvalidValue` for other digits, or an amount that is not 0.01 to 999999.99
    with at most two decimals.
    """
    if not _ENTITY.fullmatch(entity):
        raise InvalidValue(f"expected five digits, got {entity!r:.40}", path="entity")
    if not _NUMBER.fullmatch(number):
        raise InvalidValue(f"expected seven digits, got {number!r:.40}", path="number")
    cents = _cents(amount)
    if cents is None:
        raise InvalidValue(
            f"expected {LEAST} to {MOST} with two decimals, got {amount!s:.40}",
            path="amount",
        )
    return number + _check(entity, number, cents)


def checks(entity: str, text: str, amount: Decimal) -> bool | None:
    """Whether the check digits fit; None where the rule cannot be applied.

    It applies to five and nine digits (blanks do not count) and an amount a reference
    can have.
    """
    digits, cents = text.replace(" ", ""), _cents(amount)
    if cents is None or not (
        _ENTITY.fullmatch(entity) and _REFERENCE.fullmatch(digits)
    ):
        return None
    return digits[7:] == _check(entity, digits[:7], cents)


def spaced(text: str) -> str:
    """Return nine digits as they are printed, in threes."""
    return " ".join(text[start : start + 3] for start in range(0, len(text), 3))


def _cents(amount: Decimal) -> str | None:
    if not amount.is_finite() or not LEAST <= amount <= MOST:
        return None
    cents = amount.scaleb(2)
    return f"{int(cents):08d}" if cents == int(cents) else None


def _check(entity: str, number: str, cents: str) -> str:
    return f"{98 - int(entity + number + cents) * 100 % 97:02d}"
