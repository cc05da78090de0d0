# SPDX-License-Identifier: MIT
"""The built-in rule set beside the published one, both through our compiler.

Budget: neither its compilation nor a warm document takes longer.

Run it from the checkout: ``python -m benchmarks.rulebook``.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from benchmarks.invoices import invoice
from benchmarks.rules import best, entry, table
from cius_pt.schematron import engine, rulebook, worker
from cius_pt.schematron.compiler import compile_lean
from cius_pt.schematron.source import load as read

RUNS = 300
COMPILATIONS = 5


def main() -> None:
    """Print milliseconds of both and the ratio of ours to theirs."""
    published = entry("The built-in rule set beside the published one")
    with tempfile.TemporaryDirectory() as folder:
        ours = Path(folder) / "rulebook.sch"
        ours.write_text(rulebook.assemble(), encoding="utf-8")
        rows = [
            _row("assemble", 0.0, best(rulebook.assemble, times=COMPILATIONS)),
            _row("translate", *(_translated(path) for path in (published, ours))),
            _row("saxon", *(_compiled(path) for path in (published, ours))),
        ]
        theirs, mine = (engine.load(path, path.name) for path in (published, ours))
    for lines in (1, 20, 1_000, 5_000):
        data = invoice(lines)
        times = max(3, RUNS // lines)
        taken = [best(partial(r.judge, data), times=times) for r in (theirs, mine)]
        rows.append(_row(f"{lines} lines", *taken))
    table("rulebook", ("what", "published ms", "rulebook ms", "ratio"), rows)


def _row(
    what: str, theirs: float, ours: float
) -> tuple[str, float, float, float | None]:
    return what, theirs, ours, ours / theirs if theirs else None


def _translated(path: Path) -> float:
    return best(lambda: compile_lean(read(path)), times=COMPILATIONS)


def _compiled(path: Path) -> float:
    sheet = compile_lean(read(path))
    count = 0

    def compile_() -> None:
        nonlocal count
        count += 1
        key, xslt = f"{path.name} {count}", f"{sheet.xslt}<!-- {count} -->"
        worker.call(lambda session: session.compile(key, xslt))

    return best(compile_, times=COMPILATIONS)


if __name__ == "__main__":
    main()
