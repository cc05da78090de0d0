# SPDX-License-Identifier: MIT
"""How much memory the check of a long invoice takes.

A new process checks a small document, then one of 10,000 lines; the peak of its
resident memory beyond what it had after the small one, against the size of the long
document. Budget: at most 40 times.

Run it from the checkout: ``python -m benchmarks.memory [--rules PATH]``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.invoices import invoice
from benchmarks.rules import ROOT, entry, table

SCRIPT = """
import json, resource, sys
from pathlib import Path
from cius_pt import check
peaks = []
for name in sys.argv[2:]:
    assert check(Path(name).read_bytes(), rules=sys.argv[1]).conforms
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(json.dumps(peaks))
"""


def main() -> None:
    """Print the sizes, the peaks and the ratio."""
    rules = entry("Memory of a long check")
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder, "small.xml")
        small.write_bytes(invoice(5))
        for lines in (1_000, 10_000):
            long = Path(folder, "long.xml")
            long.write_bytes(invoice(lines))
            done = subprocess.run(
                [sys.executable, "-c", SCRIPT, str(rules), str(small), str(long)],
                check=True,
                capture_output=True,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            before, peak = (value * unit / 2**20 for value in json.loads(done.stdout))
            size = long.stat().st_size / 2**20
            rows.append((f"{lines}", size, before, peak, (peak - before) / size))
    heads = ("lines", "MiB", "before MiB", "peak MiB", "times")
    table("memory", heads, rows)


if __name__ == "__main__":
    main()
