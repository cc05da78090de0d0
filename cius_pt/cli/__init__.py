# SPDX-License-Identifier: MIT
"""The command line. `main` is the console script; nothing is loaded before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.cli.exit_codes import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `cius-pt` and return its exit code.

    0 did it; 1 findings; 2 could not do it; 3 the outside failed; and as shells have
    it, 130 after Ctrl-C and 141 when nobody reads the output any more.
    """
    try:
        # Here, so that Ctrl-C during the imports is no traceback either.
        from cius_pt.cli.program import run  # noqa: PLC0415

        return run(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
