"""``python -m cius_pt`` is the console script under another name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SCRIPT = [str(Path(sys.executable).with_name("cius-pt"))]
MODULE = [sys.executable, "-m", "cius_pt"]
GOOD = str(REPOSITORY / "fixtures" / "withholding.xml")


def answer(
    command: list[str], *arguments: str, **environment: str
) -> tuple[int, str, str]:
    done = subprocess.run(
        [*command, *arguments],
        capture_output=True,
        env={**os.environ, **environment},
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        (["--help"], 0),
        (["check", "--help"], 0),
        ([], 2),
        (["nothing"], 2),
        (["check"], 2),
        (["explain", "BR-CO-25"], 0),
        (["nif", "123456789"], 0),
        (["nif", "123456780"], 1),
        (["codes", "nowhere"], 2),
    ],
)
def test_both_say_the_same(arguments: list[str], code: int, tmp_path: Path) -> None:
    home = str(tmp_path)

    script = answer(SCRIPT, *arguments, CIUS_PT_HOME=home)
    module = answer(MODULE, *arguments, CIUS_PT_HOME=home)

    assert module == script
    assert script[0] == code
    assert "__main__" not in script[1] + script[2]


def test_both_check(tmp_path: Path) -> None:
    found = [
        answer(command, "check", "--rules", "rulebook-2.1.2", GOOD, CIUS_PT_HOME=home)
        for command, home in ((SCRIPT, str(tmp_path)), (MODULE, str(tmp_path)))
    ]

    assert [(code, out) for code, out, _ in found] == [(0, ""), (0, "")]


def test_the_outside_is_three_for_both() -> None:
    nobody = {
        "CIUS_PT_ILINK_BASE_URL": "http://127.0.0.1:9/api",
        "CIUS_PT_ILINK_TOKEN": "t",
        "CIUS_PT_ILINK_ENTITY": "k",
    }

    codes = [answer(c, "status", "1", **nobody)[0] for c in (SCRIPT, MODULE)]

    assert codes == [3, 3]


def test_both_complete() -> None:
    question = {
        "COMP_WORDS": "cius-pt exp",
        "COMP_CWORD": "1",
        "_CIUS_PT_COMPLETE": "bash_complete",
    }

    for command in (SCRIPT, MODULE):
        assert answer(command, **question) == (0, "plain,explain\n", "")
