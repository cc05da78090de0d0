# SPDX-License-Identifier: MIT
"""How a key signs: the scheme, the hash, and their names in XML, CMS, PKCS#11 and CSC.

One hash per strength, as ETSI TS 119 312 pairs them: SHA-256 for RSA and for curves of
256 bits, SHA-384 and SHA-512 for the larger ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.errors import SignatureError
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

RSA: Final = "rsa"
PSS: Final = "pss"
ECDSA: Final = "ecdsa"

_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
_DIGESTS: Final[Mapping[str, str]] = {  # RFC 9231, section 2.1
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": f"{_MORE}sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}
_SIGNATURES: Final[Mapping[str, str]] = {  # RFC 9231, sections 2.3.2 to 2.3.10
    RSA: f"{_MORE}rsa-{{}}",
    PSS: "http://www.w3.org/2007/05/xmldsig-more#{}-rsa-MGF1",
    ECDSA: f"{_MORE}ecdsa-{{}}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A scheme (`RSA`, `PSS`, `ECDSA`) with a hash (``sha256``, …).

    `size` is the length of the largest signature in bytes, ECDSA in DER; `width` that
    of one of the two numbers of an ECDSA signature, 0 for RSA.
    """

    scheme: str
    hash: str
    size: int
    width: int = 0

    @property
    def xml_signature(self) -> str:
        """The identifier of ds:SignatureMethod."""
        return _SIGNATURES[self.scheme].format(self.hash)

    @property
    def xml_digest(self) -> str:
        """The identifier of ds:DigestMethod."""
        return _DIGESTS[self.hash]

    @property
    def hasher(self) -> HashAlgorithm:
        """The hash as cryptography knows it."""
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - late

        found: HashAlgorithm = getattr(hashes, self.hash.upper())()
        return found

    def __str__(self) -> str:
        return f"{self.scheme}-{self.hash}"


def suite_of(key: PublicKeyTypes, *, pss: bool = False) -> Suite:
    """Return how the owner of this public key signs.

    Raises `SignatureError` for what XML and PDF verifiers do not all know: Ed25519,
    DSA and the like.
    """
    from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: PLC0415

    if isinstance(key, rsa.RSAPublicKey):
        size = (key.key_size + 7) // 8
        return Suite(scheme=PSS if pss else RSA, hash="sha256", size=size)
    if isinstance(key, ec.EllipticCurvePublicKey):
        width = (key.key_size + 7) // 8
        names = ((256, "sha256"), (384, "sha384"))
        name = next((n for bits, n in names if key.key_size <= bits), "sha512")
        return Suite(scheme=ECDSA, hash=name, size=2 * width + 9, width=width)
    kind = type(key).__name__.removesuffix("PublicKey").lstrip("_")
    raise SignatureError(
        f"{kind} keys cannot sign invoices: not every verifier knows them; "
        "use RSA of 2048 bits or more, or an elliptic curve of 256 bits or more"
    )
