# SPDX-License-Identifier: MIT
"""From bytes to UTF-8: one reading of the encoding, so that no two parsers differ.

Every parser behind this gets the same UTF-8 bytes and is told so; what the document
declares about itself is a finding at most.
"""

from __future__ import annotations

import re
from typing import Final, NoReturn

from cius_pt.errors import UnreadableDocument
from cius_pt.findings import Finding, Location, Severity

_SIGNATURES: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive (or an Office file)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "gzip-compressed"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BZh", "bzip2-compressed"),
    (b"\xfd7zXZ", "xz-compressed"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
)
_UTF32: Final = (b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"<\0\0\0", b"\0\0\0<")
_UTF16: Final = (
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_UTF16_MARKS: Final = tuple(mark for mark, _ in _UTF16)
_UTF8_NAMES: Final = frozenset({"", "utf-8", "utf8"})
_UTF8_BOM: Final = b"\xef\xbb\xbf"
# How nearly all documents begin.
_USUAL: Final = (
    b'<?xml version="1.0" encoding="UTF-8"',
    b'<?xml version="1.0" encoding="utf-8"',
)
_DECLARED: Final = re.compile(
    rb"<\?xml\s[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]{0,40})[\"']"
)
# Only encodings in which a byte is a character: what else iconv or Python know
# (UTF-7, EBCDIC, the Asian ones) is where two readers see two documents.
_SINGLE_BYTE: Final = re.compile(
    r"us-ascii|ascii|iso-8859-([1-9]|1[013-6])|latin[19]|windows-125[0-8]"
)


def fail(
    rule: str, message: str, line: int | None = None, column: int | None = None
) -> NoReturn:
    """Raise `UnreadableDocument`."""
    raise UnreadableDocument(message, rule=rule, line=line, column=column)


def cut(text: str, length: int = 200) -> str:
    """Return `text`, cut with an ellipsis: names and values may be megabytes long."""
    return text if len(text) <= length else f"{text[:length]}…"


def decoded(data: bytes, limit: int) -> tuple[bytes, tuple[Finding, ...]]:
    """Return the document as UTF-8 without a byte order mark, and what was odd."""
    if len(data) > limit:
        fail("CP-XML-01", _too_large(len(data), limit))
    findings = []
    body = data
    if not data.startswith(b"<"):
        _refuse_others(data)
        body = data.removeprefix(_UTF8_BOM)
        if len(body) < len(data):
            said = "The document begins with a byte order mark."
            findings.append(_oddity("CP-XML-10", Severity.WARNING, said))
    declared, encoding = _encoding(body)
    if encoding != "utf-8" or declared not in _UTF8_NAMES:
        said = f"The document is {encoding} and declares {declared or 'nothing'}."
        findings.append(_oddity("CP-XML-11", Severity.FATAL, said))
    utf8 = _transcoded(body, encoding)
    if len(utf8) > limit:
        fail("CP-XML-01", _too_large(len(utf8), limit))
    if (nul := utf8.find(b"\0")) >= 0:
        line, column = place_of(utf8[:nul].decode())
        fail("CP-XML-04", "a NUL character cannot stand in XML", line, column)
    return utf8, tuple(findings)


def _refuse_others(data: bytes) -> None:
    """Refuse what is no text at all."""
    if not data.strip(b" \t\r\n" + _UTF8_BOM):
        fail("CP-XML-02", "the document is empty")
    for magic, what in _SIGNATURES:
        if data.startswith(magic):
            fail("CP-XML-03", f"this is {what}, not an XML document")


def codec_of(data: bytes) -> str:
    """Return the name of the encoding in which `decoded` reads these bytes."""
    return _encoding(data.removeprefix(_UTF8_BOM))[1]


def _too_large(size: int, limit: int) -> str:
    return (
        f"the document has {size:,} bytes, the limit is {limit:,}; "
        "compress or leave out attachments"
    )


def _oddity(rule: str, severity: Severity, message: str) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        location=Location(line=1, column=1),
        hint="Write the XML as UTF-8 without a byte order mark.",
    )


def _encoding(body: bytes) -> tuple[str, str]:
    """Return the encoding that is declared ("" if none) and the one that is read."""
    if body.startswith(_USUAL):
        return "utf-8", "utf-8"
    if body.startswith(_UTF32):
        fail("CP-XML-06", "UTF-32 is not supported; write the XML as UTF-8", 1, 1)
    codec = None
    if body.startswith(_UTF16_MARKS):
        codec = next(name for mark, name in _UTF16 if body.startswith(mark))
    head = body[:512] if codec is None else body[:1024].replace(b"\0", b"")
    match = _DECLARED.match(head.lstrip(b"\xff\xfe"))
    declared = match[1].decode("ascii").lower() if match else ""
    if codec is not None:
        return declared, codec
    if declared in _UTF8_NAMES or declared.startswith("utf-16"):
        return declared, "utf-8"  # 8-bit bytes cannot be the UTF-16 they claim
    if _SINGLE_BYTE.fullmatch(declared):
        return declared, declared
    fail(
        "CP-XML-06",
        f"the encoding {declared} is not supported; write the XML as UTF-8",
        line=1,
        column=1,
    )


def _transcoded(body: bytes, encoding: str) -> bytes:
    """Return `body` as UTF-8; the same object when it is that already."""
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        before = body[: error.start].decode(encoding, "replace")
        line, column = place_of(before)
        fail("CP-XML-06", f"bytes that are not {encoding}", line, column)
    if encoding == "utf-8":
        return body
    return text.removeprefix("\ufeff").encode()


def place_of(before: str) -> tuple[int, int]:
    """Return line and column of the character after `before`."""
    text = before.replace("\r\n", "\n").replace("\r", "\n")
    return text.count("\n") + 1, len(text) - text.rfind("\n")
