"""Reports as the settings want them: the laws that no setting can break."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.cli.adjusting import Adjustment, Wanted
from cius_pt.cli.rule_patterns import best, matches, nearest
from cius_pt.findings import Check, Finding, Outcome, Report, Severity
from tests.cli.reports_drawn import REPORTS, judged, run_of
from tests.profiles import DRAWN

PATTERNS = st.sampled_from(["BR-CO-25", "BR-*", "*", "CP-XSD-02", "*-0*", "br-01"])
WANTED = st.builds(
    Wanted,
    by=st.just("cius-pt.toml"),
    select=st.lists(PATTERNS, max_size=2).map(tuple),
    ignore=st.lists(PATTERNS, max_size=2).map(tuple),
    severity=st.dictionaries(PATTERNS, st.none() | st.sampled_from(Severity)),
)
ALLOWED = st.frozensets(st.sampled_from(["BR-CO-25", "BR-01"]))


def step(*findings: Finding, outcome: Outcome = Outcome.FAILED, **rest: Any) -> Check:
    return Check(name="rules", outcome=outcome, findings=findings, **rest)


def found(rule: str, severity: Severity = Severity.FATAL) -> Finding:
    return Finding(rule=rule, severity=severity, message="m")


def fatal(report: Report) -> list[str]:
    return [f.rule for f in report.findings if f.severity is Severity.FATAL]


@DRAWN
@given(REPORTS)
def test_no_settings_change_nothing(report: Report) -> None:
    given_one = judged("a.xml", report)

    assert Adjustment()(given_one) is given_one


@DRAWN
@given(REPORTS, WANTED, ALLOWED)
def test_every_finding_is_shown_or_counted(
    report: Report, wanted: Wanted, allowed: frozenset[str]
) -> None:
    made = Adjustment(wanted, allowed=allowed)(judged("a.xml", report))
    hidden = sum(each.count for each in made.silenced if each.shown is None)
    changed = sum(each.count for each in made.silenced if each.shown is not None)
    same = set(report.findings) & set(made.report.findings)

    assert len(made.report.findings) + hidden == len(report.findings)
    assert sum(f not in same for f in made.report.findings) <= changed
    assert made.conforms is report.conforms
    assert made.report.complete is report.complete
    assert len(made.report.checks) == len(report.checks)


@DRAWN
@given(REPORTS, WANTED)
def test_nothing_fatal_goes_unless_the_command_line_allows_it(
    report: Report, wanted: Wanted
) -> None:
    made = Adjustment(wanted)(judged("a.xml", report))

    kept = fatal(made.report)
    for rule in fatal(report):
        kept.remove(rule)
    if fatal(report):
        assert not made.report.conforms or report.conforms


@DRAWN
@given(REPORTS, WANTED, ALLOWED)
def test_only_what_is_allowed_goes(
    report: Report, wanted: Wanted, allowed: frozenset[str]
) -> None:
    made = Adjustment(wanted, allowed=allowed)(judged("a.xml", report))

    for each in made.silenced:
        if each.severity is Severity.FATAL:
            assert each.rule in allowed


def test_what_is_fatal_and_not_allowed_stays_and_is_told_once() -> None:
    adjust = Adjustment(Wanted(by="cius-pt.toml", ignore=("BR-*",)))
    report = Report(checks=(step(found("BR-01"), found("BR-W", Severity.WARNING)),))
    made = [adjust(judged(name, report)) for name in ("a", "b")]
    (note,) = adjust.close()

    assert [fatal(each.report) for each in made] == [["BR-01"], ["BR-01"]]
    assert [s.rule for s in made[0].silenced] == ["BR-W"]
    assert "cius-pt.toml: BR-01 is fatal" in note
    assert "--allow" in note


def test_allowing_makes_a_warning_of_what_no_setting_mentions() -> None:
    report = Report(checks=(step(found("BR-01")),))
    made = Adjustment(allowed=frozenset({"BR-01"}))(judged("a", report))
    (said,) = made.silenced

    assert [f.severity for f in made.report.findings] == [Severity.WARNING]
    assert made.report.checks[0].outcome is Outcome.PASSED
    assert made.conforms is False
    assert (said.shown, said.by) == (Severity.WARNING, "--allow BR-01")


def test_allowing_lets_the_settings_hide() -> None:
    wanted = Wanted(by="x.toml", severity={"BR-01": None})
    report = Report(checks=(step(found("BR-01"), found("BR-02")),))
    made = Adjustment(wanted, allowed=frozenset({"BR-01"}))(judged("a", report))

    assert fatal(made.report) == ["BR-02"]
    assert made.report.checks[0].outcome is Outcome.FAILED
    assert str(made.silenced[0]) == "1 finding of BR-01 (fatal) hidden by x.toml"


def test_a_raised_severity_fails_its_step_but_no_second_opinion() -> None:
    wanted = Wanted(by="x.toml", severity={"BR-*": Severity.FATAL})
    plain = step(found("BR-W", Severity.WARNING), outcome=Outcome.PASSED)
    opinion = replace(plain, name="en16931", advisory=True)
    made = Adjustment(wanted)(judged("a", Report(checks=(plain, opinion))))

    assert [c.outcome for c in made.report.checks] == [Outcome.FAILED, Outcome.PASSED]
    assert made.conforms


def test_what_nobody_looked_at_is_never_silenced() -> None:
    allowed = frozenset({"CP-XSD-02", "CP-ABORT-01"})
    wanted = Wanted(by="x.toml", ignore=("*",))
    spared = Check(name="fiscal", outcome=Outcome.SKIPPED, spared_by="rules")
    stopped = Report(checks=(step(found("CP-XSD-02")), spared))
    aborted = Report(checks=(step(found("CP-ABORT-01")),))
    adjust = Adjustment(wanted, allowed=allowed)

    for report in (stopped, aborted):
        assert adjust(judged("a", report)).report == report
    assert ["CP-XSD-02, CP-ABORT-01 cannot be hidden" in n for n in adjust.close()] == [
        True
    ]


@pytest.mark.parametrize(
    ("pattern", "rule", "expected"),
    [
        ("BR-01", "BR-01", True),
        ("br-01", "BR-01", True),
        ("BR-01", "BR-010", False),
        ("DT-*", "DT-CIUS-PT-1", True),
        ("*-1", "DT-CIUS-PT-1", True),
        ("D*-*-1", "DT-CIUS-PT-1", True),
        ("AB*BA", "ABA", False),
        ("*x*", "BR-01", False),
        ("B.*", "BR-01", False),
        ("*a" * 90 + "*b", "a" * 100_000, False),
    ],
)
def test_what_a_pattern_means(pattern: str, rule: str, expected: bool) -> None:
    assert matches(pattern, rule) is expected


def test_the_pattern_that_says_most_counts() -> None:
    assert best(["BR-CO-2*", "BR-CO-25", "BR-*"], "BR-CO-25") == "BR-CO-25"
    assert best(["BR-CO-*", "*"], "BR-CO-25") == "BR-CO-*"
    assert best(["X"], "BR-CO-25") is None


def test_an_unknown_rule_has_near_ones() -> None:
    assert nearest("BR-CO-25") is None
    assert nearest("dt-*") is None
    assert "BR-CO-2" in (nearest("BR-CO-255") or "")
    assert nearest("qqqqqqqqqqqq") == ""


# --- what every format says of it ---


@pytest.fixture
def silenced() -> Any:
    """Return a file with one finding hidden, one lowered, one as it was."""
    wanted = Wanted(by="x.toml", severity={"BR-W": None, "BR-01": Severity.INFO})
    findings = found("BR-01"), found("BR-W", Severity.WARNING), found("BR-02")
    report = Report(checks=(step(*findings),))
    adjust = Adjustment(wanted, allowed=frozenset({"BR-01"}))
    return adjust(judged("a.xml", report))


@pytest.mark.parametrize("form", ["json", "ndjson"])
def test_json_has_what_was_silenced(form: str, silenced: Any) -> None:
    data = json.loads(run_of(form, [silenced]))
    (report,) = data["reports"] if form == "json" else [data]

    assert report["silenced"] == [
        {
            "rule": "BR-01",
            "severity": "fatal",
            "shown": "info",
            "count": 1,
            "by": "x.toml",
        },
        {
            "rule": "BR-W",
            "severity": "warning",
            "shown": None,
            "count": 1,
            "by": "x.toml",
        },
    ]


def test_the_verdict_in_json_is_that_of_the_rules() -> None:
    adjust = Adjustment(allowed=frozenset({"BR-01"}))
    made = adjust(judged("a", Report(checks=(step(found("BR-01")),))))
    (report,) = json.loads(run_of("json", [made]))["reports"]

    assert made.report.conforms
    assert report["conforms"] is False


def test_sarif_suppresses_what_is_hidden(silenced: Any) -> None:
    (made,) = json.loads(run_of("sarif", [silenced]))["runs"]
    lowered, plain, hidden = made["results"]
    (note,) = made["invocations"][0]["toolExecutionNotifications"]

    assert (lowered["ruleId"], lowered["level"]) == ("BR-01", "note")
    assert lowered["properties"]["publishedSeverity"] == "fatal"
    assert "publishedSeverity" not in plain["properties"]
    assert (hidden["ruleId"], hidden["level"]) == ("BR-W", "warning")
    assert hidden["suppressions"] == [{"kind": "external", "justification": "x.toml"}]
    assert "suppressions" not in lowered
    assert "BR-W (warning) hidden by x.toml" in note["message"]["text"]


def test_junit_and_github_say_it(silenced: Any) -> None:
    junit = run_of("junit", [silenced])
    github = run_of("github", [silenced])

    assert '<property name="conforms" value="false"/>' in junit
    assert "1 finding of BR-W (warning) hidden by x.toml" in junit
    assert junit.index("<properties>") < junit.index("<testcase")
    assert "::notice file=a.xml,title=silenced::does not conform" in github
    assert "BR-W (warning) hidden by x.toml" in github
