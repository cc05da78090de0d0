# SPDX-License-Identifier: MIT
"""The reports on the files of one command: from here, from other processes or known.

Whatever happens to one file, it has a report, and the others have theirs, in the
order of the files.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from cius_pt import checking
from cius_pt.cli.files import STDIN, Source
from cius_pt.cli.silenced import Change, Silenced
from cius_pt.errors import UnreadableDocument
from cius_pt.findings import Report
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cius_pt.checking import Asked, Document
    from cius_pt.cli.journal import Journal


@dataclass(slots=True)
class _Opened:
    """A document that is read to be checked, and perhaps once more to be shown."""

    source: Source
    data: bytes | None = None

    def read(self) -> bytes:
        """Return its bytes; see `Source.read`."""
        self.data = self.source.read()
        return self.data

    def again(self) -> bytes | None:
        """Return the bytes that were checked, or what the file has now, if anything."""
        if self.data is None and self.source.name != STDIN:
            with suppress(OSError, UnreadableDocument):
                self.read()
        return self.data


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A file with its report.

    `document` returns its bytes for those who show it, None when there are none any
    more. They may differ from what was checked if the file was written meanwhile.
    `silenced` is what the report does not show as the rules said it, `changes` the same
    finding by finding; `conforms` is the verdict without any of that.
    """

    name: str
    report: Report
    document: Callable[[], bytes | None]
    conforms: bool
    silenced: tuple[Silenced, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    """A file whose turn comes: `known` when its report needs no other process."""

    opened: _Opened
    digest: str | None = None
    known: Callable[[], Report] | None = None


def reports(
    sources: Iterable[Source],
    asked: Asked,
    *,
    jobs: int = 1,
    seconds: float | None = None,
    journal: Journal | None = None,
) -> Iterator[Judged]:
    """Yield each file with its report.

    With several `jobs`, or with a limit of `seconds` for each document, they are
    checked in other processes: this one could not be stopped.
    """
    plan: deque[_Planned] = deque()
    judge = partial(checking.judge, asked=asked)
    elsewhere = jobs > 1 or seconds is not None
    documents = _documents(sources, plan, judge, elsewhere=elsewhere, journal=journal)
    found: Iterator[Report]
    if not elsewhere:
        found = map(judge, documents)
    else:
        # Late: one process needs nothing of what several need.
        from cius_pt.batch import SECONDS, check_many  # noqa: PLC0415

        found = check_many(
            documents,
            rules=asked.rules,
            lang=asked.lang,
            recipient=asked.recipient,
            also=asked.also,
            processes=jobs,
            seconds=SECONDS if seconds is None else seconds,
        )
    for report in found:
        yield from _known(plan)
        planned = plan.popleft()
        if journal is not None and planned.digest is not None:
            journal.add(planned.opened.source.name, planned.digest, report)
        yield _judged(planned, report)
    yield from _known(plan)


def _judged(planned: _Planned, report: Report) -> Judged:
    opened = planned.opened
    return Judged(
        name=opened.source.name,
        report=report,
        document=opened.again,
        conforms=report.conforms,
    )


def _known(plan: deque[_Planned]) -> Iterator[Judged]:
    """Yield the reports at the head of the plan that nobody has to be waited for."""
    while plan and plan[0].known is not None:
        planned = plan.popleft()
        assert planned.known is not None  # noqa: S101 - the line above
        yield _judged(planned, planned.known())


def _documents(
    sources: Iterable[Source],
    plan: deque[_Planned],
    judge: Callable[[Document], Report],
    *,
    elsewhere: bool,
    journal: Journal | None,
) -> Iterator[Document]:
    """Yield what has to be checked, and note every file in the plan."""
    for source in sources:
        opened = _Opened(source)
        if journal is None and not (elsewhere and source.name == STDIN):
            plan.append(_Planned(opened=opened))
            yield source.read if elsewhere else opened.read
            continue
        # Read here: other processes have no standard input, and a report is kept
        # for exactly the bytes that were checked.
        try:
            data = opened.read()
        except Exception as error:  # noqa: BLE001 - told in the report
            failed = partial(judge, partial(_raise, error))
            plan.append(_Planned(opened=opened, known=failed))
            continue
        if source.name != STDIN:
            opened.data = None  # many wait here; a file can be read again
        digest = hashlib.sha256(data).hexdigest()
        offset = None if journal is None else journal.find(source.name, digest)
        if journal is not None and offset is not None:
            known = partial(journal.report, offset)
            plan.append(_Planned(opened=opened, known=known))
        else:
            plan.append(_Planned(opened=opened, digest=digest))
            yield data


def _raise(error: Exception) -> bytes:
    raise error
