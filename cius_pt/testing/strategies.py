# SPDX-License-Identifier: MIT
"""Hypothesis strategies that draw invoices: one per class of the model.

What `invoices`, `credit_notes` and `documents_of` draw is legal CIUS-PT 2.1.2: valid
UBL 2.1, and neither fatal findings nor warnings under the published rules or under
ours: a Portuguese seller has a NIF that checks, rates and exemptions of the region and
the day, an ATCUD, a QR code of its own figures; a third has a seller abroad. The parts
reach the limits of the format (lengths 1 and the maximum, eight decimals, 13 digits
where the sums allow it) and every optional field is there sometimes and sometimes not.

>>> from hypothesis import find
>>> find(vats(), lambda vat: vat.category == "INT").category
'INT'
"""

from cius_pt.testing.attachments import attachments
from cius_pt.testing.documents import (
    additional_properties,
    certified_programs,
    credit_notes,
    deliveries,
    documents_of,
    invoices,
    notes,
    preceding_invoices,
    source_currencies,
    withholdings,
)
from cius_pt.testing.lines import (
    allowance_charges,
    classifications,
    item_attributes,
    lines,
    periods,
    vats,
)
from cius_pt.testing.parties import (
    addresses,
    buyers,
    contacts,
    parties,
    payees,
    sellers,
    tax_representatives,
)
from cius_pt.testing.payments import (
    cards,
    credit_transfers,
    direct_debits,
    further_references,
    multibanco_references,
    payments,
)
from cius_pt.testing.texts import dates, identifiers, nifs, texts, vat_identifiers

__all__ = [
    "additional_properties",
    "addresses",
    "allowance_charges",
    "attachments",
    "buyers",
    "cards",
    "certified_programs",
    "classifications",
    "contacts",
    "credit_notes",
    "credit_transfers",
    "dates",
    "deliveries",
    "direct_debits",
    "documents_of",
    "further_references",
    "identifiers",
    "invoices",
    "item_attributes",
    "lines",
    "multibanco_references",
    "nifs",
    "notes",
    "parties",
    "payees",
    "payments",
    "periods",
    "preceding_invoices",
    "sellers",
    "source_currencies",
    "tax_representatives",
    "texts",
    "vat_identifiers",
    "vats",
    "withholdings",
]
