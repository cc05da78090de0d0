# SPDX-License-Identifier: MIT
"""Runs a Schematron that others compiled, as it is, in the Saxon of this process.

Such a stylesheet writes SVRL in the style of the ISO skeleton: its places are XPath
steps with a namespace test, and every rule that fired says so. An output in which none
did has judged nothing.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from lxml import etree

from cius_pt.schematron import notes, svrl, worker
from cius_pt.schematron.numbers import endless
from cius_pt.schematron.session import Failure
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from cius_pt.schematron.worker import Saxon
    from cius_pt.xmlio import XmlDocument

_FIRED = f"{{{svrl.SVRL}}}fired-rule"
# /*:Invoice[namespace-uri()='urn:…'][1]; an attribute stands last as /@name.
_STEP = re.compile(r"/\*:([^\[/]+)\[namespace-uri\(\)='([^']*)'\]\[([0-9]+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignHit:
    """One assertion that does not hold, at one element (counted from 0)."""

    rule: str
    flag: str
    text: str
    element: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignRun:
    """What came out; with a `failure` nothing is known."""

    hits: tuple[ForeignHit, ...] = ()
    failure: str | None = None


def run(xslt: str, document: XmlDocument) -> ForeignRun:
    """Run a compiled Schematron over a document that `xmlio.parse` has read."""
    if endless(document.utf8) is not None:
        return ForeignRun(failure="a number has too many digits")
    key = hashlib.sha256(xslt.encode()).hexdigest()
    text = document.utf8.decode()

    def task(session: Saxon) -> str | Failure:
        return session.compile(key, xslt) or session.transform(key, text)

    try:
        output: str | Failure = worker.call(task)
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing was judged
        return ForeignRun(failure=f"the engine failed: {type(error).__name__}: {error}")
    if isinstance(output, Failure):
        return ForeignRun(failure=f"the rules stopped: {notes.read(output)}")
    return _understood(output.encode(), document)


def _understood(output: bytes, document: XmlDocument) -> ForeignRun:
    root = etree.fromstring(output, etree.XMLParser(resolve_entities=False))
    if root.find(f".//{_FIRED}") is None:
        return ForeignRun(failure="no rule fired; nothing is known")
    return ForeignRun(
        hits=tuple(
            ForeignHit(
                rule=hit.id,
                flag=hit.flag,
                text=" ".join(hit.text.split()),
                element=document.index_of(_located(document.root, hit.location)),
            )
            for hit in svrl.parse(output)
        )
    )


def _located(root: etree._Element, location: str) -> etree._Element:
    """Return the element of a place; of a text or attribute, the element it is in."""
    here: etree._Element | None = None
    for name, uri, position in _STEP.findall(location):
        children = [root] if here is None else list(here)
        same = [child for child in children if child.tag == f"{{{uri}}}{name}"]
        if len(same) < int(position):
            break
        here = same[int(position) - 1]
    return root if here is None else here
