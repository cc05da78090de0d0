# SPDX-License-Identifier: MIT
"""Opening a PDF: strictly first, then forgivingly, and past its password.

pyhanko's strict reader refuses a third of the real signed documents (hybrid
cross-references, missing null objects); its forgiving one reads most of them. Which of
the two it was is said.
"""

from __future__ import annotations

import logging
from dataclasses import field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from cius_pt.signature.refusal import Refusal, why
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: TC004 - late

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_FIELDS: Final = 10_000
MAX_DEPTH: Final = 32
# ISO 32000-1 once let the header stand anywhere in the first kilobyte.
_HEADER_WITHIN: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One signature field: its full name, and its dictionary."""

    name: str
    dictionary: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A PDF that could be opened."""

    data: bytes = field(repr=False)
    reader: PdfFileReader
    notes: tuple[tuple[str, str], ...]


def opened(data: bytes, password: str | None) -> Document:
    """Open a PDF, or raise `Refusal` saying what is in the way."""
    if len(data) > MAX_BYTES:
        message = f"The PDF is larger than {MAX_BYTES >> 20} MB."
        raise Refusal("CP-PSIG-29", message)
    before = data.find(b"%PDF-", 0, _HEADER_WITHIN)
    if before < 0:
        raise Refusal("CP-PSIG-01", "This is not a PDF.")
    if before:
        message = (
            f"There are {before} bytes before %PDF, so nothing is where it should be."
        )
        raise Refusal("CP-PSIG-23", message)
    try:
        return _read(data, password, strict=True)
    except Refusal:
        raise
    except Exception as error:  # noqa: BLE001 - pyhanko fails in many ways
        return _forgiving(data, password, why(error))


def forgiving(document: Document, password: str | None) -> Document:
    """Open again, forgivingly, what could be opened but not be examined strictly."""
    return _forgiving(document.data, password, "it has parts that cannot be followed")


def _forgiving(data: bytes, password: str | None, wrong: str) -> Document:
    try:
        document = _read(data, password, strict=False)
    except Refusal:
        raise
    except Exception as error:  # noqa: BLE001 - likewise
        raise Refusal("CP-PSIG-01", f"The PDF cannot be read: {why(error)}.") from None
    note = f"The PDF is not well formed and was read all the same: {wrong}."
    notes = (("CP-PSIG-04", note), *document.notes)
    return Document(data=data, reader=document.reader, notes=notes)


def _read(data: bytes, password: str | None, *, strict: bool) -> Document:
    from pyhanko.pdf_utils.misc import PdfReadError  # noqa: PLC0415
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415

    _quiet()
    reader = PdfFileReader(BytesIO(data), strict=strict)
    notes = [_decrypted(reader, password)] if reader.encrypted else []
    if strict and reader.xrefs.hybrid_xrefs_present:
        raise PdfReadError("it has hybrid cross-references")
    for found in fields(reader):
        # What the examination of a signature will need: its value can be read.
        value(found.dictionary, "/V")
    return Document(data=data, reader=reader, notes=tuple(n for n in notes if n))


def _quiet() -> None:
    """Keep pyhanko's warnings from standard error where nobody set up logging."""
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _decrypted(reader: PdfFileReader, password: str | None) -> tuple[str, str] | None:
    from pyhanko.pdf_utils.crypt import AuthStatus  # noqa: PLC0415

    try:
        empty = reader.decrypt("").status
        given = empty if password is None else reader.decrypt(password).status
    except Exception as error:  # noqa: BLE001 - handlers fail in many ways
        message = f"The encryption of the PDF is not supported: {why(error)}."
        raise Refusal("CP-PSIG-02", message) from None
    if empty is not AuthStatus.FAILED:
        return None
    if given is AuthStatus.FAILED:
        wrong = "it needs a password" if password is None else "the password is wrong"
        raise Refusal("CP-PSIG-02", f"The PDF is encrypted: {wrong}.")
    return "CP-PSIG-03", "Who receives the PDF cannot open it without the password."


def fields(reader: PdfFileReader) -> Iterator[Field]:
    """Yield the signature fields of the form, filled or not, each of them once.

    A field that cannot be read is passed over, not the ones after it; whatever
    signature it hides is found in the bytes.
    """
    try:
        roots = _refs(reader.root["/AcroForm"], "/Fields")
    except KeyError:
        return
    seen: set[object] = set()
    pending = [(ref, "", None, 0) for ref in reversed(roots)]
    for _ in range(MAX_FIELDS):
        if not pending:
            return
        ref, above, inherited, depth = pending.pop()
        key = getattr(ref, "reference", id(ref))
        if key in seen or depth > MAX_DEPTH:
            continue
        seen.add(key)
        try:
            dictionary = ref.get_object()
            own = value(dictionary, "/T")
            name = ".".join(part for part in (above, str(own or "")) if part)
            kind = value(dictionary, "/FT") or inherited
            kids = _refs(dictionary, "/Kids") if "/Kids" in dictionary else []
        except Exception:  # noqa: BLE001, S112 - see above
            continue
        if kind == "/Sig" and (own is not None or "/V" in dictionary):
            yield Field(name=name or "?", dictionary=dictionary)
        pending += [(kid, name, kind, depth + 1) for kid in reversed(kids)]


def value(dictionary: Any, key: str) -> Any:
    """Return the value of a key, followed and decrypted; None if there is none."""
    # dict.get would give a reference as it stands; null is as good as nothing.
    try:
        return dictionary[key]
    except KeyError:
        return None


def _refs(dictionary: Any, key: str) -> list[Any]:
    array = dictionary[key]
    return [array.raw_get(number) for number in range(len(array))]
