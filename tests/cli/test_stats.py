"""``cius-pt check --stats``: the tables after a check, on standard error."""

from __future__ import annotations

import gc
import json
import re
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.cli import main
from cius_pt.cli.stats import Stats
from cius_pt.findings import Check, Finding, Outcome, Report, Severity
from tests.cli.reports_drawn import judged

if TYPE_CHECKING:
    from collections.abc import Sequence

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
DOCUMENT = (FIXTURES / "withholding.xml").read_bytes()
INVALID = DOCUMENT.replace(b"<cbc:DueDate>2026", b"<cbc:DueDate>x")
ROW = re.compile(r" +([0-9,]+) +([0-9,]+)  (fatal|warning|info) +([A-Z0-9-]+): (.+)")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a data directory with no rule set."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))


def report(*rules: str, seconds: float = 0.0) -> Report:
    """Return a report with a finding of each of these rules."""
    found = tuple(
        Finding(rule=rule, severity=Severity.FATAL, message=f"about {rule}")
        for rule in rules
    )
    outcome = Outcome.FAILED if rules else Outcome.PASSED
    step = Check(name="rules", outcome=outcome, findings=found, seconds=seconds)
    return Report(checks=(step,))


def told(
    capfd: pytest.CaptureFixture[str], reports: Sequence[tuple[str, Report]]
) -> str:
    """Return what stands on standard error after these reports."""
    stats = Stats("en", clock=iter([1.0, 3.0]).__next__)
    for name, each in reports:
        stats.add(judged(name, each))
    stats.close()
    out, err = capfd.readouterr()
    assert out == ""
    return err


def test_data_stay_alone_on_standard_output(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.xml").write_bytes(DOCUMENT)
    (tmp_path / "b.xml").write_bytes(INVALID)
    folder = str(tmp_path)

    main(["check", "--format", "json", "--lang", "en", folder])
    plain = capfd.readouterr()
    code = main(["check", "--format", "json", "--lang", "en", "--stats", folder])
    out, err = capfd.readouterr()

    timeless = re.compile(r'"seconds": [0-9.e-]+')
    assert code == 1
    assert timeless.sub("", out) == timeless.sub("", plain.out)
    assert len(json.loads(out)["reports"]) == 2
    assert "Documents: 2;" in err
    assert re.search(r" 1 +50\.0 %  conform$", err, re.MULTILINE)
    assert re.search(r" 1 +50\.0 %  do not conform$", err, re.MULTILINE)
    assert "CP-XSD-02: The content of each element" in err
    assert "Time by step:" in err
    assert "b.xml" in err.partition("Slowest documents:")[2]


def test_without_the_option_there_are_no_tables(
    capfd: pytest.CaptureFixture[str],
) -> None:
    main(["check", "--lang", "en", str(FIXTURES / "withholding.xml")])

    assert "Slowest" not in capfd.readouterr().err


def test_the_tables_speak_portuguese(capfd: pytest.CaptureFixture[str]) -> None:
    main(["check", "--lang", "pt", "--stats", str(FIXTURES / "withholding.xml")])

    err = capfd.readouterr().err
    assert "Documentos: 1;" in err
    assert "conformes" in err
    assert "Tempo por passo:" in err


def test_no_document_is_told_without_a_division(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert "Documents: 0; 2.000 s" in told(capfd, [])


@given(st.lists(st.lists(st.sampled_from("ABCDEFGHIJKLMNOP"), max_size=20)))
def test_the_counts_are_those_of_the_reports(documents: list[list[str]]) -> None:
    stats = Stats("en")
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr("cius_pt.cli.stats.tell", lines.append)
        patch.setattr("cius_pt.cli.tally.tell", lines.append)
        for number, rules in enumerate(documents):
            stats.add(judged(f"{number}.xml", report(*(f"X-{rule}" for rule in rules))))
        stats.close()

    found = Counter(rule for rules in documents for rule in rules)
    in_documents = Counter(rule for rules in documents for rule in set(rules))
    rows = [row.groups() for line in lines if (row := ROW.fullmatch(line))]
    ranked = sorted(found, key=lambda r: (-in_documents[r], -found[r], r))
    assert rows == [
        (str(in_documents[r]), str(found[r]), "fatal", f"X-{r}", f"about X-{r}")
        for r in ranked[:10]
    ]
    hidden = len(found) - len(rows)
    assert any(f"and {hidden} more" in line for line in lines) == bool(hidden)


def test_the_slowest_come_first(capfd: pytest.CaptureFixture[str]) -> None:
    names = ["c", "a", "g", "b", "e", "f", "d"]
    reports = [(n, report(seconds=float(ord(n) - ord("a")))) for n in names]

    slowest = told(capfd, reports).partition("Slowest documents:\n")[2]

    assert [line.split()[-1] for line in slowest.splitlines()] == list("gfedc")


def test_a_name_or_a_message_commands_no_terminal(
    capfd: pytest.CaptureFixture[str],
) -> None:
    err = told(capfd, [("\x1b[31m.xml", report("R\x1b[2J"))])

    assert "\x1b" not in err


def test_what_is_kept_does_not_grow_with_the_documents() -> None:
    stats = Stats("en")

    def feed(number: int) -> int:
        for n in range(number):
            found = report("X-1", "X-2", seconds=float(n))
            stats.add(judged(f"{n:060}.xml", found))
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = feed(200)
        after = feed(5_000)
    finally:
        tracemalloc.stop()
    assert after - before < 5_000
