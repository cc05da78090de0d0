# SPDX-License-Identifier: MIT
"""``--format text|json``, which most commands have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def format_option(meaning: str | None = None) -> Callable[[Any], Any]:
    """Return the option, text by default; `meaning` is what its help says."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help=meaning,
    )
