# SPDX-License-Identifier: MIT
"""Keys and certificates to sign with, made when they are asked for and then kept."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cius_pt.signature.signing.key import SigningKey

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = dt.datetime(2026, 3, 2, 10, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
DER = serialization.Encoding.DER
PASSWORD = "palavra-passe sem segredo"  # noqa: S105 - of keys made for the tests
# Not ASCII, and with what XML and names must escape.
ISSUER = "Emissora de Testes & Cª <raiz>, Lda"
SIGNING = frozenset({"digital_signature", "content_commitment"})

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def private(kind: str) -> PrivateKey:
    """Return the key of a kind, ``rsa2048`` or ``p256``."""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    curves: dict[str, ec.EllipticCurve] = {
        "p192": ec.SECP192R1(),
        "p256": ec.SECP256R1(),
        "p384": ec.SECP384R1(),
        "p521": ec.SECP521R1(),
    }
    return ec.generate_private_key(curves[kind.partition("-")[0]])


def name(common: str, **more: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "PT")]
    if "org_id" in more:
        oid = NameOID.ORGANIZATION_IDENTIFIER
        parts.append(x509.NameAttribute(oid, more["org_id"]))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common)])


@cache
def root() -> x509.Certificate:
    own = name(ISSUER, org_id="VATPT-599999993")
    return (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(private("p256-root").public_key())
        .serial_number(1)
        .not_valid_before(NOW - 1000 * DAY)
        .not_valid_after(NOW + 36_500 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage({"key_cert_sign", "crl_sign"}), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(
                private("p256-root").public_key()
            ),
            critical=False,
        )
        .sign(private("p256-root"), hashes.SHA256())
    )


@cache
def certificate(
    kind: str = "rsa2048",
    *,
    usage: frozenset[str] | None = SIGNING,
    since: dt.datetime = NOW - 100 * DAY,
    until: dt.datetime = NOW + 36_000 * DAY,
    tsa: bool = False,
) -> x509.Certificate:
    """Return a certificate of the key of this kind, issued by `root`."""
    holder = name(f"Selo de Testes {kind}", org_id="VATPT-500000000")
    builder = (
        x509.CertificateBuilder()
        .subject_name(holder)
        .issuer_name(root().subject)
        .public_key(private(kind).public_key())
        .serial_number(int.from_bytes(hashlib.sha256(kind.encode()).digest()[:8]))
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(
                private("p256-root").public_key()
            ),
            critical=False,
        )
    )
    if usage is not None:
        builder = builder.add_extension(_usage(usage), critical=True)
    if tsa:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purpose, critical=True)
    return builder.sign(private("p256-root"), hashes.SHA256())


def _usage(wanted: set[str] | frozenset[str]) -> x509.KeyUsage:
    bits = (
        "digital_signature content_commitment key_encipherment data_encipherment "
        "key_agreement key_cert_sign crl_sign encipher_only decipher_only"
    )
    return x509.KeyUsage(**{bit: bit in wanted for bit in bits.split()})


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates)


def key_pem(kind: str, password: str | None = None) -> bytes:
    encryption: serialization.KeySerializationEncryption
    encryption = serialization.NoEncryption()
    if password:
        encryption = serialization.BestAvailableEncryption(password.encode())
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return private(kind).private_bytes(*form, encryption)


@cache
def p12(kind: str = "rsa2048", **certified: Any) -> bytes:
    """Return a PKCS#12 file with the key, its certificate and the issuer's."""
    # Few rounds: the tests open hundreds of them, and these keys have no secret.
    light = (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(1000)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(PASSWORD.encode())
    )
    own = certificate(kind, **certified)
    return pkcs12.serialize_key_and_certificates(
        b"selo", private(kind), own, [root()], light
    )


@cache
def key(kind: str = "rsa2048", *, pss: bool = False, **certified: Any) -> SigningKey:
    return SigningKey.from_pkcs12(p12(kind, **certified), PASSWORD, pss=pss)


def timestamper(time: dt.datetime = NOW) -> Callable[[bytes, str], bytes]:
    """Return a time stamping authority (RFC 3161) that shows this time."""

    def timestamp(digest: bytes, algorithm: str) -> bytes:
        issued: bytes = token(digest, algorithm, time).dump()
        return issued

    return timestamp


def token(
    digest: bytes, algorithm: str, time: dt.datetime = NOW, nonce: int | None = None
) -> cms.ContentInfo:
    """Return a time stamp token of a hash."""
    own = certificate("rsa3072", tsa=True, usage=frozenset({"digital_signature"}))
    issued = asn1.Certificate.load(own.public_bytes(serialization.Encoding.DER))
    hashed = algos.DigestAlgorithm({"algorithm": "sha256"})
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": "1.2.3.4.1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": algorithm},
                "hashed_message": digest,
            },
            "serial_number": 7,
            "gen_time": time,
            **({} if nonce is None else {"nonce": nonce}),
        }
    )
    named = tsp.SigningCertificateV2(
        {"certs": [{"cert_hash": hashlib.sha256(issued.dump()).digest()}]}
    )
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [named]}),
            cms.CMSAttribute(
                {
                    "type": "message_digest",
                    "values": [hashlib.sha256(info.dump()).digest()],
                }
            ),
        ]
    )
    own_key = private("rsa3072")
    assert isinstance(own_key, rsa.RSAPrivateKey)
    value = own_key.sign(attributes.dump(), padding.PKCS1v15(), hashes.SHA256())
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": {
                        "issuer": issued.issuer,
                        "serial_number": issued.serial_number,
                    }
                }
            ),
            "digest_algorithm": hashed,
            "signature_algorithm": {"algorithm": "sha256_rsa"},
            "signed_attrs": attributes,
            "signature": value,
        }
    )
    content = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [hashed],
            "encap_content_info": {
                "content_type": "tst_info",
                "content": cms.ParsableOctetString(info.dump()),
            },
            "certificates": [issued],
            "signer_infos": [signer],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": content})
