# SPDX-License-Identifier: MIT
"""How values look in the document: one class per lexical form of the format.

Each form shows a value as text, reads it back, and says in one sentence what of a
value cannot be represented. Source: datatype rules DT-CIUS-PT-* of CIUS-PT 2.1.2.
"""

from __future__ import annotations

import binascii
import datetime as dt
import re
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol

from cius_pt.octets import octets
from cius_pt.values import dataclass

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
# A number of which only the decimals have to be counted: zeros and sign are canonical.
_PLAIN = re.compile(r"(?:0|[1-9][0-9]*)\.([0-9]+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHITE = " \t\r\n"


class Lexical(Protocol):
    """A lexical form."""

    def show(self, value: Any) -> str:
        """Return `value` as the document has it, whatever the limits say."""
        ...

    def read(self, text: str) -> Any:
        """Return the value that `text` stands for, or raise `ValueError`."""
        ...

    def parsed(self, text: str) -> tuple[Any, str]:
        """Return the value and how the format writes it, or raise `ValueError`."""
        ...

    def problem(self, value: Any, shown: str) -> str | None:
        """Return why `value`, shown as `shown`, is not representable, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Text of 1 to `limit` characters, on one line unless `lines`."""

    limit: int
    lines: bool = False

    def show(self, value: str) -> str:
        """Return the text itself."""
        return value

    def read(self, text: str) -> str:
        """Return the text itself."""
        return text

    def parsed(self, text: str) -> tuple[str, str]:
        """Return the text itself, twice."""
        return text, text

    def problem(self, value: str, shown: str) -> str | None:
        """Return what is wrong with its length, its line breaks or its emptiness."""
        if len(shown) > self.limit:
            return f"{len(value)} characters, the limit is {self.limit}; shorten it"
        if not self.lines and ("\n" in shown or "\r" in shown):
            return "a line break inside; the format takes one line, use a space"
        if not shown.strip(_WHITE):
            return "nothing but white space; leave it out or say something"
        return None


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number with `least` to `most` decimals and 13 digits before them."""

    least: int
    most: int
    signed: bool = False
    digits: int = 13
    ceiling: int | None = None

    def show(self, value: Decimal) -> str:
        """Return it in plain notation, zeros added up to the least decimals."""
        whole, _, decimals = f"{value:f}".partition(".")
        if len(decimals) < self.least:
            decimals = decimals.ljust(self.least, "0")
        elif len(decimals) > self.most and not decimals[self.most :].strip("0"):
            decimals = decimals[: self.most]
        if not value:
            whole = whole.removeprefix("-")
        return f"{whole}.{decimals}" if decimals else whole

    def read(self, text: str) -> Decimal:
        """Return the number, if XML Schema would call the text a decimal."""
        text = text.strip(_WHITE)
        if _DECIMAL.fullmatch(text) is None:
            raise ValueError("not a decimal number")
        return Decimal(text)

    def parsed(self, text: str) -> tuple[Decimal, str]:
        """Return the number and its own notation."""
        plain = _PLAIN.fullmatch(text)
        if plain is not None and self.least <= len(plain[1]) <= self.most:
            return Decimal(text), text
        value = self.read(text)
        return value, self.show(value)

    def problem(self, value: Decimal, shown: str) -> str | None:
        """Return what is wrong with its sign, its size or its decimals."""
        whole, _, decimals = shown.partition(".")
        if len(decimals) > self.most:
            return f"{len(decimals)} decimals, the format takes {self.most}; round it"
        if not self.signed and whole.startswith("-"):
            return f"{shown} is negative; the format takes zero or more here"
        digits = len(whole.lstrip("-"))
        if digits > self.digits:
            return (
                f"{digits} digits before the point, the limit is {self.digits}; "
                "split it"
            )
        if self.ceiling is not None and value > self.ceiling:
            return f"{shown} is above {self.ceiling}; give it in per cent"
        return None


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar date as YYYY-MM-DD, without a time zone."""

    def show(self, value: dt.date) -> str:
        """Return the ISO 8601 form."""
        return value.isoformat()

    def read(self, text: str) -> dt.date:
        """Return the date; a time zone or another form is a `ValueError`."""
        if _DATE.fullmatch(text) is None:
            raise ValueError("not a date in the form YYYY-MM-DD")
        return dt.date.fromisoformat(text)

    def parsed(self, text: str) -> tuple[dt.date, str]:
        """Return the date and the text: there is one form only."""
        return self.read(text), text

    def problem(self, _value: dt.date, _shown: str) -> str | None:
        """Return None: every date can be written."""
        return None


@dataclass(frozen=True, slots=True)
class Flag:
    """A yes or no, written true or false (the rules compare text, never 1 or 0)."""

    def show(self, value: bool) -> str:
        """Return true or false."""
        return "true" if value else "false"

    def read(self, text: str) -> bool:
        """Return it; XML Schema also allows 1 and 0."""
        try:
            return {"true": True, "1": True, "false": False, "0": False}[text.strip()]
        except KeyError:
            raise ValueError("neither true nor false") from None

    def parsed(self, text: str) -> tuple[bool, str]:
        """Return it and its word."""
        value = self.read(text)
        return value, self.show(value)

    def problem(self, _value: bool, _shown: str) -> str | None:
        """Return None: both can be written."""
        return None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these members of an enumeration."""

    options: tuple[Enum, ...]

    def show(self, value: Enum) -> str:
        """Return the code."""
        return str(value.value)

    def read(self, text: str) -> Enum:
        """Return the member with that code, or raise `ValueError`."""
        for option in self.options:
            if option.value == text:
                return option
        codes = " ".join(str(option.value) for option in self.options)
        raise ValueError(f"not one of {codes}")

    def parsed(self, text: str) -> tuple[Enum, str]:
        """Return the member and the text, which is its code."""
        return self.read(text), text

    def problem(self, _value: Enum, _shown: str) -> str | None:
        """Return None: every member can be written."""
        return None


@dataclass(frozen=True, slots=True)
class Binary:
    """Bytes in base64, `limit` bytes at most."""

    limit: int

    def show(self, value: bytes) -> str:
        """Return the base64 text, on one line."""
        return binascii.b2a_base64(value, newline=False).decode("ascii")

    def read(self, text: str) -> bytes:
        """Return the bytes; white space is ignored, anything else is an error."""
        return octets(text)

    def parsed(self, text: str) -> tuple[bytes, str]:
        """Return the bytes and the text: any base64 of them is good."""
        return self.read(text), text

    def problem(self, value: bytes, _shown: str) -> str | None:
        """Return what is wrong with its size."""
        if len(value) > self.limit:
            return (
                f"{len(value)} bytes, the limit is {self.limit} (15 MB in base64); "
                "attach a smaller file or give its uri"
            )
        return None


LINE_20 = Text(20)
LINE_50 = Text(50)
LINE_150 = Text(150)
LINE_200 = Text(200)
NOTE = Text(500, lines=True)
NOTE_LINE = Text(500)
CODE = Text(200)
# DT-CIUS-PT-022 leaves one to ten characters for the version.
SPECIFIC = Text(68)
AMOUNT = Number(2, 2)
SIGNED_AMOUNT = Number(2, 2, signed=True)
TAXABLE = Number(2, 3, signed=True)
LINE_AMOUNT = Number(2, 8, signed=True)
PRICE = Number(2, 8)
QUANTITY = Number(2, 3, signed=True)
BASE_QUANTITY = Number(2, 3)
PERCENT = Number(2, 2, digits=3, ceiling=100)
RATE = Number(2, 5, digits=9)
DATE = Date()
FLAG = Flag()
# DT-CIUS-PT-111.2: string-length × 0.75 ÷ 1024 < 15 000, so at most 20 479 999
# characters, which whole groups of four make 15 359 997 bytes.
ATTACHMENT = Binary(15_359_997)
