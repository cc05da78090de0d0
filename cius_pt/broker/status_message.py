# SPDX-License-Identifier: MIT
"""The status message of FE-AP: a UBL DocumentStatus, read and written.

A receiver's system says with it what became of a document
(``urn:feap.gov.pt:MSGSTS_CIUS-PT``). It is matched to the document by the AIM
identifier (`Invoice.aim`), which comes back as UUID, and only where there is none by
number, date and issuer.
"""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import Final, NoReturn

from lxml import etree

from cius_pt import xmlio
from cius_pt.errors import InvalidValue, UnreadableDocument
from cius_pt.model.types import check, field_types
from cius_pt.values import dataclass
from cius_pt.xmlio import CAC, CBC

NAMESPACE: Final = "urn:oasis:names:specification:ubl:schema:xsd:DocumentStatus-2"
CUSTOMIZATION: Final = "urn:feap.gov.pt:MSGSTS_CIUS-PT:2.1"
RULES: Final = {
    "CP-STS-01": "the document is not a UBL DocumentStatus of CIUS-PT",
    "CP-STS-02": "the status message lacks what it cannot do without, or it is no date",
}
# XML Schema part 2, 3.2.7.3: time zones are whole minutes, between -14:00 and +14:00.
_MINUTE: Final = dt.timedelta(minutes=1)
_FARTHEST: Final = dt.timedelta(hours=14)
_FAMILY: Final = "urn:feap.gov.pt:MSGSTS_CIUS-PT"
# xsd:time with any number of fractional digits: seven have been seen (.NET).
_TIME: Final = re.compile(
    r"(\d{2}:\d{2}:\d{2})(?:\.(\d{1,12}))?(Z|[+-]\d{2}:\d{2})?", re.ASCII
)
_DATE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?", re.ASCII)


def _check(value: StatusParty | ReportedDocument | StatusMessage) -> None:
    """Raise `InvalidValue` for wrong types, and for texts that say nothing."""
    check(value)
    for field in field_types(type(value)):
        given = getattr(value, field.name)
        for text in given if field.many else (given,):
            if isinstance(text, str) and not text.strip():
                raise InvalidValue("only blanks; leave it out", path=field.name)


class ResponseCode(StrEnum):
    """The codes of a status message; others are kept as they are."""

    ACCEPTED = "ACCEPTED"  # passed the checks, was forwarded
    ERROR = "ERROR"  # failed them: correct and send again
    REGULARISE = "14"  # refused: correct and send again, or send a note
    RETURNED = "22"  # refused for good: annul, issue a new document
    PROCESSED = "11"  # accepted by the receiver
    CREDIT_NOTE_ACCEPTED = "30"
    IN_PAYMENT = "33"
    PAID = "29"

    @property
    def may_send_again(self) -> bool:
        """Whether the same number may be sent once more."""
        return self in {ResponseCode.ERROR, ResponseCode.REGULARISE}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusParty:
    """Who sends or receives the message; `vat_identifier` with its country."""

    vat_identifier: str
    name: str | None = None
    country: str | None = None
    registration_name: str | None = None
    legal_registration: str | None = None
    email: str | None = None

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedDocument:
    """The document that the message is about.

    `number`: BT-1. `uuid`: its AIM identifier, None when it had none. `type_code`:
    UNTDID 1001 (380, 381, 383).
    """

    number: str
    uuid: str | None = None
    issue_date: dt.date | None = None
    type_code: str | None = None
    status_code: str | None = None

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusMessage:
    """What became of a document. `code`: a `ResponseCode` or any other text.

    `descriptions` say why, with ERROR, 14 and 22. `issue_time` holds microseconds;
    what a message says beyond them is cut off. `receiver` is who issued the document.
    """

    id: str
    issue_date: dt.date
    sender: StatusParty
    receiver: StatusParty
    document: ReportedDocument
    code: str
    descriptions: tuple[str, ...] = ()
    issue_time: dt.time | None = None
    notes: tuple[str, ...] = ()
    customization: str = CUSTOMIZATION

    def __post_init__(self) -> None:
        _check(self)
        zone = None if self.issue_time is None else self.issue_time.utcoffset()
        if zone is not None and (zone % _MINUTE or abs(zone) > _FARTHEST):
            raise InvalidValue("whole minutes, 14 hours at most", path="issue_time")
        if not self.customization.startswith(_FAMILY):
            raise InvalidValue(f"begins with {_FAMILY}", path="customization")

    @property
    def known(self) -> ResponseCode | None:
        """The code, None if it is not one of those we know."""
        codes = {code.value: code for code in ResponseCode}
        return codes.get(self.code)

    def concerns(
        self, *, aim: str | None, number: str, issue_date: dt.date, issuer: str
    ) -> bool:
        """Whether this is about a document of `issuer` (VAT identifier or NIF).

        By the AIM identifier when both sides have one; a number alone is never
        enough, because two issuers may use the same.
        """
        if self.document.uuid is not None and aim is not None:
            return self.document.uuid.strip().lower() == aim.strip().lower()
        dated = self.document.issue_date in {None, issue_date}
        return (
            dated
            and self.document.number == number
            and _nif(self.receiver.vat_identifier) == _nif(issuer)
        )


