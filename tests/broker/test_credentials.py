"""Secrets come from where others cannot read, and are never shown."""

from __future__ import annotations

import pickle
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt.broker.credentials import Credentials, credentials, settings
from cius_pt.broker.environment import (
    PRODUCTION_URL,
    TESTS_URL,
    Environment,
    environment,
)
from cius_pt.broker.secret import Secret
from cius_pt.errors import BrokerError, BrokerUnauthorised, InvalidValue

if TYPE_CHECKING:
    from pathlib import Path

PAIR = {"client_id": "app", "client_secret": "hush", "entity": "key1"}


def private(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    path = tmp_path / "ilink.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = private(tmp_path, '[ilink]\nentity = "file"\nbase_url = "https://a.pt"\n')

    found = settings(path, {"CIUS_PT_ILINK_ENTITY": "environ"})

    assert found == {"entity": "environ", "base_url": "https://a.pt"}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602, 0o660])
def test_a_file_that_others_may_read_is_refused(mode: int, tmp_path: Path) -> None:
    path = private(tmp_path, "[ilink]\n", mode)

    with pytest.raises(InvalidValue, match="chmod 600"):
        settings(path, {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[ilink]\nclient_secret = hush", "is not TOML"),
        ('[ilink]\nsecret = "hush"', "no setting secret"),
        ("[ilink]\nentity = 3", "must be a text"),
        ('ilink = "hush"', "no setting"),
        ("\xff", "is not TOML"),
    ],
)
def test_a_wrong_file_is_said_without_what_it_holds(
    text: str, says: str, tmp_path: Path
) -> None:
    path = private(tmp_path, "")
    path.write_bytes(text.encode("latin-1"))

    with pytest.raises(InvalidValue, match=says) as caught:
        settings(path, {})
    assert "hush" not in str(caught.value)


def test_what_neither_has_is_asked_of_the_keyring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keyring = ModuleType("keyring")
    asked: list[tuple[str, str]] = []

    def get_password(service: str, name: str) -> str | None:
        asked.append((service, name))
        return "from keyring" if name == "client_secret" else None

    monkeypatch.setattr(keyring, "get_password", get_password, raising=False)
    monkeypatch.setitem(sys.modules, "keyring", keyring)

    found = settings(None, {"CIUS_PT_ILINK_CLIENT_ID": "app"})

    assert found == {"client_id": "app", "client_secret": "from keyring"}
    assert {service for service, _ in asked} == {"cius-pt ilink"}


def test_a_keyring_without_a_backend_has_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keyring = ModuleType("keyring")

    def get_password(service: str, name: str) -> str | None:
        raise RuntimeError(service, name)

    monkeypatch.setattr(keyring, "get_password", get_password, raising=False)
    monkeypatch.setitem(sys.modules, "keyring", keyring)

    assert settings(None, {}) == {}


def test_several_nifs_have_their_own_keys() -> None:
    found = credentials(
        {"token": "t", "entities": {"PT500000000": "k5", "600000000": "k6"}}
    )

    assert found.entity_of("500000000") == Secret("k5")
    assert found.entity_of("600000000") == Secret("k6")
    assert found.entity_of("700000000") is None


def test_a_key_whose_nif_is_known_is_for_no_other() -> None:
    found = credentials({**PAIR, "nif": "PT500000000"})

    assert found.entity_of("500000000") == Secret("key1")
    assert found.entity_of("600000000") is None


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"client_id": "a"},
        {"client_secret": Secret("b")},
        {"client_id": "a", "client_secret": Secret("b"), "token": Secret("c")},
        {"token": Secret("a"), "nif": "PT500000000"},
        {"token": Secret("two words")},
        {"token": Secret("t"), "entity": Secret("a\r\nx: y")},
        {"token": Secret("t"), "entities": {"500000000": Secret("ç")}},
    ],
)
def test_what_cannot_be_credentials_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        Credentials(**given)


def test_no_credentials_says_what_to_set() -> None:
    with pytest.raises(BrokerUnauthorised, match="CIUS_PT_ILINK_CLIENT_SECRET"):
        credentials({"client_id": "a"})


def test_a_secret_is_not_shown_and_not_written() -> None:
    found = credentials({**PAIR, "entities": {"500000000": "k500"}})

    for shown in (repr(found), str(found), f"{found.client_secret}"):
        assert not any(word in shown for word in ("hush", "key1", "k500"))
    with pytest.raises(TypeError):
        pickle.dumps(found.client_secret)


# --- where iLink is ---


def test_the_documented_addresses() -> None:
    assert Environment.tests().base_url == (
        "https://ilink.acin.pt/ilinktests-api/api/v1/pt"
    )
    assert Environment.production().base_url == ("https://ilink.pt/ilink-api/api/v1/pt")


@pytest.mark.parametrize(
    "url",
    [
        "http://ilink.pt/api",
        "http://10.0.0.1/",
        "http://localhost.evil.pt/",
        "http://127.0.0.1.evil.pt/",
        "ftp://ilink.pt/",
        "ilink.pt",
        "",
        "https://",
        "https://me:hush@ilink.pt/",
        "https://ilink.pt:port/",
        "https://[bad/",
        "https://ilink.pt/?a=b",
        "https://ilink.pt/#a",
    ],
)
def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Environment(base_url=url)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:1"])
def test_this_machine_may_be_asked_without_tls(host: str) -> None:
    assert Environment(base_url=f"http://{host}/").base_url == f"http://{host}"


def test_neither_tests_nor_production_is_a_default() -> None:
    with pytest.raises(BrokerError) as caught:
        environment({})
    assert TESTS_URL in str(caught.value)
    assert PRODUCTION_URL in str(caught.value)


def test_what_is_only_inferred_can_be_set() -> None:
    found = environment(
        {
            "base_url": TESTS_URL,
            "environment": {
                "document_field": "file",
                "token_path": "https://ilink.acin.pt/token",
                "blocked_statuses": [403, 429],
                "retries": [1, 2],
                "back_off": 60,
                "accept_field": "accepted",
            },
        }
    )

    assert found.document_field == "file"
    assert found.token_url.endswith(".pt/token")
    assert sorted(found.blocked_statuses) == [403, 429]
    assert sum(found.retries) == 3
    assert found.accept_field == "accepted"


@pytest.mark.parametrize(
    "wrong",
    [
        {"nothing": 1},
        {"base_url": "x"},
        {"back_off": "2"},
        {"retries": "1"},
        {"requests_per_minute": 0},
        {"token_as_json": 1},
    ],
)
def test_a_setting_that_is_wrong_is_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue, match=next(iter(wrong))):
        environment({"base_url": TESTS_URL, "environment": wrong})
