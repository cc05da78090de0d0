# SPDX-License-Identifier: MIT
"""`breaking`: one fatal rule broken and no other, for every fatal id there is.

By default a sample of the ids is tried, another one each day of the month;
``CIUS_PT_STRESS=full`` or ``HYPOTHESIS_PROFILE=thorough`` tries all of them.
"""

from __future__ import annotations

import datetime as dt
import os
import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from cius_pt import check
from cius_pt.errors import InvalidValue
from cius_pt.findings import Severity
from cius_pt.schematron import rulebook
from cius_pt.testing.breaking import base, breakable, breaking, unbreakable, ways
from cius_pt.testing.edits import edited

SAMPLE = 60
DRAWS = 5
RULES = "rulebook-2.1.2"
FULL = "full" in os.environ.get("CIUS_PT_STRESS", "") or (
    os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
)


def sample() -> list[str]:
    """Return the ids that are tried: the same ones for all workers of one run."""
    known = list(breakable())
    if FULL:
        return known
    day = dt.datetime.now(tz=dt.UTC).day
    picked = random.Random(day).sample(known, SAMPLE)  # noqa: S311 - not secret
    return [rule for rule in known if rule in picked]


def fatal(document: bytes, rules: str = RULES) -> set[str]:
    report = check(document, rules=rules)
    assert report.complete, report.summary()
    return {f.rule for f in report.findings if f.severity is Severity.FATAL}


def published_ids() -> set[str]:
    """Return the fatal ids of the built-in rules that are not ours."""
    infos = rulebook.load().stylesheet.assertions
    return {
        info.rule
        for info in infos
        if info.severity is Severity.FATAL and not info.rule.startswith("CP-")
    }


@pytest.mark.parametrize("rule", sample())
def test_that_rule_is_broken_and_no_other_fatal_one(rule: str) -> None:
    @settings(
        max_examples=DRAWS,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
    )
    @given(breaking(rule))
    def look(document: bytes) -> None:
        assert fatal(document) == {rule}

    look()


@pytest.mark.parametrize("rule", sample()[:: 1 if FULL else 4])
def test_the_documents_of_a_rule_differ(rule: str) -> None:
    seen: list[bytes] = []

    @settings(
        max_examples=DRAWS,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
    )
    @given(breaking(rule))
    def draw(document: bytes) -> None:
        seen.append(document)

    draw()

    assert len(set(seen)) == DRAWS


def test_every_fatal_id_can_be_broken_or_has_a_reason() -> None:
    ids = published_ids()

    assert len(ids) == 450
    assert len(breakable()) == 374
    assert set(breakable()) | set(unbreakable()) == ids
    assert set(breakable()) & set(unbreakable()) == set()
    assert all(reason for reason in unbreakable().values())


def test_the_documents_that_changes_are_made_of_conform() -> None:
    names = {name for rule in breakable() for name, _ in ways()[rule]}

    assert len(names) > 1
    for name in names:
        assert check(base(name), rules=RULES).conforms, name


def test_the_ways_break_the_published_rules_as_well(
    published: str,
) -> None:
    for rule in sample()[:: 1 if FULL else 6]:
        for name, edits in ways()[rule]:
            assert fatal(edited(base(name), edits), published) == {rule}


def test_a_rule_that_cannot_be_broken_alone_is_refused_with_the_reason() -> None:
    rule, reason = next(iter(unbreakable().items()))

    with pytest.raises(InvalidValue, match="cannot be broken alone") as caught:
        breaking(rule)

    assert reason in str(caught.value)


@pytest.mark.parametrize("rule", ["BR-99", "UBL-CR-003", "br-co-25", ""])
def test_what_is_no_fatal_rule_is_refused(rule: str) -> None:
    with pytest.raises(InvalidValue, match="no fatal rule"):
        breaking(rule)
