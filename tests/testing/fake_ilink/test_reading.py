"""Search, one document, history, the states report and attachments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt import Attachment, write
from cius_pt.testing.fake_ilink import Change, Entity
from tests import samples
from tests.ilink_client import BUYER, SELLER

if TYPE_CHECKING:
    from tests.ilink_client import Client

ISSUED = {"document_type": "issued"}


def sent(client: Client, **changes: Any) -> str:
    """Upload an invoice and return its id."""
    answer = client.upload(write(samples.invoice(**changes)))
    return str(answer.json()["response"]["data"]["id"])


def data(client: Client, path: str, **query: str) -> Any:
    return client.call("GET", path, params=query).json()["response"]["data"]


def test_an_issued_document_is_found_by_its_number(client: Client) -> None:
    document = sent(client, number="FT 2/7")
    sent(client)

    (found,) = data(client, "/apps/documents", **ISSUED, document_number="FT 2/7")
    assert (found["id"], found["number"]) == (document, "FT 2/7")
    assert found["emission_date"] == "2026-01-31"
    assert found["type_document_fact"]["type"] == "FT"
    assert data(client, "/apps/documents", **ISSUED, document_number="FT 2/8") == []


def test_by_default_the_received_ones_are_listed(client: Client) -> None:
    document = sent(client)

    assert data(client, "/apps/documents") == []
    client.key = f"key{BUYER}"
    assert [one["id"] for one in data(client, "/apps/documents")] == [document]
    assert data(client, "/apps/documents", **ISSUED) == []


def test_pages(client: Client) -> None:
    numbers = [f"FT 3/{n}" for n in range(5)]
    for number in numbers:
        sent(client, number=number)
    pages = [
        [one["number"] for one in data(client, "/apps/documents", **ISSUED, **query)]
        for query in ({"rows": "2", "page": str(page)} for page in (1, 2, 3, 4))
    ]

    assert pages == [numbers[:2], numbers[2:4], numbers[4:], []]


def test_a_parameter_that_nobody_documents_is_told_to_be_ignored(
    client: Client,
) -> None:
    query = {"state": "sent", **ISSUED}
    answer = client.call("GET", "/apps/documents", params=query)

    assert answer.headers["X-Fake-Ilink-Ignored"] == "state"


def test_a_document_shows_what_it_says(client: Client) -> None:
    shown = data(client, f"/apps/documents/{sent(client, commitment='C/1')}")

    assert shown["supplier"]["number"] == SELLER
    assert shown["customer"]["number"] == BUYER
    assert shown["amounts"]["total_amount"] == "24.60"
    assert shown["lines"][0]["taxes_info"][0]["id"] == "NOR"
    assert shown["informations"] == [
        {"description": "Nº Compromisso", "type": "commitment", "number": "C/1"}
    ]
    assert shown["type_document"] == {"alias": "issued", "description": "Emitido"}


def test_the_document_of_others_is_not_found(client: Client) -> None:
    client.ilink.add(Entity(nif="501451676"))
    document = sent(client)
    client.key = "key501451676"

    for path in ("", "/history"):
        answer = client.call("GET", f"/apps/documents/{document}{path}")
        assert answer.status_code == 404
    assert client.call("GET", "/apps/documents/none").status_code == 404


def test_attachments_come_back_byte_for_byte(client: Client) -> None:
    pdf = Attachment(
        id="1",
        description="INVOICE_REPRESENTATION",
        content=b"%PDF-1.7 of a test",
        mime_code="application/pdf",
        filename="document",
    )
    invoice = samples.invoice(attachments=(pdf,), atcud="ABCD-1", qr="A:123456789*B:x")
    xml = write(invoice)
    client.upload(xml)
    document = client.ilink.documents()[0].id
    files = data(client, f"/apps/documents/{document}")["attachments"]

    kinds = [(file["type"], file["ubl_type"]) for file in files]
    assert kinds == [
        ("xml", "xml_representation"),
        ("pdf", "invoice_representation"),
        ("txt", "qr_code"),
    ]
    contents = [client.http.get(file["file"]).content for file in files]
    assert contents == [xml, pdf.content, b"A:123456789*B:x"]


def test_attachments_can_ask_for_the_token(client: Client) -> None:
    client.ilink.change(files_need_token=True)
    document = sent(client)
    (file,) = data(client, f"/apps/documents/{document}")["attachments"]

    assert client.http.get(file["file"]).status_code == 401
    assert client.call("GET", file["file"]).status_code == 200


def test_the_history_is_in_order(client: Client) -> None:
    document = sent(client)
    client.ilink.move(document, "ACCEPTED")
    client.ilink.move(document, "14", "Falta o compromisso")

    states = data(client, f"/apps/documents/{document}/history")["states"]
    assert [one["state_document"]["alias"] for one in states] == [
        "sent",
        "sent",
        "rejected",
    ]
    assert states[-1]["reasons"][0]["reason"] == "Falta o compromisso"


@pytest.mark.parametrize(
    ("code", "state", "edi"),
    [
        ("ACCEPTED", "sent", "accepted"),
        ("ERROR", "rejected", "error"),
        ("14", "rejected", "regularization"),
        ("22", "rejected", "22"),
        ("11", "accepted", "11"),
        ("30", "accepted", "30"),
    ],
)
def test_a_code_is_a_state_and_an_edi_state(
    client: Client, code: str, state: str, edi: str
) -> None:
    document = sent(client)
    client.ilink.move(document, code, "porque sim")

    shown = data(client, f"/apps/documents/{document}")
    assert shown["state_document"]["alias"] == state
    assert shown["state_edi_document"]["alias"] == edi
    assert shown["state_edi_document"]["alias_espap"] == code
    assert [one["reason"] for one in shown["reasons"]] == ["porque sim"]


def test_the_script_of_a_recipient_runs_by_the_clock(client: Client) -> None:
    script = (
        Change(after=60, code="ACCEPTED"),
        Change(after=60, code="22", reason="x"),
    )
    client.ilink.add(Entity(nif=BUYER, script=script))
    sent(client)
    seen = []
    for seconds in (0, 61, 61):
        client.ilink.advance(seconds)
        seen.append(client.ilink.documents()[0].edi)

    assert seen == [None, "ACCEPTED", "22"]


def test_an_edited_document_begins_again(client: Client) -> None:
    script = (Change(after=60, code="14"), Change(after=60, code="22"))
    client.ilink.add(Entity(nif=BUYER, script=script))
    sent(client)
    client.ilink.advance(61)
    client.upload()

    assert client.ilink.documents()[0].edi is None
    client.ilink.advance(61)
    assert client.ilink.documents()[0].edi == "14"


def test_what_was_read_is_not_reported_again(client: Client) -> None:
    document = sent(client)
    client.ilink.move(document, "11")
    events = data(client, "/apps/states-report/documents")
    assert [one["document_id"] for one in events] == [document, document]

    answer = client.call(
        "POST",
        "/apps/states-report/documents/read",
        data={"ids[]": [events[0]["id"]]},
    )
    left = data(client, "/apps/states-report/documents")

    assert answer.status_code == 200
    assert [one["id"] for one in left] == [events[1]["id"]]


def test_events_of_others_are_neither_shown_nor_marked(client: Client) -> None:
    sent(client)
    (event,) = data(client, "/apps/states-report/documents")
    client.key = f"key{BUYER}"
    assert data(client, "/apps/states-report/documents") == []
    body = {"ids": [event["id"]]}
    client.call("POST", "/apps/states-report/documents/read", json=body)
    client.key = f"key{SELLER}"

    assert data(client, "/apps/states-report/documents") == [event]


def test_the_name_of_the_parameter_is_a_setting(client: Client) -> None:
    client.ilink.change(read_field="events")
    sent(client)
    (event,) = data(client, "/apps/states-report/documents")
    path = "/apps/states-report/documents/read"

    wrong = client.call("POST", path, json={"ids": [event["id"]]})
    right = client.call("POST", path, json={"events": [event["id"]]})
    assert (wrong.status_code, right.status_code) == (400, 200)


def test_a_copy_keeps_what_is_not_changed() -> None:
    entity = Entity(nif=BUYER, key="K")

    assert replace(entity, to_send="no_connection").key == "K"
