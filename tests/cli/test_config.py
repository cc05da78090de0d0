"""`cius-pt.toml` and `[tool.cius-pt]`: found, obeyed, and refused when unclear."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from cius_pt.cli import config, main
from cius_pt.cli.formats import FORMATS
from cius_pt.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
DOCUMENT = (FIXTURES / "withholding.xml").read_bytes()
# The foreign rules have one that is fatal and one that is a warning.
RULES = (
    '<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">'
    '<ns prefix="cbc" uri="urn:oasis:names:specification:ubl:schema:xsd:'
    'CommonBasicComponents-2"/><pattern><rule context="cbc:AccountingCost">'
    '<assert id="BR-01" flag="fatal" test="not(contains(., \'f\'))">bad</assert>'
    '<assert id="BR-02" flag="warning" test="not(contains(., \'w\'))">odd</assert>'
    "</rule></pattern></schema>"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a repository with documents and rules, and nothing else."""
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LC_ALL", "C")
    work = tmp_path / "work"
    (work / ".git").mkdir(parents=True)
    (work / "rules.sch").write_text(RULES)
    (work / "in").mkdir()
    for name in ("0", "f", "w", "fw"):
        data = DOCUMENT.replace(b">2026001234<", f">{name}<".encode())
        (work / f"{name}.xml").write_bytes(data)
    monkeypatch.chdir(work)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run check and return exit code, standard output, standard error."""

    def do(*arguments: str) -> tuple[int, str, str]:
        code = main(["check", *arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return do


Run = Any


def write(text: str, path: str = "cius-pt.toml") -> None:
    Path(path).write_text(text, encoding="utf-8")


# --- which file ---


def test_the_nearest_file_with_our_settings_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work"
    (tmp_path / "cius-pt.toml").write_text('lang = "pt"')  # above the repository
    monkeypatch.chdir(work / "in")

    def used() -> str | None:
        found = config.find(Path.cwd()).path
        return None if found is None else found.relative_to(work).as_posix()

    assert used() is None
    write('[tool.cius-pt]\nlang = "pt"', "../pyproject.toml")
    assert used() == "pyproject.toml"
    write("", "../cius-pt.toml")
    assert used() == "cius-pt.toml"
    write("[tool.other]\nx = 1", "pyproject.toml")
    assert used() == "cius-pt.toml"
    write("[tool.cius-pt]", "pyproject.toml")
    assert used() == "in/pyproject.toml"
    (work / "in" / "cius-pt.toml").mkdir()  # a folder is no file
    assert used() == "in/pyproject.toml"


def test_paths_in_a_file_are_seen_from_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write('rules = "./rules.sch"\nrecipient = "buyer.toml"')
    write('extends = "feap"', "buyer.toml")
    monkeypatch.chdir("in")
    code, out, err = run("--format", "json", "../0.xml")
    (report,) = json.loads(out)["reports"]

    assert code == 1  # by what the buyer demands
    assert "rules.sch" in report["checks"][2]["version"]
    assert report["checks"][-1]["name"] == "recipient"
    assert "settings: " in err


def test_the_command_line_wins(run: Run) -> None:
    write('rules = "gone.sch"\nfail-on = "warning"\nwarnings = true')
    rules = ("--rules", "rules.sch")

    assert run("w.xml")[0] == 2
    code, out, _ = run(*rules, "w.xml")
    assert code == 1
    assert "BR-02" in out
    assert run(*rules, "--fail-on", "fatal", "w.xml")[0] == 0
    assert run(*rules, "--no-config", "w.xml")[1] == ""
    write('rules = "rules.sch"', "in/other.toml")
    assert run("--config", "in/other.toml", *rules, "w.xml")[0] == 0


def test_one_of_two_options_at_most(run: Run) -> None:
    write("")
    for options in (
        ("--config", "cius-pt.toml", "--no-config"),
        ("--no-config", "--config", "cius-pt.toml"),
    ):
        code, out, err = run(*options, "0.xml")
        assert (code, out) == (2, "")
        assert "only one of them" in err


# --- what it does ---


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_fatal_needs_the_command_line(form: str, run: Run) -> None:
    write('rules = "rules.sch"\nselect = ["CP-*"]\nignore = ["*"]')
    options = ("--format", form, "fw.xml")
    code, out, err = run(*options)
    allowed, _, said = run("--allow", "BR-01", *options)

    assert code == 1
    assert "BR-01" in out
    assert "--allow RULE" in err
    assert allowed == 0
    assert "1 does not conform; 2 findings hidden" in said
    assert "--allow RULE" not in said


def test_the_exit_code_follows_what_counts(run: Run) -> None:
    write('rules = "rules.sch"\n[severity]\nBR-02 = "fatal"\nBR-01 = "info"')

    assert run("w.xml")[0] == 1
    assert run("f.xml")[0] == 1
    assert run("--allow", "br-01", "f.xml")[0] == 0
    assert run("--allow", "br-01", "--rules", "no.sch", "f.xml")[0] == 2
    rules = ("--no-config", "--rules", "rules.sch")
    assert run(*rules, "--allow", "BR-01", "f.xml")[0] == 0


def test_the_journal_keeps_what_the_rules_said(run: Run) -> None:
    write('rules = "rules.sch"\nignore = ["BR-02"]')
    options = ("--resume", "j.jsonl", "--format", "json", "w.xml")
    first = json.loads(run(*options)[1])["reports"][0]
    again = json.loads(run(*options)[1])["reports"][0]
    Path("cius-pt.toml").unlink()
    plain = json.loads(run("--rules", "rules.sch", *options)[1])["reports"][0]

    assert first["silenced"] == again["silenced"]
    assert "silenced" not in plain
    assert [f["rule"] for c in plain["checks"] for f in c["findings"]] == ["BR-02"]


def test_stats_count_what_is_silenced(run: Run) -> None:
    write('rules = "rules.sch"\nignore = ["BR-02"]')
    _, _, err = run("--stats", "--lang", "en", "w.xml", "fw.xml")

    assert "Silenced (findings):" in err
    assert "2  warning  BR-02: hidden by cius-pt.toml" in err


# --- what is refused ---


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ruels = 1", "ruels: there is no such key; there are rules, lang"),
        ("lang = 1", "lang: expected one of pt, en, got 1"),
        ("rules = []", "rules: expected a text"),
        ('recipient = ""', "recipient: expected a text"),
        ('fail-on = "never"', "only for the command line (--fail-on never)"),
        ('fail-on = "bad"', "fail-on: expected one of fatal, warning, info"),
        ('warnings = "yes"', "warnings: expected true or false"),
        ('also = "peppol"', "also: expected one of en16931"),
        ('ignore = "BR-01"', "ignore: expected a list"),
        ("ignore = [1]", "ignore: expected a list"),
        ('ignore = [" "]', "ignore: expected rule ids"),
        (f'select = ["{"x" * 201}"]', "select: expected rule ids of 1 to 200"),
        ("ignore = [" + '"*",' * 1001 + "]", "1,000 entries at most, got 1,001"),
        ("severity = 1", "severity: expected a table"),
        ('[severity]\nBR-01 = "bad"', "severity: BR-01: expected one of"),
        ("[severity]\nBR-01 = []", "severity: BR-01: expected one of"),
        ("rules", "not TOML"),
        ("x = " + "[" * 20_000, "not TOML"),
        ("#" * 1_000_001, "limit of a settings file is 1,000,000 bytes"),
    ],
)
def test_what_is_unclear_is_refused(text: str, said: str, run: Run) -> None:
    write(text)
    code, out, err = run("0.xml")

    assert (code, out) == (2, "")
    assert said in " ".join(err.split())
    assert "cius-pt.toml" in err
    assert "--no-config" in err


def test_bytes_that_are_no_text_are_refused() -> None:
    Path("cius-pt.toml").write_bytes(b"# \xe7\n")

    with pytest.raises(click.UsageError, match="not UTF-8 at byte 2"):
        config.find(Path.cwd())


def test_a_file_that_is_named_has_to_be_there_and_ours(run: Run) -> None:
    write("[tool.other]", "pyproject.toml")

    assert run("0.xml")[0] == 0
    assert run("--config", "gone.toml", "0.xml")[0] == 2
    assert "[tool.cius-pt]" in run("--config", "pyproject.toml", "0.xml")[2]
    write("tool = 1", "pyproject.toml")
    assert "not a table" in run("0.xml")[2]


def test_a_rule_that_nobody_knows_is_refused_with_near_ones(run: Run) -> None:
    write('ignore = ["BR-CO-255"]')
    code, _, err = run("0.xml")
    assert code == 2
    assert "ignore: no rule 'BR-CO-255' is known (did you mean BR-CO-2" in err

    # Of foreign rules nobody knows the ids before they speak.
    code, _, err = run("--rules", "rules.sch", "0.xml")
    assert code == 0
    assert "no rule 'BR-CO-255' is known" in err


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("BR-CO-255", "did you mean"),
        ("BR-*", "by its whole id"),
        ("CP-ABORT-01", "cannot be allowed"),
    ],
)
def test_what_cannot_be_allowed(rule: str, said: str, run: Run) -> None:
    code, out, err = run("--allow", rule, "0.xml")

    assert (code, out) == (2, "")
    assert said in " ".join(err.split())


def test_a_file_says_what_it_says() -> None:
    write('select = ["BR-*"]\n[severity]\nBR-01 = "off"\n"DT-*" = "info"')
    found = config.read(Path("cius-pt.toml"))

    assert found.wanted.select == ("BR-*",)
    assert found.wanted.severity == {"BR-01": None, "DT-*": Severity.INFO}
    assert list(found.patterns) == [
        ("select", "BR-*"),
        ("severity", "BR-01"),
        ("severity", "DT-*"),
    ]
