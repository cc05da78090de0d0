# SPDX-License-Identifier: MIT
"""Bodies of requests: multipart/form-data (RFC 7578) and plain forms."""

from __future__ import annotations

import hashlib
from dataclasses import field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from cius_pt.errors import InvalidValue
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file in a form: `name` of its field, its own `filename`, its type."""

    name: str
    filename: str
    content_type: str
    content: bytes = field(repr=False)


def multipart(files: Iterable[File], fields: Fields) -> tuple[str, bytes]:
    """Return the content type and the body of a form; the same form, the same bytes.

    Raises `InvalidValue` for names that would break out of their header.
    """
    parts = [
        (
            f'Content-Disposition: form-data; name="{_quoted(file.name)}"; '
            f'filename="{_quoted(file.filename)}"\r\n'
            f"Content-Type: {_quoted(file.content_type)}\r\n\r\n".encode(),
            file.content,
        )
        for file in files
    ]
    parts += [
        (
            f'Content-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n'.encode(),
            value.encode(),
        )
        for name, value in fields
    ]
    boundary = _boundary([content for part in parts for content in part])
    mark = f"--{boundary}".encode()
    body = b"".join(
        piece
        for head, content in parts
        for piece in (mark, b"\r\n", head, content, b"\r\n")
    )
    return f"multipart/form-data; boundary={boundary}", body + mark + b"--\r\n"


def form(fields: Fields) -> tuple[str, bytes]:
    """Return the content type and the body of a form without files."""
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def _boundary(contents: list[bytes]) -> str:
    digest = hashlib.sha256()
    for content in contents:
        digest.update(content)
    boundary = f"cius-pt-{digest.hexdigest()[:32]}"
    while any(boundary.encode() in content for content in contents):
        boundary = f"cius-pt-{hashlib.sha256(boundary.encode()).hexdigest()[:32]}"
    return boundary


def _quoted(name: str) -> str:
    if not name.isprintable() or '"' in name or "\\" in name:
        raise InvalidValue("a name in a form is plain text without quotes")
    return name
