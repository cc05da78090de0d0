"""What several test files need: the published rules, when they are beside us."""

from __future__ import annotations

from pathlib import Path

import pytest

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
