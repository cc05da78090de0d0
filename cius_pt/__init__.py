# SPDX-License-Identifier: MIT
"""Build, read and check CIUS-PT electronic invoices.

The names below are the whole public interface. They are loaded when they are first
used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cius_pt.arithmetic import Sum, explain_totals
    from cius_pt.batch import check_many
    from cius_pt.broker.client import Broker
    from cius_pt.broker.replies import Receipt
    from cius_pt.broker.states import State
    from cius_pt.checking import check
    from cius_pt.errors import (
        ArtefactError,
        BrokerError,
        BrokerRefused,
        BrokerUnauthorised,
        BrokerUnreachable,
        CiusPtError,
        FindingsError,
        InvalidValue,
        OutcomeUnknown,
        SignatureError,
        UnreadableDocument,
    )
    from cius_pt.findings import Check, Finding, Location, Outcome, Report, Severity
    from cius_pt.model import (
        AdditionalProperty,
        Address,
        AllowanceCharge,
        Attachment,
        Buyer,
        Card,
        CertifiedProgram,
        Classification,
        Contact,
        CreditTransfer,
        Delivery,
        DirectDebit,
        Identifier,
        Invoice,
        ItemAttribute,
        Kind,
        Line,
        Multibanco,
        Payee,
        Payment,
        Period,
        PrecedingInvoice,
        Seller,
        SourceCurrency,
        TaxRepresentative,
        Totals,
        Vat,
        VatBreakdown,
        Withholding,
    )
    from cius_pt.signature.reading import read_signed
    from cius_pt.signature.signing.key import SigningKey
    from cius_pt.signature.signing.pdf import PdfSigning
    from cius_pt.signature.signing.sign import sign, sign_invoice
    from cius_pt.signature.signing.xml import XmlSigning
    from cius_pt.signature.status import SignatureReport, Verdict
    from cius_pt.signature.store import TrustStore
    from cius_pt.signature.verify import verify
    from cius_pt.totals import with_totals
    from cius_pt.ubl.read import read
    from cius_pt.ubl.reading import Reading
    from cius_pt.ubl.write import write

    __version__: str

__all__ = [
    "AdditionalProperty",
    "Address",
    "AllowanceCharge",
    "ArtefactError",
    "Attachment",
    "Broker",
    "BrokerError",
    "BrokerRefused",
    "BrokerUnauthorised",
    "BrokerUnreachable",
    "Buyer",
    "Card",
    "CertifiedProgram",
    "Check",
    "CiusPtError",
    "Classification",
    "Contact",
    "CreditTransfer",
    "Delivery",
    "DirectDebit",
    "Finding",
    "FindingsError",
    "Identifier",
    "InvalidValue",
    "Invoice",
    "ItemAttribute",
    "Kind",
    "Line",
    "Location",
    "Multibanco",
    "Outcome",
    "OutcomeUnknown",
    "Payee",
    "Payment",
    "PdfSigning",
    "Period",
    "PrecedingInvoice",
    "Reading",
    "Receipt",
    "Report",
    "Seller",
    "Severity",
    "SignatureError",
    "SignatureReport",
    "SigningKey",
    "SourceCurrency",
    "State",
    "Sum",
    "TaxRepresentative",
    "Totals",
    "TrustStore",
    "UnreadableDocument",
    "Vat",
    "VatBreakdown",
    "Verdict",
    "Withholding",
    "XmlSigning",
    "__version__",
    "check",
    "check_many",
    "explain_totals",
    "read",
    "read_signed",
    "sign",
    "sign_invoice",
    "verify",
    "with_totals",
    "write",
]

# What does not come from `cius_pt.model`.
_MODULES = {
    "ArtefactError": "errors",
    "Broker": "broker.client",
    "BrokerError": "errors",
    "BrokerRefused": "errors",
    "BrokerUnauthorised": "errors",
    "BrokerUnreachable": "errors",
    "Check": "findings",
    "CiusPtError": "errors",
    "Finding": "findings",
    "FindingsError": "errors",
    "InvalidValue": "errors",
    "Location": "findings",
    "Outcome": "findings",
    "OutcomeUnknown": "errors",
    "PdfSigning": "signature.signing.pdf",
    "Reading": "ubl.reading",
    "Receipt": "broker.replies",
    "Report": "findings",
    "Severity": "findings",
    "SignatureError": "errors",
    "SignatureReport": "signature.status",
    "SigningKey": "signature.signing.key",
    "State": "broker.states",
    "Sum": "arithmetic",
    "TrustStore": "signature.store",
    "UnreadableDocument": "errors",
    "Verdict": "signature.status",
    "XmlSigning": "signature.signing.xml",
    "check": "checking",
    "check_many": "batch",
    "explain_totals": "arithmetic",
    "read": "ubl.read",
    "read_signed": "signature.reading",
    "sign": "signature.signing.sign",
    "sign_invoice": "signature.signing.sign",
    "verify": "signature.verify",
    "with_totals": "totals",
    "write": "ubl.write",
}


def __getattr__(name: str) -> object:
    """Load a public name at its first use."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - slow, rarely asked

        value: object = version("cius-pt")
    else:
        from importlib import import_module  # noqa: PLC0415 - as cheap as possible

        module = import_module(f"cius_pt.{_MODULES.get(name, 'model')}")
        value = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, also those that are not loaded yet."""
    return sorted({*globals(), *__all__})
