# SPDX-License-Identifier: MIT
"""FILE arguments: names, folders, patterns and standard input."""

from __future__ import annotations

import glob
import os
import select
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cius_pt.circumstances import told
from cius_pt.errors import UnreadableDocument
from cius_pt.values import dataclass
from cius_pt.xmlio import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO, TextIO

STDIN: Final = "-"
_PIECE: Final = 1024 * 1024
_SLICE: Final = 0.5  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file to read; `named` when the user wrote this very name.

    `endless` when it is no document, for which there is a limit.
    """

    name: str
    named: bool = True
    endless: bool = False

    def read(self) -> bytes:
        """Return the content.

        Raises `OSError` when it cannot be read, and `UnreadableDocument` when it is
        larger than any document we read, which is known before it is read.
        """
        if self.name == STDIN:
            return self._whole(_Patient(_standard_input()))
        self._require_file(Path(self.name).stat().st_mode)
        with Path(self.name).open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_BYTES and not self.endless:
                raise _too_large(f"{size:,}")
            return self._whole(file)

    def _whole(self, file: BinaryIO | _Patient) -> bytes:
        """Return all bytes; a pipe does not tell its size, a file may grow."""
        if self.endless:
            return file.read(-1)
        data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise _too_large("more than that")
        return data

    def _require_file(self, mode: int) -> None:
        """Refuse what has no end or makes us wait: devices, sockets, pipes.

        A pipe that is named is meant: ``cius-pt check <(command)``.
        """
        if not stat.S_ISREG(mode) and not (self.named and stat.S_ISFIFO(mode)):
            raise OSError(None, "is not a regular file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the arguments stand for; `problems` are those that stand for nothing."""

    sources: tuple[Source, ...]
    problems: tuple[str, ...]


def find(arguments: Iterable[str], endings: tuple[str, ...] = (".xml",)) -> Found:
    """Return the files that the arguments mean, in their order.

    A folder means every file below it with one of the `endings`, sorted; links to
    folders are not followed. A pattern that the shell has not expanded is expanded
    here.
    """
    sources: list[Source] = []
    problems: list[str] = []
    for argument in arguments:
        exists = argument == STDIN or os.path.lexists(argument)
        if exists or not glob.has_magic(argument):
            _add(Source(name=argument), sources, problems, endings)
            continue
        matches = sorted(glob.glob(argument, recursive=True))  # noqa: PTH207 - keeps the name as written
        if not matches:
            problems.append(
                f"{argument}: no file matches; look at the folder and the ending"
            )
        for match in matches:
            _add(Source(name=match, named=False), sources, problems, endings)
    return Found(sources=tuple(sources), problems=tuple(problems))


def _add(
    source: Source, sources: list[Source], problems: list[str], endings: tuple[str, ...]
) -> None:
    if source.name == STDIN or not Path(source.name).is_dir():
        sources.append(source)
        return
    before = len(sources), len(problems)
    sources += _below(source.name, problems, endings)
    if before == (len(sources), len(problems)):
        kinds = " or ".join(endings)
        problems.append(
            f"{source.name}: there is no {kinds} file in this folder; "
            "name another folder, or the files themselves"
        )


def _below(folder: str, problems: list[str], endings: tuple[str, ...]) -> list[Source]:
    def note(error: OSError) -> None:
        problems.append(f"{error.filename}: {told(error)}")

    names = [
        os.path.join(path, file)  # noqa: PTH118 - keeps the name as written
        for path, _, files in os.walk(folder, onerror=note)
        for file in files
        if file.lower().endswith(endings)
    ]
    return [Source(name=name, named=False) for name in sorted(names)]


def _standard_input() -> BinaryIO:
    stdin: TextIO | None = sys.stdin
    if stdin is None:  # closed by the caller: <&-
        raise OSError(None, "standard input is closed: name a file")
    return stdin.buffer


class _Patient:
    """Standard input, waited for in slices.

    A Ctrl-C that comes between Python's last look at signals and the system call that
    waits would not be seen before something arrives, which may be never.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int) -> bytes:
        """Return what there is up to the end; `size` bytes at most, if not negative."""
        size = sys.maxsize if size < 0 else size
        parts: list[bytes] = []
        while size > 0:
            self._wait()
            part = self._file.read1(min(size, _PIECE))  # type: ignore[attr-defined]
            if not part:
                break
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _wait(self) -> None:
        """Return when there is something to read, or the end."""
        try:
            number = self._file.fileno()
        except OSError:  # in memory: a test's, or another program's
            return
        # On Windows only sockets can be selected; there the wait is interruptible.
        while os.name != "nt" and not select.select([number], [], [], _SLICE)[0]:
            pass


def _too_large(size: str) -> UnreadableDocument:
    return UnreadableDocument(
        f"the limit of a document is {MAX_BYTES:,} bytes, this one has {size}; "
        "compress or leave out attachments",
        rule="CP-XML-01",
    )
