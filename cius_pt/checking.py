# SPDX-License-Identifier: MIT
"""The check journey: bytes → well-formed, schema, rules, fiscal, signature → report.

Two parses in all: libxml2's (lxml) and Saxon's. Nothing raises because of what a
document says, and a step that could not run is SKIPPED with the reason: it is never
passed. What a recipient demands is a step of its own for those who name one.

The public function is `cius_pt.check`. This module has another name because a
submodule takes the place of a function of the same name in its package as soon as
anyone imports it.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cius_pt import artefacts, forks, loaded, schema, xmlio
from cius_pt.circumstances import told
from cius_pt.errors import ArtefactError, InvalidValue, UnreadableDocument
from cius_pt.findings import (
    Check,
    Finding,
    Location,
    Outcome,
    Report,
    Severity,
    outcome_of,
)
from cius_pt.placing import Placer
from cius_pt.rules.entry import Language
from cius_pt.signature import step as signature_step
from cius_pt.values import dataclass

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from cius_pt.ubl.reading import Reading
    from cius_pt.ubl.trace import Trace
    from cius_pt.xmlio import XmlDocument

    Document = bytes | os.PathLike[str] | Callable[[], bytes]
    OwnStep = Callable[[Reading, Trace], Check]

WELL_FORMED = "well-formed"
SCHEMA = "schema"
RULES = "rules"
FISCAL = "fiscal"
SIGNATURE = "signature"
RECIPIENT = "recipient"
EN16931 = "en16931"
STEPS = (WELL_FORMED, SCHEMA, RULES, FISCAL, SIGNATURE)

# How the label of a rule set begins that comes with this package.
_OURS = "rulebook "
_OWN_IDS = "CP-"
_UNREAD = "the document could not be read"
_MISPLACED = (
    "the document is not what the schema allows, and rules cannot see elements that "
    "stand in the wrong place; correct the schema errors first"
)
_NO_INVOICE = (
    "the document lacks so much that there is no invoice to look at; correct first "
    "what the rules have found"
)


def check(
    data: bytes,
    *,
    rules: str = "auto",
    lang: Language = "en",
    recipient: str | None = None,
    also: Literal["en16931"] | None = None,
) -> Report:
    """Check a document as a receiver would; every problem is a value in the report.

    `rules` is ``auto`` (the newest published set that is installed, else the one that
    comes with this package), the name of a rule set, or the path of one. A rule set
    is loaded once per process and choice. `lang` is the language of the hints, and of
    the messages of our own rules. `recipient` is the name of a profile or the path of
    one: what this buyer demands beyond the norm. `also` asks for a second opinion,
    under CEN's EN 16931 rules: a step that changes no verdict.
    Raises `InvalidValue` for what is not bytes, and nothing else.
    """
    _require_bytes(data)
    return _judge(data, Asked(rules=rules, lang=lang, recipient=recipient, also=also))


def _judge(data: bytes, asked: Asked) -> Report:
    if forks.torn():
        return not_read(forks.TORN, asked)
    with forks.held_off():
        return _checked(data, asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a check was asked for; see `check`."""

    rules: str = "auto"
    lang: Language = "en"
    recipient: str | None = None
    also: Literal["en16931"] | None = None

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of the steps, in order."""
        recipient = () if self.recipient is None else (RECIPIENT,)
        return (*STEPS, *recipient, *(() if self.also is None else (EN16931,)))


def _checked(data: bytes, asked: Asked) -> Report:
    begin = time.perf_counter()
    try:
        document = xmlio.parse(data, blanks=False)
    except UnreadableDocument as error:
        return unreadable(error, asked, seconds=time.perf_counter() - begin)
    except Exception as error:  # noqa: BLE001 - unknown is never clean, nor a crash
        return not_read(_unexpected(error), asked)
    well_formed = Check(
        name=WELL_FORMED,
        outcome=outcome_of(document.findings),
        findings=document.findings,
        seconds=time.perf_counter() - begin,
    )
    steps = _judged(document, asked)
    return _advised(Report(checks=(well_formed, *steps)), asked.lang)


def _judged(document: XmlDocument, asked: Asked) -> Iterator[Check]:
    """Run the steps over a document that could be read."""
    placer = Placer(document)
    valid = _step(SCHEMA, placer, lambda: schema.check(document))
    yield valid
    misplaced = valid.outcome is Outcome.FAILED
    if misplaced:
        judged = _spared(RULES, SCHEMA, _MISPLACED)
    else:
        judged = _step(RULES, placer, lambda: loaded.rules(asked.rules).check(document))
    yield judged
    for name in asked.steps[asked.steps.index(RULES) + 1 :]:
        if name == SIGNATURE:
            yield _step(SIGNATURE, placer, lambda: signature_step.check(document))
        elif name == EN16931:
            yield _second(document, placer, asked)
        elif misplaced:
            yield _spared(name, SCHEMA, _MISPLACED)
        else:
            yield _own(name, judged, placer, _own_step(name, document, asked))


def _second(document: XmlDocument, placer: Placer, asked: Asked) -> Check:
    """Run the second opinion, whatever the first one says."""
    from cius_pt.rules import en16931  # noqa: PLC0415 - late: few ask for it

    run = _step(EN16931, placer, lambda: en16931.check(document, lang=asked.lang))
    return _advisory(run)


def _own_step(name: str, document: XmlDocument, asked: Asked) -> OwnStep:
    """Return a step that looks at what was read."""
    if name == FISCAL:
        check = _fiscal().check
        return lambda reading, trace: check(document, reading, trace, lang=asked.lang)
    # Late: few ask for it.
    from cius_pt.rules import recipients  # noqa: PLC0415

    return lambda reading, trace: recipients.check(
        reading,
        recipients.load(asked.recipient or ""),
        document=document,
        trace=trace,
        lang=asked.lang,
    )


@cache
def _fiscal() -> ModuleType:
    # Late: who has nothing to read does without the model and its rules.
    from cius_pt.rules import fiscal  # noqa: PLC0415

    return fiscal


def _own(name: str, judged: Check, placer: Placer, run: OwnStep) -> Check:
    """Run a step of our own, unless the rules have said that there is no invoice."""

    def go() -> Check:
        reading, trace = placer.traced()
        if judged.outcome is Outcome.FAILED and not reading.complete:
            return _spared(name, RULES, _NO_INVOICE)
        return run(reading, trace)

    return _step(name, placer, go)


def judge(document: Document, asked: Asked) -> Report:
    """Check a document that may still have to be read; there is always a report.

    It is bytes, a path, or a function without arguments that returns bytes.
    """
    try:
        data = _read(document)
        _require_bytes(data)
    except UnreadableDocument as error:
        return unreadable(error, asked)
    except OSError as error:
        return not_read(f"cannot be read: {told(error)}", asked)
    except Exception as error:  # noqa: BLE001 - the others go on
        return not_read(f"cannot be read: {type(error).__name__}: {error}", asked)
    return _judge(data, asked)


def _read(document: Document) -> bytes:
    if isinstance(document, bytes):
        return document
    if callable(document):
        return document()
    with Path(document).open("rb") as file:
        # One more than is allowed: the check says what is wrong with that.
        return file.read(xmlio.MAX_BYTES + 1)


def svrl(data: bytes, *, rules: str = "auto") -> bytes:
    """Return what a rule set says of a document in SVRL, every fired rule included.

    The literal translation runs: slow, to look at and to compare with others. Raises
    `ArtefactError` when the rules cannot be run to their end and `UnreadableDocument`
    when there is no document.
    """
    # Late: the engine is not needed where no rules are run.
    from cius_pt.schematron import rulesets  # noqa: PLC0415

    return rulesets.load(artefacts.resolve(rules), optimise=False).svrl(data)


def _require_bytes(data: object) -> None:
    if not isinstance(data, bytes):
        kind = type(data).__name__
        raise InvalidValue(f"takes the bytes of a document, not {kind}", path="data")


def unreadable(
    error: UnreadableDocument, asked: Asked, *, seconds: float = 0.0
) -> Report:
    """Return the report on what is no document: the error is its one finding."""
    finding = Finding(
        rule=error.rule,
        severity=Severity.FATAL,
        message=str(error),
        location=Location(line=error.line, column=error.column),
    )
    failed = Check(
        name=WELL_FORMED,
        outcome=Outcome.FAILED,
        findings=(finding,),
        seconds=seconds,
    )
    steps = (_spared(name, WELL_FORMED, _UNREAD) for name in asked.steps[1:])
    spared = map(_advisory, steps)
    return _advised(Report(checks=(failed, *spared)), asked.lang)


def not_read(reason: str, asked: Asked) -> Report:
    """Return the report on a document that nobody has looked at, and why."""
    steps = (_skipped(name, reason) for name in asked.steps)
    return _spoken(Report(checks=tuple(map(_advisory, steps))), asked.lang)


def _step(name: str, placer: Placer, run: Callable[[], Check]) -> Check:
    """Run one step; whatever goes wrong in it, the step is skipped and says so."""
    begin = time.perf_counter()
    try:
        done = run()
    except ArtefactError as error:
        return _skipped(name, str(error), time.perf_counter() - begin)
    except Exception as error:  # noqa: BLE001 - unknown is never clean, nor a crash
        return _skipped(name, _unexpected(error), time.perf_counter() - begin)
    if not done.findings:
        return done
    return replace(done, findings=tuple(map(placer.place, done.findings)))


def _skipped(name: str, reason: str, seconds: float = 0.0) -> Check:
    line = " ".join(reason.split())
    return Check(name=name, outcome=Outcome.SKIPPED, reason=line, seconds=seconds)


def _spared(name: str, failed: str, reason: str) -> Check:
    return replace(_skipped(name, reason), spared_by=failed)


def _advisory(check: Check) -> Check:
    """Return a step as one that changes no verdict, if it is that one."""
    return replace(check, advisory=check.name == EN16931)


def _unexpected(error: Exception) -> str:
    said = xmlio.cut(f"{type(error).__name__}: {error}".removesuffix(": "))
    return f"the step broke off with an internal error: {said}"


def _advised(report: Report, lang: Language) -> Report:
    """Return the report in a language, with a hint where the rule is known."""
    if not report.findings:
        return _spoken(report, lang)
    # Late: a clean document needs no advice.
    from cius_pt.rules import catalogue  # noqa: PLC0415

    def advised(finding: Finding) -> Finding:
        # What a step says of this very finding is better advice, but in English.
        if finding.hint is not None and lang == "en":
            return finding
        return replace(finding, hint=catalogue.hint(finding.rule, lang) or finding.hint)

    def said(finding: Finding) -> Finding:
        # Published messages are kept word for word; ours stand in the catalogue.
        entry = catalogue.entry(finding.rule)
        return (
            finding if entry is None else replace(finding, message=entry.asks.get(lang))
        )

    def told(step: Check) -> Check:
        if step.advisory:
            # CEN's ids are partly those of CIUS-PT and mean another rule.
            return step
        findings = tuple(map(advised, step.findings))
        ours = step.name == RULES and step.version.startswith(_OURS)
        # What was found of a signature is said in English, with its details.
        if ours or (step.name == SIGNATURE and lang != "en"):
            findings = tuple(map(said, findings))
        return replace(step, findings=findings)

    return _spoken(replace(report, checks=tuple(map(told, report.checks))), lang)


def _spoken(report: Report, lang: Language) -> Report:
    """Return the report with what is ours in Portuguese, if that is the language.

    Published messages are left alone, and so is a second opinion: it speaks for itself.
    """
    if lang == "en":
        return report
    # Late: English is what everything is said in.
    from cius_pt.rules.spoken import portuguese  # noqa: PLC0415

    def said(finding: Finding) -> Finding:
        if not finding.rule.startswith(_OWN_IDS):
            return finding
        return replace(finding, message=portuguese(finding.message))

    def told(step: Check) -> Check:
        if step.advisory:
            return step
        reason = None if step.reason is None else portuguese(step.reason)
        return replace(step, findings=tuple(map(said, step.findings)), reason=reason)

    return replace(report, checks=tuple(map(told, report.checks)))
