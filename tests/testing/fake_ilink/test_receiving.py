"""The receiving side, process states, fields instead of UBL, external connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cius_pt.testing.fake_ilink import Entity, connections
from tests.ilink_client import BUYER, SELLER

if TYPE_CHECKING:
    from tests.ilink_client import Client

FIELDS = {
    "number": "FT 5/1",
    "document_type": "invoice",
    "issue_date": "2026-01-31",
    "customer[number]": BUYER,
}
CONNECTION = {
    "externalEntities[0][external_entity_name]": "Empresa",
    "externalEntities[0][external_entity_nif]": "501451676",
    "externalEntities[0][external_entity_country]": "PT",
    "entity_nif": SELLER,
    "entity_country": "PT",
    "operator_email": "edi@example.com",
}


@pytest.fixture
def document(client: Client) -> str:
    """Give the id of a document that the buyer has received; call as the buyer."""
    client.upload()
    client.key = f"key{BUYER}"
    return client.ilink.documents()[0].id


def listed(client: Client) -> list[str]:
    found = client.call("GET", "/apps/documents").json()["response"]["data"]
    return [one["id"] for one in found]


def test_what_was_imported_is_not_listed(client: Client, document: str) -> None:
    assert listed(client) == [document]
    answer = client.call("POST", f"/apps/documents/{document}", data={"success": "1"})

    assert answer.status_code == 200
    assert listed(client) == []
    assert client.ilink.documents()[0].imported


def test_an_import_that_failed_stays_listed(client: Client, document: str) -> None:
    body = {"success": "0", "response": "sem espaço"}
    client.call("POST", f"/apps/documents/{document}", data=body)

    assert listed(client) == [document]


def test_accepting_and_rejecting(client: Client, document: str) -> None:
    path = f"/apps/documents/{document}/accepted"
    unsaid = client.call("POST", path, data={"accepted": "0"})
    rejected = client.call("POST", path, data={"accepted": "0", "reason": "preço"})
    imported = client.call("POST", f"/apps/documents/{document}", data={"success": "1"})

    assert (unsaid.status_code, rejected.status_code) == (400, 200)
    assert imported.status_code == 400
    assert client.ilink.documents()[0].state == "rejected"
    client.call("POST", path, data={"accepted": "1"})
    assert client.ilink.documents()[0].state == "accepted"


@pytest.mark.parametrize("body", [{}, {"accepted": "yes"}, {"success": "2"}])
def test_an_answer_that_says_nothing_is_refused(
    client: Client, document: str, body: dict[str, str]
) -> None:
    for path in ("", "/accepted"):
        answer = client.call("POST", f"/apps/documents/{document}{path}", data=body)
        assert answer.status_code == 400


def test_the_issuer_cannot_accept_its_own(client: Client, document: str) -> None:
    client.key = f"key{SELLER}"
    body = {"accepted": "1", "success": "1"}
    for path in ("", "/accepted"):
        answer = client.call("POST", f"/apps/documents/{document}{path}", data=body)
        assert answer.status_code == 404


def test_process_states(client: Client, document: str) -> None:
    known = client.call("GET", "/apps/processstates").json()["response"]["data"]
    path = f"/apps/documents/{document}/processstates"
    code = {"identification_code": known[0]["identification_code"]}
    answers = [
        client.call("PUT", path, data=code).status_code,
        client.call("PUT", path, data={"identification_code": "?"}).status_code,
    ]

    shown = client.call("GET", f"/apps/documents/{document}").json()
    assert answers == [200, 400]
    assert shown["response"]["data"]["process_state"]["name"] == known[0]["name"]


# --- fields instead of UBL ---------------------------------------------------------


def test_fields_make_a_document(client: Client) -> None:
    files = {"file": ("a.pdf", b"%PDF", "application/pdf")}
    answer = client.call("POST", "/apps/documents", data=FIELDS, files=files)
    again = client.call("POST", "/apps/documents", data=FIELDS)

    assert answer.status_code == 201
    assert answer.json()["message"]["code"] == "s011"
    assert again.json()["errors"]["number"]["code"] == "e200"
    (stored,) = client.ilink.documents()
    assert (stored.number, stored.type, stored.state) == ("FT 5/1", "FT", "sent")


@pytest.mark.parametrize("name", ["number", "document_type", "issue_date"])
def test_required_fields(client: Client, name: str) -> None:
    body = {key: value for key, value in FIELDS.items() if key != name}
    answer = client.call("POST", "/apps/documents", data=body)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [name]


@pytest.mark.parametrize("date", ["31-01-2026", "2026-13-01", "20260131"])
def test_a_date_is_a_date(client: Client, date: str) -> None:
    body = {**FIELDS, "issue_date": date}

    assert client.call("POST", "/apps/documents", data=body).status_code == 400


def test_fields_need_the_commitment_number_as_well(client: Client) -> None:
    client.ilink.add(Entity(nif=BUYER, requires=("commitment_number",)))
    answer = client.call("POST", "/apps/documents", data=FIELDS)
    body = {**FIELDS, "commitment_number": "C/1"}

    assert answer.json()["errors"] == {
        "commitment_number": {
            "code": "e048",
            "msg": "O número de compromisso é obrigatório.",
        }
    }
    assert client.call("POST", "/apps/documents", data=body).status_code == 201


# --- external connections ----------------------------------------------------------


def test_a_connection_is_made_as_documented(client: Client) -> None:
    answer = client.call("POST", "/apps/external-connections", data=CONNECTION)
    made = answer.json()["response"][0]

    assert answer.status_code == 201
    assert answer.json() == {
        "success": "true",
        "message": {"code": "s039", "msg": "Ligação externa criada com sucesso."},
        "response": [{"external_entity_nif": "501451676", "id": made["id"]}],
    }


def test_a_connection_is_decided_upon(client: Client) -> None:
    answer = client.call("POST", "/apps/external-connections", data=CONNECTION)
    identifier = answer.json()["response"][0]["id"]
    shown = []
    for state in ("analyzing", "declined"):
        connections.decide(client.ilink.world, identifier, state, "não")
        path = f"/apps/external-connections/{identifier}"
        shown.append(client.call("GET", path).json()["response"]["data"])

    assert shown[0]["reference"] == "LE00001"
    assert shown[1]["state_external_connection"]["alias"] == "declined"
    assert shown[1]["reason"]["reason"] == "não"
    assert shown[1]["receiver_entity"]["nif"] == "501451676"
    assert client.call("GET", "/apps/external-connections/x").status_code == 404


def test_connections_come_in_pages(client: Client) -> None:
    for nif in ("501451676", "501451677", "501451678"):
        body = {**CONNECTION, "externalEntities[0][external_entity_nif]": nif}
        client.call("POST", "/apps/external-connections", data=body)
    query: dict[str, Any] = {"rows": "2", "page": "2", "order": "desc"}
    path = "/apps/external-connections"
    page = client.call("GET", path, params=query).json()["response"]
    rest = {key: value for key, value in page.items() if not key.endswith("_url")}
    (last,) = rest.pop("data")

    assert last["receiver_entity"]["nif"] == "501451676"
    assert rest == {
        "current_page": 2,
        "from": 3,
        "to": 3,
        "total": 3,
        "last_page": 2,
        "per_page": 2,
    }
    assert (page["next_page_url"], page["prev_page_url"][-1]) == (None, "1")
    query = {"receiver_entity_nif": "501451677"}
    found = client.call("GET", path, params=query).json()["response"]
    assert (found["total"], found["per_page"]) == (1, 15)


@pytest.mark.parametrize("name", CONNECTION)
def test_a_connection_needs_its_fields(client: Client, name: str) -> None:
    body = {key: value for key, value in CONNECTION.items() if key != name}
    answer = client.call("POST", "/apps/external-connections", data=body)

    assert answer.status_code == 400
