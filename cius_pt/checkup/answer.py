# SPDX-License-Identifier: MIT
"""Whether an iLink answers, and how far this machine's clock is from its own.

One GET of its address, without credentials and without waiting long. Any answer of
HTTP shows that there is a way to it; its Date header is what token requests, which
are signed with the time, are measured by.
"""

from __future__ import annotations

import time
from contextlib import closing, nullcontext
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from cius_pt.broker.transport import HttpTransport
from cius_pt.broker.wire import Request, Response, Unanswered
from cius_pt.checkup.line import Line, State, same
from cius_pt.rules.entry import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cius_pt.broker.environment import Environment
    from cius_pt.broker.wire import Transport

SECONDS: Final = 5.0
# Seconds. iLink asks for a clock "very near" its own and names no figure; a header
# has whole seconds, and an answer takes its time.
_ODD: Final = 5.0
_WRONG: Final = 60.0
_SERVER_ERROR: Final = 500
_FORBIDDEN: Final = 403


def answer_lines(
    place: Environment, transport: Transport | None, clock: Callable[[], float]
) -> Iterator[Line]:
    """Yield whether it answers, and the clock."""
    request = Request(method="GET", url=place.base_url)
    begin = time.perf_counter()
    own = HttpTransport(timeout=SECONDS) if transport is None else None
    try:
        with nullcontext() if own is None else closing(own):
            response = (transport or own)(request)  # type: ignore[misc] # one is there
    except Unanswered as error:
        yield _unreachable(same(str(error)), place)
        yield Line(
            name="clock",
            state=State.SKIP,
            said=Text(pt="não comparado", en="not compared"),
        )
        return
    now = clock()
    yield _reached(response, place, time.perf_counter() - begin)
    yield _clock(response, now)


def _reached(response: Response, place: Environment, seconds: float) -> Line:
    host, status = urlsplit(place.base_url).hostname, response.status
    said = Text(
        pt=f"{host} responde ({status}, {1000 * seconds:.0f} ms)",
        en=f"{host} answers ({status}, {1000 * seconds:.0f} ms)",
    )
    if status >= _SERVER_ERROR:
        return _unreachable(said, place, status)
    facts = {"host": host, "status": status, "seconds": round(seconds, 3)}
    if status != _FORBIDDEN:
        return Line(name="reach", state=State.OK, said=said, facts=facts)
    return Line(
        name="reach",
        state=State.WARN,
        said=said,
        advice=Text(
            pt="pode estar fechado a esta rede: o ambiente de testes só responde em "
            "Portugal e Espanha",
            en="it may be closed to this network: the test environment answers only in "
            "Portugal and Spain",
        ),
        facts=facts,
    )


def _unreachable(said: Text, place: Environment, status: int | None = None) -> Line:
    return Line(
        name="reach",
        state=State.FAIL,
        said=said,
        advice=Text(
            pt="veja a rede, o proxy (HTTPS_PROXY) e CIUS_PT_ILINK_BASE_URL, ou tente "
            "mais tarde",
            en="look at the network, the proxy (HTTPS_PROXY) and "
            "CIUS_PT_ILINK_BASE_URL, or try later",
        ),
        outside=True,
        facts={"host": urlsplit(place.base_url).hostname, "status": status},
    )


def _clock(response: Response, now: float) -> Line:
    try:
        theirs = parsedate_to_datetime(response.header("date") or "").timestamp()
    except ValueError:
        said = Text(
            pt="não comparado: a resposta não traz data",
            en="not compared: the answer has no date",
        )
        return Line(name="clock", state=State.SKIP, said=said)
    skew = now - theirs
    side = ("adiantado", "ahead") if skew > 0 else ("atrasado", "behind")
    said = Text(
        pt=f"{abs(skew):.0f} s {side[0]} em relação ao iLink",
        en=f"{abs(skew):.0f} s {side[1]}, compared with iLink",
    )
    state = State.OK
    if abs(skew) >= _ODD:
        state = State.FAIL if abs(skew) >= _WRONG else State.WARN
    advice = Text(
        pt="acerte o relógio (NTP): os pedidos de token são assinados com a hora",
        en="correct the clock (NTP): token requests are signed with the time",
    )
    return Line(
        name="clock",
        state=state,
        said=said,
        advice=None if state is State.OK else advice,
        facts={"skew_seconds": round(skew)},
    )
