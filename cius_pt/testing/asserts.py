# SPDX-License-Identifier: MIT
"""Assertions about documents that say, when they fail, what is wrong and where."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from cius_pt.checking import check
from cius_pt.errors import FindingsError, UnreadableDocument
from cius_pt.findings import Severity
from cius_pt.ubl.read import read
from cius_pt.xmlio import cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.findings import Finding, Report
    from cius_pt.model import Invoice

_AROUND = 2
_WIDTH = 100
_MOST = 20
_ABSENT = "(absent)"


def assert_conforms(document: bytes, *, rules: str = "auto") -> None:
    """Fail unless `check` finds that the document conforms.

    The failure shows each fatal finding with its rule, its place, the message and
    the lines of the document around it, and each step that could not be run.
    """
    __tracebackhide__ = True
    report = check(document, rules=rules)
    if not report.conforms:
        raise AssertionError(told(document, report))


def assert_breaks(document: bytes, *rules: str, using: str = "auto") -> None:
    """Fail unless exactly these fatal rules are broken; ``using`` names the rule set.

    >>> assert_breaks(b"no document", "CP-XML-03")
    """
    __tracebackhide__ = True
    report = check(document, rules=using)
    broken = {finding.rule for finding in _fatal(report)}
    if broken == set(rules):
        return
    missed, more = sorted(set(rules) - broken), sorted(broken - set(rules))
    lines = [f"the document should break {', '.join(rules) or 'no fatal rule'}"]
    lines += [f"not broken: {', '.join(missed)}"] if missed else []
    lines += [f"broken as well: {', '.join(more)}"] if more else []
    shown = "" if report.conforms else f"\n{told(document, report)}"
    raise AssertionError("\n".join(lines) + shown)


def assert_same_invoice(first: bytes | Invoice, second: bytes | Invoice) -> None:
    """Fail unless two documents say the same invoice, whatever their XML is like.

    The failure lists every field that differs by its path in the model.
    """
    __tracebackhide__ = True
    pair = _invoice(first, "first"), _invoice(second, "second")
    found = list(_differences("", *pair))
    if found:
        shown = found[:_MOST]
        more = len(found) - len(shown)
        shown += [f"and {more} more"] if more else []
        raise AssertionError("two invoices that differ:\n" + "\n".join(shown))


def told(document: bytes, report: Report) -> str:
    """Return what a report has against a document, the lines around it included."""
    text = document.decode(errors="replace").splitlines()
    fatal = _fatal(report)
    parts = ["the document does not conform to CIUS-PT"]
    parts += ["\n".join(_shown(finding, text)) for finding in fatal[:_MOST]]
    if len(fatal) > _MOST:
        parts.append(f"and {len(fatal) - _MOST} more fatal findings")
    parts += [
        f"step {step.name} was skipped: {step.reason}"
        for step in report.checks
        if not step.explained and not step.advisory
    ]
    return "\n\n".join(parts)


def _fatal(report: Report) -> list[Finding]:
    steps = (step for step in report.checks if not step.advisory)
    found = (finding for step in steps for finding in step.findings)
    return [finding for finding in found if finding.severity is Severity.FATAL]


def _shown(finding: Finding, text: list[str]) -> Iterator[str]:
    place = finding.location
    where = place.path or place.xpath
    yield f"{finding.rule}: {cut(finding.message)}"
    if where or place.line:
        line = f", line {place.line}" if place.line else ""
        yield f"  at {where or 'the document'}{line}"
    if finding.hint:
        yield f"  {cut(finding.hint)}"
    if place.line:
        for number in range(place.line - _AROUND, place.line + _AROUND + 1):
            if 1 <= number <= len(text):
                mark = ">" if number == place.line else " "
                yield f"  {mark} {number:4} | {cut(text[number - 1], _WIDTH)}"


def _invoice(side: bytes | Invoice, name: str) -> Invoice:
    __tracebackhide__ = True
    if not isinstance(side, bytes):
        return side
    try:
        return read(side).invoice
    except (FindingsError, UnreadableDocument) as error:
        raise AssertionError(f"the {name} one is no invoice: {error}") from None


def _differences(path: str, first: Any, second: Any) -> Iterator[str]:
    """Yield each leaf in which two values differ."""
    if is_dataclass(first) and type(first) is type(second):
        # What takes no part in comparisons is no part of what the invoice says.
        for field in (f for f in fields(first) if f.compare):
            below = f"{path}.{field.name}" if path else field.name
            values = getattr(first, field.name), getattr(second, field.name)
            yield from _differences(below, *values)
    elif isinstance(first, tuple) and isinstance(second, tuple):
        for number, pair in enumerate(zip_longest(first, second, fillvalue=_ABSENT)):
            yield from _differences(f"{path}[{number}]", *pair)
    elif first != second:
        yield f"  {path}: {_value(first)} ≠ {_value(second)}"


def _value(value: Any) -> str:
    return _ABSENT if value is None or value == _ABSENT else cut(repr(value), _WIDTH)
