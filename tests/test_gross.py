from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.arithmetic import explain_totals
from cius_pt.errors import InvalidValue
from cius_pt.model import AllowanceCharge, Invoice, Line, Vat
from cius_pt.model import json as model_json
from cius_pt.totals import with_totals

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
PLAIN = model_json.invoice_from(
    model_json.loads((FIXTURES / "withholding.json").read_bytes())
)
VATS = (
    Vat.normal(23),
    Vat.intermediate(13),
    Vat.reduced(6),
    Vat.exempt("M07"),
)
CENTS = st.integers(1, 1_000_000).map(lambda n: Decimal(n).scaleb(-2))


@st.composite
def shopping(draw: st.DrawFn) -> Invoice:
    """Draw an invoice whose prices include VAT."""
    lines = tuple(
        Line(
            id=str(number),
            name="artigo",
            quantity=Decimal(draw(st.integers(1, 1000))),
            net_price=draw(CENTS),
            vat=draw(st.sampled_from(VATS)),
        )
        for number in range(1, draw(st.integers(2, 9)))
    )
    charge = AllowanceCharge(
        charge=True,
        amount=draw(CENTS),
        reason="portes",
        vat=draw(st.sampled_from(VATS)),
    )
    charges = (charge,) if draw(st.booleans()) else ()
    return replace(PLAIN, lines=lines, allowance_charges=charges)


@given(shopping())
def test_what_is_due_is_the_gross_total_to_the_cent(invoice: Invoice) -> None:
    gross = sum((x.quantity * x.net_price for x in invoice.lines), Decimal(0))
    gross += sum((x.amount for x in invoice.allowance_charges), Decimal(0))

    done = with_totals(invoice, prices_include_vat=True)

    assert done.totals is not None
    assert done.totals.due == gross
    assert [total for total in explain_totals(done) if not total.agrees] == []


@given(shopping())
def test_the_rounding_is_a_cent_per_rate_at_the_most(invoice: Invoice) -> None:
    done = with_totals(invoice, prices_include_vat=True)

    rates = {line.vat.rate for line in invoice.lines}
    rates |= {x.vat.rate for x in invoice.allowance_charges if x.vat}
    assert abs(done.rounding or Decimal(0)) <= Decimal("0.01") * len(rates)


def test_a_coffee_of_one_euro_has_its_vat_inside() -> None:
    line = Line(
        id="1",
        name="café",
        quantity=Decimal(1),
        net_price=Decimal("1.00"),
        vat=Vat.intermediate(13),
    )

    done = with_totals(replace(PLAIN, lines=(line,)), prices_include_vat=True)

    assert done.totals is not None
    assert done.totals.without_vat == Decimal("0.88")
    assert done.totals.vat == Decimal("0.11")
    assert done.rounding == Decimal("0.01")
    assert done.totals.due == Decimal("1.00")


def test_a_price_keeps_its_eight_decimals_where_they_give_the_same_cents() -> None:
    line = replace(PLAIN.lines[0], net_price=Decimal("123.00"))

    done = with_totals(replace(PLAIN, lines=(line,)), prices_include_vat=True)

    assert done.lines[0].net_price == Decimal("100.00000000")
    assert done.rounding is None


@pytest.mark.parametrize("stated", ["net_amount", "totals"])
def test_sums_stated_beside_gross_prices_are_refused(stated: str) -> None:
    done = with_totals(PLAIN)
    if stated == "net_amount":
        done = replace(done, totals=None)

    with pytest.raises(InvalidValue, match="prices include it"):
        with_totals(done, prices_include_vat=True)
