# SPDX-License-Identifier: MIT
"""Certificates, CRLs and OCSP responses from files, PEM or DER, by what they are."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from cius_pt.errors import ArtefactError
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from asn1crypto.x509 import Certificate

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
MAX_FILES: Final = 10_000
_SMALL: Final = 16 * 1024
_PEM = re.compile(
    rb"-----BEGIN (?P<label>[A-Z0-9 ]+)-----(?P<text>.*?)-----END (?P=label)-----",
    re.DOTALL,
)
_CERTIFICATES = {b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE"}
_CRLS = {b"X509 CRL", b"CRL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found in files, DER, by kind."""

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


def find(places: Iterable[Path]) -> Found:
    """Read files and folders; `ArtefactError` names the file that cannot be read.

    A folder gives its files and those of its folders; what there is neither a
    certificate nor a CRL nor an OCSP response is passed over. A file that is named
    itself must be one. A file with a private key is refused, as it has no place here.
    """
    found: dict[str, dict[bytes, None]] = {"certificate": {}, "crl": {}, "ocsp": {}}
    for place in places:
        named = not place.is_dir()
        for path in [place] if named else _files(place):
            parts = list(_parts(path))
            if named and not parts:
                raise ArtefactError(
                    f"{path}: no certificate, CRL or OCSP response in PEM or DER"
                )
            for kind, der in parts:
                found[kind][der] = None
    return Found(
        certificates=tuple(found["certificate"]),
        crls=tuple(found["crl"]),
        ocsps=tuple(found["ocsp"]),
    )


def _files(folder: Path) -> list[Path]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    if len(paths) > MAX_FILES:
        raise ArtefactError(f"{folder}: more than {MAX_FILES:,} files; name the few")
    return paths


def _parts(path: Path) -> Iterator[tuple[str, bytes]]:
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise ArtefactError(f"{path}: larger than {MAX_FILE_BYTES >> 20} MB")
        data = path.read_bytes()
    except OSError as error:
        raise ArtefactError(f"{path}: {error.strerror or error}") from error
    if b"PRIVATE KEY-----" in data:
        raise ArtefactError(
            f"{path}: holds a private key; trust anchors are certificates alone"
        )
    blocks = list(_PEM.finditer(data))
    if not blocks:
        kind = kind_of(data)
        yield from [] if kind is None else [(kind, data)]
    for block in blocks:
        der = _decoded(block["text"])
        kind = kind_of(der)
        expected = {
            **dict.fromkeys(_CERTIFICATES, "certificate"),
            **dict.fromkeys(_CRLS, "crl"),
        }.get(block["label"])
        if expected is not None and kind != expected:
            line = data.count(b"\n", 0, block.start()) + 1
            raise ArtefactError(f"{path}: the {expected} at line {line} is damaged")
        if kind is not None:
            yield kind, der


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        return b""


def kind_of(der: bytes) -> str | None:
    """Return ``certificate``, ``crl`` or ``ocsp``, or None if it is none of them."""
    # Lists of revocations can be megabytes: remembering them would fill the memory.
    return _remembered_kind(der) if len(der) < _SMALL else _kind_of(der)


@lru_cache(maxsize=2048)
def _remembered_kind(der: bytes) -> str | None:
    return _kind_of(der)


def _kind_of(der: bytes) -> str | None:
    if not der.startswith(b"\x30"):
        return None
    for kind, test in (("certificate", parsed), ("crl", _crl), ("ocsp", _ocsp)):
        try:
            test(der)
        except Exception:  # noqa: BLE001, S112 - asn1crypto fails in many ways
            continue
        return kind
    return None


@lru_cache(maxsize=1024)
def parsed(der: bytes) -> Certificate:
    """Return a certificate whose names, validity and key can be read; else raise."""
    from asn1crypto.x509 import Certificate  # noqa: PLC0415

    certificate = Certificate.load(der, strict=True)
    for part in ("issuer", "subject", "not_valid_before", "not_valid_after"):
        getattr(certificate, part)
    _ = certificate.subject.hashable, certificate.issuer.hashable
    _ = certificate.public_key.algorithm, certificate.critical_extensions
    return certificate


def self_signed(der: bytes) -> bool:
    """Whether a certificate is its own issuer."""
    return bool(parsed(der).self_signed != "no")


def _crl(der: bytes) -> None:
    from asn1crypto.crl import CertificateList  # noqa: PLC0415

    found = CertificateList.load(der, strict=True)
    _ = found.issuer.hashable, found["tbs_cert_list"]["this_update"].native


def _ocsp(der: bytes) -> None:
    from asn1crypto.ocsp import OCSPResponse  # noqa: PLC0415

    found = OCSPResponse.load(der, strict=True)
    _ = found["response_status"].native, found.response_data["responses"].native


@lru_cache(maxsize=16)
def crl_container(der: bytes) -> Any:
    """Return a CRL as the validator wants it."""
    from asn1crypto.crl import CertificateList  # noqa: PLC0415
    from pyhanko_certvalidator.revinfo.archival import CRLContainer  # noqa: PLC0415

    return CRLContainer(CertificateList.load(der))


@lru_cache(maxsize=256)
def ocsp_containers(der: bytes) -> tuple[Any, ...]:
    """Return the parts of an OCSP response as the validator wants them."""
    from asn1crypto.ocsp import OCSPResponse  # noqa: PLC0415
    from pyhanko_certvalidator.revinfo.archival import OCSPContainer  # noqa: PLC0415

    return tuple(OCSPContainer.load_multi(OCSPResponse.load(der)))
