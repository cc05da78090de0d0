# SPDX-License-Identifier: MIT
"""Keys and certificates in files: PKCS#12, PEM and DER."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from cius_pt.errors import SignatureError
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cryptography import x509

_PEM: Final = b"-----BEGIN "
_CERTIFICATE: Final = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """What a file held: certificates in DER, the signer's first, and the key."""

    certificates: tuple[bytes, ...] = field(repr=False)
    key: PrivateKeyTypes = field(repr=False)


def pkcs12(data: bytes, password: bytes | str | None) -> KeyFile:
    """Return what a PKCS#12 file holds.

    Raises `SignatureError`; whether the password or the file is wrong is said as far
    as it can be known.
    """
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - late
        pkcs12 as reader,
    )

    if not _is_pkcs12(data):
        raise SignatureError("this is not a PKCS#12 file (.p12, .pfx)")
    try:
        key, leaf, others = reader.load_key_and_certificates(data, _bytes(password))
    except ValueError:  # what it says names the library, not the reason
        raise SignatureError(
            "the PKCS#12 file cannot be opened: the password is wrong"
            if password
            else "the PKCS#12 file cannot be opened: it needs a password"
        ) from None
    except Exception as error:  # noqa: BLE001 - UnsupportedAlgorithm and the like
        kind = type(error).__name__
        raise SignatureError(f"the PKCS#12 file cannot be read: {kind}") from None
    if key is None:
        raise SignatureError("the PKCS#12 file holds no private key")
    found = _ordered([c for c in (leaf, *others) if c is not None], key)
    return KeyFile(certificates=tuple(map(_der, found)), key=key)


def pem(chain: bytes, key: bytes, password: bytes | str | None) -> KeyFile:
    """Return certificates and a private key from PEM or DER.

    Raises `SignatureError` for a wrong password and for a key of none of them.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - late

    is_pem = _PEM in key
    load = (
        serialization.load_pem_private_key
        if is_pem
        else serialization.load_der_private_key
    )
    try:
        private = load(key, _bytes(password))
    except TypeError:  # cryptography's way to say: with password or without
        encrypted = "is not encrypted" if password else "needs a password"
        raise SignatureError(f"the private key {encrypted}") from None
    except ValueError:
        reason = "the password is wrong or the file is damaged"
        if not password:
            reason = "there is no PEM or DER private key in this file"
        raise SignatureError(f"the private key cannot be read: {reason}") from None
    except Exception as error:  # noqa: BLE001 - UnsupportedAlgorithm and the like
        kind = type(error).__name__
        raise SignatureError(f"the private key cannot be read: {kind}") from None
    found = _ordered(certificates([chain]), private)
    return KeyFile(certificates=tuple(map(_der, found)), key=private)


def certificates(files: Iterable[bytes]) -> tuple[x509.Certificate, ...]:
    """Return the certificates of PEM or DER files, in their order; at least one.

    Raises `SignatureError` when there is none or one cannot be read.
    """
    from cryptography import x509  # noqa: PLC0415 - late

    found: list[x509.Certificate] = []
    try:
        for data in files:
            if _CERTIFICATE in data:
                found += x509.load_pem_x509_certificates(data)
            else:
                found.append(x509.load_der_x509_certificate(data))
    except ValueError:
        raise SignatureError("a certificate cannot be read as PEM or DER") from None
    if not found:
        raise SignatureError("there is no certificate to sign with")
    return tuple(found)


def _ordered(
    found: Sequence[x509.Certificate], key: PrivateKeyTypes
) -> list[x509.Certificate]:
    """Return the certificates with that of the key first."""
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - late
        Encoding,
        PublicFormat,
    )

    def spki(public: object) -> bytes:
        form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        data: bytes = public.public_bytes(*form)  # type: ignore[attr-defined]
        return data

    own = spki(key.public_key())
    leaf = next((c for c in found if spki(c.public_key()) == own), None)
    if leaf is None:
        raise SignatureError("the private key belongs to none of the certificates")
    return [leaf, *(c for c in found if c != leaf)]


def _der(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - late
        Encoding,
    )

    return certificate.public_bytes(Encoding.DER)


def _is_pkcs12(data: bytes) -> bool:
    """Whether it begins as a PFX does: a sequence with version 3 (RFC 7292, 4)."""
    return data[:1] == b"\x30" and b"\x02\x01\x03" in data[:12]


def _bytes(password: bytes | str | None) -> bytes | None:
    if not password:
        return None
    return password.encode() if isinstance(password, str) else password
