# SPDX-License-Identifier: MIT
"""Many documents at once: `check_many`.

A process checks one document after the other, and Saxon keeps Python's interpreter
lock meanwhile; so more documents per second need more processes, not threads.
"""

from __future__ import annotations

import os
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

from cius_pt import checking, workers
from cius_pt.errors import InvalidValue
from cius_pt.workers import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor, Future

    from cius_pt.checking import Document
    from cius_pt.findings import Report
    from cius_pt.rules.entry import Language

# The largest document that is read takes half a minute on a slow machine.
SECONDS: Final = 300.0
_AHEAD: Final = 8


def check_many(  # noqa: PLR0913 - keywords with defaults
    documents: Iterable[Document],
    executor: Executor | None = None,
    *,
    rules: str = "auto",
    lang: Language = "en",
    recipient: str | None = None,
    also: Literal["en16931"] | None = None,
    processes: int | None = None,
    seconds: float = SECONDS,
    ahead: int | None = None,
) -> Iterator[Report]:
    """Check documents in several processes; yield their reports in the same order.

    A document is bytes, a path, or a function without arguments that returns bytes;
    paths and functions are read where the document is checked. They are taken from
    `documents` as they are needed: never more than `ahead` (8 for each process) are
    under way. A document that takes more than `seconds` or whose process dies is
    SKIPPED in all steps, with the reason, and a new process goes on with the next.

    `executor` is any `concurrent.futures.Executor`, a cluster's too; it is not shut
    down, and a document that it loses is SKIPPED. Without one there are `processes`
    of our own (as many as processors), spawned: a script needs the usual
    ``if __name__ == "__main__":``. Raises `InvalidValue` for what is not a document.
    """
    if processes is not None and processes < 1:
        raise InvalidValue(f"takes at least one, not {processes}", path="processes")
    if not seconds > 0:
        raise InvalidValue(f"takes more than 0 seconds, not {seconds}", path="seconds")
    if ahead is not None and ahead < 1:
        raise InvalidValue(f"takes at least one, not {ahead}", path="ahead")
    asked = checking.Asked(rules=rules, lang=lang, recipient=recipient, also=also)
    work = partial(checking.judge, asked=asked)
    known = (_known(document, index) for index, document in enumerate(documents))
    if executor is None:
        number = processes or os.cpu_count() or 1
        results = workers.run(
            work, known, workers=number, seconds=seconds, ahead=ahead or number * _AHEAD
        )
    else:
        width = ahead or getattr(executor, "_max_workers", os.cpu_count() or 1) * _AHEAD
        results = _through(executor, work, known, seconds=seconds, ahead=width)
    return _reports(results, asked)


def _known(document: Any, index: int) -> Document:
    """Refuse what is not a document before it is sent anywhere."""
    if isinstance(document, bytes | os.PathLike) or callable(document):
        known: Document = document
        return known
    kind = type(document).__name__
    raise InvalidValue(
        f"takes bytes, a path or a function that returns bytes, not {kind}",
        path=f"documents[{index}]",
    )


def _reports(
    results: Iterator[Report | Lost], asked: checking.Asked
) -> Iterator[Report]:
    for result in results:
        if isinstance(result, Lost):
            yield checking.not_read(result.reason, asked)
        else:
            yield result


def _through(
    executor: Executor,
    work: Callable[[Document], Report],
    documents: Iterator[Document],
    *,
    seconds: float,
    ahead: int,
) -> Iterator[Report | Lost]:
    """Yield what somebody else's executor makes of the documents, in their order."""
    waiting: deque[Future[Report] | Lost] = deque()
    try:
        for document in documents:
            waiting.append(_submitted(executor, work, document))
            if len(waiting) >= ahead:
                yield _result(waiting.popleft(), seconds)
        while waiting:
            yield _result(waiting.popleft(), seconds)
    finally:
        for future in waiting:
            if not isinstance(future, Lost):
                future.cancel()


def _submitted(
    executor: Executor, work: Callable[[Document], Report], document: Document
) -> Future[Report] | Lost:
    try:
        return executor.submit(work, document)
    except Exception as error:  # noqa: BLE001 - broken, shut down, a lost connection
        return _lost(error)


def _result(future: Future[Report] | Lost, seconds: float) -> Report | Lost:
    if isinstance(future, Lost):
        return future
    try:
        return future.result(timeout=seconds)
    except TimeoutError:
        future.cancel()
        return Lost(reason=f"there was no answer within {seconds:g} s")
    except Exception as error:  # noqa: BLE001 - the executor's own ways to fail
        return _lost(error)


def _lost(error: Exception) -> Lost:
    said: Any = f"{type(error).__name__}: {error}".removesuffix(": ")
    return Lost(reason=f"the executor failed: {said}")
