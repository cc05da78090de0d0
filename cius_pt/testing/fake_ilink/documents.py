# SPDX-License-Identifier: MIT
"""``POST /apps/documentsUBL``: validate, look at the signature, create or edit, send.

The order is iLink's: validation, signature, then the document. Where e199 and e048
stand in it is not documented; here they come after both.
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Final

from cius_pt.errors import UnreadableDocument
from cius_pt.findings import Severity
from cius_pt.testing.fake_ilink import facts, replies, states, views, webhooks
from cius_pt.testing.fake_ilink.wire import JSON, Answer, BadForm, Form, Request
from cius_pt.testing.fake_ilink.world import new_id
from cius_pt.values import dataclass

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

    from cius_pt.findings import Report
    from cius_pt.model import Invoice
    from cius_pt.testing.fake_ilink.facts import Draft
    from cius_pt.testing.fake_ilink.settings import Entity
    from cius_pt.testing.fake_ilink.world import World

_BOM: Final = b"\xef\xbb\xbf"
# How each of `settings.REQUIRABLE` is met.
REQUIREMENTS: Final[Mapping[str, Callable[[Invoice], object]]] = {
    "commitment_number": lambda invoice: (
        invoice.commitment or any(line.commitment for line in invoice.lines)
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What else an upload asks for."""

    send_by_email: bool = False
    additional_emails: tuple[str, ...] = ()

    @classmethod
    def of(cls, form: Form) -> Options:
        """Read them from a form."""
        return cls(
            send_by_email=form.flag("send_by_email"),
            additional_emails=tuple(form.many("additional_emails")),
        )


class _Refused(Exception):  # noqa: N818 - a signal, not an error
    """The answer is known: this document will not be taken."""

    def __init__(self, answer: Answer, number: str = "") -> None:
        super().__init__()
        self.answer = answer
        self.number = number


def upload(world: World, entity: Entity, request: Request) -> Answer:
    """Answer an upload as documented."""
    try:
        form, data = _file(world, request)
        draft = _understood(world, entity, data)
    except _Refused as refused:
        return _noted(world, entity, refused.number, refused.answer)
    return commit(world, entity, draft, Options.of(form))


def _file(world: World, request: Request) -> tuple[Form, bytes]:
    """Return the form and the bytes of the document in it."""
    field = world.settings.document_field
    try:
        form = request.form()
    except BadForm as error:
        raise _Refused(_odd(world, field, str(error))) from error
    file = form.file(field)
    if file is None:
        raise _Refused(_odd(world, field, "there is no file"))
    return form, file.data


def _understood(world: World, entity: Entity, data: bytes) -> Draft:
    """Return what a document says that may be taken."""
    if (refused := _refusal(world, data)) is not None:
        raise _Refused(refused)
    # Late: a server that only issues tokens does not need the binding table.
    from cius_pt.ubl.read import read  # noqa: PLC0415

    try:
        reading = read(data)
    except UnreadableDocument as error:
        answer = _odd(world, "document", f"[{error.rule}]-{error}")
        raise _Refused(answer) from error
    if not reading.complete:
        finding = next(f for f in reading.findings if f.severity is Severity.FATAL)
        message = f"[{finding.rule}]-{finding.message}"
        raise _Refused(_odd(world, "document", message))
    draft = facts.draft(reading.invoice, data)
    if draft.supplier != entity.nif:
        answer = replies.refusal(world, "supplier", "e199")
        raise _Refused(answer, draft.number)
    if (missing := _missing(world, draft, reading.invoice)) is not None:
        raise _Refused(missing, draft.number)
    return draft


def _odd(world: World, field: str, message: str) -> Answer:
    return replies.refusal(world, field, "e217", message)


def _refusal(world: World, data: bytes) -> Answer | None:
    """Return the e217 a document earns, or a 500 when nobody could look at it."""
    settings = world.settings
    if settings.refuse_bom and data.startswith(_BOM):
        rule = "[CP-XML-10]-o documento começa por um BOM (UTF-8)"
        return _odd(world, "document", rule)
    if settings.validate:
        report = _judged(world, data)
        for finding in report.findings:
            if finding.severity is Severity.FATAL:
                message = f"[{finding.rule}]-{finding.message}"
                return _odd(world, "document", message)
        if not report.conforms:
            return replies.page(500, f"not judged: {report.summary()}")
    if not settings.signature_verdict(data):
        return replies.refusal(world, "document", "e217")
    return None


def _judged(world: World, data: bytes) -> Report:
    if world.settings.judge is not None:
        return world.settings.judge(data)
    # Late: loading the rules takes a while.
    from cius_pt.checking import check  # noqa: PLC0415

    return check(data, rules=world.settings.rules, lang="pt")


