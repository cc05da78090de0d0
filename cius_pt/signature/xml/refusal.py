# SPDX-License-Identifier: MIT
"""Why a signature is not followed to its end: a signal inside this package."""

from __future__ import annotations

from cius_pt.signature.refusal import Refusal
from cius_pt.signature.status import Integrity, SubIndication


class Refused(Refusal):
    """An XML signature that cannot or will not be checked further."""

    integrity = Integrity.UNSUPPORTED
    sub = SubIndication.GENERIC


def broken(rule: str, message: str, sub: SubIndication) -> Refused:
    """Return the refusal of a signature that is wrong, not merely unknown."""
    return Refused(rule, message, integrity=Integrity.BROKEN, sub=sub)


def malformed(message: str) -> Refused:
    """Return the refusal of what is no signature (XMLDSig 1.1 §4)."""
    return broken("CP-XSIG-03", message, SubIndication.FORMAT_FAILURE)
