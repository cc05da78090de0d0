"""Reports of any shape and with any text, and how their formats are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from cius_pt.cli.formats import FORMATS, Setting
from cius_pt.cli.judging import Judged
from cius_pt.findings import (
    NOWHERE,
    Check,
    Finding,
    Location,
    Outcome,
    Report,
    Severity,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

# What has broken formats of others: their own syntax, ends of lines, commands to
# terminals, what XML cannot hold, halves of characters.
HOSTILE = (
    "]]>",
    "<!--",
    "&lt;",
    '"',
    "'",
    "::error::x",
    "%0A",
    "%25",
    "a:b,c=d",
    "\r\n::set-output name=x::y",
    "\n",
    "\x00\x1b[2J\x7f\x85",
    "\u2028\u202e\ufeff\ufffe\uffff",
    "\udcff",
    "\\udcff",
    "😀",
    "{0} [1](2)",
    "",
)
TEXTS = st.lists(
    st.sampled_from(HOSTILE) | st.text(max_size=8), min_size=1, max_size=4
).map("".join)
NAMES = TEXTS.filter(bool)
LOCATIONS = st.just(NOWHERE) | st.builds(
    Location,
    xpath=st.none() | NAMES,
    path=st.none() | NAMES,
    line=st.none() | st.integers(1, 10**6),
    column=st.none() | st.integers(1, 10**6),
)
RULES = st.sampled_from(["BR-CO-25", "BR-01", "CP-XSD-02"]) | NAMES
FINDINGS = st.builds(
    Finding,
    rule=RULES,
    severity=st.sampled_from(Severity),
    message=TEXTS,
    location=LOCATIONS,
    hint=st.none() | TEXTS,
    bt=st.none() | NAMES,
)
CHECKS = st.builds(
    Check,
    name=NAMES,
    outcome=st.sampled_from(Outcome),
    version=TEXTS,
    findings=st.lists(FINDINGS, max_size=3).map(tuple),
    seconds=st.floats(0, 1000),
    reason=st.none() | TEXTS,
    advisory=st.booleans(),
)
REPORTS = st.builds(Report, checks=st.lists(CHECKS, max_size=4).map(tuple))
RUNS = st.lists(st.tuples(NAMES, REPORTS), max_size=3)


def judged(name: str, report: Report, document: bytes | None = None) -> Judged:
    """Return a report as the command line has it."""
    return Judged(
        name=name,
        report=report,
        document=lambda: document,
        conforms=report.conforms,
    )


def formatted(
    form: str, run: Iterable[tuple[str, Report]], *, whole: bool = True, **setting: Any
) -> str:
    """Return what a format makes of a run; not `whole`: as if it was interrupted."""
    each = (judged(name, report) for name, report in run)
    return run_of(form, each, whole=whole, **setting)


def run_of(
    form: str, run: Iterable[Judged], *, whole: bool = True, **setting: Any
) -> str:
    """Return what a format makes of files that were judged; see `formatted`."""
    pieces: list[str] = []
    output = FORMATS[form](Setting(**setting), pieces.append)
    for one in run:
        output.write(one)
    if whole:
        output.close()
    return "".join(pieces)
