# SPDX-License-Identifier: MIT
"""Why the examination of a signature ends early: raised inside, never outside."""

from __future__ import annotations

from cius_pt.signature.status import Integrity, SubIndication


class Refusal(Exception):  # noqa: N818 - a verdict on a signature, not an error
    """One reason that makes all that would follow pointless, and what it means.

    It never leaves the package: `verify` makes a `Finding` of it. `integrity` and
    `sub` are what a kind of refusal means unless it says otherwise.
    """

    integrity = Integrity.UNKNOWN
    sub = SubIndication.FORMAT_FAILURE

    def __init__(
        self,
        rule: str,
        message: str,
        *,
        integrity: Integrity | None = None,
        sub: SubIndication | None = None,
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.integrity = integrity or self.integrity
        self.sub = sub or self.sub


def why(error: BaseException) -> str:
    """Return what an error of a library says, in one short line."""
    text = next(iter(str(error).splitlines()), "").strip().rstrip(".")
    return f"{type(error).__name__}: {text[:160]}" if text else type(error).__name__
