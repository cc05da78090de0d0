# SPDX-License-Identifier: MIT
"""What a whole check costs more than its rules step alone, in a process that is warm.

Well-formedness, schema, rules, fiscal, signature and report against the rules step of
the same document, in turns: the processor time of all threads. Budget: at most 1.4
times. `ratio` is that of the least times, as everywhere here. They are what it costs
where nobody disturbs; on a machine that is shared others empty the processor's caches,
which costs many short steps more than one long one. So each check is also compared with
the step that was run right behind it: `paired` is the median of these ratios.

How a process happens to lie in memory moves both by 5 % for as long as it lives. So
several are measured, one after the other: what is printed are medians over them, `from`
and `to` the extremes of `paired`. The documents are our own and, where they are beside
the checkout, the published ones: of 5 KiB, the use cases of 90 KiB with their
attachments, and each of both once.

Run it from the checkout: ``python -m benchmarks.check_warm [--rules PATH]``.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
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

PROCESSES = 7
RUNS = 100
EXAMPLES = ROOT.parent / "shared" / "examples"
_SMALL = 8 * 1024
_BOTH = "small", "use cases"

# How many documents, least milliseconds of the whole and of its rules step, the ratio
# of both, that of the pairs.
_Row = tuple[int, float, float, float, float]


def main() -> None:
    """Print milliseconds per document, whole and rules step alone, and their ratio."""
    path = entry("Warm check of small documents")
    with ProcessPoolExecutor(
        1, mp_context=get_context("spawn"), max_tasks_per_child=1
    ) as pool:
        runs = list(pool.map(measured, [path] * PROCESSES))
    rows = []
    for name in runs[0]:
        columns = list(zip(*(run[name] for run in runs), strict=True))
        pairs = columns[-1]
        rows.append((name, *map(median, columns), min(pairs), max(pairs)))
    heads = ("documents", "n", "check ms", "rules ms", "ratio", "paired", "from", "to")
    table("check_warm", heads, rows)


def measured(path: Path) -> dict[str, _Row]:
    """Return what one process takes for each kind of document, on average."""
    rules = engine.load(path, "x")
    times = {
        name: [_of_one(data, rules, path) for data in documents]
        for name, documents in _documents()
    }
    if _BOTH[0] in times:
        times["published"] = [each for name in _BOTH for each in times[name]]
    found = {}
    for name, each in times.items():
        whole, alone, paired = map(fmean, zip(*each, strict=True))
        found[name] = len(each), whole, alone, whole / alone, paired
    return found


def _documents() -> Iterator[tuple[str, list[bytes]]]:
    for lines in (1, 5, 20):
        yield f"lines: {lines}", [invoice(lines)]
    published = [path.read_bytes() for path in sorted(EXAMPLES.rglob("*.xml"))]
    unsigned = [data for data in published if _is_unsigned_invoice(data)]
    small = [data for data in unsigned if len(data) <= _SMALL]
    large = [data for data in unsigned if len(data) > _SMALL]
    if small and large:
        yield from zip(_BOTH, (small, large), strict=True)


def _is_unsigned_invoice(data: bytes) -> bool:
    """Leave out what is no invoice, and a signed PDF: it costs ten times the rules."""
    try:
        document = xmlio.parse(data)
    except UnreadableDocument:
        return False
    return signature_step.check(document).outcome is Outcome.NOT_APPLICABLE


def _of_one(data: bytes, rules: Rules, path: Path) -> tuple[float, float, float]:
    """Return the least times of a document, and the median ratio of the pairs."""
    if not check(data, rules=str(path)).conforms:
        raise SystemExit("a document of the benchmark does not conform")
    document = xmlio.parse(data)
    rules.check(document)
    pairs = []
    for _ in range(RUNS):
        begin = time.process_time()
        check(data, rules=str(path))
        middle = time.process_time()
        rules.check(document)
        pairs.append((middle - begin, time.process_time() - middle))
    whole, alone = map(min, zip(*pairs, strict=True))
    return whole * 1000, alone * 1000, median(one / other for one, other in pairs)


if __name__ == "__main__":
    main()
