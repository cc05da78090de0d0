# SPDX-License-Identifier: MIT
"""XAdES: what a signer said about a signature, and whether he signed that too.

Properties count only when they stand in this very signature, name it and are what its
reference leads to. Anything else is how signed properties are exchanged.
"""

from __future__ import annotations

import datetime as dt
import hmac
from typing import TYPE_CHECKING, Final

from asn1crypto import core, tsp, x509
from cryptography.x509 import Name, ObjectIdentifier
from lxml import etree

from cius_pt.signature.status import Integrity, SubIndication
from cius_pt.signature.xml import algorithms
from cius_pt.signature.xml.encoded import decoded
from cius_pt.signature.xml.names import OBJECT, XADES, ds, text
from cius_pt.signature.xml.refusal import Refused, malformed
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cius_pt.signature.xml.references import Reference

_TYPES: Final = frozenset(f"{space}SignedProperties" for space in XADES) | {
    "http://uri.etsi.org/01903#SignedProperties"
}
# RFC 4514 knows nine names; signers write these besides (X.520, RFC 2985).
_MORE_NAMES: Final = {
    "E": ObjectIdentifier("1.2.840.113549.1.9.1"),
    "EMAIL": ObjectIdentifier("1.2.840.113549.1.9.1"),
    "EMAILADDRESS": ObjectIdentifier("1.2.840.113549.1.9.1"),
    "SERIALNUMBER": ObjectIdentifier("2.5.4.5"),
    "SN": ObjectIdentifier("2.5.4.4"),
    "GN": ObjectIdentifier("2.5.4.42"),
    "T": ObjectIdentifier("2.5.4.12"),
    "organizationIdentifier": ObjectIdentifier("2.5.4.97"),
}


