# SPDX-License-Identifier: MIT
"""A remote signer: the Cloud Signature Consortium's API, version 1.0.4.0.

An example of the protocol that `SigningKey` asks for, hash in and signature out, with
the three calls that a signature takes: credentials/info for the certificates,
credentials/authorize for leave to sign one hash, signatures/signHash to sign it.
Other providers are a callable of the same shape.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from cius_pt.errors import SignatureError
from cius_pt.signature.signing import keyfiles
from cius_pt.signature.signing.key import SigningKey
from cius_pt.signature.signing.suite import ECDSA, PSS, suite_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cius_pt.signature.signing.suite import Suite

_SECONDS: Final = 30.0
_HASHES: Final[Mapping[str, str]] = {
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
_RSA: Final = "1.2.840.113549.1.1.1"
_PSS: Final = "1.2.840.113549.1.1.10"
_ECDSA: Final[Mapping[str, str]] = {
    "sha256": "1.2.840.10045.4.3.2",
    "sha384": "1.2.840.10045.4.3.3",
    "sha512": "1.2.840.10045.4.3.4",
}


def key(
    url: str,
    credential: str,
    *,
    token: str,
    authorization: Callable[[bytes], Mapping[str, str]] = lambda _: {},
    seconds: float = _SECONDS,
) -> SigningKey:
    """Return the key of a remote credential.

    `url` ends where ``/credentials/info`` begins; `token` is the bearer token of the
    service; `authorization` is asked for what authorize needs for a hash, such as
    ``{"PIN": …, "OTP": …}``. Raises `SignatureError`, which shows none of them.
    """
    local = urlsplit(url).hostname in {"127.0.0.1", "::1", "localhost"}
    if urlsplit(url).scheme != "https" and not local:
        raise SignatureError("a remote signer needs an https address")
    call = _calls(url.rstrip("/"), token, seconds)
    info = call(
        "credentials/info", {"credentialID": credential, "certificates": "chain"}
    )
    chain = [_decoded(text) for text in _texts(info.get("cert"), "certificates")]
    leaf, *_ = keyfiles.certificates(chain)
    # The credential says which schemes it has; PSS only where there is nothing else.
    offered = set(_texts(info.get("key"), "algo"))
    pss = _PSS in offered and _RSA not in offered
    suite = suite_of(leaf.public_key(), pss=pss)
    sign_digest = _signing(call, credential, authorization, suite)
    return SigningKey(chain, sign_digest, pss=pss)


def _signing(
    call: Callable[[str, Mapping[str, Any]], dict[str, Any]],
    credential: str,
    authorization: Callable[[bytes], Mapping[str, str]],
    suite: Suite,
) -> Callable[[bytes], bytes]:
    """Return what signs a hash: leave for this one hash, then its signature."""

    def sign_digest(digest: bytes) -> bytes:
        hashed = base64.b64encode(digest).decode()
        body = {"credentialID": credential, "numSignatures": 1, "hash": [hashed]}
        leave = call("credentials/authorize", {**body, **authorization(digest)})
        asked = {
            "credentialID": credential,
            "SAD": str(leave.get("SAD", "")),
            "hash": [hashed],
            "hashAlgo": _HASHES[suite.hash],
            "signAlgo": _algorithm(suite),
        }
        answer = call("signatures/signHash", asked)
        return _decoded(next(iter(_texts(answer, "signatures")), ""))

    return sign_digest


def _algorithm(suite: Suite) -> str:
    if suite.scheme == ECDSA:
        return _ECDSA[suite.hash]
    return _PSS if suite.scheme == PSS else _RSA


def _calls(
    url: str, token: str, seconds: float
) -> Callable[[str, Mapping[str, Any]], dict[str, Any]]:
    """Return what posts JSON to a method of the service and returns its JSON."""

    def call(method: str, body: Mapping[str, Any]) -> dict[str, Any]:
        import httpx2  # noqa: PLC0415 - late

        headers = {"Authorization": f"Bearer {token}"}
        address = f"{url}/{method}"
        try:
            answer = httpx2.post(address, json=body, headers=headers, timeout=seconds)
        except httpx2.HTTPError as error:
            kind = type(error).__name__
            raise SignatureError(
                f"the remote signer cannot be reached: {kind}", unreachable=True
            ) from None
        return _said(answer.status_code, answer.content, method)

    return call


def _said(status: int, content: bytes, method: str) -> dict[str, Any]:
    """Return the answer, or raise what the service said was wrong."""
    import json  # noqa: PLC0415 - late

    try:
        said = json.loads(content)
    except ValueError:
        said = None
    if status != 200:  # noqa: PLR2004 - HTTP's OK
        code = said.get("error") if isinstance(said, dict) else None
        reason = f"{status} {code}" if isinstance(code, str) else str(status)
        raise SignatureError(
            f"the remote signer refused {method}: {reason[:100]}", unreachable=True
        )
    if not isinstance(said, dict):
        raise SignatureError(
            f"the remote signer did not answer {method} with JSON", unreachable=True
        )
    return said


def _texts(holder: object, name: str) -> list[str]:
    """Return a list of texts of an answer; nothing where it is something else."""
    values = holder.get(name) if isinstance(holder, dict) else None
    return [v for v in values if isinstance(v, str)] if isinstance(values, list) else []


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except binascii.Error:
        raise SignatureError(
            "the remote signer answered something that is no base64", unreachable=True
        ) from None
