"""A signer for the tests: it signs what it is told to, right or wrong.

It shares nothing with the verifier: signatures are text, canonical forms are lxml's
over a document that was read anew.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from lxml import etree

from tests.signature.trust_pki import Holder, issue

ROOT = Path(__file__).resolve().parents[3]
INVOICE = (ROOT / "fixtures" / "withholding.xml").read_bytes()
DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
C14N11 = "http://www.w3.org/2006/12/xml-c14n11"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA1 = f"{DS}sha1"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
ENVELOPED = f'<ds:Transform Algorithm="{DS}enveloped-signature"/>'
EXCLUSIVE = f'<ds:Transform Algorithm="{EXC}"/>'
ROOT_CA = issue("Raiz de ensaio", ca=True)
SIGNER = issue("Loja Azul", ROOT_CA, key_name="rsa2048 loja")
CURVED = issue("Loja Curva", ROOT_CA)


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def canonical(data: bytes, *, exclusive: bool = True, prefixes: str = "") -> bytes:
    return etree.tostring(
        etree.fromstring(data).getroottree(),
        method="c14n",
        exclusive=exclusive,
        with_comments=False,
        inclusive_ns_prefixes=prefixes.split() or None,
    )


def reference(
    octets: bytes,
    *,
    uri: str | None = "",
    transforms: str = ENVELOPED + EXCLUSIVE,
    digest: str = SHA256,
    kind: str = "",
) -> str:
    """Return a reference whose digest is that of these octets."""
    name = "sha1" if digest == SHA1 else "sha256"
    value = b64(hashlib.new(name, octets).digest())
    wrapped = f"<ds:Transforms>{transforms}</ds:Transforms>" if transforms else ""
    typed = f' Type="{kind}"' if kind else ""
    pointed = "" if uri is None else f' URI="{uri}"'
    return (
        f"<ds:Reference{typed}{pointed}>{wrapped}"
        f'<ds:DigestMethod Algorithm="{digest}"/>'
        f"<ds:DigestValue>{value}</ds:DigestValue></ds:Reference>"
    )


def x509_data(*holders: Holder) -> str:
    inner = "".join(
        f"<ds:X509Certificate>{b64(h.der)}</ds:X509Certificate>" for h in holders
    )
    return f"<ds:X509Data>{inner}</ds:X509Data>"


def rsa_value(key: Any) -> str:
    numbers = key.public_key().public_numbers()
    parts = (
        f"<ds:{tag}>{b64(n.to_bytes((n.bit_length() + 7) // 8))}</ds:{tag}>"
        for tag, n in (("Modulus", numbers.n), ("Exponent", numbers.e))
    )
    return (
        f"<ds:KeyValue><ds:RSAKeyValue>{''.join(parts)}</ds:RSAKeyValue></ds:KeyValue>"
    )


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What a signature is made of; `references` None: one to the whole document."""

    document: bytes = INVOICE
    holder: Holder = field(default=SIGNER, repr=False)
    references: str | None = None
    key_info: str | None = None
    objects: str = ""
    method: str = ""
    method_inside: str = ""
    form: str = EXC
    identifier: str = "assinatura"

    def element(self) -> str:
        """Return the signature with @@ in the place of its value."""
        references = self.references
        if references is None:
            references = reference(canonical(self.document))
        method = self.method or self._usual()
        info = x509_data(self.holder) if self.key_info is None else self.key_info
        return (
            f'<ds:Signature xmlns:ds="{DS}" Id="{self.identifier}"><ds:SignedInfo>'
            f'<ds:CanonicalizationMethod Algorithm="{self.form}"/>'
            f'<ds:SignatureMethod Algorithm="{method}">{self.method_inside}'
            f"</ds:SignatureMethod>{references}</ds:SignedInfo>"
            "<ds:SignatureValue>@@</ds:SignatureValue>"
            + (f"<ds:KeyInfo>{info}</ds:KeyInfo>" if info else "")
            + f"{self.objects}</ds:Signature>"
        )

    def _usual(self) -> str:
        rsa_key = isinstance(self.holder.key, rsa.RSAPrivateKey)
        return f"{MORE}rsa-sha256" if rsa_key else f"{MORE}ecdsa-sha256"


def signed(recipe: Recipe | None = None, **changes: Any) -> bytes:
    """Return the document with the signature as last child of its root."""
    recipe = recipe or Recipe(**changes)
    head, end = split(recipe.document)
    return valued(head + recipe.element().encode() + end, recipe)


def split(document: bytes) -> tuple[bytes, bytes]:
    """Return what stands before the end tag of the root, and the rest."""
    at = document.rindex(b"</")
    return document[:at], document[at:]


def valued(document: bytes, recipe: Recipe) -> bytes:
    """Fill in the signature value where @@ stands."""
    root = etree.fromstring(document, etree.XMLParser(huge_tree=True))
    waiting = next(e for e in root.iter(f"{{{DS}}}SignatureValue") if e.text == "@@")
    info = waiting.getprevious()
    assert info is not None
    alone = etree.tostring(info, with_tail=False)
    octets = canonical(alone, exclusive=recipe.form == EXC)
    return document.replace(b"@@", b64(value(recipe.holder.key, octets)).encode())


def value(key: Any, octets: bytes) -> bytes:
    """Return the signature value; for a curve r and s side by side."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
    der = key.sign(octets, ec.ECDSA(hashes.SHA256()))
    size = (key.curve.key_size + 7) // 8
    r, s = utils.decode_dss_signature(der)
    return r.to_bytes(size) + s.to_bytes(size)


def properties(holder: Holder = SIGNER, *, version: str = "") -> str:
    """Return SignedProperties; their identifier is ``sp``."""
    digest = (
        f'<xades:CertDigest><ds:DigestMethod Algorithm="{SHA256}"/><ds:DigestValue>'
        f"{b64(hashlib.sha256(holder.der).digest())}</ds:DigestValue></xades:CertDigest>"
    )
    return (
        f'<xades:SignedProperties xmlns:xades="{XADES}" xmlns:ds="{DS}" Id="sp">'
        "<xades:SignedSignatureProperties>"
        "<xades:SigningTime>2026-05-01T10:00:00Z</xades:SigningTime>"
        f"<xades:SigningCertificate{version}><xades:Cert>{digest}</xades:Cert>"
        f"</xades:SigningCertificate{version}></xades:SignedSignatureProperties>"
        "</xades:SignedProperties>"
    )


def boxed(inside: str, *, target: str = "assinatura") -> str:
    """Return properties in the Object where they belong."""
    return (
        f'<ds:Object><xades:QualifyingProperties xmlns:xades="{XADES}"'
        f' Target="#{target}">{inside}</xades:QualifyingProperties></ds:Object>'
    )


def xades(**changes: Any) -> Recipe:
    """Return the recipe of a XAdES-BES signature over the whole document."""
    document = changes.get("document", INVOICE)
    inside = changes.pop("properties", properties(changes.get("holder", SIGNER)))
    unsigned = changes.pop("unsigned", "")
    first = reference(canonical(document))
    second = reference(
        canonical(inside.encode()),
        uri="#sp",
        transforms=EXCLUSIVE,
        kind=SIGNED_PROPERTIES,
    )
    return Recipe(
        references=changes.pop("references", first + second),
        objects=changes.pop("objects", boxed(inside + unsigned)),
        **changes,
    )
