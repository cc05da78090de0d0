# SPDX-License-Identifier: MIT
"""The names that XML signatures are made of, and where an element stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cius_pt.findings import Location
from cius_pt.places import CBC, DS, EXT, PREFIXES, XML, display_name, split_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

DSIG11: Final = "http://www.w3.org/2009/xmldsig11#"
MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
MORE_2007: Final = "http://www.w3.org/2007/05/xmldsig-more#"
XMLENC: Final = "http://www.w3.org/2001/04/xmlenc#"
EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
FILTER2: Final = "http://www.w3.org/2002/06/xmldsig-filter2"
SIG: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonSignatureComponents-2"
SAC: Final = (
    "urn:oasis:names:specification:ubl:schema:xsd:SignatureAggregateComponents-2"
)
SBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:SignatureBasicComponents-2"
XADES: Final = (
    "http://uri.etsi.org/01903/v1.3.2#",
    "http://uri.etsi.org/01903/v1.2.2#",
    "http://uri.etsi.org/01903/v1.1.1#",
)
"""The versions of XAdES whose properties are read, the usual one first."""

SIGNATURE: Final = f"{{{DS}}}Signature"
OBJECT: Final = f"{{{DS}}}Object"
UBL_SIGNATURES: Final = f"{{{SIG}}}UBLDocumentSignatures"

_SHOWN: Final[Mapping[str, str]] = {
    SIG: "sig",
    SAC: "sac",
    SBC: "sbc",
    XADES[0]: "xades",
}
# libxml2 caps line numbers here.
_LAST_LINE: Final = 65_535
__all__ = [
    "CBC",
    "DS",
    "DSIG11",
    "EXC_C14N",
    "EXT",
    "FILTER2",
    "MORE",
    "MORE_2007",
    "OBJECT",
    "PREFIXES",
    "SAC",
    "SBC",
    "SIG",
    "SIGNATURE",
    "UBL_SIGNATURES",
    "XADES",
    "XML",
    "XMLENC",
    "ds",
    "place",
    "text",
]


def ds(name: str) -> str:
    """Return the tag of an element of XMLDSig."""
    return f"{{{DS}}}{name}"


def text(element: etree._Element | None) -> str:
    """Return the string value: every text inside, no comment, no instruction."""
    return "" if element is None else str(element.xpath("string()"))


def place(element: etree._Element) -> Location:
    """Return where an element stands: its XPath and its line, if libxml2 knows it."""
    steps = []
    here: etree._Element | None = element
    own = split_name(str(element.getroottree().getroot().tag))[0]
    while here is not None:
        steps.append(_step(here, own))
        here = here.getparent()
    line: Any = element.sourceline  # the stubs do not know its type
    known = line if line is not None and line < _LAST_LINE else None
    return Location(xpath="/" + "/".join(reversed(steps)), line=known)


def _step(element: etree._Element, own: str) -> str:
    uri, local = split_name(str(element.tag))
    name = f"{_SHOWN[uri]}:{local}" if uri in _SHOWN else display_name(element.tag, own)
    if element.getparent() is None:
        return local
    before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
    alone = not before and next(element.itersiblings(element.tag), None) is None
    return name if alone else f"{name}[{before + 1}]"
