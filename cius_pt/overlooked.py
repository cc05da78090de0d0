# SPDX-License-Identifier: MIT
"""What the schema forbids and libxml2 does not see while it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.xmlio import DS, cut, display_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.xmlio import XmlDocument

_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="

# The number of an element, the rule, an attribute of it, what is wrong.
Overlooked = tuple[int, str, str | None, str]


def stray_base64(document: XmlDocument) -> Iterator[Overlooked]:
    """Yield attachments with characters outside base64, which libxml2 passes over."""
    for element in document.attached:
        if document.octets(element) is not None:
            continue
        content = "".join(map(str, element.itertext())).encode()
        stray = content.translate(None, _BASE64 + b" \t\r\n")
        if stray:
            name, first = display_name(str(element.tag)), stray.decode()[0]
            message = (
                f"Element '{name}': the character {first!r} cannot stand in a value of "
                "the type 'xs:base64Binary'."
            )
            yield document.index_of(element), "CP-XSD-02", None, message


def repeated_ids(document: XmlDocument) -> Iterator[Overlooked]:
    """Yield second uses of an xs:ID, which libxml2 checks only in a tree.

    Only signatures have attributes of this type in UBL 2.1: `Id`, in XML-DSig and
    XAdES; and a repeated one is how a signature is wrapped.
    """
    if not document.signed:
        return
    seen: set[str] = set()
    for space in (
        DS,
        "http://uri.etsi.org/01903/v1.3.2#",
        "http://uri.etsi.org/01903/v1.4.1#",
    ):
        for element in document.root.iter(f"{{{space}}}*"):
            identifier = str(element.get("Id", "")).strip()
            if identifier in seen:
                name = display_name(str(element.tag))
                message = (
                    f"Element '{name}', attribute 'Id': the value "
                    f"'{cut(identifier, 80)}' is used twice."
                )
                yield document.index_of(element), "CP-XSD-03", "Id", message
            elif identifier:
                seen.add(identifier)
