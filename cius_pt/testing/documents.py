# SPDX-License-Identifier: MIT
"""Strategies for whole documents: legal CIUS-PT 2.1.2, without a single warning.

UBL's own warnings (UBL-SR-*) run over invoices only, so what may come twice comes
twice on credit notes and once on invoices.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from cius_pt.model import (
    AdditionalProperty,
    CertifiedProgram,
    Delivery,
    Invoice,
    Kind,
    PrecedingInvoice,
    SourceCurrency,
    Totals,
    Withholding,
)
from cius_pt.model.document import SPECIFICATION
from cius_pt.money import CENT, ZERO, total
from cius_pt.pt.vat import Region
from cius_pt.testing.attachments import attachments
from cius_pt.testing.lawful import lawful, with_lawful_qr
from cius_pt.testing.lines import allowance_charges, lines, periods
from cius_pt.testing.parties import (
    addresses,
    buyers,
    payees,
    sellers,
    tax_representatives,
)
from cius_pt.testing.payments import further_references, payments
from cius_pt.testing.texts import (
    CURRENCIES,
    OBJECT_SCHEMES,
    codes,
    dates,
    identifiers,
    kept,
    maybe,
    numbers,
    several,
    tag_values,
    texts,
)
from cius_pt.totals import with_totals

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from cius_pt.model import Line, Vat

_VERSIONS = (SPECIFICATION, SPECIFICATION[:-1] + "1", SPECIFICATION + "-abcd")
_REGIONS = (Region.MAINLAND, Region.MAINLAND, *Region)
_NOTE_ORDERS = (
    ("ADDITIONALPROPERTY", "free"),
    ("WITHHOLDINGTAXAMOUNT@WITHHOLDINGTAX-001", "free", "CALCULATIONRATE"),
)
_DOCUMENT_ORDERS = (("attachments", "atcud"), ("project_reference", "attachments"))
_SIZES = (10, 1000, 10**6, 10**12)


@kept
def preceding_invoices() -> SearchStrategy[PrecedingInvoice]:
    """Draw a reference to an earlier invoice, or RAPPEL for a rebate."""
    return st.builds(
        PrecedingInvoice,
        number=st.just("RAPPEL") | texts(50),
        issue_date=maybe(dates()),
    )


@kept
def deliveries(*, complete: bool = True) -> SearchStrategy[Delivery]:
    """Draw a delivery; only a `complete` one certainly has an address."""
    address = addresses(complete=True)
    return st.builds(
        Delivery,
        address=address if complete else maybe(address),
        name=maybe(texts(200)),
        location=maybe(identifiers()),
        date=maybe(dates()) if complete else dates(),
    )


@kept
def additional_properties() -> SearchStrategy[AdditionalProperty]:
    """Draw a named value for the notes."""
    return st.builds(AdditionalProperty, name=tag_values(50), value=tag_values(50))


@kept
def source_currencies() -> SearchStrategy[SourceCurrency]:
    """Draw a source currency with a rate of up to nine digits and five decimals."""
    return st.builds(
        SourceCurrency, code=codes(CURRENCIES), rate=numbers(999_999_999, 5)
    )


@kept
def certified_programs() -> SearchStrategy[CertifiedProgram]:
    """Draw a certified program."""
    return st.builds(
        CertifiedProgram,
        number=st.just("1234/AT") | tag_values(20),
        hash=tag_values(20),
        description=maybe(tag_values(150)),
    )


@kept
def withholdings() -> SearchStrategy[Withholding]:
    """Draw a tax withheld at source; `IRF` is the only type there is."""
    return st.builds(
        Withholding,
        amount=numbers(9_999_999_999_999, 2),
        description=tag_values(150),
        type=st.just("IRF"),
    )


@kept
def notes() -> SearchStrategy[str]:
    """Draw a free note; line breaks are allowed."""
    return texts(500, lines=True)


def invoices(*, stated_totals: bool = False) -> SearchStrategy[Invoice]:
    """Draw an invoice or debit note of any kind; see `documents_of`."""
    kinds = tuple(kind for kind in Kind if not kind.is_credit_note)
    return documents_of(*kinds, stated_totals=stated_totals)


def credit_notes(*, stated_totals: bool = False) -> SearchStrategy[Invoice]:
    """Draw a credit note; see `documents_of`."""
    kinds = tuple(kind for kind in Kind if kind.is_credit_note)
    return documents_of(*kinds, stated_totals=stated_totals)


@kept
@st.composite
def documents_of(draw: DrawFn, *kinds: Kind, stated_totals: bool = False) -> Invoice:
    """Draw a document of one of these kinds that the rules find clean, ours included.

    What only Portuguese law asks for (rates, exemptions, ATCUD, QR code) is asked of
    Portuguese sellers; a third of the documents has a seller of another country.
    Its totals come from `with_totals`; with `stated_totals` the VAT is up to fifty
    cents off, which the rules tolerate and a certified program may say.
    """
    kind = draw(st.sampled_from(kinds))
    seller = draw(sellers())
    parts: dict[str, Any] = {
        **draw(_head()),
        **draw(_references(kind)),
        **draw(_parties(kind, seller)),
        **draw(_tagged_notes()),
        **draw(_payments(kind)),
    }
    lines = draw(_lines())
    invoice = lawful(
        Invoice(kind=kind, seller=seller, lines=lines, **parts),
        draw(st.sampled_from(_REGIONS)),
        draw(st.integers(1, 99_999)),
    )
    invoice = draw(_with_changes(_not_negative(invoice)))
    return with_lawful_qr(draw(_finished(invoice, stated=stated_totals)))


@kept
def _head() -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "number": texts(50),
            "issue_date": dates(),
            "specification": codes(_VERSIONS),
            "notes": several(notes(), 2),
        },
        optional={
            "business_process": texts(50),
            "buyer_reference": texts(50),
            "project_reference": texts(50),
            "contract_reference": texts(20),
            "receiving_advice_reference": texts(20),
            "despatch_advice_reference": texts(20),
            "framework_agreement": texts(20),
            "commitment": texts(50),
            "note_order": st.sampled_from(_NOTE_ORDERS),
            "document_order": st.sampled_from(_DOCUMENT_ORDERS),
        },
    )


@kept
@st.composite
def _references(draw: DrawFn, kind: Kind) -> dict[str, Any]:
    parts: dict[str, Any] = {"currency": draw(codes(CURRENCIES))}
    parts["tax_currency"] = draw(st.sampled_from((None, parts["currency"])))
    when = draw(st.sampled_from((None, "date", "code")))
    if when == "date":
        parts["tax_point_date"] = draw(dates())
    parts["period"] = draw(periods() if when == "code" else maybe(periods()))
    if when == "code":
        parts["tax_point_code"] = draw(codes(("3", "35", "432")))
    parts["order_reference"] = draw(maybe(texts(20)))
    if parts["order_reference"] is not None:
        parts["sales_order_reference"] = draw(maybe(texts(20)))
    corrects = kind.is_credit_note or kind.is_debit_note
    preceding = st.lists(preceding_invoices(), min_size=corrects, max_size=2)
    parts["preceding_invoices"] = tuple(draw(preceding))
    return {**parts, **draw(_documents())}


@kept
@st.composite
def _documents(draw: DrawFn) -> dict[str, Any]:
    """Draw the references of which only one may have the type code (UBL-SR-04)."""
    typed = draw(st.sampled_from((None, "aim", "object_identifier", "attachments")))
    supporting = draw(several(attachments(), 2))
    parts: dict[str, Any] = {"atcud": draw(maybe(texts(50)))}
    if parts["atcud"] is not None:
        parts["qr"] = draw(maybe(texts(200, lines=True)))
    if typed == "aim":
        parts["aim"] = draw(texts(50))
    elif typed == "object_identifier":
        parts[typed] = draw(identifiers(50, OBJECT_SCHEMES))
    elif typed == "attachments":
        supporting = (*supporting, draw(attachments(type_code=True)))
    return {**parts, "attachments": supporting}


@kept
@st.composite
def _parties(draw: DrawFn, kind: Kind, seller: Any) -> dict[str, Any]:
    places: tuple[Delivery, ...] = (draw(deliveries()),)
    if kind.is_credit_note:
        places += draw(several(deliveries(complete=False), 1))
    return {
        "buyer": draw(buyers()),
        "payee": draw(maybe(payees(seller))),
        "tax_representative": draw(maybe(tax_representatives())),
        "deliveries": places,
    }


@kept
def _tagged_notes() -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "additional_properties": several(additional_properties(), 2),
            "source_currency": source_currencies(),
            "certified_program": certified_programs(),
            "period_description": tag_values(150),
            "withholdings": _numbered(withholdings()),
            "further_multibanco": _numbered(further_references()),
        },
    )


@kept
def _numbered(strategy: SearchStrategy[Any]) -> SearchStrategy[tuple[Any, ...]]:
    """Draw a few values, their group numbers ascending or left out."""
    groups = st.sampled_from(((None, None), (0, None), (2, 999), (None, 7)))
    return st.builds(
        lambda items, numbers: tuple(
            replace(item, group=number)
            for item, number in zip(items, numbers, strict=False)
        ),
        st.lists(strategy, max_size=2),
        groups,
    )


@kept
@st.composite
def _payments(draw: DrawFn, kind: Kind) -> dict[str, Any]:
    """Draw payments and when to pay: a due date, terms or both (BR-CO-25)."""
    ways = draw(several(payments(), 2))
    terms = draw(several(texts(200), 2 if kind.is_credit_note else 1))
    due = draw(maybe(dates()))
    if kind.is_credit_note and not ways:
        due = None
    if due is None and not terms:
        terms = (draw(texts(200)),)
    return {"payments": ways, "payment_terms": terms, "due_date": due}


@kept
@st.composite
def _lines(draw: DrawFn) -> tuple[Line, ...]:
    most = draw(st.sampled_from(_SIZES))
    count = draw(st.integers(1, 4))
    ids = draw(st.lists(texts(50), min_size=count, max_size=count, unique=True))
    return tuple(draw(lines(most, number=name)) for name in ids)


def _not_negative(invoice: Invoice) -> Invoice:
    """Return it with negative lines only as far as the totals bear them (BT-109)."""
    if _bearable(with_totals(invoice).totals):
        return invoice
    turned = tuple(
        replace(line, quantity=abs(line.quantity), net_amount=None)
        for line in invoice.lines
    )
    return replace(invoice, lines=turned)


def _bearable(totals: Totals | None) -> bool:
    return totals is not None and min(totals.without_vat, totals.with_vat) >= ZERO


@kept
@st.composite
def _with_changes(draw: DrawFn, invoice: Invoice) -> Invoice:
    """Draw document level allowances and charges of the categories there are."""
    known: SearchStrategy[Vat] = st.sampled_from([line.vat for line in invoice.lines])
    one = allowance_charges(draw(st.sampled_from((1, 10**6))), vat=known)
    changed = replace(invoice, allowance_charges=draw(several(one, 2)))
    return changed if _bearable(with_totals(changed).totals) else invoice


@kept
@st.composite
def _finished(draw: DrawFn, invoice: Invoice, *, stated: bool) -> Invoice:
    """Draw what was paid and the rounding, and add it all up."""
    totals = with_totals(invoice).totals
    assert totals is not None  # noqa: S101 - with_totals gives them
    rounding = draw(maybe(numbers(1, 2)))
    if rounding is not None and draw(st.booleans()) and rounding <= totals.with_vat:
        rounding = -rounding
    invoice = replace(invoice, rounding=rounding)
    owed = total((totals.with_vat, rounding or ZERO))
    paid = draw(st.sampled_from(("nothing", "some", "all")))
    if paid == "some":
        share = draw(st.integers(0, int(owed * 100)))
        invoice = replace(invoice, prepaid=Decimal(share).scaleb(-2))
    invoice = with_totals(invoice, fully_paid=paid == "all")
    return draw(_off(invoice)) if stated and paid != "all" else invoice


@kept
@st.composite
def _off(draw: DrawFn, invoice: Invoice) -> Invoice:
    """Draw a certified program's own idea of the VAT of one subtotal."""
    totals = invoice.totals
    assert totals is not None  # noqa: S101 - with_totals gave them
    taxed = [i for i, entry in enumerate(totals.vat_breakdown) if entry.rate]
    if not taxed:
        return invoice
    index, more = draw(st.sampled_from(taxed)), draw(st.integers(1, 50)) * CENT
    entries = list(totals.vat_breakdown)
    entries[index] = replace(entries[index], tax=entries[index].tax + more)
    return replace(
        invoice,
        totals=replace(
            totals,
            vat=totals.vat + more,
            with_vat=totals.with_vat + more,
            due=totals.due + more,
            vat_breakdown=tuple(entries),
        ),
    )
