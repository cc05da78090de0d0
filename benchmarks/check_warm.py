# SPDX-License-Identifier: MIT
"""What a whole check costs more than its rules alone, in a process that is warm.

Well-formedness, schema, rules and report of a thousand small documents against the
rules step of the same documents, in turns; processor time of all threads. Budget: at
most 1.4 times.

Run it from the checkout: ``python -m benchmarks.check_warm [--rules PATH]``.
"""

from __future__ import annotations

import time

from benchmarks.invoices import invoice
from benchmarks.rules import entry, table
from cius_pt import check, xmlio
from cius_pt.schematron import engine

DOCUMENTS = 1_000


def main() -> None:
    """Print milliseconds per document, whole and rules alone, and their ratio."""
    path = entry("Warm check of small documents")
    rules = engine.load(path, "x")
    rows = []
    for lines in (1, 5, 20):
        data = invoice(lines)
        if not check(data, rules=str(path)).conforms:
            raise SystemExit("the benchmark's own document does not conform")
        utf8 = xmlio.parse(data).utf8
        rules.judge(utf8)
        whole = alone = 0.0
        for _ in range(DOCUMENTS):
            begin = time.process_time()
            check(data, rules=str(path))
            middle = time.process_time()
            rules.judge(utf8)
            whole += middle - begin
            alone += time.process_time() - middle
        rows.append((f"{lines}", whole, alone, whole / alone))
    table("check_warm", ("lines", "check ms", "rules ms", "ratio"), rows)


if __name__ == "__main__":
    main()
