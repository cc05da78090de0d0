# SPDX-License-Identifier: MIT
"""SVRL, the report language of ISO Schematron (19757-3, annex D).

Only what the plain translation writes is read here: failed assertions and successful
reports with their places. Both mean that something is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from cius_pt.schematron.stylesheet import RESERVED_URI
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

SVRL = "http://purl.oclc.org/dsdl/svrl"

_NUMBER = f"{{{RESERVED_URI}}}assertion"
_WRONG = (f"{{{SVRL}}}failed-assert", f"{{{SVRL}}}successful-report")


@dataclass(frozen=True, slots=True, kw_only=True)
class SvrlHit:
    """One ``failed-assert`` or ``successful-report``.

    `number` is the assertion's place in the rule set, where our translation wrote it.
    """

    number: int | None
    report: bool
    id: str
    flag: str
    role: str
    location: str
    text: str


def parse(svrl: bytes) -> tuple[SvrlHit, ...]:
    """Return the hits of an SVRL document, in the order in which they stand."""
    root = etree.fromstring(svrl, etree.XMLParser(resolve_entities=False))
    return tuple(
        SvrlHit(
            number=int(number) if (number := element.get(_NUMBER)) else None,
            report=element.tag == _WRONG[1],
            id=element.get("id", ""),
            flag=element.get("flag", ""),
            role=element.get("role", ""),
            location=element.get("location", ""),
            text="".join(map(str, element.itertext())).strip(),
        )
        for element in root.iter(*_WRONG)
    )


def locate(root: etree._Element, location: str) -> tuple[etree._Element, str | None]:
    """Return the element an ``fn:path`` location means, and an attribute's name.

    A text, comment or processing instruction is placed at its parent, the document
    at its root element. Raises ValueError when the location is not in the document.
    """
    here: etree._Element | None = None
    for step in _steps(location):
        if step.startswith("@"):
            return _found(here, location), expanded(step[1:])
        name, _, position = step.rpartition("[")
        if name.endswith(")"):
            break
        wanted = expanded(name)
        children = [root] if here is None else list(here)
        same = [child for child in children if child.tag == wanted]
        if int(position[:-1]) > len(same):
            raise ValueError(f"no such place in the document: {location}")
        here = same[int(position[:-1]) - 1]
    return (root if here is None else here), None


def _found(element: etree._Element | None, location: str) -> etree._Element:
    if element is None:
        raise ValueError(f"an attribute without an element: {location}")
    return element


def _steps(location: str) -> Iterator[str]:
    """Split at slashes that are not inside the braces of a namespace."""
    step, depth = "", 0
    for character in location:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "/" and not depth:
            if step:
                yield step
            step = ""
        else:
            step += character
    if step:
        yield step


def expanded(name: str) -> str:
    """Turn ``Q{uri}name`` into ``{uri}name``, or into ``name`` without a namespace."""
    plain = name.removeprefix("Q")
    return plain.removeprefix("{}") if plain.startswith("{") else plain
