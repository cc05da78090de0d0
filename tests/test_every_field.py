from __future__ import annotations

from dataclasses import is_dataclass
from typing import Any

import cius_pt
from cius_pt.model import Payment
from cius_pt.model.types import field_types
from tests import every_field

# CIUS-PT refuses free remittance texts, so a legal document cannot set it; the orders
# only remember how a document was arranged.
NEVER = {
    (Payment, "remittance"),
    ("note_order",),
    ("document_order",),
    ("property_order",),
}


def values(value: Any) -> set[tuple[type, str]]:
    """Return every (class, field) that is set somewhere below `value`."""
    found: set[tuple[type, str]] = set()
    if isinstance(value, tuple):
        return found.union(*(values(item) for item in value))
    if is_dataclass(value):
        for field in field_types(type(value)):
            given = getattr(value, field.name)
            if given not in (None, ()):
                found.add((type(value), field.name))
            found |= values(given)
    return found


def fields_of(model: type) -> set[tuple[type, str]]:
    """Return every (class, field) that can be set below `model`."""
    found: set[tuple[type, str]] = set()
    for field in field_types(model):
        found.add((model, field.name))
        if is_dataclass(field.kind):
            found |= fields_of(field.kind)
    return found


def test_the_script_sets_every_field_of_the_model() -> None:
    seen = values(every_field.INVOICE) | values(every_field.CREDIT_NOTE)

    missing = {
        (model, name)
        for model, name in fields_of(cius_pt.Invoice) - seen
        if (name,) not in NEVER and (model, name) not in NEVER
    }
    # An attachment with a type code would be a second object identifier (UBL-SR-04).
    assert {(m.__name__, n) for m, n in missing} == {("Attachment", "type_code")}


def test_the_sums_of_the_script_are_right() -> None:
    assert all(s.agrees for s in cius_pt.explain_totals(every_field.INVOICE))


def test_the_documents_are_written_and_read_back() -> None:
    for invoice in (every_field.INVOICE, every_field.CREDIT_NOTE):
        done = cius_pt.with_totals(invoice)

        reading = cius_pt.read(cius_pt.write(done))

        assert reading.invoice == done
        assert reading.unread == ()
        assert reading.findings == ()


def test_the_documents_have_no_finding(each_rules: str) -> None:
    for invoice in (every_field.INVOICE, every_field.CREDIT_NOTE):
        data = cius_pt.write(cius_pt.with_totals(invoice))

        report = cius_pt.check(data, rules=each_rules)

        assert [(f.rule, f.location.xpath) for f in report.findings] == []
        assert report.conforms
