"""Tokens and the handshake, by the documentation's own numbers."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt.broker.auth import random_nonce, signature
from cius_pt.broker.secret import Secret
from cius_pt.errors import BrokerUnauthorised, BrokerUnreachable
from tests import scripted

if TYPE_CHECKING:
    from pathlib import Path

    from cius_pt.broker.wire import Request, Response

SIGNED = (
    "ZmYyOTNlZGM2M2YwMTM0ZmZhNDRhZTA0YTY5MDBlMmVlNDMwNjBhZmY2MjA0MTNi"
    "MDAzYzRlNWVlZmJlYTk0OQ=="
)
REGISTERED = {
    "success": True,
    "message": {"code": "e123", "msg": "Integração realizada com sucesso."},
}
NOT_REGISTERED = {
    "success": False,
    "errors": [
        {
            "code": "e069",
            "msg": "Autenticação inválida. É necessário primeiro registar esta "
            "entidade para o uso do API através do POST /apps/authentications.",
        }
    ],
}


def test_the_documented_signature() -> None:
    found = signature("demoapp", Secret("qwerty"), 1765812050, "aYb89a8yf10")

    assert found == SIGNED
    assert found != "/yk+3GPwE0/6RK4EppAOLuQwYK/2IEE7ADxOXu++qUk="


def test_the_documented_request_for_a_token(tmp_path: Path) -> None:
    world = scripted.World(scripted.listed())
    scripted.broker(world, tmp_path).search()

    request = world.requests[0]
    assert (request.method, request.url) == ("POST", f"{scripted.BASE}/oauth2/token")
    assert request.header("content-type") == "application/json"
    assert request.header("authorization") is request.header("entity") is None
    assert json.loads(request.body) == {
        "grant_type": "client_credentials",
        "client_id": "demoapp",
        "timestamp": 1765812050,
        "nonce": "aYb89a8yf10",
        "signature": SIGNED,
    }


def test_the_documented_headers_of_every_other_request(tmp_path: Path) -> None:
    world = scripted.World(scripted.listed())
    scripted.broker(world, tmp_path, credentials=scripted.LEGACY).search()

    (request,) = world.requests
    assert dict(request.headers) == {
        "accept": "application/json",
        "entity": "key164836573",
        "Authorization": "Bearer 7r8y44h5s5h4a74g88a4",
    }
    assert request.target == f"{scripted.BASE}/apps/documents"


def test_nonces_are_what_ilink_takes_and_all_different() -> None:
    nonces = [random_nonce() for _ in range(1000)]

    assert all(n.isalnum() and n.isascii() and len(n) <= 20 for n in nonces)
    assert len(set(nonces)) == len(nonces)


@pytest.mark.parametrize(("seconds", "tokens"), [(1439, 1), (1441, 2)])
def test_a_token_is_renewed_at_four_fifths_of_its_life(
    seconds: float, tokens: int, tmp_path: Path
) -> None:
    world = scripted.World(scripted.listed(), scripted.listed())
    broker = scripted.broker(world, tmp_path)
    broker.search()
    world.now += seconds
    broker.search()

    assert len(world.requests) - len(world.asked) == tokens


def test_threads_that_need_a_token_share_one(tmp_path: Path) -> None:
    asked = threading.Semaphore(0)
    lock, tokens = threading.Lock(), []

    def transport(request: Request) -> Response:
        if request.url.endswith("/oauth2/token"):
            with lock:
                tokens.append(request)
            asked.release()
            threading.Event().wait(0.1)  # the others come meanwhile
            return scripted.answer(200, scripted.TOKEN)
        return scripted.listed()

    world = scripted.World()
    broker = scripted.broker(world, tmp_path)
    broker._transport = transport  # noqa: SLF001
    broker._sleep = time.sleep  # noqa: SLF001
    threads = [threading.Thread(target=broker.search) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(tokens) == 1


def test_an_expired_token_is_renewed_once_and_the_request_repeated(
    tmp_path: Path,
) -> None:
    expired = scripted.answer(401, scripted.UNAUTHORISED)
    world = scripted.World(expired, scripted.listed())

    assert scripted.broker(world, tmp_path).search() == ()
    assert len(world.requests) == 4  # token, 401, token, answer


@pytest.mark.parametrize("msg", ["Autenticação inválida", "Autenticação inválida."])
def test_a_second_401_is_an_error_that_says_where_to_look(
    msg: str, tmp_path: Path
) -> None:
    errors = {"success": False, "errors": [{"code": "e069", "msg": msg}]}
    world = scripted.World(*[scripted.answer(401, errors)] * 2)

    with pytest.raises(BrokerUnauthorised, match="client_secret") as caught:
        scripted.broker(world, tmp_path).search()
    assert caught.value.code == "e069"
    assert msg in str(caught.value)


def test_the_documented_handshake_when_ilink_asks_for_it(tmp_path: Path) -> None:
    world = scripted.World(
        scripted.answer(401, NOT_REGISTERED),
        scripted.answer(200, REGISTERED),
        scripted.listed(),
    )
    scripted.broker(world, tmp_path, credentials=scripted.LEGACY).search()

    handshake = world.requests[1]
    assert handshake.method == "POST"
    assert handshake.target == (
        f"{scripted.BASE}/apps/authentications?nif=164836573&key=key164836573"
    )
    assert handshake.header("authorization") == "Bearer 7r8y44h5s5h4a74g88a4"
    assert len(world.requests) == 3


def test_a_handshake_that_fails_is_an_error(tmp_path: Path) -> None:
    world = scripted.World(
        scripted.answer(401, NOT_REGISTERED), scripted.answer(401, NOT_REGISTERED)
    )
    broker = scripted.broker(world, tmp_path, credentials=scripted.LEGACY)

    with pytest.raises(BrokerUnauthorised, match="does not take this key"):
        broker.search()


def test_a_legacy_token_that_is_wrong_is_not_tried_again(tmp_path: Path) -> None:
    world = scripted.World(scripted.answer(401, scripted.UNAUTHORISED))
    broker = scripted.broker(world, tmp_path, credentials=scripted.LEGACY)

    with pytest.raises(BrokerUnauthorised, match="CIUS_PT_ILINK_TOKEN"):
        broker.search()
    assert len(world.requests) == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"error": "invalid_client"}, "invalid_client"),
        (scripted.UNAUTHORISED, "e069 Autenticação inválida"),
        ({"success": False, "errors": {"signature": {"code": "e1", "msg": "m"}}}, "m"),
        ({"access_token": None}, "status 400"),
        ({"access_token": "a\nb"}, "status 400"),
        ([], "status 400"),
        ("<html>", "status 400"),
    ],
)
def test_no_token_is_said_in_whatever_shape_it_comes(
    content: Any, says: str, tmp_path: Path
) -> None:
    world = scripted.World(scripted.answer(400, content), token=False)

    with pytest.raises(BrokerUnauthorised, match="gives no token") as caught:
        scripted.broker(world, tmp_path).search()
    assert says in str(caught.value)


@pytest.mark.parametrize(("ahead", "word"), [(3600, "ahead of"), (-3600, "behind")])
def test_a_wrong_clock_is_named(ahead: float, word: str, tmp_path: Path) -> None:
    # 1765812050 is 2025-12-15 15:20:50 UTC.
    refused = scripted.answer(400, {}, Date="Mon, 15 Dec 2025 15:20:50 GMT")
    world = scripted.World(refused, token=False)
    world.now += ahead

    with pytest.raises(BrokerUnauthorised, match=f"3600 s {word} the broker's"):
        scripted.broker(world, tmp_path).search()


def test_a_token_endpoint_that_is_down_is_not_a_matter_of_credentials(
    tmp_path: Path,
) -> None:
    world = scripted.World(scripted.answer(503, "<html>"), token=False)

    with pytest.raises(BrokerUnreachable, match="503"):
        scripted.broker(world, tmp_path).search()
