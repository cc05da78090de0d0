# SPDX-License-Identifier: MIT
"""From an invoice to AT's QR code.

The figures are those the invoice states, sorted as the QR code wants them: VAT by
region and rate, exempt bases, what is not subject, stamp duty, tax withheld. Sources:
AT, Especificações Técnicas – Código QR, version 1.0; SAF-T (PT) 1.04_01 for types,
status and countries. Where a judgement was needed it is said.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from cius_pt import tax_place
from cius_pt.errors import InvalidValue
from cius_pt.model.kinds import Kind
from cius_pt.money import cents, total
from cius_pt.pt import document_types, nif, vat
from cius_pt.pt.qr import Qr, RegionTaxes
from cius_pt.pt.vat import Level, Region
from cius_pt.totals import with_totals
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from cius_pt.model import Invoice, Totals, Vat, VatBreakdown

NORMAL, SELF_BILLED = "N", "S"
UNKNOWN_COUNTRY = "Desconhecido"
STAMP_SCHEME = "BOL"
STAMP_CHARGE = "ST"
_NOT_SUBJECT = "M99"
_OUTSIDE = "O"
_FIELDS = {
    Level.REDUCED: "reduced",
    Level.INTERMEDIATE: "intermediate",
    Level.NORMAL: "normal",
}
# Where the table has no rate, the category says which one it is.
_LEVELS = {
    "NOR": Level.NORMAL,
    "S": Level.NORMAL,
    "INT": Level.INTERMEDIATE,
    "RED": Level.REDUCED,
    "AA": Level.REDUCED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxes:
    """What fields I to N of the QR code say of an invoice."""

    regions: tuple[RegionTaxes, ...]
    not_subject: Decimal | None
    stamp_duty: Decimal | None
    tax: Decimal


def qr_for(  # noqa: PLR0913 - the invoice does not say these
    invoice: Invoice,
    *,
    certificate: str,
    hash4: str,
    region: Region | None = None,
    status: str | None = None,
    other: str | None = None,
) -> Qr:
    """Return the QR code of `invoice`.

    `certificate`: the number of the program at AT, one to four digits. `hash4`: the
    four characters of its signature. `region`: the region of the amounts; by default
    that of the post codes, or the only one that has the rate. `status`: N, or S for
    self-billing. `other`: field S. Raises `InvalidValue`, with the path in the invoice
    where there is one, for what the QR code cannot say: another currency, a seller
    that is not Portuguese, no ATCUD, a rate of no region or of several.
    """
    if invoice.currency != "EUR":
        raise InvalidValue("a QR code is in EUR", path="currency")
    if invoice.atcud is None:
        raise InvalidValue("a QR code needs the ATCUD (BT-18)", path="atcud")
    taxes = taxes_of(invoice, region)
    withheld = [cents(item.amount) for item in invoice.withholdings]
    return Qr(
        issuer_nif=_issuer(invoice),
        buyer_nif=buyer_number(invoice),
        buyer_country=buyer_country(invoice),
        document_type=document_types.saft(invoice.kind) or invoice.kind.value,
        status=status or _status(invoice),
        date=invoice.issue_date,
        number=invoice.number,
        atcud=invoice.atcud,
        regions=taxes.regions,
        not_subject=taxes.not_subject,
        stamp_duty=taxes.stamp_duty,
        tax=taxes.tax,
        total=_totals(invoice).with_vat,
        withheld=total(withheld) if withheld else None,
        hash4=hash4,
        certificate=certificate,
        other=other,
    )


def with_qr(  # noqa: PLR0913 - as `qr_for`
    invoice: Invoice,
    *,
    certificate: str,
    hash4: str,
    region: Region | None = None,
    status: str | None = None,
    other: str | None = None,
) -> Invoice:
    """Return `invoice` with its QR code, which is written beside the ATCUD (BT-18)."""
    qr = qr_for(
        invoice,
        certificate=certificate,
        hash4=hash4,
        region=region,
        status=status,
        other=other,
    )
    return replace(invoice, qr=str(qr))


def _issuer(invoice: Invoice) -> str:
    number = nif.without_country(invoice.seller.vat_identifier)
    if number is None:
        raise InvalidValue(
            "a QR code is of a Portuguese seller", path="seller.vat_identifier"
        )
    return number


def buyer_number(invoice: Invoice) -> str:
    """Return field B: the buyer's number without its country."""
    return invoice.buyer.vat_identifier[2:] or invoice.buyer.vat_identifier


def buyer_country(invoice: Invoice) -> str:
    """Return field C: the country of the buyer's address, as SAF-T has it."""
    if buyer_number(invoice) == nif.FINAL_CONSUMER:
        return UNKNOWN_COUNTRY
    return invoice.buyer.address.country


