# SPDX-License-Identifier: MIT
"""Unit tests for rule sets, in the form in which CEN publishes those of EN 16931.

A ``testSet`` has tests; a test has a fragment of a document and says which rules
must hold on it (``success``), which must fire as ``error`` or as ``warning``, and with
``number`` how often. ``scope`` names rules that are looked at in every test of the
set: of these nothing may fire that the test does not expect.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, Literal, NoReturn

from lxml import etree

from cius_pt import xmlio
from cius_pt.errors import ArtefactError, UnreadableDocument
from cius_pt.findings import Outcome, Severity
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cius_pt.schematron.engine import Rules

NAMESPACE: Final = "http://difi.no/xsd/vefa/validator/1.0"
_SEVERITIES: Final = {
    "fatal": Severity.FATAL,
    "error": Severity.FATAL,
    "warning": Severity.WARNING,
}

Expected = Literal["success", "fatal", "error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a test says of one rule; `number` is None for at least once."""

    rule: str
    expected: Expected
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTest:
    """One test of a set, counted from 1: a fragment and what must come of it."""

    number: int
    line: int
    description: str
    expectations: tuple[Expectation, ...]
    scope: frozenset[str]
    fragment: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a test: the expectations that do not hold, in words.

    `empty` are rules that must not fire and do not exist. SKIPPED, with the reason,
    when the rules could not be run to their end.
    """

    outcome: Outcome
    problems: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    reason: str | None = None


def load(path: Path) -> tuple[UnitTest, ...]:
    """Read the tests of a file; raises `ArtefactError` with file and line."""
    try:
        root = xmlio.tree(path.read_bytes())
    except OSError as error:
        raise ArtefactError(f"{path}: cannot be read: {error.strerror}") from None
    except UnreadableDocument as error:
        raise ArtefactError(f"{path}: {error}") from None
    if root.tag != _name("testSet"):
        raise ArtefactError(f"{path}: this is not a testSet of {NAMESPACE}")
    return tuple(_Reader(path, root).tests())


def run(rules: Rules, test: UnitTest) -> Verdict:
    """Run a rule set over the fragment of a test and compare."""
    try:
        done = rules.run(test.fragment)
    except UnreadableDocument as error:
        return Verdict(outcome=Outcome.SKIPPED, reason=str(error))
    if not done.complete:
        why = done.error or done.failure or "nothing is known"
        return Verdict(outcome=Outcome.SKIPPED, reason=why)
    known = {info.rule for info in rules.stylesheet.assertions}
    fired = Counter(
        (hit.rule, rules.stylesheet.assertions[hit.number].severity)
        for hit in done.hits
    )
    problems = tuple(_problems(test, known, fired))
    return Verdict(
        outcome=Outcome.FAILED if problems else Outcome.PASSED,
        problems=problems,
        empty=tuple(
            e.rule
            for e in test.expectations
            if e.rule not in known and e.expected == "success"
        ),
    )


def _problems(
    test: UnitTest, known: set[str], fired: Counter[tuple[str, Severity]]
) -> Iterator[str]:
    left = Counter(fired)
    for expectation in test.expectations:
        rule = expectation.rule
        severity = _SEVERITIES.get(expectation.expected)
        if severity is None:
            continue  # whatever is left of it at the end is too much
        if rule not in known:
            yield f"{rule}: must fire as {severity}, and there is no such rule"
            continue
        times = left.pop((rule, severity), 0)
        number = expectation.number
        if not times or number not in {None, times}:
            wanted = "" if number is None else f" {_times(number)}"
            got = _times(times) if times else "not"
            yield f"{rule}: must fire as {severity}{wanted}, and did {got}"
    mentioned = test.scope | {e.rule for e in test.expectations}
    for (rule, severity), times in left.items():
        if rule in mentioned:
            yield f"{rule}: must not fire as {severity}, and did {_times(times)}"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"


class _Reader:
    """One reading of one file."""

    def __init__(self, path: Path, root: etree._Element) -> None:
        self._path = path
        self._root = root

    def tests(self) -> Iterator[UnitTest]:
        scope: frozenset[str] = frozenset()
        number = 0
        for child in self._root.iterchildren(etree.Element):
            if child.tag == _name("assert"):
                scope |= {_text(e) for e in child.iterchildren(_name("scope"))}
            elif child.tag == _name("test"):
                number += 1
                yield self._test(child, number, scope)
            else:
                self._refuse(child)

    def _test(
        self, element: etree._Element, number: int, scope: frozenset[str]
    ) -> UnitTest:
        stated, fragment = None, None
        for child in element.iterchildren(etree.Element):
            if child.tag == _name("assert") and stated is None:
                stated = child
            elif fragment is None and etree.QName(child).namespace != NAMESPACE:
                fragment = child
            else:
                self._refuse(child)
        if stated is None or fragment is None:
            self._refuse(element, "a test has one assert and one fragment")
        descriptions = stated.iterchildren(_name("description"))
        expectations = tuple(self._expectations(stated))
        if not expectations:
            self._refuse(stated, "nothing is expected")
        return UnitTest(
            number=number,
            line=_line(element),
            description=" ".join(map(_text, descriptions)),
            expectations=expectations,
            scope=scope,
            fragment=etree.tostring(fragment, with_tail=False),
        )

    def _expectations(self, stated: etree._Element) -> Iterator[Expectation]:
        for child in stated.iterchildren(etree.Element):
            name = etree.QName(child).localname
            if child.tag == _name("description"):
                continue
            if child.tag != _name(name) or name not in {"success", *_SEVERITIES}:
                self._refuse(child)
            expected: Expected = name  # type: ignore[assignment]
            number = child.get("number")
            if number is not None and not (number.isascii() and number.isdigit()):
                self._refuse(child, f"number={number!r}")
            yield Expectation(
                rule=_text(child),
                expected=expected,
                number=None if number is None else int(number),
            )

    def _refuse(
        self, element: etree._Element, what: str = "it does not belong here"
    ) -> NoReturn:
        name = etree.QName(element).localname
        raise ArtefactError(f"{self._path}, line {_line(element)}: <{name}>: {what}")


def _text(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _line(element: etree._Element) -> int:
    found: object = element.sourceline  # the stubs do not know its type
    return found if isinstance(found, int) else 1
