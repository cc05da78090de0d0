# SPDX-License-Identifier: MIT
"""One thread per process that owns Saxon.

SaxonC is a GraalVM image; two processors working at the same time in threads of one
process abort it (``StackOverflowError … yellow zone``). So a single daemon thread,
started at the first use, owns the only processor; callers of any number of threads
hand over a task and wait for its future.

- fork: the parent's objects live in that thread's frames only, so a child never
  touches or frees them. If the parent had used Saxon, the child must not
  (`cius_pt.schematron.remote`); otherwise it starts a thread of its own.
- exit: the thread is asked to stop and is waited for, then Python goes on.
- Ctrl-C: reaches the caller that waits, as soon as the document at hand is done; the
  next task finds the processor as usable as before.

A fork in the middle of a check waits for it (`cius_pt.forks`). The exit code of a
process is its own. SaxonC keeps Python's interpreter lock while it works: threads wait
for each other however they are arranged, and only more processes check more documents
per second.
"""

from __future__ import annotations

import atexit
import os
import queue
import threading
from concurrent.futures import Future, wait
from typing import TYPE_CHECKING, Any

from cius_pt import forks
from cius_pt.schematron.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from cius_pt.schematron.remote import RemoteSession

    Saxon = Session | RemoteSession
    Task = Callable[[Saxon], Any]
    Job = tuple[Future[Any], Task]

# Secondary threads get 512 KiB on macOS and 128 KiB with musl; compiling a rule set
# of a thousand expressions recurses deeper than that.
_STACK = 16 * 1024 * 1024
_PATIENCE = 10.0
_SLICE = 0.5


class _Worker:
    """The thread and its queue of tasks."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        # Nothing is queued behind the end: it would be waited for for ever.
        self._gate = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(
            target=self._serve, name="cius-pt-saxon", daemon=True
        )
        before = threading.stack_size(_STACK)
        try:
            self._thread.start()
        finally:
            threading.stack_size(before)

    def call(self, task: Task) -> Any:
        future: Future[Any] = Future()
        with self._gate:
            if self._stopped:
                raise RuntimeError("Python is shutting down; no rules are run any more")
            self._jobs.put((future, task))
        try:
            # In slices: on Windows a wait without an end cannot be interrupted.
            while not wait((future,), timeout=_SLICE).done:
                pass
            return future.result()
        except BaseException:
            # Nobody waits for it any more (Ctrl-C): drop it, if it has not begun.
            future.cancel()
            raise

    def stop(self) -> None:
        with self._gate:
            self._stopped = True
            self._jobs.put(None)
        self._thread.join(_PATIENCE)

    def _serve(self) -> None:
        session: Saxon | None = None
        while (job := self._jobs.get()) is not None:
            future, task = job
            if not future.set_running_or_notify_cancel():
                continue
            # The caller may have given up (Ctrl-C); a fork waits all the same.
            with forks.held_off(wait=False):
                try:
                    session = session or _session()
                    future.set_result(task(session))
                except Exception as error:  # noqa: BLE001 - the caller gets it
                    future.set_exception(error)
            del future, task, job
        if session is not None:
            session.close()


_lock = threading.Lock()
_worker: _Worker | None = None
_used = False  # whether Saxon is, or was before a fork, alive in this process
_forked = False  # whether that was before a fork


def _session() -> Saxon:
    global _used  # noqa: PLW0603 - one per process is the point
    if _used and _forked:
        # Late: it starts processes, which a process that was not forked does not.
        from cius_pt.schematron.remote import RemoteSession  # noqa: PLC0415

        return RemoteSession()
    _used = True
    return Session()


def call(task: Task) -> Any:
    """Run `task(session)` in this process's Saxon thread and return its result.

    An exception of the task is raised here.
    """
    global _worker  # noqa: PLW0603 - one per process is the point
    if forks.torn():
        raise RuntimeError(forks.TORN)
    with forks.held_off():
        with _lock:
            if _worker is None:
                _worker = _Worker()
                atexit.register(_worker.stop)
            worker = _worker
        return worker.call(task)


def _forget() -> None:
    """In a forked child: the thread is not there, and the lock may be held."""
    global _worker, _lock, _forked  # noqa: PLW0603 - one per process is the point
    _forked = _used
    if _worker is not None:
        atexit.unregister(_worker.stop)
    _worker = None
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
