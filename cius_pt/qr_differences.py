# SPDX-License-Identifier: MIT
"""What a QR code says otherwise than the invoice it stands on.

The code may be the text in the document or one that was read from paper or a PDF.
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING

from cius_pt.errors import InvalidValue
from cius_pt.invoice_qr import buyer_country, buyer_number, taxes_of
from cius_pt.money import ZERO, cents, total
from cius_pt.pt import document_types, nif
from cius_pt.totals import with_totals
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from cius_pt.invoice_qr import Taxes
    from cius_pt.model import Invoice
    from cius_pt.pt.qr import Qr, RegionTaxes

_BLOCKS = "I"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field of the QR code that is not what the invoice says.

    `field`: its letter, ``I`` for all blocks together. `stated`: what the code says,
    `expected`: what it would say, both as text; `path`: where the invoice says it.
    """

    field: str
    stated: str
    expected: str
    path: str


def differences(qr: Qr, invoice: Invoice) -> tuple[Difference, ...]:
    """Return what `qr` says otherwise than `invoice`, in the order of its fields.

    Country, status, hash and certificate are compared where the invoice says them. The
    blocks are compared with each region they could mean; an invoice whose amounts the
    QR code cannot hold is compared without them.
    """
    found = [d for d in _compared(qr, invoice) if d.stated != d.expected]
    return tuple(sorted(found, key=lambda difference: difference.field))


def _compared(qr: Qr, invoice: Invoice) -> Iterator[Difference]:
    totals = invoice.totals or with_totals(invoice).totals
    assert totals is not None  # noqa: S101 - with_totals makes them
    taxes = _taxes(qr, invoice)
    withheld = total(cents(item.amount) for item in invoice.withholdings)
    issuer = nif.without_country(invoice.seller.vat_identifier)
    rows = [
        ("A", qr.issuer_nif, issuer or qr.issuer_nif, "seller.vat_identifier"),
        ("B", _buyer(qr, invoice), buyer_number(invoice), "buyer.vat_identifier"),
        ("C", _country(qr, invoice), buyer_country(invoice), "buyer.address.country"),
        ("D", qr.document_type, _type(qr, invoice), "kind"),
        ("F", qr.date.isoformat(), invoice.issue_date.isoformat(), "issue_date"),
        ("G", qr.number, invoice.number, "number"),
        ("H", qr.atcud, invoice.atcud or qr.atcud, "atcud"),
        ("O", f"{qr.total:.2f}", f"{totals.with_vat:.2f}", "totals.with_vat"),
        ("P", f"{qr.withheld or ZERO:.2f}", f"{withheld:.2f}", "withholdings"),
    ]
    vat = totals.vat if taxes is None else taxes.tax
    rows.append(("N", f"{qr.tax:.2f}", f"{vat:.2f}", "totals.vat"))
    if taxes is not None:
        rows.append((_BLOCKS, *_blocks(qr, taxes), "totals.vat_breakdown"))
    program = invoice.certified_program
    if program is not None:
        rows.append(("Q", qr.hash4, _hash(qr, program.hash), "certified_program.hash"))
        number = _certificate(program.number) or qr.certificate
        rows.append(("R", qr.certificate, number, "certified_program.number"))
    for field, stated, expected, path in rows:
        yield Difference(field=field, stated=stated, expected=expected, path=path)


def _buyer(qr: Qr, invoice: Invoice) -> str:
    """Return field B, without the country if it is there: both are seen."""
    whole = invoice.buyer.vat_identifier
    return buyer_number(invoice) if qr.buyer_nif == whole else qr.buyer_nif


def _country(qr: Qr, invoice: Invoice) -> str:
    """Return field C; the final consumer of a shop in Portugal may have either."""
    if buyer_number(invoice) == nif.FINAL_CONSUMER:
        return buyer_country(invoice)
    return qr.buyer_country


def _type(qr: Qr, invoice: Invoice) -> str:
    """Return field D; a number of UNTDID 1001 stands for several letters."""
    letters = document_types.saft(invoice.kind) or invoice.kind.value
    same = document_types.untdid(qr.document_type) == document_types.untdid(letters)
    return qr.document_type if invoice.kind.value.isdigit() and same else letters


def _taxes(qr: Qr, invoice: Invoice) -> Taxes | None:
    """Return the taxes of the invoice, in the region of the code where that fits."""
    first: Taxes | None = None
    for region in (None, *(block.region for block in qr.regions)):
        try:
            found = taxes_of(invoice, region)
        except InvalidValue:
            continue
        stated, expected = _blocks(qr, found)
        if stated == expected:
            return found
        first = first or found
    return first


def _blocks(qr: Qr, taxes: Taxes) -> tuple[str, str]:
    """Return all amounts by region as text, those of the code and of the invoice."""
    return (
        _text(qr.regions, qr.not_subject, qr.stamp_duty),
        _text(taxes.regions, taxes.not_subject, taxes.stamp_duty),
    )


def _text(
    regions: tuple[RegionTaxes, ...],
    not_subject: Decimal | None,
    stamp_duty: Decimal | None,
) -> str:
    parts = [str(part) for block in regions for part in _amounts(block)]
    for name, amount in (("L", not_subject), ("M", stamp_duty)):
        parts += [f"{name} {amount:.2f}"] if amount else []
    return ", ".join(parts)


def _amounts(block: RegionTaxes) -> Iterator[str]:
    """Yield what a block says, without zeros: left out or 0.00 is the same."""
    for field in fields(block):
        amount = getattr(block, field.name)
        if amount and field.name != "region":
            yield f"{block.region.value} {field.name} {amount:.2f}"


def _hash(qr: Qr, stated: str) -> str:
    """Return the four characters; a text that is not four says nothing."""
    return stated if len(stated) == len(qr.hash4) else qr.hash4


def _certificate(number: str) -> str | None:
    """Return the digits of ``1234/AT``."""
    found = re.fullmatch(r"([0-9]{1,4})(?:/AT)?", number)
    return found and found[1]
