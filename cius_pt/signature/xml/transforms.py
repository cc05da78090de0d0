# SPDX-License-Identifier: MIT
"""The transforms of a reference: an allow-list, read and never evaluated.

An XPath in a signature is a program by a stranger; it can select what it likes (a
signature over the number of an invoice alone) or run for hours. Signers write a
handful of expressions that take whole signatures out of a document. Those are known
here by their text; every other expression, and every other transform, is unsupported.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lxml import etree

from cius_pt.signature import filters
from cius_pt.signature.xml import c14n
from cius_pt.signature.xml.encoded import decoded
from cius_pt.signature.xml.limits import MAX_REMOVED
from cius_pt.signature.xml.names import (
    DS,
    FILTER2,
    SIG,
    SIGNATURE,
    UBL_SIGNATURES,
    ds,
    text,
)
from cius_pt.signature.xml.refusal import Refused
from cius_pt.signature.xml.source import Path
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cius_pt.signature.xml.source import Source

ENVELOPED: Final = f"{DS}enveloped-signature"
BASE64: Final = f"{DS}base64"
XPATH: Final = "http://www.w3.org/TR/1999/REC-xpath-19991116"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """A part of the document: an element, less what was taken out.

    `apex` is the path of the element, None for the document with what stands around
    its root. `comments` tells whether comments are among the nodes.
    """

    apex: Path | None
    removed: frozenset[Path] = frozenset()
    comments: bool = False


Data = Nodes | bytes


def _all(tag: str) -> Callable[[Source, etree._Element], Iterable[etree._Element]]:
    return lambda source, _here: source.found(tag)


def _own(tag: str) -> Callable[[Source, etree._Element], Iterable[etree._Element]]:
    return lambda _source, here: _enclosing(here, tag)


def _enclosing(here: etree._Element, tag: str) -> list[etree._Element]:
    found = next(here.iterancestors(tag), None)
    if found is None:
        # Then the expression is false of every node: nothing at all would be signed.
        raise Refused("CP-XSIG-06", "an XPath that leaves nothing to sign")
    return [found]


def _named(source: Source, _here: etree._Element) -> Iterable[etree._Element]:
    """Return what name() calls so, whatever namespace its prefix stands for."""
    return (e for e in source.found("{*}Signature") if e.prefix == "ds")


# What the prefix of an expression has to stand for, by the name after it.
_URIS: Final[Mapping[str, str]] = {
    "Signature": DS,
    "UBLDocumentSignatures": SIG,
}
_TAGS: Final[Mapping[str, str]] = {
    "Signature": SIGNATURE,
    "UBLDocumentSignatures": UBL_SIGNATURES,
}
_NAME: Final = r"(?P<p>[A-Za-z_][\w.-]*):(?P<n>Signature|UBLDocumentSignatures)"
_AGAIN: Final = r"(?P=p):(?P=n)"
# XMLDSig §6.6.3 keeps the nodes for which an expression is true; spaces are left out.
_KEEPING: Final = (
    (re.compile(rf"not\(ancestor-or-self::{_NAME}\)"), _all),
    (
        re.compile(
            rf"count\(ancestor-or-self::{_NAME}\|here\(\)/ancestor::{_AGAIN}\[1\]\)"
            rf">count\(ancestor-or-self::{_AGAIN}\)"
        ),
        _own,
    ),
)
# XPath Filter 2.0 §4: subtract takes out the subtrees that an expression selects.
_SUBTRACTING: Final = (
    (re.compile(rf"/descendant::{_NAME}"), _all),
    (re.compile(rf"//{_NAME}"), _all),
    (re.compile(rf"here\(\)/ancestor::{_NAME}\[1\]"), _own),
)
_BY_NAME: Final = re.compile(
    r"(?:/descendant::|//)\*\[name\(\)=(['\"])ds:Signature\1\]"
)


def apply(source: Source, transform: etree._Element, data: Data) -> Data:
    """Return what a known transform makes of the data; raises `Refused` otherwise."""
    algorithm = transform.get("Algorithm", "")
    method = c14n.method_of(transform)
    if method is not None:
        return octets(source, data, method)
    if algorithm == BASE64 and len(transform) == 0:
        return _from_base64(source, data)
    if isinstance(data, bytes):
        raise _unsupported(algorithm, "after octets were made")
    if algorithm == ENVELOPED and len(transform) == 0:
        return _less(source, data, _own(SIGNATURE)(source, transform))
    if algorithm == XPATH:
        return _xpath(source, transform, data)
    if algorithm == FILTER2:
        return _filter2(source, transform, data)
    raise _unsupported(algorithm, "")


def octets(source: Source, data: Data, method: c14n.Method) -> bytes:
    """Return the canonical form of the data."""
    if isinstance(data, bytes):
        source.budget.spend(len(data))
        try:
            root = c14n.parsed(data)
        except etree.XMLSyntaxError:
            raise _unsupported("", "a canonical form of what is not XML") from None
        return c14n.of_document(root, method, comments=True)
    key = data, method
    if key not in source.canonical:
        element = source.without(data.removed, data.apex or ())
        made = c14n.of_document if data.apex is None else c14n.of_element
        source.canonical[key] = made(element, method, comments=data.comments)
        source.budget.spend(len(source.canonical[key]))
    return source.canonical[key]


def _xpath(source: Source, transform: etree._Element, nodes: Nodes) -> Nodes:
    children = list(transform.iterchildren(etree.Element))
    if len(children) != 1 or children[0].tag != ds("XPath"):
        raise _unsupported(XPATH, "without its one expression")
    return _less(source, nodes, _selected(source, children[0], _KEEPING))


def _filter2(source: Source, transform: etree._Element, nodes: Nodes) -> Nodes:
    children = list(transform.iterchildren(etree.Element))
    if not children:
        raise _unsupported(FILTER2, "without an expression")
    for child in children:
        if child.tag != f"{{{FILTER2}}}XPath" or child.get("Filter") != "subtract":
            raise _unsupported(FILTER2, f"with the filter {child.get('Filter')}")
        nodes = _less(source, nodes, _selected(source, child, _SUBTRACTING))
    return nodes


def _selected(
    source: Source,
    element: etree._Element,
    known: Iterable[
        tuple[
            re.Pattern[str],
            Callable[
                [str], Callable[[Source, etree._Element], Iterable[etree._Element]]
            ],
        ]
    ],
) -> Iterable[etree._Element]:
    """Return what a known expression takes out; raises `Refused` for any other."""
    said = re.sub(r"[ \t\r\n]+", "", text(element))
    if known is _SUBTRACTING and _BY_NAME.fullmatch(said):
        return _named(source, element)
    if known is _SUBTRACTING and said in filters.KNOWN:
        return source.kept(said, filters.KNOWN[said])
    for pattern, find in known:
        match = pattern.fullmatch(said)
        if match and element.nsmap.get(match["p"]) == _URIS[match["n"]]:
            return find(_TAGS[match["n"]])(source, element)
    raise _unsupported("", f"the expression {said[:120]}")


def _less(source: Source, nodes: Nodes, taken: Iterable[etree._Element]) -> Nodes:
    """Return the nodes without these elements and all they contain."""
    apex = nodes.apex or ()
    removed = set(nodes.removed)
    for number, element in enumerate(taken):
        if number >= MAX_REMOVED:
            raise Refused(
                "CP-XSIG-09", f"more than {MAX_REMOVED} elements are left out"
            )
        path = source.path(element)
        if apex[: len(path)] == path:
            raise Refused(
                "CP-XSIG-20", "what should be signed stands inside what is left out"
            )
        if path[: len(apex)] == apex:
            removed.add(path)
    return replace(nodes, removed=frozenset(_outermost(removed)))


def _outermost(paths: set[Path]) -> set[Path]:
    return {
        path
        for path in paths
        if not any(path[:end] in paths for end in range(1, len(path)))
    }


def _from_base64(source: Source, data: Data) -> bytes:
    if isinstance(data, Nodes):
        said = text(source.without(data.removed, data.apex or ()))
    else:
        said = data.decode("ascii", "replace")
    source.budget.spend(len(said))
    # XMLDSig §6.6.2 decodes as MIME does, which passes over other characters; two
    # readers of one text would then see two contents.
    found = decoded(said)
    if found is None:
        raise _unsupported(BASE64, "of what is not base64")
    return found


def _unsupported(algorithm: str, what: str) -> Refused:
    said = " ".join(part for part in (algorithm[:120], what) if part)
    return Refused("CP-XSIG-06", f"not among the transforms that are followed: {said}")
