# SPDX-License-Identifier: MIT
"""The bare mathematics: a hash signed with a key that is here, a signature checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cius_pt.signature.signing.suite import ECDSA, PSS, suite_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.types import (
        PrivateKeyTypes,
        PublicKeyTypes,
    )

    from cius_pt.signature.signing.suite import Suite


def local(key: PrivateKeyTypes, *, pss: bool) -> Callable[[bytes], bytes]:
    """Return what signs a hash with a private key in memory."""
    suite = suite_of(key.public_key(), pss=pss)  # refuses other kinds of keys
    how = _how(suite)

    def sign_digest(digest: bytes) -> bytes:
        signature: bytes = key.sign(digest, *how)  # type: ignore[union-attr]
        return signature

    return sign_digest


def readings(answer: bytes, suite: Suite) -> list[bytes]:
    """Return what a signature may be: as it came, and for ECDSA r and s as DER."""
    if suite.scheme != ECDSA or len(answer) != 2 * suite.width:
        return [answer]
    from cryptography.hazmat.primitives.asymmetric import utils  # noqa: PLC0415 - late

    half = suite.width
    r, s = int.from_bytes(answer[:half]), int.from_bytes(answer[half:])
    return [utils.encode_dss_signature(r, s), answer]


def side_by_side(signature: bytes, suite: Suite) -> bytes:
    """Return an ECDSA signature as XML has it: r and s (RFC 9231, section 2.3.6)."""
    from cryptography.hazmat.primitives.asymmetric import utils  # noqa: PLC0415 - late

    r, s = utils.decode_dss_signature(signature)
    return r.to_bytes(suite.width) + s.to_bytes(suite.width)


def is_right(
    signature: bytes, digest: bytes, public: PublicKeyTypes, suite: Suite
) -> bool:
    """Whether this is the key's signature of this hash."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - late

    try:
        public.verify(signature, digest, *_how(suite))  # type: ignore[union-attr]
    except (InvalidSignature, ValueError):
        return False
    return True


def _how(suite: Suite) -> tuple[Any, ...]:
    """Return the arguments of cryptography; PSS has a salt as long as the hash."""
    from cryptography.hazmat.primitives.asymmetric import (  # noqa: PLC0415 - late
        ec,
        padding,
        utils,
    )

    hasher = suite.hasher
    prehashed = utils.Prehashed(hasher)
    if suite.scheme == ECDSA:
        return (ec.ECDSA(prehashed),)
    if suite.scheme == PSS:
        return padding.PSS(padding.MGF1(hasher), hasher.digest_size), prehashed
    return padding.PKCS1v15(), prehashed
