"""``cius-pt fake-ilink`` as a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx2
import pytest

from cius_pt import write
from cius_pt.cli import exit_codes, main
from tests import samples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run the command; give the process and the settings that it printed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cius_pt", "fake-ilink", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline() for _ in range(4)]
        yield process, dict(line.strip().split("=", 1) for line in lines)
    finally:
        process.kill()
        process.communicate(timeout=30)


def asked(url: str, body: object | None = None) -> dict[str, object]:
    origin = url.partition("/ilinktests-api")[0]
    data = None if body is None else json.dumps(body).encode()
    path = "state" if body is None else "faults"
    request = urllib.request.Request(  # noqa: S310 - http, and ours
        f"{origin}/_control/{path}", data, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - likewise
        found = json.load(answer)
    assert isinstance(found, dict)
    return found


def test_it_prints_what_a_client_needs_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with running("--state", str(state), "--entity", "501451676:K") as (process, told):
        assert list(told) == [
            "CIUS_PT_ILINK_BASE_URL",
            "CIUS_PT_ILINK_CLIENT_ID",
            "CIUS_PT_ILINK_CLIENT_SECRET",
            "CIUS_PT_ILINK_ENTITY",
        ]
        assert told["CIUS_PT_ILINK_ENTITY"] == "K"
        assert asked(told["CIUS_PT_ILINK_BASE_URL"])["documents"] == []
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == exit_codes.INTERRUPTED

    assert state.stat().st_size > 0


def test_faults_come_from_options_and_over_http() -> None:
    with running("--fault", "token:status-before=500") as (_, told):
        url = told["CIUS_PT_ILINK_BASE_URL"]
        for expected in (500, 401):
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(f"{url}/oauth2/token", b"{}", timeout=10)  # noqa: S310 - http, and ours
            caught.value.close()
            assert caught.value.code == expected
        state = asked(url, {"set": ["upload:half"]})

    assert state["faults"] == {"token:status-before": 1}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fault", "nowhere:half"], "'nowhere' is no step"),
        (["--fault", "half"], "is not STEP:KIND"),
        (["--entity", "PT123456789"], "NIF"),
        (["--port", "65536"], "65536"),
        (["--state", "."], "directory"),
    ],
)
def test_a_wrong_option_is_exit_code_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fake-ilink", *arguments]) == exit_codes.COULD_NOT
    assert said in capsys.readouterr().err


def test_a_port_that_is_taken_is_exit_code_2(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with running() as (_, told):
        port = told["CIUS_PT_ILINK_BASE_URL"].split(":")[2].partition("/")[0]
        assert main(["fake-ilink", "--port", port]) == exit_codes.COULD_NOT

    assert f"--port {port}: " in capsys.readouterr().err


def test_what_was_created_outlives_a_server_that_is_killed(tmp_path: Path) -> None:
    arguments = ["--state", str(tmp_path / "state"), "--rules", "rulebook-2.1.2"]
    with running(*arguments) as (process, told):
        with httpx2.Client(base_url=told["CIUS_PT_ILINK_BASE_URL"], timeout=60) as http:
            headers = {"Authorization": "Bearer fake-platform-token"}
            headers["entity"] = told["CIUS_PT_ILINK_ENTITY"]
            files = {"document": ("a.xml", write(samples.invoice()))}
            answer = http.post("/apps/documentsUBL", headers=headers, files=files)
        process.kill()
        process.wait(timeout=30)
    with running(*arguments) as (_, told):
        state = asked(told["CIUS_PT_ILINK_BASE_URL"])

    assert answer.status_code == 201
    assert state["created"] == {"FT 1/1": 1}
