# SPDX-License-Identifier: MIT
from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cius_pt.cli.rules import command
from cius_pt.errors import ArtefactError

SCH = 'xmlns="http://purl.oclc.org/dsdl/schematron"'
RULES = f'<schema {SCH}><pattern id="p"/></schema>'


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a data directory of its own and a rule set of ours."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    path = tmp_path / "rules.sch"
    path.write_text(RULES)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def answer(*arguments: object) -> Any:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data.pop("schema") == 1
    return data


def names() -> list[str]:
    return [listed["name"] for listed in answer("list")["rules"]]


def test_an_empty_list_is_no_error_and_says_what_to_do(rules: Path) -> None:
    assert rules.exists()
    result = run("list")
    assert result.exit_code == 0
    assert re.fullmatch(r"rulebook-2\.1\.2\t.*built in\)\tok\n", result.stdout)
    assert "cius-pt rules install" in result.stderr
    assert names() == ["rulebook-2.1.2"]


def test_install_list_info_and_remove(rules: Path) -> None:
    result = run("install", rules, "--trust", "--name", "mine")
    assert result.exit_code == 0
    name, label, state = result.stdout.rstrip("\n").split("\t")
    assert (name, state) == ("mine", "ok")
    assert "unknown, accepted with --trust" in label
    assert result.stderr.startswith("installed mine")
    assert run("list").stdout.startswith(result.stdout)
    listed, _ = answer("list")["rules"]
    assert answer("info", "mine") == {"rules": [listed]}
    assert listed["trusted"] is False
    assert listed["problem"] is None
    assert listed["label"] == label
    assert Path(listed["entry"]).read_text() == RULES
    shown = run("info", "mine").stdout
    assert label in shown
    assert listed["sha256"] in shown
    assert "rules.sch" in shown
    assert answer("remove", "mine") == {"removed": ["mine"]}
    assert names() == ["rulebook-2.1.2"]


def test_remove_names_what_it_removed(rules: Path) -> None:
    run("install", rules, "--trust", "--name", "mine")
    result = run("remove", "mine")
    assert (result.exit_code, result.stdout) == (0, "mine\n")


def test_a_changed_file_is_listed_as_such(rules: Path) -> None:
    run("install", rules, "--trust", "--name", "mine")
    listed, _ = answer("list")["rules"]
    Path(listed["entry"]).write_text(RULES + "\n")
    listed, _ = answer("list")["rules"]
    assert "has sha256" in listed["problem"]
    assert "has sha256" in run("list").stdout
    with pytest.raises(ArtefactError, match="has sha256"):
        CliRunner().invoke(command, ["info", "mine"], catch_exceptions=False)


def test_errors_reach_the_caller_as_they_are(rules: Path) -> None:
    runner = CliRunner()
    for arguments, unreachable in (
        (["install", str(rules)], False),
        (["install", str(rules.parent / "none")], False),
        (["info", "none"], False),
        (["remove", "none"], False),
        (["install", "http://127.0.0.1:9/r.zip"], True),
    ):
        with pytest.raises(ArtefactError) as caught:
            runner.invoke(command, arguments, catch_exceptions=False)
        assert caught.value.unreachable is unreachable
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "arguments", [["install"], ["info"], ["nix"], ["list", "--format", "xml"]]
)
def test_wrong_usage_is_exit_code_2(rules: Path, arguments: list[str]) -> None:
    assert rules.exists()
    assert run(*arguments).exit_code == 2


def test_every_command_has_help() -> None:
    for name in command.commands:
        result = run(name, "--help")
        assert result.exit_code == 0
        assert len(result.stdout) > 100
