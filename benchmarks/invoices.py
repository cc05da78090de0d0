# SPDX-License-Identifier: MIT
"""Invoices of any length for the benchmarks, written by us and in order.

Lines come in four kinds (normal rate, reduced rate, exempt with its code, with an
allowance and a charge), so that every family of per-line rules has work to do.
"""

from __future__ import annotations

from decimal import Decimal
from xml.sax.saxutils import escape

_NAMESPACES = {
    "": "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
_RATES = {"NOR": Decimal("23.00"), "RED": Decimal("6.00"), "ISE": Decimal("0.00")}


def invoice(lines: int, *, attachment: int = 0) -> bytes:
    """Return an invoice with that many lines and an attachment of that many bytes."""
    nets = {category: Decimal("0.00") for category in _RATES}
    body = []
    for number in range(1, lines + 1):
        category = ("NOR", "RED", "ISE", "NOR")[number % 4]
        nets[category] += Decimal("20.00")
        body.append(
            _line(number, category, adjusted=category == "NOR" and number % 4 > 0)
        )
    names = "".join(
        f' xmlns{":" if prefix else ""}{prefix}="{uri}"'
        for prefix, uri in _NAMESPACES.items()
    )
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n',
        f"<Invoice{names}>\n",
        _head(attachment),
        _party("Supplier", "PT123456789"),
        _party("Customer", "PT599999993"),
        _delivery(),
        _totals({c: n for c, n in nets.items() if n}),
        *body,
        "</Invoice>\n",
    ]
    return "".join(parts).encode()


def _e(name: str, value: object, **attributes: str) -> str:
    extra = "".join(f' {key}="{text}"' for key, text in attributes.items())
    return f"<cbc:{name}{extra}>{escape(str(value))}</cbc:{name}>"


def _a(name: str, *content: str) -> str:
    return f"<cac:{name}>{''.join(content)}</cac:{name}>\n"


def _head(attachment: int) -> str:
    profile = "urn:cen.eu:en16931:2017#compliant#urn:feap.gov.pt:CIUS-PT:2.1.2"
    head = (
        _e("CustomizationID", profile)
        + _e("ID", "FT 2026/1")
        + _e("IssueDate", "2026-01-31")
        + _e("DueDate", "2026-03-02")
        + _e("InvoiceTypeCode", "FT")
        + _e("DocumentCurrencyCode", "EUR")
    )
    head += _a("AdditionalDocumentReference", _e("ID", "AAJFJ6GC-1", schemeID="ANG"))
    if attachment:
        base64 = "A" * (attachment * 4 // 3 // 4 * 4)
        embedded = _e(
            "EmbeddedDocumentBinaryObject",
            base64,
            mimeCode="application/pdf",
            filename="invoice.pdf",
        )
        head += _a(
            "AdditionalDocumentReference", _e("ID", "1"), _a("Attachment", embedded)
        )
    return head


def _party(side: str, number: str) -> str:
    name = f"{side} Ltd"
    return _a(
        f"Accounting{side}Party",
        _a(
            "Party",
            _a("PartyName", _e("Name", name)),
            _a("PostalAddress", _address()),
            _a("PartyTaxScheme", _e("CompanyID", number), _scheme()),
            _a(
                "PartyLegalEntity",
                _e("RegistrationName", name),
                _e("CompanyID", number),
            ),
        ),
    )


def _address() -> str:
    return (
        _e("StreetName", "Main street 1")
        + _e("CityName", "Lisboa")
        + _e("PostalZone", "1000-001")
        + _a("Country", _e("IdentificationCode", "PT"))
    )


def _delivery() -> str:
    return _a("Delivery", _a("DeliveryLocation", _a("Address", _address())))


def _scheme() -> str:
    return _a("TaxScheme", _e("ID", "VAT"))


def _amount(name: str, value: Decimal) -> str:
    return _e(name, value, currencyID="EUR")


def _totals(nets: dict[str, Decimal]) -> str:
    cent = Decimal("0.01")
    vat = {c: (net * _RATES[c] / 100).quantize(cent) for c, net in nets.items()}
    net, tax = sum(nets.values(), Decimal("0.00")), sum(vat.values(), Decimal("0.00"))
    exempt = _e("TaxExemptionReasonCode", "M07")
    exempt += _e("TaxExemptionReason", "Isento artigo 9.º do CIVA")
    subtotals = "".join(
        _a(
            "TaxSubtotal",
            _amount("TaxableAmount", nets[category]),
            _amount("TaxAmount", vat[category]),
            _a(
                "TaxCategory",
                _e("ID", category),
                _e("Percent", _RATES[category]),
                exempt if category == "ISE" else "",
                _scheme(),
            ),
        )
        for category in nets
    )
    return _a("TaxTotal", _amount("TaxAmount", tax), subtotals) + _a(
        "LegalMonetaryTotal",
        _amount("LineExtensionAmount", net),
        _amount("TaxExclusiveAmount", net),
        _amount("TaxInclusiveAmount", net + tax),
        _amount("PayableAmount", net + tax),
    )


def _line(number: int, category: str, *, adjusted: bool) -> str:
    properties = [("#LINEID@COMMITMENTLINEREFERENCE#", str(number))]
    if category == "ISE":
        properties.append(("#TAXEXEMPTIONREASONCODE@CLASSIFIEDTAXCATEGORY#", "M07"))
    return _a(
        "InvoiceLine",
        _e("ID", number),
        _e("Note", f"Line {number}"),
        _e("InvoicedQuantity", "2.000", unitCode="C62"),
        _amount("LineExtensionAmount", Decimal("20.00000000")),
        _e("AccountingCost", f"C{number}"),
        _a("OrderLineReference", _e("LineID", number)),
        *([_change("false"), _change("true")] if adjusted else []),
        _a(
            "Item",
            _e("Description", "Something useful"),
            _e("Name", f"Article {number}"),
            _a("SellersItemIdentification", _e("ID", f"A-{number}")),
            _a(
                "ClassifiedTaxCategory",
                _e("ID", category),
                _e("Percent", _RATES[category]),
                _scheme(),
            ),
            *(
                _a("AdditionalItemProperty", _e("Name", name), _e("Value", value))
                for name, value in properties
            ),
        ),
        _a("Price", _amount("PriceAmount", Decimal("10.00000000"))),
    )


def _change(charge: str) -> str:
    return _a(
        "AllowanceCharge",
        _e("ChargeIndicator", charge),
        _e("AllowanceChargeReason", "Agreed"),
        _amount("Amount", Decimal("1.00")),
    )
