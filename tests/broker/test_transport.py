"""Real HTTP: what counts as sent, what is never done, and TLS."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import socket
import ssl
import threading
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cius_pt.broker import transport as transports
from cius_pt.broker.environment import Environment
from cius_pt.broker.transport import AsyncHttpTransport, HttpTransport
from cius_pt.broker.wire import Request, Response, Unanswered
from cius_pt.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def server(said: bytes, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Say the same bytes to whoever comes, and close."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            try:
                while True:
                    found, _ = listening.accept()
                    try:
                        if context is not None:
                            found = context.wrap_socket(found, server_side=True)
                        found.recv(65536)
                        found.sendall(said)
                    except OSError:
                        pass
                    finally:
                        found.close()
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def send(url: str, asynchronous: bool) -> Response:
    request = Request(method="GET", url=url, query=(("key", "hush"),))
    if not asynchronous:
        transport = HttpTransport(timeout=2)
        try:
            return transport(request)
        finally:
            transport.close()

    async def run() -> Response:
        transport = AsyncHttpTransport(timeout=2)
        try:
            return await transport(request)
        finally:
            await transport.close()

    return asyncio.run(run())


both = pytest.mark.parametrize("asynchronous", [False, True])


@both
def test_an_answer_is_read_to_its_end(asynchronous: bool) -> None:
    with server(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX: y\r\n\r\nok") as port:
        found = send(f"http://127.0.0.1:{port}/a", asynchronous)

    assert (found.status, found.body, found.header("x")) == (201, b"ok", "y")


@both
@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 201 Created\r\nContent-Length: 20\r\n\r\nhalf",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha",
        b"not http",
    ],
)
def test_half_an_answer_is_none_and_may_have_arrived(
    said: bytes, asynchronous: bool
) -> None:
    with server(said) as port, pytest.raises(Unanswered) as caught:
        send(f"http://127.0.0.1:{port}/a", asynchronous)

    assert caught.value.sent


@both
def test_nobody_there_means_that_nothing_was_sent(asynchronous: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(Unanswered, match="cannot be reached") as caught:
        send(f"http://127.0.0.1:{port}/a", asynchronous)

    assert not caught.value.sent


@both
def test_a_redirect_is_an_answer_and_not_followed(asynchronous: bool) -> None:
    said = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
    with server(said) as port:
        assert send(f"http://127.0.0.1:{port}/a", asynchronous).status == 302


@both
def test_plain_http_leaves_this_machine_never(asynchronous: bool) -> None:
    with pytest.raises(InvalidValue, match="listened to"):
        send("http://192.0.2.1/a", asynchronous)


@both
def test_an_answer_without_end_is_cut(
    asynchronous: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transports, "MAX_ANSWER", 1000)
    said = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000
    with server(said) as port, pytest.raises(Unanswered, match="larger than"):
        send(f"http://127.0.0.1:{port}/a", asynchronous)


@both
def test_a_secret_parameter_is_in_no_log(
    asynchronous: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as port:
        send(f"http://127.0.0.1:{port}/a", asynchronous)

    assert "hush" not in caplog.text


@both
def test_a_secret_header_is_in_no_traceback(asynchronous: bool) -> None:
    request = Request(
        method="GET",
        url="http://127.0.0.1:9/a",
        headers=(("entity", "hush"), ("Authorization", "Bearer hush")),
        query=(("key", "hush"),),
        body=b"hush",
    )

    def do() -> None:
        if asynchronous:
            asyncio.run(AsyncHttpTransport()(request))
        else:
            HttpTransport()(request)

    with pytest.raises(Unanswered) as caught:
        do()

    whole = traceback.TracebackException.from_exception(
        caught.value, capture_locals=True
    )
    assert "hush" not in "".join(whole.format())
    assert "Request(method='GET'" in "".join(whole.format())


def test_a_name_that_does_not_exist_means_that_nothing_was_sent() -> None:
    with pytest.raises(Unanswered) as caught:
        HttpTransport(timeout=5)(Request(method="GET", url="https://nowhere.invalid/"))

    assert not caught.value.sent


def test_where_the_tests_of_ilink_can_be_reached_from_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def nowhere(*_: object, **__: object) -> None:
        raise OSError("unreachable")

    monkeypatch.setattr(socket, "create_connection", nowhere)
    request = Request(method="GET", url=Environment.tests().base_url)
    with pytest.raises(Unanswered, match="Portugal and Spain"):
        HttpTransport()(request)


# --- TLS ---


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a certificate for 127.0.0.1 that nobody trusts, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@both
def test_a_certificate_nobody_trusts_is_refused_before_anything_is_sent(
    asynchronous: bool, certificate: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with (
        server(b"HTTP/1.1 200 OK\r\n\r\n", context) as port,
        pytest.raises(Unanswered, match=r"(?i)certificate") as caught,
    ):
        send(f"https://127.0.0.1:{port}/a", asynchronous)

    assert not caught.value.sent


def test_nothing_older_than_tls_1_2_is_spoken() -> None:
    context = transports._tls()  # noqa: SLF001

    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_the_proxy_of_the_machine_is_used_but_not_to_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.pt:3128")
    monkeypatch.setenv("http_proxy", "http://proxy.pt:3128")
    monkeypatch.setenv("no_proxy", "")

    assert transports._proxy("https://ilink.pt/a") == "http://proxy.pt:3128"  # noqa: SLF001
    assert transports._proxy("http://127.0.0.1:1/a") is None  # noqa: SLF001
