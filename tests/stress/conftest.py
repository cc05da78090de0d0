# SPDX-License-Identifier: MIT
"""Sizes and rule sets of the stress tests.

``CIUS_PT_STRESS=full`` runs them in their full sizes; otherwise they are shortened.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from cius_pt import xmlio

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("CIUS_PT_STRESS") == "full"
# Says each document's number back, and refuses the odd ones.
ECHO = (
    '<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">'
    f'<ns prefix="cbc" uri="{xmlio.CBC}"/><pattern><rule context="/*/cbc:ID">'
    '<report id="NR" flag="info" test="true()"><value-of select="."/></report>'
    '<assert id="ODD" flag="fatal" test="number(.) mod 2 = 0">odd</assert>'
    "</rule></pattern></schema>"
)
# What the scripts share: documents that are told apart, and what must be said of them.
PRELUDE = f"""
import os, sys
from pathlib import Path
from cius_pt import check
RULES = {{rules!r}}
DATA = Path({str(ROOT / "fixtures" / "withholding.xml")!r}).read_bytes()
HEAD, _, REST = DATA.partition(b"<cbc:ID>")
TAIL = REST.partition(b"</cbc:ID>")[2]

def document(number):
    return HEAD + f"<cbc:ID>{{{{number}}}}</cbc:ID>".encode() + TAIL

def right(report, number):
    expected = ["NR"] if number % 2 == 0 else ["NR", "ODD"]
    said = sorted(f.rule for f in report.findings)
    echoed = [f.message for f in report.findings if f.rule == "NR"]
    return report.complete and said == expected and echoed == [str(number)]

def judge(number):
    return right(check(document(number), rules=RULES), number)
"""


class Script(Protocol):
    """Runs a script in a process of its own."""

    def __call__(self, body: str, *, seconds: float = 600) -> tuple[int, str, str]:
        """Return exit code, standard output and standard error."""


@pytest.fixture(scope="session")
def full() -> bool:
    """Whether the full sizes are wanted."""
    return FULL


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Write a script that begins with the prelude and return its path."""
    rules = tmp_path / "echo.sch"
    rules.write_text(ECHO)

    def do(body: str) -> Path:
        path = tmp_path / "script.py"
        path.write_text(PRELUDE.format(rules=str(rules)) + body)
        return path

    return do


@pytest.fixture
def script(
    write: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Script:
    """Run a script; whatever it starts has to be gone when it ends."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))

    def do(body: str, *, seconds: float = 600) -> tuple[int, str, str]:
        mark = f"{tmp_path.name}-{time.monotonic_ns()}"
        done = subprocess.run(
            [sys.executable, write(body)],
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "CIUS_PT_MARK": mark},
        )
        assert left_over(mark) == []
        return done.returncode, done.stdout, done.stderr

    return do


def left_over(mark: str) -> list[int]:
    """Return the processes that still have this mark in their environment."""
    wanted = f"CIUS_PT_MARK={mark}".encode()
    end = time.monotonic() + 15
    while True:
        found = [int(p.parent.name) for p in _environments() if wanted in _read(p)]
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.1)


def _environments() -> list[Path]:
    return list(Path("/proc").glob("[0-9]*/environ"))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
