# SPDX-License-Identifier: MIT
"""The documents that we and a peer are given: timed ones, and ones to judge only.

Timed are invoices of our own; judged are also the published examples and the mutated
documents beside the checkout, where they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from benchmarks.invoices import invoice
from benchmarks.rules import ROOT

SHARED = ROOT.parent / "shared"
KINDS = {"Invoice": "ubl-invoice", "CreditNote": "ubl-creditnote"}
RUNS = 100
FEW = 5
LONG = 100_000  # bytes: such a document is run a few times only


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One document; `runs` says how often it is judged, the best time counts."""

    name: str
    kind: str
    data: bytes
    file: Path
    runs: int


def given(folder: Path) -> list[Given]:
    """Write the timed documents into a folder; return them and those to judge only."""
    good = invoice(5)
    made = {
        "5 lines": good,
        "5 lines, wrong": good.replace(b">NOR<", b">QQQ<"),
        "100 lines": invoice(100),
        "500 lines": invoice(500),
    }
    found = []
    for number, (name, data) in enumerate(made.items()):
        file = folder / f"{number}.xml"
        file.write_bytes(data)
        runs = RUNS if len(data) < LONG else FEW
        found.append(_given(name, data, file, runs))
    return found + published()


def published() -> list[Given]:
    """Return the invoices and credit notes among the published files."""
    files = [
        file
        for folder in ("examples", "probes")
        for file in sorted((SHARED / folder).rglob("*.xml"))
    ]
    found = [_given(file.name, file.read_bytes(), file, 1) for file in files]
    return [document for document in found if document.kind]


def _given(name: str, data: bytes, file: Path, runs: int) -> Given:
    root = etree.fromstring(data, etree.XMLParser(huge_tree=True))
    kind = KINDS.get(etree.QName(root).localname, "")
    return Given(name=name, kind=kind, data=data, file=file, runs=runs)
