"""Throw-away authorities, certificates, revocations and time stamps for the tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from asn1crypto import core, keys
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from cius_pt.signature.chains import finished

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
YEAR = dt.timedelta(days=365)
DAY = dt.timedelta(days=1)
CURVES = {
    "p192": ec.SECP192R1(),
    "p384": ec.SECP384R1(),
    "p521": ec.SECP521R1(),
    "brainpool": ec.BrainpoolP256R1(),
}
USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
SIGNING = ("digital_signature", "content_commitment")
STAMPING = (ExtendedKeyUsageOID.TIME_STAMPING,)
COMPLIANCE, TYPE, SSCD = (f"0.4.0.1862.1.{n}" for n in (1, 6, 4))


@cache
def key(name: str) -> Any:
    """Return the key of a name: P-256 unless its first word says something else."""
    kind = name.partition(" ")[0]
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind in CURVES:
        return ec.generate_private_key(CURVES[kind])
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A certificate and the key that goes with it."""

    certificate: x509.Certificate
    key: Any = field(repr=False)

    @property
    def der(self) -> bytes:
        """Return the certificate."""
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """Return the certificate as text."""
        return self.certificate.public_bytes(Encoding.PEM)


def usage(*names: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in names for name in USAGES})


def named(common: str, **more: str) -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "PT"),
        x509.NameAttribute(NameOID.COMMON_NAME, common),
    ]
    if identifier := more.get("identifier"):
        oid = NameOID.ORGANIZATION_IDENTIFIER
        parts.append(x509.NameAttribute(oid, identifier))
    return x509.Name(parts)


def issue(  # noqa: PLR0913 - what a certificate may differ in
    common: str,
    issuer: Holder | None = None,
    *,
    ca: bool = False,
    usages: tuple[str, ...] | None = SIGNING,
    purposes: tuple[x509.ObjectIdentifier, ...] = (),
    start: dt.datetime = NOW - YEAR,
    end: dt.datetime = NOW + YEAR,
    key_name: str | None = None,
    identifier: str | None = None,
    extra: tuple[tuple[x509.ExtensionType, bool], ...] = (),
) -> Holder:
    """Issue a certificate; without an issuer it is its own."""
    own = key(key_name or common)
    subject = named(common, identifier=identifier or "")
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    allowed = ("key_cert_sign", "crl_sign") if ca and usages == SIGNING else usages
    if allowed is not None:
        builder = builder.add_extension(usage(*allowed), critical=True)
    if purposes:
        critical = purposes == STAMPING
        builder = builder.add_extension(
            x509.ExtendedKeyUsage(purposes), critical=critical
        )
    for extension, critical in extra:
        builder = builder.add_extension(extension, critical=critical)
    by = issuer.key if issuer else own
    signed = builder.sign(by, digest_for(by))
    return Holder(certificate=signed, key=own)


def digest_for(by: Any) -> hashes.SHA256 | None:
    return None if isinstance(by, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def statements(*kinds: str) -> tuple[x509.ExtensionType, bool]:
    """Return QC statements: compliance, sscd, and the type seal or signature."""
    types = {"signature": "0.4.0.1862.1.6.1", "seal": "0.4.0.1862.1.6.2"}
    parts = b""
    for kind in kinds:
        oid = {"compliance": COMPLIANCE, "sscd": SSCD}.get(kind, TYPE)
        inner = core.ObjectIdentifier(oid).dump()
        if kind in types:
            inner += wrapped(core.ObjectIdentifier(types[kind]).dump())
        parts += wrapped(inner)
    extension = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")
    return x509.UnrecognizedExtension(extension, wrapped(parts)), False


def wrapped(content: bytes, tag: int = 0x30) -> bytes:
    """Return a DER value of up to 65,535 bytes."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content


def revoke(
    issuer: Holder,
    *revoked: Holder,
    at: dt.datetime = NOW - 30 * DAY,
    made: dt.datetime = NOW - DAY,
    until: dt.datetime = NOW + 30 * DAY,
) -> bytes:
    """Return a CRL (DER)."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(made)
        .next_update(until)
    )
    for one in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(one.certificate.serial_number)
            .revocation_date(at)
            .build()
        )
    signed = builder.sign(issuer.key, digest_for(issuer.key))
    return signed.public_bytes(Encoding.DER)


def answer(issuer: Holder, about: Holder, *, revoked: bool) -> bytes:
    """Return an OCSP response (DER) by the issuer itself."""
    status = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=about.certificate,
        issuer=issuer.certificate,
        algorithm=hashes.SHA1(),  # noqa: S303 - what the certificate is found by
        cert_status=status,
        this_update=NOW - DAY,
        next_update=NOW + DAY,
        revocation_time=NOW - 30 * DAY if revoked else None,
        revocation_reason=None,
    )
    responder = builder.responder_id(
        ocsp.OCSPResponderEncoding.NAME, issuer.certificate
    )
    return responder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def stamped(tsa: Holder, imprint: bytes, at: dt.datetime, chain: Holder) -> bytes:
    """Return a time stamp token (DER) over a SHA-256 digest; the key must be RSA."""
    store = SimpleCertificateStore()
    store.register(asn1.Certificate.load(chain.der))
    private = tsa.key.private_bytes(
        Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    stamper = DummyTimeStamper(
        tsa_cert=asn1.Certificate.load(tsa.der),
        tsa_key=keys.PrivateKeyInfo.load(private),
        certs_to_embed=store,
        fixed_dt=at,
    )
    return bytes(finished(stamper.async_timestamp(imprint, "sha256")).dump())
