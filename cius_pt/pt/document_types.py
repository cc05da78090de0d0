# SPDX-License-Identifier: MIT
"""Document types: the letters of SAF-T (PT) and the numbers of UNTDID 1001.

Self-billing (389) and prepayment (386) are no types of SAF-T but invoices; which one
is told by the status S. Sources stand on top of ``codes/document_types.tsv``.

>>> untdid("NC"), saft("389"), saft("FS")
('381', 'FT', 'FS')
"""

from __future__ import annotations

from cius_pt.codes import table

_BACK = {"380": "FT", "381": "NC", "383": "ND", "386": "FT", "389": "FT"}
INVOICES = "4.1"
"""The table of SAF-T with sales invoices; the others charge no VAT by themselves."""


def untdid(code: str) -> str | None:
    """Return the number of UNTDID 1001 for a type, None for one that has none."""
    rows = table("document_types").find(code)
    return (rows[0]["untdid"] or None) if rows else None


def saft(code: str) -> str | None:
    """Return the letters of SAF-T for a type of either list, None if unknown."""
    rows = table("document_types").find(code)
    return _BACK.get(code, code) if rows else None


def saft_table(code: str) -> str | None:
    """Return the table of SAF-T (4.1 to 4.4) that a type of SAF-T stands in."""
    rows = table("document_types").find(code)
    return (rows[0]["table"] or None) if rows else None
