"""Who may: the token endpoint, the handshake and every kind of 401."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cius_pt.testing.fake_ilink import Entity, FakeIlink
from cius_pt.testing.fake_ilink.tokens import expected
from tests.ilink_client import SELLER

if TYPE_CHECKING:
    from tests.ilink_client import Client

E069 = {
    "success": False,
    "errors": [{"code": "e069", "msg": "Autenticação inválida"}],
}
NOT_REGISTERED = (
    "Autenticação inválida. É necessário primeiro registar esta entidade para o uso do "
    "API através do POST /apps/authentications."
)
PLATFORM = "fake-platform-token"


def test_the_documented_signature_is_the_one_that_is_expected() -> None:
    signature = expected("demoapp", "qwerty", 1765812050, "aYb89a8yf10")

    assert signature == (
        "ZmYyOTNlZGM2M2YwMTM0ZmZhNDRhZTA0YTY5MDBlMmVlNDMwNjBhZmY2MjA0MTNiMDAzYzRlNWVl"
        "ZmJlYTk0OQ=="
    )


def test_a_token_is_issued_as_documented(client: Client) -> None:
    answer = client.log_in()

    assert answer.status_code == 200
    assert answer.json() == {
        "access_token": client.token,
        "token_type": "Bearer",
        "expires_in": 1800,
        "scope": "document_create,document_read,states_read",
    }


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"grant_type": "password"}, "grant_type"),
        ({"client_id": "other"}, "client_id"),
        ({"timestamp": "1765812050"}, "timestamp"),
        ({"timestamp": True}, "timestamp"),
        ({"timestamp": None}, "timestamp"),
        ({"nonce": "x" * 21}, "nonce"),
        ({"nonce": "a-b"}, "nonce"),
        ({"nonce": ""}, "nonce"),
        ({"signature": "/yk+3GPwE0/6RK4EppAOLuQwYK/2IEE7ADxOXu++qUk="}, "signature"),
        ({"signature": None}, "signature"),
        ({"signature": "ç"}, "signature"),
    ],
)
def test_a_wrong_token_request_is_refused(
    client: Client, changes: dict[str, object], reason: str
) -> None:
    answer = client.http.post("/oauth2/token", json=client.token_request(**changes))

    assert (answer.status_code, answer.json()) == (401, E069)
    assert reason in answer.headers["X-Fake-Ilink-Reason"]


@pytest.mark.parametrize("body", ["", "[]", "{", '"text"', "null"])
def test_a_body_that_is_no_request_is_refused(client: Client, body: str) -> None:
    headers = {"content-type": "application/json"}
    answer = client.http.post("/oauth2/token", content=body, headers=headers)

    assert answer.status_code == 401


def test_a_form_is_no_token_request(client: Client) -> None:
    form = {name: str(value) for name, value in client.token_request().items()}

    assert client.http.post("/oauth2/token", data=form).status_code == 401


def test_a_nonce_counts_once(client: Client) -> None:
    request = client.token_request()

    first = client.http.post("/oauth2/token", json=request)
    second = client.http.post("/oauth2/token", json=request)

    assert (first.status_code, second.status_code) == (200, 401)


@pytest.mark.parametrize(("off", "status"), [(299, 200), (302, 401), (-302, 401)])
def test_the_clock_may_be_off_as_far_as_it_is_told(
    client: Client, off: int, status: int
) -> None:
    request = client.token_request()
    client.ilink.advance(off)

    assert client.http.post("/oauth2/token", json=request).status_code == status


def test_the_refusal_can_have_the_shape_of_rfc_6749(client: Client) -> None:
    client.ilink.change(token_error="rfc6749")  # noqa: S106 - a word
    request = client.token_request(nonce="-")
    answer = client.http.post("/oauth2/token", json=request)

    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_client"})


def test_a_token_expires(client: Client) -> None:
    client.ilink.advance(1799)
    before = client.call("GET", "/apps/documents").status_code
    client.ilink.advance(2)
    after = client.call("GET", "/apps/documents")

    assert before == 200
    assert (after.status_code, after.json()) == (401, E069)


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer x", "Basic abc", "bearer"]
)
def test_no_token_no_answer(client: Client, authorization: str | None) -> None:
    headers = {"entity": client.key}
    if authorization is not None:
        headers["Authorization"] = authorization
    answer = client.http.get("/apps/documents", headers=headers)

    assert (answer.status_code, answer.json()) == (401, E069)


def test_a_key_that_nobody_has_is_unauthorised(client: Client) -> None:
    client.key = "key000000000"

    assert client.call("GET", "/apps/documents").json() == E069


def test_the_platform_token_needs_the_handshake(client: Client) -> None:
    client.token = PLATFORM
    client.ilink.add(Entity(nif="501451676", key="K", registered=False))
    client.key = "K"
    query = {"nif": "501451676", "key": "K"}

    before = client.call("GET", "/apps/documents")
    done = client.call("POST", "/apps/authentications", params=query)
    after = client.call("GET", "/apps/documents")
    gone = client.call("DELETE", "/apps/authentications")
    again = client.call("GET", "/apps/documents")

    assert before.status_code == again.status_code == 401
    assert before.json()["errors"] == [{"code": "e069", "msg": NOT_REGISTERED}]
    assert done.json() == {
        "success": True,
        "message": {"code": "e123", "msg": "Integração realizada com sucesso."},
    }
    assert (done.status_code, after.status_code, gone.status_code) == (200, 200, 200)


def test_oauth2_needs_the_handshake_only_where_it_is_told_so(client: Client) -> None:
    client.ilink.add(Entity(nif="501451676", key="K", registered=False))
    client.key = "K"

    assert client.call("GET", "/apps/documents").status_code == 200
    client.ilink.change(handshake=True)
    assert NOT_REGISTERED in client.call("GET", "/apps/documents").text


def test_a_handshake_with_the_key_of_another_is_refused(client: Client) -> None:
    query = {"nif": SELLER, "key": "key987654321"}
    answer = client.call("POST", "/apps/authentications", params=query)

    assert (answer.status_code, answer.json()) == (401, E069)


def test_no_secret_stands_in_the_settings_as_text(fake_ilink: FakeIlink) -> None:
    shown = repr(fake_ilink.settings)

    assert "fake-client-secret" not in shown
    assert PLATFORM not in shown
