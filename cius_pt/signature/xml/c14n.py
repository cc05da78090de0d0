# SPDX-License-Identifier: MIT
"""Canonical forms: the six methods of XMLDSig over a document or one element of it.

lxml writes a spurious ``xmlns=""`` into the canonical form of an element whose default
namespace is declared above it (5.3 to 6.1.3), and knows no C14N 1.1. So an element is
serialised, with all namespaces in scope, and read again as a document of its own, for
which C14N 1.0 and 1.1 are one and the same; what they do differently with the ``xml:``
attributes of ancestors is done here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from cius_pt import libxml2
from cius_pt.signature.xml.names import EXC_C14N, XML
from cius_pt.signature.xml.refusal import Refused
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

INCLUSIVE: Final = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
INCLUSIVE_11: Final = "http://www.w3.org/2006/12/xml-c14n11"
# Exclusive C14N §3: what stands for the default namespace in a list of prefixes.
_NO_PREFIX: Final = "#default"
_INCLUSIVE_NAMESPACES: Final = f"{{{EXC_C14N}}}InclusiveNamespaces"


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One way to write the canonical form; `prefixes` only with exclusive ones.

    `short` is the name shown to people.
    """

    short: str
    exclusive: bool = False
    comments: bool = False
    one_one: bool = False
    prefixes: tuple[str, ...] = ()


METHODS: Final[Mapping[str, Method]] = {
    INCLUSIVE: Method(short="c14n"),
    f"{INCLUSIVE}#WithComments": Method(short="c14n-with-comments", comments=True),
    INCLUSIVE_11: Method(short="c14n11", one_one=True),
    f"{INCLUSIVE_11}#WithComments": Method(
        short="c14n11-with-comments", one_one=True, comments=True
    ),
    EXC_C14N: Method(short="exc-c14n", exclusive=True),
    f"{EXC_C14N}WithComments": Method(
        short="exc-c14n-with-comments", exclusive=True, comments=True
    ),
}
DEFAULT: Final = METHODS[INCLUSIVE]
"""What XMLDSig §4.4.3.2 does to nodes when no transform has made octets of them."""


def method_of(element: etree._Element) -> Method | None:
    """Return the method an ``Algorithm`` names, or None if it names another thing.

    Raises `Refused` for parameters that are none of this method's.
    """
    found = METHODS.get(element.get("Algorithm", ""))
    if found is None:
        return None
    prefixes: tuple[str, ...] = ()
    for child in element.iterchildren(etree.Element):
        if child.tag != _INCLUSIVE_NAMESPACES or not found.exclusive or prefixes:
            raise Refused("CP-XSIG-06", "a canonical form with unknown parameters")
        prefixes = tuple(str(child.get("PrefixList", "")).split())
    return Method(
        short=found.short,
        exclusive=found.exclusive,
        comments=found.comments,
        one_one=found.one_one,
        prefixes=prefixes,
    )


def of_document(root: etree._Element, method: Method, *, comments: bool) -> bytes:
    """Return the canonical form of a whole document, what stands around its root too.

    `comments`: whether comments are among the nodes; the method has to want them too.
    """
    if _NO_PREFIX in method.prefixes:
        # lxml passes on only what is in the dictionary of names of this thread's
        # parsers, and this is no name; as a namespace it gets there.
        etree.fromstring(f'<a xmlns:b="{_NO_PREFIX}"/>')
    try:
        return etree.tostring(
            root.getroottree(),
            method="c14n",
            exclusive=method.exclusive,
            with_comments=comments and method.comments,
            inclusive_ns_prefixes=list(method.prefixes) or None,
        )
    except etree.C14NError:  # C14N 1.0 §1.3: there is none for a relative namespace
        raise Refused(
            "CP-XSIG-06", "no canonical form: a namespace is a relative URI"
        ) from None


def of_element(apex: etree._Element, method: Method, *, comments: bool) -> bytes:
    """Return the canonical form of one element, in the context where it stands."""
    text = etree.tostring(apex, encoding="utf-8", with_tail=False)
    root = parsed(text)
    if not method.exclusive:
        for name, value in _inherited(apex, method).items():
            root.set(name, value)
    return of_document(root, method, comments=comments)


def parsed(octets: bytes) -> etree._Element:
    """Return the root of a tree of octets that were serialised, or are to be XML."""
    return libxml2.read(octets)


def _inherited(apex: etree._Element, method: Method) -> dict[str, str]:
    """Return the ``xml:`` attributes that an element takes from its ancestors.

    C14N 1.0 §2.4: all of them. C14N 1.1 §2.4: language and space; not ``xml:id``; a
    base is joined, which is only done here where there is nothing to join.
    """
    found: dict[str, str] = {}
    bases = 1 if f"{{{XML}}}base" in apex.attrib else 0
    for ancestor in apex.iterancestors():
        for key, value in ancestor.attrib.items():
            name = str(key)
            if not name.startswith(f"{{{XML}}}"):
                continue
            bases += name.endswith("}base")
            found.setdefault(name, str(value))
    if method.one_one:
        found.pop(f"{{{XML}}}id", None)
        if bases > 1:
            raise Refused("CP-XSIG-06", "C14N 1.1 with several xml:base to be joined")
    return {name: value for name, value in found.items() if name not in apex.attrib}
