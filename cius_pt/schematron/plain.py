# SPDX-License-Identifier: MIT
"""The literal translation of a Schematron: slow, and beyond doubt.

It does what ISO's reference implementation does: one mode per pattern, the first
rule that matches a node wins, every fired rule is reported, SVRL comes out. It is the
oracle the lean translation is compared with and the baseline it is measured against.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from cius_pt.schematron.model import NameOf
from cius_pt.schematron.stylesheet import (
    RESERVED,
    AssertionInfo,
    Stylesheet,
    attribute,
    global_lets,
    header,
    keys,
    pattern_lets,
    text,
    variable,
)
from cius_pt.schematron.svrl import SVRL
from cius_pt.schematron.vetted import Vetted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.schematron.model import (
        Assertion,
        MessagePart,
        Pattern,
        Rule,
        Schema,
    )

_VISIT = "@*|node()"
# A foreign attribute: ids may be missing or used twice.
NUMBER = f"{RESERVED}:assertion"


def compile_plain(schema: Schema, *, phase: str | None = None) -> Stylesheet:
    """Translate a schema to a stylesheet that writes SVRL.

    Raises `ArtefactError` when the phase does not exist or an expression is refused.
    """
    chosen = schema.select(phase)
    Vetted(chosen)  # refuses what must not reach Saxon
    sheet = header(
        chosen,
        declarations='<xsl:output method="xml" encoding="UTF-8" indent="no"/>',
    )
    sheet += "".join(keys(chosen))
    sheet += "".join(variable(let.name, let.value) for let in global_lets(chosen))
    sheet += "".join(_root(chosen))
    numbers = itertools.count()
    for index, pattern in enumerate(chosen.patterns):
        sheet += "".join(_pattern(chosen, pattern, f"p{index}", numbers))
    return Stylesheet(
        xslt=sheet + "</xsl:stylesheet>\n",
        output="svrl",
        assertions=tuple(AssertionInfo.of(a) for a in chosen.assertions()),
    )


def _root(schema: Schema) -> Iterator[str]:
    yield '<xsl:template match="/">\n'
    yield f"<svrl:schematron-output{attribute('xmlns:svrl', SVRL)}"
    yield f"{_literal('title', schema.title)}>\n"
    for prefix, uri in schema.namespaces.items():
        yield "<svrl:ns-prefix-in-attribute-values"
        yield f"{_literal('prefix', prefix)}{_literal('uri', uri)}/>\n"
    for index, pattern in enumerate(schema.patterns):
        yield f"<svrl:active-pattern{_literal('id', pattern.id)}/>\n"
        yield f'<xsl:apply-templates select="/" mode="p{index}"/>\n'
    yield "</svrl:schematron-output>\n</xsl:template>\n"


def _pattern(
    schema: Schema, pattern: Pattern, mode: str, numbers: Iterator[int]
) -> Iterator[str]:
    yield f'<xsl:mode name="{mode}" on-no-match="shallow-skip"/>\n'
    shared = "".join(pattern_lets(schema, pattern))
    for index, rule in enumerate(pattern.rules):
        yield f"<xsl:template{attribute('match', rule.context)}"
        yield f' mode="{mode}" priority="{1000 + len(pattern.rules) - index}">\n'
        yield shared
        yield from _rule(rule, numbers)
        yield f'<xsl:apply-templates select="{_VISIT}" mode="{mode}"/>\n'
        yield "</xsl:template>\n"


def _rule(rule: Rule, numbers: Iterator[int]) -> Iterator[str]:
    for let in rule.lets:
        yield variable(let.name, let.value)
    yield f"<svrl:fired-rule{attribute('xmlns:svrl', SVRL)}"
    if rule.id:
        yield _literal("id", rule.id)
    yield f"{_literal('context', rule.context)}/>\n"
    for assertion in rule.assertions:
        yield from _assertion(assertion, next(numbers))


def _assertion(assertion: Assertion, number: int) -> Iterator[str]:
    name = "successful-report" if assertion.report else "failed-assert"
    test = attribute("test", assertion.test)
    if assertion.report:
        yield f"<xsl:if{test}>"
    else:
        yield f"<xsl:choose><xsl:when{test}/><xsl:otherwise>"
    yield f"<svrl:{name}{attribute('xmlns:svrl', SVRL)}"
    for key in ("id", "flag", "role", "test"):
        value = getattr(assertion, key)
        if value:
            yield _literal(key, value)
    yield f'{_literal(NUMBER, str(number))} location="{{path()}}"><svrl:text>'
    for part in assertion.message:
        yield message_part(part)
    yield f"</svrl:text></svrl:{name}>"
    yield "</xsl:if>\n" if assertion.report else "</xsl:otherwise></xsl:choose>\n"


def message_part(part: MessagePart) -> str:
    """Return the instruction that writes one part of a message."""
    if isinstance(part, str):
        return f"<xsl:text>{text(part)}</xsl:text>"
    if isinstance(part, NameOf):
        path = f"({part.path})" if part.path else "."
        return f"<xsl:value-of{attribute('select', f'name({path})')}/>"
    return f"<xsl:value-of{attribute('select', part.select)}/>"


def _literal(name: str, value: str) -> str:
    """Return an attribute of a result element, braces kept as they are."""
    return attribute(name, value.replace("{", "{{").replace("}", "}}"))
