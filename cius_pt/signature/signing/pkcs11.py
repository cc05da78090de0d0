# SPDX-License-Identifier: MIT
"""Keys in a token: cards, sticks and HSMs that speak PKCS#11, by python-pkcs11.

The private key stays where it is. The session is opened once and kept with the key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from cius_pt.errors import SignatureError
from cius_pt.signature.signing import keyfiles
from cius_pt.signature.signing.suite import ECDSA, PSS, suite_of
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cius_pt.signature.signing.suite import Suite

# DER of DigestInfo up to the hash itself (RFC 8017, section 9.2, note 1).
_DIGEST_INFO: Final[Mapping[str, bytes]] = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """The certificates of a key, the signer's first, and what signs with it."""

    certificates: tuple[bytes, ...] = field(repr=False)
    sign_digest: Callable[[bytes], bytes] = field(repr=False)


def find(  # noqa: PLR0913 - a token is found by all of this
    module: str,
    *,
    pin: str,
    token: str | None,
    label: str | None,
    key_id: bytes | None,
    certificates: Sequence[bytes],
    pss: bool,
) -> TokenKey:
    """Open a token and return the one key that is meant.

    Raises `SignatureError` when there is no such token or key, or more than one, or
    when the PIN is wrong; the PIN is never shown.
    """
    library = _library()
    try:
        session = _session(library, module, token, pin)
        wanted = {"label": label, "id": key_id}
        given = {name: value for name, value in wanted.items() if value is not None}
        key = _only(library, session, "PRIVATE_KEY", given)
        chain = tuple(certificates) or _chain(library, session, key)
    except library.PKCS11Error as error:
        raise _refused(error) from None
    leaf, *_ = keyfiles.certificates(chain)
    suite = suite_of(leaf.public_key(), pss=pss)
    return TokenKey(certificates=chain, sign_digest=_signing(library, key, suite))


def _library() -> Any:
    try:
        return import_module("pkcs11")
    except ImportError:
        raise SignatureError(
            "signing with a PKCS#11 token needs python-pkcs11 "
            "(pip install python-pkcs11)"
        ) from None


def _session(library: Any, module: str, token: str | None, pin: str) -> Any:
    try:
        found = list(library.lib(module).get_tokens(token_label=token))
    except RuntimeError as error:
        if isinstance(error, library.PKCS11Error):
            raise
        raise SignatureError(f"{module} is no PKCS#11 module: {error}") from None
    if len(found) != 1:
        named = "" if token is None else f" named {token!r}"
        raise SignatureError(
            f"there are {len(found)} tokens{named}; name the one to sign with"
            if found
            else f"there is no token{named}: is the card or stick in its place?"
        )
    try:
        return found[0].open(user_pin=pin)
    except library.PKCS11Error as error:
        # One login is for all sessions of a process (PKCS#11, section 6.7.4).
        if type(error).__name__ != "UserAlreadyLoggedIn":
            raise
        return found[0].open()


def _only(library: Any, session: Any, kind: str, given: Mapping[str, object]) -> Any:
    """Return the one private key that the attributes leave."""
    attributes = {library.Attribute.CLASS: getattr(library.ObjectClass, kind)}
    for name, value in given.items():
        attributes[getattr(library.Attribute, name.upper())] = value
    found = list(session.get_objects(attributes))
    if len(found) != 1:
        count = f"{len(found)} keys" if found else "no key"
        raise SignatureError(
            f"there is {count} of this label and id in the token"
            if not found
            else f"there are {count} of this label and id in the token; name one"
        )
    return found[0]


def _chain(library: Any, session: Any, key: Any) -> tuple[bytes, ...]:
    """Return the certificate with the id of the key, then the others of the token."""
    names = library.Attribute
    wanted = {names.CLASS: library.ObjectClass.CERTIFICATE}
    found = [
        (bytes(item[names.ID]), bytes(item[names.VALUE]))
        for item in session.get_objects(wanted)
    ]
    own = bytes(key[names.ID])
    leaf = [value for number, value in found if number == own]
    if not leaf:
        raise SignatureError(
            "the token holds no certificate of this key; give the certificates as files"
        )
    return (leaf[0], *(value for number, value in found if number != own))


def _signing(library: Any, key: Any, suite: Suite) -> Callable[[bytes], bytes]:
    names = library.Mechanism

    def sign_digest(digest: bytes) -> bytes:
        data, mechanism, parameter = digest, names.ECDSA, None
        if suite.scheme == PSS:
            mechanism = names.RSA_PKCS_PSS
            parameter = (names.SHA256, library.MGF.SHA256, len(digest))
        elif suite.scheme != ECDSA:
            data, mechanism = _DIGEST_INFO[suite.hash] + digest, names.RSA_PKCS
        try:
            signed = key.sign(data, mechanism=mechanism, mechanism_param=parameter)
        except library.PKCS11Error as error:
            raise _refused(error) from None
        return bytes(signed)

    return sign_digest


def _refused(error: Exception) -> SignatureError:
    """Say what the token said; its errors are names without content."""
    kind = type(error).__name__
    if kind in {"PinIncorrect", "PinInvalid", "PinLenRange"}:
        return SignatureError("the token refused the PIN")
    if kind == "PinLocked":
        return SignatureError("the PIN of the token is locked; unlock it with its PUK")
    return SignatureError(f"the token answered {kind}")
