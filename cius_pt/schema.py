# SPDX-License-Identifier: MIT
"""The XSD step: whether a document is what the UBL 2.1 schema allows.

The tree of a document with few elements is asked first, as most have few and are valid.
Otherwise libxml2 validates while it reads the bytes once more, without building a tree:
validating a tree asks for the path of every error, which counts siblings and is
quadratic in a long invoice with many errors. The first pass only counts; only when
there are errors a second one notes at which element each arose. A process that has
not compiled the whole schema tries the narrow part of it first (`cius_pt.narrow`).
"""

from __future__ import annotations

import os
import re
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from cius_pt import artefacts, narrow
from cius_pt.errors import ArtefactError
from cius_pt.findings import Check, Finding, Location, Outcome, Severity, outcome_of
from cius_pt.libxml2 import parser_options
from cius_pt.overlooked import repeated_ids, stray_base64
from cius_pt.xmlio import CAC, CBC, at, cut, display_name, tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cius_pt.xmlio import Kind, XmlDocument

RULES: Final[Mapping[str, str]] = {
    "CP-XSD-01": "an element or text stands where the schema does not allow it",
    "CP-XSD-02": "the content of an element does not have its type",
    "CP-XSD-03": "an attribute is unknown, missing or does not have its type",
    "CP-XSD-04": "there are more schema errors than are listed",
    "CP-XSD-05": "what only a signature makes invalid is passed over",
}
"""Every rule id of this module with its meaning; ids are never renumbered."""

MAX_FINDINGS: Final = 1_000
_DSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
# Each error costs some 400 bytes in libxml2's log; beyond this we stop counting.
_MAX_COUNTED: Final = 100_000
_PIECE: Final = 32 * 1024
# An element has one or two tags. What is long, but has few of them, is so by its
# attachments.
_MANY_TAGS: Final = 32 * 1024

_TYPES: Final = etree.ErrorTypes
_SCHEMA_DOMAIN: Final = etree.ErrorDomains.SCHEMASV
_ATTRIBUTE_ERRORS: Final = frozenset(
    {
        _TYPES.SCHEMAV_CVC_COMPLEX_TYPE_3_1,
        _TYPES.SCHEMAV_CVC_COMPLEX_TYPE_3_2_1,
        _TYPES.SCHEMAV_CVC_COMPLEX_TYPE_3_2_2,
        _TYPES.SCHEMAV_CVC_COMPLEX_TYPE_4,
        _TYPES.SCHEMAV_CVC_COMPLEX_TYPE_5_1,
        _TYPES.SCHEMAV_CVC_COMPLEX_TYPE_5_2,
        _TYPES.SCHEMAV_CVC_TYPE_3_1_1,
    }
)
# These arise at the start tag of a child and are about its parent.
_ABOUT_PARENT: Final = frozenset(
    {
        _TYPES.SCHEMAV_CVC_COMPLEX_TYPE_2_1,
        _TYPES.SCHEMAV_CVC_COMPLEX_TYPE_2_2,
        _TYPES.SCHEMAV_CVC_TYPE_3_1_2,
    }
)
_SUBJECT: Final = re.compile(r"Element '[^']*'(?:, attribute '([^']*)')?: ", re.DOTALL)
_CLARK: Final = re.compile(r"\{([^{}]*)\}([^\s{}',()]+)")

_PASSED_OVER: Final = Finding(
    rule="CP-XSD-05",
    severity=Severity.INFO,
    message="The schema does not allow the signature so; its errors are passed over.",
)
# The number of an element, and what libxml2 says of it.
_Error = tuple[int, etree._LogEntry]  # noqa: SLF001 - its only name

_lock = threading.Lock()
_validators: dict[Kind, etree.XMLSchema] = {}


def check(document: XmlDocument) -> Check:
    """Validate a document against the UBL 2.1 schema of its kind.

    Every error is a FATAL finding, the first 1,000 of them listed; what arises from a
    signature alone is INFO and CP-XSD-05 says so. SKIPPED, with the reason, when the
    schema is missing.
    """
    started = time.perf_counter()
    try:
        findings = tuple(_judged(document))
        version = artefacts.schema_label(document.kind)
    except ArtefactError as error:
        return _skipped(str(error), started)
    except etree.LxmlError as error:
        return _skipped(f"the schema or document could not be read: {error}", started)
    return Check(
        name="schema",
        outcome=outcome_of(findings),
        version=version,
        findings=findings,
        seconds=time.perf_counter() - started,
    )


def _skipped(reason: str, started: float) -> Check:
    return Check(
        name="schema",
        outcome=Outcome.SKIPPED,
        seconds=time.perf_counter() - started,
        reason=reason,
    )


