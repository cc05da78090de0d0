# SPDX-License-Identifier: MIT
"""Text for a terminal or a pipe: what a line is, and what of it is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cius_pt.findings import Finding

# A message may quote a document, and a document may be megabytes long.
_LONGEST: Final = 2_000


def visible(text: str) -> str:
    """Return `text` with an escape for what does not print.

    Documents and file names are hostile: they may hold commands for the terminal.
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )


def one_line(text: str) -> str:
    """Return `text` as one line, its white space collapsed, long text cut."""
    line = " ".join(text.split())
    return visible(line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…")


def finding_line(finding: Finding) -> str:
    """Return a finding as what follows the name of its file."""
    place = finding.location
    number = f"{place.line}:" if place.line is not None else ""
    where = place.path or place.xpath or "-"
    hint = f" ({finding.hint})" if finding.hint else ""
    line = one_line(
        f"{finding.severity} {finding.rule} {finding.bt or '-'} {where}: "
        f"{finding.message}{hint}"
    )
    return f"{number} {line}"
