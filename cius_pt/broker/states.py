# SPDX-License-Identifier: MIT
"""One state for what iLink tells in three ways: document, EDI and eSPap."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a document stands.

    TO_SEND to REJECTED are iLink's own states, the others those of EDI and eSPap,
    which say more. UNKNOWN is a word nobody has published; it is kept beside.
    """

    TO_SEND = "to-send"  # not delivered; or by e-mail only, and then no news
    SENT = "sent"  # delivered; for some receivers the last that is ever heard
    FORWARDED = "forwarded"  # ACCEPTED: passed eSPap's checks, gone to the receiver
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    RECEPTION = "reception"  # may be sent again
    ERROR = "error"  # ERROR: failed a check or a connection; may be sent again
    REGULARISE = "regularise"  # 14: to be corrected and sent again
    RETURNED = "returned"  # 22: to be annulled; a new document with a new number
    PROCESSED = "processed"  # 11: accepted by the receiver
    CREDITED = "credited"  # 30: the credit note was accepted
    IN_PAYMENT = "in-payment"  # 33
    PAID = "paid"  # 29
    UNKNOWN = "unknown"

    @property
    def resendable(self) -> bool:
        """Whether iLink takes the document again under the same number."""
        return self in _RESENDABLE

    @property
    def failed(self) -> bool:
        """Whether somebody said no, so that the issuer has to act."""
        return self in _FAILED

    @property
    def final(self) -> bool:
        """Whether nothing more can be expected."""
        return self in _FINAL


_RESENDABLE: Final = frozenset(
    {State.TO_SEND, State.RECEPTION, State.ERROR, State.REGULARISE}
)
_FAILED: Final = frozenset(
    {State.REJECTED, State.ERROR, State.REGULARISE, State.RETURNED}
)
_FINAL: Final = frozenset(
    {State.ACCEPTED, State.RETURNED, State.PROCESSED, State.CREDITED, State.PAID}
)
CODES: Final = {
    "ACCEPTED": State.FORWARDED,
    "ERROR": State.ERROR,
    "14": State.REGULARISE,
    "22": State.RETURNED,
    "11": State.PROCESSED,
    "30": State.CREDITED,
    "33": State.IN_PAYMENT,
    "29": State.PAID,
}
_EDI: Final = {
    "regularization": State.REGULARISE,
    "reception": State.RECEPTION,
    "error": State.ERROR,
    "accepted": State.FORWARDED,
}
_DOCUMENT: Final = {
    "tosend": State.TO_SEND,
    "to_send": State.TO_SEND,  # one page says so
    "sent": State.SENT,
    "accepted": State.ACCEPTED,
    "rejected": State.REJECTED,
    # Where a text stands in the place of the object.
    "por enviar": State.TO_SEND,
    "enviado": State.SENT,
    "aceite": State.ACCEPTED,
    "recusado": State.REJECTED,
    "rejeitado": State.REJECTED,
}
# What the document's own state may be for EDI's to be a closer word for it.
_CLOSER: Final = {
    State.REGULARISE: {State.REJECTED, State.SENT, State.UNKNOWN},
    State.ERROR: {State.REJECTED, State.SENT, State.TO_SEND, State.UNKNOWN},
    State.RETURNED: {State.REJECTED, State.SENT, State.UNKNOWN},
    State.RECEPTION: {State.SENT, State.UNKNOWN},
    State.FORWARDED: {State.SENT, State.UNKNOWN},
}


def of_code(code: str) -> State:
    """Return the state of a code in a status message."""
    return CODES.get(code.strip().upper(), State.UNKNOWN)


def combined(document: str, edi: str = "", espap: str = "") -> State:
    """Return the one state for three words, each possibly empty or unknown.

    iLink's own state decides; EDI and eSPap only say it more closely, as their word
    may be an older one.
    """
    own = _DOCUMENT.get(document.strip().lower(), State.UNKNOWN)
    closer = of_code(espap) if espap else State.UNKNOWN
    if closer is State.UNKNOWN:
        closer = _EDI.get(edi.strip().lower(), of_code(edi))
    if closer is State.UNKNOWN:
        return own
    # Accepted, and then processed or paid.
    allowed = _CLOSER.get(closer, {State.ACCEPTED, State.SENT, State.UNKNOWN})
    return closer if own in allowed else own
