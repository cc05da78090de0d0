# SPDX-License-Identifier: MIT
"""The algorithms of XML signatures: what each name means and how it is checked.

The names are those of XMLDSig 1.1 §6 and of RFC 6931 and RFC 9231. HMAC is refused:
whoever can check such a signature could have made it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import (
    ec,
    ed448,
    ed25519,
    padding,
    rsa,
    utils,
)

from cius_pt.signature.status import SubIndication
from cius_pt.signature.xml.limits import MAX_KEY_BITS
from cius_pt.signature.xml.names import DS, MORE, MORE_2007, XMLENC, ds, text
from cius_pt.signature.xml.refusal import Refused, broken
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
    from lxml import etree

DIGESTS: Final[Mapping[str, str]] = {
    f"{DS}sha1": "sha1",
    f"{MORE}sha224": "sha224",
    f"{XMLENC}sha256": "sha256",
    f"{MORE}sha384": "sha384",
    f"{XMLENC}sha512": "sha512",
    **{f"{MORE_2007}sha3-{n}": f"sha3_{n}" for n in (224, 256, 384, 512)},
}
"""Digest methods by name, with the name hashlib has for them."""

_HASHES: Final[Mapping[str, hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - read, and called weak; never made
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3_224": hashes.SHA3_224(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_384": hashes.SHA3_384(),
    "sha3_512": hashes.SHA3_512(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One way to sign: `family` is rsa, pss, ecdsa, ed25519 or ed448.

    `salt` and `mask_hash` only with PSS (RFC 8017 §8.1).
    """

    name: str
    family: str
    hash_name: str = ""
    mask_hash: str = ""
    salt: int = 0


def _schemes() -> dict[str, Scheme]:
    found = {}
    for uri, hash_name in (
        (f"{DS}rsa-sha1", "sha1"),
        *((f"{MORE}rsa-sha{n}", f"sha{n}") for n in (224, 256, 384, 512)),
    ):
        found[uri] = Scheme(name=f"rsa-{hash_name}", family="rsa", hash_name=hash_name)
    for word, hash_name in (
        *((f"sha{n}", f"sha{n}") for n in (1, 224, 256, 384, 512)),
        *((f"sha3-{n}", f"sha3_{n}") for n in (224, 256, 384, 512)),
    ):
        found[f"{MORE_2007}{word}-rsa-MGF1"] = _pss(hash_name)
        space = MORE_2007 if word.startswith("sha3-") else MORE
        found[f"{space}ecdsa-{word}"] = Scheme(
            name=f"ecdsa-{hash_name}", family="ecdsa", hash_name=hash_name
        )
    for curve in ("ed25519", "ed448"):
        uri = f"http://www.w3.org/2021/04/xmldsig-more#eddsa-{curve}"
        found[uri] = Scheme(name=curve, family=curve)
    return found


def _pss(hash_name: str, mask_hash: str = "", salt: int | None = None) -> Scheme:
    size = hashlib.new(hash_name).digest_size if salt is None else salt
    return Scheme(
        name=f"rsa-pss-{hash_name}",
        family="pss",
        hash_name=hash_name,
        mask_hash=mask_hash or hash_name,
        salt=size,
    )


SCHEMES: Final = _schemes()
_PSS: Final = f"{MORE_2007}rsa-pss"
_MGF1: Final = f"{MORE_2007}MGF1"
_LONGEST_SALT: Final = 2048


def digest_of(element: etree._Element | None) -> str:
    """Return hashlib's name of the digest method; raises `Refused` for an unknown."""
    uri = "" if element is None else element.get("Algorithm", "")
    if uri not in DIGESTS:
        raise Refused("CP-XSIG-07", f"the digest method {uri[:120]!r} is not supported")
    return DIGESTS[uri]


def scheme_of(element: etree._Element | None) -> Scheme:
    """Return the signature method; raises `Refused` for HMAC and for an unknown one."""
    uri = "" if element is None else element.get("Algorithm", "")
    if "hmac" in uri.lower():
        raise broken(
            "CP-XSIG-08",
            f"{uri[:120]}: a shared secret proves nothing about who signed",
            SubIndication.SIG_CRYPTO_FAILURE,
        )
    if uri == _PSS and element is not None:
        return _with_parameters(element)
    if uri not in SCHEMES:
        raise Refused(
            "CP-XSIG-07", f"the signature method {uri[:120]!r} is not supported"
        )
    return SCHEMES[uri]


