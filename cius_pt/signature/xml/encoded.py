# SPDX-License-Identifier: MIT
"""Base64 in a signature, where what is none and what is empty are the same mistake."""

from __future__ import annotations

from cius_pt.octets import octets


def decoded(text: str) -> bytes | None:
    """Return the bytes, or None when it is not base64 (xs:base64Binary) or empty.

    A lenient reader passes over foreign characters; two readers would then take two
    texts for the same signature, or one text for two.
    """
    try:
        return octets(text) or None
    except ValueError:
        return None
