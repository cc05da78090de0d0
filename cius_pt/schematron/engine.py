# SPDX-License-Identifier: MIT
"""Runs compiled rule sets over documents.

`load` compiles, `Rules.check` judges a document that `xmlio.parse` has read,
`Rules.run` is the same without words: hits as (assertion, element). Unknown is never
clean: an error inside the rules, an output without its closing line, a Saxon that
gives up all end as SKIPPED, never as PASSED.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import etree

from cius_pt import libxml2, xmlio
from cius_pt.encoding import decoded
from cius_pt.errors import ArtefactError
from cius_pt.findings import (
    NOWHERE,
    Check,
    Finding,
    Location,
    Outcome,
    Severity,
    outcome_of,
)
from cius_pt.schematron import notes, svrl, worker
from cius_pt.schematron.cache import stored
from cius_pt.schematron.merged import Merged
from cius_pt.schematron.numbers import MAX_DIGITS, endless
from cius_pt.schematron.session import Failure
from cius_pt.schematron.stylesheet import Stylesheet
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from cius_pt.schematron.stylesheet import AssertionInfo
    from cius_pt.schematron.worker import Saxon
    from cius_pt.xmlio import XmlDocument

RULES_ABORTED = "CP-RULES-01"
ENDLESS_NUMBER = "CP-RULES-02"
STEP = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One assertion that does not hold, at one node.

    `element` counts elements in document order from 0; `attribute` is the expanded
    name (``{uri}local``) when the node is an attribute of that element. `number` is
    the assertion's place in the rule set.
    """

    rule: str
    number: int
    element: int
    attribute: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came out of one run: `complete` only when nothing is missing.

    `error` is a dynamic error of the rules that ended it, `place` the assertion
    where; `failure` is any other reason why nothing is known, `endless` the element
    with a number that is too long, when that is the reason.
    """

    hits: tuple[Hit, ...] = ()
    complete: bool = False
    error: str | None = None
    failure: str | None = None
    place: str | None = None
    endless: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """A rule set, compiled, ready to judge any number of documents from any thread."""

    label: str
    stylesheet: Stylesheet

    def check(self, document: XmlDocument) -> Check:
        """Judge a document: the step ``rules`` of a report."""
        begin = time.perf_counter()
        run = self.judge(document.utf8)
        findings = self._findings(document, run)
        outcome = outcome_of(findings) if run.complete else Outcome.SKIPPED
        return Check(
            name=STEP,
            version=self.label,
            outcome=outcome,
            findings=findings,
            seconds=time.perf_counter() - begin,
            reason=None if run.complete else _reason(run),
        )

    def run(self, data: bytes) -> Run:
        """Run the rules over any XML document, in any encoding we read.

        Raises `UnreadableDocument` when it is not one or has a DTD.
        """
        xmlio.tree(data)
        utf8, _ = decoded(data, xmlio.MAX_BYTES)
        return self.judge(utf8)

    def judge(self, utf8: bytes) -> Run:
        """Run the rules over the `utf8` of a document that `xmlio` has accepted."""
        output = self._output(utf8)
        if isinstance(output, Run):
            return output
        if self.stylesheet.output == "svrl":
            return _from_svrl(self.stylesheet, output, utf8)
        return _from_records(self.stylesheet, output)

    def svrl(self, data: bytes) -> bytes:
        """Return the SVRL report of a document, to look at or to compare with others.

        Only of a rule set that was loaded with ``optimise=False``. Raises
        `ArtefactError` when it was not or when the rules stopped with an error.
        """
        if self.stylesheet.output != "svrl":
            raise ArtefactError("only a rule set loaded without optimising writes SVRL")
        xmlio.tree(data)
        output = self._output(decoded(data, xmlio.MAX_BYTES)[0])
        if isinstance(output, Run):
            raise ArtefactError(_reason(output))
        return output.encode()

    def _output(self, utf8: bytes) -> str | Run:
        """Return what the stylesheet wrote, or why it wrote nothing."""
        if (element := endless(utf8)) is not None:
            reason = f"a number has more than {MAX_DIGITS:,} digits"
            return Run(failure=reason, endless=element)
        # Saxon takes text only, and then does not mind what the document declares.
        text = utf8.decode()
        sheet = self.stylesheet

        def task(session: Saxon) -> str | Failure:
            return session.compile(sheet.hash, sheet.xslt) or session.transform(
                sheet.hash, text
            )

        try:
            result: str | Failure = worker.call(task)
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing was judged
            return Run(failure=f"the engine failed: {type(error).__name__}: {error}")
        return _aborted(sheet, result) if isinstance(result, Failure) else result

    def _findings(self, document: XmlDocument, run: Run) -> tuple[Finding, ...]:
        places = document.locations({hit.element for hit in run.hits})
        found = [
            Finding(
                rule=hit.rule,
                severity=self.stylesheet.assertions[hit.number].severity,
                message=hit.message,
                location=_location(places[hit.element], hit.attribute),
            )
            for hit in run.hits
        ]
        if run.error is not None:
            found.append(_fatal(RULES_ABORTED, run, NOWHERE))
        elif run.endless is not None:
            place = document.locations([run.endless])[run.endless]
            found.append(_fatal(ENDLESS_NUMBER, run, place))
        return tuple(found)


def load(
    entry: Path,
    label: str,
    *,
    optimise: bool = True,
    cache: Path | None = None,
    content: bytes | None = None,
) -> Rules:
    """Read and compile a rule set; with `optimise` false, the literal translation.

    `cache` is a folder where the translation is kept for other processes, `content`
    what `entry` holds when it is not on the disk. Raises `ArtefactError` when the rule
    set cannot be read, uses something unsupported or has an expression that Saxon
    rejects.
    """
    files = Merged(entry, content)
    if not optimise:
        sheet = _literal(files)
    elif cache is None:
        sheet = _lean(files)
    else:
        sheet = stored(cache, files, _lean)

    def task(session: Saxon) -> Failure | None:
        return session.compile(sheet.hash, sheet.xslt)

    failure = worker.call(task)
    if isinstance(failure, Failure):
        trouble = notes.read(failure)
        at = None if trouble.line is None else sheet.assertion_at(trouble.line)
        where = at.place if at else entry.name
        raise ArtefactError(f"{where}: cannot be compiled: {trouble}")
    return Rules(label=label, stylesheet=sheet)


# Late imports: a process that finds its rules translated needs no translator.


def _lean(files: Merged) -> Stylesheet:
    from cius_pt.schematron.compiler import compile_lean  # noqa: PLC0415
    from cius_pt.schematron.source import read  # noqa: PLC0415

    return compile_lean(read(files))


def _literal(files: Merged) -> Stylesheet:
    from cius_pt.schematron.plain import compile_plain  # noqa: PLC0415
    from cius_pt.schematron.source import read  # noqa: PLC0415

    return compile_plain(read(files))


def _fatal(rule: str, run: Run, place: Location) -> Finding:
    return Finding(
        rule=rule, severity=Severity.FATAL, message=_reason(run), location=place
    )


def _reason(run: Run) -> str:
    if run.error is None:
        return run.failure or "nothing is known"
    where = f" in {run.place}" if run.place else ""
    return f"the rules stopped with an error{where}: {run.error}"


def _location(location: Location, attribute: str | None) -> Location:
    if attribute is None:
        return location
    name = etree.QName(attribute).localname
    return Location(
        xpath=f"{location.xpath}/@{name}",
        path=location.path,
        line=location.line,
        column=location.column,
    )


def _aborted(sheet: Stylesheet, failure: Failure) -> Run:
    trouble = notes.read(failure)
    if not trouble.dynamic:
        return Run(failure=f"Saxon gave up: {trouble}")
    at = None if trouble.line is None else sheet.assertion_at(trouble.line)
    return Run(error=str(trouble), place=at.rule if at else None)


def _from_records(sheet: Stylesheet, output: str) -> Run:
    *records, last = output.split("\n")
    if last != f"#{len(sheet.assertions)}":
        return Run(failure="the rules did not run to their end; nothing is known")
    found = (_hit(sheet, record) for record in records)
    seen: set[tuple[int, int]] = set()
    hits = tuple(
        hit
        for hit in found
        if hit.number not in sheet.once or _first(seen, (hit.number, hit.element))
    )
    return Run(hits=hits, complete=True)


def _first(seen: set[tuple[int, int]], what: tuple[int, int]) -> bool:
    """Whether this is new, and remember it."""
    before = len(seen)
    seen.add(what)
    return len(seen) > before


def _hit(sheet: Stylesheet, record: str) -> Hit:
    head, _, message = record.partition(" =")
    number, element, *attribute = head.split(" ")
    info: AssertionInfo = sheet.assertions[int(number)]
    return Hit(
        rule=info.rule,
        number=int(number),
        element=int(element),
        attribute=svrl.expanded(unquote(attribute[0][1:])) if attribute else None,
        message=unquote(message).strip() if info.message is None else info.message,
    )


def _from_svrl(sheet: Stylesheet, output: str, utf8: bytes) -> Run:
    root = libxml2.read(utf8)
    numbers = {element: n for n, element in enumerate(root.iter("*"))}
    hits = []
    for found in svrl.parse(output.encode()):
        element, attribute = svrl.locate(root, found.location)
        number = found.number or 0
        hits.append(
            Hit(
                rule=sheet.assertions[number].rule,
                number=number,
                element=numbers[element],
                attribute=attribute,
                message=found.text,
            )
        )
    return Run(hits=tuple(hits), complete=True)
