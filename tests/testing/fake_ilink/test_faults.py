"""Every fault at an upload: what the client sees, and whether it was done."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt import InvalidValue, write
from cius_pt.testing.fake_ilink import FakeIlink, Fault, Kind
from cius_pt.testing.fake_ilink.faults import STEPS, Faults
from tests import samples
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from tests.ilink_client import Client

# What the client sees (a status, or None for no answer at all) and what was done.
OUTCOMES = {
    Kind.LATENCY: (201, True),
    Kind.LATENCY_AFTER: (201, True),
    Kind.DROP_READING: (None, False),
    Kind.DROP_BEFORE: (None, False),
    Kind.DROP_AFTER: (None, True),
    Kind.STATUS_BEFORE: (503, False),
    Kind.STATUS_AFTER: (502, True),
    Kind.HALF: (None, True),
    Kind.WRONG_JSON: (201, True),
    Kind.OTHER_JSON: (201, True),
    Kind.EMPTY: (201, True),
    Kind.WRONG_TYPE: (201, True),
    Kind.HTML: (201, True),
    Kind.BLOCK: (429, False),
    Kind.EXPIRED: (401, False),
}


@pytest.mark.parametrize("kind", Kind)
def test_a_fault_happens_where_it_says(client: Client, kind: Kind) -> None:
    value = 0.01 if kind.startswith("latency") else None
    client.ilink.faults.set(Fault(step="upload", kind=kind, value=value))
    status: int | None = None
    with suppress(httpx2.TransportError):
        status = client.upload().status_code

    done = bool(client.ilink.documents())
    assert (status, done) == OUTCOMES[kind]
    assert client.ilink.faults.hits == {f"upload:{kind}": 1}
    assert client.ilink.requests["upload"] == 1


@pytest.mark.parametrize("step", [one for one in STEPS if one != "unknown"])
def test_every_step_can_fail(client: Client, step: str) -> None:
    client.upload()
    document = client.ilink.documents()[0].id
    client.ilink.faults.set(f"{step}:status-before=500")
    paths = {
        "token": ("POST", "/oauth2/token"),
        "handshake": ("POST", "/apps/authentications"),
        "revoke": ("DELETE", "/apps/authentications"),
        "upload": ("POST", "/apps/documentsUBL"),
        "structured": ("POST", "/apps/documents"),
        "search": ("GET", "/apps/documents"),
        "document": ("GET", f"/apps/documents/{document}"),
        "history": ("GET", f"/apps/documents/{document}/history"),
        "report": ("GET", "/apps/states-report/documents"),
        "report-read": ("POST", "/apps/states-report/documents/read"),
        "import": ("POST", f"/apps/documents/{document}"),
        "accept": ("POST", f"/apps/documents/{document}/accepted"),
        "process-states": ("GET", "/apps/processstates"),
        "process-state": ("PUT", f"/apps/documents/{document}/processstates"),
        "connect": ("POST", "/apps/external-connections"),
        "connection": ("GET", "/apps/external-connections/x"),
        "connections": ("GET", "/apps/external-connections"),
        "file": ("GET", f"{client.ilink.origin}/ilinktests-api/file/x"),
    }

    assert client.call(*paths[step]).status_code == 500
    assert client.ilink.faults.hits == {f"{step}:status-before": 1}


def test_a_slow_answer_is_done_even_when_nobody_waits(client: Client) -> None:
    client.ilink.faults.set("upload:latency=0.3")
    client.http.timeout = httpx2.Timeout(0.05)
    with pytest.raises(httpx2.TimeoutException):
        client.upload()

    assert client.ilink.documents() == []
    deadline = time.monotonic() + 5
    while not client.ilink.documents() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert client.ilink.created() == {"FT 1/1": 1}


def test_half_an_answer_has_the_length_of_a_whole_one(client: Client) -> None:
    client.ilink.faults.set("upload:half")

    with pytest.raises(httpx2.RemoteProtocolError, match=r"received \d+ bytes"):
        client.upload()


@pytest.mark.parametrize("kind", [Kind.WRONG_JSON, Kind.EMPTY, Kind.HTML])
def test_what_is_not_json_cannot_be_read(client: Client, kind: Kind) -> None:
    client.ilink.faults.set(Fault(step="upload", kind=kind))

    with pytest.raises(json.JSONDecodeError):
        client.upload().json()


def test_an_expired_token_stays_worthless(client: Client) -> None:
    client.ilink.faults.set("search:expired")
    statuses = [client.call("GET", "/apps/documents").status_code for _ in range(2)]
    client.log_in()

    assert statuses == [401, 401]
    assert client.call("GET", "/apps/documents").status_code == 200


@pytest.mark.parametrize(
    ("when", "failing"),
    [
        ("", {1}),
        ("@2", {2}),
        ("@2-3", {2, 3}),
        ("@3+", {3, 4, 5}),
        ("@*", {1, 2, 3, 4, 5}),
    ],
)
def test_a_fault_is_counted_from_when_it_was_set(when: str, failing: set[int]) -> None:
    faults = Faults()
    faults.next("upload")
    faults.set(f"upload:half{when}")
    faults.next("search")

    assert {n for n in range(1, 6) if faults.next("upload")} == failing


def test_a_fault_of_every_step_counts_each_step_by_itself() -> None:
    faults = Faults()
    faults.set("*:half@2")

    hits = [bool(faults.next(step)) for step in ("token", "upload", "token", "upload")]
    assert hits == [False, False, True, True]


@DRAWN
@given(
    st.builds(
        lambda step, kind, value, first, more: Fault(
            step=step, kind=kind, value=value, first=first, last=first + more
        ),
        st.sampled_from([*STEPS, "*"]),
        st.sampled_from(list(Kind)),
        st.none() | st.integers(0, 999).map(float),
        st.integers(1, 99),
        st.integers(0, 99),
    )
)
def test_the_written_form_is_the_fault(fault: Fault) -> None:
    assert Fault.parse(str(fault)) == fault


@pytest.mark.parametrize(
    "text",
    ["", "upload", "upload:", "upload:nothing", "nowhere:half", "upload:half@0",
     "upload:half@3-2", "upload:half@x", "upload:half=", "upload:half@"],
)  # fmt: skip
def test_what_is_no_fault_is_said_so(text: str) -> None:
    with pytest.raises(InvalidValue):
        Fault.parse(text)


def test_clearing_ends_the_faults_and_keeps_the_counters(client: Client) -> None:
    client.ilink.faults.set("upload:drop-after@*")
    client.ilink.faults.clear()

    assert client.upload().status_code == 201
    assert client.ilink.requests["upload"] == 1


def test_a_defect_of_its_own_is_told_apart(client: Client) -> None:
    def broken(_: bytes) -> bool:
        raise RuntimeError("of the test")

    client.ilink.change(signature_verdict=broken)
    assert client.upload().status_code == 500
    assert [str(problem) for problem in client.ilink.problems] == ["of the test"]
    client.ilink.problems.clear()


def test_latency_ends_when_the_server_stops() -> None:
    begin = time.monotonic()
    with FakeIlink() as ilink:
        ilink.faults.set("token:latency=60")
        with pytest.raises(httpx2.TimeoutException):
            httpx2.post(f"{ilink.url}/oauth2/token", json={}, timeout=0.05)

    assert time.monotonic() - begin < 30


def test_an_unanswered_upload_counts_as_an_attempt(client: Client) -> None:
    client.ilink.faults.set("upload:drop-after")
    with pytest.raises(httpx2.RemoteProtocolError):
        client.upload(write(samples.invoice(number="FT 1/9")))

    (attempt,) = client.ilink.attempts("FT 1/9")
    assert attempt.code == "s011"
