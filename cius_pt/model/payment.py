# SPDX-License-Identifier: MIT
"""How it is paid (BG-16 to BG-19) and what is withheld.

The Portuguese payment references travel inside tagged texts; here they are values.
"""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal

from cius_pt.model.types import check
from cius_pt.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Multibanco:
    """A payment reference for the Multibanco network.

    `entity`: 1..1, 20 characters; `reference`: 1..1, 20 characters, as printed.
    `amount`: only on further references (BT-22), where it is 1..1 with two decimals;
    the first reference (BT-81, BT-83) is for the amount due. `description`: 0..1, 125
    characters on the first, 150 on further ones. `group`: the number in the notes of
    a further reference, 0 to 999 and ascending, counted on from the one before where
    it is not given; no part of what the reference says.
    """

    entity: str
    reference: str
    amount: Decimal | None = None
    description: str | None = None
    group: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditTransfer:
    """BG-17, 0..1 per payment: the account to pay into.

    `account`: BT-84, 1..1, the IBAN, 50 characters. `name`: BT-85, 0..1.
    `service_provider`: BT-86, 0..1, the BIC, 50 characters.
    """

    account: str
    name: str | None = None
    service_provider: str | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """BG-18, 0..1: the card it was paid with.

    `number`: BT-87, 1..1, the last digits. `network`: 1..1, what UBL 2.1 asks for
    beside it. `holder`: BT-88, 0..1.
    """

    number: str
    network: str
    holder: str | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectDebit:
    """BG-19, 0..1: a direct debit.

    `mandate`: BT-89, 0..1. `debited_account`: BT-91, 0..1. The creditor identifier
    (BT-90) is `Payee.creditor_identifier` or `Seller.creditor_identifier`.
    """

    mandate: str | None = None
    debited_account: str | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """BG-16, 0..1 by the norm, though several pass: one way to pay.

    `means`: BT-81, a UNTDID 4461 or SAF-T (PT) code, unless `multibanco` stands in its
    place; exactly one of the two. `text`: BT-82, 0..1, 150 characters. `multibanco`:
    the first Multibanco reference. `duc`: BT-83, the reference of a *documento único
    de cobrança*, 20 characters (with means 30 or OU). `remittance`: BT-83 as any other
    text, which reading keeps and CIUS-PT refuses (DT-CIUS-PT-080). `credit_transfer`:
    BG-17, `card`: BG-18, `direct_debit`: BG-19, each 0..1.
    """

    means: str | None = None
    text: str | None = None
    multibanco: Multibanco | None = None
    duc: str | None = None
    remittance: str | None = None
    credit_transfer: CreditTransfer | None = None
    card: Card | None = None
    direct_debit: DirectDebit | None = None

    def __post_init__(self) -> None:
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """Tax withheld at source, 0..N: information only, no total changes.

    `amount`: 1..1, two decimals, not negative. `description`: 1..1, 150 characters.
    `type`: 1..1, ``IRF`` is the only code CIUS-PT names (DT-CIUS-PT-020_11.2).
    `group`: its number in the notes, 0 to 999 and ascending, counted on from the one
    before where it is not given; no part of what is withheld.
    """

    amount: Decimal
    description: str
    type: str = "IRF"
    group: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        check(self)
