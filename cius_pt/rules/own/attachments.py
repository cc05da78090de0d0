# SPDX-License-Identifier: MIT
"""Attachments: what they are, and that each comes once.

Only the first bytes are looked at, and the trailer of a PDF; nothing is rendered.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cius_pt.rules.own.remark import Remark, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.model import Attachment, Invoice

_PDF = "application/pdf"
# ISO 32000-1, annex H.3.4.1: readers look for the header in the first 1024 bytes.
_HEADER, _HEADER_WITHIN = b"%PDF-", 1024
# ISO 32000-1, 7.5.5: the trailer, or the stream in its place, names the encryption.
_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:[0-9]+\s+[0-9]+\s+R|<<)")
_IMAGES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_REPRESENTATION = re.compile(r"(INVOICE|CREDITNOTE|DEBITNOTE)_REPRESENTATION")


def found(invoice: Invoice) -> Iterator[Remark]:
    """Yield what is wrong with the attachments of an invoice."""
    contents: dict[bytes, int] = {}
    names: dict[str, int] = {}
    pictures: list[int] = []
    for index, attachment in enumerate(invoice.attachments):
        path = f"attachments[{index}]"
        if _REPRESENTATION.fullmatch(attachment.description or ""):
            pictures.append(index)
        if attachment.content is None:
            continue
        yield from _content(attachment, path)
        first = contents.setdefault(attachment.content, index)
        named = names.setdefault((attachment.filename or "").casefold(), index)
        if first != index:
            said = f"attachments[{first}]"
            yield Remark(rule="CP-ATTACH-03", path=f"{path}.content", detail=said)
        elif named != index:
            said = shown(attachment.filename or "")
            yield Remark(rule="CP-ATTACH-04", path=f"{path}.filename", detail=said)
    if len(pictures) > 1:
        path = f"attachments[{pictures[1]}].description"
        yield Remark(rule="CP-ATTACH-06", path=path, detail=str(len(pictures)))


def _content(attachment: Attachment, path: str) -> Iterator[Remark]:
    content, path = attachment.content or b"", f"{path}.content"
    begins = shown(content[:8].decode("latin-1"))
    if attachment.mime_code == _PDF:
        if _HEADER not in content[:_HEADER_WITHIN]:
            yield Remark(rule="CP-ATTACH-01", path=path, detail=begins)
        elif _ENCRYPTED.search(content):
            yield Remark(rule="CP-ATTACH-02", path=path)
    elif not content.startswith(_IMAGES.get(attachment.mime_code or "", b"")):
        yield Remark(rule="CP-ATTACH-05", path=path, detail=begins)
