# SPDX-License-Identifier: MIT
"""`SigningKey`: a certificate and something that signs a hash with its private key.

The private key may be here, in a token or on the other side of the network: hash in,
signature out is all that is asked of it. Every signature is checked against the
certificate before it is used, so that a wrong key never makes a bad document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cius_pt.errors import SignatureError
from cius_pt.signature.signing import fitness, keyfiles, pkcs11, raw
from cius_pt.signature.signing.suite import suite_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from cryptography import x509

    from cius_pt.signature.signing.suite import Suite


class SigningKey:
    """What signs: the signer's certificate, its chain and its private key.

    Made by `from_pkcs12`, `from_pem`, `from_pkcs11` or, for everything else,
    `SigningKey(certificates, sign_digest)`: certificates in DER or PEM, the signer's
    first, and a callable that takes a hash made by `suite.hash` and returns its
    signature; for ECDSA in DER or as r and s side by side. `pss` asks for RSASSA-PSS.

    The key is loaded once and kept; neither `repr` nor an error shows any of it.
    Raises `SignatureError` for a key that is too short or of a kind that not every
    verifier knows.
    """

    __slots__ = ("_sign_digest", "chain", "suite")

    chain: tuple[x509.Certificate, ...]
    suite: Suite

    def __init__(
        self,
        certificates: Sequence[bytes],
        sign_digest: Callable[[bytes], bytes],
        *,
        pss: bool = False,
    ) -> None:
        self.chain = keyfiles.certificates(certificates)
        self.suite = suite_of(self.certificate.public_key(), pss=pss)
        fitness.require_strength(self.certificate)
        self._sign_digest = sign_digest

    @classmethod
    def from_pkcs12(
        cls, data: bytes, password: bytes | str | None, *, pss: bool = False
    ) -> SigningKey:
        """Return the key of a PKCS#12 file (.p12, .pfx).

        Raises `SignatureError` for a wrong password or another kind of file.
        """
        found = keyfiles.pkcs12(data, password)
        return cls(found.certificates, raw.local(found.key, pss=pss), pss=pss)

    @classmethod
    def from_pem(
        cls,
        certificates: bytes,
        key: bytes,
        password: bytes | str | None = None,
        *,
        pss: bool = False,
    ) -> SigningKey:
        """Return the key of PEM or DER files.

        `certificates` may hold the chain and `key` may be the same file. Raises
        `SignatureError` for a wrong password or a key of none of the certificates.
        """
        found = keyfiles.pem(certificates, key, password)
        return cls(found.certificates, raw.local(found.key, pss=pss), pss=pss)

    @classmethod
    def from_pkcs11(  # noqa: PLR0913 - a token is found by all of this
        cls,
        module: str,
        *,
        pin: str,
        token: str | None = None,
        label: str | None = None,
        key_id: bytes | None = None,
        certificates: Sequence[bytes] = (),
        pss: bool = False,
    ) -> SigningKey:
        """Return the key of a token: a card, a stick or an HSM.

        `module` is the vendor's library, `token`, `label` and `key_id` find the key
        when there are several; `certificates` stand in for those that the token does
        not hold. Needs python-pkcs11. Raises `SignatureError` for a wrong PIN, no or
        several such keys.
        """
        found = pkcs11.find(
            module,
            pin=pin,
            token=token,
            label=label,
            key_id=key_id,
            certificates=certificates,
            pss=pss,
        )
        return cls(found.certificates, found.sign_digest, pss=pss)

    @property
    def certificate(self) -> x509.Certificate:
        """The signer's certificate."""
        return self.chain[0]

    def sign(self, digest: bytes) -> bytes:
        """Return the signature of a hash made by `suite.hash`; ECDSA in DER.

        Raises `SignatureError` when the answer is no signature of this certificate.
        """
        answer = self._sign_digest(digest)
        public = self.certificate.public_key()
        for signature in raw.readings(answer, self.suite):
            if raw.is_right(signature, digest, public, self.suite):
                return signature
        raise SignatureError(
            "what came back is no signature by the key of this certificate: the key "
            "belongs to another one, or the signer uses another scheme than "
            f"{self.suite}"
        )

    def require_fit(self, at: dt.datetime) -> None:
        """Raise `SignatureError` when this certificate cannot sign at this time."""
        fitness.require_valid_at(self.certificate, at)
        fitness.require_usage(self.certificate)

    def __repr__(self) -> str:
        return f"<SigningKey {self.suite}, {fitness.holder(self.certificate)!r}>"

    def __reduce__(self) -> str:
        raise TypeError("a signing key is never copied or written anywhere")
