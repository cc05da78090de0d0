"""The webhook receiver: driven by ASGI messages, and by the local iLink itself."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt import InvalidValue
from cius_pt.broker.webhook import SOURCES, News, Recent, Webhook, document_of
from cius_pt.testing.fake_ilink import Entity, FakeIlink, Hook, Settings
from tests.ilink_client import BUYER, SELLER, Client
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "a-key-of-the-test"
ID = "60796c3c2a6fa2.53909016"
BODY = json.dumps({"document_id": ID, "state": "accepted"}).encode()


class Driver:
    """Speaks ASGI with an application and notes what it says."""

    def __init__(self, **options: Any) -> None:
        self.news: list[News] = []
        options = {"keys": [KEY], "on_news": self.news.append, **options}
        self.app = Webhook(**options)
        self.left = 0

    def __call__(
        self,
        *pieces: bytes,
        method: str = "POST",
        headers: list[tuple[bytes, bytes]] | None = None,
        client: tuple[str, int] | None = ("127.0.0.1", 5),
        leaves: bool = False,
    ) -> int | None:
        """Make a request in pieces; return the status of the answer."""
        if headers is None:
            headers = [(b"authorization", f"Bearer {KEY}".encode())]
        scope: dict[str, Any] = {"type": "http", "method": method, "headers": headers}
        scope |= {"path": "/", "client": client}
        pieces = pieces or (BODY,)
        incoming = [
            {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
            for number, piece in enumerate(pieces, 1)
        ]
        if leaves:
            incoming = [{**incoming[0], "more_body": True}, {"type": "http.disconnect"}]
        sent: list[Any] = []

        async def receive() -> Any:
            return incoming.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(self.app(scope, receive, send))
        self.left = len(incoming)
        return sent[0]["status"] if sent else None

    def finish(self) -> list[News]:
        """Wait until everything was told; return it."""
        self.app.close()
        return self.news


def bearer(*values: bytes) -> list[tuple[bytes, bytes]]:
    return [(b"authorization", value) for value in values]


def test_what_comes_is_answered_with_200_and_told_once() -> None:
    driver = Driver()
    statuses = [driver(), driver(), driver(BODY[:5], BODY[5:])]
    (news,) = driver.finish()

    assert statuses == [200, 200, 200]
    assert (news.document, news.content["state"]) == (ID, "accepted")
    assert KEY not in repr(news)


def test_the_answer_does_not_wait_for_the_work() -> None:
    go = threading.Event()
    done = threading.Event()

    def slow(_: News) -> None:
        assert go.wait(30)
        done.set()

    driver = Driver(on_news=slow)
    assert driver() == 200
    assert not done.is_set()
    go.set()
    driver.finish()
    assert done.is_set()


@pytest.mark.parametrize(
    "headers",
    [
        [],
        bearer(b""),
        bearer(b"Bearer"),
        bearer(b"Bearer "),
        bearer(b"Bearer " + KEY.encode() + b"x"),
        bearer(b"Bearer " + KEY.encode()[:-1]),
        bearer(b"Basic " + KEY.encode()),
        bearer(KEY.encode()),
        bearer(b"Bearer " + KEY.encode(), b"Bearer " + KEY.encode()),
        bearer(b"Bearer \xff\xfe"),
    ],
)
def test_without_the_key_nothing_is_read(headers: list[tuple[bytes, bytes]]) -> None:
    driver = Driver()

    assert driver(headers=headers) == 401
    assert driver.left == 1
    assert driver.finish() == []


def test_several_keys_and_any_case_of_the_scheme() -> None:
    driver = Driver(keys=["old", "new"])
    statuses = [driver(headers=bearer(b"bearer " + key)) for key in (b"old", b"new")]

    assert statuses == [200, 200]
    driver.finish()


@pytest.mark.parametrize("keys", [[], [""], ["a", ""]])
def test_an_empty_key_is_refused(keys: list[str]) -> None:
    with pytest.raises(InvalidValue, match="key"):
        Webhook(keys=keys, on_news=print)


def test_a_body_over_the_limit_is_not_read_to_its_end() -> None:
    driver = Driver(max_bytes=10)
    declared = [*bearer(b"Bearer " + KEY.encode()), (b"content-length", b"11")]

    assert driver(b"x" * 10) == 200
    assert driver(b"x" * 6, b"x" * 6, b"x" * 6) == 413
    assert driver.left == 1
    assert driver(b"x" * 11, headers=declared) == 413
    assert driver.left == 1
    assert len(driver.finish()) == 1


def test_a_length_that_is_none_is_a_bad_request() -> None:
    for length, status in ((b"-1", 400), (b"", 400), (b"9" * 5000, 413)):
        headers = [*bearer(b"Bearer " + KEY.encode()), (b"content-length", length)]
        assert Driver()(headers=headers) == status


def test_a_callback_that_would_never_be_awaited_is_refused() -> None:
    async def later(_: News) -> None:
        raise AssertionError

    with pytest.raises(InvalidValue, match="async"):
        Webhook(keys=[KEY], on_news=later)


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_a_method_without_news_is_refused(method: str) -> None:
    assert Driver()(method=method) == 405


def test_addresses_can_be_limited() -> None:
    driver = Driver(allow=SOURCES["tests"])
    clients = [("62.28.56.162", 1), ("127.0.0.1", 1), None]

    assert [driver(client=client) for client in clients] == [200, 403, 403]
    driver.finish()


def test_who_leaves_in_the_middle_said_nothing() -> None:
    driver = Driver()

    assert driver(leaves=True) is None
    assert driver.finish() == []


def test_a_callback_that_fails_ends_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    seen = []

    def fail_first(news: News) -> None:
        seen.append(news.identity)
        if len(seen) == 1:
            raise RuntimeError(f"Bearer {KEY}")

    driver = Driver(on_news=fail_first)
    with caplog.at_level(logging.DEBUG):
        assert [driver(b"1"), driver(b"2")] == [200, 200]
        driver.finish()

    assert len(seen) == 2
    assert "RuntimeError" in caplog.text
    assert KEY not in caplog.text


@DRAWN
@given(st.binary(max_size=60) | st.sampled_from([b"[" * 100_000, b"null", b"{}"]))
def test_any_payload_is_a_hint(payload: bytes) -> None:
    driver = Driver()

    assert driver(payload) == 200
    (news,) = driver.finish()
    assert (news.body, news.document) == (payload, None)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"id": ID}, ID),
        ({"data": {"id": ID}}, ID),
        ({"document_id": ID, "id": "7"}, ID),
        ({"id": "../../../etc/passwd"}, None),
        ({"id": f"{ID}/history"}, None),
        ({"id": f"{ID}\n"}, None),
        ({"id": 7}, None),
        ([ID], None),
        (None, None),
    ],
)
def test_where_the_id_stands(content: Any, expected: str | None) -> None:
    assert document_of(content) == expected


def test_what_is_remembered_has_an_end() -> None:
    recent = Recent(limit=2)

    assert [recent(name) for name in "aabcab"] == [1, 0, 1, 1, 1, 1]


def test_lifespan() -> None:
    driver = Driver()
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    asyncio.run(driver.app({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_another_protocol_is_refused() -> None:
    async def unused(*_: Any) -> Any:
        raise AssertionError

    with pytest.raises(InvalidValue, match="websocket"):
        asyncio.run(Driver().app({"type": "websocket"}, unused, unused))


# --- with the local iLink ----------------------------------------------------------


class Listening(BaseHTTPRequestHandler):
    """A very small ASGI server: one request, one answer."""

    driver: Driver
    statuses: list[int]

    def do_POST(self) -> None:
        """Hand a request to the application."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        names = (
            (name.lower().encode(), v.encode()) for name, v in self.headers.items()
        )
        status = self.driver(body, headers=list(names))
        self.statuses.append(status or 0)
        self.send_response(status or 500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def listening() -> Iterator[tuple[str, Driver, list[int]]]:
    """Run a receiver; give its address, its driver and what it answered."""
    driver, statuses = Driver(), list[int]()
    handler = type("H", (Listening,), {"driver": driver, "statuses": statuses})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", driver, statuses
    server.shutdown()
    server.server_close()
    driver.app.close()


def until(reached: Any) -> None:
    deadline = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def client(fake_ilink: FakeIlink) -> Iterator[Client]:
    """Give a client of a local iLink."""
    with httpx2.Client(base_url=fake_ilink.url, timeout=10) as http:
        yield Client(ilink=fake_ilink, http=http)


@pytest.fixture
def fake_ilink_settings() -> Settings:
    """Validate nothing: this is not about rules."""
    return Settings(validate=False)


def test_news_of_the_local_ilink_lead_to_the_document(
    client: Client, listening: tuple[str, Driver, list[int]]
) -> None:
    url, driver, _ = listening
    hook = Hook(url=url, key=KEY)
    client.ilink.add(Entity(nif=SELLER, on_state=hook))
    client.ilink.add(Entity(nif=BUYER, on_document=hook))
    client.log_in()
    client.upload()
    (stored,) = client.ilink.documents()
    client.ilink.move(stored.id, "11")
    until(lambda: len(driver.news) == 2)

    assert [news.document for news in driver.news] == [stored.id, stored.id]
    path = f"/apps/documents/{driver.news[1].document}"
    shown = client.call("GET", path).json()["response"]["data"]
    assert shown["state_document"]["alias"] == "accepted"


def test_the_local_ilink_tries_again_until_it_is_200(
    client: Client, listening: tuple[str, Driver, list[int]]
) -> None:
    url, driver, statuses = listening
    client.ilink.add(Entity(nif=SELLER))
    client.ilink.add(Entity(nif=BUYER, on_document=Hook(url=url, key="wrong")))
    client.log_in()
    client.upload()
    hours = [4, 4, 5, 5, 5, 12, 12, 12, 12]
    for attempt, wait in enumerate(hours, 1):
        until(lambda attempt=attempt: len(statuses) == attempt)
        until(lambda attempt=attempt: _attempts(client) == attempt)
        client.ilink.advance(wait * 3600 - 60)
        client.ilink.advance(61)
    until(lambda: _attempts(client) == 10)
    client.ilink.advance(99 * 3600)
    time.sleep(0.3)

    assert statuses == [401] * 10
    assert driver.news == []


def _attempts(client: Client) -> int:
    row = client.ilink.world.store.row("SELECT attempt FROM deliveries")
    assert row is not None
    return int(row["attempt"])
