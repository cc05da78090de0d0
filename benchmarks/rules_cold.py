# SPDX-License-Identifier: MIT
"""What a new process pays to judge one document, against Saxon alone.

The bare process does nothing but compile the same stylesheet, read from a file, and
run it once. Budget for the whole ``cius-pt check``: at most 1.5 times that.

Run it from the checkout: ``python -m benchmarks.rules_cold [--rules PATH]``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.invoices import invoice
from benchmarks.rules import ROOT, best, entry, table
from cius_pt.schematron import engine

RUNS = 7
BARE = """
import sys, saxonche
processor = saxonche.PySaxonProcessor(license=False)
sheet = open(sys.argv[1], encoding="utf-8").read()
executable = processor.new_xslt30_processor().compile_stylesheet(stylesheet_text=sheet)
node = processor.parse_xml(xml_text=open(sys.argv[2], encoding="utf-8").read())
executable.transform_to_string(xdm_node=node)
"""
OURS = """
import sys
from pathlib import Path
from cius_pt import xmlio
from cius_pt.schematron import engine
document = xmlio.parse(Path(sys.argv[2]).read_bytes())
cache = Path(sys.argv[3]) if len(sys.argv) > 3 else None
engine.load(Path(sys.argv[1]), "x", cache=cache).check(document)
"""


def main() -> None:
    """Print milliseconds of whole processes and their ratio."""
    path = entry("Cold process, one document")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        document, sheet = Path(folder, "invoice.xml"), Path(folder, "rules.xslt")
        document.write_bytes(invoice(5))
        lean = engine.load(path, "lean").stylesheet
        sheet.write_text(lean.xslt, encoding="utf-8")

        def process(script: str, *arguments: Path) -> float:
            command = [sys.executable, "-c", script, *map(str, arguments)]
            return best(
                lambda: subprocess.run(command, check=True, env=environment),
                times=RUNS,
            )

        bare = process(BARE, sheet, document)
        ours = process(OURS, path, document)
        kept = process(OURS, path, document, Path(folder, "cache"))
    rows = [
        ("bare", bare, 1.0),
        ("from the .sch", ours, ours / bare),
        ("from the cache", kept, kept / bare),
    ]
    table("rules_cold", ("process", "ms", "ratio"), rows)


if __name__ == "__main__":
    main()
