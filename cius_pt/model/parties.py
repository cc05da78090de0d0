# SPDX-License-Identifier: MIT
"""The parties of an invoice: BG-4, BG-7, BG-10, BG-11 and what they are made of.

Texts hold 200 characters and identifiers 50, without line breaks, unless a field says
otherwise.
"""

from __future__ import annotations

from cius_pt.model.types import check
from cius_pt.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """An identifier and the scheme it belongs to.

    `value`: 1..1, 50 characters. `scheme`: 0..1; which list it comes from depends on
    the term: ISO/IEC 6523 ICD codes 0001 to 0192 for parties, places and items, an EAS
    code for electronic addresses, UNTDID 1153 for objects.
    """

    value: str
    scheme: str | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address: BG-5, BG-8, BG-12 or BG-15.

    `street`, `city`, `post_code` (BT-35/37/38, BT-75/77/78): 1..1 for the seller and
    the place of delivery, 0..1 elsewhere. `additional_street` (line 2), `line`
    (line 3) and `subdivision`: 0..1. `country`: 1..1, ISO 3166-1 alpha-2.
    """

    street: str | None = None
    additional_street: str | None = None
    city: str | None = None
    post_code: str | None = None
    subdivision: str | None = None
    line: str | None = None
    country: str = "PT"

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """BG-6 or BG-9: whom to ask.

    `name` (BT-41/56), `telephone` (BT-42/57) and `email` (BT-43/58, several separated
    by ";"): each 0..1.
    """

    name: str | None = None
    telephone: str | None = None
    email: str | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """BG-4, 1..1: who issues the invoice.

    `name`: BT-27, 1..1, the registered name. `trading_name`: BT-28, 0..1.
    `vat_identifier`: BT-31, 1..1, country code and number (``PT`` and nine digits).
    `tax_registration`: BT-32, 0..1; its `Identifier.scheme` is the tax
    scheme, never VAT.
    `identifiers`: BT-29, 0..N. `creditor_identifier`: BT-90, 0..1, the SEPA creditor
    identifier of a direct debit when the seller is paid. `legal_registration`: BT-30,
    0..1, 200 characters. `share_capital`: BT-33, 0..1, the registered capital.
    `electronic_address`: BT-34, 0..1, with its EAS scheme (9946 is Portugal's VAT
    number, 0088 a GLN). `address`: BG-5, 1..1. `contact`: BG-6, 0..1.
    """

    name: str
    vat_identifier: str
    address: Address
    trading_name: str | None = None
    identifiers: tuple[Identifier, ...] = ()
    creditor_identifier: str | None = None
    legal_registration: Identifier | None = None
    tax_registration: Identifier | None = None
    share_capital: str | None = None
    electronic_address: Identifier | None = None
    contact: Contact | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """BG-7, 1..1: who is invoiced.

    `name`: BT-44, 1..1. `trading_name`: BT-45, 0..1. `vat_identifier`: BT-48, 1..1
    in Portugal. `identifier`: BT-46, 0..1. `legal_registration`: BT-47, 0..1.
    `electronic_address`: BT-49, 0..1. `address`: BG-8, 1..1 (only the country is
    mandatory). `contact`: BG-9, 0..1.
    """

    name: str
    vat_identifier: str
    address: Address
    trading_name: str | None = None
    identifier: Identifier | None = None
    legal_registration: Identifier | None = None
    electronic_address: Identifier | None = None
    contact: Contact | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """BG-10, 0..1: who is paid, only when it is not the seller (BR-17).

    `name`: BT-59, 1..1. `identifier`: BT-60, 0..1. `creditor_identifier`: BT-90,
    0..1, the SEPA creditor identifier. `legal_registration`: BT-61, 0..1.
    """

    name: str
    identifier: Identifier | None = None
    creditor_identifier: str | None = None
    legal_registration: Identifier | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRepresentative:
    """BG-11, 0..1: the seller's tax representative.

    `name`: BT-62, 1..1. `vat_identifier`: BT-63, 1..1. `address`: BG-12, 1..1.
    """

    name: str
    vat_identifier: str
    address: Address

    def __post_init__(self) -> None:
        check(self)
