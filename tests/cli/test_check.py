from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt import artefacts, checking, loaded, xmlio
from cius_pt.cli import files, main
from cius_pt.findings import Severity
from cius_pt.rules import catalogue, fiscal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ALL_STEPS = ", ".join(checking.STEPS)
FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
DOCUMENT = (FIXTURES / "withholding.xml").read_bytes()
INVALID = DOCUMENT.replace(b"<cbc:DueDate>2026", b"<cbc:DueDate>x")
# A positive verdict, in the languages of our users.
VERDICT = re.compile(r"\b(valid|válid[oa]|[1-9][0-9]* conforms?)\b")


def schematron(*assertions: str) -> str:
    return (
        '<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">'
        f'<ns prefix="cbc" uri="{xmlio.CBC}"/><ns prefix="cac" uri="{xmlio.CAC}"/>'
        f"<pattern>{''.join(assertions)}</pattern></schema>"
    )


# Documents choose in BT-19 what is found in them.
RULES = schematron(
    '<rule context="cbc:AccountingCost">'
    '<assert id="R-F" flag="fatal" test="not(contains(., \'f\'))">bad cost</assert>'
    '<assert id="R-W" flag="warning" test="not(contains(., \'w\'))">odd cost</assert>'
    '<assert id="R-I" flag="info" test="not(contains(., \'i\'))">a cost</assert>'
    '<assert id="R-E" flag="fatal" test="if (contains(., \'e\')) then //cbc:ID + 1'
    ' else true()">no sum</assert></rule>'
)


def document(cost: str) -> bytes:
    return DOCUMENT.replace(b">2026001234<", f">{cost}<".encode())


CLEAN, FATAL, WARNING, INFO, ABORTING = (document(c) for c in ("0", "f", "w", "i", "e"))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a data directory with no rule set, and a folder to work in."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    (tmp_path / "work").mkdir()
    (tmp_path / "rules.sch").write_text(RULES)
    monkeypatch.chdir(tmp_path / "work")


class Result:
    """What one run of the command line gave."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def reports(self) -> list[dict[str, Any]]:
        """The reports of --format json."""
        data = json.loads(self.out)
        assert list(data) == ["schema", "reports"]
        assert data["schema"] == 1
        reports: list[dict[str, Any]] = data["reports"]
        return reports


@pytest.fixture
def run(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Run `cius-pt check` with our own rules in this process."""
    monkeypatch.setenv("LC_ALL", "C")  # the hints speak the language of the locale

    def do(*arguments: str | Path, rules: str | None = "../rules.sch") -> Result:
        chosen = [] if rules is None else ["--rules", rules]
        code = main(["check", *chosen, *map(str, arguments)])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return Result(code, out, err)

    return do


def put(name: str, data: bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))


# --- exit codes -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("cost", "failing"),
    [
        ("0", set()),
        ("i", {"info"}),
        ("w", {"warning", "info"}),
        ("wi", {"warning", "info"}),
        ("f", {"fatal", "warning", "info"}),
        ("fwi", {"fatal", "warning", "info"}),
    ],
)
def test_the_exit_code_says_whether_findings_reach_the_threshold(
    run: Callable[..., Result], cost: str, failing: set[str]
) -> None:
    put("a.xml", document(cost))

    assert run("a.xml").code == int("fatal" in failing)
    for threshold in ("fatal", "warning", "info", "never"):
        code = run("--fail-on", threshold, "a.xml").code
        assert code == int(threshold in failing)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (CLEAN, 0),
        (FATAL, 1),
        (INVALID, 1),
        (ABORTING, 1),
        (b"", 1),
        (b"%PDF-1.7", 1),
        (b"\x00\xff", 1),
        (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", 1),
    ],
)
def test_the_format_does_not_change_the_exit_code(
    run: Callable[..., Result], data: bytes, code: int, form: str
) -> None:
    put("a.xml", data)

    assert run("--format", form, "a.xml").code == code


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["clean.xml"], 0),
        (["clean.xml", "clean.xml"], 0),
        (["clean.xml", "fatal.xml"], 1),
        (["fatal.xml", "clean.xml"], 1),
        (["missing.xml"], 2),
        (["missing.xml", "clean.xml"], 2),
        (["fatal.xml", "missing.xml"], 2),
        (["missing.xml", "fatal.xml"], 2),
        (["clean.xml", "*.none"], 2),
        (["*.none"], 2),
        (["empty"], 2),
        (["empty", "clean.xml"], 2),
    ],
)
def test_the_worst_of_several_files_counts(
    run: Callable[..., Result], names: list[str], code: int
) -> None:
    put("clean.xml", CLEAN)
    put("fatal.xml", FATAL)
    Path("empty").mkdir()

    assert run(*names).code == code
    assert run("--format", "json", *names).code == code


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--format", "pdf", "a.xml"],
        ["--fail-on", "FATAL ", "a.xml"],
        ["--fail-on", "error", "a.xml"],
        ["--nonsense", "a.xml"],
        ["-", "-"],
    ],
)
def test_wrong_usage_is_2(run: Callable[..., Result], arguments: list[str]) -> None:
    put("a.xml", CLEAN)
    result = run(*arguments)

    assert result.code == 2
    assert result.out == ""
    assert "Usage" in result.err


