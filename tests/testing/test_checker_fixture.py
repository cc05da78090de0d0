# SPDX-License-Identifier: MIT
"""The fixture and the marker in a suite of others, under pytest-xdist too."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SUITE = """
import pytest
from hypothesis import given, settings
from cius_pt.testing.breaking import base, breaking

pytestmark = pytest.mark.cius_pt(rules="rulebook-2.1.2")


def test_the_module_names_the_rules(cius_pt_checker):
    assert cius_pt_checker.rules == "rulebook-2.1.2"
    cius_pt_checker.assert_conforms(base("plain-invoice"))


@pytest.mark.parametrize("rule", ["BR-CO-25", "DT-CIUS-PT-001"])
def test_one_rule(cius_pt_checker, rule):
    @settings(max_examples=2, database=None, deadline=None)
    @given(breaking(rule))
    def look(document):
        cius_pt_checker.assert_breaks(document, rule)

    look()


@pytest.mark.cius_pt(rules="auto")
def test_the_nearest_marker_counts(cius_pt_checker):
    assert cius_pt_checker.rules == "auto"


def test_a_failure_is_readable(cius_pt_checker):
    cius_pt_checker.assert_conforms(b"no document")


@pytest.mark.cius_pt("rulebook-2.1.2")
def test_a_marker_written_wrongly(cius_pt_checker):
    pass
"""


def test_a_suite_of_others_under_xdist(tmp_path: Path) -> None:
    (tmp_path / "test_suite.py").write_text(SUITE, encoding="utf-8")
    command = "-m pytest -n 2 --strict-markers -W error -q -p no:cacheprovider"
    done = subprocess.run(
        [sys.executable, *command.split(), tmp_path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert "1 failed, 4 passed, 1 error" in done.stdout, done.stdout + done.stderr
    assert "the document does not conform to CIUS-PT" in done.stdout
    assert "the marker is written cius_pt(rules=NAME_OR_PATH)" in done.stdout
    assert "asserts.py" not in done.stdout
