# SPDX-License-Identifier: MIT
"""The built-in rule set for CIUS-PT 2.1.2, put together from its sources.

`schematron/rulebook/` holds what is formulaic as tables with one row per rule and what
is arithmetic or conditional as hand-written Schematron, by subject. Here they become
one ISO Schematron schema: rules with the same context in the same pattern are one rule
of it. In the sources a context may begin with ``doc`` (both document elements),
``line`` (the lines of a document) or ``anyline`` (lines wherever they stand), and
``{list}`` in a test is a code list: ``' A B '``, or ``'A,B,'`` as ``{list,}``.
"""

from __future__ import annotations

from dataclasses import field
from html import escape
from typing import TYPE_CHECKING, Final

from lxml import etree

from cius_pt import artefacts
from cius_pt.errors import ArtefactError
from cius_pt.schematron import tables
from cius_pt.schematron.stylesheet import attribute
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from cius_pt.schematron.engine import Rules

STRICT: Final = "strict.sch"
SCH: Final = "http://purl.oclc.org/dsdl/schematron"

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_NAMESPACES = {
    "ext": f"{_UBL}CommonExtensionComponents-2",
    "cbc": f"{_UBL}CommonBasicComponents-2",
    "cac": f"{_UBL}CommonAggregateComponents-2",
    "cn": f"{_UBL}CreditNote-2",
    "ubl": f"{_UBL}Invoice-2",
    "xs": "http://www.w3.org/2001/XMLSchema",
}
_ROOTS = {
    "doc": ("ubl:Invoice", "cn:CreditNote"),
    "invoice": ("ubl:Invoice",),
    "creditnote": ("cn:CreditNote",),
    "line": ("ubl:Invoice/cac:InvoiceLine", "cn:CreditNote/cac:CreditNoteLine"),
    "anyline": ("cac:CreditNoteLine", "cac:InvoiceLine"),
}

Message = tables.Message


@dataclass(slots=True)
class _Rule:
    """A rule of the schema that is being put together."""

    lets: dict[str, str] = field(default_factory=dict)
    assertions: list[tables.Row] = field(default_factory=list)


class _Book:
    """The schema so far: variables, and patterns of rules by their context."""

    def __init__(self, lists: dict[str, str]) -> None:
        self._lists = lists
        self.lets: dict[str, str] = {}
        self.patterns: dict[str, dict[str, _Rule]] = {}

    def rule(self, pattern: str, context: str) -> _Rule:
        """Return the rule for a context, made when it is new."""
        rules = self.patterns.setdefault(pattern, {})
        return rules.setdefault(expand(context), _Rule())

    def part(self, name: str, data: bytes) -> None:
        """Take in a hand-written part."""
        parser = etree.XMLParser(resolve_entities=False, remove_comments=True)
        root = etree.fromstring(data, parser)
        for let in root.iterfind(f"{{{SCH}}}let"):
            _define(self.lets, let, name)
        for pattern in root.iterfind(f"{{{SCH}}}pattern"):
            for found in pattern.iterfind(f"{{{SCH}}}rule"):
                rule = self.rule(
                    _get(pattern, "id", name), _get(found, "context", name)
                )
                for let in found.iterfind(f"{{{SCH}}}let"):
                    _define(rule.lets, let, name)
                for wanted in found.iterfind(f"{{{SCH}}}assert"):
                    rule.assertions.append(
                        tables.Row(
                            rule=_get(wanted, "id", name),
                            context="",
                            test=self._fill(_get(wanted, "test", name)),
                            message=" ".join((wanted.text or "").split()),
                        )
                    )

    def rows(self, pattern: str, rows: Iterable[tables.Row]) -> None:
        """Take in the rows of a table."""
        for row in rows:
            self.rule(pattern, row.context).assertions.append(row)

    def _fill(self, test: str) -> str:
        for name, codes in self._lists.items():
            test = test.replace(f"{{{name}}}", f"' {codes} '")
            test = test.replace(f"{{{name},}}", f"'{codes.replace(' ', ',')},'")
        return test


