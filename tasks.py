# SPDX-License-Identifier: MIT
"""The words people use here, each one command: `python3 tasks.py try|test|lint|types`.

`docs` builds the site in build/docs/html, every warning an error. `coverage` and
`mutants` ask how much the tests see (docs/testing.md). `tables` writes the derived
columns of the code lists anew, and `man` makes the manual pages from the parser.

Needs CPython 3.11 or newer and the package index, nothing else: every task makes the
virtual environment it runs in (.venv, or the folder that CIUS_PT_VENV names).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = Path(os.environ.get("CIUS_PT_VENV", HERE / ".venv"))
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / "installed-groups.json"
DOCUMENT = HERE / "fixtures" / "withholding.json"


def environment(*groups: str) -> None:
    """Make the virtual environment and install the package with these groups.

    What is installed already from the same pyproject.toml is not installed again.
    """
    if not (BIN / "pip").exists() and not (BIN / "pip.exe").exists():
        venv.create(VENV, with_pip=True)
    text = (HERE / "pyproject.toml").read_text(encoding="utf-8")
    have = installed(text)
    if have is not None and have.issuperset(groups):
        return
    pyproject = tomllib.loads(text)
    wanted = [
        name for group in groups for name in pyproject["dependency-groups"][group]
    ]
    python("-m", "pip", "install", "--quiet", "--editable", str(HERE), *wanted)
    done = {"from": [str(HERE), text], "groups": sorted({*(have or ()), *groups})}
    STAMP.write_text(json.dumps(done), encoding="utf-8")


def installed(pyproject: str) -> set[str] | None:
    """Return the groups that are installed from here and this, None if nothing is."""
    if not STAMP.exists():
        return None
    done = json.loads(STAMP.read_text(encoding="utf-8"))
    return set(done["groups"]) if done["from"] == [str(HERE), pyproject] else None


def python(*arguments: str) -> None:
    """Run the environment's Python; leave with its exit code if it fails."""
    code = run(*arguments)
    if code:
        sys.exit(code)


def run(*arguments: str) -> int:
    """Run the environment's Python and return its exit code."""
    return subprocess.run(
        [BIN / "python", *arguments], cwd=HERE, check=False
    ).returncode


def attempt() -> None:
    """Install, build a document from JSON, check it and print the report."""
    environment()
    built = VENV / "withholding.xml"
    python("-m", "cius_pt", "build", str(DOCUMENT), "-o", str(built))
    python("-m", "cius_pt", "show", str(built))
    sys.exit(run("-m", "cius_pt", "check", str(built)))


def test(*arguments: str) -> None:
    """Install and run the tests; more arguments go to pytest.

    CIUS_PT_GROUPS names more dependency groups, for tests that are skipped without.
    """
    environment("test", *os.environ.get("CIUS_PT_GROUPS", "").split())
    python("-m", "pytest", *arguments)


def lint() -> None:
    """Check style and formatting."""
    environment("lint")
    python("-m", "ruff", "check")
    python("-m", "ruff", "format", "--check")


def types() -> None:
    """Check types, strictly, tests included."""
    environment("test", "lint", "docs")
    python("-m", "mypy")


def coverage(*arguments: str) -> None:
    """Measure statements and branches the tests reach; fail below 95 %.

    More arguments go to pytest. Child processes and xdist's workers count.
    """
    environment("test", "coverage", *os.environ.get("CIUS_PT_GROUPS", "").split())
    python("-m", "coverage", "erase")
    tested = run("-m", "coverage", "run", "-m", "pytest", *arguments)
    python("-m", "coverage", "combine", "--quiet")
    python("-m", "coverage", "report")
    sys.exit(tested)


def mutants(*arguments: str) -> None:
    """Change the code a little in many ways and see whether a test notices.

    Arguments are names of mutants, such as `cius_pt.totals.*`; without them all of
    [tool.mutmut]. What survived is shown by `mutmut results` and `mutmut show NAME`.
    """
    environment("test", "mutation")
    os.environ.setdefault("HYPOTHESIS_PROFILE", "mutants")
    python("-m", "mutmut", "run", *arguments)
    python("-m", "mutmut", "results")


def docs() -> None:
    """Build the site; what it says of rules, options and names is read anew."""
    environment("docs")
    site = HERE / "build" / "docs"
    shutil.rmtree(site, ignore_errors=True)
    strict = ("-n", "-W", "--keep-going", "-q", "-E", "-j", "2")
    kept = ("-d", str(site / "doctrees"))
    python("-m", "sphinx", *strict, *kept, "docs", str(site / "html"))


def tables() -> None:
    """Write the columns of the code lists that follow from the rulebook anew."""
    environment()
    lists = HERE / "schematron" / "rulebook" / "lists.tsv"
    python("-m", "cius_pt.codes.regenerate", str(lists))


def man() -> None:
    """Write the manual pages anew, from the parser."""
    environment()
    python("-m", "cius_pt.cli.manual", "man")


TASKS = {
    "try": attempt,
    "test": test,
    "lint": lint,
    "types": types,
    "docs": docs,
    "coverage": coverage,
    "mutants": mutants,
    "tables": tables,
    "man": man,
}


if __name__ == "__main__":
    name, *rest = sys.argv[1:] or ["help"]
    if name not in TASKS:
        sys.exit(f"{__doc__}\ntasks: {', '.join(TASKS)}")
    TASKS[name](*rest)
