# SPDX-License-Identifier: MIT
"""The command line. `main` is the console script; nothing is loaded before it runs."""

from __future__ import annotations

import atexit
import gc
from typing import TYPE_CHECKING, Final

from cius_pt.cli.exit_codes import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

# So many more objects than have gone is what most commands end with.
_FEW: Final = 100_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `cius-pt` and return its exit code.

    0 did it; 1 findings; 2 could not do it; 3 the outside failed; and as shells have
    it, 130 after Ctrl-C and 141 when nobody reads the output any more.
    """
    if arguments is None:
        _collect_late()
    try:
        # Here, so that Ctrl-C during the imports is no traceback either.
        from cius_pt.cli.program import run  # noqa: PLC0415

        return run(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED


def _collect_late() -> None:
    """Look for garbage only when there may be some, and no more at the end.

    Whatever a new process imports stays until it ends; to look through all of that
    again and again, and twice at the end, takes a twentieth of a short check. Whoever
    needs more than a short check does is collected as usual.
    """
    usual = gc.get_threshold()

    def grown(*_: Any) -> None:
        gc.callbacks.remove(grown)
        gc.set_threshold(*usual)

    gc.callbacks.append(grown)
    gc.set_threshold(_FEW, *usual[1:])
    atexit.register(gc.freeze)
