# SPDX-License-Identifier: MIT
"""What verifying a signed PDF costs, against pyhanko alone in the same run.

Both do the same: read the file, check digest and signature value, what was added
later, the chain to the anchor, revocation from the CRLs given, and the time stamps; in
turns, processor time. Budget: at most 1.3 times.

Run it from the checkout: ``python -m benchmarks.verify_pdf``.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import time
from io import BytesIO
from typing import TYPE_CHECKING

from asn1crypto import crl, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import (
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext

from benchmarks.rules import table
from cius_pt.signature.pdf import verify_pdf
from cius_pt.signature.policy import Policy
from cius_pt.signature.status import Verdict
from tests.signature.pdf import making
from tests.signature.trust_pki import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 25


def cases() -> dict[str, bytes]:
    """Return the PDFs to be timed, by what they are."""
    stamped = making.sign(making.page(), making.RSA, stamp=NOW)
    picture = b"%" + b"A" * 80_000 + b"\n"
    large = b"%" + b"A" * 8_000_000 + b"\n"

    def padded(comment: bytes) -> bytes:
        # A comment after the header moves every object: the table is made anew.
        plain = making.page()
        head, rest = plain.split(b"\n", 1)
        moved = head + b"\n" + comment + rest
        body, _, _ = moved.partition(b"xref\n")
        offsets = [body.index(b"\n%d 0 obj" % n) + 1 for n in range(1, 6)]
        table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        return (
            body
            + b"xref\n0 6\n0000000000 65535 f \n"
            + table
            + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
            % len(body)
        )

    return {
        "B-B, 16 KB": making.sign(making.page(), making.RSA),
        "B-B, 100 KB": making.sign(padded(picture), making.RSA),
        "B-B, 8 MB": making.sign(padded(large), making.RSA),
        "B-T": stamped,
        "two signatures": making.twice(),
        "B-T and document time stamp": making.stamp_document(stamped),
    }


def with_pyhanko(data: bytes) -> None:
    """Verify every signature with pyhanko, its own way, trust and revocation too."""

    async def validate() -> None:
        for one in PdfFileReader(BytesIO(data)).embedded_signatures:
            context = ValidationContext(
                trust_roots=[x509.Certificate.load(making.ROOT.der)],
                other_certs=[x509.Certificate.load(making.INTER.der)],
                crls=[crl.CertificateList.load(der) for der in making.STORE.crls],
                moment=NOW,
                revocation_mode="require",
            )
            if one.sig_object_type == "/DocTimeStamp":
                good = (await async_validate_pdf_timestamp(one, context)).trusted
            else:
                status = await async_validate_pdf_signature(one, context)
                good = status.bottom_line
            if not good:
                raise SystemExit("pyhanko does not accept the case")

    asyncio.run(validate())


def with_ours(data: bytes) -> None:
    """Verify every signature our way."""
    report = verify_pdf(data, policy=Policy.ILINK, trust=making.STORE, at=NOW)
    if report.verdict is not Verdict.VALID:
        raise SystemExit("we do not accept the case")


def timed(work: Callable[[bytes], None], data: bytes) -> float:
    """Return the milliseconds of processor time of one call."""
    started = time.process_time()
    work(data)
    return (time.process_time() - started) * 1e3


def main() -> None:
    """Print the median milliseconds of both, and their ratio."""
    logging.disable(logging.CRITICAL)
    rows = []
    for name, data in cases().items():
        with_pyhanko(data)
        with_ours(data)
        pairs = [
            (timed(with_pyhanko, data), timed(with_ours, data)) for _ in range(ROUNDS)
        ]
        theirs, ours = (
            statistics.median(column) for column in zip(*pairs, strict=True)
        )
        rows.append((name, ours, theirs, ours / theirs))
    table("verify_pdf", ("PDF", "ours ms", "pyhanko ms", "ratio"), rows)


if __name__ == "__main__":
    main()
