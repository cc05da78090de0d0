"""Pages of the rule catalogue, made from its entries when the site is built.

`.. rules::` puts a section for each rule of the families it names on a page. The
anchor of a rule is its id in small letters with a hyphen for everything else, below
the page of its family (``rules/br-co.html#br-co-25``); neither depends on what the
entry says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from cius_pt.findings import Severity
from cius_pt.rules import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sphinx.application import Sphinx
    from sphinx.domains.std import StandardDomain
    from sphinx.environment import BuildEnvironment

    from cius_pt.rules.entry import Entry, Text

_LOG = logging.getLogger(__name__)
_CODE: Final = re.compile(r"`([^`]+)`")
_FAMILY: Final = re.compile(r"(.+?)-(\d+).*")
_HEADINGS: Final = {"en": ("What", "Why", "Fix"), "pt": ("O quê", "Porquê", "Corrigir")}


def chosen(families: Iterable[str]) -> Iterator[Entry]:
    """Yield the entries of families: ``BR-CO``, or ``UBL-CR-200..399`` of a part."""
    wanted = [_wanted(family) for family in families]
    for rule, entry in sorted(catalogue.entries().items(), key=_order):
        match = _FAMILY.fullmatch(rule)
        if match and any(
            match[1] == name and int(match[2]) in numbers for name, numbers in wanted
        ):
            yield entry


def _wanted(family: str) -> tuple[str, range]:
    part = re.fullmatch(r"(.+)-(\d+)\.\.(\d+)", family)
    if part is None:
        return family, range(1_000_000)
    return part[1], range(int(part[2]), int(part[3]) + 1)


def _order(item: tuple[str, Any]) -> list[tuple[int, str]]:
    """Return a key that puts 2 before 10."""
    return [
        (int(x), "") if x.isdigit() else (-1, x) for x in re.split(r"(\d+)", item[0])
    ]


class Rules(SphinxDirective):
    """A section for each rule of the families given."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return the sections, and note where each rule is."""
        found = list(chosen(self.arguments[0].split()))
        if not found:
            raise self.error(f"no rule is of {self.arguments[0]}")
        return [self._section(entry) for entry in found]

    def _section(self, entry: Entry) -> nodes.section:
        rule = entry.rule
        anchor = nodes.make_id(rule)
        section = nodes.section(ids=[anchor], names=[rule.lower()])
        self.set_source_info(section)
        section += nodes.title(rule, rule)
        self.state.document.note_explicit_target(section)
        domain = cast("StandardDomain", self.env.get_domain("std"))
        domain.note_object("rule", rule, anchor, location=section)
        section += _facts(entry, self.env.current_document.docname)
        for lang in ("en", "pt"):
            section += _told(entry, lang)
        if entry.before:
            section += _snippet("Before · Antes", entry.before)
            section += _snippet("After · Depois", entry.after)
        return section


def _facts(entry: Entry, docname: str) -> nodes.paragraph:
    """Return severity, terms and fields of the model in one line."""
    severity = entry.severity.value
    line = nodes.paragraph(classes=["rule-facts"])
    line += nodes.strong("", severity, classes=[severity])
    for number, term in enumerate(entry.terms):
        line += nodes.Text(", " if number else " · ")
        line += _term_link(term, docname)
    for number, field in enumerate(entry.fields):
        line += nodes.Text(", " if number else " · ")
        line += nodes.literal("", field)
    return line


def _term_link(term: str, docname: str) -> nodes.Element:
    """Return a link to the other rules about a business term."""
    return addnodes.pending_xref(
        "",
        nodes.inline("", term),
        refdomain="std",
        reftype="term-of-rules",
        reftarget=term,
        refdoc=docname,
        refexplicit=True,
        refwarn=True,
    )


def _told(entry: Entry, lang: str) -> nodes.Node:
    """Return what a rule asks, why, and how to mend it, in one language."""
    texts: list[tuple[str, Text | None]] = list(
        zip(_HEADINGS[lang], (entry.asks, entry.why, entry.fix), strict=True)
    )
    texts.append(("A saber" if lang == "pt" else "Good to know", entry.quirk))
    items = nodes.field_list(classes=["rule-text"])
    for heading, text in texts:
        if text is not None:
            words = paragraph(text.pt if lang == "pt" else text.en)
            body = nodes.field_body("", words)
            items += nodes.field("", nodes.field_name("", heading), body)
    return nodes.container("", items, classes=[f"rule-{lang}"], lang=lang)


def paragraph(text: str) -> nodes.paragraph:
    """Return a paragraph; what stands in backticks is code."""
    words = nodes.paragraph()
    for number, part in enumerate(_CODE.split(text)):
        if part:
            words += nodes.literal("", part) if number % 2 else nodes.Text(part)
    return words


def _snippet(heading: str, xml: str) -> nodes.Node:
    if not xml:
        gone = "The element goes away · O elemento desaparece"
        return nodes.paragraph("", "", nodes.emphasis("", gone))
    block = nodes.literal_block(xml, xml, language="xml")
    label = nodes.paragraph("", "", nodes.strong("", heading))
    return nodes.container("", label, block, classes=["rule-snippet"])


class RuleIndex(SphinxDirective):
    """All rules, by business term or by severity."""

    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = {
        "by": lambda text: directives.choice(text, ("term", "severity")),
    }

    def run(self) -> list[nodes.Node]:
        """Return a section for each term or severity."""
        make = self._by_term if self.options["by"] == "term" else self._by_severity
        return list(make())

    def _by_term(self) -> Iterator[nodes.Node]:
        rules: dict[str, list[str]] = {}
        for rule, entry in sorted(catalogue.entries().items(), key=_order):
            for term in entry.terms or ("no term",):
                rules.setdefault(term, []).append(rule)
        for term in sorted(rules, key=lambda name: _order((name, None))):
            body = nodes.paragraph("", ", ".join(rules[term]))
            section = self._section(term, [body])
            domain = cast("StandardDomain", self.env.get_domain("std"))
            place = section["ids"][0]
            domain.note_object("term-of-rules", term, place, location=section)
            yield section

    def _by_severity(self) -> Iterator[nodes.Node]:
        for severity in Severity:
            items = nodes.bullet_list(classes=["simple"])
            for rule, entry in sorted(catalogue.entries().items(), key=_order):
                if entry.severity is severity:
                    line = paragraph(f"{rule}: {entry.asks.en}")
                    items += nodes.list_item("", line)
            yield self._section(severity.value, [items])

    def _section(self, title: str, body: list[nodes.Node]) -> nodes.section:
        section = nodes.section("", nodes.title(title, title), *body)
        section["ids"] = [nodes.make_id(title)]
        section["names"] = [title.lower()]
        self.set_source_info(section)
        self.state.document.note_explicit_target(section)
        return section


def complete(_app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of rules that are on no page; connected to env-check-consistency."""
    domain = env.get_domain("std")
    there = {name for name, _, kind, *_ in domain.get_objects() if kind == "rule"}
    for rule in catalogue.rules():
        if rule not in there:
            _LOG.warning("rule %s is on no page of docs/rules", rule)
