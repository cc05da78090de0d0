# SPDX-License-Identifier: MIT
"""The lines of an invoice (BG-25 to BG-32) and what lines and documents share."""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from decimal import Decimal

from cius_pt.model.parties import Identifier
from cius_pt.model.types import check
from cius_pt.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """BG-14 or BG-26, 0..1: what time is invoiced.

    `start` (BT-73/134) and `end` (BT-74/135): 0..1 each, at least one of them
    (BR-CO-19).
    """

    start: dt.date | None = None
    end: dt.date | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vat:
    """BG-30, 1..1 per line: the VAT of an item, an allowance or a charge.

    `category`: BT-151/95/102, 1..1, one of AA S E RED INT NOR ISE OUT NA Z AE IC G O.
    `rate`: BT-152/96/103, per cent with two decimals, 0 to 100. `exemption_code` and
    `exemption_reason`: why it is exempt; five and 200 characters. `scheme`: the tax,
    VAT unless it is another one (UN/ECE 5153, such as BOL for stamp duty).

    >>> Vat.normal(23)
    Vat(category='NOR', rate=Decimal('23'), exemption_code=None, ...)
    >>> Vat.exempt("M07", "Isento artigo 9.º do CIVA").rate
    Decimal('0')
    """

    category: str
    rate: Decimal | None = None
    exemption_code: str | None = None
    exemption_reason: str | None = None
    scheme: str = "VAT"

    def __post_init__(self) -> None:
        check(self)

    @classmethod
    def normal(cls, rate: Decimal | int) -> Vat:
        """Return the normal rate of a region: 23, 22 (Madeira) or 16 (Azores)."""
        return cls(category="NOR", rate=Decimal(rate))

    @classmethod
    def intermediate(cls, rate: Decimal | int) -> Vat:
        """Return the intermediate rate of a region: 13, 12 or 9."""
        return cls(category="INT", rate=Decimal(rate))

    @classmethod
    def reduced(cls, rate: Decimal | int) -> Vat:
        """Return the reduced rate of a region: 6, 4 (Madeira, Azores) or its like."""
        return cls(category="RED", rate=Decimal(rate))

    @classmethod
    def exempt(cls, code: str, reason: str | None = None) -> Vat:
        """Return an exemption with the code AT lists for it, such as M07."""
        return cls(
            category="ISE",
            rate=Decimal(0),
            exemption_code=code,
            exemption_reason=reason,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceCharge:
    """BG-20, BG-21, BG-27 or BG-28, 0..N: a discount, or a charge if `charge`.

    `amount`: BT-92/99/136/141, 1..1, without VAT, two decimals, not negative.
    `base_amount` and `percentage`: BT-93/94 and their like, both or neither.
    `reason` (200 characters) and `reason_code` (UNTDID 5189 or 7161): at least one.
    `vat`: 1..1 on the document level, absent on lines.
    """

    charge: bool = False
    amount: Decimal
    base_amount: Decimal | None = None
    percentage: Decimal | None = None
    reason: str | None = None
    reason_code: str | None = None
    vat: Vat | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """BT-158, 0..N: the item in a classification.

    `code`: 1..1, 50 characters. `list`: BT-158-1, 1..1, UNTDID 7143. `version`:
    BT-158-2, 0..1, 20 characters.

    >>> Classification.cpv("30192000-1").list
    'STI'
    """

    code: str
    list: str
    version: str | None = None

    def __post_init__(self) -> None:
        check(self)

    @classmethod
    def cpv(cls, code: str) -> Classification:
        """Return a CPV code; its list is written STI, CPV itself is refused."""
        return cls(code=code, list="STI")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAttribute:
    """BG-32, 0..N: a property of the item.

    `name`: BT-160 and `value`: BT-161, 1..1 each, 200 characters.
    """

    name: str
    value: str

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """BG-25, 1..N: one line.

    `id`: BT-126, 1..1, 50 characters, unique. `name`: BT-153, 1..1, 200 characters.
    `quantity`: BT-129, 1..1, two or three decimals, may be negative. `unit`: BT-130,
    1..1, UN/ECE Recommendation 20 (C62 is a piece). `net_price`: BT-146, 1..1, without
    VAT, two to eight decimals, not negative. `vat`: BG-30, 1..1. `net_amount`:
    BT-131, 1..1 in the document, two to eight decimals; `with_totals` fills it in.

    `price_discount`: BT-147 and `gross_price`: BT-148, both or neither, two to eight
    decimals. `base_quantity`: BT-149, 0..1, above zero, with `base_unit`: BT-150.
    `allowance_charges`: BG-27 and BG-28, 0..N, without VAT of their own.

    `note`: BT-127, 0..1, 500 characters. `object_identifier`: BT-128, 0..1.
    `order_line`: BT-132, 0..1, 20 characters. `commitment`: BT-133, 0..1, the number
    of the commitment (*compromisso*), 200 characters; `commitment_line`: 0..1, its
    item. `preceding_invoice`: 0..1, the invoice this line of a credit or debit note
    corrects. `period`: BG-26, 0..1.

    `descriptions`: BT-154, 0..N, 200 characters each. `sellers_identifier`: BT-155 and
    `buyers_identifier`: BT-156, 0..1. `standard_identifier`: BT-157, 0..1, with its
    scheme (0160 is a GTIN). `classifications`: BT-158, 0..N. `origin_country`: BT-159,
    0..1. `cpe`: 0..1, the code of the electricity delivery point. `attributes`: BG-32,
    0..N, all other properties. `property_order`: how a document that was read arranged
    its item properties; no part of what the line says.
    """

    id: str
    name: str
    quantity: Decimal
    unit: str = "C62"
    net_price: Decimal
    vat: Vat
    net_amount: Decimal | None = None
    price_discount: Decimal | None = None
    gross_price: Decimal | None = None
    base_quantity: Decimal | None = None
    base_unit: str | None = None
    allowance_charges: tuple[AllowanceCharge, ...] = ()
    note: str | None = None
    object_identifier: Identifier | None = None
    order_line: str | None = None
    commitment: str | None = None
    commitment_line: str | None = None
    preceding_invoice: str | None = None
    period: Period | None = None
    descriptions: tuple[str, ...] = ()
    sellers_identifier: str | None = None
    buyers_identifier: str | None = None
    standard_identifier: Identifier | None = None
    classifications: tuple[Classification, ...] = ()
    origin_country: str | None = None
    cpe: str | None = None
    attributes: tuple[ItemAttribute, ...] = ()
    property_order: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        check(self)
