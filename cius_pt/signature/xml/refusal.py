# SPDX-License-Identifier: MIT
"""Why a signature is not followed to its end: a signal inside this package."""

from __future__ import annotations

from cius_pt.signature.status import Integrity, SubIndication


class Refused(Exception):  # noqa: N818 - a signal, not an error
    """A signature that cannot or will not be checked further, and what that means.

    It never leaves the package: `verify` makes a `Finding` of it.
    """

    def __init__(
        self,
        rule: str,
        message: str,
        *,
        integrity: Integrity = Integrity.UNSUPPORTED,
        sub: SubIndication = SubIndication.GENERIC,
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.integrity = integrity
        self.sub = sub


def broken(rule: str, message: str, sub: SubIndication) -> Refused:
    """Return the refusal of a signature that is wrong, not merely unknown."""
    return Refused(rule, message, integrity=Integrity.BROKEN, sub=sub)


def malformed(message: str) -> Refused:
    """Return the refusal of what is no signature (XMLDSig 1.1 §4)."""
    return broken("CP-XSIG-03", message, SubIndication.FORMAT_FAILURE)
