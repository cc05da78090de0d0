# SPDX-License-Identifier: MIT
"""Writes the columns that follow from other data of this repository.

``python -m cius_pt.codes.regenerate LISTS`` reads what CIUS-PT accepts from the
rulebook's ``lists.tsv`` and writes the files anew; nothing else in them changes. All
other columns are facts that a person checks against the source on top of the file.
"""

from __future__ import annotations

import sys
from pathlib import Path

_FOLDER = Path(__file__).parent


def regenerated(name: str, lists: Path) -> str:
    """Return what the file of a derived list should be, `name` without its suffix."""
    accepted = _lists(lists)
    text = (_FOLDER / f"{name}.tsv").read_text(encoding="utf-8")
    lines, columns = [], list[str]()
    for line in text.splitlines():
        cells = line.split("\t")
        if line.startswith("# "):
            pass
        elif not columns:
            columns = cells
        elif name == "payment_means":
            known = cells[0] in accepted["payment-means"]
            cells[columns.index("accepted")] = "yes" if known else "no"
        else:
            cells[columns.index("root")] = _root(cells[0], accepted)
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


DERIVED = ("document_types", "payment_means")


def _root(code: str, accepted: dict[str, list[str]]) -> str:
    if code in accepted["invoice-types"]:
        return "Invoice"
    return "CreditNote" if code in accepted["credit-note-types"] else ""


def _lists(path: Path) -> dict[str, list[str]]:
    rows = path.read_text(encoding="utf-8").splitlines()
    cells = [row.split("\t") for row in rows if not row.startswith("#")]
    return {name: codes.split() for name, _, codes in cells[1:]}


def main() -> None:
    """Write every derived list anew."""
    lists = Path(sys.argv[1])
    for name in DERIVED:
        (_FOLDER / f"{name}.tsv").write_text(regenerated(name, lists), encoding="utf-8")


if __name__ == "__main__":
    main()
