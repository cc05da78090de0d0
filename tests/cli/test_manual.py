"""The manual pages in ``man/``: what the parser says, and pages that roff accepts."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cius_pt.cli import manual
from cius_pt.cli.program import program

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PAGES = REPOSITORY / "man"


def spawn(*command: str, data: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, input=data, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_pages_are_what_the_parser_says_now(tmp_path: Path) -> None:
    # A process of its own: click keeps the names of help from a command's first use.
    made = spawn(sys.executable, "-m", "cius_pt.cli.manual", str(tmp_path))
    assert (made.returncode, made.stderr) == (0, "")

    now = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in PAGES.iterdir()}
    assert kept == now, "run: python3 tasks.py man"


def test_there_is_a_page_for_every_command() -> None:
    names = {path.name for path in PAGES.iterdir()}

    commands = program.list_commands(click.Context(program))
    assert names == {"cius-pt.1", *(f"cius-pt-{name}.1" for name in commands)}


@pytest.mark.parametrize("page", sorted(PAGES.iterdir()), ids=lambda page: page.name)
def test_groff_and_mandoc_have_nothing_to_say(page: Path) -> None:
    commands = [
        ("groff", "-man", "-Tutf8", "-ww", "-z", str(page)),
        ("mandoc", "-T", "lint", "-W", "warning", str(page)),
    ]
    there = [command for command in commands if shutil.which(command[0])]
    if not there:
        pytest.skip("there is neither groff nor mandoc here")

    for command in there:
        done = spawn(*command)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_page_shows_every_option_of_its_command() -> None:
    text = (PAGES / "cius-pt-check.1").read_text().replace("\\-", "-")
    command = program.get_command(click.Context(program), "check")
    assert command is not None

    options = [o for p in command.params for o in p.opts if o.startswith("--")]
    assert len(options) > 10
    for option in options:
        assert re.search(rf"^\.B .*{option}\b", text, re.MULTILINE)
    assert ".SH EXIT STATUS\n0 no finding at or above --fail-on" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (".SH no section", ".SH no section"),
        ("'br", "'br"),
        (r"a\fBb \(aq \n", r"a\fBb \(aq \n"),
        ("--x=y-z", "--x=y-z"),
        ("números → §", "números → §"),
    ],
)
def test_no_text_is_a_command_of_roff(text: str, shown: str) -> None:
    if shutil.which("groff") is None:
        pytest.skip("there is no groff here")
    page = f".TH X 1\n.nh\n.SH A\n{manual.plain(text)}\n"

    done = spawn("groff", "-man", "-Tutf8", "-P-cbou", data=page)

    assert f"\n       {shown}\n" in done.stdout


def test_a_page_of_a_command_that_is_gone_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "cius-pt-gone.1").write_text("")
    (tmp_path / "other.1").write_text("")

    manual.main(tmp_path)

    names = {path.name for path in tmp_path.iterdir()}
    assert "cius-pt-gone.1" not in names
    assert {"other.1", "cius-pt.1"} <= names
