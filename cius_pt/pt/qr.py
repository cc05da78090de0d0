# SPDX-License-Identifier: MIT
"""The text of AT's QR code: ``A:500000000*B:123456789*…*R:9999``, to a value and back.

Fields A to S in that order, joined by ``*``, a code and a colon before each value;
amounts have a point and two decimals; what is not known is left out. The blocks I, J
and K are the first, second and third region: which one is said by the field itself
(I1). Source: AT, Especificações Técnicas – Código QR, version 1.0, section 4; lengths
stand in ``codes/qr_fields.tsv``.

>>> text = "A:500000000*B:123456789*C:PT*D:GT*E:N*F:20190720*G:GT G234CB/50987"
>>> text += "*H:GTVX4Y8B-50987*I1:0*N:0.00*O:0.00*Q:5uIg*R:9999"
>>> qr = parse(text)
>>> qr.number, qr.date.isoformat(), qr.regions, str(qr) == text
('GT G234CB/50987', '2019-07-20', (), True)
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import cache
from typing import Any

from cius_pt.codes import table
from cius_pt.errors import InvalidValue
from cius_pt.money import CENT, ZERO, total
from cius_pt.pt.vat import Region
from cius_pt.values import dataclass

NO_REGION = "0"
"""I1 of a document without VAT: a transport document, a quotation, a receipt."""

_BLOCKS = "IJK"
_AMOUNT = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]{2}")
_DATE = re.compile(r"[0-9]{8}")
_NIF = re.compile(r"[0-9]{9}")
_CERTIFICATE = re.compile(r"[0-9]{1,4}")
_HASH_LENGTH = 4
_TAX_FIELDS = {
    "2": "exempt",
    "3": "reduced",
    "4": "reduced_tax",
    "5": "intermediate",
    "6": "intermediate_tax",
    "7": "normal",
    "8": "normal_tax",
}
_FIELDS = {
    "A": "issuer_nif",
    "B": "buyer_nif",
    "C": "buyer_country",
    "D": "document_type",
    "E": "status",
    "F": "date",
    "G": "number",
    "H": "atcud",
    "L": "not_subject",
    "M": "stamp_duty",
    "N": "tax",
    "O": "total",
    "P": "withheld",
    "Q": "hash4",
    "R": "certificate",
    "S": "other",
}
_AMOUNTS = frozenset("LMNOP")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionTaxes:
    """Fields I, J or K: bases and VAT of one region; None is left out.

    `exempt` (2) holds exempt bases and those of stamp duty; the others are the base
    and the VAT at each of the three rates (3 to 8).
    """

    region: Region
    exempt: Decimal | None = None
    reduced: Decimal | None = None
    reduced_tax: Decimal | None = None
    intermediate: Decimal | None = None
    intermediate_tax: Decimal | None = None
    normal: Decimal | None = None
    normal_tax: Decimal | None = None

    def __post_init__(self) -> None:
        for code, name in _TAX_FIELDS.items():
            _require_amount(getattr(self, name), name, f"I{code}")

    @property
    def tax(self) -> Decimal:
        """The sum of the VAT."""
        found = (self.reduced_tax, self.intermediate_tax, self.normal_tax)
        return total(amount or ZERO for amount in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Qr:
    """Everything a QR code says; each field is described in ``codes/qr_fields.tsv``.

    `regions` is empty for a document without VAT (``I1:0``). `tax` is N, VAT and stamp
    duty; `total` is O, which `withheld` (P) does not reduce. `other` (S) is free text,
    its elements joined by ``;``. Raises `InvalidValue`, its path the field's name, for
    a value that the format cannot hold.
    """

    issuer_nif: str
    buyer_nif: str
    buyer_country: str
    document_type: str
    status: str
    date: dt.date
    number: str
    atcud: str
    regions: tuple[RegionTaxes, ...] = ()
    not_subject: Decimal | None = None
    stamp_duty: Decimal | None = None
    tax: Decimal
    total: Decimal
    withheld: Decimal | None = None
    hash4: str
    certificate: str
    other: str | None = None

    def __post_init__(self) -> None:
        for code, name in _FIELDS.items():
            value = getattr(self, name)
            if code in _AMOUNTS:
                _require_amount(value, name, code)
            elif code != "F" and value is not None:
                _require_text(value, name, code)
        if not _NIF.fullmatch(self.issuer_nif):
            raise InvalidValue("A: expected nine digits", path="issuer_nif")
        if len(self.hash4) != _HASH_LENGTH:
            raise InvalidValue("Q: expected four characters", path="hash4")
        if not _CERTIFICATE.fullmatch(self.certificate):
            raise InvalidValue("R: expected one to four digits", path="certificate")
        named = [block.region for block in self.regions]
        if len(set(named)) != len(named) or len(named) > len(_BLOCKS):
            raise InvalidValue("each region has one block", path="regions")

    def __str__(self) -> str:
        return "*".join(f"{code}:{value}" for code, value in self._pairs())

    def _pairs(self) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = []
        for code, name in _FIELDS.items():
            if code == "L":
                pairs += self._blocks()
            value = getattr(self, name)
            if value is not None:
                text = f"{value:%Y%m%d}" if code == "F" else str(value)
                pairs.append((code, f"{value:.2f}" if code in _AMOUNTS else text))
        return pairs

    def _blocks(self) -> list[tuple[str, str]]:
        if not self.regions:
            return [("I1", NO_REGION)]
        pairs = []
        for letter, block in zip(_BLOCKS, self.regions, strict=False):
            pairs.append((f"{letter}1", block.region.value))
            amounts = ((c, getattr(block, name)) for c, name in _TAX_FIELDS.items())
            pairs += [(letter + c, f"{x:.2f}") for c, x in amounts if x is not None]
        return pairs

    @property
    def taxes_add_up(self) -> bool:
        """Whether N is the VAT of all blocks and the stamp duty."""
        vat = (block.tax for block in self.regions)
        return self.tax == total((*vat, self.stamp_duty or ZERO))

    @property
    def total_gap(self) -> Decimal:
        """What O has more than all bases, what is not subject, and N."""
        return total((self.total, *(-base for base in self.bases), -self.tax))

    @property
    def total_adds_up(self) -> bool:
        """Whether O is all bases, what is not subject, and N."""
        return not self.total_gap

    @property
    def total_adds_up_rounded(self) -> bool:
        """Whether it is, but for a cent that rounding may lose in each base.

        An invoice of lines with more than two decimals rounds their sum once and each
        subtotal by itself, and a base may hold several subtotals.
        """
        return abs(self.total_gap) <= CENT * len(self.bases)

    @property
    def bases(self) -> tuple[Decimal, ...]:
        """All bases that are stated, and what is not subject."""
        stated = [
            getattr(block, name)
            for block in self.regions
            for name in ("exempt", "reduced", "intermediate", "normal")
        ]
        return tuple(x for x in (*stated, self.not_subject) if x is not None)


def parse(text: str) -> Qr:
    """Return what the text of a QR code says; raises `InvalidValue` if it is none.

    Of two texts with one meaning only that of the specification is read, so what is
    parsed is written back to the byte.
    """
    given = _given(text)
    values: dict[str, Any] = {
        name: _read(code, given[code])
        for code, name in _FIELDS.items()
        if code in given
    }
    values["regions"] = (
        tuple(_block(letter, given) for letter in _BLOCKS if f"{letter}1" in given)
        if given.get("I1") != NO_REGION
        else ()
    )
    qr = Qr(**values)
    if str(qr) != text:
        raise InvalidValue(
            "the fields are not those, or not in the order, of a QR code"
        )
    return qr


def problem(text: str) -> str | None:
    """Return what keeps `text` from being that of a QR code, or None."""
    try:
        parse(text)
    except InvalidValue as error:
        return error.message
    return None


def field_names() -> dict[str, str]:
    """Return the attribute of `Qr` by field code, without the blocks."""
    return dict(_FIELDS)


def _given(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in text.split("*"):
        code, colon, value = item.partition(":")
        if not colon or code not in _lengths():
            raise InvalidValue(f"expected a field such as A:…, got {item!r:.40}")
        if code in found:
            raise InvalidValue(f"the field {code} stands twice")
        if not value:
            raise InvalidValue(f"the field {code} is empty; it is left out instead")
        found[code] = value
    missing = [code for code in _mandatory() if code not in found]
    if missing:
        raise InvalidValue(f"the field {missing[0]} is missing")
    return found


def _block(letter: str, given: dict[str, str]) -> RegionTaxes:
    try:
        region = Region(given[f"{letter}1"])
    except ValueError:
        raise InvalidValue(
            f"{letter}1: expected {', '.join(Region)}, got {given[f'{letter}1']!r:.40}"
        ) from None
    amounts = {
        name: _amount(letter + code, given[letter + code])
        for code, name in _TAX_FIELDS.items()
        if letter + code in given
    }
    return RegionTaxes(region=region, **amounts)


def _read(code: str, value: str) -> Any:
    if code in _AMOUNTS:
        return _amount(code, value)
    if code != "F":
        return value
    if not _DATE.fullmatch(value):
        raise InvalidValue(f"F: expected YYYYMMDD, got {value!r:.40}")
    try:
        return dt.date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        raise InvalidValue(f"F: there is no such day: {value}") from None


def _amount(code: str, value: str) -> Decimal:
    if not _AMOUNT.fullmatch(value) or len(value) > _lengths()[code]:
        raise InvalidValue(
            f"{code}: expected an amount such as 0.80, got {value!r:.40}"
        )
    return Decimal(value)


def _require_amount(value: Decimal | None, name: str, code: str) -> None:
    if value is None:
        return
    if not value.is_finite() or value != value.quantize(CENT):
        raise InvalidValue(f"{code}: more than two decimals: {value!s:.40}", path=name)
    if len(f"{value:.2f}") > _lengths()[code]:
        raise InvalidValue(f"{code}: more than 16 characters: {value!s:.40}", path=name)


def _require_text(value: str, name: str, code: str) -> None:
    most = _lengths()[code]
    if not value or len(value) > most:
        raise InvalidValue(f"{code}: expected 1 to {most} characters", path=name)
    if "*" in value or not value.isprintable():
        raise InvalidValue(f"{code}: an asterisk or a control character", path=name)


@cache
def _lengths() -> dict[str, int]:
    return {row["code"]: int(row["length"]) for row in table("qr_fields").rows}


@cache
def _mandatory() -> tuple[str, ...]:
    rows = table("qr_fields").rows
    return tuple(row["code"] for row in rows if row["presence"] == "always")
