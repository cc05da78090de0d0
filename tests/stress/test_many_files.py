"""One command over very many files: order, memory, every format, every file once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from cius_pt.cli.formats import FORMATS
from tests.stress.conftest import ECHO, ROOT, left_over

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="os.wait4 is of POSIX"),
]


def fill(folder: Path, total: int) -> None:
    """Write documents that say their numbers; the odd ones break a rule."""
    data = (ROOT / "fixtures" / "withholding.xml").read_bytes()
    head, _, rest = data.partition(b"<cbc:ID>")
    tail = rest[rest.index(b"</cbc:ID>") :]
    folder.mkdir()
    for number in range(total):
        document = head + b"<cbc:ID>%d" % number + tail
        (folder / f"{number:05}.xml").write_bytes(document)


def checked(folder: Path, *arguments: str) -> tuple[int, int]:
    """Check a folder; return the exit code and the most memory taken, in KiB."""
    command = [sys.executable, "-m", "cius_pt", "check", folder.name, "--jobs", "2"]
    command += ["--rules", "echo.sch", *arguments]
    with (
        (folder.parent / "out").open("wb") as out,
        (folder.parent / "err").open("wb") as err,
    ):
        process = subprocess.Popen(
            command,
            cwd=folder.parent,
            env={**os.environ, "PYTHONPATH": str(ROOT), "CIUS_PT_MARK": folder.name},
            stdout=out,
            stderr=err,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss


def test_ten_thousand_files_in_one_command(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    full: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    total = 10_000 if full else 300
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    (tmp_path / "echo.sch").write_text(ECHO)
    fill(tmp_path / "few", total // 10)
    fill(tmp_path / "many", total)
    code, few = checked(tmp_path / "few", "--format", "ndjson")
    assert code == 1
    outputs = [f"--output={form}={form}" for form in FORMATS]
    begin = time.monotonic()
    code, many = checked(tmp_path / "many", "--format", "ndjson", *outputs)
    seconds = time.monotonic() - begin
    with capsys.disabled():
        sizes = f"{few:,} KiB for a tenth, {many:,} KiB for all"
        sys.stdout.write(f"\n{total:,} files in {seconds:.1f} s; {sizes}\n")

    assert code == 1
    names = [f"many/{number:05}.xml" for number in range(total)]
    reports = [
        json.loads(line) for line in (tmp_path / "out").read_bytes().splitlines()
    ]
    assert [report["file"] for report in reports] == names
    for number, report in enumerate(reports):
        said = {f["rule"]: f["message"] for f in report["checks"][2]["findings"]}
        assert said["NR"] == str(number)
        assert ("ODD" in said) is (number % 2 == 1)
    whole = json.loads((tmp_path / "json").read_text())["reports"]
    assert [report["file"] for report in whole] == names
    suites = ET.parse(tmp_path / "junit").getroot()  # noqa: S314 - ours
    assert [suite.get("name") for suite in suites] == names
    results = json.loads((tmp_path / "sarif").read_text())["runs"][0]["results"]
    assert sum(result["ruleId"] == "ODD" for result in results) == total // 2
    summary = (tmp_path / "err").read_text()
    assert f"{total} files: " in summary
    assert "Traceback" not in summary
    assert left_over("many") == []
    # Ten times the files; what grows is the list of their names.
    assert many < few * 1.25
