# SPDX-License-Identifier: MIT
"""References: what a signature says it signs, found, transformed and digested.

Only what stands in the document itself is looked for. No URI is ever followed.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from cius_pt.signature.status import Integrity, SubIndication
from cius_pt.signature.xml import algorithms, c14n, transforms
from cius_pt.signature.xml.encoded import decoded
from cius_pt.signature.xml.limits import MAX_REFERENCES, MAX_TRANSFORMS
from cius_pt.signature.xml.names import ds, text
from cius_pt.signature.xml.refusal import Refused, broken, malformed
from cius_pt.signature.xml.transforms import Nodes
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from cius_pt.signature.xml.source import Source

# XMLDSig §4.4.3.3: the two forms of XPointer that keep comments.
_XPOINTER: Final = re.compile(r"#xpointer\(id\((['\"])([^'\"()]+)\1\)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One reference and what became of it.

    `nodes` is what was referred to, before any octets were made: None when it is not
    in the document. `target` is its element, None for the whole document. `octets`
    are what was digested. `refused` says why it does not hold, or is not known to.
    """

    kind: str
    hash_name: str = ""
    target: etree._Element | None = None
    nodes: Nodes | None = None
    octets: bytes = b""
    plain: bool = False
    steps: tuple[str, ...] = ()
    refused: Refused | None = None


def read_all(source: Source, signed_info: etree._Element) -> tuple[Reference, ...]:
    """Return every reference of a signature, checked; raises `Refused` for too many."""
    found = list(signed_info.iterchildren(ds("Reference")))
    if not found:
        raise malformed("there is no Reference: nothing is signed")
    if len(found) > MAX_REFERENCES:
        raise Refused(
            "CP-XSIG-09", f"{len(found)} references; the limit is {MAX_REFERENCES}"
        )
    return tuple(_read(source, element) for element in found)


def _read(source: Source, element: etree._Element) -> Reference:
    kind = element.get("Type", "")
    try:
        return _checked(source, element, kind)
    except Refused as refused:
        return Reference(kind=kind, refused=refused)


def _checked(source: Source, element: etree._Element, kind: str) -> Reference:
    chain = _chain(element)
    hash_name = algorithms.digest_of(element.find(ds("DigestMethod")))
    stated = decoded(text(element.find(ds("DigestValue"))))
    target, start = _resolved(source, element.get("URI"))
    nodes: Nodes = start
    data: transforms.Data = start
    for transform in chain:
        data = transforms.apply(source, transform, data)
        if not isinstance(data, bytes):
            nodes = data
    octets = transforms.octets(source, data, c14n.DEFAULT) if data is nodes else data
    assert isinstance(octets, bytes)  # noqa: S101 - nodes were made octets
    source.budget.spend(len(octets))
    refused = None
    if stated is None:
        refused = malformed("a DigestValue is empty or not base64")
    elif not hmac.compare_digest(algorithms.digest(hash_name, octets), stated):
        refused = broken(
            "CP-XSIG-01",
            f"what {_shown(element)} points to is not what was signed",
            SubIndication.HASH_FAILURE,
        )
    return Reference(
        kind=kind,
        hash_name=hash_name,
        target=target,
        nodes=nodes,
        octets=octets,
        plain=all(step.get("Algorithm") in c14n.METHODS for step in chain),
        steps=tuple(step.get("Algorithm", "") for step in chain),
        refused=refused,
    )


def _chain(element: etree._Element) -> list[etree._Element]:
    given = list(element.iterchildren(ds("Transforms")))
    if len(given) > 1:
        raise malformed("a Reference has two lists of transforms")
    chain = [t for part in given for t in part.iterchildren(etree.Element)]
    if any(transform.tag != ds("Transform") for transform in chain):
        raise malformed("Transforms holds something else than transforms")
    if len(chain) > MAX_TRANSFORMS:
        raise Refused(
            "CP-XSIG-09", f"{len(chain)} transforms; the limit is {MAX_TRANSFORMS}"
        )
    return chain


def _resolved(source: Source, uri: str | None) -> tuple[etree._Element | None, Nodes]:
    """Return what a URI of this very document means."""
    if uri == "":
        return None, transforms.Nodes(apex=None)
    if uri == "#xpointer(/)":
        return None, transforms.Nodes(apex=None, comments=True)
    pointer = _XPOINTER.fullmatch(uri or "")
    if uri is None or not (pointer or re.fullmatch(r"#[^#()\s]+", uri)):
        raise _missing(f"the URI {(uri or '')[:120]!r} points outside the document")
    found = source.identified(pointer[2] if pointer else uri[1:])
    if not found:
        raise _missing(f"nothing in the document has the identifier {uri[:120]!r}")
    if len(found) > 1:
        raise broken(
            "CP-XSIG-04",
            f"{len(found)} elements have the identifier {uri[:120]!r}",
            SubIndication.FORMAT_FAILURE,
        )
    path = source.path(found[0])
    return found[0], transforms.Nodes(apex=path, comments=pointer is not None)


def _missing(message: str) -> Refused:
    return Refused(
        "CP-XSIG-05",
        f"{message}; no URI is followed",
        integrity=Integrity.UNKNOWN,
        sub=SubIndication.SIGNED_DATA_NOT_FOUND,
    )


def _shown(element: etree._Element) -> str:
    uri = element.get("URI", "")
    return f"the reference {uri[:120]!r}" if uri else "the reference to the document"
