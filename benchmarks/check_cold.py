# SPDX-License-Identifier: MIT
"""What the whole command costs in a new process, against Saxon alone.

``cius-pt check`` of one document (interpreter, imports, schema, rules, report) against
a process that does nothing but compile the same stylesheet and run it once. The rules
are translated already; byte code is cached, as it is where a package is installed.
Budget: at most 1.5 times. Processor time is shown too: other programs disturb it less.

Run it from the checkout: ``python -m benchmarks.check_cold [--rules PATH]``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.invoices import invoice
from benchmarks.rules import ROOT, entry, table
from benchmarks.rules_cold import BARE
from cius_pt.schematron import engine

RUNS = 15


def cost(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Return milliseconds of one process: by the clock and of the processor."""
    before, begin = os.times(), time.perf_counter()
    subprocess.run(
        command,
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seconds, after = time.perf_counter() - begin, os.times()
    used = after.children_user - before.children_user
    used += after.children_system - before.children_system
    return seconds * 1000, used * 1000


def main() -> None:
    """Print the least times of several runs, taken in turns, and their ratio."""
    path = entry("Whole command, cold process, one document")
    with tempfile.TemporaryDirectory() as folder:
        document, sheet = Path(folder, "invoice.xml"), Path(folder, "rules.xslt")
        document.write_bytes(invoice(5))
        sheet.write_text(engine.load(path, "x").stylesheet.xslt, encoding="utf-8")
        environment = {
            **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
            "PYTHONPATH": str(ROOT),
            "PYTHONPYCACHEPREFIX": str(Path(folder, "bytecode")),
            "CIUS_PT_HOME": str(Path(folder, "home")),
        }
        python = sys.executable
        commands = {
            "bare": [python, "-c", BARE, str(sheet), str(document)],
            "cius-pt check": [python, "-m", "cius_pt", "check", str(document)],
        }
        commands["cius-pt check"] += ["--rules", str(path)]
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for turn in range(RUNS + 1):
            for name, command in commands.items():
                spent = cost(command, environment)
                if turn:  # the first one fills the caches
                    times[name].append(spent)
    least = {
        name: [min(column) for column in zip(*spent, strict=True)]
        for name, spent in times.items()
    }
    bare = least["bare"]
    rows = [
        (name, wall, wall / bare[0], used, used / bare[1])
        for name, (wall, used) in least.items()
    ]
    table("check_cold", ("process", "ms", "ratio", "cpu ms", "cpu ratio"), rows)


if __name__ == "__main__":
    main()
