# SPDX-License-Identifier: MIT
"""Lines, what is added or taken off, and what does not add up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cius_pt.arithmetic import Sum, disagreements, explain_totals
from cius_pt.model import AllowanceCharge, Invoice, Line, Vat
from tests import samples

D = Decimal
NOR = Vat.normal(23)
EXEMPT = Vat.exempt("M07")
BARE = Vat(category="ISE", rate=D(0))


def line(quantity: str, price: str, vat: Vat = NOR, **more: Any) -> Line:
    """Return a line of so many pieces at this price."""
    return samples.line(quantity=D(quantity), net_price=D(price), vat=vat, **more)


def change(amount: str, vat: Vat | None = None, *, charge: bool = False) -> Any:
    """Return an allowance or a charge."""
    return AllowanceCharge(charge=charge, amount=D(amount), reason="x", vat=vat)


def disagreeing(invoice: Invoice) -> list[Sum]:
    """Return the totals that do not agree; both ways to find them have to."""
    found = [entry for entry in explain_totals(invoice) if not entry.agrees]
    assert list(disagreements(invoice)) == found
    return found
