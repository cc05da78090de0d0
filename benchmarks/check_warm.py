# SPDX-License-Identifier: MIT
"""What a whole check costs more than its rules alone, in a process that is warm.

Well-formedness, schema, rules, fiscal, signature and report against the rules step of
the same document, in turns: the processor time of all threads. Budget: at most 1.4
times. A machine that is shared is twice as fast at one moment as at another, and the
least of many times is then luck; so each check is also compared with the rules that
were run right behind it, and `paired` is the median of these ratios. The documents are
our own and, where they are beside the checkout, the published ones: of 5 KiB, and the
use cases of 90 KiB with their attachments.

Run it from the checkout: ``python -m benchmarks.check_warm [--rules PATH]``.
"""

from __future__ import annotations

import time
from statistics import fmean, median
from typing import TYPE_CHECKING

from benchmarks.invoices import invoice
from benchmarks.rules import ROOT, entry, table
from cius_pt import check, xmlio
from cius_pt.errors import UnreadableDocument
from cius_pt.findings import Outcome
from cius_pt.schematron import engine
from cius_pt.signature import step as signature_step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cius_pt.schematron.engine import Rules

RUNS = 200
EXAMPLES = ROOT.parent / "shared" / "examples"
_SMALL = 8 * 1024


def main() -> None:
    """Print milliseconds per document, whole and rules alone, and their ratio."""
    path = entry("Warm check of small documents")
    rules = engine.load(path, "x")
    rows = []
    for name, documents in _documents():
        measured = [_measured(data, rules, path) for data in documents]
        whole, alone, paired = map(fmean, zip(*measured, strict=True))
        rows.append((name, len(documents), whole, alone, whole / alone, paired))
    columns = ("documents", "n", "check ms", "rules ms", "ratio", "paired")
    table("check_warm", columns, rows)


def _documents() -> Iterator[tuple[str, list[bytes]]]:
    for lines in (1, 5, 20):
        yield f"lines: {lines}", [invoice(lines)]
    published = [path.read_bytes() for path in sorted(EXAMPLES.rglob("*.xml"))]
    unsigned = [data for data in published if _is_unsigned_invoice(data)]
    small = [data for data in unsigned if len(data) <= _SMALL]
    large = [data for data in unsigned if len(data) > _SMALL]
    if small and large:
        yield "small", small
        yield "use cases", large


def _is_unsigned_invoice(data: bytes) -> bool:
    """Leave out what is no invoice, and a signed PDF: it costs ten times the rules."""
    try:
        document = xmlio.parse(data)
    except UnreadableDocument:
        return False
    return signature_step.check(document).outcome is Outcome.NOT_APPLICABLE


def _measured(data: bytes, rules: Rules, path: Path) -> tuple[float, float, float]:
    """Return least milliseconds of the whole and of its rules, and their paired ratio.

    The ratio is the median over pairs of a check and the rules alone right behind it.
    """
    if not check(data, rules=str(path)).conforms:
        raise SystemExit("a document of the benchmark does not conform")
    utf8 = xmlio.parse(data).utf8
    rules.judge(utf8)
    pairs = []
    for _ in range(RUNS):
        begin = time.process_time()
        check(data, rules=str(path))
        middle = time.process_time()
        rules.judge(utf8)
        pairs.append((middle - begin, time.process_time() - middle))
    whole, alone = map(min, zip(*pairs, strict=True))
    return whole * 1000, alone * 1000, median(one / other for one, other in pairs)


if __name__ == "__main__":
    main()
