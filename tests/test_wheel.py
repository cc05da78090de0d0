"""The package as users get it: a wheel, installed alone, run in an empty directory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent
DOCUMENT = REPOSITORY / "fixtures" / "withholding.xml"


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the console script of a wheel installed in a new environment."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder)]
    subprocess.run([*build, str(REPOSITORY)], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", str(wheel)], check=True)
    return folder / "venv" / "bin" / "cius-pt"


def run(
    command: Path, where: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CIUS_PT_HOME": str(where / "home")}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        [command, *arguments],
        cwd=where,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.slow
def test_the_wheel_checks_a_document_in_an_empty_directory(
    command: Path, tmp_path: Path
) -> None:
    result = run(command, tmp_path, "check", "--format", "json", str(DOCUMENT))

    (report,) = json.loads(result.stdout)["reports"]
    outcomes = {check["name"]: check["outcome"] for check in report["checks"]}
    assert outcomes["well-formed"] == "passed"
    assert outcomes["schema"] == "passed"
    assert "Traceback" not in result.stderr
    rules_ran = outcomes["rules"] == "passed"
    assert report["conforms"] is rules_ran
    assert result.returncode == (0 if rules_ran else 2)


@pytest.mark.slow
def test_the_wheel_brings_the_manual(command: Path) -> None:
    pages = command.parent.parent / "share" / "man" / "man1"

    names = {path.name for path in pages.glob("cius-pt*.1")}
    assert names == {path.name for path in (REPOSITORY / "man").iterdir()}


@pytest.mark.slow
def test_the_wheel_builds_and_shows(command: Path, tmp_path: Path) -> None:
    source = REPOSITORY / "fixtures" / "withholding.json"

    built = run(command, tmp_path, "build", str(source), "-o", "out.xml")
    shown = run(command, tmp_path, "show", "--format", "json", "out.xml")

    assert (built.returncode, shown.returncode) == (0, 0), built.stderr + shown.stderr
    assert (tmp_path / "out.xml").read_bytes() == DOCUMENT.read_bytes()
    assert json.loads(shown.stdout)["number"] == "FT 2026A/8"


@pytest.mark.slow
def test_the_wheel_knows_the_published_rule_sets(command: Path, tmp_path: Path) -> None:
    published = REPOSITORY.parent / "shared" / "espap" / "2.1.2"
    if not published.is_dir():
        pytest.skip("the published rules are not beside this checkout")

    installed = run(command, tmp_path, "rules", "install", str(published))
    checked = run(command, tmp_path, "check", str(DOCUMENT))

    assert installed.returncode == 0, installed.stderr
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout == ""
