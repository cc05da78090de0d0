# SPDX-License-Identifier: MIT
"""`Broker` for threads and `AsyncBroker` for coroutines: the same conversations."""

from __future__ import annotations

import asyncio
import time
from functools import partial, update_wrapper
from typing import (
    TYPE_CHECKING,
    Concatenate,
    Generic,
    ParamSpec,
    Self,
    TypeVar,
    cast,
    overload,
)

from cius_pt.broker import (
    connections,
    documents,
    receiving,
    registration,
    report,
    structured,
    tracking,
)
from cius_pt.broker import preflight as preflights
from cius_pt.broker import upload as uploads
from cius_pt.broker.auth import Tokens, random_nonce
from cius_pt.broker.journal import Journal, default_folder
from cius_pt.broker.limiter import Limiter
from cius_pt.broker.session import Session
from cius_pt.broker.steps import Steps, drive, drive_async
from cius_pt.broker.transport import AsyncHttpTransport, HttpTransport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path
    from types import TracebackType

    from cius_pt.broker.credentials import Credentials
    from cius_pt.broker.environment import Environment
    from cius_pt.broker.preflight import Prepared, Sending
    from cius_pt.broker.wire import AsyncTransport, Transport
    from cius_pt.rules.entry import Language

P = ParamSpec("P")
T = TypeVar("T")


class _Method(Generic[P, T]):
    """A conversation as a method: of a `Broker` in a thread, else a coroutine."""

    def __init__(self, steps: Callable[Concatenate[Session, P], Steps[T]]) -> None:
        self.steps = steps
        self.__doc__ = steps.__doc__

    @overload
    def __get__(self, broker: Broker, owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(
        self, broker: AsyncBroker, owner: type
    ) -> Callable[P, Awaitable[T]]: ...
    @overload
    def __get__(self, broker: None, owner: type) -> _Method[P, T]: ...
    def __get__(
        self, broker: Broker | AsyncBroker | None, owner: type
    ) -> Callable[P, T] | Callable[P, Awaitable[T]] | _Method[P, T]:
        if broker is None:
            return self
        method = partial(self._run, broker)
        update_wrapper(method, self.steps)
        # One of the two, as the overloads say: mypy does not know which.
        return cast("Callable[P, T]", method)

    def _run(
        self, broker: Broker | AsyncBroker, /, *args: P.args, **kwargs: P.kwargs
    ) -> T | Awaitable[T]:
        return broker._run(self.steps(broker.session, *args, **kwargs))  # noqa: SLF001 - its own


class _Calls:
    """Everything that can be asked of iLink; each is documented where it is written."""

    upload = _Method(uploads.upload)
    lookup = _Method(uploads.lookup)
    document = _Method(documents.document)
    search = _Method(documents.search)
    history = _Method(documents.history)
    download = _Method(documents.download)
    status = _Method(tracking.status)
    statuses = _Method(tracking.statuses)
    states_report = _Method(report.states_report)
    mark_read = _Method(report.mark_read)
    follow_report = _Method(report.follow_report)
    accept = _Method(receiving.accept)
    reject = _Method(receiving.reject)
    confirm_import = _Method(receiving.confirm_import)
    process_states = _Method(receiving.process_states)
    set_process_state = _Method(receiving.set_process_state)
    send_structured = _Method(structured.send_structured)
    register = _Method(registration.register)
    revoke = _Method(registration.revoke)
    connect = _Method(connections.connect)
    connection = _Method(connections.connection)
    connections = _Method(connections.connections)

    session: Session

    def prepare(
        self,
        data: bytes,
        sending: Sending | None = None,
        *,
        filename: str | None = None,
        check: bool = True,
        rules: str = "auto",
    ) -> Prepared:
        """Return what `upload` would send, and send nothing; raises as it does."""
        return preflights.prepare(
            self.session,
            data,
            sending or preflights.Sending(),
            filename=filename,
            conform=check,
            rules=rules,
        )


class Broker(_Calls):
    """iLink, for threads; safe to share between them.

    `transport`: a function from `wire.Request` to `wire.Response`. `clock`: seconds
    since 1970. `nonce`: letters and digits, at most 20, never the same again.
    `sleep`: lets time pass. `journal`: the file that remembers what was sent.
    `limits`: the file that counts requests; by default one for all journals of a
    user, as iLink counts for the program. `lang`: the language of hints.
    """

    def __init__(  # noqa: PLR0913 - one for each seam
        self,
        environment: Environment,
        credentials: Credentials,
        *,
        transport: Transport | None = None,
        clock: Callable[[], float] = time.time,
        nonce: Callable[[], str] = random_nonce,
        sleep: Callable[[float], None] = time.sleep,
        journal: Path | None = None,
        limits: Path | None = None,
        lang: Language = "en",
    ) -> None:
        self.session = _session(
            environment, credentials, clock, nonce, journal, limits, lang
        )
        self._own = None if transport else HttpTransport(timeout=environment.timeout)
        self._transport = transport or self._own
        self._sleep = sleep

    def _run(self, steps: Steps[T]) -> T:
        assert self._transport is not None  # noqa: S101 - one of the two
        return drive(steps, transport=self._transport, sleep=self._sleep)

    def close(self) -> None:
        """Close the connections, if they are our own."""
        if self._own is not None:
            self._own.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncBroker(_Calls):
    """iLink, for coroutines; the arguments are those of `Broker`, awaited."""

    def __init__(  # noqa: PLR0913 - one for each seam
        self,
        environment: Environment,
        credentials: Credentials,
        *,
        transport: AsyncTransport | None = None,
        clock: Callable[[], float] = time.time,
        nonce: Callable[[], str] = random_nonce,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        journal: Path | None = None,
        limits: Path | None = None,
        lang: Language = "en",
    ) -> None:
        self.session = _session(
            environment, credentials, clock, nonce, journal, limits, lang
        )
        self._own = (
            None if transport else AsyncHttpTransport(timeout=environment.timeout)
        )
        self._transport = transport or self._own
        self._sleep = sleep

    async def _run(self, steps: Steps[T]) -> T:
        assert self._transport is not None  # noqa: S101 - one of the two
        return await drive_async(steps, transport=self._transport, sleep=self._sleep)

    async def close(self) -> None:
        """Close the connections, if they are our own."""
        if self._own is not None:
            await self._own.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


def _session(  # noqa: PLR0913, PLR0917 - handed on as they came
    environment: Environment,
    credentials: Credentials,
    clock: Callable[[], float],
    nonce: Callable[[], str],
    journal: Path | None,
    limits: Path | None,
    lang: Language,
) -> Session:
    path = journal or default_folder() / "journal.sqlite3"
    counts = limits or default_folder() / "limits.sqlite3"
    limiter = Limiter(counts, environment, credentials, clock)
    return Session(
        environment=environment,
        credentials=credentials,
        tokens=Tokens(environment, credentials, limiter, clock=clock, nonce=nonce),
        limiter=limiter,
        journal=Journal(path, _place(environment), clock),
        clock=clock,
        lang=lang,
    )


def _place(environment: Environment) -> str:
    """Return where documents are: tests and production have their own.

    Production has been seen with and without ``www.``: it is one place.
    """
    return environment.base_url.lower().replace("//www.", "//", 1)
