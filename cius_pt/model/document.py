# SPDX-License-Identifier: MIT
"""The document itself: `Invoice` and the parts that only it has."""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from decimal import Decimal

from cius_pt.errors import InvalidValue
from cius_pt.model.kinds import Kind
from cius_pt.model.lines import AllowanceCharge, Line, Period
from cius_pt.model.parties import (
    Address,
    Buyer,
    Identifier,
    Payee,
    Seller,
    TaxRepresentative,
)
from cius_pt.model.payment import Multibanco, Payment, Withholding
from cius_pt.model.totals import Totals
from cius_pt.model.types import check
from cius_pt.values import dataclass

SPECIFICATION = "urn:cen.eu:en16931:2017#compliant#urn:feap.gov.pt:CIUS-PT:2.1.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecedingInvoice:
    """BG-3, 0..N: an invoice this document refers to or corrects.

    `number`: BT-25, 1..1, 50 characters; RAPPEL on a credit note for a rebate.
    `issue_date`: BT-26, 0..1.
    """

    number: str
    issue_date: dt.date | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """BG-13, 0..N: where and when it was delivered.

    `address`: BG-15, 1..1, with street, city, post code and country. `name`: BT-70,
    0..1, 200 characters. `location`: BT-71, 0..1, such as a GLN with scheme 0088.
    `date`: BT-72, 0..1.
    """

    address: Address | None = None
    name: str | None = None
    location: Identifier | None = None
    date: dt.date | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """BG-24, 0..N: a supporting document, inside or by reference.

    `id`: BT-122, 1..1, 50 characters. `description`: BT-123, 0..1, 200 characters;
    INVOICE_REPRESENTATION, CREDITNOTE_REPRESENTATION, DEBITNOTE_REPRESENTATION and
    ATTACHMENT have a meaning. `content`: BT-125, 0..1, the bytes, below 15 MB in all
    (15 360 000 bytes), with `mime_code`, 1..1, and `filename`, 1..1, 50 characters.
    `uri`: BT-124, 0..1, 200 characters. `scheme` and `type_code` of the reference: what
    a document that was read says beyond that.
    """

    id: str
    description: str | None = None
    content: bytes | None = field(default=None, repr=False)
    mime_code: str | None = None
    filename: str | None = None
    uri: str | None = None
    scheme: str | None = None
    type_code: str | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionalProperty:
    """A named value of the document, 0..N (BT-22).

    `name`: 1..1, 50 characters, without "#". `value`: 1..1, 50 characters.
    """

    name: str
    value: str

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCurrency:
    """The currency the amounts came from, 0..1 (BT-22).

    `code`: 1..1, ISO 4217. `rate`: 1..1, two to five decimals, not negative.
    """

    code: str
    rate: Decimal

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedProgram:
    """The invoicing program certified by AT, 0..1 (BT-22).

    `number`: 1..1, 20 characters (``1234/AT``). `hash`: 1..1, 20 characters, the four
    printed ones. `description`: 0..1, 150 characters.
    """

    number: str
    hash: str
    description: str | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice, debit note or credit note; `kind` (BT-3) says which.

    `number`: BT-1, 1..1, 50 characters. `issue_date`: BT-2, 1..1. `kind`: BT-3, 1..1.
    `currency`: BT-5, 1..1, ISO 4217. `tax_currency`: BT-6, 0..1, can only be the same.
    `tax_point_date`: BT-7 or `tax_point_code`: BT-8 (3, 35, 432), 0..1, not both.
    `due_date`: BT-9, 0..1 (a due date or payment terms when something is due; on a
    credit note it needs a payment). `specification`: BT-24, 1..1. `business_process`:
    BT-23, 0..1, 50 characters.

    References, 0..1 each: `buyer_reference`: BT-10 and `project_reference`: BT-11, 50
    characters; `contract_reference`: BT-12, `order_reference`: BT-13,
    `sales_order_reference`: BT-14, `receiving_advice_reference`: BT-15,
    `despatch_advice_reference`: BT-16 and `framework_agreement`: BT-17, 20 characters.
    `commitment`: BT-19, the commitment number (*compromisso*), 50 characters.
    `preceding_invoices`: BG-3, 0..N, 1..N on credit and debit notes.

    `atcud`: BT-18, 0..1, 50 characters, and `qr`: 0..1, the text of the QR code, which
    needs it. `aim`: BT-18, 0..1, the identifier of the transaction.
    `object_identifier`: BT-18, 0..1, any other. `attachments`: BG-24, 0..N.

    `seller`: BG-4, 1..1. `buyer`: BG-7, 1..1. `payee`: BG-10, 0..1.
    `tax_representative`: BG-11, 0..1. `deliveries`: BG-13, 0..N, 1..N in CIUS-PT
    (BR-CIUS-PT-66). `period`: BG-14, 0..1, and `period_description`: 0..1, 150
    characters.

    `payments`: BG-16. `payment_terms`: BT-20, 0..N, 200 characters.
    `further_multibanco`: 0..N. `allowance_charges`: BG-20 and BG-21, 0..N. `prepaid`:
    BT-113, 0..1, what was paid before. `rounding`: BT-114, 0..1, may be negative.
    `totals`: BG-22 and BG-23, 1..1 in the document; `with_totals` makes them. `lines`:
    BG-25, 1..N.

    `notes`: BT-22, 0..N, 500 characters, the only texts with line breaks.
    `additional_properties`, `source_currency`, `certified_program`, `withholdings`:
    what CIUS-PT carries in tagged notes. `note_order` and `document_order`: how a
    document that was read arranged its notes and references; no part of what it says.
    """

    number: str
    issue_date: dt.date
    kind: Kind
    seller: Seller
    buyer: Buyer
    lines: tuple[Line, ...]
    currency: str = "EUR"
    tax_currency: str | None = None
    tax_point_date: dt.date | None = None
    tax_point_code: str | None = None
    due_date: dt.date | None = None
    specification: str = SPECIFICATION
    business_process: str | None = None
    buyer_reference: str | None = None
    project_reference: str | None = None
    contract_reference: str | None = None
    order_reference: str | None = None
    sales_order_reference: str | None = None
    receiving_advice_reference: str | None = None
    despatch_advice_reference: str | None = None
    framework_agreement: str | None = None
    commitment: str | None = None
    preceding_invoices: tuple[PrecedingInvoice, ...] = ()
    atcud: str | None = None
    qr: str | None = None
    aim: str | None = None
    object_identifier: Identifier | None = None
    attachments: tuple[Attachment, ...] = ()
    payee: Payee | None = None
    tax_representative: TaxRepresentative | None = None
    deliveries: tuple[Delivery, ...] = ()
    period: Period | None = None
    period_description: str | None = None
    payments: tuple[Payment, ...] = ()
    payment_terms: tuple[str, ...] = ()
    further_multibanco: tuple[Multibanco, ...] = ()
    allowance_charges: tuple[AllowanceCharge, ...] = ()
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    totals: Totals | None = None
    notes: tuple[str, ...] = ()
    additional_properties: tuple[AdditionalProperty, ...] = ()
    source_currency: SourceCurrency | None = None
    certified_program: CertifiedProgram | None = None
    withholdings: tuple[Withholding, ...] = ()
    note_order: tuple[str, ...] = field(default=(), compare=False, repr=False)
    document_order: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        check(self)
        if self.qr is not None and self.atcud is None:
            raise InvalidValue(
                "a QR code is written beside the ATCUD (BT-18); give atcud too",
                path="qr",
            )
