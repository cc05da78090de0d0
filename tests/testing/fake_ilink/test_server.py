"""The server itself: memory, rate limit, the control endpoint, the network."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from cius_pt import InvalidValue, write
from cius_pt.testing.fake_ilink import (
    Change,
    Entity,
    FakeIlink,
    Settings,
    documents,
    settings,
    states,
)
from tests import samples
from tests.ilink_client import BUYER, SELLER, Client

if TYPE_CHECKING:
    from pathlib import Path


def test_documents_tokens_and_counters_outlive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "ilink.sqlite"
    plain = Settings(validate=False)
    token = ""
    answers = []
    for _ in range(2):
        with (
            FakeIlink(plain, state=state) as ilink,
            httpx2.Client(base_url=ilink.url) as http,
        ):
            ilink.add(Entity(nif=SELLER), Entity(nif=BUYER))
            client = Client(ilink=ilink, http=http, token=token)
            if not token:
                client.log_in()
            token = client.token
            answers.append(client.upload().status_code)
            assert ilink.created() == {"FT 1/1": 1}

    assert answers == [201, 400]


def test_a_file_that_is_no_state_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_bytes(b"no database, and longer than a header of one" * 40)

    with pytest.raises(InvalidValue, match="not a state file"):
        FakeIlink(state=path)


def test_it_listens_on_loopback_only(fake_ilink: FakeIlink) -> None:
    assert fake_ilink.url.startswith("http://127.0.0.1:")


def test_two_hundred_a_minute_and_then_a_block_of_two(client: Client) -> None:
    client.ilink.advance(61)  # the log-in of the fixture is over

    def search() -> int:
        return client.call("GET", "/apps/documents").status_code

    statuses = [search() for _ in range(201)]
    assert statuses == [200] * 200 + [429]
    client.ilink.advance(119)
    assert search() == 429
    client.ilink.advance(2)
    assert search() == 200
    assert client.ilink.rate.blocks == 1


def test_how_a_block_is_told_is_a_setting(client: Client) -> None:
    client.ilink.change(rate_limit=1, block_status=503, retry_after=True)
    answer = client.call("GET", "/apps/documents")

    assert answer.status_code == 503
    assert 119 <= int(answer.headers["Retry-After"]) <= 121


def test_there_can_be_no_limit(client: Client) -> None:
    client.ilink.change(rate_limit=None)

    statuses = {client.call("GET", "/apps/documents").status_code for _ in range(250)}
    assert statuses == {200}


def test_a_body_that_is_too_large_is_not_read(client: Client) -> None:
    client.ilink.change(max_bytes=1000)

    assert client.upload().status_code == 413
    assert client.ilink.documents() == []


def test_a_body_of_unknown_length_is_not_read(client: Client) -> None:
    answer = client.call("POST", "/apps/documentsUBL", content=iter([b"x"]))

    assert answer.status_code == 411


def test_a_body_that_breaks_off_does_nothing(client: Client) -> None:
    address = client.ilink.origin.removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=5)
    connection.putrequest("POST", "/ilinktests-api/api/v1/pt/apps/documentsUBL")
    connection.putheader("Content-Length", "1000")
    connection.endheaders(b"half")
    connection.close()

    assert client.upload().status_code == 201
    assert len(client.ilink.attempts()) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/apps/nothing"), ("PUT", "/apps/documentsUBL"), ("GET", "/../x")],
)
def test_what_is_not_there_is_not_found(client: Client, method: str, path: str) -> None:
    assert client.call(method, path).status_code == 404


def test_a_hook_that_leaves_the_machine_is_refused(fake_ilink: FakeIlink) -> None:
    from cius_pt.testing.fake_ilink import Hook  # noqa: PLC0415 - one test needs it

    for url in ("http://example.com/", "https://127.0.0.1/", "file:///etc/passwd"):
        entity = Entity(nif=SELLER, on_state=Hook(url=url, key="k"))
        with pytest.raises(InvalidValue, match=r"127\.0\.0\.1"):
            fake_ilink.add(entity)


def test_what_nobody_documents_cannot_be_required_or_come_about() -> None:
    with pytest.raises(InvalidValue, match="commitment_number"):
        Entity(nif=SELLER, requires=("order",))
    with pytest.raises(InvalidValue, match="ACCEPTED"):
        Change(after=1, code="15")


def test_the_words_of_the_settings_are_those_of_the_server() -> None:
    assert tuple(states.CODES) == settings.CODES
    assert tuple(documents.REQUIREMENTS) == settings.REQUIRABLE


def test_an_identity_of_unknown_fields_is_refused() -> None:
    with pytest.raises(InvalidValue, match="nif"):
        Settings(identity=("nif",))


# --- the control endpoint ----------------------------------------------------------


def control(client: Client, what: str, **body: Any) -> httpx2.Response:
    return client.http.post(f"{client.ilink.origin}/_control/{what}", json=body)


def test_everything_can_be_steered_over_http(client: Client) -> None:
    control(client, "entities", nif="501451676", requires=["commitment_number"])
    control(client, "settings", rate_limit=None, quirks={"created_status": 200})
    control(client, "faults", set=["upload:status-before=500"])
    first, second = client.upload().status_code, client.upload().status_code
    document = client.ilink.documents()[0].id
    control(client, "move", id=document, code="14", reason="porque sim")
    before = client.ilink.clock.now()
    state = control(client, "clock", advance=3600).json()

    assert (first, second) == (500, 200)
    assert state["created"] == {"FT 1/1": 1}
    assert state["faults"] == {"upload:status-before": 1}
    assert state["documents"][0]["state"] == "rejected"
    assert state["now"] >= before + 3600
    assert state["problems"] == []
    assert client.ilink.world.entity("501451676") is not None


def test_the_script_of_an_entity_comes_over_http(client: Client) -> None:
    script = [{"after": 10, "code": "11"}]
    hook = {"url": "http://127.0.0.1:1/", "key": "k"}
    control(client, "entities", nif=BUYER, script=script, on_document=hook)
    client.upload()
    client.ilink.advance(11)

    assert client.ilink.documents()[0].state == "accepted"


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("faults", {"set": ["nowhere:half"]}),
        ("faults", {}),
        ("clock", {"advance": "soon"}),
        ("entities", {"nif": "1", "colour": "red"}),
        ("move", {"id": "x", "code": "11"}),
        ("move", {"id": "x", "code": "99"}),
        ("settings", {"client_secret": "x"}),
        ("settings", {"nothing": 1}),
        ("settings", {"quirks": {"nothing": 1}}),
    ],
)
def test_a_wrong_order_is_told(client: Client, what: str, body: Any) -> None:
    answer = control(client, what, **body)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_control_takes_json_only(client: Client) -> None:
    address = f"{client.ilink.origin}/_control/"
    form = client.http.post(f"{address}clock", data={"advance": "9"})
    array = client.http.post(f"{address}clock", json=[])
    unknown = client.http.get(f"{address}nothing")

    assert [form.status_code, array.status_code] == [400, 400]
    assert unknown.status_code == 404


def test_faults_are_cleared_over_http(client: Client) -> None:
    client.ilink.faults.set("upload:drop-before@*")
    client.http.delete(f"{client.ilink.origin}/_control/faults")

    assert client.upload(write(samples.invoice())).status_code == 201


def test_control_is_no_request_of_the_api(client: Client) -> None:
    client.ilink.change(rate_limit=1)
    for _ in range(5):
        address = f"{client.ilink.origin}/_control/state"
        assert client.http.get(address).status_code == 200

    assert client.ilink.requests == {"token": 1}
