# SPDX-License-Identifier: MIT
"""A compiled rule set, and what the two translators have in common.

Both turn a pattern into a mode and a rule into a template whose priority is its
place in the pattern, so that the first rule that matches a node wins. Variables of a
schema, a phase or a pattern are computed at the document's root (ISO 19757-3, 5.4.5)
and become global ones; of two patterns that use one name, each gets its own copy in
its templates, where it is seen and shadows as Schematron says.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from cius_pt.errors import ArtefactError
from cius_pt.findings import Severity
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cius_pt.schematron.model import Assertion, Let, Pattern, Schema

XSLT = "http://www.w3.org/1999/XSL/Transform"
XS = "http://www.w3.org/2001/XMLSchema"
# Our own names inside a stylesheet; a rule set cannot collide with them.
RESERVED = "cius-pt"
RESERVED_URI = "urn:x-cius-pt:compiled"

# xml.sax.saxutils would do, but loads the HTTP client of the standard library.
_ENTITIES = {ord(character): f"&#{ord(character)};" for character in '&<>"\n\r\t'}
_SEVERITIES = {
    "warning": Severity.WARNING,
    "warn": Severity.WARNING,
    "information": Severity.INFO,
    "info": Severity.INFO,
    "informational": Severity.INFO,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionInfo:
    """What a report needs to know of one assertion.

    `message` is None when it has to be computed for each finding.
    """

    rule: str
    severity: Severity
    message: str | None
    report: bool
    place: str

    @classmethod
    def of(cls, assertion: Assertion) -> AssertionInfo:
        """Take what matters from an assertion of a schema."""
        return cls(
            rule=assertion.id or f"assertion at {assertion.place}",
            severity=severity(assertion.flag, assertion.role),
            message=assertion.text,
            report=assertion.report,
            place=str(assertion.place),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stylesheet:
    """A rule set as XSLT 3.0 text.

    An assertion in `once` fires at most once for a node, whatever the output repeats;
    `lines` says which assertion the n-th line of the text belongs to, to explain an
    error that names a line. `hash` identifies the text and so everything it does.
    """

    xslt: str
    output: Literal["records", "svrl"]
    assertions: tuple[AssertionInfo, ...]
    once: frozenset[int] = frozenset()
    lines: tuple[tuple[int, int], ...] = ()
    hash: str = field(init=False)

    def __post_init__(self) -> None:
        # Kept: hashing half a megabyte takes longer than judging a short invoice.
        digest = hashlib.sha256(self.xslt.encode()).hexdigest()
        object.__setattr__(self, "hash", digest)

    def assertion_at(self, line: int) -> AssertionInfo | None:
        """Which assertion a line of the text came from, if any."""
        for number, at in self.lines:
            if at == line:
                return self.assertions[number]
        return None


def severity(flag: str, role: str) -> Severity:
    """Map a publisher's ``flag``, else ``role``, to a severity.

    ``warning`` and ``warn`` are WARNING, ``info``, ``information`` and
    ``informational`` INFO; anything else, nothing included, is FATAL: what we do not
    understand must not pass.
    """
    for word in (flag, role):
        found = _SEVERITIES.get(word.strip().lower())
        if found is not None:
            return found
        if word.strip():
            return Severity.FATAL
    return Severity.FATAL


def attribute(name: str, value: str) -> str:
    """Return one XML attribute, quoted, on one line."""
    return f' {name}="{value.translate(_ENTITIES)}"'


def text(value: str) -> str:
    """Return character content."""
    return value.translate(_ENTITIES)


def header(schema: Schema, *, declarations: str) -> str:
    """Return the start tag of a stylesheet with the rule set's namespaces."""
    bound = {"xsl": XSLT, "xs": XS, RESERVED: RESERVED_URI}
    for prefix, uri in schema.namespaces.items():
        if bound.setdefault(prefix, uri) != uri:
            raise ArtefactError(
                f"{schema.place}: the prefix {prefix!r} is reserved; rename it"
            )
    names = "".join(attribute(f"xmlns:{p}", uri) for p, uri in bound.items())
    return f'<xsl:stylesheet version="3.0"{names}>\n{declarations}\n'


def keys(schema: Schema) -> Iterator[str]:
    """Yield the keys of a schema, one a line."""
    for key in schema.keys:
        yield (
            f"<xsl:key{attribute('name', key.name)}{attribute('match', key.match)}"
            f"{attribute('use', key.use)}/>\n"
        )


def variable(name: str, value: str) -> str:
    """Return one ``xsl:variable``."""
    select = attribute("select", value)
    return f"<xsl:variable{attribute('name', name)}{select}/>\n"


def pattern_lets(schema: Schema, pattern: Pattern) -> Iterator[str]:
    """Yield those variables of a pattern that need a copy in each of its rules."""
    mine = {id(let) for let in global_lets(schema)}
    for let in pattern.lets:
        if id(let) not in mine:
            yield (
                f'<xsl:variable{attribute("name", let.name)} as="item()*">'
                '<xsl:for-each select="root()">'
                f"<xsl:sequence{attribute('select', let.value)}/>"
                "</xsl:for-each></xsl:variable>\n"
            )


def global_lets(schema: Schema) -> list[Let]:
    """Return the variables that can be global ones, in the order of their values."""
    lets: list[Let] = _unique_in_scope(schema.lets)
    names = Counter(let.name for let in schema.lets)
    names.update(let.name for p in schema.patterns for let in p.lets)
    lets += [let for p in schema.patterns for let in p.lets if names[let.name] == 1]
    return lets


def _unique_in_scope(lets: Iterable[Let]) -> list[Let]:
    """Refuse a phase's variable that is also the schema's."""
    seen: dict[str, Let] = {}
    for let in lets:
        if let.name in seen:
            raise ArtefactError(
                f"{let.place}: <let>: {let.name!r} is also defined at "
                f"{seen[let.name].place}"
            )
        seen[let.name] = let
    return list(seen.values())
