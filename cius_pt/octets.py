# SPDX-License-Identifier: MIT
"""Base64 as the schema has it: white space and nothing else beside the alphabet."""

from __future__ import annotations

import binascii

_WHITE = " \t\r\n"
_NO_WHITE = dict.fromkeys(map(ord, _WHITE))


def octets(text: str) -> bytes:
    """Return the bytes of an xs:base64Binary, or raise `ValueError` and say why.

    A 15 MB attachment is 20 MB of text: it is copied only if it has white space.
    """
    if any(white in text for white in _WHITE):
        text = text.translate(_NO_WHITE)
    # binascii lets one padding character too many pass (QUJD=).
    if len(text) % 4:
        raise ValueError("not base64: its length is no multiple of four")
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError as error:
        raise ValueError(f"not base64: {error}") from None
