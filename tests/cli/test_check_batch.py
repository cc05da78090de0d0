"""`cius-pt check` with many files: --jobs, --resume, --svrl and the bar."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt import checking, loaded, xmlio
from cius_pt.cli import main
from cius_pt.cli.progress import Progress
from cius_pt.schematron import svrl

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
DOCUMENT = (FIXTURES / "withholding.xml").read_bytes()
RULES = (
    '<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">'
    f'<ns prefix="cbc" uri="{xmlio.CBC}"/><pattern><rule context="cbc:AccountingCost">'
    '<assert id="R-F" flag="fatal" test="not(contains(., \'f\'))">bad cost</assert>'
    '<assert id="R-W" flag="warning" test="not(contains(., \'w\'))">odd cost</assert>'
    "</rule></pattern></schema>"
)


def document(cost: str) -> bytes:
    return DOCUMENT.replace(b">2026001234<", f">{cost}<".encode())


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with a rule set beside it and nothing else."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    (tmp_path / "work").mkdir()
    (tmp_path / "rules.sch").write_text(RULES)
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(loaded, "_loaded", {})


Run = tuple[int, str, str]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Run the command and return exit code, standard output, standard error."""

    def do(*arguments: str, rules: str = "../rules.sch") -> Run:
        code = main(["check", "--rules", rules, *arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return do


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Note what is really checked in this process."""
    seen: list[bytes] = []
    real = checking.judge

    def judge(document: Any, asked: checking.Asked) -> Any:
        seen.append(document() if callable(document) else document)
        return real(seen[-1], asked)

    monkeypatch.setattr(checking, "judge", judge)
    return seen


def put(**files: bytes) -> None:
    for name, data in files.items():
        Path(f"{name}.xml").write_bytes(data)


def timeless(text: str) -> str:
    return re.sub(r'"seconds": [0-9.e-]+|[0-9.]+ s$', "T", text, flags=re.MULTILINE)


MIXED = {
    "a": document("0"),
    "b": document("f"),
    "c": b"no XML",
    "d": document("w"),
    "e": DOCUMENT.replace(b"<cbc:DueDate>2026", b"<cbc:DueDate>x"),
    "f": document("fw"),
}


# --- several processes ---


@pytest.mark.parametrize("form", ["text", "json"])
def test_two_processes_say_what_one_says_in_the_same_order(
    run: Callable[..., Run], form: str
) -> None:
    put(**MIXED)
    one = run(".", "none.xml", "--format", form)
    two = run(".", "none.xml", "--format", form, "--jobs", "2")

    assert one[0] == two[0] == 2
    assert timeless(one[1]) == timeless(two[1])
    assert timeless(one[2]) == timeless(two[2])


def test_standard_input_is_read_here_and_checked_in_its_turn(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(a=document("w"), b=document("w"))
    stdin = io.TextIOWrapper(io.BytesIO(document("f")))
    monkeypatch.setattr("sys.stdin", stdin)
    code, out, _ = run("--warnings", "a.xml", "-", "b.xml", "--jobs", "2")

    assert code == 1
    assert [line.partition(":")[0] for line in out.splitlines()] == [
        "a.xml",
        "-",
        "b.xml",
    ]


def test_standard_input_that_cannot_be_read_does_not_stop_the_others(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(a=document("f"))
    monkeypatch.setattr("sys.stdin", None)
    code, out, err = run("-", "a.xml", "--jobs", "2")

    assert code == 2
    assert "R-F" in out
    assert (
        "-: well-formed, schema, rules, fiscal, signature skipped: cannot be read: "
        in err
    )


@pytest.mark.parametrize("jobs", ["0", "-1", "x"])
def test_a_number_of_processes_is_at_least_one(
    run: Callable[..., Run], jobs: str
) -> None:
    code, _, err = run(".", "--jobs", jobs)

    assert code == 2
    assert "--jobs" in err


SLOW = RULES.replace(
    "<assert",
    '<assert id="R-S" test="not(. = \'s\') or '
    'sum(for $i in 1 to 9999999, $j in 1 to $i return $j mod 3) = 1">slow</assert>'
    "<assert",
    1,
)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [(), ("--jobs", "2")])
def test_a_document_that_takes_too_long_is_given_up(
    run: Callable[..., Run], jobs: tuple[str, ...]
) -> None:
    put(a=document("w"), b=document("s"), c=document("f"))
    Path("../slow.sch").write_text(SLOW)
    code, out, err = run(".", "--seconds", "12", *jobs, rules="../slow.sch")

    assert code == 2
    assert "it took more than 12 s and was stopped" in err
    assert [line.partition(":")[0] for line in out.splitlines()] == ["./c.xml"]


@pytest.mark.parametrize("seconds", ["0", "-1", "x", "nan"])
def test_a_limit_is_more_than_no_time(run: Callable[..., Run], seconds: str) -> None:
    code, _, err = run(".", "--seconds", seconds)

    assert code == 2
    assert "seconds" in err


# --- the journal ---


def test_what_stands_in_the_journal_is_not_checked_again(
    run: Callable[..., Run], checked: list[bytes]
) -> None:
    put(a=document("f"), b=document("0"))
    first = run(".", "--resume", "../j")
    put(c=document("w"))
    again = run(".", "--resume", "../j", "--format", "json")

    assert checked == [document("f"), document("0"), document("w")]
    assert (first[0], again[0]) == (1, 1)
    names = [report["file"] for report in json.loads(again[1])["reports"]]
    assert names == ["./a.xml", "./b.xml", "./c.xml"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_report_from_the_journal_is_the_report(
    run: Callable[..., Run], jobs: str
) -> None:
    put(**MIXED)
    first = run(".", "--resume", "../j", "--format", "json", "--jobs", jobs)
    lines = Path("../j").read_bytes()
    again = run(".", "--resume", "../j", "--format", "json", "--jobs", jobs)

    assert first[:2] == again[:2]
    assert Path("../j").read_bytes() == lines
    assert lines.count(b"\n") == 7


def test_known_and_new_reports_come_in_the_order_of_the_files(
    run: Callable[..., Run],
) -> None:
    put(**{name: MIXED[name] for name in "bdf"})
    run(".", "--resume", "../j")
    put(**MIXED)
    mixed = run(".", "--resume", "../j", "--jobs", "2")

    assert timeless(mixed[1]) == timeless(run(".")[1])


def test_another_content_rule_set_or_language_is_checked_again(
    run: Callable[..., Run], checked: list[bytes]
) -> None:
    put(a=document("0"))
    run("a.xml", "--resume", "../j")
    put(a=document("f"))
    assert run("a.xml", "--resume", "../j")[0] == 1
    assert len(checked) == 2

    assert run("a.xml", "--resume", "../j", "--lang", "pt")[0] == 1
    assert len(checked) == 3

    Path("../rules.sch").write_text(RULES.replace("'f'", "'g'"))
    loaded._loaded.clear()  # noqa: SLF001 - as another process would
    assert run("a.xml", "--resume", "../j")[0] == 0
    assert len(checked) == 4


def test_a_torn_line_is_as_if_it_were_not_there(
    run: Callable[..., Run], checked: list[bytes]
) -> None:
    put(a=document("0"), b=document("f"))
    run(".", "--resume", "../j")
    whole = Path("../j").read_bytes()
    Path("../j").write_bytes(whole[:-20])

    assert run(".", "--resume", "../j")[0] == 1
    assert len(checked) == 3
    assert run(".", "--resume", "../j")[0] == 1
    assert len(checked) == 3


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"{}",
        b"\xff",
        b'{"settings": 1}',
        b'{"file": "a.xml", "sha256": "0", "settings": "S", "report": [{"x": 1}]}',
    ],
)
def test_a_line_that_makes_no_sense_is_passed_over(
    run: Callable[..., Run], checked: list[bytes], line: bytes
) -> None:
    put(a=document("0"))
    run("a.xml", "--resume", "../j")
    header, entry = Path("../j").read_bytes().splitlines()
    settings = json.loads(entry)["settings"].encode()
    line = line.replace(b'"S"', b'"' + settings + b'"')
    Path("../j").write_bytes(b"\n".join([header, line, entry, b""]))

    assert run("a.xml", "--resume", "../j")[0] == 0
    assert len(checked) == 1


def test_a_journal_that_was_only_begun_is_begun_again(run: Callable[..., Run]) -> None:
    put(a=document("0"))
    run("a.xml", "--resume", "../j")
    whole = Path("../j").read_bytes()
    for length in (0, 1, 30):
        Path("../k").write_bytes(whole[:length])
        assert run("a.xml", "--resume", "../k")[0] == 0
        assert Path("../k").read_bytes().count(b"\n") == 2


def test_a_file_that_is_no_journal_is_left_as_it_is(run: Callable[..., Run]) -> None:
    put(a=document("0"), b=document("0"))
    code, out, err = run("a.xml", "--resume", "b.xml")

    assert (code, out) == (2, "")
    assert "b.xml is no journal" in err
    assert Path("b.xml").read_bytes() == document("0")


def test_what_could_not_be_checked_is_not_remembered(run: Callable[..., Run]) -> None:
    put(a=document("0"))
    missing = str(Path("../none.sch").absolute())
    code, _, err = run("a.xml", "missing.xml", "--resume", "../j", rules=missing)

    assert code == 2
    assert "there is no rule set" in err
    assert Path("../j").read_bytes().count(b"\n") == 1


def test_a_journal_where_nothing_can_be_written_is_an_error(
    run: Callable[..., Run],
) -> None:
    put(a=document("0"))
    code, _, err = run("a.xml", "--resume", "no/such/folder/j")

    assert code == 2
    assert "No such file or directory" in err


# --- SVRL ---


def test_svrl_is_written_beside_the_report(run: Callable[..., Run]) -> None:
    put(a=document("fw"))
    code, out, _ = run("a.xml", "--svrl", "out.xml")

    assert code == 1
    assert "R-F" in out
    hits = svrl.parse(Path("out.xml").read_bytes())
    assert [hit.id for hit in hits] == ["R-F", "R-W"]
    assert b"fired-rule" in Path("out.xml").read_bytes()


def test_svrl_is_for_one_document_in_a_file(run: Callable[..., Run]) -> None:
    put(a=document("0"), b=document("0"))
    for arguments in (["."], ["-"]):
        code, _, err = run(*arguments, "--svrl", "out.xml")
        assert code == 2
        assert "one document" in err
    assert not Path("out.xml").exists()


def test_there_is_no_svrl_of_what_is_no_document(run: Callable[..., Run]) -> None:
    put(a=b"no XML")
    code, out, err = run("a.xml", "--svrl", "out.xml")

    assert code == 2
    assert "CP-XML-03" in out
    assert "Error: this is not XML" in err
    assert not Path("out.xml").exists()


# --- the bar ---


def test_without_a_terminal_there_is_no_bar(run: Callable[..., Run]) -> None:
    put(**MIXED)
    _, _, err = run(".")

    assert "\x1b" not in err
    assert "\r" not in err


@pytest.mark.skipif(os.name == "nt", reason="terminals are made otherwise there")
def test_on_a_terminal_there_is_a_bar_on_standard_error() -> None:
    import pty  # noqa: PLC0415 - not on Windows

    put(a=document("0"), b=document("0"), c=document("0"))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "cius_pt", "check", ".", "--rules", "../rules.sch"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=False)
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)

    assert (done.returncode, done.stdout) == (0, b"")
    assert "] 1 of 3" in shown
    assert "\x1b[K" in shown.rpartition("of 3")[2]


def test_one_file_needs_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for total, shown in ((1, False), (2, True)):
        monkeypatch.setattr("sys.stderr", Terminal())
        Progress(total).step()
        assert isinstance(sys.stderr, Terminal)
        assert bool(sys.stderr.getvalue()) is shown
