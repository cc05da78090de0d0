# SPDX-License-Identifier: MIT
"""What a local iLink takes out of a document to show it again."""

from __future__ import annotations

import hashlib
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from cius_pt.model import Address, Buyer, Invoice, Line, Seller

# BT-3 → code, alias, SAF-T letters, text. FT is as documented; `debitnote` and
# `simplified_invoice` are known words of the API, the other aliases are inferred.
TYPES: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "380": ("380", "invoice", "FT", "Fatura"),
    "FT": ("380", "invoice", "FT", "Fatura"),
    "FS": ("380", "simplified_invoice", "FS", "Fatura simplificada"),
    "FR": ("380", "invoice_receipt", "FR", "Fatura-recibo"),
    "383": ("383", "debitnote", "ND", "Nota de débito"),
    "ND": ("383", "debitnote", "ND", "Nota de débito"),
    "381": ("381", "creditnote", "NC", "Nota de crédito"),
    "NC": ("381", "creditnote", "NC", "Nota de crédito"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment as the API offers it."""

    type: str
    ubl_type: str
    identifier: str
    media: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document that was understood and may become one of ours."""

    supplier: str
    customer: str
    number: str
    type: str
    date: str
    sha256: str
    xml: bytes = field(repr=False)
    email: str | None = None
    view: dict[str, Any] = field(default_factory=dict, repr=False)
    files: tuple[File, ...] = ()


def nif(vat_identifier: str) -> str:
    """Return a Portuguese VAT identifier without its country."""
    return vat_identifier.removeprefix("PT")


def fact_view(kind: str) -> dict[str, str]:
    """Return `type_document_fact` for a BT-3; its id is made up."""
    code, alias, letters, text = TYPES.get(kind, (kind, kind.lower(), kind, kind))
    return {
        "id": f"5c9cb870a5ef57.{code}",
        "code": code,
        "alias": alias,
        "type": letters,
        "description": text,
    }


def draft(invoice: Invoice, xml: bytes) -> Draft:
    """Return what a conforming document says."""
    contact = invoice.buyer.contact
    return Draft(
        supplier=nif(invoice.seller.vat_identifier),
        customer=nif(invoice.buyer.vat_identifier or ""),
        number=invoice.number,
        type=str(invoice.kind),
        date=invoice.issue_date.isoformat(),
        sha256=hashlib.sha256(xml).hexdigest(),
        xml=xml,
        email=None if contact is None else contact.email,
        view=_view(invoice),
        files=tuple(_files(invoice, xml)),
    )


def _files(invoice: Invoice, xml: bytes) -> list[File]:
    files = [
        File(
            type="xml",
            ubl_type="xml_representation",
            identifier="xml",
            media="application/xml",
            data=xml,
        )
    ]
    for attachment in invoice.attachments:
        if attachment.content is None or attachment.mime_code is None:
            continue
        main = (attachment.description or "").endswith("_REPRESENTATION")
        files.append(
            File(
                type=attachment.mime_code.partition("/")[2],
                ubl_type="invoice_representation" if main else "attachment",
                identifier=attachment.id,
                media=attachment.mime_code,
                data=attachment.content,
            )
        )
    if invoice.qr is not None:
        files.append(
            File(
                type="txt",
                ubl_type="qr_code",
                identifier=invoice.atcud or "",
                media="text/plain",
                data=invoice.qr.encode(),
            )
        )
    return files


def _view(invoice: Invoice) -> dict[str, Any]:
    """Return the field tree of a document; amounts are texts."""
    totals = invoice.totals
    commitment = {"description": "Nº Compromisso", "type": "commitment"}
    order = {"document_type": "order", "number": invoice.order_reference}
    return {
        "number": invoice.number,
        "atcud": invoice.atcud,
        "emission_date": invoice.issue_date.isoformat(),
        "due_date": None if invoice.due_date is None else invoice.due_date.isoformat(),
        "currency": {"code": invoice.currency, "symbol": invoice.currency},
        "supplier": _party(invoice.seller),
        "customer": _party(invoice.buyer),
        "amounts": {}
        if totals is None
        else {
            "tax_amount": _text(totals.vat),
            "amount": _text(totals.without_vat),
            "discount_amount": _text(totals.allowances),
            "charge_amount": _text(totals.charges),
            "prepaid_amount": _text(invoice.prepaid),
            "payable_amount": _text(totals.due),
            "payable_rounding_amount": _text(invoice.rounding),
            "total_amount": _text(totals.with_vat),
        },
        "lines": [_line(line) for line in invoice.lines],
        "references": [] if invoice.order_reference is None else [order],
        "informations": []
        if invoice.commitment is None
        else [{**commitment, "number": invoice.commitment}],
        "notes": list(invoice.notes),
        "buyer_number": invoice.buyer_reference,
    }


def _party(party: Seller | Buyer) -> dict[str, Any]:
    address: Address | None = party.address
    contact = party.contact
    gln = party.electronic_address
    shown = {
        "gln": gln.value if gln is not None and gln.scheme == "0088" else None,
        "number": nif(party.vat_identifier or ""),
        "tax_scheme": "VAT",
        "name": party.name,
        "email": None if contact is None else contact.email,
        "telephone": None if contact is None else contact.telephone,
    }
    if address is not None:
        shown |= {
            "city": address.city,
            "street": address.street,
            "additional_street": address.additional_street,
            "postal_zone": address.post_code,
            "region": address.subdivision,
            "country_code": address.country,
        }
    return shown


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "name": line.name,
        "description": "\n".join(line.descriptions),
        "quantity": _text(line.quantity),
        "price_amount": _text(line.net_price),
        "unit": line.unit,
        "amount": _text(line.net_amount),
        "taxes_info": [
            {
                "id": line.vat.category,
                "percent": _text(line.vat.rate),
                "code": line.vat.scheme,
                "tax_exemption_reason_code": line.vat.exemption_code,
                "tax_exemption_reason": line.vat.exemption_reason,
            }
        ],
        "commitment": {"number": line.commitment, "line": line.commitment_line},
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