_SECOND: Final = "SigningCertificateV2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """The qualifying properties of one signature.

    `signed` is its SignedProperties, None when there are none; `space` the namespace
    they are written in; `named` tells whether they name this signature as theirs.
    """

    space: str
    root: etree._Element
    signed: etree._Element | None
    named: bool = True

    def all(self, name: str) -> list[etree._Element]:
        """Return the signed properties of this name."""
        wanted = f"{{{self.space}}}{name}"
        return [] if self.signed is None else list(self.signed.iter(wanted))

    def unsigned(self, name: str) -> list[etree._Element]:
        """Return the unsigned properties of this name, those of this signature only."""
        space = f"{{{self.space}}}"
        path = f"{space}UnsignedProperties/{space}UnsignedSignatureProperties/"
        return self.root.findall(f"{path}{space}{name}")

    @property
    def signing_time(self) -> dt.datetime | None:
        """When the signer says he signed; in UTC where he names no time zone."""
        for element in self.all("SigningTime"):
            try:
                time = dt.datetime.fromisoformat(text(element).strip())
            except ValueError:
                return None
            return time if time.utcoffset() is not None else time.replace(tzinfo=dt.UTC)
        return None

    @property
    def level(self) -> str:
        """The level of TS 101 903 (SigningCertificate) or EN 319 132-1 (its v2)."""
        stamped = bool(self.unsigned("SignatureTimeStamp"))
        if self.all(_SECOND):
            return "XAdES-B-T" if stamped else "XAdES-B-B"
        if stamped:
            return "XAdES-T"
        return "XAdES-EPES" if self.all("SignaturePolicyId") else "XAdES-BES"


def read(signature: etree._Element) -> Properties | None:
    """Return the qualifying properties of a signature, None when it is plain XMLDSig.

    Raises `Refused` when there are several.
    """
    found = [
        (space, element)
        for box in signature.iterchildren(OBJECT)
        for space in XADES
        for element in box.iterchildren(f"{{{space}}}QualifyingProperties")
    ]
    if not found:
        return None
    if len(found) > 1:
        raise malformed("a signature with two QualifyingProperties")
    space, root = found[0]
    signed = list(root.iterchildren(f"{{{space}}}SignedProperties"))
    if len(signed) > 1:
        raise malformed("QualifyingProperties with two SignedProperties")
    return Properties(
        space=space,
        root=root,
        signed=signed[0] if signed else None,
        named=root.get("Target") == f"#{signature.get('Id', '')}",
    )


def require_bound(
    properties: Properties | None, references: Sequence[Reference]
) -> None:
    """Refuse signed properties that are not signed, or not those of this signature.

    XAdES (EN 319 132-1 §4.4.2): one reference leads to them, as they stand there.
    """
    claimed = [
        reference
        for reference in references
        if reference.kind in _TYPES
        or (reference.target is not None and _is_signed_properties(reference.target))
    ]
    own = None if properties is None else properties.signed
    for reference in claimed:
        if reference.nodes is None:
            continue  # refused already, for a reason of its own
        if reference.target is not own or own is None:
            raise _misplaced("a reference leads to other SignedProperties")
        if not reference.plain or reference.nodes.removed:
            raise _misplaced("the SignedProperties were transformed before they count")
    if own is not None and not claimed:
        raise _misplaced("the SignedProperties are not signed")


def _is_signed_properties(element: etree._Element) -> bool:
    return element.tag in {f"{{{space}}}SignedProperties" for space in XADES}


def _misplaced(message: str) -> Refused:
    return Refused(
        "CP-XSIG-11",
        message,
        integrity=Integrity.UNKNOWN,
        sub=SubIndication.SIGNED_DATA_NOT_FOUND,
    )


# --- the certificate that was signed -------------------------------------------------


def certificate_problems(
    properties: Properties, der: bytes
) -> Iterator[tuple[str, str]]:
    """Yield rule and message of all that speaks against this certificate.

    EN 319 102-1 §5.2.3.4: the digest decides; the issuer and serial number are hints.
    """
    for name in ("SigningCertificate", _SECOND):
        for element in properties.all(name):
            entries = list(element.iterchildren(f"{{{properties.space}}}Cert"))
            yield from _against(entries, properties.space, der)


def _against(
    entries: list[etree._Element], space: str, der: bytes
) -> Iterator[tuple[str, str]]:
    matching = [entry for entry in entries if _digest_matches(entry, space, der)]
    if not matching:
        yield "CP-XSIG-12", "the signed digest is not that of this certificate"
        return
    if matching[0] is not entries[0]:
        yield "CP-XSIG-13", "the signer's certificate is not the first that is listed"
    try:
        certificate = x509.Certificate.load(der)
        said = _issuer_problem(matching[0], space, certificate)
    except (ValueError, TypeError, KeyError):
        said = "issuer and serial number cannot be read"
    if said is not None:
        yield "CP-XSIG-13", said


def matches(properties: Properties | None, der: bytes) -> bool:
    """Whether the signed properties are about this certificate, or about none."""
    if properties is None:
        return True
    entry = f"{{{properties.space}}}Cert"
    lists = (*properties.all("SigningCertificate"), *properties.all(_SECOND))
    return all(
        any(
            _digest_matches(e, properties.space, der) for e in given.iterchildren(entry)
        )
        for given in lists
    )


def _digest_matches(entry: etree._Element, space: str, der: bytes) -> bool:
    given = entry.find(f"{{{space}}}CertDigest")
    if given is None:
        return False
    try:
        hash_name = algorithms.digest_of(given.find(ds("DigestMethod")))
    except Refused:
        return False
    stated = decoded(text(given.find(ds("DigestValue"))))
    made = algorithms.digest(hash_name, der)
    return stated is not None and hmac.compare_digest(stated, made)


def _issuer_problem(
    entry: etree._Element, space: str, certificate: x509.Certificate
) -> str | None:
    """Return what is wrong with IssuerSerial (v1) or IssuerSerialV2, if it is there."""
    second = entry.find(f"{{{space}}}IssuerSerialV2")
    if second is not None:
        return _second_problem(decoded(text(second)), certificate)
    first = entry.find(f"{{{space}}}IssuerSerial")
    if first is None:
        return None
    if text(first.find(ds("X509SerialNumber"))).strip() != str(
        certificate.serial_number
    ):
        return "the signed serial number is that of another certificate"
    return _name_problem(text(first.find(ds("X509IssuerName"))), certificate)


def _second_problem(octets: bytes | None, certificate: x509.Certificate) -> str | None:
    given = tsp.IssuerSerial.load(octets or b"", strict=True)
    names = [name.chosen for name in given["issuer"] if name.name == "directory_name"]
    serial = given["serial_number"]
    assert isinstance(serial, core.Integer)  # noqa: S101 - its type in RFC 5035
    if serial.native != certificate.serial_number:
        return "the signed serial number is that of another certificate"
    if certificate.issuer not in names:
        return "the signed issuer is that of another certificate"
    return None


def _name_problem(said: str, certificate: x509.Certificate) -> str | None:
    """Compare a written name with the issuer, as far as it can be read.

    XMLDSig §4.5.4.1 asks for RFC 4514 and signers write what their library prints, so
    a name that cannot be read says nothing; neither do case and spaces.
    """
    try:
        name = Name.from_rfc4514_string(" ".join(said.split()), _MORE_NAMES)
        issuer = x509.Name.load(name.public_bytes())
    except (ValueError, KeyError, TypeError):
        return None
    if _flat(issuer) != _flat(certificate.issuer):
        return "the signed issuer is that of another certificate"
    return None


def _flat(name: x509.Name) -> set[tuple[str, str]]:
    return {
        (pair["type"].dotted, " ".join(str(pair["value"].native).casefold().split()))
        for rdn in name.chosen
        for pair in rdn
    }
