# SPDX-License-Identifier: MIT
"""Strategies for the leaves: texts, identifiers, numbers, dates and codes.

The codes are a few of each list that the format checks, first and last ones included;
no list is complete here.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from hypothesis import strategies as st

from cius_pt.model import Identifier
from cius_pt.pt import gln, nif

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

T = TypeVar("T")
P = ParamSpec("P")

CURRENCIES = ("EUR", "USD", "GBP", "BRL", "AOA", "CVE", "CHF")
COUNTRIES = ("PT", "ES", "FR", "BR", "AO", "DE", "GR", "AD", "ZW")
UNITS = ("C62", "EA", "H87", "HUR", "KWH", "KGM", "LTR", "MON", "10", "XPP")
# ISO/IEC 6523, as far as the frozen list of the format goes.
PARTY_SCHEMES = ("0001", "0060", "0088", "0160", "0180", "0183", "0184", "0191", "0192")
VAT_NUMBER = "9946"
ADDRESS_SCHEMES = (VAT_NUMBER, "0088", "EM", "9" * 20)
OBJECT_SCHEMES = ("AAB", "ABO", "AHP", "IT", "VN", "ZZZ")
MIME_CODES = (
    "text/plain",
    "image/png",
    "image/jpeg",
    "application/pdf",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/xml",
    "text/xml",
    "text/csv",
)

_ALPHABET = st.characters(exclude_categories=("Cc", "Cs", "Cn"))
_TRICKY = (
    "x",
    "]]>",
    "&amp; & <b> \"quoted\" 'so'",
    " begins with a blank",
    "ends with blanks  ",
    "two  blanks",
    "no-break\u00a0space",
    "e\u0301 is one letter in two",
    "\U0001f9fe\U0001f1f5\U0001f1f9",
    "\u202eright to left",
    "line\u2028separator",
    "a#b##c",
    "#like a tag#but none#",
    "Fatura n.º 1 – serviço",
)


def kept(make: Callable[P, SearchStrategy[T]]) -> Callable[P, SearchStrategy[T]]:
    """Make each strategy once: building and validating them takes most of the time."""
    return cast("Callable[P, SearchStrategy[T]]", lru_cache(maxsize=256)(make))


@kept
def maybe(strategy: SearchStrategy[T]) -> SearchStrategy[T | None]:
    """Draw a value of `strategy` or None."""
    return st.none() | strategy


@kept
def several(strategy: SearchStrategy[T], most: int) -> SearchStrategy[tuple[T, ...]]:
    """Draw a tuple of at most `most` values of `strategy`."""
    return st.lists(strategy, max_size=most).map(tuple)


@kept
def codes(values: tuple[str, ...]) -> SearchStrategy[str]:
    """Draw one of these codes."""
    return st.sampled_from(values)


@kept
def texts(limit: int, *, lines: bool = False) -> SearchStrategy[str]:
    """Draw a text of 1 to `limit` characters, with line breaks only if `lines`.

    Anything XML can hold may come, but control characters and nothing but blanks.
    Lengths 1 and `limit` come often.
    """
    short = st.text(_ALPHABET, min_size=1, max_size=min(limit, 8))
    tricky = _TRICKY + (("one\ntwo\n\n three", "\n") if lines else ())
    drawn = (
        st.sampled_from([text for text in tricky if len(text) <= limit])
        | short
        | short.map(lambda text: text[:1])
        | short.map(lambda text: (text * limit)[:limit])
    )
    return drawn.filter(lambda text: text.strip(" \t\r\n") != "")


@kept
def tag_values(limit: int) -> SearchStrategy[str]:
    """Draw a text that fits between the ``#`` of a tag."""
    cleaned = texts(limit).map(lambda text: text.replace("#", "=").strip(" "))
    return cleaned.filter(bool)


@kept
def nifs() -> SearchStrategy[str]:
    """Draw a NIF with a listed prefix; whom it belongs to is unknown."""
    first = st.sampled_from(("1", "2", "3", "45", "5", "6", "70", "8", "90", "98"))
    rest = st.text("0123456789", min_size=7, max_size=7)
    return st.builds(
        lambda prefix, digits: _checked((prefix + digits)[:8]), first, rest
    )


@kept
def vat_identifiers() -> SearchStrategy[str]:
    """Draw a VAT identifier: PT and a NIF, or another country and what it has."""
    portuguese = nifs().map("PT".__add__)
    foreign = st.builds(str.__add__, codes(COUNTRIES[1:]), texts(48))
    return portuguese | portuguese | foreign


@kept
def identifiers(
    limit: int = 50,
    schemes: tuple[str, ...] = PARTY_SCHEMES,
    *,
    scheme_needed: bool = False,
) -> SearchStrategy[Identifier]:
    """Draw an identifier of up to `limit` characters with one of these schemes."""
    scheme = codes(schemes)
    return st.builds(
        _identifier, texts(limit), scheme if scheme_needed else maybe(scheme)
    )


@kept
def dates() -> SearchStrategy[dt.date]:
    """Draw a date of four digits of year, mostly of our days."""
    near = st.dates(dt.date(2019, 1, 1), dt.date(2035, 12, 31))
    return near | st.dates(dt.date(1000, 1, 1))


@kept
def numbers(most: int, decimals: int, *, least: int = 0) -> SearchStrategy[Decimal]:
    """Draw a number from `least` to `most` with up to that many decimals."""

    def of(places: int) -> SearchStrategy[Decimal]:
        unit = 10**places
        whole = st.integers(least * unit, most * unit)
        return whole.map(lambda number: Decimal(number).scaleb(-places))

    return st.integers(0, decimals).flatmap(of)


def _checked(digits: str) -> str:
    return digits + nif.check_digit(digits)


def _identifier(value: str, scheme: str | None) -> Identifier:
    """Return an identifier whose value is one of its scheme, where we know the form."""
    if scheme == gln.SCHEME:
        twelve = f"560{_digits(value, 9)}"
        value = twelve + gln.check_digit(twelve)
    elif scheme == VAT_NUMBER:
        value = f"PT{_checked('5' + _digits(value, 7))}"
    return Identifier(value=value, scheme=scheme)


def _digits(text: str, count: int) -> str:
    """Return digits that depend on a text, so that two texts rarely give the same."""
    return f"{int.from_bytes(text.encode()[-8:]) % 10**count:0{count}d}"