def _nif(identifier: str) -> str:
    return identifier.strip().upper().removeprefix("PT")


# --- reading -----------------------------------------------------------------------


def read(data: bytes) -> StatusMessage:
    """Read a message; raises `UnreadableDocument` (CP-XML-…, CP-STS-…), no other."""
    root = xmlio.tree(data)
    if root.tag != f"{{{NAMESPACE}}}DocumentStatus":
        name = xmlio.cut(str(root.tag))
        _fail("CP-STS-01", f"the root is {name}; expected a UBL DocumentStatus")
    customization = _text(root, "cbc:CustomizationID")
    if customization is None or not customization.startswith(_FAMILY):
        said = xmlio.cut(customization or "nothing")
        _fail("CP-STS-01", f"CustomizationID is {said}; it begins with {_FAMILY}")
    response = "cac:DocumentResponse/cac:Response"
    return StatusMessage(
        customization=customization,
        id=_needed(root, "cbc:ID"),
        issue_date=_as_date(_needed(root, "cbc:IssueDate"), "cbc:IssueDate"),
        issue_time=_as_time(_text(root, "cbc:IssueTime")),
        notes=_texts(root, "cbc:Note"),
        sender=_party(root, "cac:SenderParty"),
        receiver=_party(root, "cac:ReceiverParty"),
        code=_needed(root, f"{response}/cbc:ResponseCode"),
        descriptions=_texts(root, f"{response}/cbc:Description"),
        document=_document(root, "cac:DocumentResponse/cac:DocumentReference"),
    )


def _party(root: etree._Element, at: str) -> StatusParty:
    legal = f"{at}/cac:PartyLegalEntity"
    return StatusParty(
        vat_identifier=_needed(root, f"{at}/cac:PartyTaxScheme/cbc:CompanyID"),
        name=_text(root, f"{at}/cac:PartyName/cbc:Name"),
        country=_text(
            root, f"{at}/cac:PostalAddress/cac:Country/cbc:IdentificationCode"
        ),
        registration_name=_text(root, f"{legal}/cbc:RegistrationName"),
        legal_registration=_text(root, f"{legal}/cbc:CompanyID"),
        email=_text(root, f"{at}/cac:Contact/cbc:ElectronicMail"),
    )


def _document(root: etree._Element, at: str) -> ReportedDocument:
    date = _text(root, f"{at}/cbc:IssueDate")
    return ReportedDocument(
        number=_needed(root, f"{at}/cbc:ID"),
        uuid=_text(root, f"{at}/cbc:UUID"),
        issue_date=None if date is None else _as_date(date, f"{at}/cbc:IssueDate"),
        type_code=_text(root, f"{at}/cbc:DocumentTypeCode"),
        status_code=_text(root, f"{at}/cbc:DocumentStatusCode"),
    )


