from __future__ import annotations

import os
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt import check_many
from cius_pt.checking import check
from cius_pt.errors import InvalidValue
from cius_pt.findings import Outcome, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
INVOICE = FIXTURES / "withholding.xml"
DOCUMENT = INVOICE.read_bytes()
# Reading this document ends the process that reads it.
KILLER: Any = partial(os.system, "kill -9 $PPID")
RULES = (
    '<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">'
    '<ns prefix="cbc" uri="urn:oasis:names:specification:ubl:schema:xsd:'
    'CommonBasicComponents-2"/><pattern><rule context="/*/cbc:ID">'
    '<report id="NR" flag="info" test="true()"><value-of select="."/></report>'
    "</rule></pattern></schema>"
)


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write a rule set that says each document's number back."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    path = tmp_path / "rules.sch"
    path.write_text(RULES)
    return str(path)


def numbered(number: int) -> bytes:
    before, _, rest = DOCUMENT.partition(b"<cbc:ID>")
    after = rest.partition(b"</cbc:ID>")[2]
    return before + f"<cbc:ID>{number}</cbc:ID>".encode() + after


def number(report: Report) -> int:
    """Return the number of the document a report is about."""
    (finding,) = report.findings
    return int(finding.message)


def reason(report: Report) -> str:
    """Return why nothing is known of a document."""
    assert {done.outcome for done in report.checks} == {Outcome.SKIPPED}
    assert not report.complete
    (why,) = {str(done.reason) for done in report.checks}
    return why


def without_times(report: Report) -> dict[str, Any]:
    data = report.to_dict()
    for done in data["checks"]:
        del done["seconds"]
    return data


def test_reports_are_those_of_check_in_the_same_order(rules: str) -> None:
    documents = [numbered(n) for n in range(40)]
    found = list(check_many(documents, rules=rules, processes=2))

    assert [number(report) for report in found] == list(range(40))
    assert [without_times(report) for report in found] == [
        without_times(check(document, rules=rules)) for document in documents
    ]


def test_bytes_paths_and_functions_are_documents(rules: str, tmp_path: Path) -> None:
    path = tmp_path / "2.xml"
    path.write_bytes(numbered(2))
    missing = tmp_path / "none.xml"
    documents: list[Any] = [numbered(1), path, path.read_bytes, missing, tmp_path]
    found = list(check_many(documents, rules=rules, processes=1))

    assert [number(report) for report in found[:3]] == [1, 2, 2]
    assert "No such file" in reason(found[3])
    assert "cannot be read" in reason(found[4])


def test_what_is_no_document_is_refused(rules: str) -> None:
    text: Any = str(INVOICE)
    found = check_many([DOCUMENT, text], rules=rules, processes=1)

    with pytest.raises(InvalidValue, match=r"documents\[1\].*not str"):
        list(found)


@pytest.mark.parametrize(
    "wrong", [{"processes": 0}, {"seconds": 0}, {"seconds": float("nan")}, {"ahead": 0}]
)
def test_a_setting_that_cannot_be_is_refused_at_once(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue, match=next(iter(wrong))):
        check_many([], **wrong)


def test_a_broken_document_is_a_report_like_any_other(rules: str) -> None:
    found = list(check_many([b"", numbered(1)], rules=rules, processes=1))

    assert [f.rule for f in found[0].findings] == ["CP-XML-02"]
    assert number(found[1]) == 1


def test_without_rules_every_report_says_so(rules: str) -> None:
    found = list(check_many([DOCUMENT] * 3, rules=f"{rules}x.sch", processes=1))

    assert ["no rule set" in str(r.checks[2].reason) for r in found] == [True] * 3
    assert not any(report.conforms for report in found)


def test_documents_are_taken_as_they_are_needed(rules: str) -> None:
    taken = 0

    def documents() -> Iterator[bytes]:
        nonlocal taken
        for taken in range(1, 31):
            yield numbered(taken)

    for given, report in enumerate(
        check_many(documents(), rules=rules, processes=1, ahead=4), start=1
    ):
        assert number(report) == given
        assert taken <= given + 4


@pytest.mark.skipif(os.name == "nt", reason="needs a pipe with a name")
def test_a_document_that_hangs_or_kills_is_skipped(rules: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    documents: list[Any] = [numbered(0), pipe, numbered(2), KILLER, numbered(4)]
    found = list(check_many(documents, rules=rules, processes=2, seconds=8.0))

    assert [number(found[n]) for n in (0, 2, 4)] == [0, 2, 4]
    assert "more than 8 s" in reason(found[1])
    assert "SIGKILL" in reason(found[3])


# --- other people's executors ---


def test_an_executor_is_used_and_not_shut_down(rules: str) -> None:
    with ThreadPoolExecutor(3) as executor:
        documents = map(numbered, range(30))
        found = check_many(documents, executor, rules=rules)
        assert [number(report) for report in found] == list(range(30))
        assert executor.submit(int, "7").result() == 7


def test_an_executor_of_processes_is_used(rules: str) -> None:
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        found = list(check_many([numbered(5), INVOICE], executor, rules=rules))

    assert number(found[0]) == 5
    assert found[1].complete


def test_what_an_executor_loses_is_skipped(rules: str) -> None:
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        documents = [numbered(0), KILLER, numbered(2)]
        found = list(check_many(documents, executor, rules=rules, ahead=1))

    assert number(found[0]) == 0
    assert "BrokenProcessPool" in reason(found[1])
    assert "BrokenProcessPool" in reason(found[2])


def test_an_executor_that_does_not_answer_is_not_waited_for(rules: str) -> None:
    class Silent(ThreadPoolExecutor):
        def submit(self, *_: Any, **__: Any) -> Future[Any]:
            return Future()

    with Silent() as executor:
        (found,) = check_many([DOCUMENT], executor, rules=rules, seconds=0.2)

    assert "no answer within 0.2 s" in reason(found)


def test_an_executor_that_was_shut_down_loses_everything(rules: str) -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    found = list(check_many([DOCUMENT] * 3, executor, rules=rules))

    assert ["after shutdown" in reason(report) for report in found] == [True] * 3


def test_an_executor_gets_a_bounded_number_of_documents(rules: str) -> None:
    submitted = 0

    class Counting(ThreadPoolExecutor):
        def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:  # type: ignore[override]
            nonlocal submitted
            submitted += 1
            return super().submit(function, *arguments)

    with Counting(2) as executor:
        documents = map(numbered, range(30))
        for given, _ in enumerate(
            check_many(documents, executor, rules=rules, ahead=5)
        ):
            assert submitted <= given + 5


def test_what_is_not_asked_for_any_more_is_not_checked(rules: str) -> None:
    with ThreadPoolExecutor(1) as executor:
        found = check_many(map(numbered, range(50)), executor, rules=rules, ahead=50)
        assert number(next(found)) == 0
        found.close()  # type: ignore[attr-defined]