def _judged(document: XmlDocument) -> Iterator[Finding]:
    """Yield what is wrong with a document, or what is passed over."""
    kind = document.kind
    with _lock:
        quick = None if kind in _validators else narrow.validator(kind)
    if quick and not _count(document, quick):
        return _findings(document, 0, [], [])
    with _lock:
        validator = _whole(kind)
    total = _count(document, validator)
    errors = _located(document, validator) if total else []
    if errors and document.signed:
        return _findings(document, *_apart(document, validator, total, errors))
    return _findings(document, total, errors, [])


def _whole(kind: Kind) -> etree.XMLSchema:
    """Return the compiled schema; compiled once per process."""
    if kind not in _validators:
        _validators[kind] = etree.XMLSchema(file=str(artefacts.schema(kind).entry))
    return _validators[kind]


def _findings(
    document: XmlDocument, total: int, errors: list[_Error], pardoned: list[_Error]
) -> Iterator[Finding]:
    """Yield what libxml2 finds, in document order, then what it overlooks."""
    overlooked = [*stray_base64(document), *repeated_ids(document)]
    places = document.locations(
        [index for index, _ in (*errors, *pardoned)]
        + [index for index, *_ in overlooked]
    )
    for index, error in errors:
        yield _finding(document, error, places[index])
    for index, rule, attribute, message in overlooked[:MAX_FINDINGS]:
        yield Finding(
            rule=rule,
            severity=Severity.FATAL,
            message=message,
            location=at(places[index], attribute),
        )
    more = total - len(errors) + max(0, len(overlooked) - MAX_FINDINGS)
    if more:
        least = "at least " if total >= _MAX_COUNTED else ""
        yield Finding(
            rule="CP-XSD-04",
            severity=Severity.FATAL,
            message=f"There are {least}{more:,} more schema errors than those listed.",
            hint="Correct the errors listed first; one mistake often causes many.",
        )
    if pardoned:
        yield _PASSED_OVER
    for index, error in pardoned:
        found = _finding(document, error, places[index])
        yield replace(found, severity=Severity.INFO)


def _apart(
    document: XmlDocument,
    validator: etree.XMLSchema,
    total: int,
    errors: list[_Error],
) -> tuple[int, list[_Error], list[_Error]]:
    """Return the errors there are without the signatures, and those they cause.

    UBL 2.1 has one place for a signature and bundles XAdES 1.3.2 of 2009; most signers
    put theirs elsewhere or write newer properties. None writes elements of an invoice:
    rules would find them there, so a signature that holds some is not passed over.
    """
    # Late: only a signed document that the schema refuses needs it.
    from cius_pt.signature.strip import remains  # noqa: PLC0415

    rest = remains(document.utf8, document.root)
    if rest is None or _holds_invoice(document.root):
        return total, errors, []
    unsigned = replace(document, utf8=rest.utf8, root=tree(rest.utf8))
    total = _count(unsigned, validator)
    found = _located(unsigned, validator) if total else []
    own = [(rest.kept[index], error) for index, error in found]
    same = {(index, error.message) for index, error in own}
    return total, own, [e for e in errors if (e[0], e[1].message) not in same]


def _holds_invoice(root: etree._Element) -> bool:
    """Whether an element of an invoice stands inside a signature."""
    names = f"{{{CAC}}}*", f"{{{CBC}}}*"
    signatures = root.iter(f"{{{_DSIG}}}Signature")
    return any(next(found.iter(*names), None) is not None for found in signatures)


# --- libxml2 -------------------------------------------------------------------


class _Silent:
    """A parser target that keeps nothing: libxml2 reads and validates, no more."""

    def close(self) -> None:
        """End the document."""


class _EnoughError(Exception):
    """As many errors as are reported have been found."""


class _Locator:
    """A parser target that notes at which element each error arose.

    libxml2 tells the target of a tag or text first and validates it then; so what is
    new in the log at the next event belongs to the element of this one.
    """

    def __init__(self) -> None:
        self.parser: etree.XMLParser  # set afterwards: it is made with its target
        self.found: list[_Error] = []
        self._open: list[int] = []
        self._count = -1
        self._current = 0
        self._parent = 0
        self._seen = 0

    def start(self, _tag: str, _attributes: object) -> None:
        """Note what arose before, then a start tag."""
        self._note()
        self._count += 1
        self._parent = self._open[-1] if self._open else self._count
        self._open.append(self._count)
        self._current = self._count

    def data(self, _text: str) -> None:
        """Note what arose before, then text: it belongs to the open element."""
        self._note()
        self._current = self._open[-1]

    def end(self, _tag: str) -> None:
        """Note what arose before, then an end tag."""
        self._note()
        self._current = self._open.pop()

    def close(self) -> None:
        """Note what arose last."""
        self._note()

    def _note(self) -> None:
        log = _errors(self.parser)
        if len(log) == self._seen:
            return
        for error in log[self._seen :]:
            about_parent = error.type in _ABOUT_PARENT
            index = self._parent if about_parent else self._current
            self.found.append((index, error))
        self._seen = len(log)
        if len(self.found) >= MAX_FINDINGS:
            raise _EnoughError


