# SPDX-License-Identifier: MIT
"""The binding of every business term of CIUS-PT to UBL 2.1, in document order.

One row per term: element, field of the model, BT, lexical form. The two roots share
everything but their renames and the order of their first level. Source: CIUS-PT 2.1.2
(terms, limits), UBL 2.1 (element order). It is longer than other modules because it is
one table: parts of it in several files would hide the order that they have to keep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.model.document import Attachment, Delivery, PrecedingInvoice
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
from cius_pt.model.payment import Card, CreditTransfer, DirectDebit
from cius_pt.model.totals import Totals, VatBreakdown
from cius_pt.ubl.binding import (
    SEPA,
    Node,
    clark,
    constant,
    content,
    group,
    nest,
    part,
    root,
    tagged,
    term,
)
from cius_pt.ubl.documents import DOCUMENTS
from cius_pt.ubl.lexical import (
    AMOUNT,
    ATTACHMENT,
    BASE_QUANTITY,
    CODE,
    DATE,
    FLAG,
    LINE_20,
    LINE_50,
    LINE_150,
    LINE_200,
    LINE_AMOUNT,
    NOTE,
    NOTE_LINE,
    PERCENT,
    PRICE,
    QUANTITY,
    SIGNED_AMOUNT,
    SPECIFIC,
    TAXABLE,
    Choice,
    Lexical,
    Text,
)
from cius_pt.ubl.notes import NOTES
from cius_pt.ubl.payments import PAYMENTS, RawPayment
from cius_pt.ubl.properties import PROPERTIES
from cius_pt.xmlio import CBC
from cius_pt.xmlio import CREDIT_NOTE as CREDIT_NOTE_NAMESPACE
from cius_pt.xmlio import INVOICE as INVOICE_NAMESPACE

if TYPE_CHECKING:
    from lxml import etree


_ID = clark("cbc:ID")


def _is_creditor(element: etree._Element) -> bool:
    found = next(element.iter(_ID), None)
    return found is not None and found.get("schemeID") == "SEPA"


def _is_vat(element: etree._Element) -> bool:
    return content(next(element.iter(_ID), None)) == "VAT"


def _is_allowance(element: etree._Element) -> bool:
    return content(element.find(f"{{{CBC}}}ChargeIndicator")) == "false"


def _identifier(  # noqa: PLR0913 - a row of the table has this many columns
    tag: str,
    field: str,
    bt: str,
    form: Lexical = LINE_50,
    *,
    scheme: Lexical = CODE,
    many: bool = False,
) -> Node:
    """Return the row of an identifier with its scheme, at the end of a path."""
    *outer, last = tag.split("/")
    if many:
        (outside,) = outer
        return group(
            outside,
            field,
            bt,
            Identifier,
            term(last, "value", bt, form, ("schemeID", "scheme", f"{bt}-1", scheme)),
            many=True,
        )
    node = group(
        last,
        field,
        bt,
        Identifier,
        text=("value", form),
        attributes=(("schemeID", "scheme", f"{bt}-1", scheme),),
    )
    for step in reversed(outer):
        node = nest(step, node)
    return node


def _address(tag: str, bg: str, bts: str) -> Node:
    street, additional, city, post_code, subdivision, line, country = bts.split()
    return group(
        tag,
        "address",
        bg,
        Address,
        term("cbc:StreetName", "street", street, LINE_200),
        term("cbc:AdditionalStreetName", "additional_street", additional, LINE_200),
        term("cbc:CityName", "city", city, LINE_200),
        term("cbc:PostalZone", "post_code", post_code, LINE_200),
        term("cbc:CountrySubentity", "subdivision", subdivision, LINE_200),
        term("cac:AddressLine/cbc:Line", "line", line, LINE_200),
        term("cac:Country/cbc:IdentificationCode", "country", country, CODE),
    )


def _contact(bg: str, name: str, telephone: str, email: str) -> Node:
    return group(
        "cac:Contact",
        "contact",
        bg,
        Contact,
        term("cbc:Name", "name", name, LINE_200),
        term("cbc:Telephone", "telephone", telephone, LINE_200),
        term("cbc:ElectronicMail", "email", email, LINE_200),
    )


def _vat_identifier(bt: str) -> Node:
    return nest(
        "cac:PartyTaxScheme",
        term("cbc:CompanyID", "vat_identifier", bt, LINE_50),
        constant("cac:TaxScheme/cbc:ID", "VAT"),
        when=_is_vat,
    )


def _creditor_identifier() -> Node:
    return nest(
        "cac:PartyIdentification",
        term("cbc:ID", "creditor_identifier", "BT-90", LINE_50, SEPA),
        when=_is_creditor,
    )


def _period(bg: str, start: str, end: str, *more: Node) -> Node:
    dates = part(
        "period",
        Period,
        term("cbc:StartDate", "start", start, DATE),
        term("cbc:EndDate", "end", end, DATE),
    )
    return nest("cac:InvoicePeriod", *dates, *more, bt=bg)


def _allowance_charge(bg: str, bts: str, *vat: Node) -> Node:
    reason_code, reason, percentage, amount, base = bts.split()
    return group(
        "cac:AllowanceCharge",
        "allowance_charges",
        bg,
        AllowanceCharge,
        term("cbc:ChargeIndicator", "charge", bg, FLAG),
        term("cbc:AllowanceChargeReasonCode", "reason_code", reason_code, CODE),
        term("cbc:AllowanceChargeReason", "reason", reason, LINE_200),
        term("cbc:MultiplierFactorNumeric", "percentage", percentage, PERCENT),
        term("cbc:Amount", "amount", amount, AMOUNT, currency=True),
        term("cbc:BaseAmount", "base_amount", base, AMOUNT, currency=True),
        *vat,
        many=True,
    )


def _vat(tag: str, bg: str, category: str, rate: str) -> Node:
    return group(
        tag,
        "vat",
        bg,
        Vat,
        term("cbc:ID", "category", category, CODE),
        term("cbc:Percent", "rate", rate, PERCENT),
        term("cac:TaxScheme/cbc:ID", "scheme", None, CODE),
    )


def _sum(tag: str, field: str, bt: str, form: Lexical = AMOUNT) -> Node:
    return term(tag, field, bt, form, currency=True)


def _account(tag: str, field: str, bt: str) -> Node:
    return term(f"{tag}/cbc:ID", field, bt, LINE_50)


# ── parties ───────────────────────────────────────────────────────────────────────
_SELLER = nest(
    "cac:AccountingSupplierParty",
    group(
        "cac:Party",
        "seller",
        "BG-4",
        Seller,
        _identifier("cbc:EndpointID", "electronic_address", "BT-34", scheme=LINE_20),
        _identifier(
            "cac:PartyIdentification/cbc:ID", "identifiers", "BT-29", many=True
        ),
        _creditor_identifier(),
        term("cac:PartyName/cbc:Name", "trading_name", "BT-28", LINE_200),
        _address(
            "cac:PostalAddress", "BG-5", "BT-35 BT-36 BT-37 BT-38 BT-39 BT-162 BT-40"
        ),
        _vat_identifier("BT-31"),
        group(
            "cac:PartyTaxScheme",
            "tax_registration",
            "BT-32",
            Identifier,
            term("cbc:CompanyID", "value", "BT-32", LINE_50),
            term("cac:TaxScheme/cbc:ID", "scheme", "BT-32", CODE),
        ),
        nest(
            "cac:PartyLegalEntity",
            term("cbc:RegistrationName", "name", "BT-27", LINE_200),
            _identifier("cbc:CompanyID", "legal_registration", "BT-30", LINE_200),
            term("cbc:CompanyLegalForm", "share_capital", "BT-33", LINE_200),
        ),
        _contact("BG-6", "BT-41", "BT-42", "BT-43"),
    ),
)
_BUYER = nest(
    "cac:AccountingCustomerParty",
    group(
        "cac:Party",
        "buyer",
        "BG-7",
        Buyer,
        _identifier("cbc:EndpointID", "electronic_address", "BT-49", scheme=LINE_20),
        _identifier("cac:PartyIdentification/cbc:ID", "identifier", "BT-46"),
        term("cac:PartyName/cbc:Name", "trading_name", "BT-45", LINE_200),
        _address(
            "cac:PostalAddress", "BG-8", "BT-50 BT-51 BT-52 BT-53 BT-54 BT-163 BT-55"
        ),
        _vat_identifier("BT-48"),
        nest(
            "cac:PartyLegalEntity",
            term("cbc:RegistrationName", "name", "BT-44", LINE_200),
            _identifier("cbc:CompanyID", "legal_registration", "BT-47"),
        ),
        _contact("BG-9", "BT-56", "BT-57", "BT-58"),
    ),
)
_PAYEE = group(
    "cac:PayeeParty",
    "payee",
    "BG-10",
    Payee,
    _identifier("cac:PartyIdentification/cbc:ID", "identifier", "BT-60"),
    _creditor_identifier(),
    term("cac:PartyName/cbc:Name", "name", "BT-59", LINE_200),
    _identifier("cac:PartyLegalEntity/cbc:CompanyID", "legal_registration", "BT-61"),
)
_TAX_REPRESENTATIVE = group(
    "cac:TaxRepresentativeParty",
    "tax_representative",
    "BG-11",
    TaxRepresentative,
    term("cac:PartyName/cbc:Name", "name", "BT-62", LINE_200),
    _address(
        "cac:PostalAddress", "BG-12", "BT-64 BT-65 BT-66 BT-67 BT-68 BT-164 BT-69"
    ),
    _vat_identifier("BT-63"),
)
_DELIVERY = group(
    "cac:Delivery",
    "deliveries",
    "BG-13",
    Delivery,
    term("cbc:ActualDeliveryDate", "date", "BT-72", DATE),
    nest(
        "cac:DeliveryLocation",
        _identifier("cbc:ID", "location", "BT-71"),
        _address("cac:Address", "BG-15", "BT-75 BT-76 BT-77 BT-78 BT-79 BT-165 BT-80"),
    ),
    term("cac:DeliveryParty/cac:PartyName/cbc:Name", "name", "BT-70", LINE_200),
    many=True,
)

# ── references ────────────────────────────────────────────────────────────────────
_PRECEDING = group(
    "cac:BillingReference",
    "preceding_invoices",
    "BG-3",
    PrecedingInvoice,
    nest(
        "cac:InvoiceDocumentReference",
        term("cbc:ID", "number", "BT-25", LINE_50),
        term("cbc:IssueDate", "issue_date", "BT-26", DATE),
    ),
    many=True,
)
_REFERENCE = group(
    "cac:AdditionalDocumentReference",
    "attachments",
    "BG-24",
    Attachment,
    term("cbc:ID", "id", "BT-122", LINE_50, ("schemeID", "scheme", "BT-18-1", CODE)),
    term("cbc:DocumentTypeCode", "type_code", "BT-18", CODE),
    term("cbc:DocumentDescription", "description", "BT-123", LINE_200),
    nest(
        "cac:Attachment",
        term(
            "cbc:EmbeddedDocumentBinaryObject",
            "content",
            "BT-125",
            ATTACHMENT,
            ("mimeCode", "mime_code", "BT-125-1", CODE),
            ("filename", "filename", "BT-125-2", LINE_50),
        ),
        term("cac:ExternalReference/cbc:URI", "uri", "BT-124", LINE_200),
    ),
)
_ORDER = nest(
    "cac:OrderReference",
    term("cbc:ID", "order_reference", "BT-13", LINE_20),
    term("cbc:SalesOrderID", "sales_order_reference", "BT-14", LINE_20),
)
_DESPATCH = term(
    "cac:DespatchDocumentReference/cbc:ID",
    "despatch_advice_reference",
    "BT-16",
    LINE_20,
)
_RECEIPT = term(
    "cac:ReceiptDocumentReference/cbc:ID",
    "receiving_advice_reference",
    "BT-15",
    LINE_20,
)
_ORIGINATOR = term(
    "cac:OriginatorDocumentReference/cbc:ID", "framework_agreement", "BT-17", LINE_20
)
_CONTRACT = term(
    "cac:ContractDocumentReference/cbc:ID", "contract_reference", "BT-12", LINE_20
)
_PROJECT = term("cac:ProjectReference/cbc:ID", "project_reference", "BT-11", LINE_50)


# ── payment and sums ──────────────────────────────────────────────────────────────
def _payment(*due_date: Node) -> Node:
    return group(
        "cac:PaymentMeans",
        "payments",
        "BG-16",
        RawPayment,
        term(
            "cbc:PaymentMeansCode",
            "means",
            "BT-81",
            CODE,
            ("name", "text", "BT-82", LINE_150),
        ),
        *due_date,
        term("cbc:PaymentID", "remittance", "BT-83", CODE),
        group(
            "cac:CardAccount",
            "card",
            "BG-18",
            Card,
            term("cbc:PrimaryAccountNumberID", "number", "BT-87", LINE_200),
            term("cbc:NetworkID", "network", "BT-87", LINE_200),
            term("cbc:HolderName", "holder", "BT-88", LINE_200),
        ),
        group(
            "cac:PayeeFinancialAccount",
            "credit_transfer",
            "BG-17",
            CreditTransfer,
            term("cbc:ID", "account", "BT-84", LINE_50),
            term("cbc:Name", "name", "BT-85", LINE_200),
            _account("cac:FinancialInstitutionBranch", "service_provider", "BT-86"),
        ),
        group(
            "cac:PaymentMandate",
            "direct_debit",
            "BG-19",
            DirectDebit,
            term("cbc:ID", "mandate", "BT-89", LINE_50),
            _account("cac:PayerFinancialAccount", "debited_account", "BT-91"),
        ),
    )


_TERMS = nest(
    "cac:PaymentTerms",
    term("cbc:Note", "payment_terms", "BT-20", LINE_200, many=True),
    repeats=True,
)
_DOCUMENT_ALLOWANCE = _allowance_charge(
    "BG-20",
    "BT-98 BT-97 BT-94 BT-92 BT-93",
    _vat("cac:TaxCategory", "BG-20", "BT-95", "BT-96"),
)


def _totals(*rows: Node) -> tuple[Node, ...]:
    return part("totals", Totals, *rows)


_VAT_TOTAL = nest(
    "cac:TaxTotal",
    *_totals(
        _sum("cbc:TaxAmount", "vat", "BT-110", SIGNED_AMOUNT),
        group(
            "cac:TaxSubtotal",
            "vat_breakdown",
            "BG-23",
            VatBreakdown,
            _sum("cbc:TaxableAmount", "taxable", "BT-116", TAXABLE),
            _sum("cbc:TaxAmount", "tax", "BT-117", SIGNED_AMOUNT),
            nest(
                "cac:TaxCategory",
                term("cbc:ID", "category", "BT-118", CODE),
                term("cbc:Percent", "rate", "BT-119", PERCENT),
                term("cbc:TaxExemptionReasonCode", "exemption_code", "BT-121", Text(5)),
                term("cbc:TaxExemptionReason", "exemption_reason", "BT-120", LINE_200),
                term("cac:TaxScheme/cbc:ID", "scheme", None, CODE),
            ),
            many=True,
        ),
    ),
)
_TOTALS = nest(
    "cac:LegalMonetaryTotal",
    *_totals(
        _sum("cbc:LineExtensionAmount", "lines", "BT-106", SIGNED_AMOUNT),
        _sum("cbc:TaxExclusiveAmount", "without_vat", "BT-109"),
        _sum("cbc:TaxInclusiveAmount", "with_vat", "BT-112"),
        _sum("cbc:AllowanceTotalAmount", "allowances", "BT-107"),
        _sum("cbc:ChargeTotalAmount", "charges", "BT-108"),
    ),
    _sum("cbc:PrepaidAmount", "prepaid", "BT-113"),
    _sum("cbc:PayableRoundingAmount", "rounding", "BT-114", SIGNED_AMOUNT),
    *_totals(_sum("cbc:PayableAmount", "due", "BT-115")),
)

# ── lines ─────────────────────────────────────────────────────────────────────────
_ITEM = nest(
    "cac:Item",
    term("cbc:Description", "descriptions", "BT-154", LINE_200, many=True),
    term("cbc:Name", "name", "BT-153", LINE_200),
    term("cac:BuyersItemIdentification/cbc:ID", "buyers_identifier", "BT-156", LINE_50),
    term(
        "cac:SellersItemIdentification/cbc:ID", "sellers_identifier", "BT-155", LINE_50
    ),
    _identifier(
        "cac:StandardItemIdentification/cbc:ID", "standard_identifier", "BT-157"
    ),
    term("cac:OriginCountry/cbc:IdentificationCode", "origin_country", "BT-159", CODE),
    group(
        "cac:CommodityClassification",
        "classifications",
        "BT-158",
        Classification,
        term(
            "cbc:ItemClassificationCode",
            "code",
            "BT-158",
            LINE_50,
            ("listID", "list", "BT-158-1", CODE),
            ("listVersionID", "version", "BT-158-2", LINE_20),
        ),
        many=True,
    ),
    _vat("cac:ClassifiedTaxCategory", "BG-30", "BT-151", "BT-152"),
    tagged(
        group(
            "cac:AdditionalItemProperty",
            "attributes",
            "BG-32",
            ItemAttribute,
            term("cbc:Name", "name", "BT-160", LINE_200),
            term("cbc:Value", "value", "BT-161", LINE_200),
        ),
        PROPERTIES,
    ),
)
_PRICE = nest(
    "cac:Price",
    term("cbc:PriceAmount", "net_price", "BT-146", PRICE, currency=True),
    term(
        "cbc:BaseQuantity",
        "base_quantity",
        "BT-149",
        BASE_QUANTITY,
        ("unitCode", "base_unit", "BT-150", CODE),
    ),
    nest(
        "cac:AllowanceCharge",
        constant("cbc:ChargeIndicator", "false"),
        term("cbc:Amount", "price_discount", "BT-147", PRICE, currency=True),
        term("cbc:BaseAmount", "gross_price", "BT-148", PRICE, currency=True),
        when=_is_allowance,
    ),
)


def _line(tag: str, quantity: str) -> Node:
    return group(
        tag,
        "lines",
        "BG-25",
        Line,
        term("cbc:ID", "id", "BT-126", LINE_50),
        term("cbc:Note", "note", "BT-127", NOTE_LINE),
        term(
            quantity,
            "quantity",
            "BT-129",
            QUANTITY,
            ("unitCode", "unit", "BT-130", CODE),
        ),
        _sum("cbc:LineExtensionAmount", "net_amount", "BT-131", LINE_AMOUNT),
        term("cbc:AccountingCost", "commitment", "BT-133", LINE_200),
        _period("BG-26", "BT-134", "BT-135"),
        term("cac:OrderLineReference/cbc:LineID", "order_line", "BT-132", LINE_20),
        _identifier("cac:DocumentReference/cbc:ID", "object_identifier", "BT-128"),
        _allowance_charge("BG-27", "BT-140 BT-139 BT-138 BT-136 BT-137"),
        _ITEM,
        _PRICE,
        many=True,
    )


# ── the two documents ─────────────────────────────────────────────────────────────
_CREDIT_NOTES = tuple(kind for kind in Kind if kind.is_credit_note)
_INVOICES = tuple(kind for kind in Kind if not kind.is_credit_note)
_HEAD = (
    term("cbc:CustomizationID", "specification", "BT-24", SPECIFIC),
    term("cbc:ProfileID", "business_process", "BT-23", LINE_50),
    term("cbc:ID", "number", "BT-1", LINE_50),
    term("cbc:IssueDate", "issue_date", "BT-2", DATE),
)
_TAX_POINT = term("cbc:TaxPointDate", "tax_point_date", "BT-7", DATE)
_NOTE = tagged(term("cbc:Note", "notes", "BT-22", NOTE, many=True), NOTES)
_MIDDLE = (
    term("cbc:DocumentCurrencyCode", "currency", "BT-5", CODE),
    term("cbc:TaxCurrencyCode", "tax_currency", "BT-6", CODE),
    term("cbc:AccountingCost", "commitment", "BT-19", LINE_50),
    term("cbc:BuyerReference", "buyer_reference", "BT-10", LINE_50),
    _period(
        "BG-14",
        "BT-73",
        "BT-74",
        term("cbc:DescriptionCode", "tax_point_code", "BT-8", CODE),
    ),
    _ORDER,
    _PRECEDING,
    _DESPATCH,
    _RECEIPT,
)
_PARTIES = (_SELLER, _BUYER, _PAYEE, _TAX_REPRESENTATIVE, _DELIVERY)
_SUMS = (_TERMS, _DOCUMENT_ALLOWANCE, _VAT_TOTAL, _TOTALS)

INVOICE = root(
    "Invoice",
    INVOICE_NAMESPACE,
    *_HEAD,
    term("cbc:DueDate", "due_date", "BT-9", DATE),
    term("cbc:InvoiceTypeCode", "kind", "BT-3", Choice(_INVOICES)),
    _NOTE,
    _TAX_POINT,
    *_MIDDLE,
    _ORIGINATOR,
    _CONTRACT,
    tagged(_REFERENCE, DOCUMENTS["Invoice"]),
    _PROJECT,
    *_PARTIES,
    tagged(_payment(), PAYMENTS["Invoice"]),
    *_SUMS,
    _line("cac:InvoiceLine", "cbc:InvoicedQuantity"),
)
CREDIT_NOTE = root(
    "CreditNote",
    CREDIT_NOTE_NAMESPACE,
    *_HEAD,
    _TAX_POINT,
    term("cbc:CreditNoteTypeCode", "kind", "BT-3", Choice(_CREDIT_NOTES)),
    _NOTE,
    *_MIDDLE,
    _CONTRACT,
    tagged(_REFERENCE, DOCUMENTS["CreditNote"]),
    _ORIGINATOR,
    *_PARTIES,
    tagged(
        _payment(term("cbc:PaymentDueDate", "due_date", "BT-9", DATE)),
        PAYMENTS["CreditNote"],
    ),
    *_SUMS,
    _line("cac:CreditNoteLine", "cbc:CreditedQuantity"),
)
