# SPDX-License-Identifier: MIT
"""Keeps the order in which a document arranged its tagged values.

The norm gives notes, references and item properties no order, so the model has none
either; but a document that is read and written again should still be itself.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")


def arrange(keyed: Iterable[tuple[str, T]], order: Sequence[str]) -> list[T]:
    """Return the values in the order of their keys in `order`, the rest behind."""
    if not order:
        return [value for _, value in keyed]
    waiting: defaultdict[str, deque[T]] = defaultdict(deque)
    for key, value in keyed:
        waiting[key].append(value)
    arranged = [waiting[key].popleft() for key in order if waiting[key]]
    return [*arranged, *(value for queue in waiting.values() for value in queue)]


def observed(keys: Sequence[str], rank: Callable[[str], Any]) -> tuple[str, ...]:
    """Return `keys`, or nothing when they already stand in the order of `rank`."""
    if len(keys) < 2 or sorted(keys, key=rank) == list(keys):  # noqa: PLR2004 - one has no order
        return ()
    return tuple(keys)
