# SPDX-License-Identifier: MIT
"""What a document says, by the paths of the model; half a document says something, too.

The invoice gives it when there is one. Otherwise the elements do, each as it is
written: what is missing or cannot be held is not made up.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from cius_pt.ubl.read import traced
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.ubl.trace import Step, Trace
    from cius_pt.xmlio import XmlDocument

_ITEM: Final = re.compile(r"\[\d+\](~\d+)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The texts of a document by path; `whole` when the model could hold it all.

    A line that could not be read leaves its number to the next one: the second of that
    number has "~2" behind its path, and `unsure` are the numbers given twice.
    """

    texts: Mapping[str, str]
    whole: bool
    unsure: frozenset[str] = frozenset()


def said(document: XmlDocument) -> Said:
    """Return what a document says."""
    reading, trace = traced(document)
    if reading.complete:
        return Said(texts=dict(_flat("", reading.invoice)), whole=True)
    return _of_elements(trace)


def _flat(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if is_dataclass(value):
        for field in fields(value):
            # What is not compared says how it was written, not what.
            if field.compare:
                below = f"{path}.{field.name}" if path else field.name
                yield from _flat(below, getattr(value, field.name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _flat(f"{path}[{index}]", item)
    else:
        yield path, _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return str(len(value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value.value) if isinstance(value, Enum) else str(value)


def _of_elements(trace: Trace) -> Said:
    texts: dict[str, str] = {}
    times: dict[str, int] = {}
    for step in trace.steps():
        text = (step.element.text or "").strip()
        if len(step.element):
            if _ITEM.search(step.path) and _begins(step, trace):
                times[step.path] = times.get(step.path, 0) + 1
        elif text:
            path = _renamed(step.path, times)
            if path.rpartition(".")[2] == "content":
                text = str(len(text) * 3 // 4)
            texts.setdefault(path, text)
    unsure = frozenset(path for path, number in times.items() if number > 1)
    return Said(texts=texts, whole=False, unsure=unsure)


def _begins(step: Step, trace: Trace) -> bool:
    """Whether this element is the item itself, not a group inside of it."""
    parent = step.element.getparent()
    above = None if parent is None else trace.step(parent)
    return above is None or above.path != step.path


def _renamed(path: str, times: Mapping[str, int]) -> str:
    """Return the path in the item that is being read, which may have its number."""
    owner, dot, rest = path.partition("].")
    number = times.get(f"{owner}]", 0) if dot else 0
    return path if number < 2 else f"{owner}]~{number}.{rest}"  # noqa: PLR2004
