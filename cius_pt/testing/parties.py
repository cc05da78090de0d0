# SPDX-License-Identifier: MIT
"""Strategies for the parties, their addresses and their contacts. All made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from cius_pt.model import (
    Address,
    Buyer,
    Contact,
    Identifier,
    Payee,
    Seller,
    TaxRepresentative,
)
from cius_pt.testing.texts import (
    ADDRESS_SCHEMES,
    COUNTRIES,
    PARTY_SCHEMES,
    codes,
    identifiers,
    kept,
    maybe,
    several,
    texts,
    vat_identifiers,
)

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy


@kept
def addresses(*, complete: bool = False) -> SearchStrategy[Address]:
    """Draw an address; a `complete` one has street, city and post code."""
    line = texts(200) if complete else maybe(texts(200))
    return st.builds(
        Address,
        street=line,
        additional_street=maybe(texts(200)),
        city=line,
        post_code=line,
        subdivision=maybe(texts(200)),
        line=maybe(texts(200)),
        country=codes(COUNTRIES),
    )


@kept
def contacts() -> SearchStrategy[Contact]:
    """Draw a contact of which at least one thing is known."""
    kinds = st.sets(st.sampled_from(("name", "telephone", "email")), min_size=1)
    return kinds.flatmap(
        lambda names: st.builds(Contact, **{name: texts(200) for name in sorted(names)})
    )


@kept
def _electronic_addresses() -> SearchStrategy[Identifier]:
    return identifiers(50, ADDRESS_SCHEMES, scheme_needed=True)


@kept
def sellers() -> SearchStrategy[Seller]:
    """Draw a seller with everything the rules ask of one."""
    registration = st.builds(
        Identifier,
        value=vat_identifiers(),
        scheme=codes(("TAX", "IRC", "IRS")),
    )
    return st.builds(
        Seller,
        name=texts(200),
        vat_identifier=vat_identifiers(),
        address=addresses(complete=True),
        trading_name=maybe(texts(200)),
        identifiers=several(identifiers(), 2),
        creditor_identifier=maybe(texts(50)),
        legal_registration=maybe(identifiers(200)),
        tax_registration=maybe(registration),
        share_capital=maybe(texts(200)),
        electronic_address=maybe(_electronic_addresses()),
        contact=maybe(contacts()),
    )


@kept
def buyers() -> SearchStrategy[Buyer]:
    """Draw a buyer; of its address only the country is certain."""
    return st.builds(
        Buyer,
        name=texts(200),
        vat_identifier=vat_identifiers(),
        address=addresses(),
        trading_name=maybe(texts(200)),
        identifier=maybe(identifiers(50, (*PARTY_SCHEMES, "SEPA"))),
        legal_registration=maybe(identifiers()),
        electronic_address=maybe(_electronic_addresses()),
        contact=maybe(contacts()),
    )


@kept
@st.composite
def payees(draw: DrawFn, seller: Seller | None = None) -> Payee:
    """Draw a payee who is not `seller` (BR-17, UBL-SR-19 to 21)."""
    taken = {seller.name, seller.trading_name} if seller else set()
    numbers = {item.value for item in seller.identifiers} if seller else set()
    registered = None
    if seller is not None:
        numbers.add(seller.creditor_identifier or "")
        registered = seller.legal_registration
    known = draw(st.sampled_from((None, "identifier", "creditor_identifier")))
    other = texts(50).filter(lambda value: value not in numbers)
    identifier = identifiers().filter(lambda item: item.value not in numbers)
    registration = identifiers().filter(
        lambda item: registered is None or item.value != registered.value
    )
    return Payee(
        name=draw(texts(200).filter(lambda name: name not in taken)),
        identifier=draw(identifier) if known == "identifier" else None,
        creditor_identifier=draw(other) if known == "creditor_identifier" else None,
        legal_registration=draw(maybe(registration)),
    )


@kept
def tax_representatives() -> SearchStrategy[TaxRepresentative]:
    """Draw a tax representative."""
    return st.builds(
        TaxRepresentative,
        name=texts(200),
        vat_identifier=vat_identifiers(),
        address=addresses(),
    )


@kept
def parties() -> SearchStrategy[Seller | Buyer | Payee | TaxRepresentative]:
    """Draw a party of any kind."""
    return st.one_of(sellers(), buyers(), payees(), tax_representatives())
