# SPDX-License-Identifier: MIT
"""``POST /apps/documents``: the fields of an invoice, of which iLink makes the UBL.

Here no UBL is made and no amount is judged: what is required is required, the rest
is kept as it came. Same answers as for UBL.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING, Final

from cius_pt.testing.fake_ilink import replies
from cius_pt.testing.fake_ilink.documents import Options, commit
from cius_pt.testing.fake_ilink.facts import Draft, File
from cius_pt.testing.fake_ilink.wire import Answer, BadForm, Form, Request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cius_pt.testing.fake_ilink.settings import Entity
    from cius_pt.testing.fake_ilink.world import World

REQUIRED: Final = ("number", "document_type", "issue_date")
# document_type → BT-3; `creditnote` is inferred, the others are documented words.
_KINDS: Final[Mapping[str, str]] = {
    "invoice": "FT",
    "debitnote": "ND",
    "simplified_invoice": "FS",
    "creditnote": "NC",
}


def upload(world: World, entity: Entity, request: Request) -> Answer:
    """Answer an upload of fields."""
    try:
        form = request.form()
    except BadForm as error:
        return replies.refusal(world, "document", "e217", str(error))
    for name in REQUIRED:
        if not form.one(name):
            # The code for a missing field of the request is not published.
            return replies.refusal(world, name, "e048", f"{name}: obrigatório.")
    if not _is_date(form.one("issue_date") or ""):
        return replies.refusal(world, "issue_date", "e048", "issue_date: AAAA-MM-DD")
    draft = _draft(entity, form)
    recipient = world.entity(draft.customer)
    needed = () if recipient is None else recipient.requires
    if "commitment_number" in needed and not form.one("commitment_number"):
        return replies.refusal(world, "commitment_number", "e048")
    return commit(world, entity, draft, Options.of(form))


def _draft(entity: Entity, form: Form) -> Draft:
    fields = dict(form.fields)
    content = json.dumps(sorted(form.fields), ensure_ascii=False).encode()
    kind = fields["document_type"]
    commitment = fields.get("commitment_number")
    told = {"description": "Nº Compromisso", "type": "commitment"}
    files = [upload for name, upload in form.files if name.startswith("file")]
    return Draft(
        supplier=entity.nif,
        # Which field names the customer's NIF is not published.
        customer=fields.get("customer[number]", "").removeprefix("PT"),
        number=fields["number"],
        type=_KINDS.get(kind, kind),
        date=fields["issue_date"],
        sha256=hashlib.sha256(content).hexdigest(),
        xml=b"",
        email=fields.get("customer[email]"),
        view={
            "number": fields["number"],
            "emission_date": fields["issue_date"],
            "due_date": fields.get("due_date"),
            "references": form.under("references"),
            "informations": [{**told, "number": commitment}] if commitment else [],
            "fields": fields,
        },
        files=tuple(
            File(
                type=upload.media.partition("/")[2],
                ubl_type="invoice_representation" if number == 0 else "attachment",
                identifier=upload.filename,
                media=upload.media,
                data=upload.data,
            )
            for number, upload in enumerate(files)
        ),
    )


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
