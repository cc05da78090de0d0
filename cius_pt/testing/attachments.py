# SPDX-License-Identifier: MIT
"""Strategies for supporting documents: what they say they are, they begin like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from cius_pt.model import Attachment
from cius_pt.testing.texts import MIME_CODES, OBJECT_SCHEMES, codes, kept, maybe, texts

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

# How content of a type begins, where that is looked at.
_BEGINNINGS = {
    "application/pdf": b"%PDF-1.7\n",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}


@kept
@st.composite
def attachments(draw: DrawFn, *, type_code: bool = False) -> Attachment:
    """Draw a supporting document: inside, by reference, or only mentioned.

    With a `type_code` (130) it also has a description: without, it would be the
    object identifier of the document.
    """
    where = draw(st.sampled_from(("inside", "reference", "both", "mentioned")))
    kinds = ("INVOICE_REPRESENTATION", "ATTACHMENT")
    described = codes(kinds) | texts(200)
    parts: dict[str, Any] = {"description": draw(maybe(described))}
    if type_code:
        parts = {"description": draw(described), "type_code": "130"}
    if where in {"inside", "both"}:
        mime = draw(codes(MIME_CODES))
        parts |= {
            "content": _BEGINNINGS.get(mime, b"")
            + draw(st.binary(min_size=1, max_size=40)),
            "mime_code": mime,
            "filename": draw(texts(50)),
        }
    if where in {"reference", "both"}:
        parts["uri"] = draw(texts(200))
    return Attachment(
        id=draw(texts(50)), scheme=draw(maybe(codes(OBJECT_SCHEMES))), **parts
    )
