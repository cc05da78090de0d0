# SPDX-License-Identifier: MIT
"""BG-16: the payments, with Multibanco and DUC references inside code and remittance.

A credit note carries its due date (BT-9) in here, on its first payment. Source: rules
DT-CIUS-PT-079.1 to 079.4 and 080 of CIUS-PT 2.1.2.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from cius_pt.errors import InvalidValue
from cius_pt.model.payment import (
    Card,
    CreditTransfer,
    DirectDebit,
    Multibanco,
    Payment,
)
from cius_pt.pt.tagged import Tag, build, parse
from cius_pt.ubl.binding import Place, clark
from cius_pt.ubl.lexical import LINE_20, Text
from cius_pt.ubl.trusted import trusted
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from cius_pt.model.document import Invoice

_ENTITY = "ENTITY@ATMPAYMENT"
_REFERENCE = "REFERENCE@ATMPAYMENT"
_DESCRIPTION = "DESCRIPTION@ATMPAYMENT"
_DUC = "REFERENCE@DUCPAYMENT"
_DUE_DATE = clark("cbc:PaymentDueDate")
_LINE_125 = Text(125)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPayment:
    """A payment as UBL has it, references still hidden in its texts."""

    means: str
    text: str | None = None
    due_date: dt.date | None = None
    remittance: str | None = None
    card: Card | None = None
    credit_transfer: CreditTransfer | None = None
    direct_debit: DirectDebit | None = None


class _Payments:
    """The rule between the payments of a document and those of the model."""

    def __init__(self, *, credit_note: bool) -> None:
        self._credit_note = credit_note
        self.fields = ("payments", "due_date") if credit_note else ("payments",)

    def join(self, owner: Invoice, *, strict: bool) -> list[RawPayment]:
        """Return each payment with its references put into the texts."""
        due_date = owner.due_date if self._credit_note else None
        return [
            _raw(
                payment,
                f"payments[{index}]",
                due_date if index == 0 else None,
                strict=strict,
            )
            for index, payment in enumerate(owner.payments)
        ]

    def split(
        self, values: list[RawPayment], fields: dict[str, Any]
    ) -> tuple[Place, ...]:
        """Return each payment with its references taken out of the texts."""
        fields["payments"] = tuple(_structured(value) for value in values)
        if values[0].due_date is not None:
            fields["due_date"] = values[0].due_date
        return tuple(
            Place(
                path=f"payments[{index}]",
                bt="BG-16",
                unread=_DUE_DATE if index and value.due_date is not None else None,
            )
            for index, value in enumerate(values)
        )


def _raw(
    payment: Payment, path: str, due_date: dt.date | None, *, strict: bool
) -> RawPayment:
    if (payment.means is None) == (payment.multibanco is None):
        raise InvalidValue(
            "BT-81: give either means or multibanco", path=f"{path}.means"
        )
    means, text, remittance = payment.means, payment.text, payment.remittance
    references = (payment.multibanco, payment.duc, payment.remittance)
    if sum(reference is not None for reference in references) > 1:
        raise InvalidValue(
            "BT-83: holds one of multibanco, duc and remittance", path=f"{path}.duc"
        )
    if (found := payment.multibanco) is not None:
        _check_multibanco(payment, found, path, strict=strict)
        means = build(Tag(key=_ENTITY, value=found.entity))
        remittance = build(Tag(key=_REFERENCE, value=found.reference))
        if found.description is not None:
            text = build(Tag(key=_DESCRIPTION, value=found.description))
    if payment.duc is not None:
        if strict and (problem := LINE_20.problem(payment.duc, payment.duc)):
            raise InvalidValue(f"BT-83: {problem}", path=f"{path}.duc")
        remittance = build(Tag(key=_DUC, value=payment.duc))
    if strict and payment.remittance is not None:
        raise InvalidValue(
            "BT-83: CIUS-PT takes Multibanco or DUC references only "
            "(DT-CIUS-PT-080); use multibanco or duc",
            path=f"{path}.remittance",
        )
    return RawPayment(
        means=str(means),
        text=text,
        due_date=due_date,
        remittance=remittance,
        card=payment.card,
        credit_transfer=payment.credit_transfer,
        direct_debit=payment.direct_debit,
    )


def _check_multibanco(
    payment: Payment, found: Multibanco, path: str, *, strict: bool
) -> None:
    if found.amount is not None or found.group is not None:
        raise InvalidValue(
            "BT-81: the first reference is for the amount due and has no group; "
            "use further_multibanco",
            path=f"{path}.multibanco",
        )
    if payment.text is not None and found.description is not None:
        raise InvalidValue(
            "BT-82: holds either text or the description of multibanco",
            path=f"{path}.text",
        )
    if not strict:
        return
    if _value(payment.text, _DESCRIPTION) is not None:
        raise InvalidValue(
            "BT-82: this would be read as the description of multibanco; use that",
            path=f"{path}.text",
        )
    for name, bt, form in (
        ("entity", "BT-81", LINE_20),
        ("reference", "BT-83", LINE_20),
        ("description", "BT-82", _LINE_125),
    ):
        given = getattr(found, name)
        if given is not None and (problem := form.problem(given, given)):
            raise InvalidValue(f"{bt}: {problem}", path=f"{path}.multibanco.{name}")


def _structured(raw: RawPayment) -> Payment:
    means: str | None = raw.means
    text, remittance = raw.text, raw.remittance
    multibanco, duc = None, None
    entity, reference = _value(means, _ENTITY), _value(remittance, _REFERENCE)
    if entity is not None and reference is not None:
        description = _value(text, _DESCRIPTION)
        multibanco = trusted(
            Multibanco,
            {"entity": entity, "reference": reference, "description": description},
        )
        means, remittance = None, None
        text = None if description is not None else text
    elif (duc := _value(remittance, _DUC)) is not None:
        remittance = None
    given: dict[str, Any] = {
        "means": means,
        "text": text,
        "multibanco": multibanco,
        "duc": duc,
        "remittance": remittance,
        "credit_transfer": raw.credit_transfer,
        "card": raw.card,
        "direct_debit": raw.direct_debit,
    }
    payment: Payment = trusted(Payment, given)
    return payment


def _value(text: str | None, key: str) -> str | None:
    tag = parse(text) if text is not None else None
    if tag is None or tag.key != key or tag.number is not None:
        return None
    return tag.value


PAYMENTS = {
    "Invoice": _Payments(credit_note=False),
    "CreditNote": _Payments(credit_note=True),
}
