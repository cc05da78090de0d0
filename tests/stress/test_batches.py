"""Batches whose workers are killed, interrupted or taken up again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.stress.conftest import ECHO, ROOT, left_over

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stress.conftest import Script

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there"),
]


def test_killed_workers_cost_one_document_each(script: Script, full: bool) -> None:
    total = 1_000 if full else 200
    body = f"""
import multiprocessing, random, signal
from cius_pt import check_many
if __name__ == "__main__":
    chance = random.Random(1)
    given, skipped, killed = [], [], 0
    for number, report in enumerate(
        check_many(map(document, range({total})), rules=RULES, processes=2)
    ):
        if right(report, number):
            given.append(number)
        else:
            reasons = {{c.reason for c in report.checks}}
            assert len(reasons) == 1 and not report.complete, report
            assert "SIGKILL" in reasons.pop(), report
            skipped.append(number)
        if number in ({total} // 4, {total} // 2, {total} * 3 // 4):
            os.kill(chance.choice(multiprocessing.active_children()).pid, 9)
            killed += 1
    print(number + 1, sorted(given + skipped) == list(range({total})))
    print(killed, len(skipped) <= killed)
"""

    assert script(body) == (0, f"{total} True\n3 True\n", "")


def test_a_batch_that_was_interrupted_is_taken_up_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    total = 1_000 if full else 200
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    (tmp_path / "echo.sch").write_text(ECHO)
    data = (ROOT / "fixtures" / "withholding.xml").read_bytes()
    head, _, rest = data.partition(b"<cbc:ID>")
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(total):
        document = head + b"<cbc:ID>%d" % number + rest[rest.index(b"</cbc:ID>") :]
        (folder / f"{number:05}.xml").write_bytes(document)
    mark = tmp_path.name
    command = [sys.executable, "-m", "cius_pt", "check", "in", "--jobs", "2"]
    command += ["--rules", "echo.sch", "--resume", "journal", "--format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CIUS_PT_MARK": mark}
    journal = tmp_path / "journal"
    for stop in (signal.SIGINT, signal.SIGKILL, signal.SIGINT):
        before = lines(journal)
        with subprocess.Popen(
            command,
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            end = time.monotonic() + 60
            while lines(journal) < before + total // 8 and time.monotonic() < end:
                time.sleep(0.01)
            if stop is signal.SIGKILL:
                process.kill()  # alone: its workers have to notice
            else:
                os.killpg(process.pid, stop)
            _, said = process.communicate(timeout=60)
        assert process.returncode == (130 if stop is signal.SIGINT else -9)
        assert "Traceback" not in said
        assert left_over(mark) == []
        assert before < lines(journal) < total
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, check=False
    )

    assert done.returncode == 1
    reports = json.loads(done.stdout)["reports"]
    assert [r["file"] for r in reports] == [f"in/{n:05}.xml" for n in range(total)]
    for number, report in enumerate(reports):
        said_of_it = {f["rule"]: f["message"] for f in report["checks"][2]["findings"]}
        assert said_of_it["NR"] == str(number)
        assert ("ODD" in said_of_it) is (number % 2 == 1)
    entries = [json.loads(line) for line in journal.read_bytes().splitlines()[1:]]
    assert len({entry["file"] for entry in entries}) == total


def lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0
