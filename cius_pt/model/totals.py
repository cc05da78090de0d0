# SPDX-License-Identifier: MIT
"""The sums an invoice states: BG-22 and BG-23. Two decimals in the invoice currency."""

from __future__ import annotations

from decimal import Decimal

from cius_pt.model.types import check
from cius_pt.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VatBreakdown:
    """BG-23, 1..N: the VAT of one category, rate and exemption code.

    `category`: BT-118, 1..1. `rate`: BT-119, 1..1, per cent with two decimals.
    `taxable`: BT-116, 1..1, two or three decimals, may be negative. `tax`: BT-117,
    1..1, may be negative. `exemption_code`: BT-121, 0..1, five characters.
    `exemption_reason`: BT-120, 0..1, 200 characters. `scheme`: the tax, VAT unless it
    is another one (UN/ECE 5153).
    """

    category: str
    rate: Decimal
    taxable: Decimal
    tax: Decimal
    exemption_code: str | None = None
    exemption_reason: str | None = None
    scheme: str = "VAT"

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """BG-22, 1..1, with BG-23: what the invoice says it adds up to.

    `lines`: BT-106, 1..1, may be negative. `allowances`: BT-107 and `charges`: BT-108,
    0..1, of the document level only. `without_vat`: BT-109, 1..1. `vat`: BT-110, 1..1,
    may be negative. `with_vat`: BT-112, 1..1. `due`: BT-115, 1..1. `vat_breakdown`:
    BG-23, 1..N. What was paid before (BT-113) and the rounding (BT-114) are no sums:
    they stand on the invoice.
    """

    lines: Decimal
    without_vat: Decimal
    vat: Decimal
    with_vat: Decimal
    due: Decimal
    allowances: Decimal | None = None
    charges: Decimal | None = None
    vat_breakdown: tuple[VatBreakdown, ...]

    def __post_init__(self) -> None:
        check(self)
