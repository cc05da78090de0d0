# SPDX-License-Identifier: MIT
"""One thread per process that owns Saxon.

SaxonC is a GraalVM image; two processors working at the same time in threads of one
process abort it (``StackOverflowError … yellow zone``). So a single daemon thread,
started at the first use, owns the only processor; callers of any number of threads
hand over a task and wait for its future.

- fork: a child starts its own thread with its own processor; the parent's objects
  live in that thread's frames only, so the child never touches or frees them.
- exit: the thread is asked to stop and is waited for, then Python goes on.
- Ctrl-C: reaches the caller that waits, as soon as the document at hand is done; the
  next task finds the processor as usable as before.

Saxon writes a note on each dynamic error to the process's standard error stream. A
configuration file points it to a private file instead, which is removed as soon as
both sides have it open (where the system allows that), so that even a killed process
leaves nothing behind. The note is the only place where SaxonC tells an error's code
and line.

Measured with saxonche 13.1 on Linux: 20 forks out of a process whose Saxon thread was
busy, a fork pool, and children that leave by ``os._exit`` or normally all work, each
child with its own processor (0.1 s); the exit code of a process is its own. SaxonC
keeps Python's interpreter lock while it works: threads wait for each other however
they are arranged, and only more processes check more documents per second.
"""

from __future__ import annotations

import atexit
import os
import queue
import shutil
import tempfile
import threading
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cius_pt.schematron.stylesheet import attribute

if TYPE_CHECKING:
    from collections.abc import Callable

    Task = Callable[["Session"], Any]
    Job = tuple[Future[Any], Task]

# Secondary threads get 512 KiB on macOS and 128 KiB with musl; compiling a rule set
# of a thousand expressions recurses deeper than that.
_STACK = 16 * 1024 * 1024
_PATIENCE = 10.0
_SLICE = 0.5
_EXECUTABLES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Saxon gave up: what it said, and the note it wrote about it."""

    message: str
    note: str


class Session:
    """What lives in the worker thread: the processor and its compiled stylesheets."""

    def __init__(self) -> None:
        # Late: a second of loading that only those who check rules should pay.
        import saxonche  # noqa: PLC0415

        self._folder = Path(tempfile.mkdtemp(prefix="cius-pt-"))
        log = self._folder / "saxon.log"
        config = self._folder / "saxon.xml"
        config.write_text(_configuration(log), encoding="utf-8")
        self._error: type[Exception] = saxonche.PySaxonApiError
        self._processor = saxonche.PySaxonProcessor(config_file=str(config))
        self._xslt = self._processor.new_xslt30_processor()
        self._compiled: dict[str, Any] = {}
        self._notes = log.open("rb")
        shutil.rmtree(self._folder, ignore_errors=True)

    def compile(self, key: str, xslt: str) -> Failure | None:
        """Compile a stylesheet, unless it is here already."""
        if key in self._compiled:
            return None
        try:
            executable = self._xslt.compile_stylesheet(stylesheet_text=xslt)
        except self._error as error:
            return self._failure(error)
        while len(self._compiled) >= _EXECUTABLES:
            del self._compiled[next(iter(self._compiled))]
        self._compiled[key] = executable
        return None

    def transform(self, key: str, text: str) -> str | Failure:
        """Run a compiled stylesheet over a document given as text."""
        try:
            node = self._processor.parse_xml(xml_text=text)
            # None is the empty result.
            return self._compiled[key].transform_to_string(xdm_node=node) or ""
        except self._error as error:
            return self._failure(error)

    def close(self) -> None:
        """Let go of everything, in the thread that made it."""
        self._compiled.clear()
        del self._xslt, self._processor
        self._notes.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _failure(self, error: Exception) -> Failure:
        note = self._notes.read().decode("utf-8", "replace").strip()
        return Failure(message=str(error).strip(), note=note)


def _configuration(log: Path) -> str:
    """No protocol but the document's text, no Java extensions, a quiet stderr."""
    return (
        '<configuration xmlns="http://saxon.sf.net/ns/configuration" edition="HE">'
        '<global allowedProtocols="" allowExternalFunctions="false" '
        f"{attribute('standardErrorOutputFile', str(log)).lstrip()}/></configuration>"
    )


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
        session: Session | None = None
        while (job := self._jobs.get()) is not None:
            future, task = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                session = session or Session()
                future.set_result(task(session))
            except Exception as error:  # noqa: BLE001 - the caller gets it
                future.set_exception(error)
            del future, task, job
        if session is not None:
            session.close()


_lock = threading.Lock()
_worker: _Worker | None = None


def call(task: Task) -> Any:
    """Run `task(session)` in this process's Saxon thread and return its result.

    An exception of the task is raised here.
    """
    global _worker  # noqa: PLW0603 - one per process is the point
    with _lock:
        if _worker is None:
            _worker = _Worker()
            atexit.register(_worker.stop)
        worker = _worker
    return worker.call(task)


def _forget() -> None:
    """In a forked child: the thread is not there, and the lock may be held."""
    global _worker, _lock  # noqa: PLW0603 - one per process is the point
    if _worker is not None:
        atexit.unregister(_worker.stop)
    _worker = None
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
