# SPDX-License-Identifier: MIT
"""A PDF, signed: PAdES or adbe.pkcs7.detached over pyHanko, as an incremental update.

The bytes of the file stay as they are; pyHanko appends a revision. Nothing is fetched.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from cius_pt.errors import InvalidValue, SignatureError
from cius_pt.signature.signing import cms
from cius_pt.values import dataclass

if TYPE_CHECKING:
    import datetime as dt

    from cius_pt.signature.signing.key import SigningKey
    from cius_pt.signature.signing.tsa import Timestamper

_FIELD: Final = "Signature"
# Without a time stamp the CMS has this much beside certificates and signature.
_ROOM: Final = 4096
_ROOM_FOR_TOKEN: Final = 16384


class PdfProfile(StrEnum):
    """Which PDF signature: PAdES (EN 319 142-1) or the older PKCS7-B of ISO 32000."""

    PADES = "pades"
    PKCS7 = "pkcs7"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where a signature is seen: page from 1, and corners in points from below left."""

    page: int
    left: int
    bottom: int
    right: int
    top: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfSigning:
    """How a PDF is signed.

    `visible` is where; nowhere by default, which keeps a PDF/A one. `certify` makes it
    a certification signature that allows nothing (1), forms and signatures (2) or
    comments too (3). `password` opens an encrypted file.
    """

    profile: PdfProfile = PdfProfile.PADES
    visible: Box | None = None
    certify: int | None = None
    reason: str | None = None
    location: str | None = None
    password: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.certify not in {None, 1, 2, 3}:
            raise InvalidValue("is 1, 2 or 3", path="options.certify")
        try:  # the word will do in place of the enumeration
            object.__setattr__(self, "profile", PdfProfile(self.profile))
        except ValueError as error:
            raise InvalidValue(str(error), path="options.profile") from None


def sign_pdf(
    data: bytes,
    key: SigningKey,
    *,
    time: dt.datetime,
    options: PdfSigning | None = None,
    timestamp: Timestamper | None = None,
) -> bytes:
    """Return the PDF with one signature more.

    Raises `SignatureError` when the file cannot be read, does not allow it (a
    certification of level 1) or the time stamp fails; what comes back has not been
    verified.
    """
    from pyhanko.pdf_utils import misc  # noqa: PLC0415 - late

    try:
        return _signed(data, key, time, options or PdfSigning(), timestamp)
    except SignatureError:
        raise
    except (misc.PdfError, ValueError) as error:  # SigningError is a ValueError
        said = str(getattr(error, "msg", "") or error)[:200]
        raise SignatureError(f"the PDF cannot be signed: {said}") from None
    except Exception as error:  # noqa: BLE001 - odd files end in any error of pyHanko
        kind = type(error).__name__
        raise SignatureError(f"the PDF cannot be read: {kind}") from None


def _signed(
    data: bytes,
    key: SigningKey,
    time: dt.datetime,
    options: PdfSigning,
    timestamp: Timestamper | None,
) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import (  # noqa: PLC0415 - late
        IncrementalPdfFileWriter,
    )
    from pyhanko.sign import fields  # noqa: PLC0415

    writer = IncrementalPdfFileWriter(BytesIO(data), strict=False)
    _open(writer, options.password)
    name = _free_name(writer)
    box = options.visible
    spec = fields.SigFieldSpec(
        name,
        on_page=0 if box is None else _page(writer, box),
        box=None if box is None else (box.left, box.bottom, box.right, box.top),
    )
    room = sum(len(c.tbs_certificate_bytes) + 1024 for c in key.chain) + key.suite.size
    room += _ROOM if timestamp is None else _ROOM + _ROOM_FOR_TOKEN
    output = cms.run(
        cms.at(
            time,
            _metadata(name, key, options),
            cms.signer(key),
            None if timestamp is None else cms.stamper(timestamp),
            spec,
        ).async_sign_pdf(writer, bytes_reserved=2 * room)
    )
    signed: bytes = output.getvalue()
    return signed


def _metadata(name: str, key: SigningKey, options: PdfSigning) -> Any:
    from pyhanko.sign import fields, signers  # noqa: PLC0415 - late

    pades = options.profile is PdfProfile.PADES
    kinds = fields.SigSeedSubFilter
    level = fields.MDPPerm(options.certify) if options.certify else None
    return signers.PdfSignatureMetadata(
        field_name=name,
        md_algorithm=key.suite.hash,
        subfilter=kinds.PADES if pades else kinds.ADOBE_PKCS7_DETACHED,
        certify=level is not None,
        docmdp_permissions=level or fields.MDPPerm.FILL_FORMS,
        reason=options.reason,
        location=options.location,
    )


def _open(writer: Any, password: str | None) -> None:
    """Unlock an encrypted file; many have an empty user password."""
    if not writer.prev.encrypted:
        return
    from pyhanko.pdf_utils.crypt import AuthStatus  # noqa: PLC0415 - late

    result = writer.prev.decrypt((password or "").encode())
    if result.status is AuthStatus.FAILED:
        wrong = "the password is wrong" if password else "it needs its password"
        raise SignatureError(f"the PDF is encrypted and {wrong}")
    writer.encrypt((password or "").encode())


def _free_name(writer: Any) -> str:
    """Return a field name that the form does not have."""
    from pyhanko.sign import fields  # noqa: PLC0415 - late

    taken = {name for name, *_ in fields.enumerate_sig_fields(writer.prev)}
    number = 1
    while f"{_FIELD}{number}" in taken:
        number += 1
    return f"{_FIELD}{number}"


def _page(writer: Any, box: Box) -> int:
    count = int(writer.prev.root["/Pages"]["/Count"])
    if not 1 <= box.page <= count:
        raise SignatureError(f"there is no page {box.page}: the PDF has {count}")
    return box.page - 1