def _texts(root: etree._Element, path: str) -> tuple[str, ...]:
    """Return the texts of the elements at a path; comments in them do not count."""
    found = root.findall(path, {"cac": CAC, "cbc": CBC})
    texts = (str(element.xpath("string()")) for element in found)
    return tuple(text for text in texts if text.strip())


def _text(root: etree._Element, path: str) -> str | None:
    return next(iter(_texts(root, path)), None)


def _needed(root: etree._Element, path: str) -> str:
    found = _text(root, path)
    if found is None:
        _fail("CP-STS-02", f"{path} is missing or empty")
    return found


def _as_date(text: str, path: str) -> dt.date:
    found = _DATE.fullmatch(text.strip())
    try:
        return dt.date.fromisoformat(found[1] if found else text)
    except ValueError:
        _fail("CP-STS-02", f"{path} is {xmlio.cut(text)!r}, not a date")


def _as_time(text: str | None) -> dt.time | None:
    if text is None:
        return None
    found = _TIME.fullmatch(text.strip())
    if found is None:
        _fail("CP-STS-02", f"cbc:IssueTime is {xmlio.cut(text)!r}, not a time")
    whole, fraction, zone = found.groups()
    digits = f".{fraction[:6]:0<6}" if fraction else ""
    try:
        return dt.time.fromisoformat(f"{whole}{digits}{zone or ''}")
    except ValueError:
        _fail("CP-STS-02", f"cbc:IssueTime is {xmlio.cut(text)!r}, not a time")


def _fail(rule: str, message: str) -> NoReturn:
    raise UnreadableDocument(message, rule=rule)


# --- writing -----------------------------------------------------------------------


def write(message: StatusMessage) -> bytes:
    """Return the message as UBL; raises `InvalidValue` for what XML cannot hold."""
    names = {"ubl": NAMESPACE, "cac": CAC, "cbc": CBC}
    root = etree.Element(f"{{{NAMESPACE}}}DocumentStatus", nsmap=names)
    try:
        _fill(root, message)
    except ValueError as error:
        raise InvalidValue("a text has characters that XML does not allow") from error
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _fill(root: etree._Element, message: StatusMessage) -> None:
    time = message.issue_time
    _put(root, "CustomizationID", message.customization)
    _put(root, "ID", message.id)
    _put(root, "IssueDate", message.issue_date.isoformat())
    _put(root, "IssueTime", None if time is None else time.isoformat())
    for note in message.notes:
        _put(root, "Note", note)
    _put_party(_group(root, "SenderParty"), message.sender)
    _put_party(_group(root, "ReceiverParty"), message.receiver)
    about = _group(root, "DocumentResponse")
    response = _group(about, "Response")
    _put(response, "ResponseCode", message.code)
    for description in message.descriptions:
        _put(response, "Description", description)
    document, reference = message.document, _group(about, "DocumentReference")
    date = document.issue_date
    _put(reference, "ID", document.number)
    _put(reference, "UUID", document.uuid)
    _put(reference, "IssueDate", None if date is None else date.isoformat())
    _put(reference, "DocumentTypeCode", document.type_code, listID="UNCL1001")
    _put(reference, "DocumentStatusCode", document.status_code)


def _put_party(group: etree._Element, party: StatusParty) -> None:
    if party.name is not None:
        _put(_group(group, "PartyName"), "Name", party.name)
    if party.country is not None:
        country = _group(_group(group, "PostalAddress"), "Country")
        _put(country, "IdentificationCode", party.country)
    tax = _group(group, "PartyTaxScheme")
    _put(tax, "CompanyID", party.vat_identifier)
    _put(_group(tax, "TaxScheme"), "ID", "VAT")
    if party.registration_name is not None or party.legal_registration is not None:
        legal = _group(group, "PartyLegalEntity")
        _put(legal, "RegistrationName", party.registration_name)
        _put(legal, "CompanyID", party.legal_registration)
    if party.email is not None:
        _put(_group(group, "Contact"), "ElectronicMail", party.email)


def _group(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def _put(
    parent: etree._Element, name: str, text: str | None, **attributes: str
) -> None:
    if text is not None:
        etree.SubElement(parent, f"{{{CBC}}}{name}", attributes).text = text
