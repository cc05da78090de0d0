"""``cius-pt doctor``: exit codes, both forms, both languages, a real server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cius_pt.cli import main
from cius_pt.testing.fake_ilink import FakeIlink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DOCUMENT = Path(__file__).resolve().parents[2] / "fixtures" / "withholding.xml"
Answer = tuple[int, str, str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty data directory and no settings."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    for name in ("BASE_URL", "CLIENT_ID", "CLIENT_SECRET", "TOKEN", "ENTITY"):
        monkeypatch.delenv(f"CIUS_PT_ILINK_{name}", raising=False)
    return tmp_path / "home"


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run the command in this process."""

    def do(*arguments: str) -> Answer:
        code = main(["doctor", *arguments])
        out, err = capfd.readouterr()
        return code, out, err

    return do


@pytest.fixture
def ilink(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeIlink]:
    """Run a local iLink and set its credentials."""
    with FakeIlink() as server:
        settings = server.settings
        monkeypatch.setenv("CIUS_PT_ILINK_BASE_URL", server.url)
        monkeypatch.setenv("CIUS_PT_ILINK_CLIENT_ID", settings.client_id)
        monkeypatch.setenv("CIUS_PT_ILINK_CLIENT_SECRET", settings.client_secret)
        monkeypatch.setenv("CIUS_PT_ILINK_ENTITY", "key123456789")
        yield server


def states(out: str) -> dict[str, str]:
    return {line["name"]: line["state"] for line in json.loads(out)["lines"]}


def test_all_is_well_with_an_ilink_that_answers(
    ilink: FakeIlink, run: Callable[..., Answer]
) -> None:
    code, out, err = run("--format", "json")

    said = json.loads(out)
    assert (code, err, said["schema"], said["healthy"]) == (0, "", 1, True)
    assert {n: s for n, s in states(out).items() if s != "ok"} == {"config": "skip"}
    assert ilink.settings.client_secret not in out
    for line in said["lines"]:
        assert list(line) == ["name", "state", "said", "advice", "facts"]


@pytest.mark.usefixtures("ilink")
def test_an_ilink_that_is_not_there_is_the_outside(
    run: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/api"
    monkeypatch.setenv("CIUS_PT_ILINK_BASE_URL", url)

    code, out, _ = run("--lang", "pt")

    assert code == 3
    assert "fail  reach: 127.0.0.1 cannot be reached" in out
    assert "→ veja a rede" in out


def test_something_broken_here_is_a_finding(
    home: Path, run: Callable[..., Answer]
) -> None:
    (home / "rules" / "half").mkdir(parents=True)

    code, out, _ = run("--lang", "en")

    assert code == 1
    assert "fail  rules:half: " in out
    assert "→ delete that folder and install again: cius-pt rules install" in out


def test_both_languages_say_the_same_of_the_same(run: Callable[..., Answer]) -> None:
    texts = {lang: run("--lang", lang)[1].splitlines() for lang in ("pt", "en")}

    heads = {lang: [line[:12] for line in text] for lang, text in texts.items()}
    assert [h for h in heads["pt"] if "→" not in h] == [
        h for h in heads["en"] if "→" not in h
    ]
    assert texts["pt"] != texts["en"]


def test_a_settings_file_that_is_not_there_is_a_wrong_use(
    run: Callable[..., Answer],
) -> None:
    code, out, err = run("--config", "nowhere.toml")

    assert (code, out) == (2, "")
    assert "nowhere.toml" in err


@pytest.mark.skipif(os.name == "nt", reason="POSIX has users without a home")
def test_without_a_home_it_is_well_as_far_as_a_check_works(tmp_path: Path) -> None:
    # No HOME, and no entry for this user to look one up in.
    script = (
        "import os, pwd, sys\n"
        "def nobody(*_): raise KeyError\n"
        "pwd.getpwuid = pwd.getpwnam = nobody\n"
        "from cius_pt.cli import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    kept = {"PATH", "PYTHONPATH", "LANG"}
    environment = {k: v for k, v in os.environ.items() if k in kept}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", script, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    checked = run("check", str(DOCUMENT))
    looked = run("doctor", "--format", "json")

    found = states(looked.stdout)
    assert (looked.returncode == 0) == (checked.returncode == 0)
    assert found.get("data", found.get("folders")) != "ok"
    assert looked.stderr == ""
    assert list(tmp_path.iterdir()) == []
