"""A batch on a cluster: Dask's executor, with processes of its own on this machine."""

from __future__ import annotations

import os
import signal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt import check_many
from cius_pt.findings import Outcome, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

distributed = pytest.importorskip(
    "distributed", reason="Dask is not installed: pip install --group cluster"
)

INVOICE = Path(__file__).resolve().parent.parent / "fixtures" / "withholding.xml"
HEAD, _, REST = INVOICE.read_bytes().partition(b"<cbc:ID>")
TAIL = REST.partition(b"</cbc:ID>")[2]
# Reading this document ends the process that reads it.
KILLER: Any = partial(os.system, "kill -9 $PPID")
# Says each document's number back, and refuses the odd ones.
RULES = (
    '<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">'
    '<ns prefix="cbc" uri="urn:oasis:names:specification:ubl:schema:xsd:'
    'CommonBasicComponents-2"/><pattern><rule context="/*/cbc:ID">'
    '<report id="NR" flag="info" test="true()"><value-of select="."/></report>'
    '<assert id="ODD" flag="fatal" test="number(.) mod 2 = 0">odd</assert>'
    "</rule></pattern></schema>"
)


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Write the rule set; the cluster's processes have the same home as we."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    path = tmp_path / "rules.sch"
    path.write_text(RULES)
    return str(path)


@pytest.fixture
def client(tmp_path: Path, rules: str) -> Iterator[Any]:
    """Start a cluster of two processes; they begin with the home of `rules`."""
    assert rules
    settings = {
        # One task at each process: a document that kills takes no other with it.
        "distributed.scheduler.worker-saturation": 1.0,
        "distributed.comm.timeouts.connect": "60s",
        # A machine that others use takes its time to start a process again.
        "distributed.deploy.lost-worker-timeout": "300s",
    }
    dask = pytest.importorskip("dask")
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=":0",  # any port: another cluster may run here
            local_directory=str(tmp_path),
            silence_logs="CRITICAL",
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.wait_for_workers(2, timeout=120)
        yield client


def numbered(number: int) -> bytes:
    return HEAD + f"<cbc:ID>{number}</cbc:ID>".encode() + TAIL


def said(report: Report) -> tuple[str, bool]:
    """Return which document a report is about and whether that conforms."""
    assert report.complete
    (echo,) = [found for found in report.findings if found.rule == "NR"]
    return echo.message, report.conforms


def right(number: int) -> tuple[str, bool]:
    return str(number), number % 2 == 0


def test_a_cluster_checks_all_documents_in_order(client: Any, rules: str) -> None:
    numbers = [*range(60), 7, 7]
    documents = map(numbered, numbers)
    found = list(check_many(documents, client.get_executor(), rules=rules))

    assert [said(report) for report in found] == [right(n) for n in numbers]
    # All of it happened in the cluster, and the executor is still open.
    assert len(client.run(os.getpid)) == 2
    assert client.get_executor().submit(int, "7").result() == 7


def test_a_process_of_the_cluster_killed_in_the_middle_loses_nothing(
    client: Any, rules: str
) -> None:
    victim = next(iter(client.run(os.getpid).values()))
    documents = map(numbered, range(80))
    found: list[tuple[str, bool]] = []
    executor = client.get_executor(pure=False)
    for report in check_many(documents, executor, rules=rules):
        if len(found) == 10:
            os.kill(victim, signal.SIGKILL)
        found.append(said(report))

    assert found == [right(n) for n in range(80)]
    client.wait_for_workers(2, timeout=120)
    assert victim not in client.run(os.getpid).values()


def test_a_document_that_kills_is_skipped_and_the_others_go_on(
    client: Any, rules: str
) -> None:
    documents = [numbered(n) if n != 3 else KILLER for n in range(12)]
    found = list(check_many(documents, client.get_executor(), rules=rules))

    lost = found.pop(3)
    assert {step.outcome for step in lost.checks} == {Outcome.SKIPPED}
    assert "KilledWorker" in str(lost.checks[0].reason)
    assert not lost.conforms
    assert [said(r) for r in found] == [right(n) for n in range(12) if n != 3]
