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
