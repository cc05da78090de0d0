"""The pytest plugin: found by itself, cheap, and at home under pytest-xdist."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SUITE = """
import urllib.request
import pytest
from cius_pt.testing.fake_ilink import Entity, Settings


@pytest.fixture
def fake_ilink_settings():
    return Settings(token_seconds=60)


@pytest.mark.parametrize("number", range(4))
def test_each_has_its_own(fake_ilink, number):
    fake_ilink.add(Entity(nif="123456789"))
    with urllib.request.urlopen(fake_ilink.origin + "/_control/state") as answer:
        assert answer.status == 200
    assert fake_ilink.requests == {}
    assert fake_ilink.settings.token_seconds == 60


def test_a_server_that_broke_off_fails_the_test(fake_ilink):
    fake_ilink.problems.append(RuntimeError("of the test"))
"""
UNWANTED = ("hypothesis", "saxonche", "lxml", "click", "httpx2", "sqlite3")


def test_the_plugin_is_found_by_its_entry_point() -> None:
    (found,) = entry_points(group="pytest11", name="cius_pt")

    assert found.value == "cius_pt.testing.plugin"


def test_importing_the_plugin_costs_nothing_else() -> None:
    code = (
        "import sys; import pytest; before = set(sys.modules); "
        "import cius_pt.testing.plugin; "
        f"print([m for m in {UNWANTED!r} if m in set(sys.modules) - before]); "
        "print([m for m in sys.modules if m.startswith('cius_pt.testing.fake')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["[]", "[]"]


def test_the_server_needs_neither_hypothesis_nor_saxon_until_a_document_comes() -> None:
    code = (
        "import sys; from cius_pt.testing.fake_ilink import FakeIlink; "
        "FakeIlink().stop(); "
        "print([m for m in ('hypothesis', 'saxonche', 'lxml') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


def test_a_suite_of_others_under_xdist(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "-W", "error", "-q", tmp_path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert "5 passed, 1 error" in done.stdout, done.stdout + done.stderr
    assert "the local iLink broke off: RuntimeError('of the test')" in done.stdout
