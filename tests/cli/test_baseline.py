"""`cius-pt check --baseline`: what is known is hidden, what is new is not."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.cli import main
from cius_pt.cli.adjusting import Adjustment, holds
from cius_pt.cli.baseline import Baseline, Written
from cius_pt.cli.fingerprint import fingerprint
from cius_pt.errors import CiusPtError
from cius_pt.findings import Check, Finding, Location, Outcome, Report, Severity
from tests.cli.reports_drawn import REPORTS, judged
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
DOCUMENT = (FIXTURES / "withholding.xml").read_bytes()
FILES = st.dictionaries(st.sampled_from(["a.xml", "b/c.xml", "-"]), REPORTS, min_size=1)


def known(path: Path, run: dict[str, Report]) -> Path:
    """Write the baseline of a run."""
    written = Written(path)
    for name, report in run.items():
        written.add(name, report)
    list(written.close())
    return path


def finding(xpath: str, line: int = 1, rule: str = "BR-01") -> Finding:
    place = Location(xpath=xpath, line=line)
    return Finding(rule=rule, severity=Severity.FATAL, message="m", location=place)


def report(*findings: Finding) -> Report:
    check = Check(name="rules", outcome=Outcome.FAILED, findings=findings)
    return Report(checks=(check,))


# --- laws ---


@DRAWN
@given(FILES)
def test_what_was_written_is_hidden_and_nothing_else(run: dict[str, Report]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = known(Path(folder) / "known.json", run)
        adjust = Adjustment(baseline=Baseline(path))
        for name, each in run.items():
            made = adjust(judged(name, each))
            hidden = sum(s.count for s in made.silenced)
            assert hidden + len(made.report.findings) == len(each.findings)
            assert made.report.complete is each.complete
            if not holds(each):
                left = [f.rule for f in made.report.findings]
                skipped = [
                    f.rule
                    for c in each.checks
                    if c.outcome is Outcome.SKIPPED
                    for f in c.findings
                ]
                assert left == skipped
        assert list(adjust.close()) == []


@DRAWN
@given(FILES, REPORTS)
def test_no_baseline_hides_what_is_not_in_it(
    run: dict[str, Report], other: Report
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = known(Path(folder) / "known.json", run)
        made = Adjustment(baseline=Baseline(path))(judged("b/c.xml", other))
        before = run.get("b/c.xml", Report()).findings
        prints = [(fingerprint(f), f.severity) for f in before]

        for change in made.changes:
            prints.remove((fingerprint(change.published), change.published.severity))


@DRAWN
@given(FILES)
def test_the_order_of_files_does_not_matter(run: dict[str, Report]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one = known(Path(folder) / "1.json", run)
        two = known(Path(folder) / "2.json", dict(reversed(run.items())))

        assert one.read_bytes() == two.read_bytes()


# --- single cases ---


def test_lines_may_move_but_one_more_place_is_new(tmp_path: Path) -> None:
    path = known(tmp_path / "k.json", {"a": report(finding("/x[1]"))})
    adjust = Adjustment(baseline=Baseline(path))

    moved = adjust(judged("a", report(finding("/x[1]", line=99))))
    assert moved.report.findings == ()
    assert moved.report.checks[0].outcome is Outcome.PASSED
    assert moved.silenced[0].by == f"--baseline {path}"
    for more in (finding("/x[2]"), finding("/x[1]"), finding("/x[1]", rule="BR-02")):
        made = adjust(judged("a", report(finding("/x[1]"), more)))
        assert made.report.findings == (more,)
    worse = report(replace(finding("/x[1]"), severity=Severity.WARNING))
    assert adjust(judged("a", worse)).report == worse


def test_what_no_longer_occurs_is_told(tmp_path: Path) -> None:
    two = report(finding("/x[1]"), finding("/x[2]"))
    path = known(tmp_path / "k.json", {"a": two, "b": two})
    adjust = Adjustment(baseline=Baseline(path))
    adjust(judged("a", report(finding("/x[1]"))))
    (note,) = adjust.close()

    assert "1 finding of it no longer occurs" in note
    assert "--write-baseline" in note


def test_what_was_not_looked_at_neither_goes_nor_is_hidden(tmp_path: Path) -> None:
    skipped = Check(name="rules", outcome=Outcome.SKIPPED, spared_by="schema")
    stopped = Report(checks=(*report(finding("/x")).checks, skipped))
    written = Written(tmp_path / "k.json")
    written.add("a", stopped)
    (note,) = written.close()
    path = known(tmp_path / "all.json", {"a": report(finding("/x"))})
    adjust = Adjustment(baseline=Baseline(path))

    assert "is not in the baseline" in note
    assert json.loads((tmp_path / "k.json").read_text())["findings"] == []
    assert adjust(judged("a", stopped)).report == stopped
    assert list(adjust.close()) == []


def test_a_baseline_is_one_line_for_each_finding_in_order(tmp_path: Path) -> None:
    run = {"z.xml": report(finding("/x")), "ç.xml": report(finding("/y"))}
    text = known(tmp_path / "k.json", run).read_text(encoding="ascii")

    assert json.loads(text)["schema"] == 1
    assert [line[:9] for line in text.splitlines()[1:-1]] == ['{"file": '] * 2


ENTRY = {"file": "a", "rule": "R", "severity": "fatal", "place": "0" * 64, "count": 1}
HEAD = {"schema": 1, "what": "known findings of cius-pt check"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b"<<<<<<< HEAD\n{}",
        json.dumps({**HEAD, "schema": 2, "findings": []}).encode(),
        json.dumps({**HEAD, "findings": [], "more": 1}).encode(),
        json.dumps({**HEAD, "findings": [{**ENTRY, "count": 0}]}).encode(),
        json.dumps({**HEAD, "findings": [{**ENTRY, "count": True}]}).encode(),
        json.dumps({**HEAD, "findings": [{**ENTRY, "place": "0"}]}).encode(),
        json.dumps({**HEAD, "findings": [{**ENTRY, "severity": "bad"}]}).encode(),
        json.dumps({**HEAD, "findings": [{**ENTRY, "more": 1}]}).encode(),
        json.dumps({**HEAD, "findings": ["a"]}).encode(),
    ],
)
def test_what_is_damaged_is_refused_and_left(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "k.json"
    path.write_bytes(content)

    for use in (Baseline, Written):
        with pytest.raises(CiusPtError, match="is no baseline"):
            use(path)
    assert path.read_bytes() == content


# --- the command ---


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the command in a folder with a document that breaks rules."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C")
    (tmp_path / "archive" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "archive")
    text = DOCUMENT.replace(b"<cbc:DueDate>2026-", b"<cbc:DueDate>2020-")
    broken = text.replace(b"<cbc:BuyerReference>", b"<cbc:BuyerReference> ")
    Path("a.xml").write_bytes(broken.replace(b"<cbc:Percent>", b"<cbc:Percent>1"))

    def do(*arguments: str) -> tuple[int, str, str]:
        code = main(["check", *arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return do


Run = Any


def test_a_known_document_is_quiet_until_it_gets_worse(run: Run) -> None:
    first, out, _ = run("--write-baseline", "k.json", "a.xml")
    again, quiet, err = run("--baseline", "k.json", "a.xml")
    # Lines move, the folder from which it is seen too.
    Path("a.xml").write_bytes(
        Path("a.xml").read_bytes().replace(b"<cbc:", b"\n\n<cbc:", 1)
    )
    moved = run(
        "--baseline", "../archive/k.json", "../archive/a.xml", "--format", "json"
    )
    (shown,) = json.loads(moved[1])["reports"]

    assert (first, again, moved[0]) == (1, 0, 0)
    assert "fatal" in out
    assert "fatal" not in quiet
    assert "1 does not conform" in err
    assert "hidden" in err
    assert shown["conforms"] is False
    assert {each["by"] for each in shown["silenced"]} == {
        "--baseline ../archive/k.json"
    }


def test_a_baseline_that_cannot_be_is_refused_before_anything(run: Run) -> None:
    Path("k.json").write_text("{")
    before = Path("a.xml").read_bytes()

    for option in (
        ("--baseline", "k.json"),
        ("--baseline", "gone.json"),
        ("--write-baseline", "k.json"),
        ("--write-baseline", "no/k.json"),
        ("--write-baseline", "./a.xml"),
    ):
        code, out, err = run(*option, "--output", "json=out.json", "a.xml")
        assert (code, out) == (2, "")
        assert option[1].removeprefix("./") in err or "to be checked" in err
        assert not Path("out.json").exists()
    assert Path("k.json").read_text() == "{"
    assert Path("a.xml").read_bytes() == before


def test_a_baseline_is_not_written_over_another_output(run: Run) -> None:
    code, _, err = run("--write-baseline", "k.json", "--output", "json=k.json", "a.xml")
    assert code == 2
    assert "would overwrite what is to be checked or written" in err
    assert not Path("k.json").exists()
