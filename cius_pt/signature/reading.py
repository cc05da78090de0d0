# SPDX-License-Identifier: MIT
"""Safe reading: what was signed is read, and nothing else.

A signature can be right about one part of a document while another part is read; what
is read here are the very octets whose digest was checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.errors import SignatureError
from cius_pt.findings import Severity
from cius_pt.signature.status import Format, Integrity
from cius_pt.ubl.read import read

if TYPE_CHECKING:
    from cius_pt.signature.status import SignatureReport
    from cius_pt.ubl.reading import Reading


def read_signed(report: SignatureReport) -> Reading:
    """Return what the signed bytes of a verified invoice say.

    The first signature counts that is intact, covers the whole document and has no
    fatal reason against it. Raises `SignatureError` when there is none, and
    `UnreadableDocument` when what was signed is no invoice. Trust is the caller's
    question: ask the report.
    """
    for signature in report.signatures:
        if (
            signature.signed is not None
            and signature.integrity is Integrity.INTACT
            and signature.format in {Format.XMLDSIG, Format.XADES}
            and not any(r.severity is Severity.FATAL for r in signature.reasons)
        ):
            return read(signature.signed)
    raise SignatureError(
        "no XML signature is intact and covers the whole document, so nothing of it "
        "can be read as signed"
    )
