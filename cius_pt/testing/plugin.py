# SPDX-License-Identifier: MIT
"""The pytest plugin: fixtures for suites that send invoices.

`fake_ilink` is a local iLink on a free port for one test, with nothing in it; it works
with pytest-xdist, each test having its own. Override `fake_ilink_settings` to have
another one. `cius_pt_checker` checks documents under the rule set that the marker
``@pytest.mark.cius_pt(rules="rulebook-2.1.2")`` of the test, its class or its module
names, else under the newest installed one. Nothing is imported before a test asks for
a fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.testing.checker import Checker
    from cius_pt.testing.fake_ilink import FakeIlink, Settings

_MARKER = "cius_pt"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, also where markers are strict."""
    line = f"{_MARKER}(rules): the rule set of the fixture cius_pt_checker"
    config.addinivalue_line("markers", line)


@pytest.fixture
def cius_pt_checker(request: pytest.FixtureRequest) -> Checker:
    """Return what checks documents under the rule set of the test's marker."""
    from cius_pt.testing.checker import Checker  # noqa: PLC0415 - when asked for

    return Checker(rules=_rules(request.node.get_closest_marker(_MARKER)))


def _rules(mark: pytest.Mark | None) -> str:
    if mark is None:
        return "auto"
    rules = mark.kwargs.get("rules", "auto")
    if mark.args or set(mark.kwargs) - {"rules"} or not isinstance(rules, str):
        pytest.fail("the marker is written cius_pt(rules=NAME_OR_PATH)", pytrace=False)
    return rules


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
