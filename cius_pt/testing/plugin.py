# SPDX-License-Identifier: MIT
"""The pytest plugin: fixtures for suites that send invoices.

`fake_ilink` is a local iLink on a free port for one test, with nothing in it; it works
with pytest-xdist, each test having its own. Override `fake_ilink_settings` to have
another one. Nothing is imported before a test asks for a fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.testing.fake_ilink import FakeIlink, Settings


@pytest.fixture
def fake_ilink_settings() -> Settings:
    """Return what the local iLink of a test is told to be."""
    from cius_pt.testing.fake_ilink import Settings  # noqa: PLC0415 - when asked for

    return Settings()


@pytest.fixture
def fake_ilink(fake_ilink_settings: Settings) -> Iterator[FakeIlink]:
    """Give a running local iLink; the test fails if it broke off by itself."""
    from cius_pt.testing.fake_ilink import FakeIlink  # noqa: PLC0415 - when asked for

    with FakeIlink(fake_ilink_settings) as ilink:
        yield ilink
    if ilink.problems:
        pytest.fail(f"the local iLink broke off: {ilink.problems[0]!r}")