def _errors(parser: etree.XMLParser) -> list[etree._LogEntry]:
    return list(parser.feed_error_log.filter_domains(_SCHEMA_DOMAIN))


def _reader(
    document: XmlDocument, validator: etree.XMLSchema, target: Any
) -> etree.XMLParser:
    options = parser_options(len(document.utf8))
    return etree.XMLParser(target=target, schema=validator, encoding="utf-8", **options)


def _count(document: XmlDocument, validator: etree.XMLSchema) -> int:
    """Return how many errors there are, or at least so many that we stop."""
    if _is_clear(document, validator):
        return 0
    parser = _reader(document, validator, _Silent())
    try:
        for start in range(0, len(document.utf8), _PIECE):
            parser.feed(document.utf8[start : start + _PIECE])
            if len(parser.feed_error_log) >= _MAX_COUNTED:
                break
        else:
            parser.close()
    except etree.XMLSyntaxError:
        # An invalid document ends like this. A reader that fails with no schema
        # error to show has not validated, and that is not a pass.
        if not _errors(parser):
            raise
    return len(_errors(parser))


def _is_clear(document: XmlDocument, validator: etree.XMLSchema) -> bool:
    """Whether a document of few elements is valid beyond doubt; False says nothing.

    The tree of a signed one is left alone: libxml2 would enter its IDs in it.
    """
    text = document.utf8
    # Of a text that is shorter than the limit there is nothing to count.
    many = len(text) > _MANY_TAGS and text.count(b"<") > _MANY_TAGS
    if document.signed or many:
        return False
    # A validator has one log of errors for all threads.
    with _lock:
        return bool(validator.validate(document.root))


def _located(document: XmlDocument, validator: etree.XMLSchema) -> list[_Error]:
    """Return the first errors with the numbers of their elements."""
    target = _Locator()
    target.parser = _reader(document, validator, target)
    try:
        for start in range(0, len(document.utf8), _PIECE):
            target.parser.feed(document.utf8[start : start + _PIECE])
        target.parser.close()
    except (_EnoughError, etree.XMLSyntaxError):
        pass  # the document is known to be invalid
    del target.parser  # parser and target hold each other
    return target.found[:MAX_FINDINGS]


# --- words ---------------------------------------------------------------------


def _finding(document: XmlDocument, error: etree._LogEntry, place: Location) -> Finding:
    subject = _SUBJECT.match(error.message)
    attribute = subject[1] if subject else None
    if attribute is not None or error.type in _ATTRIBUTE_ERRORS:
        rule = "CP-XSD-03"
    elif _is_value_error(error.type):
        rule = "CP-XSD-02"
    else:
        rule = "CP-XSD-01"
    return Finding(
        rule=rule,
        severity=Severity.FATAL,
        message=_message(document, error.message, subject.end() if subject else 0),
        location=at(place, attribute),
    )


def _is_value_error(kind: int) -> bool:
    """Whether an error is about the text of an element: type or facet."""
    first = _TYPES.SCHEMAV_CVC_DATATYPE_VALID_1_2_1
    last = _TYPES.SCHEMAV_CVC_ENUMERATION_VALID
    return int(first) <= kind <= int(last)


def _message(document: XmlDocument, text: str, subject: int) -> str:
    """Return libxml2's message with the usual prefixes and no long value in it."""
    start = text.find("'", subject) + 1
    end = text.rfind("' is not ", start)
    if start and end > start:
        text = text[:start] + cut(text[start:end], 80) + text[end:]
    elif start and not text.rstrip().endswith("."):
        # libxml2 itself cuts at 64,000 bytes, and with it the end of the sentence.
        text = f"{text[:start]}{cut(text[start:], 80)}' is not valid."
    own = etree.QName(document.root).namespace
    text = _CLARK.sub(lambda match: _shown(match[0], own), text)
    return cut(" ".join(text.split()), 2_000)


def _shown(tag: str, own: str | None) -> str:
    name = display_name(tag, own)
    return tag if name.startswith("*") else name


def _forget_lock() -> None:
    """In a forked child: the thread that held the lock is not there."""
    global _lock  # noqa: PLW0603 - one per process is the point
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_lock)
