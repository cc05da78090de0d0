# SPDX-License-Identifier: MIT
"""200 requests a minute for one platform; whoever sends more is blocked for two."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Final

from cius_pt.testing.fake_ilink import replies
from cius_pt.testing.fake_ilink.wire import Answer

if TYPE_CHECKING:
    from cius_pt.testing.fake_ilink.world import World

_MINUTE: Final = 60.0


class Rate:
    """The requests of the last minute, and until when the block lasts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: deque[float] = deque()
        self._until = 0.0
        self.blocks = 0

    def refuse(self, world: World) -> Answer | None:
        """Count a request; return the refusal when it is one too many."""
        limit = world.settings.rate_limit
        with self._lock:
            now = world.clock.now()
            if now < self._until:
                return self._refusal(world, now)
            if limit is None:
                return None
            while self._seen and self._seen[0] <= now - _MINUTE:
                self._seen.popleft()
            self._seen.append(now)
            if len(self._seen) > limit:
                return self._begin(world, now)
            return None

    def block(self, world: World) -> Answer:
        """Begin a block now."""
        with self._lock:
            return self._begin(world, world.clock.now())

    def _begin(self, world: World, now: float) -> Answer:
        self._until = now + world.settings.block_seconds
        self._seen.clear()
        self.blocks += 1
        return self._refusal(world, now)

    def _refusal(self, world: World, now: float) -> Answer:
        # Status and body of a block are not documented: see Settings.
        answer = replies.page(world.settings.block_status, "blocked")
        if not world.settings.retry_after:
            return answer
        left = str(int(self._until - now) + 1)
        return Answer(
            status=answer.status,
            body=answer.body,
            media=answer.media,
            headers=(("Retry-After", left),),
        )
