"""All other requests, as documented, and what is made of their answers."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest

from cius_pt.broker.connections import ExternalEntity
from cius_pt.broker.documents import RemoteFile
from cius_pt.broker.states import State
from cius_pt.broker.structured import fields
from cius_pt.errors import (
    BrokerError,
    BrokerRefused,
    BrokerUnauthorised,
    BrokerUnreachable,
    InvalidValue,
)
from cius_pt.model import Contact, Kind, Multibanco, Payment, Period, Withholding
from tests import samples, scripted
from tests.broker.test_upload import parts
from tests.scripted import World, answer, listed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cius_pt.broker.client import Broker

ID = "60796c3c2a6fa2.53909016"
OK = answer(200, {"success": True, "message": {"code": "s000", "msg": "ok"}})
FILE = "https://ilink.acin.pt/ilinktests-api/file/abcdefghijklmnopqrstuvwxyz"
WHOLE = {
    "id": ID,
    "number": "7411111",
    "emission_date": "2021-04-15",
    "type_document": {"alias": "received"},
    "state_document": "Enviado",
    "state_edi_document": {"alias": "accepted", "alias_espap": "ACCEPTED"},
    "to_send_status": {
        "alias": "sent_document",
        "description": "A aguardar o envio do documento ao destinatário.",
    },
    "supplier": {"number": "164836573"},
    "attachments": [
        {"type": "PDF ", "file": FILE, "ubl_type": "invoice_representation"},
    ],
    "emails": [
        {
            "id": "e1",
            "b_open": False,
            "b_sent": True,
            "created_at": "2021-04-15 10:00:00",
            "opened_at": None,
            "address": {"emails": ["a@b.pt", "c@d.pt"]},
        }
    ],
    "reasons": [{"reason": "Falta o compromisso", "created_at": "2021-04-16"}],
}


def data(content: Any) -> Any:
    return answer(200, {"success": True, "response": {"data": content}})


def form(world: World) -> dict[str, str]:
    return dict(parse_qsl(world.requests[-1].body.decode(), strict_parsing=True))


REQUESTS: list[tuple[Callable[[Broker], Any], Any, str]] = [
    (lambda b: b.search(), listed(), "GET /apps/documents"),
    (
        lambda b: b.search(number="7411111", issued=True),
        listed(),
        "GET /apps/documents?document_type=issued&document_number=7411111",
    ),
    (
        lambda b: b.search(page=2),
        listed(),
        "GET /apps/documents?rows=50&page=2",
    ),
    (lambda b: b.document(ID), data(WHOLE), f"GET /apps/documents/{ID}"),
    (lambda b: b.history(ID), data([]), f"GET /apps/documents/{ID}/history"),
    (lambda b: b.states_report(), listed(), "GET /apps/states-report/documents"),
    (
        lambda b: b.mark_read(["1", "2"]),
        OK,
        "POST /apps/states-report/documents/read",
    ),
    (lambda b: b.confirm_import(ID), OK, f"POST /apps/documents/{ID}"),
    (lambda b: b.accept(ID), OK, f"POST /apps/documents/{ID}/accepted"),
    (lambda b: b.reject(ID, "x"), OK, f"POST /apps/documents/{ID}/accepted"),
    (lambda b: b.process_states(), listed(), "GET /apps/processstates"),
    (
        lambda b: b.set_process_state(ID, "PS01"),
        OK,
        f"PUT /apps/documents/{ID}/processstates",
    ),
    (
        lambda b: b.connection(ID),
        data({}),
        f"GET /apps/external-connections/{ID}",
    ),
    (
        lambda b: b.connections(rows=15, filters={"order": "asc"}),
        listed(),
        "GET /apps/external-connections?order=asc&page=1&rows=15",
    ),
]


@pytest.mark.parametrize(("call", "said", "asked"), REQUESTS)
def test_a_request_is_the_documented_one(
    call: Callable[[Broker], Any], said: Any, asked: str, tmp_path: Path
) -> None:
    world = World(said)
    call(
        scripted.broker(
            world, tmp_path, read_field="ids", accept_field="a", reason_field="r"
        )
    )

    assert world.asked == [asked]
    entity = world.requests[-1].header("entity")
    assert entity == (None if "external" in asked else "key164836573")


def test_a_whole_document(tmp_path: Path) -> None:
    found = scripted.broker(World(data(WHOLE)), tmp_path).document(ID)

    assert (found.number, found.issued, found.supplier) == (
        "7411111",
        "2021-04-15",
        "164836573",
    )
    assert found.direction == "received"
    assert found.state is State.FORWARDED
    assert found.receipt.delivery is not None
    assert found.receipt.delivery.code == "sent_document"
    (email,) = found.emails
    assert email.addresses == ("a@b.pt", "c@d.pt")
    assert (email.sent, email.opened) == (True, False)
    assert found.files[0].type == "pdf"
    assert found.reasons == ("Falta o compromisso",)
    assert FILE not in repr(found)


def test_an_id_cannot_lead_elsewhere(tmp_path: Path) -> None:
    world = World(data(WHOLE))
    scripted.broker(world, tmp_path).document("../a?b=c/d")

    assert world.asked == ["GET /apps/documents/..%2Fa%3Fb%3Dc%2Fd"]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (answer(404, {"success": False, "errors": {}}), BrokerRefused),
        (answer(404, "<html>"), BrokerUnreachable),
        (answer(200, {"success": True}), BrokerUnreachable),
        (answer(500, ""), BrokerUnreachable),
    ],
)
def test_a_document_that_is_not_there(
    said: Any, error: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(error):
        scripted.broker(World(said), tmp_path).document(ID)


# --- files ---


def file(url: str) -> RemoteFile:
    return RemoteFile(type="pdf", role="", url=url)


def test_a_file_is_asked_for_without_a_token_first(tmp_path: Path) -> None:
    world = World(answer(200, b"%PDF"))

    assert scripted.broker(world, tmp_path).download(file(FILE)) == b"%PDF"
    (request,) = world.requests
    assert request.headers == ()


@pytest.mark.parametrize("status", [401, 403])
def test_the_token_goes_to_the_configured_host_alone(
    status: int, tmp_path: Path
) -> None:
    world = World(answer(status, ""), answer(200, b"%PDF"))
    broker = scripted.broker(world, tmp_path)

    assert broker.download(file(FILE)) == b"%PDF"
    assert world.requests[-1].header("authorization") is not None
    world.answers = [answer(status, "")]
    with pytest.raises(BrokerUnreachable):
        broker.download(file("https://ilink.pt/file/abc"))
    assert world.requests[-1].header("authorization") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.pt/file/a",
        "https://ilink.acin.pt.evil.pt/file/a",
        "https://ilink.acin.pt@evil.pt/file/a",
        "http://ilink.acin.pt/file/a",
        "file:///etc/passwd",
        "http://127.0.0.1/file/a",
        "",
    ],
)
def test_only_ilink_is_asked_for_files(url: str, tmp_path: Path) -> None:
    world = World()

    with pytest.raises((BrokerError, InvalidValue)):
        scripted.broker(world, tmp_path).download(file(url))
    assert world.requests == []


def test_a_redirect_does_not_take_the_token_along(tmp_path: Path) -> None:
    moved = answer(302, "", location="https://ilink.pt/file/abc")
    world = World(answer(401, ""), moved, answer(200, b"%PDF"))

    assert scripted.broker(world, tmp_path).download(file(FILE)) == b"%PDF"
    assert world.requests[-1].url == "https://ilink.pt/file/abc"
    assert world.requests[-1].header("authorization") is None


@pytest.mark.parametrize("where", ["https://evil.pt/a", "http://ilink.acin.pt/a"])
def test_a_redirect_to_somebody_else_is_refused(where: str, tmp_path: Path) -> None:
    world = World(answer(302, "", location=where))

    with pytest.raises((BrokerError, InvalidValue)):
        scripted.broker(world, tmp_path).download(file(FILE))
    assert len(world.requests) == 1


def test_a_token_is_never_put_on_a_request_to_another_host(tmp_path: Path) -> None:
    session = scripted.broker(World(), tmp_path).session
    request = session.request("GET", "/x")
    moved = type(request)(method="GET", url="https://evil.pt/x")

    with pytest.raises(BrokerUnauthorised, match="refused"):
        session.bearer(moved, next_token(session))


def next_token(session: Any) -> Any:
    from cius_pt.broker.auth import Token  # noqa: PLC0415
    from cius_pt.broker.secret import Secret  # noqa: PLC0415

    del session
    return Token(secret=Secret("t"))


# --- what has no published name ---


@pytest.mark.parametrize(
    ("call", "setting"),
    [
        (lambda b: b.mark_read(["1"]), "read_field"),
        (lambda b: b.accept(ID), "accept_field"),
        (lambda b: b.reject(ID, "x"), "accept_field"),
    ],
)
def test_what_nobody_has_published_is_not_guessed(
    call: Callable[[Broker], Any], setting: str, tmp_path: Path
) -> None:
    world = World()

    with pytest.raises(InvalidValue, match=setting):
        call(scripted.broker(world, tmp_path))
    assert world.requests == []


def test_importing_is_confirmed_or_not(tmp_path: Path) -> None:
    world = World(OK, OK)
    broker = scripted.broker(world, tmp_path)
    broker.confirm_import(ID)
    assert form(world) == {"success": "1"}
    broker.confirm_import(ID, error="Sem fornecedor")
    assert form(world) == {"success": "0", "response": "Sem fornecedor"}


def test_a_rejection_has_a_reason(tmp_path: Path) -> None:
    world = World(OK)
    broker = scripted.broker(world, tmp_path, accept_field="ok", reason_field="why")
    broker.reject(ID, "Falta o compromisso")
    assert form(world) == {"ok": "0", "why": "Falta o compromisso"}
    with pytest.raises(InvalidValue, match="reason"):
        broker.reject(ID, " ")


def test_an_event_is_marked_after_it_was_kept_and_not_if_it_was_not(
    tmp_path: Path,
) -> None:
    world = World(listed({"id": "1"}, {"id": "2"}, {"id": "3"}), OK)
    broker = scripted.broker(world, tmp_path, read_field="ids")
    kept = []

    def keep(event: Any) -> str:
        if event["id"] == "2":
            raise OSError("the disk is full")
        kept.append(event["id"])
        return str(event["id"])

    with pytest.raises(OSError, match="full"):
        broker.follow_report(keep)
    assert kept == ["1"]
    assert form(world) == {"ids[0]": "1"}


# --- external connections ---


def test_the_documented_connection(tmp_path: Path) -> None:
    said = {
        "success": "true",
        "message": {"code": "s039", "msg": "Ligação externa criada com sucesso."},
        "response": [
            {"external_entity_nif": "501451676", "id": "605369246b3412.42340492"}
        ],
    }
    world = World(answer(201, said))
    found = scripted.broker(world, tmp_path).connect(
        [ExternalEntity(name="Loja", nif="PT501451676")],
        nif="PT164836573",
        operator_email="a@b.pt",
    )

    assert found == {"501451676": "605369246b3412.42340492"}
    sent = {name: value for name, (_, _, value) in parts(world.requests[-1]).items()}
    assert sent == {
        "externalEntities[0][external_entity_name]": b"Loja",
        "externalEntities[0][external_entity_nif]": b"501451676",
        "externalEntities[0][external_entity_country]": b"PT",
        "entity_nif": b"164836573",
        "entity_country": b"PT",
        "operator_email": b"a@b.pt",
    }


@pytest.mark.parametrize("alias", ["analyzing", "approved", "declined", "pending"])
def test_a_page_of_connections(alias: str, tmp_path: Path) -> None:
    state = {"id": "1", "alias": alias, "description": ""}
    one = {"id": "2", "reference": "LE00001", "state_external_connection": state}
    page = {"current_page": 1, "last_page": 3, "per_page": 15, "data": [one]}
    world = World(answer(200, {"success": "true", "response": page}))

    (found,), pages = scripted.broker(world, tmp_path).connections()

    assert (found.reference, found.state, pages) == ("LE00001", alias, 3)


# --- structured data ---


def test_the_documented_fields() -> None:
    line = samples.line(commitment="2021/156", commitment_line="3")
    found = dict(
        fields(
            samples.invoice(
                lines=(line,),
                commitment="2021/156",
                order_reference="E 1",
                due_date=samples.DAY,
                period=Period(start=samples.DAY),
                withholdings=(Withholding(amount=Decimal("2.00"), description="IRS"),),
                buyer=replace(samples.BUYER, contact=Contact(email="a@b.pt")),
            )
        )
    )

    assert found == {
        "number": "FT 1/1",
        "document_type": "invoice",
        "issue_date": "2026-01-31",
        "due_date": "2026-01-31",
        "invoice_period[start_date]": "2026-01-31",
        "payment_terms[note]": "30 dias",
        "commitment_number": "2021/156",
        "references[0][document_type]": "order",
        "references[0][number]": "E 1",
        "customer[email]": "a@b.pt",
        "withholding_tax[0][type]": "IRF",
        "withholding_tax[0][tax_amount]": "2.00",
        "withholding_tax[0][description]": "IRS",
        "lines[0][quantity]": "2",
        "lines[0][price]": "10.00",
        "lines[0][amount]": "20.00",
        "lines[0][taxes][0][tax_percent]": "23",
        "lines[0][commitment][number]": "2021/156",
        "lines[0][commitment][line]": "3",
    }


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"kind": Kind.FR}, "kind"),
        ({"payments": (Payment(means="30"),)}, "payments"),
        (
            {"further_multibanco": (Multibanco(entity="1", reference="2"),)},
            "further_multibanco",
        ),
        ({"prepaid": Decimal("1.00")}, "prepaid"),
    ],
)
def test_what_the_form_has_no_field_for_is_not_left_out(
    changes: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        fields(samples.invoice(**changes))
    assert caught.value.path == path


def test_it_is_sent_with_its_key(tmp_path: Path) -> None:
    world = World(scripted.created())
    receipt = scripted.broker(world, tmp_path).send_structured(samples.invoice())

    assert receipt.id == ID
    assert world.asked == ["POST /apps/documents"]


# --- registration by hand ---


def test_the_documented_registration_and_its_end(tmp_path: Path) -> None:
    message = {"code": "e123", "msg": "Integração realizada com sucesso."}
    done = answer(200, {"success": True, "message": message})
    world = World(done, answer(204, ""))
    broker = scripted.broker(world, tmp_path, credentials=scripted.LEGACY)

    broker.register("164836573")
    broker.revoke("164836573")

    assert world.asked == [
        "POST /apps/authentications?nif=164836573&key=key164836573",
        "DELETE /apps/authentications",
    ]
    assert world.requests[1].header("entity") == "key164836573"


def test_what_was_not_revoked_is_said(tmp_path: Path) -> None:
    with pytest.raises(BrokerUnreachable, match="not revoked"):
        scripted.broker(World(answer(500, "")), tmp_path).revoke()
