# SPDX-License-Identifier: MIT
"""What is quick to agree agrees: never with a total that its parts do not give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.agreement import agree
from cius_pt.model import Invoice, Vat
from cius_pt.testing.strategies import credit_notes, invoices
from cius_pt.totals import with_totals
from tests import samples
from tests.adding import BARE, EXEMPT, NOR, D, change, disagreeing, line
from tests.profiles import DRAWN

# What makes a line, and what is nearly it: the law is about the last digit.
_AMOUNTS = st.decimals(-9, 9, places=2) | st.decimals(-9, 9, places=4)


@DRAWN
@given(invoices() | credit_notes(), st.data())
def test_what_disagrees_is_what_does_not_agree(
    invoice: Invoice, data: st.DataObject
) -> None:
    changes: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
        {},
        optional={
            "quantity": _AMOUNTS,
            "net_price": _AMOUNTS,
            "base_quantity": st.sampled_from([None, D(1), D("1.00"), D(0), D(3)]),
            "net_amount": st.none() | _AMOUNTS,
        },
    )
    lines = tuple(replace(line, **data.draw(changes)) for line in invoice.lines)
    changed = replace(invoice, lines=lines)
    if data.draw(st.booleans()) and invoice.totals is not None:
        totals = replace(invoice.totals, lines=data.draw(_AMOUNTS))
        changed = replace(changed, totals=totals)
    disagreeing(changed)
    if all(line.base_quantity != 0 for line in lines):
        disagreeing(with_totals(replace(changed, totals=None)))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lines": "0.01"}, "BT-106 BT-109"),
        ({"allowances": "0.01"}, "BT-107 BT-109"),
        ({"charges": "0.01"}, "BT-108 BT-109"),
        ({"without_vat": "0.01"}, "BT-109 BT-112"),
        ({"vat": "0.01"}, "BT-110 BT-112"),
        ({"with_vat": "0.01"}, "BT-112 BT-115"),
        ({"due": "0.01"}, "BT-115"),
    ],
)
def test_a_total_that_is_a_cent_off_does_not_agree(
    changes: dict[str, str], said: str
) -> None:
    assert said_of(with_totals_off(usual(), **changes)) == said


@pytest.mark.parametrize(
    ("changes", "further", "said"),
    [
        ({"lines": "0.01"}, "without_vat with_vat due", "BT-106"),
        ({"allowances": "-0.01"}, "without_vat with_vat due", "BT-107"),
        ({"charges": "0.01"}, "without_vat with_vat due", "BT-108"),
        ({"without_vat": "0.01"}, "with_vat due", "BT-109"),
        ({"vat": "0.01"}, "with_vat due", "BT-110"),
        ({"with_vat": "0.01"}, "due", "BT-112"),
    ],
)
def test_what_goes_on_from_a_wrong_total_agrees(
    changes: dict[str, str], further: str, said: str
) -> None:
    off = {**dict.fromkeys(further.split(), "0.01"), **changes}
    assert said_of(with_totals_off(usual(), **off)) == said


def test_allowances_are_no_charges() -> None:
    together = {"allowances": "2.00", "charges": "3.00"}
    on = dict.fromkeys(("without_vat", "with_vat", "due"), "1.00")
    assert said_of(with_totals_off(usual(), **together, **on)) == "BT-107 BT-108"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"prepaid": D("0.01")}, "BT-115"),
        ({"rounding": D("0.01")}, "BT-115"),
        ({"allowance_charges": ()}, "BT-116 BT-107 BT-108"),
    ],
)
def test_what_the_totals_leave_out_does_not_agree(
    changes: dict[str, Any], said: str
) -> None:
    assert said_of(replace(usual(), **changes)) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([{"tax": D("4.38")}, {}], "BT-117 BT-110"),
        ([{"taxable": D("19.01")}, {}], "BT-116"),
        # The allowance added and not taken off.
        ([{"taxable": D("25.00"), "tax": D("5.75")}, {}], "BT-116 BT-110"),
        ([{"rate": D(22)}, {}], "BT-116"),
        ([{}, {"scheme": "OTH"}], "BT-116"),
        ([{}, {"exemption_code": "M01"}], "BT-116"),
        ([{}, {}, {}], "BT-116"),
        ([{}], ""),
    ],
)
def test_subtotals_are_those_of_the_lines(
    changes: list[dict[str, Any]], said: str
) -> None:
    assert said_of(with_subtotals(usual(), changes)) == said


def test_what_goes_on_from_a_wrong_tax_agrees() -> None:
    wrong = with_subtotals(usual(), [{"tax": D("4.38")}, {}])
    on = dict.fromkeys(("vat", "with_vat", "due"), "0.01")
    assert said_of(with_totals_off(wrong, **on)) == "BT-117"


def test_an_allowance_without_a_reason_belongs_to_one_of_the_exempt_subtotals() -> None:
    invoice = samples.invoice(
        lines=(line("1", "5", EXEMPT), line("1", "5", Vat.exempt("M01"))),
        allowance_charges=(change("1", BARE),),
    )
    five = {"taxable": D(5)}
    assert not agree(invoice)
    assert said_of(invoice) == ""
    assert said_of(with_subtotals(invoice, [five, five])) == "BT-116"


@pytest.mark.parametrize(
    ("quantity", "price", "more", "net", "said"),
    [
        ("2", "10", {}, "20.00", ""),
        ("2", "10", {}, "20.01", "BT-131"),
        ("2", "10", {"allowance_charges": (change("1"),)}, "20.00", "BT-131"),
        ("2", "10", {"allowance_charges": (change("1"),)}, "19.00", ""),
        ("2", "10", {"allowance_charges": (change("1", charge=True),)}, "21.00", ""),
        ("20", "1", {"base_quantity": D(3)}, "20.00", "BT-131"),
        ("20", "1", {"base_quantity": D(3)}, "6.67", ""),
        ("20", "1", {"base_quantity": D(3)}, "6.6667", ""),
        ("20", "1", {"base_quantity": D(3)}, "6.6700", "BT-131"),
        ("2", "10", {"base_quantity": D(0)}, "20.00", ""),
        ("3", "0.335", {}, "1.005", ""),
        ("3", "0.335", {}, "1.01", ""),
        ("3", "0.335", {}, "1.00", "BT-131"),
    ],
)
def test_a_net_amount_is_compared_with_the_decimals_it_has(
    quantity: str, price: str, more: dict[str, Any], net: str, said: str
) -> None:
    one = line(quantity, price, net_amount=D(net), **more)
    assert said_of(samples.invoice(lines=(one,))) == said


def usual() -> Invoice:
    invoice = samples.invoice(
        lines=(line("2", "10"), line("1", "5", EXEMPT)),
        allowance_charges=(change("3", NOR), change("2", NOR, charge=True)),
    )
    assert agree(invoice)
    return invoice


def said_of(invoice: Invoice) -> str:
    said = " ".join(each.bt for each in disagreeing(invoice))
    assert not (said and agree(invoice))
    return said


def with_totals_off(invoice: Invoice, **differences: str) -> Invoice:
    totals = invoice.totals
    assert totals is not None
    for name, off in differences.items():
        totals = replace(totals, **{name: getattr(totals, name) + D(off)})
    return replace(invoice, totals=totals)


def with_subtotals(invoice: Invoice, changes: list[dict[str, Any]]) -> Invoice:
    """Return an invoice with as many subtotals as there are changes to them."""
    totals = invoice.totals
    assert totals is not None
    first, second = totals.vat_breakdown
    subtotals = [
        replace(entry, **changed)
        for entry, changed in zip((first, second, second), changes, strict=False)
    ]
    return replace(invoice, totals=replace(totals, vat_breakdown=tuple(subtotals)))
