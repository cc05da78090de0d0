# SPDX-License-Identifier: MIT
"""The control endpoint, for tests in another process or language.

``GET /_control/state``; ``POST /_control/faults`` with ``{"set": ["upload:half@1"]}``,
``DELETE /_control/faults``; ``POST /_control/clock`` with ``{"advance": 60}``;
``POST /_control/entities`` with the fields of an `Entity`; ``POST /_control/move`` with
``{"id": …, "code": "14", "reason": …}``; ``POST /_control/settings`` with fields of
`Settings` or, under ``quirks``, of `Quirks`. Only JSON is taken, so that no web page
can steer it.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from cius_pt.errors import CiusPtError
from cius_pt.testing.fake_ilink.settings import Change, Entity, Hook, Quirks
from cius_pt.testing.fake_ilink.wire import Answer, BadForm, Request, said

if TYPE_CHECKING:
    from cius_pt.testing.fake_ilink.server import FakeIlink

PREFIX: Final = "/_control/"
# Functions do not come over HTTP, and secrets do not change under way.
_FIXED: Final = frozenset({"judge", "signature_verdict", "client_secret", "quirks"})


def answer(ilink: FakeIlink, request: Request) -> Answer:
    """Do what a control request asks and answer with the state."""
    what = request.path.removeprefix(PREFIX)
    try:
        match request.method, what:
            case "GET", "state":
                pass
            case "DELETE", "faults":
                ilink.faults.clear()
            case "POST", "faults" | "clock" | "entities" | "move" | "settings":
                _do(ilink, what, _body(request))
            case _:
                return said(404, {"error": f"{request.method} {request.path}"})
    except (CiusPtError, BadForm, KeyError, TypeError, ValueError) as error:
        return said(400, {"error": str(error)})
    return said(200, state(ilink))


def state(ilink: FakeIlink) -> dict[str, Any]:
    """Return the counters and the documents."""
    return {
        "now": ilink.clock.now(),
        "requests": ilink.requests,
        "faults": ilink.faults.hits,
        "blocks": ilink.rate.blocks,
        "created": ilink.created(),
        "documents": [dataclasses.asdict(one) for one in ilink.documents()],
        "attempts": [dataclasses.asdict(one) for one in ilink.attempts()],
        "problems": [repr(problem) for problem in ilink.problems],
    }


def _body(request: Request) -> dict[str, Any]:
    if "json" not in request.headers.get("content-type", ""):
        raise BadForm("the body is JSON (content type application/json)")
    body = request.json()
    if not isinstance(body, dict):
        raise BadForm("the body is a JSON object")
    return body


def _do(ilink: FakeIlink, what: str, body: dict[str, Any]) -> None:
    match what:
        case "faults":
            ilink.faults.set(*body["set"])
        case "clock":
            ilink.advance(float(body["advance"]))
        case "entities":
            ilink.add(_entity(body))
        case "move":
            ilink.move(body["id"], body["code"], body.get("reason", ""))
        case _:
            _change(ilink, body)


def _entity(body: dict[str, Any]) -> Entity:
    script = tuple(Change(**change) for change in body.pop("script", ()))
    body["requires"] = tuple(body.get("requires", ()))
    for name in ("on_document", "on_state"):
        if body.get(name):
            body[name] = Hook(**body[name])
    return Entity(**body, script=script)


def _change(ilink: FakeIlink, body: dict[str, Any]) -> None:
    quirks = body.pop("quirks", {})
    if fixed := _FIXED & set(body):
        raise BadForm(f"{', '.join(sorted(fixed))}: cannot be changed over HTTP")
    if "script" in body:
        body["script"] = tuple(Change(**change) for change in body["script"])
    if "identity" in body:
        body["identity"] = tuple(body["identity"])
    old: Quirks = ilink.settings.quirks
    ilink.change(**body, quirks=dataclasses.replace(old, **quirks))
