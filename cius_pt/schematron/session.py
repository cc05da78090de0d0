# SPDX-License-Identifier: MIT
"""Saxon itself: one processor and what it has compiled, for one thread only.

Saxon writes a note on each dynamic error to the process's standard error stream. A
configuration file points it to a private file instead. Both are in memory where the
system has such files (Linux), so that a killed process leaves nothing behind and no
folder has to be writable; elsewhere they are in a temporary folder, which is removed
as soon as both sides have them open, where the system allows that. The note
is the only place where SaxonC tells an error's code and line.
"""

from __future__ import annotations

import locale
import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cius_pt.schematron.stylesheet import attribute
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from typing import BinaryIO

_EXECUTABLES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Saxon gave up: what it said, and the note it wrote about it."""

    message: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Private:
    """Two files for the time until both sides have them open, and their end."""

    config: Path
    log: Path
    remove: Callable[[], object]


class Session:
    """What lives in the worker thread: the processor and its compiled stylesheets."""

    def __init__(self) -> None:
        # Late: a second of loading that only those who check rules should pay.
        import saxonche  # noqa: PLC0415

        private = _in_memory() or _in_a_folder()
        private.config.write_text(_configuration(private.log), encoding="utf-8")
        self._error: type[Exception] = saxonche.PySaxonApiError
        # Its runtime takes over the locale of the environment for the whole process,
        # and Python's open() would read text by it from then on.
        before = locale.setlocale(locale.LC_CTYPE)
        try:
            self._processor = saxonche.PySaxonProcessor(config_file=str(private.config))
        finally:
            locale.setlocale(locale.LC_CTYPE, before)
        self._xslt = self._processor.new_xslt30_processor()
        self._compiled: dict[str, Any] = {}
        self._notes = private.log.open("rb")
        self._private = private
        private.remove()

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
        self._private.remove()

    def _failure(self, error: Exception) -> Failure:
        note = self._notes.read().decode("utf-8", "replace").strip()
        return Failure(message=str(error).strip(), note=note)


def _in_memory() -> _Private | None:
    """Return files without a name; None where there are none."""
    try:
        with ExitStack() as stack:
            files: list[BinaryIO] = [
                stack.enter_context(os.fdopen(os.memfd_create(name), "rb"))
                for name in ("saxon.xml", "saxon.log")
            ]
            paths = [Path(f"/proc/self/fd/{file.fileno()}") for file in files]
            if not all(path.exists() for path in paths):
                return None
            return _Private(config=paths[0], log=paths[1], remove=stack.pop_all().close)
    except (AttributeError, OSError):
        return None


def _in_a_folder() -> _Private:
    # Late: where there are files in memory these are not needed.
    import shutil  # noqa: PLC0415
    import tempfile  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="cius-pt-"))
    return _Private(
        config=folder / "saxon.xml",
        log=folder / "saxon.log",
        remove=partial(shutil.rmtree, folder, ignore_errors=True),
    )


def _configuration(log: Path) -> str:
    """No protocol but the document's text, no Java extensions, a quiet stderr."""
    return (
        '<configuration xmlns="http://saxon.sf.net/ns/configuration" edition="HE">'
        '<global allowedProtocols="" allowExternalFunctions="false" '
        f"{attribute('standardErrorOutputFile', str(log)).lstrip()}/></configuration>"
    )
