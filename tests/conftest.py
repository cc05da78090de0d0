"""What several test files need: the published rules, when they are beside us."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

# A shell that starts tests in the background has them ignore Ctrl-C, and with them
# the programs that are asked here how they take one.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of published files, or skip."""
    if not SHARED.is_dir():
        pytest.skip("the published files are not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def published(shared: Path) -> str:
    """Return the --rules choice of the published 2.1.2, run from where it lies."""
    (entry,) = (shared / "espap" / "2.1.2").glob("*.sch")
    return str(entry)


@pytest.fixture(params=["built in", "published"])
def each_rules(request: pytest.FixtureRequest) -> str:
    """Return the --rules choice of the built-in and of the published rules."""
    if request.param == "built in":
        return "rulebook-2.1.2"
    return str(request.getfixturevalue("published"))


@pytest.fixture(scope="session")
def any_rules() -> str:
    """Return the choice of the published rules if they are here, else our own."""
    entries = list((SHARED / "espap" / "2.1.2").glob("*.sch"))
    return str(entries[0]) if entries else "rulebook-2.1.2"
