# SPDX-License-Identifier: MIT
"""A fork waits until no document is being checked.

A child has one thread, the one that forked. What others held inside native code at
that moment stays held: a lock of libxml2 for ever, and Saxon's collector of memory
aborts the child when it meets a thread that is not there. So ``os.fork`` waits for
the checks that are under way, and new ones wait for the fork. Starting a program
(`subprocess`, ``spawn``) is not concerned.
"""

from __future__ import annotations

# Its own hooks have to be registered before ours: its lock is then taken after we have
# waited, not held by us while a check wants to log.
import logging  # noqa: F401
import os
import threading
from typing import Final

TORN: Final = (
    "this process was forked in the middle of a long check and cannot check anything; "
    "fork earlier, or start processes by spawn"
)
# A check that takes longer than this is not waited for.
_PATIENCE: Final = 60.0


class _Gate:
    """Counts who is inside; closed while somebody forks."""

    def __init__(self) -> None:
        # Entered and left for every document: a condition takes longer than its lock.
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._inside = 0
        self._forking = 0
        self._here = threading.local()

    def enter(self, *, wait: bool) -> None:
        depth = getattr(self._here, "depth", 0)
        with self._lock:
            # Who is inside already must be able to finish.
            while wait and self._forking and not depth:
                self._changed.wait()
            self._inside += 1
        self._here.depth = depth + 1

    def leave(self) -> None:
        self._here.depth -= 1
        with self._lock:
            self._inside -= 1
            if self._forking:
                self._changed.notify_all()

    def close(self) -> bool:
        """Wait until nobody else is inside; whether that was so in time."""
        mine = getattr(self._here, "depth", 0)
        with self._lock:
            self._forking += 1
            return self._changed.wait_for(lambda: self._inside <= mine, _PATIENCE)

    def open(self) -> None:
        with self._lock:
            self._forking -= 1
            self._changed.notify_all()


_gate = _Gate()
_torn = False
_in_time = True


class held_off:  # noqa: N801 - used like a function
    """Let no fork happen inside, unless this takes very long.

    With `wait` false a fork that is waiting goes on waiting: for a thread whose work
    somebody inside waits for.
    """

    __slots__ = ("_gate", "_wait")

    def __init__(self, *, wait: bool = True) -> None:
        self._wait = wait
        self._gate = _gate

    def __enter__(self) -> None:
        self._gate.enter(wait=self._wait)

    def __exit__(self, *_: object) -> None:
        self._gate.leave()


def torn() -> bool:
    """Whether this process was forked in the middle of a check after all.

    Native libraries must not be used in it.
    """
    return _torn


def _before() -> None:
    global _in_time  # noqa: PLW0603 - told to the child
    _in_time = _gate.close()


def _in_parent() -> None:
    _gate.open()


def _in_child() -> None:
    global _gate, _torn  # noqa: PLW0603 - one per process is the point
    _gate = _Gate()
    _torn = _torn or not _in_time


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before, after_in_parent=_in_parent, after_in_child=_in_child
    )