def test_never_fail_does_not_hide_what_could_not_be_checked(
    run: Callable[..., Result],
) -> None:
    put("a.xml", CLEAN)

    assert run("--fail-on", "never", "a.xml", rules="espap-2.1.2").code == 2
    assert run("--fail-on", "never", "missing.xml").code == 2


# --- unknown is never clean --------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json"])
def test_without_rules_nothing_is_said_to_conform(
    run: Callable[..., Result], form: str
) -> None:
    put("a.xml", CLEAN)
    result = run("--format", form, "a.xml", rules="espap-2.1.2")

    assert result.code == 2
    assert "install one with: cius-pt rules install" in result.err
    assert "1 file: 1 could not be checked" in result.err
    assert not VERDICT.search(result.err)
    if form == "text":
        assert result.out == ""
    else:
        assert result.reports[0]["conforms"] is False


@pytest.mark.parametrize(
    "rules", ["espap-2.1.2", "rulebook-2.1.1", "nonsense", "../none.sch", "../work"]
)
def test_a_rule_set_that_cannot_be_run_is_2(
    run: Callable[..., Result], rules: str
) -> None:
    put("a.xml", CLEAN)
    result = run("a.xml", rules=rules)

    assert result.code == 2
    assert result.out == ""
    (line,) = [x for x in result.err.splitlines() if x.startswith("a.xml")]
    assert line.startswith("a.xml: rules skipped: ")
    assert not VERDICT.search(result.err)


def test_without_an_installed_rule_set_the_built_in_one_judges(
    run: Callable[..., Result],
) -> None:
    put("a.xml", CLEAN)
    put("b.xml", CLEAN.replace(b"<cbc:PostalZone>4990-011</cbc:PostalZone>", b""))
    result = run("a.xml", rules=None)
    assert (result.code, result.out) == (0, "")
    assert "rulebook 2.1.2 (sha256 " in result.err
    result = run("b.xml", "--lang", "pt", rules=None)
    assert result.code == 1
    assert "fatal BR-CIUS-PT-07" in result.out
    assert "A morada do fornecedor deve ter" in result.out


def test_strict_warns_of_what_the_published_rules_let_pass(
    run: Callable[..., Result],
) -> None:
    put("a.xml", CLEAN.replace(b">FT<", b">80<"))
    plain = run("a.xml", "--warnings", rules="rulebook-2.1.2")
    # What is no kind of document is fatal for the reader all the same.
    assert plain.code == 1
    assert "CP-STRICT" not in plain.out
    strict = run("a.xml", "--warnings", "--strict", rules="rulebook-2.1.2")
    assert strict.code == 1
    assert "warning CP-STRICT-01" in strict.out
    assert "rulebook 2.1.2 strict (sha256 " in strict.err
    assert run("a.xml", "--warnings", "--strict", rules=None).out == strict.out
    other = run("a.xml", "--strict", rules="espap-2.1.2")
    assert (other.code, other.out) == (2, "")
    assert "add --rules rulebook-2.1.2" in other.err


def test_a_changed_rule_set_is_2(run: Callable[..., Result], tmp_path: Path) -> None:
    put("a.xml", CLEAN)
    artefacts.install(tmp_path / "rules.sch", name="mine", trust=True)
    (installed,) = (tmp_path / "home").rglob("*.sch")
    installed.write_text(RULES.replace("bad cost", "worse cost"))
    result = run("a.xml", rules="mine")

    assert result.code == 2
    assert "sha256" in result.err
    assert not VERDICT.search(result.err)


