"""`cius-pt check` as text: what is folded, explained, coloured and told of."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cius_pt.cli import main
from cius_pt.cli.folding import Folded, folded, listed_places, more_places
from cius_pt.cli.look import Look, colourful
from cius_pt.cli.silenced import Silenced
from cius_pt.cli.text import finding_line, visible
from cius_pt.cli.text_report import TextReports
from cius_pt.findings import Check, Finding, Location, Outcome, Report, Severity
from cius_pt.rules import catalogue
from tests.cli.reports_drawn import FINDINGS, NAMES, REPORTS, RUNS, formatted, judged
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from collections.abc import Callable

    from cius_pt.rules.entry import Language

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
DOCUMENT = (FIXTURES / "withholding.xml").read_bytes()
LATE = DOCUMENT.replace(b"  <cbc:DueDate>2026-12-02</cbc:DueDate>\n", b"")
MORE = re.compile(r" \(and (\d+) more places?(?:: .*)?\)$")
CODE = re.compile(r"\x1b\[[0-9;]*m")
LOOKS = st.builds(
    Look,
    fold=st.booleans(),
    explain=st.booleans(),
    colour=st.booleans(),
    width=st.none() | st.integers(40, 200),
)
# Findings that repeat each other, as those of a rule that fails at every line do.
REPEATED = st.lists(FINDINGS, min_size=1, max_size=4).flatmap(
    lambda few: st.lists(
        st.builds(
            lambda one, line: replace(one, location=Location(line=line)),
            st.sampled_from(few),
            st.none() | st.integers(1, 30),
        ),
        max_size=30,
    )
)


def report(*found: Finding) -> Report:
    return Report(checks=(Check(name="c", outcome=Outcome.FAILED, findings=found),))


def at(*lines: int | None, path: str | None = None, **more: Any) -> list[Finding]:
    said = {"rule": "R", "severity": Severity.FATAL, "message": "bad", **more}
    return [
        Finding(location=Location(line=line, path=path and f"{path}[{n}]"), **said)
        for n, line in enumerate(lines)
    ]


# --- any findings, any text ---


@DRAWN
@given(REPEATED)
def test_folding_loses_no_finding(found: list[Finding]) -> None:
    groups = folded(found)
    back = [finding for one in groups for finding in (one.first, *one.more)]

    assert sorted(map(repr, back)) == sorted(map(repr, found))
    assert [found.index(one.first) for one in groups] == sorted(
        found.index(one.first) for one in groups
    )
    for one in groups:
        assert {f.message for f in one.more} <= {one.first.message}
        assert {f.rule for f in one.more} <= {one.first.rule}


@DRAWN
@given(NAMES, REPEATED)
def test_a_pipe_gets_a_line_per_finding_and_the_numbers_add_up(
    name: str, found: list[Finding]
) -> None:
    run = [(name, report(*found))]
    each = formatted("text", run, look=Look(fold=False)).splitlines()
    lines = formatted("text", run).splitlines()

    assert each == [f"{visible(name)}:{finding_line(finding)}" for finding in found]
    assert len(lines) == len(folded(found))
    assert {MORE.sub("", line) for line in lines} == {
        f"{visible(name)}:{finding_line(one.first)}" for one in folded(found)
    }
    more = [MORE.search(line) for line in lines]
    assert len(lines) + sum(int(m[1]) for m in more if m) == len(found)


@DRAWN
@given(RUNS, LOOKS, st.sampled_from(["pt", "en"]), st.binary(max_size=200))
def test_no_text_can_command_a_terminal(
    run: list[tuple[str, Report]], look: Look, lang: Language, document: bytes
) -> None:
    pieces: list[str] = []
    output = TextReports(
        Severity.INFO, look, lang, out=pieces.append, note=pieces.append
    )
    for name, one in run:
        output.write(judged(name, one, document))
    text = "".join(pieces)

    assert look.colour or "\x1b" not in text
    assert CODE.sub("", text).replace("\n", "").isprintable()


@DRAWN
@given(NAMES, REPORTS, LOOKS)
def test_colour_changes_no_word(name: str, one: Report, look: Look) -> None:
    run = [(name, one)]
    plain, coloured = (
        formatted(
            "text", run, look=replace(look, colour=colour, width=look.width or 80)
        )
        for colour in (False, True)
    )

    assert CODE.sub("", coloured) == plain


@DRAWN
@given(NAMES, REPORTS, st.integers(40, 120))
def test_wrapping_loses_no_word(name: str, one: Report, width: int) -> None:
    run = [(name, one)]
    wrapped = formatted("text", run, look=Look(width=width))

    assert wrapped.split() == formatted("text", run).split()
    for line in wrapped.splitlines():
        assert (
            len(line) <= width
            or len(line.split()) <= 1
            or line.startswith(f"{visible(name)}:")
        )


# --- places ---


@pytest.mark.parametrize(
    ("found", "english", "portuguese"),
    [
        (at(3), "", ""),
        (at(3, 12), "(and 1 more place: line 12)", "(e mais 1 lugar: linha 12)"),
        (
            at(3, 12, 15),
            "(and 2 more places: lines 12, 15)",
            "(e mais 2 lugares: linhas 12, 15)",
        ),
        (
            at(*range(1, 12)),
            "(and 10 more places: lines 2, 3, 4, 5, 6, 7, 8, 9, …)",
            "(e mais 10 lugares: linhas 2, 3, 4, 5, 6, 7, 8, 9, …)",
        ),
        (
            at(1, 1, 1, path="lines"),
            "(and 2 more places: lines[1], lines[2])",
            "(e mais 2 lugares: lines[1], lines[2])",
        ),
        (at(None, None), "(and 1 more place)", "(e mais 1 lugar)"),
    ],
)
def test_the_further_places_are_named(
    found: list[Finding], english: str, portuguese: str
) -> None:
    (one,) = folded(found)

    assert more_places(one, "en") == english
    assert more_places(one, "pt") == portuguese


def test_other_advice_or_another_severity_is_not_folded() -> None:
    found = [*at(1), *at(2, severity=Severity.WARNING), *at(3, hint="h"), *at(4)]

    assert [len(one.more) for one in folded(found)] == [1, 0, 0]


def test_an_explanation_names_all_places() -> None:
    (one,) = folded(at(*range(1, 31)))
    text = formatted(
        "text", [("a", report(*at(*range(1, 31))))], look=Look(explain=True)
    )

    assert listed_places(one, "en") in " ".join(text.split())
    assert listed_places(one, "en").endswith("29, 30")
    assert listed_places(Folded(first=at(1)[0]), "en") == ""


# --- what is explained ---


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_what_is_known_of_a_rule_is_said(lang: Any) -> None:
    place = Location(xpath="/Invoice/cbc:ID", path="number", line=4, column=3)
    one = Finding(
        rule="BR-CO-25",
        severity=Severity.FATAL,
        message="as published",
        location=place,
        bt="BT-1",
    )
    pieces: list[str] = []
    output = TextReports(Severity.INFO, Look(explain=True), lang, out=pieces.append)
    output.write(judged("a.xml", report(one), DOCUMENT))
    text = "".join(pieces)
    entry = catalogue.entry("BR-CO-25")

    assert entry is not None
    for said in (entry.asks, entry.why, entry.fix):
        assert said.get(lang) in " ".join(text.split())
    head, *below = text.splitlines()
    assert head == "a.xml:4: fatal BR-CO-25 BT-1 number: as published"
    assert [line.strip() for line in below[1:4]] == [
        "a.xml:4:3",
        "/Invoice/cbc:ID",
        {"pt": "campo number, BT-1", "en": "field number, BT-1"}[lang],
    ]
    assert "    > 4 |   <cbc:ID>FT 2026A/8</cbc:ID>" in below
    assert all(line.startswith("  ") for line in below if line)


def test_of_a_foreign_rule_only_what_is_known_is_said() -> None:
    run = [("a.xml", report(*at(None)))]

    assert formatted("text", run, look=Look(explain=True)) == (
        "a.xml: fatal R - -: bad\n  Where\n    a.xml\n\n"
    )
    hinted = [("a.xml", report(*at(None, hint="do so")))]
    assert "How to fix it\n    do so\n" in formatted(
        "text", hinted, look=Look(explain=True)
    )


@pytest.mark.parametrize("document", [None, b"", b"<other/>"])
def test_a_document_that_is_gone_or_another_fails_nothing(
    document: bytes | None,
) -> None:
    place = Location(xpath="/Invoice/cbc:ID", line=4, column=3)
    one = replace(at(4)[0], location=place)
    for look in (Look(explain=True), Look(width=80)):
        pieces: list[str] = []
        output = TextReports(Severity.INFO, look, out=pieces.append)
        output.write(judged("a.xml", report(one), document))
        said = "not in the document" in "".join(pieces)

        assert said == (look.explain and document is not None)


# --- what is silenced ---


def silenced(severity: Severity, shown: Severity | None) -> Silenced:
    return Silenced(rule="BR-X", severity=severity, shown=shown, count=3, by="c.toml")


@pytest.mark.parametrize(
    ("lang", "conforms", "one", "line"),
    [
        (
            "en",
            False,
            silenced(Severity.FATAL, Severity.WARNING),
            (
                "a.xml: not shown as the rules say: BR-X 3 × fatal → warning (c.toml); "
                "by the rules, the document does not conform"
            ),
        ),
        (
            "pt",
            False,
            silenced(Severity.FATAL, None),
            (
                "a.xml: não mostrado como as regras dizem: BR-X 3 × fatal → oculto "
                "(c.toml); segundo as regras, o documento não está conforme"
            ),
        ),
        (
            "en",
            False,
            silenced(Severity.WARNING, None),
            "a.xml: not shown as the rules say: BR-X 3 × warning → hidden (c.toml)",
        ),
        (
            "en",
            True,
            silenced(Severity.WARNING, Severity.FATAL),
            "a.xml: not shown as the rules say: BR-X 3 × warning → fatal (c.toml)",
        ),
    ],
)
def test_what_is_silenced_is_told(
    lang: Language, conforms: bool, one: Silenced, line: str
) -> None:
    out: list[str] = []
    notes: list[str] = []
    document = replace(judged("a.xml", report()), silenced=(one,), conforms=conforms)
    output = TextReports(Severity.INFO, Look(), lang, out=out.append, note=notes.append)
    output.write(document)

    assert (out, notes) == ([], [line])


def test_a_file_has_what_is_silenced_in_it() -> None:
    from cius_pt.cli.formats import FORMATS, Setting  # noqa: PLC0415 - one of its two

    pieces: list[str] = []
    many = tuple([silenced(Severity.FATAL, None)] * 30)
    document = replace(judged("a\n.xml", report(*at(1))), silenced=many)
    FORMATS["text"](Setting(in_file=True), pieces.append).write(document)
    finding, note = "".join(pieces).splitlines()

    assert finding.startswith("a\\n.xml:1: fatal R")
    assert note.startswith("a\\n.xml: not shown as the rules say: BR-X 3 × ")
    assert "and 10 more rules; by the rules" in note


# --- colours ---


@pytest.mark.parametrize(
    ("choice", "environment", "terminal", "wanted"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"NO_COLOR": "0"}, True, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": ""}, False, False),
        ("auto", {"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ("always", {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_who_decides_on_colours(
    choice: Any, environment: dict[str, str], terminal: bool, wanted: bool
) -> None:
    assert colourful(choice, environment, terminal=terminal) is wanted


# --- the command ---


@pytest.fixture
def run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., str]:
    """Return what runs the command on a document and gives standard output."""
    monkeypatch.setenv("LC_ALL", "C")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    Path("a.xml").write_bytes(LATE)

    def do(*arguments: str) -> str:
        assert main(["check", *arguments, "a.xml"]) == 1
        return capfd.readouterr().out

    return do


def test_a_pipe_is_plain_unless_colours_are_asked_for(
    run: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run()

    assert plain.count("\n") == 1
    assert "\x1b" not in plain
    coloured = run("--color", "always")
    assert coloured != plain == CODE.sub("", coloured)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run() == coloured
    assert run("--color", "never") == plain


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_document_is_shown_whoever_checked_it(
    jobs: str, run: Callable[..., str]
) -> None:
    text = run("--explain", "--jobs", jobs, "--output", "text=out.txt")

    assert re.search(r"^    > +\d+ \| +<cbc:PayableAmount ", text, re.MULTILINE)
    assert text in Path("out.txt").read_text(encoding="utf-8")


def test_only_text_is_explained(run: Callable[..., str]) -> None:
    times = re.compile(r'"seconds": [0-9.e-]+')
    plain = times.sub("", run("--format", "json"))

    assert times.sub("", run("--format", "json", "--explain", "--color", "always")) == (
        plain
    )


def on_terminal(columns: int, *arguments: str, **environment: str) -> str:
    """Return what the command writes to a terminal of so many columns."""
    pty = pytest.importorskip("pty", reason="needs terminals as POSIX has them")
    import fcntl  # noqa: PLC0415 - as pty
    import termios  # noqa: PLC0415 - as pty

    ours, theirs = pty.openpty()
    size = struct.pack("HHHH", 24, columns, 0, 0)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
    names = {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}
    kept = {name: value for name, value in os.environ.items() if name not in names}
    process = subprocess.Popen(
        [sys.executable, "-m", "cius_pt", "check", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env={**kept, "TERM": "xterm", "LC_ALL": "C.UTF-8", **environment},
    )
    os.close(theirs)
    pieces = []
    try:
        while piece := os.read(ours, 65_536):
            pieces.append(piece)
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    assert process.wait() == 1
    return b"".join(pieces).decode().replace("\r\n", "\n")


def test_a_terminal_gets_colours_and_lines_that_fit(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(LATE)
    text = on_terminal(70, str(path))
    first, *rest = CODE.sub("", text).splitlines()

    assert "\x1b[31m" in text
    assert first.startswith(f"{path}:")
    assert rest
    assert all(line.startswith("    ") and len(line) <= 70 for line in rest)
    assert any("> " in line and "<cbc:PayableAmount" in line for line in rest)
    bare = on_terminal(30, str(path), NO_COLOR="1")
    assert "\x1b" not in bare
    assert bare.split()[:5] == CODE.sub("", text).split()[:5]
