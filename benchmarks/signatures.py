# SPDX-License-Identifier: MIT
"""What it costs to verify signatures, against signxml and pyHanko alone.

The same documents, in turns, in one process; both with a chain to an anchor. signxml
verifies the XML and pyHanko the PDF; of the invoice that carries its PDF both count.
Budgets: XML at most 1.2 times signxml, PDF at most 1.3 times pyHanko.

Run it from the checkout: ``python -m benchmarks.signatures [--documents N]``.
"""

from __future__ import annotations

import argparse
import base64
import random
import tempfile
import time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from signxml.xades.xades import XAdESSignatureConfiguration, XAdESVerifier

from benchmarks.invoices import invoice
from benchmarks.rules import table
from cius_pt import sign, sign_invoice
from cius_pt.signature.policy import Policy
from cius_pt.signature.status import Verdict
from cius_pt.signature.store import TrustStore
from cius_pt.signature.verify import verify
from tests import signing_keys as keys
from tests.blank_pdf import BLANK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Work = Callable[[bytes], object]

KB = 1024
DOCUMENTS = 1_000
RUNS = 30
_PARSER = etree.XMLParser(resolve_entities=False, huge_tree=True)


def main() -> None:
    """Print processor milliseconds per document, ours and theirs, and their ratio."""
    parser = argparse.ArgumentParser(description="Verifying signatures")
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    wanted = parser.parse_args().documents
    trust = TrustStore(roots=(keys.root().public_bytes(Encoding.DER),))

    def ours(data: bytes) -> None:
        report = verify(data, policy=Policy.ILINK, trust=trust, at=keys.NOW)
        if report.verdict is not Verdict.VALID:
            raise SystemExit(f"the benchmark's own document is {report.verdict}")

    with tempfile.TemporaryDirectory() as folder:
        anchors = Path(folder) / "anchors.pem"
        anchors.write_bytes(keys.pem(keys.root()))
        signxml = _signxml(str(anchors))

        def both(data: bytes) -> None:
            signxml(data)
            _pyhanko(_embedded(data))

        rows = [
            _row("XML 10 KB", ours, signxml, [_xml(0)] * RUNS),
            _row("XML 90 KB", ours, signxml, [_xml(60 * KB)] * RUNS),
            _row("XML 8 MB", ours, signxml, [_xml(6_000 * KB)] * 5),
            _row("PDF 90 KB", ours, _pyhanko, [_pdf(60 * KB)] * RUNS),
            _row("PDF 8 MB", ours, _pyhanko, [_pdf(8_000 * KB)] * 5),
            _row("with its PDF", ours, both, [_with_pdf(40 * KB)] * RUNS),
            _row(f"{wanted} of them", ours, both, _batch(wanted)),
        ]
    table("signatures", ("document", "ours ms", "theirs ms", "ratio"), rows)


def _row(
    name: str, ours: Work, theirs: Work, documents: Sequence[bytes]
) -> tuple[str, float, float, float]:
    """Return the least time of one document, of different ones the mean."""
    mine, others = [], []
    ours(documents[0])
    theirs(documents[0])
    for data in documents:
        begin = time.process_time()
        ours(data)
        middle = time.process_time()
        theirs(data)
        others.append(time.process_time() - middle)
        mine.append(middle - begin)
    one = len(set(documents)) == 1
    a, b = (
        1000 * (min(times) if one else sum(times) / len(times))
        for times in (mine, others)
    )
    return name, a, b, a / b


def _signxml(anchors: str) -> Work:
    config = XAdESSignatureConfiguration(expect_references=True)

    def work(data: bytes) -> object:
        root = etree.fromstring(data, _PARSER)
        return XAdESVerifier().verify(
            root, ca_pem_file=anchors, expect_config=config, parser=_PARSER
        )

    return work


def _pyhanko(data: bytes) -> object:
    (anchor,) = load_certs_from_pemder_data(keys.pem(keys.root()))
    context = ValidationContext(
        trust_roots=[anchor], allow_fetching=False, moment=keys.NOW
    )
    (found,) = PdfFileReader(BytesIO(data)).embedded_signatures
    status = validate_pdf_signature(found, signer_validation_context=context)
    if not status.bottom_line:
        raise SystemExit("pyHanko does not accept the benchmark's own document")
    return status


def _embedded(data: bytes) -> bytes:
    root = etree.fromstring(data, _PARSER)
    (found,) = root.iter("{*}EmbeddedDocumentBinaryObject")
    return base64.b64decode(found.text or "")


def _pdf(size: int) -> bytes:
    filled = BLANK + b"%" + b"x" * (size - len(BLANK)) + b"\n"
    end = BLANK[BLANK.rindex(b"startxref") :]
    return sign(filled + end, keys.key(), time=keys.NOW)


def _xml(size: int) -> bytes:
    data = invoice(5, attachment=size).replace(b"application/pdf", b"text/csv")
    return sign(data, keys.key(), time=keys.NOW)


def _with_pdf(size: int) -> bytes:
    filled = BLANK + b"%" + b"x" * size + b"\n"
    pdf = filled + BLANK[BLANK.rindex(b"startxref") :]
    return sign_invoice(invoice(5), keys.key(), pdf=pdf, time=keys.NOW)


def _batch(count: int) -> list[bytes]:
    """Return so many different documents, of 1 to 20 lines."""
    draw = random.Random(20260302)  # noqa: S311 - the same batch every time
    made = []
    for _ in range(count):
        pdf = BLANK + b"%%%d\n" % draw.getrandbits(60)
        pdf += BLANK[BLANK.rindex(b"startxref") :]
        data = invoice(draw.randint(1, 20))
        made.append(sign_invoice(data, keys.key(), pdf=pdf, time=keys.NOW))
    return made


if __name__ == "__main__":
    main()
