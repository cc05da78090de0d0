# SPDX-License-Identifier: MIT
"""Who signed, read from the certificate: names, key, usage, NIF, seal or signature."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cius_pt.signature.algorithms import weak_key
from cius_pt.signature.status import Signer

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from asn1crypto.x509 import Certificate

# ETSI EN 319 412-1, 5.1.4: scheme, country, hyphen, identifier. The commercial
# register's number of a Portuguese company is its NIF; PSD2 numbers name the authority
# first. VATEU- is not in the norm but is in use.
_NIF = re.compile(r"(?:VATPT-|VATEU-PT-?|NTRPT-|PSDPT-(?:[A-Z]{2,8}-)?)([0-9]{9})")
_SIGNS: Final = frozenset({"digital_signature", "non_repudiation"})
# What a certificate for documents may say it is for, if it says anything: RFC 5280
# 4.2.1.12 (any purpose, emailProtection, clientAuth), RFC 9336, Adobe, Microsoft.
DOCUMENT_PURPOSES: Final = frozenset(
    {
        "2.5.29.37.0",
        "1.3.6.1.5.5.7.3.4",
        "1.3.6.1.5.5.7.3.2",
        "1.3.6.1.5.5.7.3.36",
        "1.2.840.113583.1.1.5",
        "1.3.6.1.4.1.311.10.3.12",
    }
)
_SERVER: Final = "1.3.6.1.5.5.7.3.1"
_KINDS: Final = {"qct_esign": "signature", "qct_eseal": "seal"}


def signer_of(certificate: Certificate, *, qualified: bool | None = None) -> Signer:
    """Return what a certificate says of its holder.

    `qualified` is what a trusted list says; the certificate alone cannot tell.
    """
    statements = qc_statements(certificate)
    kinds = [_KINDS[kind] for kind in statements.get("qc_type", ()) if kind in _KINDS]
    identifier = organization_identifier(certificate)
    return Signer(
        subject=certificate.subject.human_friendly,
        issuer=certificate.issuer.human_friendly,
        serial=f"{certificate.serial_number:x}",
        not_before=certificate.not_valid_before,
        not_after=certificate.not_valid_after,
        key=key_name(certificate),
        key_usage=tuple(sorted(key_usage(certificate))),
        organization_identifier=identifier,
        nif=None if identifier is None else nif_of(identifier),
        kind=kinds[0] if len(kinds) == 1 else None,
        qualified=qualified,
        qscd="qc_sscd" in statements,
    )


def name_of(certificate: Certificate) -> str:
    """Return the common name of the holder, or the whole name if it has none."""
    common = certificate.subject.native.get("common_name")
    found = common[0] if isinstance(common, list) else common
    return str(found or certificate.subject.human_friendly)


def nif_of(identifier: str) -> str | None:
    """Return the NIF in an organizationIdentifier, or None if it is no Portuguese one.

    >>> nif_of("VATPT-500000000")
    '500000000'
    """
    found = _NIF.fullmatch(identifier.strip().upper())
    return None if found is None else found[1]


def organization_identifier(certificate: Certificate) -> str | None:
    """Return the organizationIdentifier (2.5.4.97) of the subject."""
    for name in certificate.subject.chosen:
        for part in name:
            if part["type"].native == "organization_identifier":
                return str(part["value"].native)
    return None


def key_usage(certificate: Certificate) -> frozenset[str]:
    """Return what the key usage extension allows; nothing if there is none."""
    usage = certificate.key_usage_value
    return frozenset() if usage is None else frozenset(usage.native)


def may_sign(certificate: Certificate) -> bool:
    """Whether the key usage allows signatures of either kind.

    Half of the real signing certificates are for nonRepudiation only, some for
    digitalSignature only; a certificate that does not say is refused.
    """
    return bool(key_usage(certificate) & _SIGNS)


def purposes(certificate: Certificate) -> frozenset[str]:
    """Return the extended key usages; nothing if there are none."""
    usage = certificate.extended_key_usage_value
    return frozenset() if usage is None else frozenset(usage.native)


def for_documents(certificate: Certificate) -> bool:
    """Whether the extended key usages, if there are any, allow documents."""
    usage = certificate.extended_key_usage_value
    found = {str(purpose.dotted) for purpose in usage or ()}
    return not found or (_SERVER not in found and bool(found & DOCUMENT_PURPOSES))


def key_name(certificate: Certificate) -> str:
    """Return kind and size of the key: ``RSA-2048``, ``EC-secp256r1``, ``ED25519``."""
    kind, bits, _ = key_facts(certificate)
    if kind == "ec":
        curve = certificate.public_key.curve
        return f"EC-{curve[1] if curve[0] == 'named' else bits}"
    return f"{kind.upper()}-{bits}" if kind in {"rsa", "dsa"} else kind.upper()


def key_facts(certificate: Certificate) -> tuple[str, int, int | None]:
    """Return the kind of a key, its size in bits and its exponent if it is RSA."""
    key = certificate.public_key
    algorithm = str(key["algorithm"]["algorithm"].native)
    kind = "rsa" if algorithm.startswith("rsa") else algorithm
    if kind == "rsa":
        return kind, int(key.bit_size), int(key["public_key"].parsed["public_exponent"])
    return kind, int(key.bit_size) if kind in {"ec", "dsa"} else 0, None


def is_weak(certificate: Certificate, at: dt.datetime) -> bool:
    """Whether the key is weak at a moment."""
    kind, bits, exponent = key_facts(certificate)
    return weak_key(kind, bits, at, exponent)


def qc_statements(certificate: Certificate) -> dict[str, tuple[str, ...]]:
    """Return the statements of ETSI EN 319 412-5; their values where they are words."""
    return dict(_statements(certificate))


def _statements(certificate: Certificate) -> Iterator[tuple[str, tuple[str, ...]]]:
    from pyhanko.sign.ades.qualified_asn1 import get_qc_statements  # noqa: PLC0415

    for statement in get_qc_statements(certificate):
        name = str(statement["statement_id"].native)
        info = statement["statement_info"].native if name == "qc_type" else ()
        yield name, tuple(info or ())
