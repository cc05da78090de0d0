"""What holds for every document the strategies draw."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt import schema, xmlio
from cius_pt.errors import InvalidValue
from cius_pt.findings import Outcome
from cius_pt.model.json import dumps, invoice_from, loads
from cius_pt.schematron import engine
from cius_pt.testing.strategies import credit_notes, invoices
from cius_pt.totals import explain_totals, with_totals
from cius_pt.ubl.read import read
from cius_pt.ubl.write import write
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from pathlib import Path

    from cius_pt.model import Invoice
    from cius_pt.totals import Sum

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


def to_the_cent(entry: Sum) -> bool:
    """Whether a sum agrees, a line that states more decimals within half a cent."""
    if entry.bt == "BT-131" and entry.stated is not None:
        return abs(entry.stated - entry.computed) <= Decimal("0.005")
    return entry.agrees


@DRAWN
@given(DOCUMENTS)
def test_computed_totals_explain_themselves(invoice: Invoice) -> None:
    wrong = [entry for entry in explain_totals(invoice) if not to_the_cent(entry)]
    assert wrong == []


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
    wrong = {entry.bt for entry in explain_totals(invoice) if not to_the_cent(entry)}
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
