# SPDX-License-Identifier: MIT
"""The HTTP of a local iLink, and where its faults happen."""

from __future__ import annotations

import logging
import socket
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import parse_qsl, urlsplit

from cius_pt.testing.fake_ilink import control, replies, router, tokens
from cius_pt.testing.fake_ilink.faults import Kind
from cius_pt.testing.fake_ilink.wire import Answer, Request

if TYPE_CHECKING:
    from cius_pt.testing.fake_ilink.faults import Fault
    from cius_pt.testing.fake_ilink.server import FakeIlink

# No length has more; int() refuses thousands of digits with an error.
_DIGITS: Final = 18
_LOG: Final = logging.getLogger(__name__)


class Listener(ThreadingHTTPServer):
    """Listens on a loopback address, one thread for each connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, ilink: FakeIlink) -> None:
        self.ilink = ilink
        super().__init__(("127.0.0.1", port), Handler)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the caller's names
        """Say nothing of clients that went away."""
        _LOG.debug("a connection broke off", exc_info=True)


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    server_version = "fake-ilink"
    sys_version = ""
    timeout = 60
    # Head and body are two writes: the second would wait for the client's ACK.
    disable_nagle_algorithm = True

    @property
    def _ilink(self) -> FakeIlink:
        return cast("Listener", self.server).ilink

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the caller's name
        """Log what came, never a header."""
        _LOG.debug(format, *args)

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve()

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names of http.server

    def _serve(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith(control.PREFIX):
            if (request := self._request()) is not None:
                self._send(control.answer(self._ilink, request))
            return
        step, identifier = router.step_of(self._ilink.world, self.command, path)
        due = {fault.kind: fault for fault in self._ilink.faults.next(step)}
        if Kind.DROP_READING in due:
            self._drop()
            return
        request = self._request()
        if request is None:
            return
        answer = self._before(due, request)
        if answer is None:
            answer = self._answer(step, identifier, request)
            self._after(due, answer)
        elif answer.status:
            self._send(answer)
        else:
            self._drop()

    def _request(self) -> Request | None:
        """Read the request; None when it was refused already."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self._refuse(411)
            return None
        if len(length) > _DIGITS or int(length) > self._ilink.settings.max_bytes:
            # Which size iLink takes, and what it says then, is not documented.
            self._refuse(413)
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return None
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
        )

    def _refuse(self, status: int) -> None:
        self.close_connection = True
        self._send(replies.page(status, "refused"))

    def _before(self, due: dict[Kind, Fault], request: Request) -> Answer | None:
        """Return what is answered without doing anything; status 0 for no answer."""
        world = self._ilink.world
        if (fault := due.get(Kind.LATENCY)) is not None:
            self._ilink.stopping.wait(fault.amount)
        if Kind.DROP_BEFORE in due:
            return Answer(status=0)
        if (fault := due.get(Kind.STATUS_BEFORE)) is not None:
            return replies.page(int(fault.amount), "out of order")
        if Kind.BLOCK in due:
            return self._ilink.rate.block(world)
        if Kind.EXPIRED in due:
            tokens.forget(world, request)
            return replies.unauthorised()
        return self._ilink.rate.refuse(world)

    def _answer(self, step: str, identifier: str, request: Request) -> Answer:
        try:
            return router.answer(self._ilink.world, step, identifier, request)
        except Exception as error:  # noqa: BLE001 - see below
            # A defect of the local server must not pass for one of iLink's moods.
            _LOG.exception("the local iLink broke off")
            self._ilink.problems.append(error)
            return replies.page(500, "the local iLink broke off")

    def _after(self, due: dict[Kind, Fault], answer: Answer) -> None:
        """Send the answer, or what a fault makes of it."""
        if (fault := due.get(Kind.LATENCY_AFTER)) is not None:
            self._ilink.stopping.wait(fault.amount)
        if Kind.DROP_AFTER in due:
            self._drop()
        elif (fault := due.get(Kind.STATUS_AFTER)) is not None:
            self._send(replies.page(int(fault.amount), "out of order"))
        elif Kind.HALF in due:
            self._send(answer, cut=len(answer.body) // 2)
            self._drop()
        else:
            self._send(_spoiled(due, answer))

    def _send(self, answer: Answer, cut: int | None = None) -> None:
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media)
            self.send_header("Content-Length", str(len(answer.body)))
            for name, value in answer.headers:
                self.send_header(name, value)
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(answer.body[:cut])
            self.wfile.flush()
        except OSError:  # the client has gone: what was done is done
            self.close_connection = True

    def _drop(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _spoiled(due: dict[Kind, Fault], answer: Answer) -> Answer:
    if Kind.WRONG_JSON in due:
        return replace(answer, body=b'{"success":true,"message":{"code":"s0')
    if Kind.OTHER_JSON in due:
        return replace(answer, body=b'[{"ok":1}]')
    if Kind.EMPTY in due:
        return replace(answer, body=b"")
    if Kind.WRONG_TYPE in due:
        return replace(answer, media="text/html; charset=utf-8")
    if Kind.HTML in due:
        return replies.page(answer.status, "a proxy speaking")
    return answer
