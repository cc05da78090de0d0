# SPDX-License-Identifier: MIT
"""References, dates and line numbers: cut, circular, in the wrong order, twice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cius_pt.rules.own.remark import Remark, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.model import Invoice

_SHORT = 20
_OF_20 = (
    "contract_reference",
    "order_reference",
    "sales_order_reference",
    "receiving_advice_reference",
    "despatch_advice_reference",
    "framework_agreement",
)


def found(invoice: Invoice) -> Iterator[Remark]:
    """Yield what is wrong with references, dates and line numbers."""
    yield from _cut(invoice)
    for index, earlier in enumerate(invoice.preceding_invoices):
        path = f"preceding_invoices[{index}]"
        if earlier.number == invoice.number:
            place, said = f"{path}.number", shown(earlier.number)
            yield Remark(rule="CP-REF-03", path=place, detail=said)
        if earlier.issue_date is not None and earlier.issue_date > invoice.issue_date:
            said = f"{earlier.issue_date} > {invoice.issue_date}"
            yield Remark(rule="CP-DATE-02", path=f"{path}.issue_date", detail=said)
    if invoice.due_date is not None and invoice.due_date < invoice.issue_date:
        said = f"{invoice.due_date} < {invoice.issue_date}"
        yield Remark(rule="CP-DATE-01", path="due_date", detail=said)
    yield from _repeated(invoice)


def _repeated(invoice: Invoice) -> Iterator[Remark]:
    """Yield the second line of each number that several have."""
    numbers = [line.id for line in invoice.lines]
    if len(set(numbers)) == len(numbers):
        return
    seen = Counter[str]()
    for index, number in enumerate(numbers):
        seen[number] += 1
        if seen[number] == 2:  # noqa: PLR2004 - once for each number
            path = f"lines[{index}].id"
            yield Remark(rule="CP-LINE-01", path=path, detail=shown(number))


def _cut(invoice: Invoice) -> Iterator[Remark]:
    longer = tuple(_whole(invoice))
    for name in _OF_20:
        value = getattr(invoice, name)
        if value is None or len(value) != _SHORT:
            continue
        whole = [t for t in longer if t.startswith(value) and len(t) > _SHORT]
        if whole:
            said = f"{shown(value)} – {shown(whole[0])}"
            yield Remark(rule="CP-REF-01", path=name, detail=said)
        else:
            yield Remark(rule="CP-REF-02", path=name, detail=shown(value))


def _whole(invoice: Invoice) -> Iterator[str]:
    """Yield the texts in which programs repeat a reference that did not fit."""
    for item in invoice.additional_properties:
        yield item.value
    for text in (*invoice.notes, *invoice.payment_terms):
        yield from text.split()
        yield text
    for value in (invoice.buyer_reference, invoice.project_reference):
        yield value or ""
    for line in invoice.lines:
        for attribute in line.attributes:
            yield attribute.value
