# SPDX-License-Identifier: MIT
"""Base64 as the schema has it: white space and nothing else beside the alphabet."""

from __future__ import annotations

import base64
import binascii
from typing import Final

_SPACE: Final = {ord(space): None for space in " \t\r\n"}


def decoded(text: str) -> bytes | None:
    """Return the bytes, or None when it is not base64 (xs:base64Binary) or empty.

    A lenient reader passes over foreign characters; two readers would then take two
    texts for the same signature, or one text for two.
    """
    try:
        return base64.b64decode(text.translate(_SPACE), validate=True) or None
    except (binascii.Error, ValueError):
        return None
