from __future__ import annotations

from typing import Any

import pytest

from cius_pt.errors import FindingsError
from cius_pt.findings import Check, Finding, Outcome, Report, Severity, outcome_of

FATAL = Finding(rule="BR-01", severity=Severity.FATAL, message="one")
WARNING = Finding(rule="UBL-CR-001", severity=Severity.WARNING, message="two")
PASSED = Check(name="well-formed", outcome=Outcome.PASSED)


def skipped(**more: Any) -> Check:
    return Check(name="rules", outcome=Outcome.SKIPPED, reason="none here", **more)


def report(*checks: Check) -> Report:
    return Report(checks=checks)


def test_the_zero_report_does_not_conform() -> None:
    assert not Report().conforms
    assert not Report().complete
    assert Report().summary() == "nothing was checked"


def test_a_passed_step_conforms_and_warnings_do_not_change_that() -> None:
    warned = Check(name="rules", outcome=Outcome.PASSED, findings=(WARNING,))

    assert report(PASSED, warned).conforms
    assert report(PASSED, warned).complete


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.SKIPPED])
def test_a_step_that_failed_or_was_skipped_does_not_conform(outcome: Outcome) -> None:
    assert not report(PASSED, Check(name="rules", outcome=outcome)).conforms


def test_a_fatal_finding_does_not_conform_whatever_the_outcome_says() -> None:
    assert not report(
        Check(name="x", outcome=Outcome.PASSED, findings=(FATAL,))
    ).conforms


def test_a_report_of_steps_that_do_not_apply_does_not_conform() -> None:
    assert not report(Check(name="x", outcome=Outcome.NOT_APPLICABLE)).conforms


def test_a_skipped_step_is_explained_only_by_the_document() -> None:
    assert not report(PASSED, skipped()).complete
    assert report(PASSED, skipped(spared_by="schema")).complete
    assert report(PASSED, skipped(findings=(FATAL,))).complete


def test_a_fatal_finding_elsewhere_does_not_explain_a_missing_rule_set() -> None:
    wrong_encoding = Check(
        name="well-formed", outcome=Outcome.FAILED, findings=(FATAL,)
    )

    assert not report(wrong_encoding, skipped()).complete


def test_raise_for_fatal_raises_whenever_the_report_does_not_conform() -> None:
    report(PASSED).raise_for_fatal()
    with pytest.raises(FindingsError, match="step rules was skipped: none here"):
        report(PASSED, skipped()).raise_for_fatal()
    failed = Check(name="rules", outcome=Outcome.FAILED, findings=(FATAL, FATAL))
    with pytest.raises(FindingsError, match=r"BR-01: one \(and 1 more\)") as caught:
        report(failed).raise_for_fatal()
    assert caught.value.report == report(failed)


def test_severities_are_ordered() -> None:
    assert Severity.FATAL.reaches(Severity.WARNING)
    assert Severity.WARNING.reaches(Severity.WARNING)
    assert not Severity.INFO.reaches(Severity.WARNING)


def test_the_json_form_has_the_keys_of_the_contract() -> None:
    data = report(
        Check(name="rules", outcome=Outcome.FAILED, findings=(FATAL,))
    ).to_dict()

    assert list(data) == ["conforms", "checks"]
    (check,) = data["checks"]
    assert {"name", "version", "outcome", "seconds", "findings"} <= set(check)
    (finding,) = check["findings"]
    keys = ["rule", "severity", "message", "hint", "bt", "location"]
    assert list(finding) == keys
    assert list(finding["location"]) == ["xpath", "path", "line", "column"]


def test_a_step_fails_for_a_fatal_finding_only() -> None:
    assert outcome_of([WARNING, FATAL]) is Outcome.FAILED
    assert outcome_of([WARNING]) is outcome_of([]) is Outcome.PASSED


def test_the_summary_is_about_the_first_fatal_finding() -> None:
    other = Finding(rule="BR-02", severity=Severity.FATAL, message="other")
    one = Check(name="rules", outcome=Outcome.FAILED, findings=(WARNING, FATAL))

    assert report(PASSED).summary() == "conforms"
    assert report(one).summary() == "BR-01: one"
    both = Check(name="more", outcome=Outcome.FAILED, findings=(other,))
    assert report(one, both).summary() == "BR-01: one (and 1 more)"
    assert [report(one, both).count(severity) for severity in Severity] == [2, 1, 0]


def test_a_step_in_json_has_its_reason_and_whether_it_only_advises() -> None:
    plain = skipped(seconds=0.12345678).to_dict()
    advice = Check(name="opinion", outcome=Outcome.PASSED, advisory=True).to_dict()

    assert (plain["reason"], plain["seconds"]) == ("none here", 0.123457)
    assert "advisory" not in plain
    assert advice["advisory"] is True
