# SPDX-License-Identifier: MIT
"""What the UBL 2.1 schemas allow below each element, and the least that it asks.

Read from the XSDs that the package uses, so that a mutant can put any element where
it may stand: `Grammar.children` is the order, `Grammar.example` the smallest valid
instance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from cius_pt import artefacts

if TYPE_CHECKING:
    from pathlib import Path

XSD = "{http://www.w3.org/2001/XMLSchema}"
NAMESPACES = {
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cn": "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
    "ubl": "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
}
# Values and attributes that an instance of each kind of basic element needs.
_VALUES = {
    "Amount": "1.00",
    "BinaryObject": "QQ==",
    "Date": "2026-01-31",
    "Indicator": "true",
    "Measure": "1.00",
    "Numeric": "1.00",
    "Percent": "1.00",
    "Quantity": "1.00",
    "Rate": "1.00",
    "Time": "12:00:00",
}
_REQUIRED = {
    "Amount": ("currencyID", "EUR"),
    "BinaryObject": ("mimeCode", "text/plain"),
    "Measure": ("unitCode", "C62"),
}
_ATTRIBUTES = {
    "Amount": "currencyID currencyCodeListVersionID",
    "BinaryObject": "format mimeCode encodingCode characterSetCode uri filename",
    "Code": "listID listAgencyID listAgencyName listName listVersionID name "
    "languageID listURI listSchemeURI",
    "Identifier": "schemeID schemeName schemeAgencyID schemeAgencyName "
    "schemeVersionID schemeDataURI schemeURI",
    "Measure": "unitCode unitCodeListVersionID",
    "Name": "languageID languageLocaleID",
    "Numeric": "format",
    "Percent": "format",
    "Quantity": "unitCode unitCodeListID unitCodeListAgencyID unitCodeListAgencyName",
    "Rate": "format",
    "Text": "languageID languageLocaleID",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One element of a sequence; `most` is None where it may be repeated."""

    tag: str
    least: int
    most: int | None


class Grammar:
    """The content models of UBL 2.1 Invoice and CreditNote."""

    def __init__(self) -> None:
        self._types: dict[str, str] = {}
        self._models: dict[str, tuple[Child, ...]] = {}
        self._kinds: dict[str, str] = {}
        folder = artefacts.schema("Invoice").entry.parents[1]
        for name in ("CommonAggregate", "CommonBasic", "CommonExtension"):
            self._read(folder / f"common/UBL-{name}Components-2.1.xsd")
        for name in ("Invoice", "CreditNote"):
            self._read(folder / f"maindoc/UBL-{name}-2.1.xsd")

    def children(self, tag: str) -> tuple[Child, ...]:
        """Return what may stand below an element, in order; nothing in a basic one."""
        return self._models.get(self._types.get(tag, ""), ())

    def kind(self, tag: str) -> str | None:
        """Return the kind of a basic element (``Amount``, ``Code``…), else None."""
        return self._kinds.get(self._types.get(tag, ""))

    def attributes(self, tag: str) -> list[str]:
        """Return the attributes that a basic element may carry."""
        return _ATTRIBUTES.get(self.kind(tag) or "", "").split()

    def example(self, tag: str) -> etree._Element:
        """Return the smallest valid instance of an element."""
        element = etree.Element(tag, nsmap=NAMESPACES)
        kind = self.kind(tag)
        if kind is not None:
            element.text = _VALUES.get(kind, "X")
            if kind in _REQUIRED:
                element.set(*_REQUIRED[kind])
        for child in self.children(tag):
            for _ in range(child.least):
                element.append(self.example(child.tag))
        return element

    def insert(self, parent: etree._Element, child: etree._Element) -> bool:
        """Put a child where the order wants it; False when it may not be there."""
        order = [c.tag for c in self.children(str(parent.tag))]
        if child.tag not in order:
            return False
        limit = order.index(str(child.tag))
        at = 0
        for index, sibling in enumerate(parent):
            if sibling.tag in order and order.index(str(sibling.tag)) <= limit:
                at = index + 1
        parent.insert(at, child)
        return True

    def most(self, name: str, steps: str) -> int:
        """Return how often a path may exist below an element: 0, 1, or 2 for more."""
        here, times = tag(name), 1
        for step in path(re.sub(r"\[.*?\]", "", steps)):
            child = self._child(here, step)
            if child is None:
                return 0
            times = max(times, child.most or 2)
            here = step
        return times

    def demands(self, name: str, given: str, steps: str) -> bool:
        """Whether an element that has the path `given` must have `steps` as well."""
        plain = [re.sub(r"\[.*?\]", "", text) for text in (given, steps)]
        names = plain[1].split("/")
        known = plain[0].split("/") if plain[0] else []
        if any(step.startswith(("@", "*")) for step in names) or not all(names):
            return False
        here, shared = tag(name), True
        for index, step in enumerate(names):
            child = self._child(here, tag(step))
            if child is None:
                return False
            shared = shared and index < len(known) and known[index] == step
            if not shared and child.least < 1:
                return False
            here = tag(step)
        return True

    def _child(self, parent: str, name: str) -> Child | None:
        return next((c for c in self.children(parent) if c.tag == name), None)

    def ensure(self, root: etree._Element, path: list[str]) -> etree._Element | None:
        """Make a path of child tags exist and return its end; None if it cannot."""
        here = root
        for tag in path:
            child = here.find(tag)
            if child is None:
                child = self.example(tag)
                if not self.insert(here, child):
                    return None
            here = child
        return here

    def _read(self, path: Path) -> None:
        root = etree.parse(path).getroot()
        namespace = root.get("targetNamespace", "")
        for element in root.iterfind(f"{XSD}element"):
            name, kind = element.get("name", ""), element.get("type", "")
            self._types[f"{{{namespace}}}{name}"] = _name(element, kind, namespace)
        for found in root.iterfind(f"{XSD}complexType"):
            name = f"{{{namespace}}}{found.get('name')}"
            for base in found.iter(f"{XSD}extension", f"{XSD}restriction"):
                kind = base.get("base", "").rpartition(":")[2].removesuffix("Type")
                self._kinds[name] = kind
            self._models[name] = tuple(
                Child(
                    tag=_name(child, child.get("ref", ""), namespace),
                    least=int(child.get("minOccurs", "1")),
                    most=1 if child.get("maxOccurs", "1") == "1" else None,
                )
                for child in found.iterfind(f"{XSD}sequence/{XSD}element")
            )


def _name(element: etree._Element, text: str, namespace: str) -> str:
    prefix, _, local = text.rpartition(":")
    return f"{{{element.nsmap.get(prefix, '') if prefix else namespace}}}{local}"


def tag(name: str) -> str:
    """Turn ``cbc:ID`` into ``{uri}ID``."""
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


def path(text: str) -> list[str]:
    """Turn ``cac:Party/cbc:ID`` into tags."""
    return [tag(name) for name in text.split("/")]
