# SPDX-License-Identifier: MIT
"""Which certificates may sign: strong, valid now, and made for signing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.errors import SignatureError

if TYPE_CHECKING:
    import datetime as dt

    from cryptography import x509

MIN_RSA_BITS: Final = 2048  # ETSI TS 119 312, clause 9.3: less was over in 2019
MIN_EC_BITS: Final = 256


def require_strength(certificate: x509.Certificate) -> None:
    """Raise `SignatureError` when the key is too short to be believed."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: PLC0415

    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < MIN_RSA_BITS:
        raise SignatureError(
            f"the RSA key has {key.key_size} bits, the least that verifiers believe is "
            f"{MIN_RSA_BITS}; ask for a new certificate"
        )
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < MIN_EC_BITS:
        raise SignatureError(
            f"the elliptic curve has {key.key_size} bits, the least that verifiers "
            f"believe is {MIN_EC_BITS}; ask for a new certificate"
        )


def require_valid_at(certificate: x509.Certificate, at: dt.datetime) -> None:
    """Raise `SignatureError` when `at` is outside the certificate's time."""
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if at < since:
        raise SignatureError(
            f"the certificate is not valid before {since:%Y-%m-%d %H:%M:%S} UTC"
        )
    if at > until:
        raise SignatureError(
            f"the certificate expired on {until:%Y-%m-%d %H:%M:%S} UTC; sign with a "
            "valid one"
        )


def require_usage(certificate: x509.Certificate) -> None:
    """Raise `SignatureError` unless the key is for signatures (RFC 5280, 4.2.1.3).

    Either bit will do: half of the real signing certificates have nonRepudiation
    alone. A certificate that does not say is one that verifiers do not take.
    """
    from cryptography import x509  # noqa: PLC0415 - late

    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        said = "does not say what its key is for (no keyUsage)"
    except ValueError:
        said = "has extensions that cannot be read"
    else:
        if usage.digital_signature or usage.content_commitment:
            return
        said = "is not for signing (keyUsage)"
    raise SignatureError(
        f"the certificate {said}; it takes one with digitalSignature or nonRepudiation"
    )


def holder(certificate: x509.Certificate) -> str:
    """Return the common name of the holder, or else the serial number."""
    from cryptography.x509.oid import NameOID  # noqa: PLC0415 - late

    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else f"{certificate.serial_number:X}"
