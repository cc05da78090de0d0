# SPDX-License-Identifier: MIT
"""BG-24 and BT-18: the document references, and the fields that hide among them.

CIUS-PT puts the ATCUD (scheme ANG) with the text of the QR code, the identifier of the
transaction (scheme AIM) and, on credit notes, the project (scheme AAA) beside the
supporting documents. A reference that follows one of these conventions exactly becomes
a field; every other one is an `Attachment`. Source: CIUS-PT 2.1.2 and its guide.
"""

from __future__ import annotations

from typing import Any

from cius_pt.errors import InvalidValue
from cius_pt.model.document import Attachment, Invoice
from cius_pt.model.parties import Identifier
from cius_pt.ubl.binding import Place
from cius_pt.ubl.order import arrange, observed

OBJECT = "130"  # UNTDID 1001: the only type code DT-CIUS-PT-153 admits
_QR_DESCRIPTION = "QR_CODE"
_QR_MIME = "text/plain"
_QR_FILENAME = "QR_CODE.txt"
_KEYS = ("aim", "atcud", "object_identifier", "attachments", "project_reference")


class _Documents:
    """The rule between the references of a document and its fields."""

    fields = (*_KEYS, "qr")

    def __init__(self, *, credit_note: bool) -> None:
        self._credit_note = credit_note

    def join(self, owner: Invoice, *, strict: bool) -> list[Attachment]:
        """Return all references, each as the attachment it is written as."""
        keyed: list[tuple[str, Attachment]] = []
        if owner.aim is not None:
            keyed.append(
                ("aim", Attachment(id=owner.aim, scheme="AIM", type_code=OBJECT))
            )
        if owner.atcud is not None:
            keyed.append(("atcud", _atcud(owner.atcud, owner.qr)))
        if (found := owner.object_identifier) is not None:
            reference = Attachment(
                id=found.value, scheme=found.scheme, type_code=OBJECT
            )
            keyed.append(("object_identifier", reference))
        for index, attachment in enumerate(owner.attachments):
            if strict:
                _complete(attachment, f"attachments[{index}]")
            keyed.append(("attachments", attachment))
        if self._credit_note and owner.project_reference is not None:
            keyed.append(
                (
                    "project_reference",
                    Attachment(id=owner.project_reference, scheme="AAA"),
                )
            )
        arranged = arrange([(pair[0], pair) for pair in keyed], owner.document_order)
        if strict:
            self._refuse_taken(arranged)
        return [value for _, value in arranged]

    def _refuse_taken(self, keyed: list[tuple[str, Attachment]]) -> None:
        """Refuse a reference that would be read as another field."""
        seen: set[str] = set()
        attachments = 0
        for key, value in keyed:
            taken = self._key(value)
            taken = "attachments" if taken in seen else taken
            if taken != key:
                path = f"attachments[{attachments}]" if key == "attachments" else key
                raise InvalidValue(
                    f"BT-18, BG-24: this would be read as {taken}; "
                    "use that field or another scheme",
                    path=path,
                )
            attachments += key == "attachments"
            seen.add(taken)

    def split(
        self, values: list[Attachment], fields: dict[str, Any]
    ) -> tuple[Place, ...]:
        """Sort the references of a document into fields and attachments."""
        places: list[Place] = []
        keys: list[str] = []
        attachments: list[Attachment] = []
        for value in values:
            key = self._key(value)
            if key == "attachments" or key in fields:
                places.append(
                    Place(path=f"attachments[{len(attachments)}]", bt="BG-24")
                )
                keys.append("attachments")
                attachments.append(value)
                continue
            places.append(Place(path=key, bt=_BTS[key]))
            keys.append(key)
            if key == "object_identifier":
                fields[key] = Identifier(value=value.id, scheme=value.scheme)
            else:
                fields[key] = value.id
            if key == "atcud" and value.content is not None:
                fields["qr"] = value.content.decode()
        if attachments:
            fields["attachments"] = tuple(attachments)
        order = observed(keys, _KEYS.index)
        if order:
            fields["document_order"] = order
        return tuple(places)

    def _key(self, value: Attachment) -> str:
        if value.scheme == "AIM" and value == Attachment(
            id=value.id, scheme="AIM", type_code=OBJECT
        ):
            return "aim"
        if _is_atcud(value):
            return "atcud"
        if value.type_code == OBJECT and value == Attachment(
            id=value.id, scheme=value.scheme, type_code=OBJECT
        ):
            return "object_identifier"
        if self._credit_note and value == Attachment(id=value.id, scheme="AAA"):
            return "project_reference"
        return "attachments"


_BTS = {
    "aim": "BT-18",
    "atcud": "BT-18",
    "object_identifier": "BT-18",
    "project_reference": "BT-11",
}


def _atcud(atcud: str, qr: str | None) -> Attachment:
    if qr is None:
        return Attachment(id=atcud, scheme="ANG")
    try:
        content = qr.encode()
    except UnicodeEncodeError:
        raise InvalidValue("BT-18: half a character inside", path="qr") from None
    return Attachment(
        id=atcud,
        scheme="ANG",
        description=_QR_DESCRIPTION,
        content=content,
        mime_code=_QR_MIME,
        filename=_QR_FILENAME,
    )


def _is_atcud(value: Attachment) -> bool:
    if value.scheme != "ANG":
        return False
    try:
        qr = None if value.content is None else value.content.decode()
    except UnicodeDecodeError:
        return False
    return qr != "" and value == _atcud(value.id, qr)


def _complete(attachment: Attachment, path: str) -> None:
    if attachment.content is None:
        for name in ("mime_code", "filename"):
            if getattr(attachment, name) is not None:
                raise InvalidValue(
                    "BT-125: describes content, but there is none",
                    path=f"{path}.{name}",
                )
        return
    for name, bt in (("mime_code", "BT-125-1"), ("filename", "BT-125-2")):
        if getattr(attachment, name) is None:
            raise InvalidValue(
                f"{bt}: mandatory beside the content", path=f"{path}.{name}"
            )


DOCUMENTS = {
    "Invoice": _Documents(credit_note=False),
    "CreditNote": _Documents(credit_note=True),
}
