"""All documents of a few small spaces: what rules say of each is asked, not argued.

A space is made of what the tests of its rules read: each thing is absent, there once or
twice, here or in a document hidden inside, with every kind of value that the tests
tell apart: more of a kind changes no test, as each asks only whether there is one.
The bounds stand with each space.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from cius_pt.testing.breaking import base
from cius_pt.testing.edits import Action, Edit, edited
from cius_pt.xmlio import CAC, CBC, CREDIT_NOTE, EXT, INVOICE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SPACES = f'xmlns:cac="{CAC}" xmlns:cbc="{CBC}" xmlns:e="{EXT}"'
_LISTED, _OTHER, _UNLISTED = "EUR", "USD", "ABC"
_CURRENCIES = (None, _LISTED, _OTHER, _UNLISTED, f" {_LISTED} ", f" {_UNLISTED}")
_TOTALS = "".join(
    f"<cbc:{name}>0.00</cbc:{name}>"
    for name in (
        *("LineExtensionAmount", "TaxExclusiveAmount"),
        *("TaxInclusiveAmount", "PayableAmount"),
    )
)
_WITHHOLDING = tuple(
    f"WITHHOLDINGTAX{name}@WITHHOLDINGTAX" for name in ("DESCRIPTION", "AMOUNT", "TYPE")
)
_ATM = tuple(
    f"{name}@ATMPAYMENT" for name in ("ENTITY", "REFERENCE", "AMOUNT", "DESCRIPTION")
)


_SELLER = "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme"
_SUMS, _LINE = "cac:LegalMonetaryTotal/cbc:", "cac:InvoiceLine[1]/"
_PRICE, _REASON = f"{_LINE}cac:Price", "cbc:AllowanceChargeReason"
# A document, rules, and the elements of which every choice is taken out.
CUTS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "totals": (
        "tiny-invoice",
        ("BR-12", "BR-13", "BR-14"),
        (
            *(f"{_SUMS}LineExtensionAmount", f"{_SUMS}TaxExclusiveAmount"),
            *(f"{_SUMS}TaxInclusiveAmount", f"{_SUMS}PayableAmount"),
            *(f"{_SUMS}AllowanceTotalAmount", f"{_SUMS}ChargeTotalAmount"),
        ),
    ),
    "line": (
        "tiny-invoice",
        ("BR-22", "BR-24", "BR-26"),
        (
            *(f"{_LINE}cbc:InvoicedQuantity", f"{_LINE}cbc:LineExtensionAmount"),
            *(
                f"{_LINE}cac:Price/cbc:PriceAmount",
                f"{_LINE}cac:Price/cbc:BaseQuantity",
            ),
            f"{_LINE}cac:Price",
        ),
    ),
    "reasons": (
        "tiny-invoice",
        tuple(
            f"BR-{n}" for n in ("33", "38", "42", "44", *(f"CO-2{k}" for k in "1234"))
        ),
        (
            *(f"cac:AllowanceCharge[{n}]/cbc:AllowanceChargeReason" for n in (1, 4)),
            *(
                f"{_LINE}cac:AllowanceCharge[{n}]/cbc:AllowanceChargeReason"
                for n in (1, 2)
            ),
        ),
    ),
    "numbers": (
        "tiny-invoice",
        tuple(f"BR-{family}-0{n}" for family in ("AA", "E", "S") for n in (2, 3, 4)),
        (
            *(f"{_SELLER}[2]/cbc:CompanyID", f"{_SELLER}[1]/cbc:CompanyID"),
            *(f"cac:InvoiceLine[{n}]" for n in (3, 2, 1)),
            *(f"cac:AllowanceCharge[{n}]" for n in (6, 3)),
        ),
    ),
    "parts": (
        "tiny-invoice",
        ("BR-CIUS-PT-10", "BR-CIUS-PT-11"),
        (
            *("cac:TaxTotal/cbc:TaxAmount", "cac:TaxTotal/cac:TaxSubtotal[3]"),
            *("cac:TaxTotal", "cac:LegalMonetaryTotal", "cbc:DocumentCurrencyCode"),
        ),
    ),
    "payee": (
        "full-invoice",
        ("BR-CIUS-PT-32",),
        (
            "cac:PayeeParty/cac:PartyName/cbc:Name",
            *("cac:PayeeParty/cac:PartyName", "cac:PayeeParty/cac:PartyIdentification"),
        ),
    ),
}


def _document(inside: str, hidden: str = "") -> bytes:
    """Return a document with another one hidden in an extension."""
    other = f'<c:CreditNote xmlns:c="{CREDIT_NOTE}">{hidden}</c:CreditNote>'
    extension = (
        "<e:UBLExtensions><e:UBLExtension><e:ExtensionContent>"
        f"{other}</e:ExtensionContent></e:UBLExtension></e:UBLExtensions>"
    )
    head = extension if hidden else ""
    return f'<Invoice xmlns="{INVOICE}" {_SPACES}>{head}{inside}</Invoice>'.encode()


def _code(name: str, value: str | None) -> str:
    return "" if value is None else f"<cbc:{name}>{value}</cbc:{name}>"


def _vat(currency: str | None) -> str:
    amount = f'<cbc:TaxAmount currencyID="{currency}">0.00</cbc:TaxAmount>'
    return f"<cac:TaxTotal>{'' if currency is None else amount}</cac:TaxTotal>"


def currencies() -> Iterator[bytes]:
    """Yield documents with every currency in every place that DT-CIUS-PT-152 is about.

    Currency, VAT currency and that of the VAT total: absent, two codes of the list, one
    outside it, with blanks; a VAT currency, or another, in a document inside.
    """
    four = itertools.product(_CURRENCIES, repeat=4)
    for own, tax, amount, hidden in four:
        inside = _code("DocumentCurrencyCode", own) + _code("TaxCurrencyCode", tax)
        totals = f"<cac:LegalMonetaryTotal>{_TOTALS}</cac:LegalMonetaryTotal>"
        for name in ("TaxCurrencyCode", "DocumentCurrencyCode"):
            if hidden is not None or name == "TaxCurrencyCode":
                yield _document(inside + _vat(amount) + totals, _code(name, hidden))


def accounts() -> Iterator[bytes]:
    """Yield documents with every payment that BR-50 is about.

    A code: absent, one of the two, with blanks, another; no account or one, as UBL
    has it, with a number or without; in the document or in one inside.
    """
    codes = (None, "30", "58", " 30 ", "42")
    number = "<cbc:ID>1</cbc:ID>"
    accounts_ = ("", *(f"<cac:PayeeFinancialAccount>{n}</cac:PayeeFinancialAccount>"
                       for n in ("", number)))  # fmt: skip
    for code, account in itertools.product(codes, accounts_):
        means = _code("PaymentMeansCode", code) + account
        payment = f"<cac:PaymentMeans>{means}</cac:PaymentMeans>"
        yield _document(payment)
        yield _document("", payment)


def _note(key: str, group: str) -> str:
    return f"<cbc:Note>#{key}-{group}#1.00#</cbc:Note>"


def _places(key: str) -> tuple[tuple[str, str], ...]:
    """Return where a note with a key may stand: in the document, in the one inside."""
    one, two, same = _note(key, "001"), _note(key, "002"), _note(key, " 001")
    padded = one.replace("<cbc:Note>", "<cbc:Note> ")
    return (
        *(("", ""), (one, ""), (two, ""), ("", one), ("", two)),
        *((one, one), (one, two), (one + two, ""), (padded, ""), (same, "")),
    )


def _notes(keys: Sequence[str], places: int) -> Iterator[bytes]:
    options = (_places(key)[:places] for key in keys)
    for chosen in itertools.product(*options):
        own, hidden = ("".join(texts) for texts in zip(*chosen, strict=True))
        yield _document(own, hidden)


def withholdings() -> Iterator[bytes]:
    """Yield documents with every choice of notes on withheld tax.

    Three keys, each in ten ways: two groups, here and in a document inside, twice,
    with blanks before it or in its group.
    """
    yield from _notes(_WITHHOLDING, 10)


def references() -> Iterator[bytes]:
    """Yield documents with every choice of notes on Multibanco.

    Four keys, each in seven ways: two groups, here and in a document inside.
    """
    yield from _notes(_ATM, 7)


def choices(paths: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield every choice of elements to take out, none below another of the choice."""
    for count in range(len(paths) + 1):
        for gone in itertools.combinations(paths, count):
            pairs = itertools.permutations(gone, 2)
            if not any(one.startswith(f"{other}/") for one, other in pairs):
                yield gone


def without(name: str, gone: Sequence[str]) -> bytes:
    """Return a document without these elements."""
    # The last ones first: their paths count those before them.
    edits = [Edit(action=Action.DROP, path=path) for path in sorted(gone, reverse=True)]
    return edited(base(name), edits)
