# SPDX-License-Identifier: MIT
"""The NIF, Portugal's tax number: nine digits, the last of which checks the others.

Weights 9 to 2 on the first eight digits, modulo 11; a rest below 2 gives 0. The first
digits say what kind of person it is, but no official table of them was seen, so an
unlisted prefix says nothing about the number. Source: at-facts of the AT, SAF-T (PT)
for 999999990; the algorithm agrees with python-stdnum.

>>> valid("123456789"), problem("123456780")
(True, 'the check digit is 0 and should be 9')
>>> kind("501964843").en
'Legal person'
"""

from __future__ import annotations

from functools import cache, lru_cache
from operator import mul

from cius_pt.codes import table
from cius_pt.errors import InvalidValue
from cius_pt.values import dataclass

FINAL_CONSUMER = "999999990"
"""The buyer gave no NIF (*consumidor final*)."""

_LENGTH = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class NifKind:
    """What a prefix stands for, in both languages."""

    prefix: str
    pt: str
    en: str


def check_digit(digits: str) -> str:
    """Return the ninth digit that belongs to the first eight of `digits`.

    Raises `InvalidValue` unless there are eight.
    """
    if len(digits) != _LENGTH - 1 or not _digits(digits):
        raise InvalidValue(f"expected eight digits, got {digits!r:.40}")
    weighted = sum(map(mul, map(int, digits), range(9, 1, -1)))
    rest = weighted % 11
    return "0" if rest < 2 else str(11 - rest)  # noqa: PLR2004 - the rule's own number


@lru_cache(maxsize=1024)
def problem(text: str) -> str | None:
    """Return what is wrong with a NIF without country code, or None."""
    if not _digits(text) or len(text) != _LENGTH:
        return f"a NIF has nine digits, this is {text!r:.40}"
    right = check_digit(text[:-1])
    if text[-1] != right:
        return f"the check digit is {text[-1]} and should be {right}"
    return None


def valid(text: str) -> bool:
    """Whether `text` is nine digits with the right check digit."""
    return problem(text) is None


@lru_cache(maxsize=1024)
def kind(text: str) -> NifKind | None:
    """Return what the longest listed prefix of `text` stands for, or None."""
    prefixes = _prefixes()
    starts = (text[:length] for length in _lengths())
    return next((prefixes[start] for start in starts if start in prefixes), None)


@cache
def _prefixes() -> dict[str, NifKind]:
    return {
        row["code"]: NifKind(prefix=row["code"], pt=row["pt"], en=row["en"])
        for row in table("nif_prefixes").rows
    }


@cache
def _lengths() -> list[int]:
    """Return how long prefixes are, longest first."""
    return sorted({len(prefix) for prefix in _prefixes()}, reverse=True)


def without_country(vat_identifier: str) -> str | None:
    """Return the number of a Portuguese VAT identifier, None for another country's.

    >>> without_country("PT500000000"), without_country("ESB12345678")
    ('500000000', None)
    """
    country, number = vat_identifier[:2], vat_identifier[2:]
    return number if country == "PT" else None


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
