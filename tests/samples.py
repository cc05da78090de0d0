# SPDX-License-Identifier: MIT
"""The smallest legal documents, to be changed by what a test is about."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cius_pt.model import Address, Buyer, Delivery, Invoice, Kind, Line, Seller, Vat
from cius_pt.model import PrecedingInvoice as Preceding
from cius_pt.totals import with_totals

DAY = dt.date(2026, 1, 31)
PLACE = Address(street="Rua Nova, 1", city="Braga", post_code="4700-001")
SELLER = Seller(name="Loja Azul", vat_identifier="PT123456789", address=PLACE)
BUYER = Buyer(name="Junta Verde", vat_identifier="PT987654321", address=PLACE)


def line(**changes: Any) -> Line:
    """Return two pieces at 10.00 and 23 %, changed."""
    plain = Line(
        id="1",
        name="Caderno",
        quantity=Decimal(2),
        net_price=Decimal("10.00"),
        vat=Vat.normal(23),
    )
    return replace(plain, **changes)


def invoice(**changes: Any) -> Invoice:
    """Return an invoice of one line, changed, then added up unless totals are given."""
    plain = Invoice(
        number="FT 1/1",
        issue_date=DAY,
        kind=Kind.FT,
        seller=SELLER,
        buyer=BUYER,
        lines=(line(),),
        deliveries=(Delivery(address=PLACE),),
        payment_terms=("30 dias",),
    )
    changed = replace(plain, **changes)
    return changed if "totals" in changes else with_totals(changed)


def credit_note(**changes: Any) -> Invoice:
    """Return a credit note of one line, changed."""
    corrected = (Preceding(number="FT 1/1"),)
    return invoice(**{"kind": Kind.NC, "preceding_invoices": corrected, **changes})
