# SPDX-License-Identifier: MIT
"""Translates a Schematron to lean XSLT 3.0.

The stylesheet says nothing about what is in order. For each finding it writes one
line, ``assertion-number element-number [@attribute] [=message]``, and at the end
``#`` with the number of assertions, so that an output cut short cannot look clean.
Elements are counted in document order from 0 by an accumulator, which Saxon computes
in one pass and only when the first finding asks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.schematron.dispatch import Automaton
from cius_pt.schematron.expressions import write
from cius_pt.schematron.families import LEAST, Family, forbidden
from cius_pt.schematron.hoist import Hoister, below_root
from cius_pt.schematron.lists import CodeLists
from cius_pt.schematron.plain import message_part
from cius_pt.schematron.stylesheet import (
    RESERVED,
    AssertionInfo,
    Stylesheet,
    attribute,
    global_lets,
    header,
    keys,
    pattern_lets,
    variable,
)
from cius_pt.schematron.vetted import Vetted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.schematron.dispatch import Candidate, Node
    from cius_pt.schematron.model import Assertion, Pattern, Rule, Schema

_PREAMBLE = f"""\
<xsl:output method="text"/>
<xsl:accumulator name="{RESERVED}:element" initial-value="-1">\
<xsl:accumulator-rule match="*" select="$value + 1"/></xsl:accumulator>
<xsl:mode use-accumulators="{RESERVED}:element"/>
<xsl:function name="{RESERVED}:at"><xsl:param name="n"/><xsl:choose>\
<xsl:when test="$n instance of element()">\
<xsl:sequence select="$n/accumulator-before('{RESERVED}:element')"/></xsl:when>\
<xsl:when test="$n instance of attribute()">\
<xsl:sequence select="$n/../accumulator-before('{RESERVED}:element'), \
'@' || encode-for-uri(substring-after(path($n), path($n/..) || '/@'))"/></xsl:when>\
<xsl:when test="$n/parent::*">\
<xsl:sequence select="$n/../accumulator-before('{RESERVED}:element')"/></xsl:when>\
<xsl:otherwise><xsl:sequence select="0"/></xsl:otherwise></xsl:choose></xsl:function>
"""


def compile_lean(schema: Schema, *, phase: str | None = None) -> Stylesheet:
    """Translate a schema to a stylesheet that writes only what is wrong.

    Raises `ArtefactError` when the phase does not exist or an expression is refused.
    """
    chosen = schema.select(phase)
    return _Writer(chosen, Vetted(chosen)).stylesheet()


class _Writer:
    """Writes one stylesheet, one line at a time."""

    def __init__(self, schema: Schema, vetted: Vetted) -> None:
        self._schema = schema
        self._vetted = vetted
        self._hoister = Hoister(vetted.analyst)
        self._lists = CodeLists()
        self._text: list[str] = []
        self._line = 1
        self._number = 0
        self._once_only: set[int] = set()
        self._modes: dict[str, str] = {}
        self._choices: dict[str, tuple[Candidate, ...]] = {}
        self._lines: list[tuple[int, int]] = []

    def stylesheet(self) -> Stylesheet:
        self._write(header(self._schema, declarations=_PREAMBLE))
        for key in keys(self._schema):
            self._write(key)
        for let in global_lets(self._schema):
            self._write(variable(let.name, self._once(let.value)))
        automaton, walked = Automaton(), []
        for index, pattern in enumerate(self._schema.patterns):
            contexts = [self._vetted[rule.context] for rule in pattern.rules]
            if not automaton.add(index, contexts):
                walked.append(index)
                self._walk(index, pattern)
            for number, rule in enumerate(pattern.rules):
                self._rule(pattern, rule, f"r{index}-{number}")
        automaton.link()
        self._root(walked)
        self._states(automaton)
        for definition in self._hoister.definitions():
            self._write(definition)
        for function in self._lists.functions():
            self._write(function)
        self._write("</xsl:stylesheet>\n")
        return Stylesheet(
            xslt="".join(self._text),
            output="records",
            assertions=tuple(AssertionInfo.of(a) for a in self._schema.assertions()),
            once=frozenset(self._once_only),
            lines=tuple(self._lines),
        )

    def _write(self, text: str) -> None:
        self._text.append(text)
        self._line += text.count("\n")

    def _once(self, text: str) -> str:
        tree = self._vetted[text]
        return text if tree is None else write(self._hoister.once(tree))

    def _moved(self, text: str, *, below: bool) -> str:
        tree = self._vetted[text]
        if tree is None:
            return text
        moved = self._hoister.rule(tree, below_root=below)
        moved = self._lists.rewrite(moved)
        return text if moved is tree else write(moved)

    def _root(self, walked: list[int]) -> None:
        self._write('<xsl:template match="/">\n')
        self._write('<xsl:apply-templates select="*" mode="c0"/>\n')
        for index in walked:
            self._write(f'<xsl:apply-templates select="/" mode="p{index}"/>\n')
        total = len(self._schema.assertions())
        self._write(f"<xsl:text>#{total}</xsl:text>\n</xsl:template>\n")

    def _walk(self, index: int, pattern: Pattern) -> None:
        """Write a pattern the ordinary way: its contexts are match patterns."""
        mode = f"p{index}"
        self._write(f'<xsl:mode name="{mode}" on-no-match="shallow-skip"/>\n')
        for number, rule in enumerate(pattern.rules):
            priority = 1000 + len(pattern.rules) - number
            match = attribute("match", rule.context)
            self._write(
                f'<xsl:template{match} mode="{mode}" priority="{priority}">'
                f'<xsl:call-template name="r{index}-{number}"/>'
                f'<xsl:apply-templates select="@*|node()" mode="{mode}"/>'
                "</xsl:template>\n"
            )

    def _states(self, automaton: Automaton) -> None:
        """Write the states of the one walk over all elements."""
        for node in automaton.nodes:
            below = f'<xsl:apply-templates select="*" mode="c{node.below().index}"/>'
            calls = "".join(self._calls(node))
            if node.parent is None:
                head = '<xsl:template match="*" mode="c0">'
            else:
                match = attribute("match", node.name)
                head = f'<xsl:template{match} mode="c{node.parent.index}">'
            self._write(f"{head}{calls}{below}</xsl:template>\n")
            if node.fail is not None and node.children:
                shorter = node.fail.below().index
                again = f'<xsl:apply-templates select="." mode="c{shorter}"/>'
                self._write(
                    f'<xsl:template match="*" mode="c{node.index}">{again}'
                    "</xsl:template>\n"
                )
        for mode, candidates in self._choices.items():
            self._choice(mode, candidates)

    def _calls(self, node: Node) -> Iterator[str]:
        """Yield one call for each pattern that may have a rule for an element."""
        for pattern in range(len(self._schema.patterns)):
            found = node.candidates(pattern)
            if not found:
                continue
            first = found[0]
            if first.sure:
                yield f'<xsl:call-template name="r{pattern}-{first.rule}"/>'
            else:
                mode = f"d{pattern}-" + "-".join(str(id(c)) for c in found)
                mode = self._modes.setdefault(mode, f"d{len(self._modes)}")
                self._choices[mode] = found
                yield f'<xsl:apply-templates select="." mode="{mode}"/>'

    def _choice(self, mode: str, candidates: tuple[Candidate, ...]) -> None:
        """Write the choice between rules of one pattern: the first that matches."""
        self._write(f'<xsl:mode name="{mode}" on-no-match="deep-skip"/>\n')
        for position, candidate in enumerate(candidates):
            context = "*" if candidate.sure else write(candidate.context)
            self._write(
                f'<xsl:template{attribute("match", context)} mode="{mode}" '
                f'priority="{len(candidates) - position}">'
                f'<xsl:call-template name="r{candidate.pattern}-{candidate.rule}"/>'
                "</xsl:template>\n"
            )

    def _rule(self, pattern: Pattern, rule: Rule, name: str) -> None:
        """Write the assertions of a rule, to be called at each node it matches."""
        self._write(f'<xsl:template name="{name}">\n')
        for shared in pattern_lets(self._schema, pattern):
            self._write(shared)
        below = below_root(self._vetted[rule.context])
        for let in rule.lets:
            self._write(variable(let.name, self._moved(let.value, below=below)))
        family = self._family(rule, f"f{name}")
        for assertion in rule.assertions:
            if family is None or self._number not in self._once_only:
                self._lines.append((self._number, self._line))
                self._assertion(assertion, below=below)
            self._number += 1
        if family is not None:
            self._write(family.call())
        self._write("</xsl:template>\n")
        if family is not None:
            for line in family.templates():
                self._write(line)

    def _family(self, rule: Rule, mode: str) -> Family | None:
        """Put together what only forbids descendants, if there is enough of it."""
        paths: dict[int, list[str]] = {}
        for number, assertion in enumerate(rule.assertions, self._number):
            path = forbidden(self._vetted[assertion.test], report=assertion.report)
            if path is not None and assertion.text is not None:
                paths[number] = path
        if len(paths) < LEAST:
            return None
        family = Family(mode)
        for number, path in paths.items():
            family.add(number, path)
        self._once_only |= paths.keys()
        return family

    def _assertion(self, assertion: Assertion, *, below: bool) -> None:
        record = "".join(self._record(assertion))
        test = attribute("test", self._moved(assertion.test, below=below))
        if assertion.report:
            self._write(f"<xsl:if{test}>{record}</xsl:if>\n")
        else:
            self._write(
                f"<xsl:choose><xsl:when{test}/><xsl:otherwise>{record}"
                "</xsl:otherwise></xsl:choose>\n"
            )

    def _record(self, assertion: Assertion) -> Iterator[str]:
        end = "" if assertion.text is not None else ", '='"
        yield f'<xsl:value-of select="{self._number}, {RESERVED}:at(.){end}"/>'
        if end:
            parts = "".join(message_part(part) for part in assertion.message)
            yield f'<xsl:variable name="{RESERVED}:m">{parts}</xsl:variable>'
            yield f'<xsl:value-of select="encode-for-uri(${RESERVED}:m)"/>'
        yield "<xsl:text>&#10;</xsl:text>"
