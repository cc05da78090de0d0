# SPDX-License-Identifier: MIT
"""IBAN and NIB: where to pay.

An IBAN checks modulo 97 (ISO 13616). A Portuguese one is PT50 and the 21 digits of the
NIB, whose last two make the whole 1 modulo 97 (ISO 7064, MOD 97-10); that is why the
check digits of the IBAN are always 50. Blanks do not count; letters are capitals.

>>> problem("PT50 0002 0123 1234 5678 9015 4") is None
True
>>> from_nib(nib("0002", "0123", "12345678901"))
'PT50000201231234567890154'
"""

from __future__ import annotations

import re

from cius_pt.errors import InvalidValue

# ISO 13616 gives every country a length of its own; that of Portugal is all we know.
_LENGTHS = {"PT": 25}
_LOOKS = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_NIB = re.compile(r"[0-9]{21}")
_PARTS = {"bank": 4, "branch": 4, "account": 11}
_ALWAYS = "50"


def looks_like_one(text: str) -> bool:
    """Whether `text` is meant to be an IBAN: a country, two digits, 11 to 30 more."""
    return _LOOKS.fullmatch(text.replace(" ", "")) is not None


def problem(text: str) -> str | None:
    """Return what is wrong with an IBAN, or None."""
    plain = text.replace(" ", "")
    if not looks_like_one(plain):
        return f"not of the form of an IBAN: {text!r:.60}"
    country = plain[:2]
    length = _LENGTHS.get(country)
    if length is not None and len(plain) != length:
        return f"an IBAN of {country} has {length} characters, this has {len(plain)}"
    if _rest(plain[4:] + plain[:4]) != 1:
        return "the check digits do not fit (ISO 13616, modulo 97)"
    if country == "PT" and (plain[2:4] != _ALWAYS or not _NIB.fullmatch(plain[4:])):
        return "an IBAN of PT is PT50 and the 21 digits of the NIB"
    return None


def valid(text: str) -> bool:
    """Whether `text` is an IBAN."""
    return problem(text) is None


def nib(bank: str, branch: str, account: str) -> str:
    """Return the 21 digits for four of bank, four of branch, eleven of account."""
    parts = {"bank": bank, "branch": branch, "account": account}
    for name, value in parts.items():
        if not re.fullmatch(rf"[0-9]{{{_PARTS[name]}}}", value):
            raise InvalidValue(
                f"expected {_PARTS[name]} digits, got {value!r:.40}", path=name
            )
    digits = "".join(parts.values())
    return f"{digits}{98 - int(digits + '00') % 97:02d}"


def nib_problem(text: str) -> str | None:
    """Return what is wrong with a NIB, or None."""
    plain = text.replace(" ", "")
    if not _NIB.fullmatch(plain):
        return f"a NIB has 21 digits, this is {text!r:.60}"
    return None if int(plain) % 97 == 1 else "the check digits of the NIB do not fit"


def from_nib(text: str) -> str:
    """Return the IBAN of a NIB; raises `InvalidValue` when it is none."""
    said = nib_problem(text)
    if said is not None:
        raise InvalidValue(said)
    return f"PT{_ALWAYS}{text.replace(' ', '')}"


def _rest(text: str) -> int:
    return int("".join(str(int(character, 36)) for character in text)) % 97
