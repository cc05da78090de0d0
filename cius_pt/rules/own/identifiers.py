# SPDX-License-Identifier: MIT
"""NIF, GLN, IBAN, Multibanco references and delivery points: do they check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.money import ZERO
from cius_pt.pt import cpe, gln, iban, multibanco, nif
from cius_pt.rules.own.remark import Remark, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from cius_pt.model import Identifier, Invoice, Multibanco

_VAT_ENDPOINT = "9946"


def found(invoice: Invoice) -> Iterator[Remark]:
    """Yield what is wrong with the identifiers of an invoice."""
    yield from _nifs(invoice)
    for path, identifier in _identifiers(invoice):
        yield from _identifier(path, identifier)
    for index, payment in enumerate(invoice.payments):
        path = f"payments[{index}]"
        if payment.credit_transfer is not None:
            account = payment.credit_transfer.account
            if iban.looks_like_one(account) and not iban.valid(account):
                place = f"{path}.credit_transfer.account"
                yield Remark(rule="CP-IBAN-01", path=place, detail=shown(account))
        if payment.multibanco is not None and invoice.totals is not None:
            due = invoice.totals.due
            yield from _multibanco(payment.multibanco, due, f"{path}.multibanco")
    for index, further in enumerate(invoice.further_multibanco):
        path = f"further_multibanco[{index}]"
        yield from _multibanco(further, further.amount or ZERO, path)
    for index, line in enumerate(invoice.lines):
        if line.cpe is not None and not cpe.valid(line.cpe):
            path = f"lines[{index}].cpe"
            yield Remark(rule="CP-CPE-01", path=path, detail=shown(line.cpe))


def _nifs(invoice: Invoice) -> Iterator[Remark]:
    buyer = invoice.buyer.vat_identifier
    named = [
        ("CP-NIF-01", "seller.vat_identifier", invoice.seller.vat_identifier),
        ("CP-NIF-02", "buyer.vat_identifier", buyer),
    ]
    if invoice.tax_representative is not None:
        value = invoice.tax_representative.vat_identifier
        named.append(("CP-NIF-03", "tax_representative.vat_identifier", value))
    for rule, path, value in named:
        number = nif.without_country(value)
        if number is None:
            continue
        if not nif.valid(number):
            yield Remark(rule=rule, path=path, detail=shown(value))
        elif nif.kind(number) is None:
            yield Remark(rule="CP-NIF-04", path=path, detail=shown(value))
    if nif.without_country(buyer) == nif.FINAL_CONSUMER:
        yield Remark(rule="CP-NIF-05", path="buyer.vat_identifier")
    if buyer == invoice.seller.vat_identifier:
        path = "buyer.vat_identifier"
        yield Remark(rule="CP-NIF-06", path=path, detail=shown(buyer))


def _identifiers(invoice: Invoice) -> Iterator[tuple[str, Identifier]]:
    """Yield every identifier whose scheme may be a GLN or a VAT number."""
    for name in ("seller", "buyer"):
        party = getattr(invoice, name)
        for field in ("electronic_address", "legal_registration"):
            if (value := getattr(party, field)) is not None:
                yield f"{name}.{field}", value
    for index, value in enumerate(invoice.seller.identifiers):
        yield f"seller.identifiers[{index}]", value
    if invoice.buyer.identifier is not None:
        yield "buyer.identifier", invoice.buyer.identifier
    for index, delivery in enumerate(invoice.deliveries):
        if delivery.location is not None:
            yield f"deliveries[{index}].location", delivery.location


def _identifier(path: str, identifier: Identifier) -> Iterator[Remark]:
    value = identifier.value
    if identifier.scheme == gln.SCHEME and not gln.valid(value):
        yield Remark(rule="CP-ID-01", path=path, detail=shown(value))
    elif identifier.scheme == _VAT_ENDPOINT:
        number = nif.without_country(value)
        if number is None or not nif.valid(number):
            yield Remark(rule="CP-ID-02", path=path, detail=shown(value))


def _multibanco(given: Multibanco, amount: Decimal, path: str) -> Iterator[Remark]:
    if multibanco.checks(given.entity, given.reference, amount) is False:
        said = f"{given.entity} {given.reference} {amount}"
        yield Remark(rule="CP-MB-01", path=f"{path}.reference", detail=shown(said))
