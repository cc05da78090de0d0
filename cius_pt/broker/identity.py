# SPDX-License-Identifier: MIT
"""What makes a document itself to iLink: who issued it, number, type and date."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Final

from cius_pt import xmlio
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from cius_pt.xmlio import XmlDocument

_CBC: Final = f"{{{xmlio.CBC}}}"
_CAC: Final = f"{{{xmlio.CAC}}}"
_SELLER: Final = f"{_CAC}AccountingSupplierParty/{_CAC}Party/{_CAC}PartyTaxScheme"
# UNTDID 1001 for the letters of SAF-T, as iLink reports them back ("FT" is 380).
_CODES: Final = {"FT": "380", "FS": "380", "FR": "380", "ND": "383", "NC": "381"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The natural key of a document and the hash of its bytes.

    `seller`: the NIF (BT-31 without PT); `number`: BT-1; `kind`: BT-3 as written;
    `issued`: BT-2. `sha256` tells one content from another. `aim`: BT-18 with the
    scheme AIM, by which status messages name the document.
    """

    seller: str
    number: str
    kind: str
    issued: str
    sha256: str
    aim: str | None = None

    @property
    def key(self) -> str:
        """The natural key as one text."""
        return f"{self.seller}\n{self.number}\n{self.kind}\n{self.issued}"

    @property
    def is_credit_note(self) -> bool:
        """Whether it is a credit note."""
        return self.kind in {"381", "NC"}

    def is_kind(self, *, code: str, letters: str) -> bool:
        """Whether a type, as iLink may report it, means ours; either may be empty."""
        if self.kind.isdecimal() or not letters:
            return code == _CODES.get(self.kind, self.kind)
        return letters == self.kind


def identity(document: XmlDocument) -> Identity | None:
    """Return what makes this document itself; None when a part is missing."""
    root = document.root
    kind = f"{_CBC}{document.kind}TypeCode"
    seller = root.findtext(f"{_SELLER}/{_CBC}CompanyID", "").strip()
    number = root.findtext(f"{_CBC}ID", "").strip()
    code = root.findtext(kind, "").strip()
    issued = root.findtext(f"{_CBC}IssueDate", "").strip()
    if not (seller and number and code and _is_date(issued)):
        return None
    return Identity(
        seller=seller.removeprefix("PT"),
        number=number,
        kind=code,
        issued=issued,
        sha256=hashlib.sha256(document.data).hexdigest(),
        aim=_aim(document),
    )


def _aim(document: XmlDocument) -> str | None:
    for reference in document.root.iterfind(f"{_CAC}AdditionalDocumentReference"):
        found = reference.find(f"{_CBC}ID[@schemeID='AIM']")
        if found is not None and (text := (found.text or "").strip()):
            return text
    return None


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
