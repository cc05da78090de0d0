# SPDX-License-Identifier: MIT
"""What ``import cius_pt`` costs, against ``import lxml.etree``.

Each in a new interpreter, in turns, the interpreter's own start taken off. Budget: at
most 2 times.

Run it from the checkout: ``python -m benchmarks.import_time``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.rules import ROOT, table

RUNS = 15
SCRIPT = """
import time
begin = time.perf_counter()
import {module}
print((time.perf_counter() - begin) * 1000)
"""


def main() -> None:
    """Print the least milliseconds of each import and the ratio."""
    best = {"lxml.etree": float("inf"), "cius_pt": float("inf")}
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
            "PYTHONPATH": str(ROOT),
            "PYTHONPYCACHEPREFIX": str(Path(folder)),
        }
        for _ in range(RUNS):
            for module, least in best.items():
                done = subprocess.run(
                    [sys.executable, "-c", SCRIPT.format(module=module)],
                    check=True,
                    capture_output=True,
                    env=environment,
                )
                best[module] = min(least, float(done.stdout))
    base = best["lxml.etree"]
    rows = [(module, value, value / base) for module, value in best.items()]
    table("import_time", ("module", "ms", "ratio"), rows)


if __name__ == "__main__":
    main()
