# SPDX-License-Identifier: MIT
"""Says in Portuguese what this package and its parsers say in English.

``entries/spoken.tsv`` has both, with places for the names and values between the words.
A sentence that is not there stays in English: what is said is never lost. Messages of
published rules are not said in other words at all.

>>> portuguese("the root is a UBL Order; expected a UBL 2.1 Invoice or CreditNote")
'o elemento raiz é um Order da UBL; esperava-se uma Invoice ou CreditNote da UBL 2.1'
"""

from __future__ import annotations

import re
from functools import cache

from cius_pt.rules import tables
from cius_pt.values import dataclass

_PLACE = re.compile(r"(\{\*?\})")
# A sentence within a sentence within a sentence; no table needs more.
_DEEPEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    """A row: the words of both languages, `said` for each place that is said too."""

    english: tuple[str, ...]
    portuguese: tuple[str, ...]
    said: tuple[bool, ...]


def portuguese(text: str, *, depth: int = 0) -> str:
    """Return a sentence in Portuguese, or as it is when nobody has said it yet."""
    if depth == _DEEPEST:
        return text
    for sentence in _sentences():
        found = _places(text, sentence.english)
        if found is not None:
            places = [
                portuguese(place, depth=depth + 1) if said else place
                for place, said in zip(found, sentence.said, strict=True)
            ]
            return _filled(sentence.portuguese, places)
    return text


def _places(text: str, words: tuple[str, ...]) -> list[str] | None:
    """Return what stands between these words, or None where they are not all there.

    Each place ends where the next words come first, so the work is linear.
    """
    if len(words) == 1:
        return [] if text == words[0] else None
    first, *middle, last = words
    end = len(text) - len(last)
    if not text.startswith(first) or not text.endswith(last) or end < len(first):
        return None
    found, start = [], len(first)
    for word in middle:
        at = text.find(word, start, end)
        if at < 0:
            return None
        found.append(text[start:at])
        start = at + len(word)
    return [*found, text[start:end]]


def _filled(words: tuple[str, ...], places: list[str]) -> str:
    rest = (place + word for place, word in zip(places, words[1:], strict=True))
    return words[0] + "".join(rest)


@cache
def _sentences() -> tuple[_Sentence, ...]:
    """Return all rows, in the order in which they are tried.

    First those that begin with words, and of them those with most words of their own.
    """
    rows = [_sentence(row["en"], row["pt"]) for row in tables.rows("spoken.tsv")]
    return tuple(
        sorted(rows, key=lambda row: (not row.english[0], -len("".join(row.english))))
    )


def _sentence(english: str, said: str) -> _Sentence:
    return _Sentence(
        english=tuple(_PLACE.split(english)[::2]),
        portuguese=tuple(_PLACE.split(said)[::2]),
        said=tuple(place == "{*}" for place in _PLACE.findall(english)),
    )
