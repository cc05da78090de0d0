# SPDX-License-Identifier: MIT
"""Everything that can be known and made before the first byte of a document leaves."""

from __future__ import annotations

import codecs
import re
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from cius_pt import checking, xmlio
from cius_pt.broker.identity import Identity, identity
from cius_pt.broker.multipart import Fields, File, multipart
from cius_pt.broker.recommended import survey, transactions
from cius_pt.broker.refusals import TOO_LARGE, WRONG_KEY, own, report
from cius_pt.broker.secret import MASK
from cius_pt.broker.wire import Request
from cius_pt.errors import FindingsError, InvalidValue, UnreadableDocument
from cius_pt.findings import Report
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.broker.session import Session
    from cius_pt.findings import Finding

STEP: Final = "preflight"
MARKED: Final = "CP-ILINK-09"
NOT_UTF8: Final = "CP-ILINK-10"
NO_IDENTITY: Final = "CP-ILINK-17"
_EMAIL: Final = re.compile(r"[^\s@,;<>\x00-\x1f\x7f]+@[^\s@,;<>\x00-\x1f\x7f]+")
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_UPLOAD: Final = "/apps/documentsUBL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How iLink shall send a document on.

    `send_by_email`: to the buyer's address in the document (BT-58) and to
    `additional_emails`. `disable_xml_sign`, `disable_pdf_sign`: not with the seal that
    iLink keeps for the issuer. Raises `InvalidValue` for what is no e-mail address.
    """

    send_by_email: bool = False
    additional_emails: tuple[str, ...] = ()
    disable_xml_sign: bool = False
    disable_pdf_sign: bool = False

    def __post_init__(self) -> None:
        for index, address in enumerate(self.additional_emails):
            if not _EMAIL.fullmatch(address):
                where = f"additional_emails[{index}]"
                raise InvalidValue("is no e-mail address", path=where)

    def fields(self) -> Fields:
        """Return the fields of the form; what is not wanted is not sent."""
        flags = ("send_by_email", "disable_xml_sign", "disable_pdf_sign")
        wanted = tuple((name, "1") for name in flags if getattr(self, name))
        return wanted + tuple(
            (f"additional_emails[{index}]", address)
            for index, address in enumerate(self.additional_emails)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document ready to be sent: who it is, the request, what was found.

    `transactions` is an estimate: iLink counts one for each megabyte of attachments.
    """

    identity: Identity
    request: Request = field(repr=False)
    document: File
    fields: Fields
    report: Report
    attached: int
    transactions: int

    def to_dict(self) -> dict[str, Any]:
        """Return the request as it would be sent, secrets masked."""
        headers = {"entity": MASK, "Authorization": f"Bearer {MASK}"}
        part = {
            "name": self.document.name,
            "filename": self.document.filename,
            "content_type": self.document.content_type,
            "bytes": len(self.document.content),
            "sha256": self.identity.sha256,
        }
        return {
            "method": self.request.method,
            "url": self.request.shown_target(),
            "headers": self.request.with_headers(headers).shown_headers(),
            "bytes": len(self.request.body),
            "parts": [part, *({"name": n, "value": v} for n, v in self.fields)],
            "transactions": self.transactions,
        }


def prepare(  # noqa: PLR0913 - one for each setting
    session: Session,
    data: bytes,
    sending: Sending,
    *,
    filename: str | None = None,
    conform: bool = True,
    rules: str = "auto",
) -> Prepared:
    """Return a document ready to be sent, or raise `FindingsError` with what is wrong.

    With `conform` it has to pass `cius_pt.check`. Without, what iLink cannot take
    anyway is still refused: no XML, a wrong encoding, too large, no identity, a key
    that belongs to another NIF.
    """
    judged = Report()
    if conform:
        judged = checking.check(data, rules=rules, lang=session.lang)
        judged.raise_for_fatal()
    try:
        document = xmlio.parse(data)
    except UnreadableDocument as error:
        asked = checking.Asked(lang=session.lang)
        raise FindingsError(checking.unreadable(error, asked)) from None
    who = identity(document)
    wrong = [*_wrong(session, data, who)]
    if wrong or who is None:
        raise FindingsError(_and(judged, wrong))
    missing, attached = survey(document, session.lang)
    part, fields = _part(session, data, who, filename), sending.fields()
    kind, body = multipart([part], fields)
    return Prepared(
        identity=who,
        request=session.request(
            "POST", _UPLOAD, headers=(("content-type", kind),), body=body
        ),
        document=part,
        fields=fields,
        report=_and(judged, [*missing]),
        attached=attached,
        transactions=transactions(attached),
    )


def _and(judged: Report, findings: list[Finding]) -> Report:
    ours = report(findings, step=STEP)
    return Report(checks=(*judged.checks, *ours.checks))


def _wrong(session: Session, data: bytes, who: Identity | None) -> Iterator[Finding]:
    lang = session.lang
    most = session.environment.max_bytes
    if data.startswith(codecs.BOM_UTF8):
        yield own(MARKED, "", lang)
    elif not _is_utf8(data):
        yield own(NOT_UTF8, "", lang)
    if len(data) > most:
        yield own(TOO_LARGE, f"{len(data):,} > {most:,} bytes", lang)
    if who is None:
        yield own(NO_IDENTITY, "", lang)
    elif session.credentials.entity_of(who.seller) is None:
        yield own(WRONG_KEY, f"NIF {who.seller}", lang)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _part(session: Session, data: bytes, who: Identity, filename: str | None) -> File:
    name = _UNSAFE.sub("-", filename or who.number).strip("-.")[:80] or "document"
    if not name.lower().endswith(".xml"):
        name += ".xml"
    return File(
        name=session.environment.document_field,
        filename=name,
        content_type=session.environment.part_type,
        content=data,
    )
