# SPDX-License-Identifier: MIT
"""The text of a XAdES signature: ETSI TS 101 903 (BES) and EN 319 132-1 (baseline).

Everything is ASCII, so that it can stand in a document of any encoding. All digests
are of exclusive canonical forms, and every reference says so in a Transform: a
reference without one is digested with inclusive C14N (XMLDSig, clause 4.4.3.2).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from cius_pt.signature.filters import LATER_CONTAINERS, OTHER_SIGNATURES
from cius_pt.signature.signing import raw
from cius_pt.signature.signing.canonical import canonical
from cius_pt.signature.signing.key import SigningKey
from cius_pt.signature.signing.suite import ECDSA
from cius_pt.values import dataclass
from cius_pt.xmlio import DS

if TYPE_CHECKING:
    from cryptography import x509

XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
FILTER2: Final = "http://www.w3.org/2002/06/xmldsig-filter2"
C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
_PROPERTIES_TYPE: Final = "http://uri.etsi.org/01903#SignedProperties"


class XmlProfile(StrEnum):
    """Which XAdES: the certificate by SigningCertificate (v1) or its successor (v2).

    ``xades-bes`` (TS 101 903) is the one that UBL 2.1's schema knows and that iLink
    names; ``xades-b`` (EN 319 132-1 baseline) makes the document invalid UBL.
    """

    BES = "xades-bes"
    BASELINE = "xades-b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a signature will say, before anything is computed.

    `identity` makes the Ids; `parallel` lets other signatures be added later.
    """

    key: SigningKey
    identity: str
    time: dt.datetime
    profile: XmlProfile
    parallel: bool


def signed_properties(plan: Plan) -> str:
    """Return xades:SignedProperties with its own namespaces."""
    certificate = plan.key.certificate
    digest = _base64(hashlib.sha256(_der(certificate)).digest())
    time = plan.time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    named = (
        _v1(certificate, digest)
        if plan.profile is XmlProfile.BES
        else _v2(certificate, digest)
    )
    return (
        f'<xades:SignedProperties xmlns:xades="{XADES}" xmlns:ds="{DS}" '
        f'Id="{plan.identity}-properties"><xades:SignedSignatureProperties>'
        f"<xades:SigningTime>{time}</xades:SigningTime>{named}"
        "</xades:SignedSignatureProperties><xades:SignedDataObjectProperties>"
        f'<xades:DataObjectFormat ObjectReference="#{plan.identity}-document">'
        "<xades:MimeType>text/xml</xades:MimeType></xades:DataObjectFormat>"
        "</xades:SignedDataObjectProperties></xades:SignedProperties>"
    )


def signed_info(plan: Plan, document: bytes, properties: str) -> str:
    """Return ds:SignedInfo for the hash of the document and the properties' text."""
    suite = plan.key.suite
    digest = hashlib.new(suite.hash, canonical(properties)).digest()
    return (
        f'<ds:SignedInfo xmlns:ds="{DS}">'
        f'<ds:CanonicalizationMethod Algorithm="{C14N}"/>'
        f'<ds:SignatureMethod Algorithm="{suite.xml_signature}"/>'
        f'<ds:Reference Id="{plan.identity}-document" URI="">'
        f"{_transforms(parallel=plan.parallel)}"
        f"{_digest(suite.xml_digest, document)}</ds:Reference>"
        f'<ds:Reference Type="{_PROPERTIES_TYPE}" URI="#{plan.identity}-properties">'
        f'<ds:Transforms><ds:Transform Algorithm="{C14N}"/></ds:Transforms>'
        f"{_digest(suite.xml_digest, digest)}</ds:Reference></ds:SignedInfo>"
    )


def sign(plan: Plan, info: str) -> bytes:
    """Return the value of the signature, as XML has it."""
    suite = plan.key.suite
    value = plan.key.sign(hashlib.new(suite.hash, canonical(info)).digest())
    return raw.side_by_side(value, suite) if suite.scheme == ECDSA else value


def signature_value(plan: Plan, value: bytes) -> str:
    """Return ds:SignatureValue; its canonical form is what a time stamp is of."""
    return (
        f'<ds:SignatureValue xmlns:ds="{DS}" Id="{plan.identity}-value">'
        f"{_base64(value)}</ds:SignatureValue>"
    )