def expand(context: str) -> str:
    """Write out the names that stand for several elements in a context."""
    found = []
    for alternative in context.split(" | "):
        first, slash, rest = alternative.partition("/")
        found += [f"{root}{slash}{rest}" for root in _ROOTS.get(first, (first,))]
    return " | ".join(found)


def assemble(*, strict: bool = False, message: Message | None = None) -> str:
    """Return the rule set as one ISO Schematron schema (XSLT 2.0 binding).

    With `strict`, the warnings of our own (``CP-STRICT-nn``) are in it as well.
    `message` gives the sentence for a rule id; where it gives none, or is not given,
    the rule's own stands. Raises `ArtefactError` when a source is missing or wrong.
    """
    files = sources()
    lists = {name: codes for name, _, codes in tables.read(files, "lists.tsv")}
    book = _Book(lists)
    book.rows("usage", tables.unused(files))
    book.rows("usage", tables.once(files))
    book.rows("usage", tables.attributes(files))
    needs = list(tables.required(files))
    book.rows("usage", (row for row in needs if row.rule.startswith("UBL-")))
    book.rows("structure", (row for row in needs if not row.rule.startswith("UBL-")))
    book.rows("values", tables.lexical(files))
    book.rows("values", tables.coded(files, lists))
    book.rows("values", tables.currency(files))
    for name in sorted(files):
        if name.endswith(".sch") and (strict or name != STRICT):
            book.part(name, files[name])
    book.rows("values", tables.tagged(files, lists))
    return _written(book, message or (lambda _rule: None))


def load(
    *, strict: bool = False, optimise: bool = True, cache: Path | None = None
) -> Rules:
    """Return the rule set compiled, ready to judge documents.

    `optimise` and `cache` are those of `engine.load`.
    """
    # Late: who only wants the text needs no Saxon.
    from cius_pt.schematron import engine  # noqa: PLC0415

    info = artefacts.built_in(artefacts.STRICT if strict else artefacts.RULEBOOK)
    return engine.load(
        info.path / f"{info.name}.sch",  # where it would be, if it were a file
        info.label,
        optimise=optimise,
        cache=cache,
        content=assemble(strict=strict).encode(),
    )


def sources() -> dict[str, bytes]:
    """Return the source files by name, those of the strict rules included."""
    info = artefacts.built_in(artefacts.STRICT)
    return {name: (info.path / name).read_bytes() for name in info.files}


def _written(book: _Book, message: Callable[[str], str | None]) -> str:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!-- SPDX-License-Identifier: MIT -->",
        f'<schema xmlns="{SCH}" queryBinding="xslt2">',
        f"<title>{artefacts.RULEBOOK}</title>",
    ]
    lines += [f'<ns prefix="{p}" uri="{uri}"/>' for p, uri in _NAMESPACES.items()]
    lines += [_let(name, value) for name, value in book.lets.items()]
    for identity, rules in book.patterns.items():
        lines.append(f"<pattern{attribute('id', identity)}>")
        for context, rule in rules.items():
            lines.append(f"<rule{attribute('context', context)}>")
            lines += [_let(name, value) for name, value in rule.lets.items()]
            for row in rule.assertions:
                text = message(row.rule) or row.message
                lines.append(
                    f"<assert{attribute('id', row.rule)}{attribute('flag', row.flag)}"
                    f"{attribute('test', row.test)}>{escape(text)}</assert>"
                )
            lines.append("</rule>")
        lines.append("</pattern>")
    return "\n".join([*lines, "</schema>", ""])


def _let(name: str, value: str) -> str:
    return f"<let{attribute('name', name)}{attribute('value', value)}/>"


def _define(lets: dict[str, str], let: etree._Element, file: str) -> None:
    name = _get(let, "name", file)
    if name in lets:
        raise ArtefactError(f"{file}, line {let.sourceline}: {name} is defined twice")
    lets[name] = _get(let, "value", file)


def _get(element: etree._Element, attribute: str, file: str) -> str:
    value = element.get(attribute)
    if value is None:
        raise ArtefactError(f"{file}, line {element.sourceline}: no {attribute}")
    return value
