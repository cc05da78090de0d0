# SPDX-License-Identifier: MIT
"""The arithmetic, against cents that were worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cius_pt.arithmetic import explain_totals
from cius_pt.errors import InvalidValue
from cius_pt.model import Line, Totals, Vat
from cius_pt.totals import with_totals
from tests import samples
from tests.adding import BARE, EXEMPT, NOR, D, change, disagreeing, line


def added_up(*lines: Line, **changes: Any) -> Totals:
    totals = samples.invoice(lines=lines, **changes).totals
    assert totals is not None
    return totals


def net(one: Line) -> str:
    return str(with_totals(samples.invoice(lines=(one,))).lines[0].net_amount)


@pytest.mark.parametrize(
    ("quantity", "price", "more", "wanted"),
    [
        ("2", "10", {}, "20.00"),
        ("3", "0.335", {}, "1.01"),  # 1.005
        ("-3", "0.335", {}, "-1.01"),
        ("1.5", "0.00333333", {}, "0.00"),
        ("1.5", "0.00333334", {}, "0.01"),  # 0.00500001
        ("10", "100", {"base_quantity": D(3)}, "333.33"),
        ("20", "100", {"base_quantity": D(3)}, "666.67"),
        ("1", "1", {"base_quantity": D(8)}, "0.13"),  # 0.125
        ("2", "10", {"allowance_charges": (change("3.50"),)}, "16.50"),
        ("2", "10", {"allowance_charges": (change("3.50", charge=True),)}, "23.50"),
        ("0", "10", {"allowance_charges": (change("0.01"),)}, "-0.01"),
        ("1E+3", "1E-2", {}, "10.00"),
    ],
)
def test_a_line_is_quantity_times_price_and_its_changes(
    quantity: str, price: str, more: dict[str, Any], wanted: str
) -> None:
    assert net(line(quantity, price, **more)) == wanted


def test_a_net_amount_that_is_stated_stays() -> None:
    stated = line("3", "0.33333333", net_amount=D("0.99999999"))
    totals = added_up(stated, stated)
    assert (totals.lines, totals.vat_breakdown[0].taxable) == (D("2.00"), D("2.00"))
    assert with_totals(samples.invoice(lines=(stated,))).lines == (stated,)


def test_a_document_adds_up_to_the_cent() -> None:
    totals = added_up(
        line("3", "33.335"),  # 100.005 -> 100.01
        line("1", "10.11", Vat.reduced(6)),
        line("1", "5", EXEMPT),
        allowance_charges=(
            change("10", NOR),
            change("1.11", Vat.reduced(6), charge=True),
        ),
        prepaid=D("20"),
        rounding=D("0.02"),
    )
    assert totals.lines == D("115.12")
    assert totals.allowances == D("10.00")
    assert totals.charges == D("1.11")
    assert totals.without_vat == D("106.23")
    assert [(x.category, x.taxable, x.tax) for x in totals.vat_breakdown] == [
        ("NOR", D("90.01"), D("20.70")),  # 20.7023
        ("RED", D("11.22"), D("0.67")),  # 0.6732
        ("ISE", D("5.00"), D("0.00")),
    ]
    assert totals.vat == D("21.37")
    assert totals.with_vat == D("127.60")
    assert totals.due == D("107.62")


def test_tax_is_rounded_half_away_from_zero_per_subtotal() -> None:
    assert added_up(line("1", "0.50", Vat.normal(23))).vat == D("0.12")  # 0.115
    assert added_up(line("-1", "0.50", Vat.normal(23))).vat == D("-0.12")
    # Per subtotal, not per line: 3 × 0.0345 would be 3 × 0.03.
    assert added_up(*(line("1", "0.15"),) * 3).vat == D("0.10")


def test_codes_of_one_family_at_one_rate_are_one_subtotal() -> None:
    (entry,) = added_up(
        line("1", "1", Vat(category="S", rate=D("23.00"))), line("1", "2", NOR)
    ).vat_breakdown
    assert (entry.category, entry.taxable) == ("S", D("3.00"))
    (entry,) = added_up(
        line("1", "1", Vat.reduced(6)),
        line("1", "2", Vat(category="AA", rate=D(6))),
        line("1", "3", Vat.intermediate(6)),
    ).vat_breakdown
    assert (entry.category, entry.taxable) == ("RED", D("6.00"))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (NOR, Vat.normal(22)),
        (NOR, Vat.reduced(23)),
        (EXEMPT, Vat.exempt("M10")),
        (EXEMPT, Vat(category="ISE", rate=D(0), exemption_reason="M07")),
        (
            Vat(category="E", rate=D(0), exemption_reason="a"),
            Vat(category="E", rate=D(0), exemption_reason="b"),
        ),
        (Vat(category="NA", scheme="BOL"), Vat(category="NA")),
        (Vat(category="AE"), Vat(category="Z")),
    ],
)
def test_what_differs_in_rate_tax_or_reason_is_two_subtotals(
    first: Vat, second: Vat
) -> None:
    assert (
        len(added_up(line("1", "1", first), line("1", "1", second)).vat_breakdown) == 2
    )


def test_the_reason_of_an_exempt_amount_moves_into_the_breakdown() -> None:
    invoice = samples.invoice(
        lines=(line("1", "10"), line("1", "5", EXEMPT)),
        allowance_charges=(change("1", EXEMPT), change("2", Vat.exempt("M10", "b"))),
    )
    assert [x.vat for x in invoice.allowance_charges] == [BARE, BARE]
    assert invoice.totals is not None
    assert [
        (x.exemption_code, x.exemption_reason, x.taxable)
        for x in invoice.totals.vat_breakdown[1:]
    ] == [("M07", None, D("4.00")), ("M10", "b", D("-2.00"))]
    assert disagreeing(invoice) == []


@pytest.mark.parametrize("category", ["ISE", "AE", "Z"])
def test_an_amount_without_reason_is_explained_with_all_it_could_belong_to(
    category: str,
) -> None:
    """What stands in a document: the reason is in the breakdown only."""
    one = Vat(category=category, rate=D(0), exemption_code="M01")
    two = replace(one, exemption_code="M02")
    invoice = samples.invoice(
        lines=(line("1", "10", one), line("1", "10", two)),
        allowance_charges=(change("1", two), change("3", one, charge=True)),
    )
    assert all(
        x.vat is not None and x.vat.exemption_code is None
        for x in invoice.allowance_charges
    )
    assert disagreeing(invoice) == []
    assert invoice.totals is not None
    wrong = replace(invoice.totals.vat_breakdown[0], taxable=D("12.99"))
    entries = (wrong, *invoice.totals.vat_breakdown[1:])
    totals = replace(invoice.totals, vat_breakdown=entries)
    (found,) = disagreeing(replace(invoice, totals=totals))
    assert (found.bt, found.path) == ("BT-116", "totals.vat_breakdown.taxable")
    assert (found.stated, found.computed) == (D("21.99"), D("22.00"))


def test_subtotals_that_round_one_by_one_are_explained() -> None:
    first = line("1", "1", EXEMPT, net_amount=D("1782.316"))
    second = line("1", "1", Vat.exempt("M10"), net_amount=D("50083.366386"))
    invoice = samples.invoice(
        lines=(first, second), allowance_charges=(change("41.40", EXEMPT),)
    )
    (together,) = [
        entry
        for entry in explain_totals(invoice)
        if entry.path == "totals.vat_breakdown.taxable"
    ]
    assert together.parts[-1] == ("rounding of 2 subtotals", D("0.007614"))
    assert together.computed == D("51824.29")  # 1740.92 + 50083.37
    assert together.agrees
    assert invoice.totals is not None
    entry, *others = invoice.totals.vat_breakdown
    wrong = replace(entry, taxable=entry.taxable + D("0.01"))
    totals = replace(invoice.totals, vat_breakdown=(wrong, *others))
    found = [x.stated for x in disagreeing(replace(invoice, totals=totals))]
    assert D("51824.30") in found


def test_an_amount_without_reason_joins_one_that_has_it_in_any_order() -> None:
    bare, reasoned = change("1", BARE), change("2", EXEMPT)
    for items in ((bare, reasoned), (reasoned, bare)):
        (_, entry) = added_up(line("1", "10"), allowance_charges=items).vat_breakdown
        assert (entry.exemption_code, entry.taxable) == ("M07", D("-3.00"))


def test_an_amount_of_a_category_no_line_has_is_a_subtotal_of_its_own() -> None:
    first, second = added_up(
        line("1", "10"), allowance_charges=(change("1", Vat.reduced(6)),)
    ).vat_breakdown
    assert (first.taxable, second.taxable, second.tax) == (D(10), D(-1), D("-0.06"))


def test_what_is_paid_in_full_leaves_nothing_due() -> None:
    invoice = with_totals(
        replace(samples.invoice(), totals=None, rounding=D("-0.60")), fully_paid=True
    )
    assert invoice.prepaid == D("24.00")
    assert invoice.totals is not None
    assert str(invoice.totals.due) == "0.00"
    assert disagreeing(invoice) == []


def test_stated_totals_are_law() -> None:
    invoice = samples.invoice()
    assert invoice.totals is not None
    stated = replace(invoice, totals=replace(invoice.totals, vat=D("4.61")))
    assert with_totals(stated) == stated
    assert with_totals(stated, fully_paid=True) == stated
    assert [(x.bt, x.stated, x.computed) for x in disagreeing(stated)] == [
        ("BT-110", D("4.61"), D("4.60")),
        ("BT-112", D("24.60"), D("24.61")),
    ]


@pytest.mark.parametrize(("stated", "agrees"), [("9.00", False), ("9.01", True)])
def test_a_single_subtotal_has_not_lost_half_a_cent(stated: str, agrees: bool) -> None:
    invoice = samples.invoice(
        lines=(line("1", "10.005", EXEMPT, net_amount=D("10.005")),),
        allowance_charges=(change("1.00", BARE),),
    )
    assert invoice.totals is not None
    (subtotal,) = invoice.totals.vat_breakdown
    breakdown = (replace(subtotal, taxable=D(stated)),)
    changed = replace(invoice, totals=replace(invoice.totals, vat_breakdown=breakdown))
    found = [entry.bt for entry in disagreeing(changed)]
    assert ("BT-116" not in found) is agrees


def test_every_sum_names_its_parts() -> None:
    invoice = samples.invoice(
        lines=(line("2", "10", allowance_charges=(change("1"),)),),
        allowance_charges=(change("3", NOR), change("4", NOR, charge=True)),
        prepaid=D(5),
    )
    sums = {entry.path: entry for entry in explain_totals(invoice)}
    assert sums["lines[0].net_amount"].parts == (
        ("lines[0].quantity × net_price", D("20.00")),
        ("lines[0].allowance_charges[0].amount", D(-1)),
    )
    assert sums["totals.vat_breakdown[0].taxable"].parts == (
        ("lines[0].net_amount", D("19.00")),
        ("allowance_charges[0].amount", D(-3)),
        ("allowance_charges[1].amount", D(4)),
    )
    assert sums["totals.allowances"].parts == (("allowance_charges[0].amount", D(3)),)
    assert sums["totals.charges"].parts == (("allowance_charges[1].amount", D(4)),)
    assert sums["totals.vat_breakdown[0].tax"].parts == (
        ("totals.vat_breakdown[0].taxable × 23 %", D("4.60")),
    )
    assert sums["totals.lines"].parts == (("lines[0].net_amount", D("19.00")),)
    assert sums["totals.without_vat"].parts == (
        ("totals.lines", D("19.00")),
        ("totals.charges", D("4.00")),
        ("totals.allowances", D("-3.00")),
    )
    assert sums["totals.vat"].parts == (("totals.vat_breakdown[0].tax", D("4.60")),)
    assert sums["totals.with_vat"].parts == (
        ("totals.without_vat", D("20.00")),
        ("totals.vat", D("4.60")),
    )
    assert sums["totals.due"].parts == (
        ("totals.with_vat", D("24.60")),
        ("prepaid", D(-5)),
        ("rounding", D(0)),
    )
    assert [entry.bt for entry in sums.values()] == [
        "BT-131",
        "BT-116",
        "BT-117",
        "BT-106",
        "BT-107",
        "BT-108",
        "BT-109",
        "BT-110",
        "BT-112",
        "BT-115",
    ]


def test_a_line_is_compared_with_as_many_decimals_as_it_states() -> None:
    for stated in ("0.33333333", "0.33", "0.3"):
        lines = (line("1", "0.33333333", net_amount=D(stated)),)
        first, *_ = explain_totals(samples.invoice(lines=lines))
        shown = max(2, len(stated) - 2)
        assert (first.bt, first.stated) == ("BT-131", D(stated))
        assert str(first.computed) == f"{D('0.33333333'):.{shown}f}"
    unstated, *_ = explain_totals(replace(samples.invoice(), lines=(line("1", "3"),)))
    assert (unstated.stated, str(unstated.computed)) == (None, "3.00")
    changed = line("2", "10", allowance_charges=(change("1"),))
    first, *_ = explain_totals(samples.invoice(lines=(changed,)))
    assert str(first.computed) == "19.00"


def test_a_wrong_line_is_taken_as_it_is_in_the_sum_of_the_lines() -> None:
    wrong = samples.invoice(lines=(line("2", "10", net_amount=D("19.99")),))
    sums = {entry.path: entry for entry in explain_totals(wrong)}
    assert sums["totals.lines"].parts == (("lines[0].net_amount", D("19.99")),)
    assert not sums["lines[0].net_amount"].agrees


def test_a_reason_makes_a_subtotal_of_its_own_only_where_nothing_is_charged() -> None:
    said = [replace(NOR, exemption_reason=text) for text in ("x", "y")]
    for category in ("S", "NOR", "AA", "RED", "INT"):
        lines = tuple(
            line("1", "1", replace(vat, category=category), id=str(number))
            for number, vat in enumerate(said)
        )
        assert len(added_up(*lines).vat_breakdown) == 1, category
    lines = tuple(
        line("1", "1", replace(BARE, exemption_reason=text), id=text) for text in "xy"
    )
    assert len(added_up(*lines).vat_breakdown) == 2


def test_an_exemption_moves_only_into_a_subtotal_that_has_it() -> None:
    changes = (change("1"), change("2", EXEMPT), change("3", NOR))
    stated = replace(samples.invoice(), allowance_charges=changes)
    assert with_totals(stated) == stated
    sums = {entry.path: entry for entry in explain_totals(stated)}
    assert sums["totals.vat_breakdown[0].taxable"].parts[1:] == (
        ("allowance_charges[2].amount", D(-3)),
    )


def test_amounts_that_say_no_reason_are_kept_apart_by_category() -> None:
    other = replace(BARE, category="AE")
    changes = tuple(change("1", vat, charge=True) for vat in (BARE, other))
    found = added_up(line("1", "1"), allowance_charges=changes).vat_breakdown
    assert [entry.category for entry in found] == ["NOR", "ISE", "AE"]


def test_a_subtotal_nobody_states_is_shown_without_a_number() -> None:
    invoice = samples.invoice()
    assert invoice.totals is not None
    bare = replace(invoice, totals=replace(invoice.totals, vat_breakdown=()))
    found = [x.path for x in explain_totals(bare) if x.bt in {"BT-116", "BT-117"}]
    assert found == ["totals.vat_breakdown.taxable", "totals.vat_breakdown.tax"]


def test_a_subtotal_that_nothing_belongs_to_adds_up_to_nothing() -> None:
    invoice = samples.invoice()
    assert invoice.totals is not None
    (entry,) = invoice.totals.vat_breakdown
    stray = replace(entry, rate=D(6))
    totals = replace(invoice.totals, vat_breakdown=(entry, stray))
    wrong = disagreeing(replace(invoice, totals=totals))
    assert ("totals.vat_breakdown[1].taxable", D("0.00")) in {
        (x.path, x.computed) for x in wrong
    }


def test_what_is_not_stated_agrees_with_anything() -> None:
    bare = replace(samples.invoice(), totals=None, lines=(samples.line(),))
    assert [x for x in explain_totals(bare) if x.stated is not None] == []
    assert disagreeing(bare) == []
    assert explain_totals(bare)[-1].computed == D("24.60")


def test_a_negative_amount_stays_what_it_is_called() -> None:
    invoice = samples.invoice(allowance_charges=(change("-1", NOR),))
    assert invoice.totals is not None
    assert (invoice.totals.allowances, invoice.totals.charges) == (D(-1), None)
    assert disagreeing(invoice) == []


def test_a_price_for_zero_pieces_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"lines\[0\]\.base_quantity: BT-149"):
        added_up(line("1", "1", base_quantity=D("0.000")))


def test_whatever_a_document_states_is_explained() -> None:
    """A document may be wrong in any way the model can hold."""
    invoice = samples.invoice(allowance_charges=(change("1", NOR),))
    wrong = replace(
        invoice,
        lines=(replace(invoice.lines[0], base_quantity=D(0)),),
        allowance_charges=(change("1"),),
    )
    assert [(x.bt, x.stated, x.computed) for x in disagreeing(wrong)] == [
        ("BT-116", D("19.00"), D("20.00"))
    ]


def test_an_amount_of_the_document_needs_its_vat() -> None:
    with pytest.raises(
        InvalidValue, match=r"allowance_charges\[0\]\.vat: BT-95, BT-102: mandatory"
    ):
        added_up(line("1", "1"), allowance_charges=(change("1"),))


def test_numbers_too_large_for_any_total_are_refused_and_never_crash() -> None:
    most, least = D("9" * 20), D("1E-20")
    one = samples.line(quantity=most, net_price=most, base_quantity=least)
    with pytest.raises(InvalidValue, match=r"net_amount: .* more than 20 digits"):
        samples.invoice(lines=(one,))
    invoice = samples.invoice(lines=(samples.line(net_amount=most),) * 2, totals=None)
    with pytest.raises(InvalidValue, match=r"taxable: .* more than 20 digits"):
        with_totals(invoice)
    stated = replace(invoice, totals=samples.invoice().totals)
    assert D(2) * most in {entry.computed for entry in explain_totals(stated)}


def test_every_sum_of_the_breakdown_says_which_term_and_where() -> None:
    """Stated groups by their place, those that are not stated without one."""
    invoice = samples.invoice(
        lines=(line("1", "10"), line("1", "20", EXEMPT)),
        allowance_charges=(change("1", replace(EXEMPT, exemption_code=None)),),
    )
    totals = invoice.totals
    assert totals is not None
    strange = replace(totals.vat_breakdown[0], rate=D(6), taxable=D(5), tax=D("0.30"))
    entries = (*totals.vat_breakdown, strange)
    stated = replace(invoice, totals=replace(totals, vat_breakdown=entries))
    rows = [
        (x.bt, x.path, x.stated, x.computed)
        for x in explain_totals(stated)
        if "breakdown" in x.path
    ]
    exempt = [i for i, x in enumerate(entries) if x.category == EXEMPT.category]
    (normal,) = [i for i, x in enumerate(entries) if x.rate == 23]
    where = "totals.vat_breakdown"
    assert ("BT-116", f"{where}[{normal}].taxable", D("10.00"), D("10.00")) in rows
    assert ("BT-117", f"{where}[{normal}].tax", D("2.30"), D("2.30")) in rows
    # What no line and no allowance belongs to comes of nothing.
    assert ("BT-116", f"{where}[2].taxable", D(5), D("0.00")) in rows
    for index in exempt:
        entry = entries[index]
        assert ("BT-117", f"{where}[{index}].tax", entry.tax, D("0.00")) in rows
    bare = replace(invoice, totals=None)
    found = {x.bt for x in explain_totals(bare) if x.path == f"{where}.taxable"}
    assert found == {"BT-116"}


@pytest.mark.parametrize(
    ("amounts", "stated", "lost"),
    [
        # Two subtotals may lose half a cent each, no more: 0.005 + 0.005.
        (("1.005", "2.005"), ("1.01", "2.01"), ["0.010"]),
        (("1.005", "2.005"), ("1.02", "2.01"), []),
        (("1.00", "2.00"), ("1.01", "2.00"), []),
        (("1.004", "2.006"), ("1.00", "2.01"), []),
    ],
)
def test_only_what_rounding_explains_is_a_part_of_its_own(
    amounts: tuple[str, str], stated: tuple[str, str], lost: list[str]
) -> None:
    lines = tuple(
        line("1", "1", Vat.exempt(code), net_amount=D(amount))
        for code, amount in zip(("M01", "M10"), amounts, strict=True)
    )
    open_one = replace(EXEMPT, exemption_code=None)
    invoice = samples.invoice(
        lines=lines,
        allowance_charges=(
            change("1", open_one),
            change("1", open_one, charge=True),
        ),
    )
    totals = invoice.totals
    assert totals is not None
    entries = tuple(
        replace(entry, taxable=D(amount))
        for entry, amount in zip(totals.vat_breakdown[-2:], stated, strict=True)
    )
    changed = replace(invoice, totals=replace(totals, vat_breakdown=entries))
    (together,) = [
        x for x in explain_totals(changed) if x.path == "totals.vat_breakdown.taxable"
    ]
    found = [amount for name, amount in together.parts if name.startswith("rounding")]
    assert found == [D(amount) for amount in lost]