def _with_parameters(method: etree._Element) -> Scheme:
    """Read RSASSA-PSS with parameters (RFC 9231 §2.3.9); defaults as in RFC 8017."""
    given = method.find(f"{{{MORE_2007}}}RSAPSSParams")
    if given is None:
        return _pss("sha256")
    digest = given.find(ds("DigestMethod"))
    hash_name = "sha256" if digest is None else digest_of(digest)
    mask_hash = hash_name
    mask = given.find(f"{{{MORE_2007}}}MaskGenerationFunction")
    if mask is not None:
        if mask.get("Algorithm") != _MGF1:
            raise Refused("CP-XSIG-07", "PSS with another mask than MGF1")
        inner = mask.find(ds("DigestMethod"))
        mask_hash = hash_name if inner is None else digest_of(inner)
    salt = text(given.find(f"{{{MORE_2007}}}SaltLength")).strip()
    trailer = text(given.find(f"{{{MORE_2007}}}TrailerField")).strip()
    wrong_salt = salt and not (salt.isascii() and salt.isdigit() and len(salt) <= 4)  # noqa: PLR2004
    if trailer not in {"", "1"} or wrong_salt or int(salt or 0) > _LONGEST_SALT:
        raise Refused("CP-XSIG-07", "PSS with parameters that are not supported")
    return _pss(hash_name, mask_hash, int(salt) if salt else None)


def digest(hash_name: str, octets: bytes) -> bytes:
    """Return the digest of octets under hashlib's name."""
    return hashlib.new(hash_name, octets).digest()


def fits(scheme: Scheme, key: PublicKeyTypes) -> bool:
    """Whether a key is of the kind that a scheme needs, and no monster."""
    kinds: Mapping[str, type] = {
        "rsa": rsa.RSAPublicKey,
        "pss": rsa.RSAPublicKey,
        "ecdsa": ec.EllipticCurvePublicKey,
        "ed25519": ed25519.Ed25519PublicKey,
        "ed448": ed448.Ed448PublicKey,
    }
    if isinstance(key, rsa.RSAPublicKey) and key.key_size > MAX_KEY_BITS:
        return False
    return isinstance(key, kinds[scheme.family])


def holds(scheme: Scheme, key: PublicKeyTypes, value: bytes, octets: bytes) -> bool:
    """Whether `value` is the signature of `octets` under this key and scheme."""
    if not fits(scheme, key):
        return False
    try:
        _verify(scheme, key, value, octets)
    except (InvalidSignature, ValueError):
        return False
    return True


def _verify(scheme: Scheme, key: PublicKeyTypes, value: bytes, octets: bytes) -> None:
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(value, octets, _padding(scheme), _HASHES[scheme.hash_name])
    elif isinstance(key, ec.EllipticCurvePublicKey):
        der = _pair(value, key.curve.key_size)
        key.verify(der, octets, ec.ECDSA(_HASHES[scheme.hash_name]))
    elif isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        key.verify(value, octets)


def _padding(scheme: Scheme) -> padding.AsymmetricPadding:
    if scheme.family == "rsa":
        return padding.PKCS1v15()
    mask = padding.MGF1(_HASHES[scheme.mask_hash])
    return padding.PSS(mask, scheme.salt)


def _pair(value: bytes, bits: int) -> bytes:
    """Return r and s as DER. XMLDSig §6.4.3: both in full length, side by side.

    DER in their place is what a careless signer writes; it is no signature here.
    """
    size = (bits + 7) // 8
    r, s = int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big")
    if len(value) != 2 * size or not r or not s:
        raise ValueError("not two numbers of the size of the curve")
    return utils.encode_dss_signature(r, s)


def key_facts(key: PublicKeyTypes) -> tuple[str, int, int | None]:
    """Return the kind of a key, its bits and, with RSA, its public exponent."""
    if isinstance(key, rsa.RSAPublicKey):
        return "rsa", key.key_size, key.public_numbers().e
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "ec", key.curve.key_size, None
    return "other", 0, None
