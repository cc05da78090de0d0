# SPDX-License-Identifier: MIT
"""Rule ids as settings name them: whole, or with ``*`` for any characters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEAREST: Final = 3


def matches(pattern: str, rule: str) -> bool:
    """Whether a pattern means this rule, in any case of letters.

    No pattern takes long: each part is looked for once, from where the last one ended.
    """
    first, *parts = pattern.upper().split("*")
    text = rule.upper()
    if not parts:
        return text == first
    *middle, last = parts
    if not text.startswith(first):
        return False
    at = len(first)
    for part in middle:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(text) - at >= len(last) and text.endswith(last)


def best(patterns: Iterable[str], rule: str) -> str | None:
    """Return the pattern that says most of a rule: its id, else the longest.

    Of several that are as long, the last one.
    """
    found: str | None = None
    for pattern in patterns:
        if matches(pattern, rule) and (found is None or _says(pattern) >= _says(found)):
            found = pattern
    return found


def nearest(wanted: str) -> str | None:
    """Return None when an id or pattern means a rule we know, else a hint.

    The hint names the ids that look most like it and is empty when none does.
    """
    # Late: only settings that name rules need the names.
    from difflib import get_close_matches  # noqa: PLC0415

    from cius_pt.rules import catalogue  # noqa: PLC0415

    ids = {rule.upper(): rule for rule in catalogue.rules()}
    if any(matches(wanted, rule) for rule in ids):
        return None
    near = get_close_matches(
        wanted.upper().replace("*", ""), ids, n=_NEAREST, cutoff=0.7
    )
    names = ", ".join(ids[rule] for rule in near)
    return f" (did you mean {names}?)" if names else ""


def _says(pattern: str) -> tuple[bool, int]:
    return "*" not in pattern, len(pattern)
