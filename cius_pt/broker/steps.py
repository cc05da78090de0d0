# SPDX-License-Identifier: MIT
"""Conversations as generators, and the two drivers that run them.

A conversation yields what it needs from the world and is sent what came of it: a
`Request` for a `Response`, a `Wait` for nothing, a `Work` for what it returns. It is
written once; `drive` runs it in a thread, `drive_async` among coroutines.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from dataclasses import field
from typing import TYPE_CHECKING, Any, TypeVar

from cius_pt.broker.wire import Request
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from cius_pt.broker.wire import AsyncTransport, Response, Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Time that has to pass."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Something that takes the processor a while and needs nobody."""

    run: Callable[[], Any] = field(repr=False)


T = TypeVar("T")
Need = Request | Wait | Work
Steps = Generator[Need, Any, T]


def ask(request: Request) -> Steps[Response]:
    """Send a request as it is and return the answer."""
    response: Response = yield request
    return response


def wait(seconds: float) -> Steps[None]:
    """Let time pass."""
    yield Wait(seconds=seconds)


def work(run: Callable[[], T]) -> Steps[T]:
    """Do something that takes a while."""
    result: T = yield Work(run=run)
    return result


def drive(
    steps: Steps[T], *, transport: Transport, sleep: Callable[[float], None]
) -> T:
    """Run a conversation to its end in this thread."""

    def fulfil(need: Need) -> Any:
        if isinstance(need, Request):
            return transport(need)
        if isinstance(need, Wait):
            return sleep(need.seconds)
        return need.run()

    try:
        need = next(steps)
        while True:
            try:
                result = fulfil(need)
            except Exception as error:  # noqa: BLE001 - the conversation knows what to do
                need = steps.throw(error)
            else:
                need = steps.send(result)
    except StopIteration as end:
        value: T = end.value
        return value
    finally:
        # Whatever ends it, Ctrl-C included, lets go of what it holds.
        steps.close()


async def drive_async(
    steps: Steps[T],
    *,
    transport: AsyncTransport,
    sleep: Callable[[float], Awaitable[None]],
) -> T:
    """Run a conversation to its end among coroutines."""
    from asyncio import to_thread  # noqa: PLC0415 - only who is async pays for it

    async def fulfil(need: Need) -> Any:
        if isinstance(need, Request):
            return await transport(need)
        if isinstance(need, Wait):
            return await sleep(need.seconds)
        return await to_thread(need.run)

    try:
        need = next(steps)
        while True:
            try:
                result = await fulfil(need)
            except Exception as error:  # noqa: BLE001 - the conversation knows what to do
                need = steps.throw(error)
            else:
                need = steps.send(result)
    except StopIteration as end:
        value: T = end.value
        return value
    finally:
        steps.close()