def _missing(world: World, draft: Draft, invoice: Invoice) -> Answer | None:
    recipient = world.entity(draft.customer)
    for name in () if recipient is None else recipient.requires:
        if not REQUIREMENTS[name](invoice):
            return replies.refusal(world, name, "e048")
    return None


def commit(world: World, entity: Entity, draft: Draft, options: Options) -> Answer:
    """Create the document, or edit the one that is there, or refuse."""
    with world.store.transaction():
        there = _there(world, entity, draft)
        if there is None:
            document = _create(world, entity, draft)
            code, status = "s011", world.quirks.created_status
        elif states.editable(there):
            document = _edit(world, there, draft)
            code, status = "s012", 200
            if not world.settings.edit_sends_email:
                options = Options()
        else:
            answer = replies.refusal(world, "number", "e200")
            return _noted(world, entity, draft.number, answer, draft.sha256)
        _send(world, document, draft, options)
        row = world.store.row("SELECT * FROM documents WHERE id = ?", document)
        assert row is not None  # noqa: S101 - it was just written
        shown = views.created(world, row)
        answer = replies.success(
            world, status=status, code=code, response={"data": shown}
        )
        return _noted(world, entity, draft.number, answer, draft.sha256)


def _there(world: World, entity: Entity, draft: Draft) -> sqlite3.Row | None:
    """Return the document that counts as the same one."""
    keys = world.settings.identity
    if not keys:
        return None
    values = {"number": draft.number, "type": draft.type, "date": draft.date}
    where = " AND ".join(f"{key} = ?" for key in keys)
    sql = f"SELECT * FROM documents WHERE nif = ? AND {where}"  # noqa: S608 - checked names
    return world.store.row(sql, entity.nif, *(values[key] for key in keys))


def _create(world: World, entity: Entity, draft: Draft) -> str:
    document = new_id()
    world.store.change(
        "INSERT INTO documents (id, nif, customer, number, type, date, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        document,
        entity.nif,
        draft.customer,
        draft.number,
        draft.type,
        draft.date,
        world.clock.now(),
    )
    return document


def _edit(world: World, there: sqlite3.Row, draft: Draft) -> str:
    document = str(there["id"])
    world.store.change(
        "UPDATE documents SET edited = edited + 1, customer = ?, type = ?, date = ? "
        "WHERE id = ?",
        draft.customer,
        draft.type,
        draft.date,
        document,
    )
    world.store.change("DELETE FROM files WHERE document = ?", document)
    return document


def _send(world: World, document: str, draft: Draft, options: Options) -> None:
    """Keep what it says, then send it as far as its recipient can be reached."""
    recipient = world.entity(draft.customer)
    to_send = "registered_entity" if recipient is None else recipient.to_send
    world.store.change(
        "UPDATE documents SET sha256 = ?, xml = ?, view = ?, state = ?, edi = NULL, "
        "to_send = ? WHERE id = ?",
        draft.sha256,
        draft.xml,
        json.dumps(draft.view, ensure_ascii=False),
        states.SENT if to_send is None else states.TO_SEND,
        to_send,
        document,
    )
    for file in draft.files:
        world.store.change(
            "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
            secrets.token_hex(30),
            document,
            file.type,
            file.ubl_type,
            file.identifier,
            file.media,
            file.data,
        )
    if options.send_by_email:
        _email(world, document, [draft.email or "", *options.additional_emails])
    states.record(world, document)
    if recipient is not None and to_send is None:
        states.plan(world, document, recipient.script or world.settings.script)
        if recipient.on_document is not None:
            row = world.store.row("SELECT * FROM documents WHERE id = ?", document)
            assert row is not None  # noqa: S101 - it was just written
            webhooks.post(world, recipient.on_document, views.full(world, row))


def _email(world: World, document: str, addresses: list[str]) -> None:
    for address in filter(None, addresses):
        world.store.change(
            "INSERT INTO emails (document, at, address) VALUES (?, ?, ?)",
            document,
            world.clock.now(),
            json.dumps(address.split(";")),
        )


def _noted(
    world: World, entity: Entity, number: str, answer: Answer, sha256: str = ""
) -> Answer:
    """Remember what an upload was answered, for the counters."""
    code = _code(answer)
    with world.store.transaction():
        world.store.change(
            "INSERT INTO uploads (at, nif, number, code, sha256) "
            "VALUES (?, ?, ?, ?, ?)",
            world.clock.now(),
            entity.nif,
            number,
            code,
            sha256,
        )
    return answer


def _code(answer: Answer) -> str:
    """Return the API's code of an answer, or its HTTP status."""
    if answer.media != JSON:
        return str(answer.status)
    content = json.loads(answer.body)
    if "message" in content:
        return str(content["message"]["code"])
    (error,) = content["errors"].values()
    return str((error[0] if isinstance(error, list) else error)["code"])
