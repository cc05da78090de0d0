# SPDX-License-Identifier: MIT
"""Processes that each do one thing at a time and are replaced when they die or hang.

The standard library's pool is lost as a whole when one of its processes dies, and
cannot end one that hangs. Here each process has a pipe of its own: what it was doing
is lost with its reason, nothing else is. Processes are spawned, never forked, so a
script that uses them needs the usual ``if __name__ == "__main__":``.

- Ctrl-C belongs to the caller: processes ignore it, and end when their pipe closes.
- They have no output: what a dying native library says is not for the user.
"""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from contextlib import contextmanager, suppress
from multiprocessing import connection, get_context
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

Item = TypeVar("Item")
Answer = TypeVar("Answer")

# So many in a row, and no process will ever start here.
_TRIES: Final = 3
# A busy machine takes this long to start an interpreter, whatever a document may take.
_START: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What came instead of an answer, and why."""

    reason: str


def run(
    function: Callable[[Item], Answer],
    items: Iterable[Item],
    *,
    workers: int,
    seconds: float,
    ahead: int,
) -> Iterator[Answer | Lost]:
    """Yield what `function` answers for each item, in the order of the items.

    At most `ahead` items are taken that are not yet answered. An item whose process
    dies, takes more than `seconds` or cannot be reached is `Lost`; a new process takes
    the place of the old one. `function` and items must be picklable.
    """
    crew = _Crew(function, workers, seconds)
    try:
        yield from crew.answers(iter(items), max(ahead, workers))
    finally:
        crew.dismiss()


class _Worker:
    """One process, the pipe to it and the number of the item it has."""

    def __init__(self, function: Callable[[Any], Any], seconds: float) -> None:
        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._seconds = seconds
        self.process: SpawnProcess = context.Process(
            target=_serve, args=(theirs, function), name="cius-pt-check", daemon=True
        )
        with _interrupts_held():
            self.process.start()
        theirs.close()
        self.ready = False
        self.number: int | None = None
        self.deadline = time.monotonic() + max(seconds, _START)

    def give(self, number: int, item: object) -> None:
        """Hand over an item; raises when it cannot be pickled or nobody is there."""
        self.pipe.send(item)
        self.number = number
        self.deadline = time.monotonic() + self._seconds

    def end(self) -> str:
        """End the process and return how it ended."""
        self.process.join(0.1)
        by_us = self.process.exitcode is None
        self.process.kill()
        self.process.join()
        self.pipe.close()
        code = self.process.exitcode or 0
        self.process.close()
        if by_us:
            return "it was ended"
        if code < 0:
            with suppress(ValueError):
                return f"{signal.Signals(-code).name}"
        return f"exit code {code}"


class _Crew(Generic[Item, Answer]):
    """The processes, and what is known of the items."""

    def __init__(
        self, function: Callable[[Item], Answer], size: int, seconds: float
    ) -> None:
        self._function = function
        self._size = size
        self._seconds = seconds
        self._members: list[_Worker] = []
        self._pending: deque[tuple[int, Item]] = deque()
        self._done: dict[int, Answer | Lost] = {}
        self._failures = 0
        self._hopeless: str | None = None

    def answers(self, items: Iterator[Item], ahead: int) -> Iterator[Answer | Lost]:
        """Yield the answers in order."""
        taken = given = 0
        more = True
        while True:
            while more and len(self._pending) < self._size and taken - given < ahead:
                try:
                    self._pending.append((taken, next(items)))
                except StopIteration:
                    more = False
                else:
                    taken += 1
            self._start()
            self._hand_out()
            self._collect(wait=given not in self._done)
            if given in self._done:
                self._hand_out()  # nobody is idle while the caller has the answer
                yield self._done.pop(given)
                given += 1
            elif not more and given == taken:
                return

    def dismiss(self) -> None:
        """End all processes, whatever they are doing."""
        for member in self._members:
            member.process.kill()
        for member in self._members:
            member.end()
        self._members.clear()

    def _start(self) -> None:
        """Start as many processes as have something to do."""
        busy = sum(member.number is not None for member in self._members)
        wanted = min(self._size, busy + len(self._pending))
        while self._hopeless is None and len(self._members) < wanted:
            try:
                self._members.append(_Worker(self._function, self._seconds))
            except Exception as error:  # noqa: BLE001 - no memory, no processes left
                self._failed(f"{type(error).__name__}: {error}")

    def _hand_out(self) -> None:
        for member in list(self._members):
            if not self._pending:
                return
            if not member.ready or member.number is not None:
                continue
            number, item = self._pending.popleft()
            try:
                member.give(number, item)
            except OSError:
                # It died while it had nothing to do: the item is for another one.
                self._pending.appendleft((number, item))
                self._remove(member)
            except Exception as error:  # noqa: BLE001 - pickling fails in any way
                said = f"{type(error).__name__}: {error}"
                self._done[number] = Lost(
                    reason=f"it cannot be handed to another process: {said}"
                )
        while self._hopeless is not None and not self._members and self._pending:
            number, _ = self._pending.popleft()
            self._done[number] = Lost(reason=self._hopeless)

    def _collect(self, *, wait: bool) -> None:
        """Take what has arrived; if asked to, wait until something happens."""
        if not self._members:
            return
        waiting = [m for m in self._members if m.number is not None or not m.ready]
        now = time.monotonic()
        limit = min((m.deadline for m in waiting), default=now) - now
        pipes = {member.pipe: member for member in self._members}
        for pipe in connection.wait(list(pipes), max(0.0, limit) if wait else 0):
            self._receive(pipes[pipe])  # type: ignore[index]
        now = time.monotonic()
        for member in waiting:
            if member in self._members and member.deadline < now and _late(member):
                self._expired(member)

    def _receive(self, member: _Worker) -> None:
        try:
            answer = member.pipe.recv()
        except (EOFError, OSError):
            self._died(member)
            return
        except Exception as error:  # noqa: BLE001 - unpickling fails in any way
            answer = Lost(reason=f"the answer is damaged: {type(error).__name__}")
        if not member.ready:
            member.ready = True
            self._failures = 0
        elif member.number is not None:
            self._done[member.number] = answer
            member.number = None

    def _died(self, member: _Worker) -> None:
        number, ready = member.number, member.ready
        how = self._remove(member)
        if number is not None:
            reason = f"the process that checked it ended unexpectedly ({how})"
            self._done[number] = Lost(reason=reason)
        elif not ready:
            self._failed(how)

    def _expired(self, member: _Worker) -> None:
        number, ready = member.number, member.ready
        self._remove(member)
        if number is not None:
            reason = f"it took more than {self._seconds:g} s and was stopped"
            self._done[number] = Lost(reason=reason)
        elif not ready:
            self._failed(f"not ready within {max(self._seconds, _START):g} s")

    def _remove(self, member: _Worker) -> str:
        self._members.remove(member)
        return member.end()

    def _failed(self, how: str) -> None:
        self._failures += 1
        if self._failures >= _TRIES:
            self._hopeless = (
                f"no process can be started for it ({how}); a script that starts "
                'processes needs: if __name__ == "__main__":'
            )


def _late(member: _Worker) -> bool:
    """Whether nothing has come at the last moment."""
    return not member.pipe.poll()


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Start a process in which Ctrl-C waits until it is ignored."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(
    pipe: Connection[Any, Any], function: Callable[[Any], Any]
) -> None:  # pragma: no cover - in another process
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for output in (1, 2):
        os.dup2(nowhere, output)
    with suppress(EOFError, OSError):  # the caller has gone
        pipe.send(None)
        while True:
            pipe.send(_answer(pipe, function))


def _answer(pipe: Connection[Any, Any], function: Callable[[Any], Any]) -> Any:
    data = pipe.recv_bytes()
    try:
        return function(ForkingPickler.loads(data))
    except Exception as error:  # noqa: BLE001 - the caller is told
        return Lost(reason=f"{type(error).__name__}: {error}")
