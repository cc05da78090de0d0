# SPDX-License-Identifier: MIT
"""What iLink recommends for public entities, beyond what CIUS-PT asks for.

Without them a document may not be taken into the receiver's system; each that is
missing is an INFO finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.broker.refusals import own
from cius_pt.findings import Severity
from cius_pt.ubl.read import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from cius_pt.findings import Finding
    from cius_pt.model.document import Invoice
    from cius_pt.rules.entry import Language
    from cius_pt.xmlio import XmlDocument

_GLN: Final = "0088"  # its code in ISO 6523 and among the EAS codes
_MEGABYTE: Final = 1_000_000
_MADEIRA: Final = range(9000, 9500)  # the first four digits of its post codes


def survey(document: XmlDocument, lang: Language) -> tuple[tuple[Finding, ...], int]:
    """Return what recommended fields are missing, and the bytes of attachments.

    A document that lacks so much that it cannot be read has none: others say so.
    """
    reading = read(document)
    if not reading.complete:
        return (), 0
    invoice = reading.invoice
    missing = tuple(
        own(rule, "", lang, severity=Severity.INFO)
        for rule, there in _CHECKLIST.items()
        if not there(invoice)
    )
    return missing, sum(len(a.content or b"") for a in invoice.attachments)


def transactions(attached: int) -> int:
    """Return what iLink counts for so many bytes: one for each megabyte begun."""
    return -(-attached // _MEGABYTE)


def _commitment(invoice: Invoice) -> bool:
    return bool(invoice.commitment) or all(line.commitment for line in invoice.lines)


def _pdf(invoice: Invoice) -> bool:
    return any(
        a.mime_code == "application/pdf"
        and (a.description or "").endswith("_REPRESENTATION")
        for a in invoice.attachments
    )


def _address(invoice: Invoice) -> bool:
    address = invoice.seller.address
    return bool(address.street and address.city and address.post_code)


def _madeiran_email(invoice: Invoice) -> bool:
    first = (invoice.buyer.address.post_code or "")[:4]
    if not first.isdecimal() or int(first) not in _MADEIRA:
        return True
    contact = invoice.buyer.contact
    return contact is not None and bool(contact.email)


def _buyer_gln(invoice: Invoice) -> bool:
    address = invoice.buyer.electronic_address
    return address is not None and address.scheme == _GLN


def _delivery_gln(invoice: Invoice) -> bool:
    places = (delivery.location for delivery in invoice.deliveries)
    return any(place is not None and place.scheme == _GLN for place in places)


_CHECKLIST: Final[dict[str, Callable[[Invoice], bool]]] = {
    "CP-ILINK-01": _commitment,
    "CP-ILINK-02": _pdf,
    "CP-ILINK-03": lambda invoice: bool(invoice.order_reference),
    "CP-ILINK-04": lambda invoice: bool(invoice.seller.share_capital),
    "CP-ILINK-05": _address,
    "CP-ILINK-06": _madeiran_email,
    "CP-ILINK-07": _buyer_gln,
    "CP-ILINK-08": _delivery_gln,
}
