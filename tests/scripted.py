# SPDX-License-Identifier: MIT
"""A transport that answers from a script, and time that passes when waited for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cius_pt.broker.client import Broker
from cius_pt.broker.credentials import Credentials
from cius_pt.broker.environment import Environment
from cius_pt.broker.secret import Secret
from cius_pt.broker.wire import Request, Response, Unanswered

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BASE = "https://ilink.acin.pt/ilinktests-api/api/v1/pt"
START = 1_765_812_050.0
TOKEN = {
    "access_token": "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.vv6zhq",
    "token_type": "Bearer",
    "expires_in": 1800,
    "scope": "document_create,document_read,states_read",
}
OAUTH = Credentials(
    client_id="demoapp",
    client_secret=Secret("qwerty"),
    entity=Secret("key164836573"),
)
LEGACY = Credentials(
    token=Secret("7r8y44h5s5h4a74g88a4"),
    entity=Secret("key164836573"),
    nif="164836573",
)
UNAUTHORISED = {
    "success": False,
    "errors": [{"code": "e069", "msg": "Autenticação inválida"}],
}
LOST = Unanswered("lost", sent=True)
UNSENT = Unanswered("refused", sent=False)

Answer = Response | Exception


def answer(status: int, content: Any = None, **headers: str) -> Response:
    """Return an answer in JSON; a text or bytes are a page."""
    if isinstance(content, str | bytes):
        body = content if isinstance(content, bytes) else content.encode()
    else:
        body = json.dumps(content).encode()
    return Response(status=status, headers=tuple(headers.items()), body=body)


def created(code: str = "s011", status: int = 201, **data: Any) -> Response:
    """Return the documented answer to an upload that was taken."""
    said = {"id": "60796c3c2a6fa2.53909016", **data}
    return answer(
        status,
        {
            "success": True,
            "message": {"code": code, "msg": "Documento criado com sucesso"},
            "response": {"data": said},
        },
    )


def refused(field: str, code: str, msg: str, status: int = 400) -> Response:
    """Return the documented answer to what was refused."""
    errors = {field: {"code": code, "msg": msg}}
    return answer(status, {"success": False, "errors": errors})


def listed(*documents: dict[str, Any]) -> Response:
    """Return the answer to a search."""
    said = {"success": True, "response": {"data": list(documents)}}
    return answer(200, said)


class World:
    """What a broker is given for the world: answers in their order, and time."""

    def __init__(self, *answers: Answer, token: bool = True) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.now = START
        self.waits: list[float] = []
        self._token = token

    def __call__(self, request: Request) -> Response:
        """Answer a request; tokens are given without a script."""
        self.requests.append(request)
        if self._token and request.url.endswith("/oauth2/token"):
            return answer(200, TOKEN)
        found = self.answers.pop(0)
        if isinstance(found, Exception):
            raise found.with_traceback(None)  # of this time only
        return found

    def clock(self) -> float:
        """Return the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.waits.append(seconds)
        self.now += seconds

    @property
    def asked(self) -> list[str]:
        """Method and path of every request but those for tokens."""
        return [
            f"{r.method} {r.target.removeprefix(BASE)}"
            for r in self.requests
            if not r.url.endswith("/oauth2/token")
        ]


def broker(
    world: World,
    journal: Path,
    *,
    credentials: Credentials = OAUTH,
    nonce: Callable[[], str] = lambda: "aYb89a8yf10",
    **environment: Any,
) -> Broker:
    """Return a broker in this world."""
    return Broker(
        Environment(base_url=BASE, **environment),
        credentials,
        transport=world,
        clock=world.clock,
        sleep=world.sleep,
        nonce=nonce,
        journal=journal / "journal.sqlite3",
        limits=journal / "limits.sqlite3",
    )
