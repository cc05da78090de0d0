# SPDX-License-Identifier: MIT
"""Each total beside its arithmetic: what is stated, what it adds up to, from what."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from cius_pt.agreement import agree, decimals_of, line_agrees
from cius_pt.money import CENT, ZERO, cents, percentage, rounded, total
from cius_pt.pricing import line_amount, signed, worth
from cius_pt.subtotals import CHARGED, Group, groups_of, taxable_of, vat_key
from cius_pt.totals import with_totals
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.model import Invoice, Line, VatBreakdown


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


# A total before anyone has worked it out: bt, path, stated, its decimals, parts.
_Parts = tuple[tuple[str, Decimal], ...]
_Claim = tuple[str, str, Decimal | None, int, _Parts]


def explain_totals(invoice: Invoice) -> tuple[Sum, ...]:
    """Return each total of `invoice` with its arithmetic, lines first.

    Amounts that the lines, the breakdown and the other totals state are taken as they
    are, so that a wrong line shows as a wrong line and not in every sum above it.
    Nothing that a document states makes it raise.
    """
    lines = (_line_claim(line, index) for index, line in enumerate(invoice.lines))
    return tuple(map(_sum, (*lines, *_claims(invoice))))


def disagreements(invoice: Invoice) -> Iterator[Sum]:
    """Yield the totals of `explain_totals` that do not agree; hardly any does not."""
    if agree(invoice):
        return
    lines = (
        _line_claim(line, index)
        for index, line in enumerate(invoice.lines)
        if not line_agrees(line)
    )
    for claim in (*lines, *_claims(invoice)):
        _, _, stated, decimals, parts = claim
        if stated is not None and _computed(decimals, parts) != stated:
            yield _sum(claim)


def _claims(invoice: Invoice) -> tuple[_Claim, ...]:
    return (*_vat_claims(invoice), *_document_claims(invoice))


def _line_claim(line: Line, index: int) -> _Claim:
    """BT-131: quantity × price ÷ base quantity + charges − allowances.

    A net amount may be stated with up to eight decimals; it is compared with as many.
    """
    path = f"lines[{index}]"
    stated = line.net_amount
    decimals = 2 if stated is None else decimals_of(stated)
    worth_of = (f"{path}.quantity × net_price", worth(line, decimals))
    parts = worth_of, *signed(line.allowance_charges, path)
    return "BT-131", f"{path}.net_amount", stated, decimals, parts


def _claim(bt: str, path: str, stated: Decimal | None, parts: _Parts) -> _Claim:
    return bt, path, stated, 2, parts


def _sum(claim: _Claim) -> Sum:
    bt, path, stated, decimals, parts = claim
    computed = _computed(decimals, parts)
    return Sum(bt=bt, path=path, stated=stated, computed=computed, parts=parts)


def _computed(decimals: int, parts: _Parts) -> Decimal:
    return rounded(total(amount for _, amount in parts), decimals)


def _vat_claims(invoice: Invoice) -> tuple[_Claim, ...]:
    """BT-116 per group and BT-117 = BT-116 × BT-119."""
    stated = invoice.totals.vat_breakdown if invoice.totals else ()
    groups = groups_of(invoice)
    used: set[int] = set()
    claims: list[_Claim] = []
    for kind in _open(invoice):
        merged = [group for group in groups if vat_key(group.vat)[:3] == kind]
        groups = [group for group in groups if vat_key(group.vat)[:3] != kind]
        found = [i for i, x in enumerate(stated) if vat_key(x)[:3] == kind]
        used |= set(found)
        which = f"[{found[0]}]" if len(found) == 1 else ""
        parts = tuple(part for group in merged for part in group.taxable)
        amount = total(stated[index].taxable for index in found) if found else None
        parts += _lost_in_rounding(amount, parts, len(found))
        claims.append(
            _claim("BT-116", f"totals.vat_breakdown{which}.taxable", amount, parts)
        )
        claims += [_tax_claim(index, stated[index]) for index in found]
    for group in groups:
        index = _find(stated, group, used)
        used |= set() if index is None else {index}
        claims += _group_claims(group, stated, index)
    claims += [
        _claim("BT-116", f"totals.vat_breakdown[{index}].taxable", entry.taxable, ())
        for index, entry in enumerate(stated)
        if index not in used
    ]
    return tuple(claims)


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
    return [kind for kind in dict.fromkeys(kinds) if kind[0] not in CHARGED]


def _lost_in_rounding(
    stated: Decimal | None, parts: tuple[tuple[str, Decimal], ...], subtotals: int
) -> tuple[tuple[str, Decimal], ...]:
    """Return as a part of its own what rounding each subtotal to the cent explains.

    Lines may have eight decimals; taken together they round once, their subtotals
    round one by one.
    """
    lost = total((stated or ZERO, *(-amount for _, amount in parts)))
    if (
        subtotals > 1
        and 0 < abs(lost) <= subtotals * CENT / 2
        and any(amount != cents(amount) for _, amount in parts)
    ):
        return ((f"rounding of {subtotals} subtotals", lost),)
    return ()


def _tax_claim(index: int, entry: VatBreakdown) -> _Claim:
    path = f"totals.vat_breakdown[{index}]"
    part = (f"{path}.taxable × {entry.rate} %", percentage(entry.taxable, entry.rate))
    return _claim("BT-117", f"{path}.tax", entry.tax, (part,))


def _group_claims(
    group: Group, stated: tuple[VatBreakdown, ...], index: int | None
) -> tuple[_Claim, _Claim]:
    path = "totals.vat_breakdown" + ("" if index is None else f"[{index}]")
    found = None if index is None else stated[index]
    base = found.taxable if found else taxable_of(group)
    rate = group.vat.rate or ZERO
    tax = (f"{path}.taxable × {rate} %", percentage(base, rate))
    return (
        _claim(
            "BT-116",
            f"{path}.taxable",
            found.taxable if found else None,
            tuple(group.taxable),
        ),
        _claim("BT-117", f"{path}.tax", found.tax if found else None, (tax,)),
    )


def _find(stated: tuple[VatBreakdown, ...], group: Group, used: set[int]) -> int | None:
    wanted = vat_key(group.vat)
    for index, entry in enumerate(stated):
        if index not in used and vat_key(entry) == wanted:
            return index
    return None


def _amounts(invoice: Invoice, *, charge: bool) -> tuple[tuple[str, Decimal], ...]:
    return tuple(
        (f"allowance_charges[{index}].amount", item.amount)
        for index, item in enumerate(invoice.allowance_charges)
        if item.charge is charge
    )


def _document_claims(invoice: Invoice) -> tuple[_Claim, ...]:
    """BT-106 to BT-115, each from the amounts that are stated below it."""
    stated = invoice.totals
    known = stated or with_totals(invoice).totals
    assert known is not None  # noqa: S101 - with_totals makes them
    allowances = _amounts(invoice, charge=False)
    charges = _amounts(invoice, charge=True)
    lines = tuple(
        (
            f"lines[{index}].net_amount",
            line_amount(line),
        )
        for index, line in enumerate(invoice.lines)
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
        _claim(bt, f"totals.{name}", getattr(stated, name) if stated else None, parts)
        for bt, name, parts in rows
    )
