"""Shell completion, tried in the shells themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.shell_completion import get_completion_class

from cius_pt import artefacts, codes
from cius_pt.cli import completing, main, program
from cius_pt.rules import catalogue, recipients

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHELLS = ("bash", "zsh", "fish")
BASH = """
eval "$(cius-pt completion bash)"
complete -p cius-pt >&2
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_cius_pt_completion cius-pt
printf '%s\\n' "${COMPREPLY[@]}"
"""
# The two builtins of its completion system print what they would show.
ZSH = """
compdef() { print -u2 "$@" }
compadd() { print -l -- $completions }
_describe() { print -l -- ${completions_with_descriptions%%:*} }
eval "$(cius-pt completion zsh)"
words=("$@")
CURRENT=$#
_cius_pt_completion
"""
FISH = """
cius-pt completion fish | source
complete -C "$argv"
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a data directory with no rule set, and a PATH with our command."""
    scripts = Path(sys.executable).parent
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{scripts}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> Callable[..., list[str]]:
    """Return what asks a real shell how to go on after these words."""
    name = str(request.param)
    if shutil.which(name) is None:
        pytest.skip(f"there is no {name} here")
    command = {
        "bash": ["bash", "--norc", "-c", BASH, "bash"],
        "zsh": ["zsh", "-f", "-c", ZSH, "zsh"],
        "fish": ["fish", "--no-config", "-c", FISH],
    }[name]

    def ask(*words: str) -> list[str]:
        typed = [" ".join(words)] if name == "fish" else list(words)
        done = spawn(*command, *typed)
        assert done.returncode == 0, done.stderr
        if name == "fish":
            return [line.partition("\t")[0] for line in done.stdout.splitlines()]
        assert "cius-pt" in done.stderr, "the function was not registered"
        return [line for line in done.stdout.split("\n") if line]

    return ask


def spawn(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        capture_output=True,
        env={**os.environ, **environment},
        text=True,
        timeout=60,
        check=False,
    )


def asked(*words: str) -> list[tuple[str, str]]:
    """Return what the program offers after these words: kinds and values."""
    *before, last = words
    kind = get_completion_class("bash")
    assert kind is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("_CIUS_PT_COMPLETE", "bash_complete")
        found = kind(program.program, {}, "cius-pt", "_CIUS_PT_COMPLETE")
        items = found.get_completions(before, last)
    return [(item.type, item.value) for item in items]


# --- in the shells -------------------------------------------------------------------


def test_a_shell_completes_commands(shell: Callable[..., list[str]]) -> None:
    assert shell("cius-pt", "exp") == ["explain"]
    assert sorted(shell("cius-pt", "rules", "i")) == ["info", "install"]


def test_a_shell_completes_options_and_their_words(
    shell: Callable[..., list[str]],
) -> None:
    assert shell("cius-pt", "check", "--fail") == ["--fail-on"]
    assert shell("cius-pt", "check", "--format", "s") == ["sarif"]


def test_a_shell_completes_rules_lists_and_recipients(
    shell: Callable[..., list[str]],
) -> None:
    ids = [rule for rule in catalogue.rules() if rule.startswith("BR-CO-2")]
    assert sorted(shell("cius-pt", "explain", "BR-CO-2")) == sorted(ids)
    assert shell("cius-pt", "codes", "exem") == ["exemptions"]
    assert shell("cius-pt", "check", "--recipient", "f") == ["feap"]
    assert shell("cius-pt", "check", "--rules", "au") == ["auto"]


# --- what the program answers --------------------------------------------------------


def test_rule_ids_are_found_in_any_case() -> None:
    assert asked("explain", "br-co-25") == [("plain", "BR-CO-25")]
    assert asked("check", "--allow", "br-co-25") == [("plain", "BR-CO-25")]


def test_all_rule_ids_are_offered() -> None:
    found = [value for _, value in asked("explain", "")]

    assert found == sorted(catalogue.rules())


def test_few_rule_ids_come_with_a_word_each() -> None:
    done = spawn(
        "cius-pt",
        COMP_WORDS="cius-pt explain BR-CO-25",
        COMP_CWORD="2",
        _CIUS_PT_COMPLETE="zsh_complete",
        LC_ALL="pt_PT.UTF-8",
    )

    entry = catalogue.entry("BR-CO-25")
    assert entry is not None
    assert entry.asks.pt in done.stdout


def test_code_lists_and_then_their_codes_are_offered() -> None:
    assert [value for _, value in asked("codes", "")] == list(codes.names())
    listed = {row["code"] for row in codes.table("vat_categories").rows}
    assert {value for _, value in asked("codes", "vat-categories", "")} == listed
    assert asked("codes", "no-such-list", "") == []


def test_recipients_are_offered() -> None:
    found = asked("check", "--recipient", "")

    assert [value for _, value in found] == list(recipients.names())


def test_installed_rule_sets_are_offered(tmp_path: Path) -> None:
    (tmp_path / "own.sch").write_text(
        '<schema xmlns="http://purl.oclc.org/dsdl/schematron"><pattern>'
        '<rule context="/*"><assert id="A" test="true()">a</assert></rule></pattern>'
        "</schema>"
    )
    artefacts.install(tmp_path / "own.sch", name="own", trust=True)

    built_in = ["rulebook-2.1.2", "rulebook-2.1.2-strict"]
    values = [value for _, value in asked("check", "--rules", "")]
    assert values == ["auto", "own", *built_in]
    for below in ("info", "remove"):
        assert asked("rules", below, "") == [("plain", "own")]


@pytest.mark.parametrize(
    "words",
    [
        ("check", ""),
        ("verify", "x"),
        ("upload", "--dry-run", ""),
        ("check", "--rules", "./"),
        ("check", "--recipient", "my"),
        ("rules", "install", ""),
    ],
)
def test_files_are_left_to_the_shell(words: tuple[str, ...]) -> None:
    assert asked(*words) == [("file", words[-1])]


def commands(
    group: click.Group, context: click.Context, above: str = ""
) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{above}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, context, f"{above}{name} ")


def test_every_row_of_the_table_is_a_parameter_that_there_is() -> None:
    context = click.Context(program.program)
    there = {
        f"{name} {parameter.name}"
        for name, command in commands(program.program, context)
        for parameter in command.params
    }

    assert set(completing.BY_COMMAND) <= there
    assert set(completing.BY_NAME) <= {key.split()[-1] for key in there}


# --- the command ---------------------------------------------------------------------


@pytest.mark.parametrize("name", SHELLS)
def test_a_script_asks_the_program_by_its_variable(
    name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", name]) == 0

    out, err = capfd.readouterr()
    assert f"_CIUS_PT_COMPLETE={name}_complete" in out
    assert err == ""


def test_another_shell_is_a_wrong_use(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "tcsh"]) == 2

    assert "'bash', 'zsh', 'fish'" in capfd.readouterr().err


def test_nobody_else_pays_for_completion() -> None:
    script = (
        "import sys; from cius_pt.cli import main; main(['check', '--help']);"
        "sys.exit('cius_pt.cli.completing' in sys.modules)"
    )

    assert spawn(sys.executable, "-c", script).returncode == 0


def test_what_is_in_the_table_is_put_on_a_command() -> None:
    seen: list[Any] = []

    @click.command()
    @click.argument("files")
    def command(files: str) -> None:
        seen.append(files)

    completing.equip("anything", command)
    context = click.Context(command)

    (item,) = command.params[0].shell_complete(context, "a")
    assert (item.type, item.value) == ("file", "a")
