"""An upload and every answer it can get, word for word."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt import Contact, Kind, Report, write
from cius_pt.testing.fake_ilink import Entity, Quirks
from cius_pt.xmlio import DS
from tests import samples
from tests.ilink_client import BUYER, SELLER

if TYPE_CHECKING:
    from tests.ilink_client import Client

ID = re.compile(r"[0-9a-f]{14}\.[0-9]{7,8}")

ADDITIONAL = {"additional_emails[0]": "a@example.com"}


def errors(field: str, code: str, message: str) -> dict[str, Any]:
    return {"success": False, "errors": {field: {"code": code, "msg": message}}}


E200 = errors("number", "e200", "Documento já existe.")


def test_created(client: Client) -> None:
    answer = client.upload()
    data = answer.json()["response"].pop("data")

    assert answer.status_code == 201
    assert answer.json()["message"] == {
        "code": "s011",
        "msg": "Documento criado com sucesso",
    }
    assert ID.fullmatch(data.pop("id"))
    assert data.pop("type_document_fact").pop("id")
    assert data.pop("state_document").pop("id")
    assert data == {
        "number": "FT 1/1",
        "emission_date": "2026-01-31",
        "type_document": {"alias": "issued", "description": "Emitido"},
    }


def test_the_objects_of_an_answer_are_the_documented_ones(client: Client) -> None:
    data = client.upload().json()["response"]["data"]
    fact, state = data["type_document_fact"], data["state_document"]

    assert {k: v for k, v in fact.items() if k != "id"} == {
        "code": "380",
        "alias": "invoice",
        "type": "FT",
        "description": "Fatura",
    }
    assert {k: v for k, v in state.items() if k != "id"} == {
        "alias": "sent",
        "description": "Enviado ao cliente.",
    }


def test_created_but_not_sent(client: Client) -> None:
    client.ilink.add(Entity(nif=BUYER, to_send="sent_connection"))
    answer = client.upload()
    data = answer.json()["response"]["data"]

    assert (answer.status_code, answer.json()["message"]["code"]) == (201, "s011")
    assert data["state_document"] == {
        "id": "5c9cb870f34b16.42025494",
        "alias": "tosend",
        "description": "Por enviar ao cliente.",
    }
    assert data["to_send_status"] == {
        "code": "sent_connection",
        "title": "Aguardar a aceitação de ligação com o destinatário do documento.",
    }


def test_a_recipient_that_nobody_knows_is_not_registered(client: Client) -> None:
    buyer = replace(samples.BUYER, vat_identifier="PT501451676")
    answer = client.upload(write(samples.invoice(buyer=buyer)))

    status = answer.json()["response"]["data"]["to_send_status"]
    assert status["code"] == "registered_entity"


def test_edited_while_it_is_unsent(client: Client) -> None:
    client.ilink.add(Entity(nif=BUYER, to_send="no_connection"))
    first, second = client.upload(), client.upload()

    assert (second.status_code, second.json()["message"]) == (
        200,
        {"code": "s012", "msg": "Documento editado com sucesso"},
    )
    ids = [one.json()["response"]["data"]["id"] for one in (first, second)]
    assert ids[0] == ids[1]
    assert [one.edited for one in client.ilink.documents()] == [1]
    assert client.ilink.created() == {"FT 1/1": 1}


def test_sent_already(client: Client) -> None:
    client.upload()
    answer = client.upload()

    assert (answer.status_code, answer.json()) == (400, E200)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("ERROR", "s012"), ("14", "s012"), ("22", "e200"), ("11", "e200")],
)
def test_what_was_sent_can_be_edited_when_regularisation_was_asked_for(
    client: Client, code: str, expected: str
) -> None:
    document = client.upload().json()["response"]["data"]["id"]
    client.ilink.move(document, code, "motivo")
    answer = client.upload().json()

    told = answer.get("message") or answer["errors"]["number"]
    assert told["code"] == expected


def test_another_date_or_type_is_another_document(client: Client) -> None:
    client.upload()
    later = samples.DAY.replace(month=2, day=1)

    assert client.upload(write(samples.invoice(issue_date=later))).status_code == 201
    kind = Kind.FR
    assert client.upload(write(samples.invoice(kind=kind))).status_code == 201
    assert client.ilink.created() == {"FT 1/1": 3}


def test_the_number_alone_can_be_the_identity(client: Client) -> None:
    client.ilink.change(identity=("number",))
    client.upload()
    later = samples.DAY.replace(month=2, day=1)

    assert client.upload(write(samples.invoice(issue_date=later))).json() == E200


def test_without_an_identity_each_upload_is_another_document(client: Client) -> None:
    client.ilink.change(identity=())
    client.upload()
    client.upload()

    assert client.ilink.created() == {"FT 1/1": 2}
    assert len(client.ilink.documents()) == 2


def test_the_key_of_another(client: Client) -> None:
    client.key = f"key{BUYER}"

    assert client.upload().json() == errors(
        "supplier",
        "e199",
        "A entidade criadora do documento deve ser cliente ou fornecedor do novo "
        "documento.",
    )
    assert client.ilink.documents() == []


def test_a_commitment_number_that_is_asked_for(client: Client) -> None:
    client.ilink.add(Entity(nif=BUYER, requires=("commitment_number",)))
    answer = client.upload()

    assert (answer.status_code, answer.json()) == (
        400,
        errors("commitment_number", "e048", "O número de compromisso é obrigatório."),
    )
    given = samples.invoice(commitment="2026/156")
    assert client.upload(write(given)).status_code == 201


def test_a_commitment_number_on_a_line_counts(client: Client) -> None:
    client.ilink.add(Entity(nif=BUYER, requires=("commitment_number",)))
    line = samples.line(commitment="2026/156")

    assert client.upload(write(samples.invoice(lines=(line,)))).status_code == 201


def test_a_signature_that_is_not_valid(client: Client) -> None:
    seen: list[bytes] = []

    def verdict(document: bytes) -> bool:
        seen.append(document)
        return False

    client.ilink.change(signature_verdict=verdict)
    xml = write(samples.invoice())
    answer = client.upload(xml)

    message = "A assinatura do documento não é válida."
    assert (answer.status_code, answer.json()) == (
        400,
        errors("document", "e217", message),
    )
    assert seen == [xml]


def test_a_signature_is_judged_by_our_own_verifier_unless_told_otherwise(
    client: Client,
) -> None:
    xml = write(samples.invoice())
    mark = f'<ds:Signature xmlns:ds="{DS}"/></Invoice>'.encode()
    answer = client.upload(xml.replace(b"</Invoice>", mark))

    assert answer.json()["errors"]["document"]["code"] == "e217"
    assert client.upload(xml).status_code == 201


def test_a_rule_that_is_broken_is_named_as_documented(client: Client) -> None:
    client.ilink.change(validate=True, rules="rulebook-2.1.2")
    broken = samples.invoice(payment_terms=())
    answer = client.upload(write(broken))

    error = answer.json()["errors"]["document"]
    assert answer.status_code == 400
    assert error["code"] == "e217"
    assert re.match(r"^\[(?P<rule>[^\]]+)\]\s*-\s*(?P<text>.*)$", error["msg"])
    assert error["msg"].startswith("[BR-CO-25]-")
    assert client.upload().status_code == 201


@pytest.mark.parametrize("data", [b"", b"text", b"<a/>", b"<!DOCTYPE a><a/>", b"\xff"])
def test_what_is_no_invoice_is_e217(client: Client, data: bytes) -> None:
    answer = client.upload(data)

    assert answer.status_code == 400
    assert answer.json()["errors"]["document"]["code"] == "e217"


def test_a_byte_order_mark_is_refused_unless_told_otherwise(client: Client) -> None:
    xml = b"\xef\xbb\xbf" + write(samples.invoice())

    assert client.upload(xml).json()["errors"]["document"]["code"] == "e217"
    client.ilink.change(refuse_bom=False)
    assert client.upload(xml).status_code == 201


def test_what_nobody_could_judge_is_not_taken(client: Client) -> None:
    client.ilink.change(validate=True, judge=lambda _: Report())

    assert client.upload().status_code == 500
    assert client.ilink.documents() == []


def test_a_file_under_another_name_is_not_seen(client: Client) -> None:
    files = {"file": ("a.xml", write(samples.invoice()), "application/xml")}
    answer = client.call("POST", "/apps/documentsUBL", files=files)

    assert answer.json()["errors"]["document"]["code"] == "e217"


def test_e_mails_go_to_the_customer_and_the_others(client: Client) -> None:
    contact = Contact(email="cliente@example.com")
    buyer = replace(samples.BUYER, contact=contact)
    more = {"additional_emails[0]": "a@example.com", "additional_emails[1]": "b@x.pt"}
    xml = write(samples.invoice(buyer=buyer))
    document = client.upload(xml, send_by_email="1", **more).json()
    identifier = document["response"]["data"]["id"]
    client.ilink.open_email(identifier)

    shown = client.call("GET", f"/apps/documents/{identifier}").json()
    emails = shown["response"]["data"]["emails"]
    assert [one["address"]["emails"] for one in emails] == [
        ["cliente@example.com"],
        ["a@example.com"],
        ["b@x.pt"],
    ]
    assert {one["b_open"] for one in emails} == {one["b_sent"] for one in emails}


def test_without_send_by_email_there_is_none(client: Client) -> None:
    document = client.upload(None, **ADDITIONAL).json()
    identifier = document["response"]["data"]["id"]

    shown = client.call("GET", f"/apps/documents/{identifier}").json()
    assert shown["response"]["data"]["emails"] == []


@pytest.mark.parametrize(("again", "sent"), [(True, 2), (False, 1)])
def test_whether_an_edit_sends_e_mails_again_is_a_setting(
    client: Client, again: bool, sent: int
) -> None:
    client.ilink.add(Entity(nif=BUYER, to_send="no_connection"))
    client.ilink.change(edit_sends_email=again)
    for _ in range(2):
        client.upload(None, send_by_email="1", **ADDITIONAL)
    identifier = client.ilink.documents()[0].id

    shown = client.call("GET", f"/apps/documents/{identifier}").json()
    assert len(shown["response"]["data"]["emails"]) == sent


def test_the_shapes_that_were_seen_elsewhere(client: Client) -> None:
    client.ilink.add(Entity(nif=BUYER, to_send="no_connection"))
    client.ilink.change(
        quirks=Quirks(
            success_text=True,
            plain_states=True,
            to_send_style="alias",
            listed_errors=True,
            created_status=200,
        )
    )
    answer = client.upload()
    client.key = f"key{BUYER}"
    refused = client.upload().json()

    data = answer.json()["response"]["data"]
    assert (answer.status_code, answer.json()["success"]) == (200, "true")
    assert data["state_document"] == "Por enviar"
    assert set(data["to_send_status"]) == {"alias", "description"}
    assert isinstance(refused["errors"]["supplier"], list)


def test_to_send_can_be_spelled_in_two_words(client: Client) -> None:
    client.ilink.add(Entity(nif=BUYER, to_send="no_connection"))
    client.ilink.change(quirks=Quirks(to_send_alias="to_send"))

    data = client.upload().json()["response"]["data"]
    assert data["state_document"]["alias"] == "to_send"


def test_many_at_once_make_one_document(client: Client) -> None:
    xml = write(samples.invoice())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.upload(xml).status_code, range(24)))

    assert sorted(answers) == [201] + [400] * 23
    assert client.ilink.created() == {"FT 1/1": 1}
    assert [one.nif for one in client.ilink.documents()] == [SELLER]
