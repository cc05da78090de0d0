"""Documents made to hurt finish, or stop at a stated limit; none for long.

The limits are those of `benchmarks/hostile.py`, whose documents these are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import hostile
from cius_pt import batch, check
from tests.stress.conftest import ECHO

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "make", [pytest.param(make, id=name) for name, make in hostile.documents()]
)
def test_a_document_made_to_hurt_ends_in_time(
    make: Callable[[], bytes], any_rules: str
) -> None:
    seconds, mebibytes, result = hostile.run(make(), any_rules)

    assert seconds <= hostile.SECONDS
    assert mebibytes <= hostile.MEBIBYTES
    assert result


def test_too_deep_a_document_is_a_finding_with_the_limit() -> None:
    made = dict(hostile.documents())
    (finding,) = check(made["5,000 nested lines"]()).findings

    assert finding.rule == "CP-XML-09"
    assert "256" in finding.message


def test_a_number_without_end_stops_the_rules_and_says_why(tmp_path: Path) -> None:
    rules = tmp_path / "echo.sch"
    rules.write_text(ECHO)
    made = dict(hostile.documents())
    report = check(made["1,000,000 digits in a price"](), rules=str(rules))

    assert not report.conforms
    assert "5,000 digits" in str(report.checks[2].reason)
    assert [f.rule for f in report.checks[2].findings] == ["CP-RULES-02"]


def test_a_time_limit_is_above_what_any_document_may_take() -> None:
    assert batch.SECONDS > hostile.SECONDS
