"""Every snippet of README and docs/ does what the page says."""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.docs import snippets
from tests.docs.snippets import REPOSITORY, Malformed, Snippet

FOUND = {
    str(page.relative_to(REPOSITORY)): snippets.snippets(
        page.read_text(encoding="utf-8"), str(page.relative_to(REPOSITORY))
    )
    for page in snippets.pages()
}
NOT_RUN = [one for found in FOUND.values() for one in found if one.reason is not None]
RULE = re.compile(r"\b(?:BR|DT|CP)-[A-Z0-9_.-]*[0-9]")
MARK = "\x1e"  # between what two commands print


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory for all pages: translated rules are kept there."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def environment(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Be a new user in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("CIUS_PT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CIUS_PT_HOME", str(home))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")
    folders = [str(Path(sys.executable).parent), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(folders))


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("page", [page for page, found in FOUND.items() if found])
def test_a_page_does_what_it_says(page: str, tmp_path: Path) -> None:
    names: dict[str, Any] = {}
    for one in FOUND[page]:
        if one.reason is None:
            names = _done(one, tmp_path, names)


@pytest.mark.parametrize("one", NOT_RUN, ids=str)
def test_what_is_not_run_is_said(one: Snippet) -> None:
    pytest.skip(f"not run: {one.reason}")


def test_there_are_snippets() -> None:
    run = [
        one for found in FOUND.values() for one in found if one.language in snippets.RUN
    ]

    assert "README.md" in FOUND
    assert len(run) > 3 * len(NOT_RUN)


@pytest.mark.parametrize("page", [page for page in FOUND if "cookbook" in page])
def test_a_rule_that_catches_a_mistake_is_seen_to_catch_it(page: str) -> None:
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    told = [row for row in text.splitlines() if row.startswith("| ")]
    shown = "".join(one.text for one in FOUND[page] if one.language == "python")

    assert set(RULE.findall("\n".join(told))) <= set(RULE.findall(shown))


def _done(one: Snippet, folder: Path, names: dict[str, Any]) -> dict[str, Any]:
    """Do with a snippet what is to be done; return the names that python left."""
    word, _, rest = one.remark.partition(" ")
    if word == "given":
        fixture, _, name = rest.partition(" as ")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / "fixtures" / fixture, folder / name)
    elif word == "first":
        subprocess.run(["bash", "-ec", rest], check=True)  # noqa: S607 - as above
    elif word == "file":
        (folder / rest).write_text(one.text, encoding="utf-8")
    elif word == "edits":
        before = (folder / rest).read_text(encoding="utf-8")
        (folder / rest).write_text(snippets.edited(before, one.text), encoding="utf-8")
    elif word == "script":
        run = subprocess.run([sys.executable, "-c", one.text], check=False)
        assert run.returncode == 0, one
    elif one.language == "python":
        names = names if word == "continues" else {"__name__": "snippet"}
        lines = "\n" * one.line  # so that a traceback has the lines of the page
        exec(compile(lines + one.text, one.page, "exec"), names)  # noqa: S102 - ours
    elif one.language in {"sh", "console"}:
        _typed(one)
    if one.language == "json" and not rest.endswith("l"):
        json.loads(one.text)
    if one.language == "toml":
        tomllib.loads(one.text)
    return names


def _typed(one: Snippet) -> None:
    """Type the commands of a snippet and compare what they print, if it is shown."""
    if shutil.which("bash") is None:
        pytest.skip("there is no bash to type the commands of the pages in")
    typed = (
        snippets.commands(one.text)
        if one.language == "console"
        else [(one.text.rstrip(), snippets.ANY)]
    )
    script = "".join(
        f"{line}\n(c=$?; printf '{MARK}%s{MARK}' $c; exit $c)\n" for line, _ in typed
    )
    if one.language == "sh":
        script = f"set -e\n{script}"
    run = subprocess.run(
        ["bash", "-c", script],  # noqa: S607 - whichever is there
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    parts = run.stdout.split(MARK)
    printed = [*zip(parts[::2], parts[1::2], strict=False)]
    assert len(printed) == len(typed), f"{one} broke off:\n{run.stdout}"
    for number, ((line, shown), (text, code)) in enumerate(
        zip(typed, printed, strict=True)
    ):
        if one.language == "console":
            told = line == "echo $?"
            _compare(f"{one}: $ {line}", shown, text)
            asked = [*(x for x, _ in typed[number + 1 :]), ""][0] == "echo $?"
            assert code == "0" or asked or told, f"{one}: $ {line} ended with {code}"


def _compare(where: str, shown: str, printed: str) -> None:
    printed = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    if not snippets.alike(shown, printed):
        difference = difflib.unified_diff(
            shown.splitlines(), printed.splitlines(), "the page", "printed", lineterm=""
        )
        pytest.fail("\n".join([where, *difference]), pytrace=False)


@pytest.mark.parametrize(
    "page",
    [
        "```\nno language\n```\n",
        "```python\nnot closed\n",
        "```ruby\n1\n```\n",
        "<!-- snippet: not run: -->\n```python\n1\n```\n",
        "<!-- snippet: not run: tired -->\n```python\n1\n```\n",
        "<!-- snippet: not run: it is only shown anyway -->\n```text\n1\n```\n",
        "<!-- snippet: continous -->\n```python\n1\n```\n",
        "<!-- snippet: continues -->\n\nA sentence.\n\n```python\n1\n```\n",
    ],
)
def test_a_snippet_that_nobody_would_run_is_an_error(page: str) -> None:
    with pytest.raises(Malformed):
        snippets.snippets(page, "page.md")


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    "page",
    [
        "```python\nassert 1 == 2\n```\n",
        "```console\n$ echo a\nb\n```\n",
        "```console\n$ false\n```\n",
        "```console\n$ cius-pt check --no-such-option x\n…\n```\n",
        "```sh\nfalse\ntrue\n```\n",
        "```json\n{\n```\n",
        "```toml\n=\n```\n",
    ],
)
def test_a_snippet_that_fails_fails_the_page(page: str, tmp_path: Path) -> None:
    (one,) = snippets.snippets(page, "page.md")

    with pytest.raises((AssertionError, ValueError, pytest.fail.Exception)):
        _done(one, tmp_path, {})


@pytest.mark.usefixtures("environment")
def test_a_failure_that_is_shown_is_none(tmp_path: Path) -> None:
    page = "```console\n$ (exit 3)\n$ echo $?\n3\n```\n"
    (one,) = snippets.snippets(page, "page.md")

    _done(one, tmp_path, {})
