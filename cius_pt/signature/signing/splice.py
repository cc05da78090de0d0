# SPDX-License-Identifier: MIT
"""Text put into the bytes of a document, in its own encoding."""

from __future__ import annotations


def insert(data: bytes, utf8: bytes, offset: int, text: str) -> bytes:
    """Return `data` with ASCII `text` at the place that is `offset` in its UTF-8 form.

    Everything else stays as it is, the byte order mark included.
    """
    if data.endswith(utf8):  # UTF-8, perhaps after a byte order mark
        at, codec = len(data) - len(utf8) + offset, "ascii"
    else:
        before = utf8[:offset].decode()
        codec = _codec(data)
        mark = 2 if data.startswith((b"\xff\xfe", b"\xfe\xff")) else 0
        at = mark + (len(before) if codec == "ascii" else len(before.encode(codec)))
    return data[:at] + text.encode(codec) + data[at:]


def _codec(data: bytes) -> str:
    """Return how ASCII is written in the encodings that `encoding.decoded` reads."""
    if data.startswith((b"\xff\xfe", b"<\0")):
        return "utf-16-le"
    return "utf-16-be" if data.startswith((b"\xfe\xff", b"\0<")) else "ascii"
