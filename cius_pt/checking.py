# SPDX-License-Identifier: MIT
"""The check journey: bytes → well-formed → schema → rules → report.

Two parses in all: libxml2's (lxml) and Saxon's. Nothing raises because of what a
document says, and a step that could not run is SKIPPED with the reason: it is never
passed.

The public function is `cius_pt.check`. This module has another name because a
submodule takes the place of a function of the same name in its package as soon as
anyone imports it.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cius_pt import artefacts, forks, schema, xmlio
from cius_pt.errors import ArtefactError, InvalidValue, UnreadableDocument
from cius_pt.findings import Check, Finding, Location, Outcome, Report, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

    from cius_pt.artefacts import RuleSetInfo
    from cius_pt.rules.entry import Language
    from cius_pt.schematron.engine import Rules
    from cius_pt.ubl.read import Step
    from cius_pt.xmlio import XmlDocument

    Document = bytes | os.PathLike[str] | Callable[[], bytes]

WELL_FORMED = "well-formed"
SCHEMA = "schema"
RULES = "rules"

# How the label of a rule set begins that comes with this package.
_OURS = "rulebook "
_UNREAD = "the document could not be read"
_MISPLACED = (
    "the document is not what the schema allows, and rules cannot see elements that "
    "stand in the wrong place; correct the schema errors first"
)


def check(data: bytes, *, rules: str = "auto", lang: Language = "en") -> Report:
    """Check a document as a receiver would; every problem is a value in the report.

    `rules` is ``auto`` (the newest published set that is installed, else the one that
    comes with this package), the name of a rule set, or the path of one. A rule set
    is loaded once per process and choice. `lang` is the language of the hints, and of
    the messages of our own rules.
    Raises `InvalidValue` for what is not bytes, and nothing else.
    """
    _require_bytes(data)
    if forks.torn():
        return not_read(forks.TORN)
    with forks.held_off():
        return _checked(data, rules, lang)


def _checked(data: bytes, rules: str, lang: Language) -> Report:
    begin = time.perf_counter()
    try:
        document = xmlio.parse(data)
    except UnreadableDocument as error:
        return unreadable(error, seconds=time.perf_counter() - begin, lang=lang)
    except Exception as error:  # noqa: BLE001 - unknown is never clean, nor a crash
        return not_read(_unexpected(error))
    well_formed = Check(
        name=WELL_FORMED,
        outcome=_outcome(document.findings),
        findings=document.findings,
        seconds=time.perf_counter() - begin,
    )
    placer = _Placer(document)
    valid = _step(SCHEMA, placer, lambda: schema.check(document))
    if valid.outcome is Outcome.FAILED:
        judged = _spared(RULES, SCHEMA, _MISPLACED)
    else:
        judged = _step(RULES, placer, lambda: _rules(rules).check(document))
    return _advised(Report(checks=(well_formed, valid, judged)), lang)


def judge(document: Document, *, rules: str = "auto", lang: Language = "en") -> Report:
    """Check a document that may still have to be read; there is always a report.

    It is bytes, a path, or a function without arguments that returns bytes.
    """
    try:
        data = _read(document)
        _require_bytes(data)
    except UnreadableDocument as error:
        return unreadable(error, lang=lang)
    except OSError as error:
        said = error.strerror or type(error).__name__
        return not_read(f"cannot be read: {said}")
    except Exception as error:  # noqa: BLE001 - the others go on
        return not_read(f"cannot be read: {type(error).__name__}: {error}")
    return check(data, rules=rules, lang=lang)


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
    error: UnreadableDocument, *, seconds: float = 0.0, lang: Language = "en"
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
    spared = (_spared(name, WELL_FORMED, _UNREAD) for name in (SCHEMA, RULES))
    return _advised(Report(checks=(failed, *spared)), lang)


def not_read(reason: str) -> Report:
    """Return the report on a document that nobody has looked at, and why."""
    return Report(
        checks=tuple(_skipped(name, reason) for name in (WELL_FORMED, SCHEMA, RULES))
    )


def _step(name: str, placer: _Placer, run: Callable[[], Check]) -> Check:
    """Run one step; whatever goes wrong in it, the step is skipped and says so."""
    begin = time.perf_counter()
    try:
        done = run()
    except ArtefactError as error:
        return _skipped(name, str(error), time.perf_counter() - begin)
    except Exception as error:  # noqa: BLE001 - unknown is never clean, nor a crash
        return _skipped(name, _unexpected(error), time.perf_counter() - begin)
    return replace(done, findings=tuple(map(placer.place, done.findings)))


def _outcome(findings: tuple[Finding, ...]) -> Outcome:
    fatal = any(finding.severity is Severity.FATAL for finding in findings)
    return Outcome.FAILED if fatal else Outcome.PASSED


def _skipped(name: str, reason: str, seconds: float = 0.0) -> Check:
    line = " ".join(reason.split())
    return Check(name=name, outcome=Outcome.SKIPPED, reason=line, seconds=seconds)


def _spared(name: str, failed: str, reason: str) -> Check:
    return replace(_skipped(name, reason), spared_by=failed)


def _unexpected(error: Exception) -> str:
    said = xmlio.cut(f"{type(error).__name__}: {error}".removesuffix(": "))
    return f"the step broke off with an internal error: {said}"


def _advised(report: Report, lang: Language) -> Report:
    """Return the report with a hint in every finding whose rule is known."""
    if not report.findings:
        return report
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
        findings = tuple(map(advised, step.findings))
        if step.name == RULES and step.version.startswith(_OURS):
            findings = tuple(map(said, findings))
        return replace(step, findings=findings)

    return replace(report, checks=tuple(map(told, report.checks)))


# --- places in the model -----------------------------------------------------------


class _Placer:
    """Gives findings the field of our model and the term their element stands for."""

    def __init__(self, document: XmlDocument) -> None:
        self._document = document
        self._steps: dict[etree._Element, Step] | None = None

    def place(self, finding: Finding) -> Finding:
        """Return the finding with path and term, as far as they can be known."""
        element = self._document.element_at(finding.location)
        if element is None:
            return finding
        path, bt = self._of(element)
        place = replace(finding.location, path=finding.location.path or path or None)
        return replace(finding, bt=finding.bt or bt, location=place)

    def _of(self, element: etree._Element) -> tuple[str | None, str | None]:
        """Return path and term of the element, or of what it is a part of.

        An element that the table does not know is a part of its nearest ancestor
        that it does; and an element with no term of its own (``cac:Country``) has
        the term of the group that stands at the same path.
        """
        path: str | None = None
        here: etree._Element | None = element
        while here is not None:
            step = self._known().get(here)
            if step is not None and path not in {None, step.path}:
                break
            if step is not None:
                path = step.path
                if step.bt is not None:
                    return path, step.bt
            here = here.getparent()
        return path, None

    def _known(self) -> dict[etree._Element, Step]:
        """Walk the document, once, when the first finding asks."""
        if self._steps is None:
            try:
                # Late: who has no finding to place does without the binding table.
                from cius_pt.ubl.read import trace  # noqa: PLC0415

                self._steps = trace(self._document)
            except Exception:  # noqa: BLE001 - a finding without a path is a finding
                self._steps = {}
        return self._steps


# --- rule sets, once per process ---------------------------------------------------

_lock = threading.Lock()
_loaded: dict[tuple[str, Path], Rules] = {}


def _rules(choice: str) -> Rules:
    """Return the compiled rule set of a choice; raises `ArtefactError`.

    A failure is not kept: who installs the rule set can go on in the same process.
    """
    # What a choice means hangs on two settings that a process can change.
    path = Path(choice)
    key = str(path.resolve()) if path.exists() else choice, artefacts.home()
    loaded = _loaded.get(key)
    if loaded is None:
        with _lock:
            chosen = artefacts.resolve(choice)
            if chosen.standing == "built in":
                # Not as "auto": that changes as soon as a published set is installed.
                key = chosen.name, key[1]
            loaded = _loaded.get(key)
            if loaded is None:
                loaded = _loaded[key] = _load(chosen)
    return loaded


def _load(chosen: RuleSetInfo) -> Rules:
    # Late: the engine's XPath reader is not needed where no rules are run.
    from cius_pt.schematron import rulesets  # noqa: PLC0415

    loaded = rulesets.load(chosen, cache=artefacts.cache_folder())
    if not loaded.stylesheet.assertions:
        # It would pass every document, having looked at nothing.
        raise ArtefactError(f"the rule set {chosen.label} has no rules")
    return loaded


def _forget_lock() -> None:
    """In a forked child: the thread that held the lock is not there."""
    global _lock  # noqa: PLW0603 - one per process is the point
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_lock)
