# SPDX-License-Identifier: MIT
"""The strategies draw what is lawful, and still reach far."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import Phase, find, given, settings

from cius_pt.invoice_qr import qr_for
from cius_pt.pt import cpe, gln, iban, nif
from cius_pt.pt.qr import parse
from cius_pt.tax_place import home, portuguese
from cius_pt.testing.strategies import credit_notes, invoices, nifs
from tests.fiscal_sizes import drawn

if TYPE_CHECKING:
    from cius_pt.model import Invoice


@drawn(2000)
@given(nifs())
def test_a_drawn_nif_checks_and_has_a_listed_prefix(number: str) -> None:
    assert nif.valid(number)
    assert nif.kind(number) is not None
    assert number != nif.FINAL_CONSUMER


def test_the_strategies_reach_every_region_a_qr_code_and_sellers_abroad() -> None:
    wanted = {
        *("portuguese", "abroad", "cpe", "gln", "iban", "qr"),
        *("PT", "PT-AC", "PT-MA"),
    }
    rare = {Decimal(rate) for rate in (0, 4, 6, 13, 16, 22, 23)}
    seen: set[str] = set()
    rates: set[Decimal] = set()

    def completes(invoice: Invoice) -> bool:
        seen.add("portuguese" if portuguese(invoice) else "abroad")
        rates.update(line.vat.rate or Decimal(0) for line in invoice.lines)
        for each in invoice.lines:
            seen.update({"cpe"} if each.cpe and cpe.valid(each.cpe) else ())
        for party in (invoice.seller, invoice.buyer):
            address = party.electronic_address
            if address is not None and gln.valid(address.value):
                seen.add("gln")
        for payment in invoice.payments:
            transfer = payment.credit_transfer
            if transfer is not None and iban.valid(transfer.account):
                seen.add("iban")
        if portuguese(invoice):
            seen.add(home(invoice).value)
            if invoice.qr is not None:
                assert parse(invoice.qr).taxes_add_up
                seen.add("qr")

        return wanted <= seen and rare <= rates

    # The rarest is one invoice in forty, so a fixed number of draws fails at times.
    find(
        invoices() | credit_notes(),
        completes,
        settings=settings(
            max_examples=5_000, database=None, phases=[Phase.generate], deadline=None
        ),
    )
    assert seen == wanted


def test_the_code_of_a_drawn_invoice_is_its_own() -> None:
    @drawn(1000, usual=20)
    @given(invoices().filter(lambda i: portuguese(i) and i.qr is not None))
    def look(invoice: Invoice) -> None:
        stated = parse(str(invoice.qr))
        made = qr_for(invoice, certificate=stated.certificate, hash4=stated.hash4)
        assert made == stated

    look()
