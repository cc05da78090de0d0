# SPDX-License-Identifier: MIT
"""The arithmetic of an invoice: pure, exact, rounded half up to the cent.

Sums that are stated are law: `with_totals` fills in what is missing and changes
nothing that is there; `explain_totals` puts what is stated beside what it adds up to.
Formulas: DT-CIUS-PT-157 to 175 of CIUS-PT 2.1.2, without their tolerance of 1.00.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from cius_pt.errors import InvalidValue
from cius_pt.gross import net_of_vat
from cius_pt.model import AllowanceCharge, Invoice, Line, Totals, Vat, VatBreakdown
from cius_pt.money import ZERO, cents, percentage, product, quotient, total

if TYPE_CHECKING:
    from collections.abc import Iterable

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """How one total comes about.

    `bt` and `path`: which total. `stated`: what the invoice says, None where it says
    nothing. `computed`: what the parts give. `parts`: path and signed amount of each.
    """

    bt: str
    path: str
    stated: Decimal | None
    computed: Decimal
    parts: tuple[tuple[str, Decimal], ...]

    @property
    def agrees(self) -> bool:
        """Whether what is stated is exactly what the parts give."""
        return self.stated is None or self.stated == self.computed


def with_totals(
    invoice: Invoice, *, fully_paid: bool = False, prices_include_vat: bool = False
) -> Invoice:
    """Return `invoice` with every net amount and, if it states none, its totals.

    What is stated stays as it is. UBL has no place for the exemption of a document
    level allowance or charge: it moves into the VAT breakdown. With `fully_paid` the
    whole amount counts as paid before (BT-113), as on an invoice-receipt (FR), and
    nothing is due. With `prices_include_vat` all prices, allowances and charges of
    `invoice` are taken with VAT inside and are written without it, to the cent of the
    gross total (see `net_of_vat`). Raises `InvalidValue` when a price has the base
    quantity zero.
    """
    if prices_include_vat:
        invoice = net_of_vat(invoice)
    lines = tuple(_with_net_amount(line, i) for i, line in enumerate(invoice.lines))
    invoice = replace(invoice, lines=lines)
    totals = _totals(invoice) if invoice.totals is None else invoice.totals
    invoice = _with_exemptions_moved(invoice, totals)
    if invoice.totals is not None:
        return invoice
    if fully_paid:
        paid = total((totals.with_vat, invoice.rounding or ZERO))
        invoice = replace(invoice, prepaid=paid)
        totals = replace(totals, due=ZERO)
    return replace(invoice, totals=totals)


def explain_totals(invoice: Invoice) -> tuple[Sum, ...]:
    """Return each total of `invoice` with its arithmetic, lines first.

    Amounts that the lines, the breakdown and the other totals state are taken as they
    are, so that a wrong line shows as a wrong line and not in every sum above it.
    """
    return (
        *(line_sum(line, index) for index, line in enumerate(invoice.lines)),
        *_vat_sums(invoice),
        *_document_sums(invoice),
    )


def _with_net_amount(line: Line, index: int) -> Line:
    if line.net_amount is not None:
        return line
    return replace(line, net_amount=line_sum(line, index).computed)


def _with_exemptions_moved(invoice: Invoice, totals: Totals) -> Invoice:
    known = {vat_key(_vat_of(entry)) for entry in totals.vat_breakdown}
    return replace(
        invoice,
        allowance_charges=tuple(
            replace(
                item,
                vat=replace(item.vat, exemption_code=None, exemption_reason=None),
            )
            if item.vat is not None and vat_key(item.vat) in known
            else item
            for item in invoice.allowance_charges
        ),
    )


def line_sum(line: Line, index: int) -> Sum:
    """Return BT-131: quantity × price ÷ base quantity + charges − allowances."""
    path = f"lines[{index}]"
    if line.base_quantity is not None and not line.base_quantity:
        raise InvalidValue(
            "BT-149: a price for zero pieces has no amount",
            path=f"{path}.base_quantity",
        )
    worth = quotient(
        product(line.quantity, line.net_price), line.base_quantity or Decimal(1)
    )
    parts = (
        (f"{path}.quantity × net_price", cents(worth)),
        *_signed(line.allowance_charges, path),
    )
    return _sum("BT-131", f"{path}.net_amount", line.net_amount, parts)


def _signed(
    items: Iterable[AllowanceCharge], path: str = ""
) -> tuple[tuple[str, Decimal], ...]:
    dot = "." if path else ""
    return tuple(
        (
            f"{path}{dot}allowance_charges[{index}].amount",
            item.amount if item.charge else -item.amount,
        )
        for index, item in enumerate(items)
    )


def _sum(
    bt: str,
    path: str,
    stated: Decimal | None,
    parts: tuple[tuple[str, Decimal], ...],
) -> Sum:
    computed = cents(total(amount for _, amount in parts))
    return Sum(bt=bt, path=path, stated=stated, computed=computed, parts=parts)


_Key = tuple[str, Decimal, str, tuple[str | None, str | None] | None]


@dataclass(slots=True)
class _Group:
    """A subtotal in the making."""

    vat: Vat
    taxable: list[tuple[str, Decimal]]


def vat_key(vat: Vat) -> _Key:
    """Return what the amounts of one VAT subtotal have in common."""
    family = _FAMILIES.get(vat.category, vat.category)
    code, text = vat.exemption_code, vat.exemption_reason
    reason = (code, None) if code else (None, text) if text else None
    if family in {"S", "AA"}:
        reason = None
    return family, vat.rate or ZERO, vat.scheme, reason


def _groups(invoice: Invoice) -> list[_Group]:
    """Return lines, allowances and charges by category, rate, tax and exemption."""
    groups: dict[_Key, _Group] = {}
    for index, line in enumerate(invoice.lines):
        path = f"lines[{index}].net_amount"
        amount = (
            line_sum(line, index).computed
            if line.net_amount is None
            else line.net_amount
        )
        group = groups.setdefault(vat_key(line.vat), _Group(line.vat, []))
        group.taxable.append((path, amount))
    for vat, path, amount in _document_amounts(invoice):
        key = vat_key(vat)
        if key not in groups:
            key = _without_reason(key, groups)
        group = groups.setdefault(key, _Group(vat, []))
        group.taxable.append((path, amount))
    return list(groups.values())


def _document_amounts(invoice: Invoice) -> list[tuple[Vat, str, Decimal]]:
    """Return VAT, path and amount of each allowance and charge, unreasoned ones last.

    One that says why it is exempt makes a group that one that does not may belong to,
    whichever of them comes first.
    """
    amounts = []
    for index, (path, amount) in enumerate(_signed(invoice.allowance_charges)):
        vat = invoice.allowance_charges[index].vat
        if vat is None:
            raise InvalidValue(
                "BT-95, BT-102: mandatory on the document level; give its vat",
                path=f"allowance_charges[{index}].vat",
            )
        amounts.append((vat, path, amount))
    return sorted(amounts, key=lambda item: vat_key(item[0])[3] is None)


def _without_reason(key: _Key, groups: dict[_Key, _Group]) -> _Key:
    """Return the group that an exempt amount without a reason belongs to.

    UBL has no place for the reason in an allowance, so one that was read says none.
    """
    if key[3] is not None:
        return key
    return next((known for known in groups if known[:3] == key[:3]), key)


def _totals(invoice: Invoice) -> Totals:
    breakdown = tuple(_breakdown(group) for group in _groups(invoice))
    lines = cents(total(line.net_amount or ZERO for line in invoice.lines))
    allowances = _of(invoice, charge=False)
    charges = _of(invoice, charge=True)
    without_vat = total((lines, charges or ZERO, -(allowances or ZERO)))
    vat = total(entry.tax for entry in breakdown)
    with_vat = total((without_vat, vat))
    due = total((with_vat, -(invoice.prepaid or ZERO), invoice.rounding or ZERO))
    return Totals(
        lines=lines,
        allowances=allowances,
        charges=charges,
        without_vat=without_vat,
        vat=vat,
        with_vat=with_vat,
        due=cents(due),
        vat_breakdown=breakdown,
    )


def _of(invoice: Invoice, *, charge: bool) -> Decimal | None:
    amounts = [x.amount for x in invoice.allowance_charges if x.charge is charge]
    return cents(total(amounts)) if amounts else None


def _breakdown(group: _Group) -> VatBreakdown:
    taxable = cents(total(amount for _, amount in group.taxable))
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


def _vat_sums(invoice: Invoice) -> tuple[Sum, ...]:
    """BT-116 per group and BT-117 = BT-116 × BT-119."""
    stated = invoice.totals.vat_breakdown if invoice.totals else ()
    groups = _groups(invoice)
    used: set[int] = set()
    sums: list[Sum] = []
    for kind in _open(invoice):
        merged = [group for group in groups if vat_key(group.vat)[:3] == kind]
        groups = [group for group in groups if vat_key(group.vat)[:3] != kind]
        found = [i for i, x in enumerate(stated) if vat_key(_vat_of(x))[:3] == kind]
        used |= set(found)
        which = f"[{found[0]}]" if len(found) == 1 else ""
        parts = tuple(part for group in merged for part in group.taxable)
        amount = total(stated[index].taxable for index in found) if found else None
        sums.append(
            _sum("BT-116", f"totals.vat_breakdown{which}.taxable", amount, parts)
        )
        sums += [_tax_sum(index, stated[index]) for index in found]
    for group in groups:
        index = _find(stated, group, used)
        used |= set() if index is None else {index}
        sums += _group_sums(group, stated, index)
    sums += [
        _sum("BT-116", f"totals.vat_breakdown[{index}].taxable", entry.taxable, ())
        for index, entry in enumerate(stated)
        if index not in used
    ]
    return tuple(sums)


def _open(invoice: Invoice) -> list[tuple[str, Decimal, str]]:
    """Return category, rate and tax where it is open to which subtotal amounts belong.

    UBL keeps no reason in a document level allowance, so the format itself compares
    all exempt subtotals together (DT-CIUS-PT-175); so do we, when there is one, and
    with every other category that may say why.
    """
    kinds = [
        key[:3]
        for item in invoice.allowance_charges
        if item.vat is not None and (key := vat_key(item.vat))[3] is None
    ]
    return [kind for kind in dict.fromkeys(kinds) if kind[0] not in {"S", "AA"}]


def _tax_sum(index: int, entry: VatBreakdown) -> Sum:
    path = f"totals.vat_breakdown[{index}]"
    part = (f"{path}.taxable × {entry.rate} %", percentage(entry.taxable, entry.rate))
    return _sum("BT-117", f"{path}.tax", entry.tax, (part,))


def _group_sums(
    group: _Group, stated: tuple[VatBreakdown, ...], index: int | None
) -> tuple[Sum, Sum]:
    entry = _breakdown(group)
    path = "totals.vat_breakdown" + ("" if index is None else f"[{index}]")
    found = None if index is None else stated[index]
    base = found.taxable if found else entry.taxable
    tax = (f"{path}.taxable × {entry.rate} %", percentage(base, entry.rate))
    return (
        _sum(
            "BT-116",
            f"{path}.taxable",
            found.taxable if found else None,
            tuple(group.taxable),
        ),
        _sum("BT-117", f"{path}.tax", found.tax if found else None, (tax,)),
    )


def _find(
    stated: tuple[VatBreakdown, ...], group: _Group, used: set[int]
) -> int | None:
    wanted = vat_key(group.vat)
    for index, entry in enumerate(stated):
        if index not in used and vat_key(_vat_of(entry)) == wanted:
            return index
    return None


def _vat_of(entry: VatBreakdown) -> Vat:
    return Vat(
        category=entry.category,
        rate=entry.rate,
        exemption_code=entry.exemption_code,
        exemption_reason=entry.exemption_reason,
        scheme=entry.scheme,
    )


def _amounts(invoice: Invoice, *, charge: bool) -> tuple[tuple[str, Decimal], ...]:
    return tuple(
        (f"allowance_charges[{index}].amount", item.amount)
        for index, item in enumerate(invoice.allowance_charges)
        if item.charge is charge
    )


def _document_sums(invoice: Invoice) -> tuple[Sum, ...]:
    """BT-106 to BT-115, each from the amounts that are stated below it."""
    stated = invoice.totals
    known = stated or _totals(with_totals(invoice))
    allowances = _amounts(invoice, charge=False)
    charges = _amounts(invoice, charge=True)
    lines = tuple(
        (f"lines[{index}].net_amount", line.net_amount or ZERO)
        for index, line in enumerate(with_totals(invoice).lines)
    )
    vat = tuple(
        (f"totals.vat_breakdown[{index}].tax", entry.tax)
        for index, entry in enumerate(known.vat_breakdown)
    )
    rows: tuple[tuple[str, str, tuple[tuple[str, Decimal], ...]], ...] = (
        ("BT-106", "lines", lines),
        ("BT-107", "allowances", allowances),
        ("BT-108", "charges", charges),
        (
            "BT-109",
            "without_vat",
            (
                ("totals.lines", known.lines),
                ("totals.charges", known.charges or ZERO),
                ("totals.allowances", -(known.allowances or ZERO)),
            ),
        ),
        ("BT-110", "vat", vat),
        (
            "BT-112",
            "with_vat",
            (("totals.without_vat", known.without_vat), ("totals.vat", known.vat)),
        ),
        (
            "BT-115",
            "due",
            (
                ("totals.with_vat", known.with_vat),
                ("prepaid", -(invoice.prepaid or ZERO)),
                ("rounding", invoice.rounding or ZERO),
            ),
        ),
    )
    return tuple(
        _sum(bt, f"totals.{name}", getattr(stated, name) if stated else None, parts)
        for bt, name, parts in rows
    )
