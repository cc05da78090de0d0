# SPDX-License-Identifier: MIT
"""What holds for every document the strategies draw."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt import schema, xmlio
from cius_pt.arithmetic import explain_totals
from cius_pt.errors import InvalidValue
from cius_pt.findings import Outcome
from cius_pt.model.json import dumps, invoice_from, loads
from cius_pt.schematron import engine
from cius_pt.testing.strategies import credit_notes, invoices
from cius_pt.totals import with_totals
from cius_pt.ubl.read import read
from cius_pt.ubl.write import write
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from pathlib import Path

    from cius_pt.model import AllowanceCharge, Invoice, Vat

DOCUMENTS = invoices() | credit_notes()
ANY = DOCUMENTS | invoices(stated_totals=True) | credit_notes(stated_totals=True)


@DRAWN
@given(ANY)
def test_reading_what_was_written_gives_the_same_invoice(invoice: Invoice) -> None:
    reading = read(write(invoice))
    assert reading.unread == ()
    assert reading.findings == ()
    assert reading.invoice == invoice


@DRAWN
@given(ANY)
def test_writing_what_was_read_gives_the_same_bytes(invoice: Invoice) -> None:
    document = write(invoice)
    assert write(read(document).invoice) == document


@DRAWN
@given(ANY)
def test_json_keeps_everything(invoice: Invoice) -> None:
    again = invoice_from(loads(dumps(invoice)))
    assert again == invoice
    assert write(again) == write(invoice)
    assert dumps(again) == dumps(invoice)


@DRAWN
@given(ANY)
def test_every_document_is_valid_ubl(invoice: Invoice) -> None:
    check = schema.check(xmlio.parse(write(invoice)))
    assert check.findings == ()
    assert check.outcome is Outcome.PASSED


@pytest.fixture(scope="module")
def rules(shared: Path) -> engine.Rules:
    (entry,) = (shared / "espap" / "2.1.2").glob("*.sch")
    return engine.load(entry, "espap-2.1.2")


@DRAWN
@given(ANY)
def test_the_published_rules_have_nothing_to_say(
    rules: engine.Rules, invoice: Invoice
) -> None:
    run = rules.run(write(invoice))
    assert run.error is None
    assert run.complete
    assert run.hits == ()


@DRAWN
@given(DOCUMENTS)
def test_computed_totals_explain_themselves(invoice: Invoice) -> None:
    wrong = [entry for entry in explain_totals(invoice) if not entry.agrees]
    assert wrong == []


Group = tuple[str, Decimal, str, object]
FAMILIES = {"NOR": "S", "RED": "AA", "INT": "AA", "ISE": "E"}


def to_cents(exact: Fraction) -> Decimal:
    """Round half away from zero, by other means than the code does."""
    whole = math.floor(abs(exact) * 100 + Fraction(1, 2))
    return Decimal(whole if exact >= 0 else -whole).scaleb(-2)


@DRAWN
@given(DOCUMENTS)
def test_totals_are_what_fractions_say(invoice: Invoice) -> None:
    bare = replace(
        invoice,
        totals=None,
        lines=tuple(replace(line, net_amount=None) for line in invoice.lines),
        allowance_charges=tuple(
            item
            for item in invoice.allowance_charges
            if item.vat is not None and FAMILIES.get(item.vat.category, "S") != "E"
        ),
    )
    taxable: defaultdict[tuple[str, Decimal, str, object], Fraction] = defaultdict(
        Fraction
    )
    lines = Fraction()
    for line in bare.lines:
        base = Fraction(line.base_quantity or 1)
        worth = to_cents(Fraction(line.quantity) * Fraction(line.net_price) / base)
        net = Fraction(worth) + changes_of(line.allowance_charges)
        lines += net
        taxable[group_of(line.vat)] += net
    reasoned = {key[:3] for key in taxable if key[3] != (None, None)}
    for item in bare.allowance_charges:
        assert item.vat is not None
        key = group_of(item.vat)
        if key[:3] in reasoned:
            return  # it joins a subtotal with a reason; which one is ours to say
        taxable[key] += changes_of((item,))
    without = lines + changes_of(bare.allowance_charges)
    vat = sum(
        (
            to_cents(sum_ * Fraction(rate) / 100)
            for (_, rate, *_), sum_ in taxable.items()
        ),
        Decimal(),
    )
    totals = with_totals(bare).totals
    assert totals is not None
    assert totals.lines == to_cents(lines)
    assert totals.without_vat == to_cents(without)
    assert totals.vat == vat
    assert totals.with_vat == to_cents(without) + vat
    assert sorted(entry.taxable for entry in totals.vat_breakdown) == sorted(
        to_cents(sum_) for sum_ in taxable.values()
    )


def changes_of(items: tuple[AllowanceCharge, ...]) -> Fraction:
    return sum(
        (Fraction(item.amount) * (1 if item.charge else -1) for item in items),
        Fraction(),
    )


def group_of(vat: Vat) -> Group:
    family = FAMILIES.get(vat.category, vat.category)
    reason = (vat.exemption_code, None if vat.exemption_code else vat.exemption_reason)
    return family, vat.rate or Decimal(), vat.scheme, reason


@DRAWN
@given(ANY)
def test_totals_that_are_there_stay(invoice: Invoice) -> None:
    assert with_totals(invoice) == invoice


@DRAWN
@given(invoices(stated_totals=True))
def test_stated_totals_that_differ_are_shown(invoice: Invoice) -> None:
    computed = with_totals(replace(invoice, totals=None)).totals
    assert computed is not None
    assert invoice.totals is not None
    wrong = {entry.bt for entry in explain_totals(invoice) if not entry.agrees}
    assert ("BT-117" in wrong) == (computed.vat != invoice.totals.vat)


@DRAWN
@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_no_total(invoice: Invoice, random: Any) -> None:
    lines, changes = list(invoice.lines), list(invoice.allowance_charges)
    random.shuffle(lines)
    random.shuffle(changes)
    shuffled = replace(
        invoice, lines=tuple(lines), allowance_charges=tuple(changes), totals=None
    )
    ours, theirs = with_totals(replace(invoice, totals=None)), with_totals(shuffled)
    assert ours.totals is not None
    assert theirs.totals is not None
    for name in ("lines", "allowances", "charges", "without_vat"):
        assert getattr(ours.totals, name) == getattr(theirs.totals, name)
    unreasoned = any(
        item.vat is not None and item.vat.category in {"E", "ISE"}
        for item in invoice.allowance_charges
    )
    if not unreasoned:  # such an amount joins the first exempt subtotal there is
        assert ours.totals.vat == theirs.totals.vat
        assert sorted(entry.taxable for entry in ours.totals.vat_breakdown) == sorted(
            entry.taxable for entry in theirs.totals.vat_breakdown
        )


@DRAWN
@given(DOCUMENTS, st.data())
def test_a_float_is_refused_wherever_it_stands(
    invoice: Invoice, data: st.DataObject
) -> None:
    holder = data.draw(st.sampled_from(list(objects(invoice))))
    name = data.draw(st.sampled_from([field.name for field in fields(holder)]))
    with pytest.raises(InvalidValue) as refused:
        replace(holder, **{name: data.draw(st.floats())})
    assert refused.value.path == name


def objects(value: Any) -> list[Any]:
    """Return every model object at and below `value`."""
    if isinstance(value, tuple):
        return [found for item in value for found in objects(item)]
    if not is_dataclass(value):
        return []
    below = [objects(getattr(value, field.name)) for field in fields(value)]
    return [value, *(found for group in below for found in group)]
