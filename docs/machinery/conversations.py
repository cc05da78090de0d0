"""The methods of a broker, for the reference: as they are called, not as they are made.

A method of `cius_pt.Broker` is a conversation with iLink that two classes carry out; it
has no signature of its own. While the site is built it is the function that it looks
like to those who call it.
"""

from __future__ import annotations

import inspect
import typing
from functools import update_wrapper
from typing import Any

from cius_pt.broker import client


def be_plain() -> None:
    """Put a function in the place of each conversation."""
    for name, made in list(vars(client._Calls).items()):  # noqa: SLF001 - no public way
        if isinstance(made, client._Method):  # noqa: SLF001 - likewise
            setattr(client._Calls, name, _described(name, made.steps))  # noqa: SLF001


def _described(name: str, steps: Any) -> Any:
    """Return a function with the words, the arguments and the result of a conversation.

    The session is the broker's own; the result is what the conversation ends with.
    """

    def method() -> None:
        raise AssertionError(f"{name} is described here, and called nowhere")

    said = inspect.signature(steps, eval_str=True)
    update_wrapper(method, steps)
    del method.__wrapped__  # type: ignore[attr-defined]
    session, *arguments = said.parameters.values()
    *_, result = typing.get_args(said.return_annotation)
    method.__annotations__ = {one.name: one.annotation for one in arguments}
    method.__annotations__["return"] = result
    method.__signature__ = said.replace(  # type: ignore[attr-defined]
        parameters=[session.replace(name="self"), *arguments], return_annotation=result
    )
    method.__qualname__ = f"Broker.{name}"
    return method