def test_a_crash_in_a_step_is_2_and_no_traceback(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_choice: str) -> Any:
        raise RuntimeError("boom")

    put("a.xml", CLEAN)
    monkeypatch.setattr(loaded, "rules", crash)
    result = run("a.xml")

    assert result.code == 2
    assert "rules skipped: the step broke off with an internal error" in result.err


def test_a_crash_of_the_command_is_2_and_one_line(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> Any:
        raise RuntimeError("boom\nboom")

    put("a.xml", CLEAN)
    monkeypatch.setattr(checking, "judge", crash)
    result = run("a.xml")

    assert result.code == 2
    assert (
        result.err == "internal error: RuntimeError: boom boom (run with cius-pt -v)\n"
    )


# --- text ----------------------------------------------------------------------


def test_a_finding_is_one_line_that_grep_and_editors_understand(
    run: Callable[..., Result],
) -> None:
    put("a.xml", FATAL)

    assert run("a.xml").out == "a.xml:12: fatal R-F BT-19 commitment: bad cost\n"


def test_what_is_unknown_is_a_dash(run: Callable[..., Result]) -> None:
    put("a.xml", b"%PDF-1.7")

    line = run("a.xml").out

    assert line.startswith(
        "a.xml: fatal CP-XML-03 - -: this is a PDF, not an XML document ("
    )
    assert line.endswith(")\n")


def test_an_element_without_a_field_is_named_by_its_xpath(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    path = tmp_path / "root.sch"
    path.write_text(
        schematron('<rule context="/*"><assert id="R" test="false()">x</assert></rule>')
    )
    put("a.xml", CLEAN)

    assert run("a.xml", rules=str(path)).out == "a.xml:2: fatal R - /Invoice: x\n"


def test_a_clean_document_leaves_standard_output_empty(
    run: Callable[..., Result],
) -> None:
    put("a.xml", CLEAN)
    result = run("a.xml")

    assert (result.code, result.out) == (0, "")
    assert result.err.endswith("1 file: 1 conforms\n")


def test_warnings_are_counted_and_shown_when_asked_for(
    run: Callable[..., Result],
) -> None:
    put("a.xml", document("fwi"))
    put("b.xml", document("w"))

    folded = run("a.xml", "b.xml")
    assert [line.split()[2] for line in folded.out.splitlines()] == ["R-F"]
    assert "a.xml: 1 warning, 1 info (--warnings shows them)\n" in folded.err
    assert "b.xml: 1 warning (--warnings shows them)\n" in folded.err

    shown = run("--warnings", "a.xml", "b.xml")
    assert [line.split()[2] for line in shown.out.splitlines()] == [
        "R-F",
        "R-W",
        "R-I",
        "R-W",
    ]
    assert "--warnings shows" not in shown.err


def test_what_makes_it_fail_is_shown(run: Callable[..., Result]) -> None:
    put("a.xml", document("wi"))
    result = run("--fail-on", "warning", "a.xml")

    assert [line.split()[2] for line in result.out.splitlines()] == ["R-W"]
    assert "a.xml: 1 info (--warnings shows them)" in result.err


def test_the_summary_names_steps_versions_and_times(run: Callable[..., Result]) -> None:
    put("clean.xml", CLEAN)
    put("fatal.xml", FATAL)
    put("invalid.xml", INVALID)
    result = run("clean.xml", "fatal.xml", "invalid.xml", "missing.xml")
    said = re.sub(r"[0-9a-f]{8}\b", "HASH", re.sub(r"\d+\.\d{3} s", "TIME", result.err))

    misplaced, missing, *steps, verdicts = said.splitlines()
    assert misplaced.startswith("invalid.xml: rules, fiscal skipped: the document is")
    assert missing == (
        "missing.xml: well-formed, schema, rules, fiscal, signature skipped: "
        "cannot be read: No such file or directory "
        "(look at the name, and whether its folder is there)"
    )
    rules = "rules.sch (sha256 HASH, local file, unverified)"
    assert steps == [
        "well-formed: 3 passed, 1 skipped; TIME",
        "schema: 2 passed, 1 failed, 1 skipped; UBL 2.1 Invoice (sha256 HASH); TIME",
        f"rules: 1 passed, 1 failed, 2 skipped; {rules}; TIME",
        f"fiscal: 2 passed, 2 skipped; {fiscal.VERSION}; TIME",
        "signature: 3 not-applicable, 1 skipped; policy ilink; TIME",
    ]
    assert verdicts == "4 files: 1 conforms, 2 do not conform, 1 could not be checked"


def test_the_hint_stands_behind_the_message(run: Callable[..., Result]) -> None:
    put("a.xml", b"\xef\xbb\xbf" + CLEAN)
    result = run("--warnings", "a.xml")

    assert result.out.startswith("a.xml:1: warning CP-XML-10 - -: ")
    assert result.out.endswith("(Write the XML as UTF-8 without a byte order mark.)\n")


def test_hints_speak_the_language_that_is_asked_for(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    put("a.xml", b"%PDF-1.7")
    entry = catalogue.entries()["CP-XML-03"]

    assert run("a.xml").out.endswith(f"({entry.fix.en})\n")
    assert run("--lang", "pt", "a.xml").out.endswith(f"({entry.fix.pt})\n")
    monkeypatch.setenv("LC_ALL", "pt_PT.UTF-8")
    assert run("a.xml").out.endswith(f"({entry.fix.pt})\n")
    (report,) = run("--lang", "en", "--format", "json", "a.xml").reports
    assert report["checks"][0]["findings"][0]["hint"] == entry.fix.en


def test_a_document_cannot_write_to_the_terminal(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    path = tmp_path / "echo.sch"
    path.write_text(
        schematron(
            '<rule context="cbc:AccountingCost"><assert id="R" test="false()">'
            'got <value-of select="."/></assert></rule>'
        )
    )
    put("a.xml", document("\x9b2J\x85one&#x2028;two\u202egnorw\n  x" + "y" * 5000))
    result = run("a.xml", rules=str(path))

    (line,) = result.out.splitlines()
    assert "got \\x9b2J one two\\u202egnorw xyyy" in line
    assert line.endswith("y…")
    assert len(line) < 2_100


def test_an_element_cannot_write_to_the_terminal(run: Callable[..., Result]) -> None:
    odd = "<x:a xmlns:x='urn:\u009b2J&#10;\u202e'/>".encode()
    put("a.xml", DOCUMENT.replace(b"</Invoice>", odd + b"</Invoice>"))
    result = run("a.xml")

    assert result.code == 1
    assert all(line.isprintable() for line in result.out.splitlines())
    assert len(result.out.splitlines()) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot exist there")
def test_a_file_name_cannot_write_to_the_terminal(run: Callable[..., Result]) -> None:
    put("a\x1b[2J\nb.xml", FATAL)
    result = run(".")

    assert result.out.startswith("./a\\x1b[2J\\nb.xml:12: fatal")
    assert "\x1b" not in result.err


# --- JSON ----------------------------------------------------------------------


def test_json_has_the_form_of_the_contract(run: Callable[..., Result]) -> None:
    put("a.xml", FATAL)
    (report,) = run("--format", "json", "a.xml").reports

    assert list(report) == ["file", "conforms", "checks"]
    assert report["file"] == "a.xml"
    assert report["conforms"] is False
    names = [step["name"] for step in report["checks"]]
    assert names == ["well-formed", "schema", "rules", "fiscal", "signature"]
    for step in report["checks"]:
        assert {"name", "version", "outcome", "seconds", "findings"} <= set(step)
        assert step["outcome"] in {"passed", "failed", "not-applicable", "skipped"}
        assert isinstance(step["seconds"], float | int)
    (finding,) = report["checks"][2]["findings"]
    assert list(finding) == ["rule", "severity", "message", "hint", "bt", "location"]
    assert list(finding["location"]) == ["xpath", "path", "line", "column"]
    assert finding == {
        "rule": "R-F",
        "severity": "fatal",
        "message": "bad cost",
        "hint": None,
        "bt": "BT-19",
        "location": {
            "xpath": "/Invoice/cbc:AccountingCost",
            "path": "commitment",
            "line": 12,
            "column": 3,
        },
    }


def test_json_has_every_finding_whatever_text_would_fold(
    run: Callable[..., Result],
) -> None:
    put("a.xml", document("fwi"))
    (report,) = run("--format", "json", "a.xml").reports

    severities = [f["severity"] for c in report["checks"] for f in c["findings"]]
    assert sorted(severities) == sorted(severity.value for severity in Severity)


def test_a_skipped_step_has_its_reason_in_json(run: Callable[..., Result]) -> None:
    put("a.xml", CLEAN)
    (report,) = run("--format", "json", "a.xml", rules="espap-2.1.2").reports

    rules = report["checks"][2]
    assert rules["outcome"] == "skipped"
    assert "cius-pt rules install" in rules["reason"]


def test_a_file_that_cannot_be_read_is_in_json(run: Callable[..., Result]) -> None:
    put("a.xml", CLEAN)
    put("b.xml", FATAL)
    result = run("--format", "json", "a.xml", "missing.xml", "b.xml")

    assert result.code == 2
    assert [r["file"] for r in result.reports] == ["a.xml", "missing.xml", "b.xml"]
    missing = result.reports[1]
    assert missing["conforms"] is False
    assert {step["outcome"] for step in missing["checks"]} == {"skipped"}
    assert "No such file" in missing["checks"][0]["reason"]


def test_json_without_any_file_is_still_json(run: Callable[..., Result]) -> None:
    result = run("--format", "json", "*.none")

    assert (result.code, result.reports) == (2, [])


def test_json_is_not_escaped_beyond_need(run: Callable[..., Result]) -> None:
    put("fatura nº 1 \u202e\u009b.xml", b"%PDF-")
    result = run("--format", "json", ".")

    assert "fatura nº 1 \\u202e\\u009b.xml" in result.out
    assert result.reports[0]["file"] == "./fatura nº 1 \u202e\u009b.xml"


def test_a_report_is_written_before_the_next_file_is_read(
    run: Callable[..., Result],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    put("a.xml", CLEAN)
    put("b.xml", CLEAN)
    seen = []
    real = files.Source.read

    def read(source: files.Source) -> bytes:
        seen.append(capfd.readouterr().out)
        return real(source)

    monkeypatch.setattr(files.Source, "read", read)
    run("--format", "json", "a.xml", "b.xml")

    assert '"a.xml"' in seen[1]


# --- FILE ----------------------------------------------------------------------


def checked(result: Result) -> list[str]:
    return [report["file"] for report in result.reports]


def test_a_folder_means_every_xml_below_it_in_order(run: Callable[..., Result]) -> None:
    for name in ("d/b.xml", "d/a.xml", "d/sub/c.XML", "d/e.txt", "d/.hidden.xml"):
        put(name, CLEAN)

    assert checked(run("--format", "json", "d")) == [
        "d/.hidden.xml",
        "d/a.xml",
        "d/b.xml",
        "d/sub/c.XML",
    ]


def test_a_pattern_the_shell_has_left_is_expanded(run: Callable[..., Result]) -> None:
    for name in ("b.xml", "a.xml", "c.txt", "d/e.xml", "d/f/g.xml"):
        put(name, CLEAN)

    assert checked(run("--format", "json", "[ab].xml")) == ["a.xml", "b.xml"]
    assert checked(run("--format", "json", "d/**/*.xml")) == ["d/e.xml", "d/f/g.xml"]
    assert checked(run("--format", "json", "d*")) == ["d/e.xml", "d/f/g.xml"]


def test_a_name_that_looks_like_a_pattern_is_a_name(run: Callable[..., Result]) -> None:
    put("a[1].xml", CLEAN)
    put("a1.xml", FATAL)

    assert checked(run("--format", "json", "a[1].xml")) == ["a[1].xml"]


def test_what_matches_nothing_is_said(run: Callable[..., Result]) -> None:
    Path("d").mkdir()
    result = run("*.none", "d")

    assert result.code == 2
    assert "*.none: no file matches; look at the folder and the ending\n" in result.err
    assert "d: there is no .xml file in this folder; name another" in result.err
    assert result.err.endswith("no file was checked\n")


def test_a_dash_is_standard_input(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin(monkeypatch, FATAL)
    result = run("-")

    assert (result.code, result.out[:16]) == (1, "-:12: fatal R-F ")


def test_standard_input_that_is_closed_cannot_be_read(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    result = run("-")

    assert result.code == 2
    assert "standard input is closed" in result.err


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
def test_a_file_that_may_not_be_read_stops_nothing(run: Callable[..., Result]) -> None:
    put("a.xml", CLEAN).chmod(0)
    put("b.xml", FATAL)
    result = run("a.xml", "b.xml")

    assert result.code == 2
    assert (
        "a.xml: well-formed, schema, rules, fiscal, signature skipped: cannot be read"
        in result.err
    )
    assert "b.xml:12: fatal" in result.out


def test_a_broken_link_in_a_folder_is_not_passed_over(
    run: Callable[..., Result],
) -> None:
    put("d/a.xml", CLEAN)
    Path("d/b.xml").symlink_to("nowhere")
    result = run("d")

    assert result.code == 2
    assert (
        "d/b.xml: well-formed, schema, rules, fiscal, signature skipped: cannot be read"
        in result.err
    )


def test_a_folder_that_cannot_be_listed_is_said(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    put("d/a.xml", CLEAN)
    real = os.scandir

    def scandir(path: str) -> Any:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    Path("d/closed").mkdir()
    monkeypatch.setattr(os, "scandir", scandir)
    result = run("--format", "json", "d")

    assert result.code == 2
    assert (
        "d/closed: Permission denied (get the right to it, or choose another place)\n"
        in result.err
    )
    assert checked(result) == ["d/a.xml"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFO")
def test_a_pipe_is_read_when_it_is_named_and_not_when_it_is_found(
    tmp_path: Path,
) -> None:
    Path("d").mkdir()
    os.mkfifo("d/a.xml")
    with subprocess.Popen(
        [*COMMAND, "check", "--rules", "../rules.sch", "d/a.xml"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        Path("d/a.xml").write_bytes(FATAL)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out.startswith(b"d/a.xml:12: fatal R-F")

    found = spawn("check", "d")
    assert found.returncode == 2
    assert f"d/a.xml: {ALL_STEPS} skipped: cannot be read".encode() in found.stderr
    assert tmp_path.exists()


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets here")
def test_devices_and_sockets_are_not_read(run: Callable[..., Result]) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s.xml")
        result = run("s.xml", os.devnull)

    assert result.code == 2
    assert result.err.count("cannot be read: is not a regular file") == 2


def test_a_file_over_the_limit_is_refused_without_reading_it(
    run: Callable[..., Result],
) -> None:
    with Path("a.xml").open("wb") as file:
        file.truncate(10 * 1024**3)  # sparse: takes no room
    begin = time.perf_counter()
    result = run("a.xml")

    assert result.code == 1
    assert "fatal CP-XML-01 - -: " in result.out
    assert "10,737,418,240" in result.out
    assert time.perf_counter() - begin < 5


def test_standard_input_over_the_limit_is_refused(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_BYTES", 1_000)
    stdin(monkeypatch, CLEAN)
    result = run("-")

    assert result.code == 1
    assert "fatal CP-XML-01 - -: " in result.out


# --- as other people's scripts run it ------------------------------------------------

NO_ROOM = (
    b"Error: standard output: No space left on device "
    b"(make room there, or choose another place)\n"
)
COMMAND = [sys.executable, "-m", "cius_pt"]


def spawn(
    *arguments: str, environment: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, **(environment or {})},
        **options,
    )


def test_the_streams_are_apart() -> None:
    put("a.xml", FATAL)
    put("b.xml", CLEAN)
    done = spawn("check", "--rules", "../rules.sch", "a.xml", "b.xml", "missing.xml")

    assert done.returncode == 2
    assert done.stdout == b"a.xml:12: fatal R-F BT-19 commitment: bad cost\n"
    assert b"2 files" not in done.stdout
    assert b"3 files: 1 conforms, 1 does not conform, 1 could not" in done.stderr


def test_errors_inside_the_rules_are_no_noise_of_saxon() -> None:
    put("a.xml", ABORTING)
    done = spawn("check", "--rules", "../rules.sch", "a.xml")

    assert done.returncode == 1
    assert [line.split()[2] for line in done.stdout.splitlines()] == [b"CP-RULES-01"]
    for line in done.stderr.splitlines():
        assert line.startswith(
            (b"a.xml: ", *(f"{name}: ".encode() for name in checking.STEPS), b"1 file")
        )


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8", "utf-16"])
def test_any_encoding_of_the_terminal_will_do(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "euro.sch").write_text(
        RULES.replace("bad cost", "mau 1 € né 😀"), encoding="utf-8"
    )
    put("a.xml", FATAL)
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    arguments: Sequence[str] = ("check", "--rules", "../euro.sch", "a.xml")

    text = spawn(*arguments, environment=environment)
    assert text.returncode == 1
    assert "R-F" in text.stdout.decode(encoding)
    assert "internal error" not in text.stderr.decode(encoding)

    done = spawn(*arguments, "--format", "json", environment=environment)
    assert done.returncode == 1
    (report,) = json.loads(done.stdout.decode(encoding))["reports"]
    assert report["checks"][2]["findings"][0]["message"] == "mau 1 € né 😀"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_file_name_that_is_no_text_will_do(form: str) -> None:
    Path(os.fsdecode(b"a\xff.xml")).write_bytes(FATAL)
    done = spawn("check", "--format", form, "--rules", "../rules.sch", ".")

    assert done.returncode == 1
    assert b"a\\udcff.xml" in done.stdout
    if form == "json":
        (report,) = json.loads(done.stdout)["reports"]
        assert os.fsencode(report["file"]) == b"./a\xff.xml"


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_reader_that_goes_away_ends_it_quietly(form: str) -> None:
    for number in range(40):
        put(f"{number}.xml", document("fwi"))
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [*COMMAND, "check", "--format", form, "--rules", "../rules.sch", "."],
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)

    assert done.returncode == 141
    assert done.stderr == b""


def test_head_gets_its_line() -> None:
    for number in range(40):
        put(f"{number}.xml", document("f"))
    python = f"{sys.executable} -m cius_pt"
    done = subprocess.run(
        ["/bin/sh", "-c", f"{python} check --rules ../rules.sch . 2>err | head -1"],
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert done.stdout == b"./0.xml:12: fatal R-F BT-19 commitment: bad cost\n"
    assert b"Traceback" not in Path("err").read_bytes()
    assert b"rror" not in Path("err").read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_full_disk_is_2_and_one_line(form: str) -> None:
    put("a.xml", FATAL)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "check", "--format", form, "--rules", "../rules.sch", "a.xml"],
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )

    assert done.returncode == 2
    assert done.stderr == NO_ROOM


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another thing there")
@pytest.mark.parametrize("before", [[], ["a.xml"]], ids=["at once", "after Saxon"])
def test_ctrl_c_is_130_without_a_traceback(before: list[str]) -> None:
    put("a.xml", FATAL)
    command = [*COMMAND, "check", "--rules", "../rules.sch", *before, "-"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        if before:
            assert process.stdout is not None
            assert process.stdout.readline().startswith(b"a.xml:12: fatal")
        else:
            time.sleep(1)
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        assert process.stderr is not None
        said = process.stderr.read()

    assert process.returncode == 130
    assert b"Traceback" not in said
    assert VERDICT.search(said.decode()) is None


# --- beside the published rules ------------------------------------------------------


@pytest.fixture
def installed(home: None, shared: Path) -> None:  # noqa: ARG001 - it goes first
    """Install the published rules into the empty data directory."""
    artefacts.install(shared / "espap" / "2.1.2")


@pytest.mark.usefixtures("installed")
def test_all_published_examples_conform(
    run: Callable[..., Result], shared: Path
) -> None:
    examples = [
        path
        for path in sorted((shared / "examples").rglob("*.xml"))
        if path.name != "status-message-template.xml"
    ]
    result = run(*examples, rules=None)

    assert (result.code, result.out) == (0, "")
    assert result.err.endswith(f"{len(examples)} files: {len(examples)} conform\n")
    assert "espap 2.1.2 (sha256 " in result.err


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("probe", "rules"),
    [
        ("S08", ["DT-CIUS-PT-079.1"]),
        ("S17", ["UBL-DT-07", "DT-CIUS-PT-113"]),
        ("D5", ["BR-CO-19"]),
        ("Z4", ["DT-CIUS-PT-139_5", "DT-CIUS-PT-139_5"]),
        ("S01b", ["CP-XSD-01"]),
        ("K33", ["CP-RULES-01"]),
    ],
)
def test_a_probe_has_exactly_its_findings(
    run: Callable[..., Result], shared: Path, probe: str, rules: list[str]
) -> None:
    result = run("--no-fold", shared / "probes" / f"{probe}.xml", rules=None)

    assert result.code == 1
    assert [line.split()[2] for line in result.out.splitlines()] == rules
