# SPDX-License-Identifier: MIT
"""Keys and certificates that a signature brings along.

``RetrievalMethod`` and ``KeyName`` point elsewhere and are never followed. A
certificate is kept as bytes; only its public key is taken out here, leniently, since
whether a certificate is well made is a question of trust and not of integrity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asn1crypto import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from cius_pt.signature.xml.encoded import decoded
from cius_pt.signature.xml.limits import MAX_CERTIFICATES
from cius_pt.signature.xml.names import DSIG11, ds, text
from cius_pt.signature.xml.refusal import Refused
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lxml import etree

# RFC 4050 is not read: its ECKeyValue has another namespace and died with it.
_CURVES: Final[Mapping[str, ec.EllipticCurve]] = {
    "urn:oid:1.2.840.10045.3.1.1": ec.SECP192R1(),
    "urn:oid:1.3.132.0.33": ec.SECP224R1(),
    "urn:oid:1.2.840.10045.3.1.7": ec.SECP256R1(),
    "urn:oid:1.3.132.0.34": ec.SECP384R1(),
    "urn:oid:1.3.132.0.35": ec.SECP521R1(),
    "urn:oid:1.3.36.3.3.2.8.1.1.7": ec.BrainpoolP256R1(),
    "urn:oid:1.3.36.3.3.2.8.1.1.11": ec.BrainpoolP384R1(),
    "urn:oid:1.3.36.3.3.2.8.1.1.13": ec.BrainpoolP512R1(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A public key that may be the signer's, and the certificate it is from."""

    key: PublicKeyTypes
    certificate: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What a signature brings: keys with their certificates, keys alone, the rest.

    `certificates` are all of them (DER, without repetition), for the chain.
    """

    certified: tuple[Candidate, ...]
    bare: tuple[Candidate, ...]
    certificates: tuple[bytes, ...]


def read(signature: etree._Element, others: Iterable[etree._Element]) -> Keys:
    """Return the keys of KeyInfo and of the elements with further certificates."""
    infos = list(signature.iterchildren(ds("KeyInfo")))
    elements = [
        certificate
        for info in infos
        for data in info.iterchildren(ds("X509Data"))
        for certificate in data.iterchildren(ds("X509Certificate"))
    ]
    elements += others
    if len(elements) > MAX_CERTIFICATES:
        raise Refused(
            "CP-XSIG-09",
            f"{len(elements)} certificates; the limit is {MAX_CERTIFICATES}",
        )
    ders = dict.fromkeys(der for e in elements if (der := decoded(text(e))) is not None)
    certified = [
        Candidate(key=key, certificate=der)
        for der in ders
        if (key := public_key(der)) is not None
    ]
    bare = [Candidate(key=key) for info in infos for key in _bare(info)]
    return Keys(
        certified=tuple(certified),
        bare=tuple(bare[:MAX_CERTIFICATES]),
        certificates=tuple(ders),
    )


def public_key(der: bytes) -> PublicKeyTypes | None:
    """Return the public key of a certificate, or None when there is none to use."""
    try:
        certificate = x509.Certificate.load(der)
        info = certificate["tbs_certificate"]["subject_public_key_info"].dump()
    except (ValueError, TypeError, KeyError):
        return None
    return _loaded(info)


def _loaded(info: bytes) -> PublicKeyTypes | None:
    try:
        return serialization.load_der_public_key(info)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def same(one: PublicKeyTypes, other: PublicKeyTypes) -> bool:
    """Whether two public keys are the same key."""
    return type(one) is type(other) and one == other


def _bare(info: etree._Element) -> Iterator[PublicKeyTypes]:
    """Yield the keys given without a certificate (XMLDSig 1.1 §4.5.2 and §4.5.9)."""
    for value in info.iterchildren(ds("KeyValue")):
        for child in value.iterchildren(ds("RSAKeyValue"), f"{{{DSIG11}}}ECKeyValue"):
            made = _rsa if child.tag == ds("RSAKeyValue") else _curve
            if (key := made(child)) is not None:
                yield key
    for encoded in info.iterchildren(f"{{{DSIG11}}}DEREncodedKeyValue"):
        octets = decoded(text(encoded))
        if octets is not None and (key := _loaded(octets)) is not None:
            yield key


def _rsa(element: etree._Element) -> PublicKeyTypes | None:
    modulus = decoded(text(element.find(ds("Modulus"))))
    exponent = decoded(text(element.find(ds("Exponent"))))
    if modulus is None or exponent is None:
        return None
    try:
        return rsa.RSAPublicNumbers(
            int.from_bytes(exponent, "big"), int.from_bytes(modulus, "big")
        ).public_key()
    except ValueError:
        return None


def _curve(element: etree._Element) -> PublicKeyTypes | None:
    named = element.find(f"{{{DSIG11}}}NamedCurve")
    point = decoded(text(element.find(f"{{{DSIG11}}}PublicKey")))
    curve = None if named is None else _CURVES.get(named.get("URI", ""))
    if curve is None or point is None:
        return None
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
    except ValueError:
        return None
