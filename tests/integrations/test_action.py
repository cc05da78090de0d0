"""The GitHub Action: its steps run by bash as the runner does, inputs and all."""

from __future__ import annotations

import json
import os
import re
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
ACTION = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["id"]: step for step in ACTION["runs"]["steps"]}
GOOD = (REPOSITORY / "fixtures" / "withholding.xml").read_bytes()
BAD = GOOD.replace(b"<cbc:DueDate>2026", b"<cbc:DueDate>x")
HOSTILE = [
    "-rf.xml",
    "a b.xml",
    "$(touch owned).xml",
    "`touch owned`.xml",
    '";touch owned;".xml',
    "'; touch owned #.xml",
    "*.xml",
    "::error::x.xml",
    "${{ github.token }}.xml",
]
EXPRESSION = re.compile(r"\$\{\{ (inputs\.[a-z-]+|github\.action_path) \}\}")
# Annotations of ours: nothing of a name or a value stands before their first colons.
OURS = re.compile(r"::(error|warning|notice) (title=cius-pt|file=[^:]*)::")

BASH = shutil.which("bash")
pytestmark = pytest.mark.skipif(BASH is None, reason="there is no bash")

Answer = tuple[int, str, str]


@pytest.fixture
def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Return what runs a step with these inputs, others by default, in a folder."""
    temporary = tmp_path / "runner"
    (temporary / "cius-pt-venv").mkdir(parents=True)
    (temporary / "cius-pt-venv" / "bin").symlink_to(Path(sys.executable).parent)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("RUNNER_TEMP", str(temporary))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))

    def do(name: str, **inputs: str) -> Answer:
        given = {key.replace("_", "-"): value for key, value in inputs.items()}
        script = tmp_path / f"{name}.sh"
        script.write_text(STEPS[name]["run"], encoding="utf-8")
        done = subprocess.run(
            [BASH or "", "--noprofile", "--norc", "-eo", "pipefail", script],
            env={**os.environ, **environment(STEPS[name], given)},
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    return do


def environment(step: dict[str, Any], given: dict[str, str]) -> dict[str, str]:
    """Return the environment of a step, its expressions replaced as a runner does."""
    values = {
        f"inputs.{name}": given.get(name, str(about.get("default", "")))
        for name, about in ACTION["inputs"].items()
    }
    assert given.keys() <= ACTION["inputs"].keys()
    values["github.action_path"] = str(REPOSITORY)
    found = {}
    for name, text in step["env"].items():
        expression = EXPRESSION.fullmatch(text)
        assert expression is not None, text
        found[name] = values[expression[1]]
    return found


def commands(out: str) -> list[str]:
    """Return the workflow commands of an output, as the runner finds them."""
    found = []
    stopped: str | None = None
    for line in out.splitlines():
        text = line.lstrip()
        if stopped is not None:
            stopped = None if text == f"::{stopped}::" else stopped
        elif text.startswith("::stop-commands::"):
            stopped = text.removeprefix("::stop-commands::")
        elif text.startswith("::"):
            found.append(text)
    assert stopped is None
    return found


# --- what stands in the file ---------------------------------------------------------


@pytest.mark.parametrize("name", STEPS)
def test_no_script_holds_an_expression(name: str) -> None:
    assert "${{" not in STEPS[name]["run"]
    assert STEPS[name]["shell"] == "bash"


def test_no_other_action_is_used() -> None:
    assert all("uses" not in step for step in STEPS.values())
    assert ACTION["runs"]["using"] == "composite"


def test_every_input_reaches_a_step_and_has_a_word() -> None:
    passed = " ".join(text for step in STEPS.values() for text in step["env"].values())

    for name, about in ACTION["inputs"].items():
        assert f"inputs.{name} " in passed
        assert about["description"].endswith((".", ")"))
        assert about.get("required") or "default" in about


# --- the check -----------------------------------------------------------------------


def test_good_files_pass(step: Callable[..., Answer], tmp_path: Path) -> None:
    Path("a.xml").write_bytes(GOOD)

    code, out, err = step("check", files="\n  a.xml  \n\n")

    assert (code, commands(out)) == (0, [])
    assert "1 file: 1 conforms" in err
    assert (tmp_path / "output").read_text() == "exit-code=0\n"


def test_findings_are_annotated_and_fail(
    step: Callable[..., Answer], tmp_path: Path
) -> None:
    Path("a.xml").write_bytes(BAD)

    code, out, _ = step("check", files="a.xml")

    assert code == 1
    (first, *_) = commands(out)
    assert first.startswith("::error file=a.xml,line=6,")
    assert "CP-XSD-02" in first
    assert (tmp_path / "output").read_text() == "exit-code=1\n"


def test_without_annotations_the_log_has_the_findings(
    step: Callable[..., Answer],
) -> None:
    Path("a.xml").write_bytes(BAD)

    code, out, _ = step("check", files="a.xml", annotations="false", lang="pt")

    assert (code, commands(out)) == (1, [])
    assert "a.xml:6: fatal CP-XSD-02" in out
    assert "Escreva datas" in out


def test_inputs_are_options_of_the_check(step: Callable[..., Answer]) -> None:
    Path("a.xml").write_bytes(GOOD)

    code, out, err = step(
        "check",
        files="*.xml",
        rules="rulebook-2.1.2",
        recipient="feap",
        fail_on="never",
        format="json",
        sarif="out.sarif",
    )

    assert code == 0, err
    data = out[out.index("{") :].partition("\n::")[0]
    (report,) = json.loads(data)["reports"]
    assert report["checks"][-1]["name"] == "recipient"
    sarif = json.loads(Path("out.sarif").read_text(encoding="utf-8"))
    assert sarif["version"] == "2.1.0"


def test_no_file_name_is_a_command(step: Callable[..., Answer]) -> None:
    for name in HOSTILE:
        Path(name).write_bytes(BAD)

    code, out, err = step("check", files="\n".join(HOSTILE))

    assert code == 1
    assert f"{len(HOSTILE)} files: {len(HOSTILE)} do not conform" in err
    assert not Path("owned").exists()
    for command in commands(out):
        assert command.startswith(
            ("::error file=", "::notice file=", "::warning file=")
        )


@pytest.mark.parametrize(
    "name", ["rules", "recipient", "fail_on", "format", "sarif", "lang", "annotations"]
)
@pytest.mark.parametrize(
    "value", ["$(touch owned)\"; touch owned; '", "--help", "x\ntouch owned"]
)
def test_no_input_is_a_command(
    step: Callable[..., Answer], name: str, value: str
) -> None:
    Path("a.xml").write_bytes(GOOD)

    code, out, _ = step("check", files="a.xml", **{name: value})

    assert not Path("owned").exists()
    # The value of `sarif` is a file name like any other.
    assert code == (0 if name in {"annotations", "sarif"} else 2)
    assert all(OURS.match(command) for command in commands(out)), commands(out)


def test_no_files_is_told(step: Callable[..., Answer]) -> None:
    code, out, _ = step("check", files=" \n ")

    assert code == 2
    (said,) = commands(out)
    assert said.startswith("::error title=cius-pt::the input files is empty: name")


def test_what_could_not_be_checked_is_told(
    step: Callable[..., Answer], tmp_path: Path
) -> None:
    code, out, _ = step("check", files="nowhere/*.xml")

    assert code == 2
    assert commands(out)[-1].startswith("::error title=cius-pt::not everything")
    assert (tmp_path / "output").read_text() == "exit-code=2\n"


# --- the installation ----------------------------------------------------------------


@pytest.mark.parametrize("version", ["$(touch owned)", "1.0 --pre", "-r x", "@ x", "*"])
def test_only_a_version_is_installed(step: Callable[..., Answer], version: str) -> None:
    code, out, _ = step("install", version=version, python=sys.executable)

    assert code == 2
    assert commands(out) == [
        "::error title=cius-pt::the input version is no version such as 1.2.3"
    ]
    assert not Path("owned").exists()


def test_a_python_that_is_not_there_is_told(step: Callable[..., Answer]) -> None:
    code, out, _ = step("install", python="no-such-python")

    assert code == 2
    assert commands(out)[0].startswith("::error title=cius-pt::Python 3.11 or newer")


@pytest.mark.slow
def test_the_action_installs_itself_and_checks(
    step: Callable[..., Answer], tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "runner" / "cius-pt-venv")
    Path("a.xml").write_bytes(GOOD)

    installed = step("install", python=sys.executable)
    checked = step("check", files="a.xml")

    assert installed[0] == 0, installed[2]
    assert installed[1].startswith("cius-pt ")
    assert checked[0] == 0, checked[2]
