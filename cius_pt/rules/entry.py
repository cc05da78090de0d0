# SPDX-License-Identifier: MIT
"""One entry of the rule catalogue: what a rule asks, why, and how to mend it."""

from __future__ import annotations

from typing import Any, Literal

from cius_pt.findings import Severity
from cius_pt.values import dataclass

Language = Literal["pt", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The same in European Portuguese and in English."""

    pt: str
    en: str

    def get(self, lang: Language) -> str:
        """Return the text in one language."""
        return self.pt if lang == "pt" else self.en

    def to_dict(self) -> dict[str, str]:
        """Return the JSON form."""
        return {"pt": self.pt, "en": self.en}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What there is to know about one rule.

    `rule` is the publisher's id or ours. `severity` is the publisher's flag; for our
    own ids, that of the finding. `terms`: the business terms and groups it is about.
    `asks`: one sentence, what must hold; it stands alone and serves as the message of
    our own rule set. `why`: the reason in business or in the format. `fix`: how to
    mend it, with the field of the model and the UBL element. `before` and `after`:
    fragments of XML with invented values; an empty `after` means the element goes
    away, both are empty where XML shows nothing. `quirk`: where the rule as published
    is looser or stranger than its purpose. `fields`: paths in the model, ``[n]`` for
    any position.
    """

    rule: str
    severity: Severity
    terms: tuple[str, ...]
    asks: Text
    why: Text
    fix: Text
    before: str
    after: str
    quirk: Text | None = None
    fields: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, both languages."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "terms": list(self.terms),
            "fields": list(self.fields),
            "asks": self.asks.to_dict(),
            "why": self.why.to_dict(),
            "fix": self.fix.to_dict(),
            "before": self.before,
            "after": self.after,
            "quirk": None if self.quirk is None else self.quirk.to_dict(),
        }
