# SPDX-License-Identifier: MIT
"""One thing that was looked at: what it is, how it stands, what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cius_pt.rules.entry import Text
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from cius_pt.rules.entry import Language


class State(StrEnum):
    """How a thing stands; what was not looked at is SKIP, and never OK."""

    OK = "ok"
    SKIP = "skip"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is known of one thing.

    `name` is a word that scripts may hang on, `said` what was seen, `advice` what to
    do next (0..1), `facts` the same for programs. `outside`: it is not this machine
    that fails. No secret may stand in any of them, nor its length.
    """

    name: str
    state: State
    said: Text
    advice: Text | None = None
    outside: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    def to_dict(self, lang: Language) -> dict[str, Any]:
        """Return the JSON form; sentences in one language."""
        return {
            "name": self.name,
            "state": self.state.value,
            "said": self.said.get(lang),
            "advice": None if self.advice is None else self.advice.get(lang),
            "facts": dict(self.facts),
        }


def same(text: str) -> Text:
    """Return what reads alike in both languages: names and numbers."""
    return Text(pt=text, en=text)
