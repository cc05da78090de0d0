# SPDX-License-Identifier: MIT
"""Whether this machine can do what the package is for, thing by thing.

`examine` looks at everything in turn; whatever goes wrong with one thing, the others
are looked at too. It sends nothing anywhere but one question without credentials to
the iLink that the user's own settings name, and changes nothing on the disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.checkup import ilink, libraries, places, rule_sets, saxon, trust
from cius_pt.checkup.line import Line, State
from cius_pt.rules.entry import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cius_pt.broker.wire import Transport

__all__ = ["Line", "State", "examine"]


def examine(
    *,
    config: Path | None = None,
    offline: bool = False,
    transport: Transport | None = None,
    clock: Callable[[], float] | None = None,
) -> Iterator[Line]:
    """Yield a line for each thing, as it is looked at.

    `config` is the settings file of iLink, else the usual one. With `offline` iLink
    is not asked. `transport` and `clock` (seconds since 1970) are those of the
    machine by default.
    """
    yield from _guarded("libraries", libraries.lines)
    yield from _guarded("schema", rule_sets.schema)
    yield from _guarded("rules", rule_sets.lines)
    yield from _guarded("saxon", saxon.lines)
    yield from _guarded("folders", places.lines)
    yield from _guarded("trust", trust.lines)

    def about_ilink() -> Iterator[Line]:
        return ilink.lines(config, offline=offline, transport=transport, clock=clock)

    yield from _guarded("ilink", about_ilink)


def _guarded(name: str, look: Callable[[], Iterator[Line]]) -> Iterator[Line]:
    """Yield the lines of one examination; its failure is a line as well."""
    try:
        yield from look()
    except Exception as error:  # noqa: BLE001 - told, and the next thing is looked at
        # No words of the error: a setting may stand in them.
        said = type(error).__name__
        if isinstance(error, OSError):
            said = f"{error.filename or said}: {error.strerror or said}"
        yield Line(
            name=name,
            state=State.FAIL,
            said=Text(
                pt=f"não foi possível verificar ({said})",
                en=f"could not be looked at ({said})",
            ),
            advice=Text(
                pt="instale o cius-pt de novo; se persistir, comunique esta linha",
                en="install cius-pt again; if it stays, report this line",
            ),
        )
