"""The hook that other repositories use, run by pre-commit itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).resolve().parents[2]
MANIFEST = REPOSITORY / ".pre-commit-hooks.yaml"
GOOD = (REPOSITORY / "fixtures" / "withholding.xml").read_bytes()
BAD = GOOD.replace(b"<cbc:DueDate>2026", b"<cbc:DueDate>x")
HOSTILE = ["-rf.xml", "a b.xml", "$(touch owned).xml", "`touch owned`;.xml", "*.xml"]

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")

Run = subprocess.CompletedProcess[str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Return what runs a command in a new git repository, with nobody's settings."""
    work = tmp_path / "work"
    work.mkdir()
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    scripts = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{scripts}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    monkeypatch.chdir(work)

    def do(*command: str) -> Run:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=600, check=False
        )

    assert do("git", "init", "-q").returncode == 0
    return do


def hook() -> dict[str, Any]:
    """Return the one hook of the manifest."""
    (found,) = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def configure(**changes: Any) -> None:
    """Write a configuration with this hook, run from here instead of a clone."""
    kept = ("id", "name", "entry", "args", "types", "require_serial")
    here = {name: value for name, value in hook().items() if name in kept}
    local = {"repo": "local", "hooks": [{**here, "language": "system", **changes}]}
    # JSON is YAML.
    Path(".pre-commit-config.yaml").write_text(json.dumps({"repos": [local]}))


def commit(run: Callable[..., Run]) -> Run:
    assert run("git", "add", "--all").returncode == 0
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@localhost")
    return run("git", *who, "commit", "-m", "x")


def test_pre_commit_takes_the_manifest(run: Callable[..., Run]) -> None:
    done = run("pre-commit", "validate-manifest", str(MANIFEST))

    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert hook()["language"] == "python"


def test_a_commit_with_a_bad_invoice_is_refused(run: Callable[..., Run]) -> None:
    configure()
    assert run("pre-commit", "install").returncode == 0
    Path("good.xml").write_bytes(GOOD)
    assert commit(run).returncode == 0
    Path("bad.xml").write_bytes(BAD)

    refused = commit(run)

    assert refused.returncode != 0
    assert "bad.xml:6: fatal CP-XSD-02 BT-9 due_date:" in refused.stderr
    assert "good.xml" not in refused.stderr
    Path("bad.xml").write_bytes(GOOD)
    assert commit(run).returncode == 0


def test_no_file_name_is_a_command_or_an_option(run: Callable[..., Run]) -> None:
    configure()
    for name in HOSTILE:
        Path(name).write_bytes(GOOD)
    run("git", "add", "--all")

    done = run("pre-commit", "run", "--all-files", "--verbose")

    assert done.returncode == 0, done.stdout
    assert f"{len(HOSTILE)} files: {len(HOSTILE)} conform" in done.stdout
    assert not Path("owned").exists()


def test_own_arguments_are_given_to_the_check(run: Callable[..., Run]) -> None:
    configure(args=["--fail-on", "never", "--lang", "pt", "--"])
    Path("bad.xml").write_bytes(BAD)
    run("git", "add", "--all")

    done = run("pre-commit", "run", "--all-files", "--verbose")

    assert done.returncode == 0, done.stdout
    assert "Escreva datas como" in done.stdout


def test_other_files_are_none_of_its_business(run: Callable[..., Run]) -> None:
    configure()
    Path("readme.txt").write_bytes(BAD)
    run("git", "add", "--all")

    done = run("pre-commit", "run", "--all-files")

    assert (done.returncode, "Skipped" in done.stdout) == (0, True)


@pytest.mark.slow
def test_the_hook_is_installed_from_this_repository(run: Callable[..., Run]) -> None:
    if not (REPOSITORY / ".git").exists():
        pytest.skip("pre-commit clones the repository, and this is no checkout")
    Path("good.xml").write_bytes(GOOD)
    Path("bad.xml").write_bytes(BAD)
    run("git", "add", "--all")
    trying = ("pre-commit", "try-repo", str(REPOSITORY), "cius-pt-check", "--verbose")

    good = run(*trying, "--files", "good.xml")
    bad = run(*trying, "--files", "bad.xml", "good.xml")

    assert good.returncode == 0, good.stdout + good.stderr
    assert "1 file: 1 conforms" in good.stdout
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "bad.xml:6: fatal CP-XSD-02" in bad.stdout
