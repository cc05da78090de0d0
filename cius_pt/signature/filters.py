# SPDX-License-Identifier: MIT
"""The filters with which we sign: what may be added to an invoice afterwards.

XPath Filter 2.0 expressions that take out other signatures, and the containers of
those that are not the first. While a signature is alone neither takes anything away,
so that a verifier that skips filters agrees with one that follows them. They have no
prefixes: exclusive C14N does not sign the binding of a prefix that only a text uses,
and UBL's schema has no room for InclusiveNamespaces in SignedInfo.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.places import DS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lxml import etree

SAC: Final = (
    "urn:oasis:names:specification:ubl:schema:xsd:SignatureAggregateComponents-2"
)
_SIGNATURE: Final = f"{{{DS}}}Signature"
_CONTAINER: Final = f"{{{SAC}}}SignatureInformation"
_IS_CONTAINER: Final = (
    f"local-name()='SignatureInformation' and namespace-uri()='{SAC}'"
)

OTHER_SIGNATURES: Final = (
    f"/descendant::*[local-name()='Signature' and namespace-uri()='{DS}']"
)
LATER_CONTAINERS: Final = (
    f"/descendant::*[{_IS_CONTAINER} and preceding-sibling::*[{_IS_CONTAINER}]]"
)


def signatures(root: etree._Element) -> Iterator[etree._Element]:
    """Yield what `OTHER_SIGNATURES` takes out."""
    yield from root.iter(_SIGNATURE)


def later_containers(root: etree._Element) -> Iterator[etree._Element]:
    """Yield what `LATER_CONTAINERS` takes out."""
    for element in root.iter(_CONTAINER):
        if next(element.itersiblings(_CONTAINER, preceding=True), None) is not None:
            yield element


KNOWN: Final[Mapping[str, Callable[[etree._Element], Iterator[etree._Element]]]] = {
    OTHER_SIGNATURES.replace(" ", ""): signatures,
    LATER_CONTAINERS.replace(" ", ""): later_containers,
}
"""What each expression takes out, by its text without spaces."""
