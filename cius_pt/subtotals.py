# SPDX-License-Identifier: MIT
"""The VAT subtotals of an invoice (BG-23): what belongs together, and what it gives."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cius_pt.model import Vat, VatBreakdown
from cius_pt.money import ZERO, cents, percentage, total
from cius_pt.pricing import line_amount, signed
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from cius_pt.model import Invoice

# The categories whose subtotals the format compares with the lines of all of them
# together (DT-CIUS-PT-171, 173, 175): two of them at one rate can only be one subtotal.
_FAMILIES = {
    "S": "S",
    "NOR": "S",
    "AA": "AA",
    "RED": "AA",
    "INT": "AA",
    "E": "E",
    "ISE": "E",
}
# The families that are taxed and have no reason why not: of their amounts it is always
# clear which subtotal they belong to.
CHARGED = frozenset({"S", "AA"})

_Key = tuple[str, Decimal, str, tuple[str | None, str | None] | None]


@dataclass(slots=True)
class Group:
    """A subtotal in the making."""

    vat: Vat
    taxable: list[tuple[str, Decimal]]


def vat_key(vat: Vat | VatBreakdown) -> _Key:
    """Return what the amounts of one VAT subtotal have in common."""
    family = _FAMILIES.get(vat.category, vat.category)
    code, text = vat.exemption_code, vat.exemption_reason
    reason = (code, None) if code else (None, text) if text else None
    if family in CHARGED:
        reason = None
    return family, vat.rate or ZERO, vat.scheme, reason


def groups_of(invoice: Invoice) -> list[Group]:
    """Return lines, allowances and charges by category, rate, tax and exemption."""
    groups: dict[_Key, Group] = {}
    for index, line in enumerate(invoice.lines):
        path = f"lines[{index}].net_amount"
        amount = line_amount(line)
        key = vat_key(line.vat)
        if key not in groups:
            groups[key] = Group(line.vat, [])
        groups[key].taxable.append((path, amount))
    for vat, path, amount in _document_amounts(invoice):
        key = vat_key(vat)
        if key not in groups:
            key = _without_reason(key, groups)
        group = groups.setdefault(key, Group(vat, []))
        group.taxable.append((path, amount))
    return list(groups.values())


def _document_amounts(invoice: Invoice) -> list[tuple[Vat, str, Decimal]]:
    """Return VAT, path and amount of each allowance and charge, unreasoned ones last.

    One that says why it is exempt makes a group that one that does not may belong to,
    whichever of them comes first. One without VAT belongs to none.
    """
    amounts = []
    for index, (path, amount) in enumerate(signed(invoice.allowance_charges)):
        vat = invoice.allowance_charges[index].vat
        if vat is None:
            continue
        amounts.append((vat, path, amount))
    return sorted(amounts, key=lambda item: vat_key(item[0])[3] is None)


def _without_reason(key: _Key, groups: dict[_Key, Group]) -> _Key:
    """Return the group that an exempt amount without a reason belongs to.

    UBL has no place for the reason in an allowance, so one that was read says none.
    """
    if key[3] is not None:
        return key
    return next((known for known in groups if known[:3] == key[:3]), key)


def taxable_of(group: Group) -> Decimal:
    """Return BT-116 of the group, to the cent."""
    return cents(total(amount for _, amount in group.taxable))


def breakdown(group: Group) -> VatBreakdown:
    """Return the subtotal of the group, BT-117 to the cent."""
    taxable = taxable_of(group)
    rate = group.vat.rate or ZERO
    return VatBreakdown(
        category=group.vat.category,
        rate=rate,
        taxable=taxable,
        tax=cents(percentage(taxable, rate)),
        exemption_code=group.vat.exemption_code,
        exemption_reason=group.vat.exemption_reason,
        scheme=group.vat.scheme,
    )
