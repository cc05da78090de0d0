# SPDX-License-Identifier: MIT
"""Saxon in a process of its own, for processes that must not use it themselves.

SaxonC has a thread for its own purposes. In a forked child that thread is gone, but
what it left on its stack is still looked at when memory is collected; as soon as
another thread of the child has been given that stack, the child is aborted. So a
child of a process that has used Saxon asks a new process, started when it is first
needed, which ends with the pipe to it.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cius_pt.schematron.session import Session

if TYPE_CHECKING:
    from cius_pt.schematron.session import Failure

_PATIENCE = 5.0


class RemoteSession:
    """Does what `session.Session` does; a process that ended is replaced."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._known: set[str] = set()

    def compile(self, key: str, xslt: str) -> Failure | None:
        """Compile a stylesheet, unless it is there already."""
        if key in self._known:
            return None
        failure: Failure | None = self._ask("compile", key, xslt)
        if failure is None:
            self._known.add(key)
        return failure

    def transform(self, key: str, text: str) -> str | Failure:
        """Run a compiled stylesheet over a document given as text."""
        answer: str | Failure = self._ask("transform", key, text)
        return answer

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        self._known.clear()
        if process is None:
            return
        with suppress(OSError):
            process.communicate(timeout=_PATIENCE)
        process.kill()
        process.wait()

    def _ask(self, *request: str) -> Any:
        process = self._process = self._process or _start()
        assert process.stdin is not None  # noqa: S101 - asked for
        assert process.stdout is not None  # noqa: S101 - asked for
        try:
            pickle.dump(request, process.stdin)
            process.stdin.flush()
            answer = pickle.load(process.stdout)  # noqa: S301 - our own process
        except (OSError, EOFError, pickle.UnpicklingError):
            process.kill()
            self.close()
            raise RuntimeError("the process that runs the rules has ended") from None
        if isinstance(answer, Exception):
            raise answer
        return answer


def _start() -> subprocess.Popen[bytes]:
    script = (
        f"import sys; sys.path[:] = {sys.path!r}; "
        "from cius_pt.schematron.remote import serve; serve()"
    )
    return subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the one who asks
    )


def serve() -> None:
    """Answer requests from standard input until it ends."""
    session: Session | None = None
    while True:
        try:
            name, *arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 - our parent
        except EOFError:
            break
        answer: Any
        try:
            session = session or Session()
            answer = getattr(session, name)(*arguments)
        except Exception as error:  # noqa: BLE001 - the one who asked gets it
            answer = RuntimeError(f"{type(error).__name__}: {error}")
        pickle.dump(answer, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    if session is not None:
        session.close()
