# SPDX-License-Identifier: MIT
"""The demands there are: a word of a profile, a rule id, and what is missing."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cius_pt.pt import gln
from cius_pt.rules.own.remark import Remark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cius_pt.model import Invoice

    Demand = Callable[[Invoice], Iterator[Remark]]

_PDF = "application/pdf"
_REPRESENTATION = "_REPRESENTATION"


def _commitment(invoice: Invoice) -> Iterator[Remark]:
    """Yield a breach unless the document or each line has a commitment number."""
    if invoice.commitment is not None:
        return
    without = [i for i, line in enumerate(invoice.lines) if line.commitment is None]
    if len(without) == len(invoice.lines):
        yield Remark(rule="CP-RECIPIENT-01", path="commitment")
    elif without:
        path = f"lines[{without[0]}].commitment"
        said = f"{len(without)} / {len(invoice.lines)}"
        yield Remark(rule="CP-RECIPIENT-01", path=path, detail=said)


def _order(invoice: Invoice) -> Iterator[Remark]:
    if invoice.order_reference is None:
        yield Remark(rule="CP-RECIPIENT-02", path="order_reference")


def _pdf(invoice: Invoice) -> Iterator[Remark]:
    if not any(
        item.content is not None
        and item.mime_code == _PDF
        and (item.description or "").endswith(_REPRESENTATION)
        for item in invoice.attachments
    ):
        yield Remark(rule="CP-RECIPIENT-03", path="attachments")


def _seller_address(invoice: Invoice) -> Iterator[Remark]:
    for name in ("street", "city", "post_code"):
        if getattr(invoice.seller.address, name) is None:
            yield Remark(rule="CP-RECIPIENT-04", path=f"seller.address.{name}")


def _share_capital(invoice: Invoice) -> Iterator[Remark]:
    if invoice.seller.share_capital is None:
        yield Remark(rule="CP-RECIPIENT-05", path="seller.share_capital")


def _buyer_gln(invoice: Invoice) -> Iterator[Remark]:
    buyer = invoice.buyer
    known = (buyer.electronic_address, buyer.identifier)
    if not any(item is not None and item.scheme == gln.SCHEME for item in known):
        yield Remark(rule="CP-RECIPIENT-06", path="buyer.electronic_address")


def _delivery_gln(invoice: Invoice) -> Iterator[Remark]:
    places = [delivery.location for delivery in invoice.deliveries]
    if not any(place is not None and place.scheme == gln.SCHEME for place in places):
        yield Remark(rule="CP-RECIPIENT-07", path="deliveries")


def _buyer_email(invoice: Invoice) -> Iterator[Remark]:
    contact = invoice.buyer.contact
    if contact is None or contact.email is None:
        yield Remark(rule="CP-RECIPIENT-08", path="buyer.contact.email")


def _credit_note_above_zero(invoice: Invoice) -> Iterator[Remark]:
    if not invoice.kind.is_credit_note or invoice.totals is None:
        return
    if invoice.totals.with_vat <= 0:
        said = str(invoice.totals.with_vat)
        yield Remark(rule="CP-RECIPIENT-09", path="totals.with_vat", detail=said)


def _contract(invoice: Invoice) -> Iterator[Remark]:
    if invoice.contract_reference is None:
        yield Remark(rule="CP-RECIPIENT-10", path="contract_reference")


DEMANDS: Final[Mapping[str, Demand]] = MappingProxyType(
    {
        "commitment": _commitment,
        "order": _order,
        "pdf": _pdf,
        "seller-address": _seller_address,
        "share-capital": _share_capital,
        "buyer-gln": _buyer_gln,
        "delivery-gln": _delivery_gln,
        "buyer-email": _buyer_email,
        "credit-note-above-zero": _credit_note_above_zero,
        "contract": _contract,
    }
)
"""Every demand by the word that a profile uses for it."""
