# SPDX-License-Identifier: MIT
"""The semantic model of EN 16931 as CIUS-PT narrows it: values, no behaviour.

Names are the standard's English terms, minus the group they already sit in. Every
class is a frozen, slotted, keyword-only dataclass; collections are tuples; numbers
are `Decimal`. A constructor checks types and refuses what cannot exist; lengths,
decimals and character sets are the format's and are checked where the format is
written.
"""

from cius_pt.model.document import (
    AdditionalProperty,
    Attachment,
    CertifiedProgram,
    Delivery,
    Invoice,
    PrecedingInvoice,
    SourceCurrency,
)
from cius_pt.model.kinds import Kind
from cius_pt.model.lines import (
    AllowanceCharge,
    Classification,
    ItemAttribute,
    Line,
    Period,
    Vat,
)
from cius_pt.model.parties import (
    Address,
    Buyer,
    Contact,
    Identifier,
    Payee,
    Seller,
    TaxRepresentative,
)
from cius_pt.model.payment import (
    Card,
    CreditTransfer,
    DirectDebit,
    Multibanco,
    Payment,
    Withholding,
)
from cius_pt.model.totals import Totals, VatBreakdown

__all__ = [
    "AdditionalProperty",
    "Address",
    "AllowanceCharge",
    "Attachment",
    "Buyer",
    "Card",
    "CertifiedProgram",
    "Classification",
    "Contact",
    "CreditTransfer",
    "Delivery",
    "DirectDebit",
    "Identifier",
    "Invoice",
    "ItemAttribute",
    "Kind",
    "Line",
    "Multibanco",
    "Payee",
    "Payment",
    "Period",
    "PrecedingInvoice",
    "Seller",
    "SourceCurrency",
    "TaxRepresentative",
    "Totals",
    "Vat",
    "VatBreakdown",
    "Withholding",
]
