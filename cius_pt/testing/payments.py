# SPDX-License-Identifier: MIT
"""Strategies for payments and the Portuguese payment references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from cius_pt.model import Card, CreditTransfer, DirectDebit, Multibanco, Payment
from cius_pt.pt import iban
from cius_pt.testing.texts import codes, kept, maybe, numbers, tag_values, texts

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

# UNTDID 4461 as far as it is admitted, and the means of SAF-T (PT).
MEANS = (
    *("5", "10", "20", "23", "54", "30", "42", "48", "49", "57", "58", "59"),
    *("CC", "CD", "CH", "CI", "CO", "CS", "DE", "LC", "MB", "NU", "OU", "PR"),
    *("TB", "TR"),
)


@kept
def multibanco_references() -> SearchStrategy[Multibanco]:
    """Draw the first Multibanco reference, the one for the amount due."""
    return st.builds(
        Multibanco,
        entity=tag_values(20),
        reference=st.just("123 456 789") | tag_values(20),
        description=maybe(tag_values(125)),
    )


@kept
def further_references() -> SearchStrategy[Multibanco]:
    """Draw a further Multibanco reference with its amount."""
    return st.builds(
        Multibanco,
        entity=tag_values(20),
        reference=tag_values(20),
        amount=numbers(9_999_999_999_999, 2),
        description=maybe(tag_values(150)),
    )


@kept
def credit_transfers() -> SearchStrategy[CreditTransfer]:
    """Draw an account to pay into: a Portuguese IBAN or any other text."""
    digits = st.text("0123456789", min_size=19, max_size=19)
    ibans = digits.map(lambda d: iban.from_nib(iban.nib(d[:4], d[4:8], d[8:])))
    return st.builds(
        CreditTransfer,
        account=ibans | texts(50).filter(lambda text: not iban.looks_like_one(text)),
        name=maybe(texts(200)),
        service_provider=maybe(texts(50)),
    )


@kept
def cards() -> SearchStrategy[Card]:
    """Draw a card."""
    return st.builds(
        Card, number=texts(200), network=texts(200), holder=maybe(texts(200))
    )


@kept
def direct_debits() -> SearchStrategy[DirectDebit]:
    """Draw a direct debit of which the mandate or the account is known."""
    return st.one_of(
        st.builds(DirectDebit, mandate=texts(50), debited_account=maybe(texts(50))),
        st.builds(DirectDebit, debited_account=texts(50)),
    )


@kept
@st.composite
def payments(draw: DrawFn) -> Payment:
    """Draw a way to pay: a means, a Multibanco reference or a DUC."""
    multibanco, means, duc = draw(maybe(multibanco_references())), None, None
    if multibanco is None:
        means = draw(codes(MEANS))
        duc = draw(maybe(tag_values(20)))
    transfer = credit_transfers()
    # A text and a description of the reference share one attribute (BT-82).
    described = multibanco is not None and multibanco.description is not None
    return Payment(
        means=means,
        multibanco=multibanco,
        duc=duc,
        text=None if described else draw(maybe(texts(150))),
        # BR-61: a transfer by 30 or 58 says where to.
        credit_transfer=draw(transfer if means in {"30", "58"} else maybe(transfer)),
        card=draw(maybe(cards())),
        direct_debit=draw(maybe(direct_debits())),
    )
