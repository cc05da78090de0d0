# SPDX-License-Identifier: MIT
"""What was signed is verified before it is handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt


def require(
    before: bytes, after: bytes, *, at: dt.datetime, password: str | None
) -> None:
    """Raise `SignatureError` unless the new signature is good and no old one worse."""
