# SPDX-License-Identifier: MIT
"""The literal translation in Saxon-HE on a JVM, against our engine.

The same rule set, the same documents; a JVM has RUNS runs to warm up and the best one
counts, as it does for us. What both say is compared: assertion, element, attribute.
Needs a JDK and Maven, which gets Saxon-HE by its coordinates; without them, or without
a repository to ask, this says so and ends.

Run it from the checkout: ``python -m benchmarks.peers.saxon_jvm [--rules PATH]``.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

from lxml import etree

from benchmarks.invoices import invoice
from benchmarks.peers import jvm
from benchmarks.rules import best, entry, table
from cius_pt.schematron import engine, svrl

RUNS = 200
FEW = 10
LONG = 100_000  # bytes: such a document is run a few times only


def said(output: bytes, data: bytes) -> Counter[tuple[int | None, int, str | None]]:
    """Return what an SVRL report says: assertion, element, attribute."""
    root = etree.fromstring(data)
    numbers = {element: number for number, element in enumerate(root.iter("*"))}
    found: Counter[tuple[int | None, int, str | None]] = Counter()
    for hit in svrl.parse(output):
        element, attribute = svrl.locate(root, hit.location)
        found[hit.number, numbers[element], attribute] += 1
    return found


def main() -> None:
    """Print milliseconds per document of both and whether they agree."""
    path = entry("Saxon-HE on a JVM")
    lean = engine.load(path, "lean")
    literal = engine.load(path, "literal", optimise=False)
    good = invoice(5)
    made = {
        "5 lines": good,
        "5 lines, wrong": good.replace(b">NOR<", b">QQQ<"),
        "100 lines": invoice(100),
        "500 lines": invoice(500),
    }
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        archives = jvm.libraries("saxon-pom.xml", "Saxon-HE", folder)
        sheet = folder / "rules.xslt"
        sheet.write_text(literal.stylesheet.xslt, encoding="utf-8")
        for label, data in made.items():
            file = folder / "document.xml"
            file.write_bytes(data)
            runs = RUNS if len(data) < LONG else FEW
            arguments = [str(sheet), str(runs), str(file)]
            printed = jvm.run("Peer.java", archives, arguments)
            theirs = said(Path(f"{file}.out").read_bytes(), data)
            ours = Counter(
                (hit.number, hit.element, hit.attribute)
                for hit in lean.judge(data).hits
            )
            fast = best(partial(lean.judge, data), times=runs)
            slow = float(printed)
            agree = "same" if ours == theirs else "DIFFERENT"
            rows.append((label, fast, slow, fast / slow, len(ours), agree))
    heads = ("document", "ours ms", "JVM ms", "ratio", "findings", "verdict")
    table("peers/saxon_jvm", heads, rows)
    raise SystemExit(0 if all(row[-1] == "same" for row in rows) else 1)


if __name__ == "__main__":
    main()
