# SPDX-License-Identifier: MIT
"""Reads ISO Schematron (19757-3) as it is published.

Supported: ``include`` inside the folder of the entry file, abstract patterns with
``is-a`` and ``param``, abstract rules with ``extends``, ``let`` anywhere among its
siblings, phases, ``assert`` and ``report``, ``value-of`` and ``name`` in messages,
``xsl:key``. Titles, paragraphs and properties are documentation and are left out.
Everything else is refused by name with file and line: a rule set that is only half
understood must not look as if it had been checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from lxml import etree

from cius_pt.schematron.expand import Parameters, instantiate, resolve_extends
from cius_pt.schematron.merged import SCH, XSL, Merged
from cius_pt.schematron.model import (
    ALL_PHASES,
    Assertion,
    Key,
    Let,
    MessagePart,
    NameOf,
    Pattern,
    Phase,
    QueryBinding,
    Rule,
    Schema,
    ValueOf,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BINDINGS = {"": "xslt2", "xslt": "xslt2", "xslt2": "xslt2", "xslt3": "xslt3"}
_BINDINGS |= {"xpath2": "xpath2"}
_MARKUP = frozenset({"emph", "span", "dir"})


def load(entry: Path) -> Schema:
    """Read a Schematron schema and everything it includes.

    Raises `ArtefactError` naming element, file and line when a file is missing or not
    well-formed, has a DTD, climbs out of the entry's folder or uses something that is
    not supported.
    """
    return read(Merged(entry))


def read(files: Merged) -> Schema:
    """Read a schema whose files are merged; raises `ArtefactError` like `load`."""
    return _Reader(files).read()


class _Reader:
    """One reading of one schema."""

    def __init__(self, files: Merged) -> None:
        self._files = files

    def read(self) -> Schema:
        root = self._files.root
        if root.tag != f"{{{SCH}}}schema":
            self._files.refuse(root, "the entry file is not an ISO Schematron schema")
        self._files.guard(root)
        binding = _BINDINGS.get(root.get("queryBinding", "").lower())
        if binding is None:
            self._files.refuse(root, f"query binding {root.get('queryBinding')!r}")
        top = _Parts(self, root, "title p properties ns phase pattern let key rule")
        abstract = {
            p.get("id", ""): p for p in top["pattern"] if p.get("abstract") == "true"
        }
        concrete = [p for p in top["pattern"] if p.get("abstract") != "true"]
        shared = self._abstract_rules(top["rule"])
        return Schema(
            title=" ".join(
                "".join(map(str, t.itertext())) for t in top["title"]
            ).strip(),
            binding=cast("QueryBinding", binding),
            namespaces=self._namespaces(top["ns"]),
            default_phase=root.get("defaultPhase", ALL_PHASES),
            keys=tuple(self._key(k) for k in top["key"]),
            lets=self._lets(top["let"]),
            phases=tuple(self._phase(p) for p in top["phase"]),
            patterns=tuple(self._pattern(p, abstract, shared) for p in concrete),
            place=self._files.place(root),
            sha256=self._files.sha256,
        )

    # -- parts ---------------------------------------------------------------------

    def _namespaces(self, elements: list[etree._Element]) -> dict[str, str]:
        found: dict[str, str] = {}
        for element in elements:
            prefix, uri = element.get("prefix", ""), element.get("uri", "")
            if not prefix or not uri:
                self._files.refuse(element, "ns without prefix or uri")
            if found.setdefault(prefix, uri) != uri:
                self._files.refuse(element, f"ns {prefix!r} bound twice")
        return found

    def _key(self, element: etree._Element) -> Key:
        if len(element) or set(element.attrib) != {"name", "match", "use"}:
            self._files.refuse(element, "xsl:key with other than name, match and use")
        return Key(
            name=element.get("name", ""),
            match=element.get("match", ""),
            use=element.get("use", ""),
            place=self._files.place(element),
        )

    def _lets(self, elements: list[etree._Element]) -> tuple[Let, ...]:
        found: dict[str, Let] = {}
        for element in elements:
            name, value = element.get("name"), element.get("value")
            if not name or value is None or len(element):
                self._files.refuse(element, "let without name and value")
            if name in found:
                self._files.refuse(element, f"let {name!r} defined twice in one place")
            found[name] = Let(name=name, value=value, place=self._files.place(element))
        return tuple(found.values())

    def _phase(self, element: etree._Element) -> Phase:
        parts = _Parts(self, element, "p let active")
        return Phase(
            id=self._need(element, "id"),
            lets=self._lets(parts["let"]),
            active=tuple(self._need(a, "pattern") for a in parts["active"]),
            place=self._files.place(element),
        )

    def _pattern(
        self,
        element: etree._Element,
        abstract: dict[str, etree._Element],
        shared: dict[str, etree._Element],
    ) -> Pattern:
        identity, place = element.get("id", ""), self._files.place(element)
        is_a = element.get("is-a")
        if is_a is not None:
            if is_a not in abstract:
                self._files.refuse(
                    element, f"is-a {is_a!r}: there is no such abstract one"
                )
            parts = _Parts(self, element, "p title param")
            parameters = Parameters(
                (self._need(p, "name"), self._need(p, "value")) for p in parts["param"]
            )
            self._files.place_below(abstract[is_a])
            element = instantiate(abstract[is_a], parameters)
        parts = _Parts(self, element, "p title let rule")
        shared = shared | self._abstract_rules(parts["rule"])
        return Pattern(
            id=identity,
            lets=self._lets(parts["let"]),
            rules=tuple(
                self._rule(r, shared)
                for r in parts["rule"]
                if r.get("abstract") != "true"
            ),
            place=place,
        )

    def _abstract_rules(
        self, elements: list[etree._Element]
    ) -> dict[str, etree._Element]:
        found = [r for r in elements if r.get("abstract") == "true"]
        return {self._need(rule, "id"): rule for rule in found}

    def _rule(self, element: etree._Element, shared: dict[str, etree._Element]) -> Rule:
        context = self._need(element, "context")
        place = self._files.place(element)
        lets: list[etree._Element] = []
        assertions: list[Assertion] = []
        for child in resolve_extends(element, shared, self._files.refuse):
            name = self._check(child, {"p", "title", "let", "assert", "report"})
            if name == "let":
                lets.append(child)
            elif name in {"assert", "report"}:
                assertions.append(self._assertion(child, report=name == "report"))
        return Rule(
            id=element.get("id", ""),
            context=context,
            lets=self._lets(lets),
            assertions=tuple(assertions),
            place=place,
        )

    def _assertion(self, element: etree._Element, *, report: bool) -> Assertion:
        return Assertion(
            id=element.get("id", ""),
            report=report,
            test=self._need(element, "test"),
            flag=element.get("flag", ""),
            role=element.get("role", ""),
            message=tuple(self._message(element)),
            place=self._files.place(element),
        )

    def _message(self, element: etree._Element) -> Iterator[MessagePart]:
        if element.text:
            yield element.text
        for child in element:
            name = self._check(child, {"value-of", "name", *_MARKUP})
            if name == "value-of":
                yield ValueOf(select=self._need(child, "select"))
            elif name == "name":
                yield NameOf(path=child.get("path", ""))
            else:
                yield from self._message(child)
            if child.tail:
                yield child.tail

    # -- refusing ------------------------------------------------------------------

    def check_children(
        self, element: etree._Element, allowed: set[str]
    ) -> Iterator[tuple[str, etree._Element]]:
        for child in element:
            yield self._check(child, allowed), child

    def _check(self, element: etree._Element, allowed: set[str]) -> str:
        """Return the local name of an element, or refuse it."""
        name = etree.QName(element)
        if name.namespace == XSL and name.localname == "key" and "key" in allowed:
            return "key"
        if name.namespace != SCH or name.localname not in allowed - {"key"}:
            self._files.refuse(element, "an element that is not supported here")
        self._files.guard(element)
        return name.localname

    def _need(self, element: etree._Element, attribute: str) -> str:
        value = element.get(attribute)
        if value is None:
            self._files.refuse(element, f"no attribute {attribute}")
        return value


class _Parts:
    """The children of an element by name, all of them checked."""

    def __init__(self, reader: _Reader, element: etree._Element, names: str) -> None:
        allowed = set(names.split())
        self._found: dict[str, list[etree._Element]] = {name: [] for name in allowed}
        for name, child in reader.check_children(element, allowed):
            self._found[name].append(child)

    def __getitem__(self, name: str) -> list[etree._Element]:
        return self._found[name]