def taxes_of(invoice: Invoice, region: Region | None = None) -> Taxes:
    """Return fields I to N; see `qr_for`.

    Not subject is category O, reason M99 (a judgement) and a tax that is neither VAT
    nor stamp duty. Stamp duty is a subtotal of scheme BOL, or a charge ST on an amount
    without VAT, which then is no base.
    """
    sorter = _Sorter(invoice, region)
    totals = _totals(invoice)
    for index, entry in enumerate(totals.vat_breakdown):
        sorter.add(entry, f"totals.vat_breakdown[{index}]")
    stamps = (*sorter.stamps, *sorter.charged)
    return Taxes(
        regions=sorter.blocks(),
        not_subject=total(sorter.outside) if sorter.outside else None,
        stamp_duty=total(stamps) if stamps else None,
        tax=total((totals.vat, *sorter.charged)),
    )


class _Sorter:
    """Puts each subtotal where the QR code wants it.

    `stamps` is stamp duty that is part of BT-110, `charged` that of charges, which is
    not.
    """

    def __init__(self, invoice: Invoice, region: Region | None) -> None:
        self._invoice = invoice
        self._region = region
        self._home = region or tax_place.home(invoice)
        self._days = tax_place.days(invoice)
        self._levels = tax_place.levels(self._days)
        self._sums: dict[tuple[Region, str], list[Decimal]] = {}
        self._charges = _stamp_charges(invoice)
        self.outside: list[Decimal] = []
        self.stamps: list[Decimal] = []
        self.charged: list[Decimal] = []

    def add(self, entry: VatBreakdown, path: str) -> None:
        """Sort one subtotal in."""
        if entry.scheme == "VAT" and (entry.rate or entry.tax):
            where, level = self._level(entry, path)
            self._sum(where, _FIELDS[level], cents(entry.taxable))
            self._sum(where, f"{_FIELDS[level]}_tax", entry.tax)
            return
        charges = self._charges.pop((entry.category, entry.scheme), [])
        self.charged += charges
        base = total((cents(entry.taxable), -total(charges)))
        if entry.scheme == STAMP_SCHEME:
            self.stamps.append(entry.tax)
        elif entry.scheme != "VAT" and entry.tax:
            said = f"a QR code has no field for the tax {entry.scheme}"
            raise InvalidValue(said, path=f"{path}.scheme")
        if _is_outside(entry):
            self.outside.append(base)
        else:
            self._sum(self._home, "exempt", base)

    def blocks(self) -> tuple[RegionTaxes, ...]:
        """Return the blocks, mainland first; one at least, as an invoice has."""
        named = {where for where, _ in self._sums} or {self._home}
        return tuple(
            RegionTaxes(
                region=region,
                **{
                    name: total(amounts)
                    for (where, name), amounts in self._sums.items()
                    if where is region
                },
            )
            for region in Region
            if region in named
        )

    def _sum(self, region: Region, name: str, amount: Decimal) -> None:
        self._sums.setdefault((region, name), []).append(amount)

    def _level(self, entry: VatBreakdown, path: str) -> tuple[Region, Level]:
        """Return the region and the rate of a subtotal with VAT."""
        home, path = self._home, f"{path}.rate"
        wanted = Region if self._region is None else (home,)
        found = ((r, self._levels[r].get(entry.rate)) for r in wanted)
        known = [(region, level) for region, level in found if level is not None]
        at_home = [pair for pair in known if pair[0] is home]
        if at_home or len(known) == 1:
            return (at_home or known)[0]
        if known:
            names = ", ".join(region.value for region, _ in known)
            said = f"{entry.rate} % is a rate of {names}: say which region"
            raise InvalidValue(said, path=path)
        if entry.category in _LEVELS and not self._rates_known():
            return home, _LEVELS[entry.category]
        said = f"{entry.rate} % is no rate of {home.value} on the days of the invoice"
        raise InvalidValue(said, path=path)

    def _rates_known(self) -> bool:
        return all(vat.rates_at(self._home, day) for day in self._days)


def _is_outside(entry: VatBreakdown) -> bool:
    if entry.scheme != "VAT":
        return entry.scheme != STAMP_SCHEME
    return entry.category == _OUTSIDE or entry.exemption_code == _NOT_SUBJECT


def _stamp_charges(invoice: Invoice) -> dict[tuple[str, str], list[Decimal]]:
    """Return charges of stamp duty by category and tax of the amount they stand in."""
    found: dict[tuple[str, str], list[Decimal]] = {}

    def add(of: Vat, amount: Decimal) -> None:
        if not of.rate:
            found.setdefault((of.category, of.scheme), []).append(cents(amount))

    for item in invoice.allowance_charges:
        if item.charge and item.reason_code == STAMP_CHARGE and item.vat is not None:
            add(item.vat, item.amount)
    for line in invoice.lines:
        for item in line.allowance_charges:
            if item.charge and item.reason_code == STAMP_CHARGE:
                add(line.vat, item.amount)
    return found


def _status(invoice: Invoice) -> str:
    return SELF_BILLED if invoice.kind is Kind.SELF_BILLED_INVOICE else NORMAL


def _totals(invoice: Invoice) -> Totals:
    stated = invoice.totals or with_totals(invoice).totals
    assert stated is not None  # noqa: S101 - with_totals makes them
    return stated