def signature(
    plan: Plan, info: str, value: str, properties: str, token: bytes | None
) -> str:
    """Return ds:Signature of its parts."""
    chain = "".join(
        f"<ds:X509Certificate>{_base64(_der(certificate))}</ds:X509Certificate>"
        for certificate in plan.key.chain
    )
    return (
        f'<ds:Signature xmlns:ds="{DS}" Id="{plan.identity}">{info}{value}'
        f"<ds:KeyInfo><ds:X509Data>{chain}</ds:X509Data></ds:KeyInfo><ds:Object>"
        f'<xades:QualifyingProperties xmlns:xades="{XADES}" '
        f'Target="#{plan.identity}">{properties}{_time_stamp(plan, token)}'
        "</xades:QualifyingProperties></ds:Object></ds:Signature>"
    )


def _transforms(*, parallel: bool) -> str:
    filters = ""
    if parallel:
        xpaths = "".join(
            f'<dsig-xpath:XPath xmlns:dsig-xpath="{FILTER2}" Filter="subtract">'
            f"{xpath}</dsig-xpath:XPath>"
            for xpath in (OTHER_SIGNATURES, LATER_CONTAINERS)
        )
        filters = f'<ds:Transform Algorithm="{FILTER2}">{xpaths}</ds:Transform>'
    return (
        f'<ds:Transforms><ds:Transform Algorithm="{DS}enveloped-signature"/>'
        f'{filters}<ds:Transform Algorithm="{C14N}"/></ds:Transforms>'
    )


def _digest(algorithm: str, value: bytes) -> str:
    return (
        f'<ds:DigestMethod Algorithm="{algorithm}"/>'
        f"<ds:DigestValue>{_base64(value)}</ds:DigestValue>"
    )


def _cert_digest(digest: str) -> str:
    return (
        '<xades:CertDigest><ds:DigestMethod Algorithm="'
        f'http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>{digest}'
        "</ds:DigestValue></xades:CertDigest>"
    )


def _v1(certificate: x509.Certificate, digest: str) -> str:
    return (
        f"<xades:SigningCertificate><xades:Cert>{_cert_digest(digest)}"
        f"<xades:IssuerSerial><ds:X509IssuerName>{_issuer(certificate)}"
        f"</ds:X509IssuerName><ds:X509SerialNumber>{certificate.serial_number}"
        "</ds:X509SerialNumber></xades:IssuerSerial></xades:Cert>"
        "</xades:SigningCertificate>"
    )


def _v2(certificate: x509.Certificate, digest: str) -> str:
    """Return SigningCertificateV2; IssuerSerialV2 is a GeneralNames and a number."""
    from asn1crypto import tsp  # noqa: PLC0415 - late
    from asn1crypto import x509 as asn1  # noqa: PLC0415

    own = asn1.Certificate.load(_der(certificate))
    issuer = asn1.GeneralName(name="directory_name", value=own.issuer)
    serial = tsp.IssuerSerial(
        {"issuer": [issuer], "serial_number": own.serial_number}
    ).dump()
    return (
        f"<xades:SigningCertificateV2><xades:Cert>{_cert_digest(digest)}"
        f"<xades:IssuerSerialV2>{_base64(serial)}</xades:IssuerSerialV2>"
        "</xades:Cert></xades:SigningCertificateV2>"
    )


def _issuer(certificate: x509.Certificate) -> str:
    """Return the issuer's name (RFC 4514) as ASCII text of XML."""
    text = certificate.issuer.rfc4514_string()
    for mark, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(mark, reference)
    return text.encode("ascii", "xmlcharrefreplace").decode()


def _time_stamp(plan: Plan, token: bytes | None) -> str:
    if token is None:
        return ""
    return (
        "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
        f'<xades:SignatureTimeStamp Id="{plan.identity}-stamp">'
        f'<ds:CanonicalizationMethod Algorithm="{C14N}"/>'
        f"<xades:EncapsulatedTimeStamp>{_base64(token)}</xades:EncapsulatedTimeStamp>"
        "</xades:SignatureTimeStamp></xades:UnsignedSignatureProperties>"
        "</xades:UnsignedProperties>"
    )


def _der(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - late
        Encoding,
    )

    return certificate.public_bytes(Encoding.DER)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
