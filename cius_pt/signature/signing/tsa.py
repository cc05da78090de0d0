# SPDX-License-Identifier: MIT
"""Time stamps (RFC 3161): the seam, and an authority on the web behind it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urlsplit

from cius_pt.errors import SignatureError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asn1crypto import tsp

Timestamper = Callable[[bytes, str], bytes]
"""Takes a hash and the name of its algorithm (``sha256``), returns a token in DER."""

MAX_ANSWER: Final = 256 * 1024  # tokens with a whole chain have some 10 KB
_SECONDS: Final = 20.0


def authority(url: str, *, seconds: float = _SECONDS) -> Timestamper:
    """Return what asks the time stamping authority at `url`.

    The token must be of this hash and answer this request; whether the authority is
    trusted is for `verify` to say. Raises `SignatureError` when the authority is down
    or slow (more than `seconds` without a byte, or three times that in all), refuses,
    or answers something else.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise SignatureError("a time stamping authority has an http or https address")

    def timestamp(digest: bytes, algorithm: str) -> bytes:
        nonce = secrets.randbits(63)
        answer = _ask(url, _request(digest, algorithm, nonce).dump(), seconds)
        return _token(answer, digest, nonce)

    return timestamp


def _request(digest: bytes, algorithm: str, nonce: int) -> tsp.TimeStampReq:
    from asn1crypto import tsp  # noqa: PLC0415 - late

    imprint = {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest}
    return tsp.TimeStampReq(
        {"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    )


def _ask(url: str, request: bytes, seconds: float) -> bytes:
    """Send a request over HTTP (RFC 3161, section 3.4) and return the answer."""
    import httpx2  # noqa: PLC0415 - late

    headers = {"Content-Type": "application/timestamp-query"}
    try:
        with (
            httpx2.Client(timeout=seconds, follow_redirects=False) as client,
            client.stream("POST", url, content=request, headers=headers) as answer,
        ):
            if answer.status_code != 200:  # noqa: PLR2004 - HTTP's OK
                raise SignatureError(
                    f"the time stamping authority answered HTTP {answer.status_code}",
                    unreachable=True,
                )
            return _limited(answer.iter_bytes(), 3 * seconds)
    except httpx2.TimeoutException:
        raise SignatureError(
            f"the time stamping authority did not answer within {seconds:g} seconds",
            unreachable=True,
        ) from None
    except httpx2.HTTPError as error:
        raise SignatureError(
            f"the time stamping authority cannot be reached: {type(error).__name__}",
            unreachable=True,
        ) from None


def _limited(pieces: Iterator[bytes], seconds: float) -> bytes:
    """Return the pieces; not more than MAX_ANSWER, and not for ever."""
    deadline = time.monotonic() + seconds
    answer = b""
    for piece in pieces:
        answer += piece
        if len(answer) > MAX_ANSWER or time.monotonic() > deadline:
            raise SignatureError(
                "the time stamping authority sends too much or too slowly",
                unreachable=True,
            )
    return answer


def _token(answer: bytes, digest: bytes, nonce: int) -> bytes:
    """Return the token of an answer, if it is granted and for this request."""
    from asn1crypto import cms, core, tsp  # noqa: PLC0415 - late

    class Response(core.Sequence):  # type: ignore[misc]
        """TimeStampResp, whose token a refusal leaves out; asn1crypto wants it."""

        _fields: ClassVar = [
            ("status", tsp.PKIStatusInfo),
            ("time_stamp_token", cms.ContentInfo, {"optional": True}),
        ]

    try:
        response = Response.load(answer, strict=True)
        status = response["status"]["status"].native
        if status not in {"granted", "granted_with_mods"}:
            raise SignatureError(
                f"the time stamping authority refused: {status}", unreachable=True
            )
        token = response["time_stamp_token"]
        info = token["content"]["encap_content_info"]["content"].parsed
        same = info["message_imprint"]["hashed_message"].native == digest
        if not same or info["nonce"].native != nonce:
            raise SignatureError(
                "the time stamping authority answered another request", unreachable=True
            )
        dumped: bytes = token.dump()
    except (ValueError, TypeError, KeyError, AttributeError):
        raise SignatureError(
            "the time stamping authority did not answer with a time stamp",
            unreachable=True,
        ) from None
    return dumped
