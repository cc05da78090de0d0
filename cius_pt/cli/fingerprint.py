# SPDX-License-Identifier: MIT
"""What of a finding stays when lines move."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cius_pt.findings import Finding


def fingerprint(finding: Finding) -> str:
    """Return the sha256 of rule and place, which are what a finding is.

    The place is the element, else the field of the model; where neither is known, the
    message stands for it.
    """
    place = finding.location
    where = place.xpath or place.path or finding.message
    text = f"{finding.rule}\0{where}"
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()
