# SPDX-License-Identifier: MIT
"""The rule catalogue: an entry for every rule id of CIUS-PT 2.1.2 and every own one.

Nothing is read before it is asked for. What was written rule by rule stands in
``entries/*.toml``; the formulaic families are composed from tables (`composed`).
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cius_pt.findings import Severity
from cius_pt.rules.composed import composed, composed_rules
from cius_pt.rules.entry import Entry, Language, Text
from cius_pt.rules.tables import section, sections

if TYPE_CHECKING:
    from collections.abc import Mapping

# In the order in which they are looked through and listed.
FILES = (
    "document.toml",
    "parties.toml",
    "delivery.toml",
    "references.toml",
    "payment.toml",
    "lines.toml",
    "vat.toml",
    "totals.toml",
    "notes.toml",
    "once.toml",
    "own.toml",
    "fiscal.toml",
    "recipients.toml",
    "signature_pdf.toml",
    "signature_xml.toml",
    "trust.toml",
    "ilink.toml",
    "status_message.toml",
)


@cache
def entry(rule: str) -> Entry | None:
    """Return the entry of a rule id, exactly as written, or None if it has none."""
    for name in FILES:
        found = section(name, rule)
        if found is not None:
            return _written(rule, found)
    return composed(rule)


@cache
def entries() -> Mapping[str, Entry]:
    """Return all entries by rule id."""
    found = {rule: entry(rule) for rule in rules()}
    return MappingProxyType({k: v for k, v in found.items() if v is not None})


@cache
def rules() -> tuple[str, ...]:
    """Return every rule id that has an entry, without reading the entries."""
    written = [rule for name in FILES for rule in sections(name)]
    return tuple(dict.fromkeys([*written, *composed_rules()]))


def hint(rule: str, lang: Language) -> str | None:
    """Return how to mend what the rule found, or None for a rule we do not know."""
    found = entry(rule)
    return None if found is None else found.fix.get(lang)


def _written(rule: str, found: Mapping[str, Any]) -> Entry:
    return Entry(
        rule=rule,
        severity=Severity(found.get("severity", "fatal")),
        terms=tuple(found.get("terms", "").split()),
        asks=Text(**found["asks"]),
        why=Text(**found["why"]),
        fix=Text(**found["fix"]),
        before=found.get("before", "").strip("\n"),
        after=found.get("after", "").strip("\n"),
        quirk=Text(**found["quirk"]) if "quirk" in found else None,
        fields=tuple(found.get("fields", "").split()),
    )
