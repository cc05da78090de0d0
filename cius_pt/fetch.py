# SPDX-License-Identifier: MIT
"""One file from the web: https only (http to this machine), with limits."""

from __future__ import annotations

import http.client
import ipaddress
import time
from typing import TYPE_CHECKING, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from cius_pt.errors import ArtefactError

if TYPE_CHECKING:
    from typing import IO

# The published sets take 0.06 MB packed.
MAX_DOWNLOAD: Final = 20 * 1024 * 1024
_SILENCE_SECONDS: Final = 30.0
_TOTAL_SECONDS: Final = 300.0
_PIECE: Final = 64 * 1024


class _SameRules(HTTPRedirectHandler):
    """Follow a redirect only to a place that could have been asked for itself."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - the signature is urllib's
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> Request | None:
        require_allowed(newurl)
        if urlsplit(newurl).scheme != urlsplit(req.full_url).scheme:
            raise ArtefactError(f"refused: {req.full_url} redirects to another scheme")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(
    url: str, *, opener: OpenerDirector | None = None, limit: int = MAX_DOWNLOAD
) -> bytes:
    """Return what stands at `url`.

    Raises `ArtefactError`, with `unreachable` set when it is the outside that failed.
    """
    require_allowed(url)
    opener = opener or build_opener(_SameRules)
    deadline = time.monotonic() + _TOTAL_SECONDS
    try:
        with opener.open(url, timeout=_SILENCE_SECONDS) as answer:
            pieces, size = [], 0
            while piece := answer.read1(_PIECE):
                pieces.append(piece)
                size += len(piece)
                if size > limit:
                    raise ArtefactError(f"{url} is larger than {limit:,} bytes")
                if time.monotonic() > deadline:
                    raise TimeoutError(f"not done after {_TOTAL_SECONDS:.0f} s")
            # What the server announced and did not send.
            if left := getattr(answer, "length", None):
                raise http.client.IncompleteRead(b"", left)
    except HTTPError as error:
        error.close()
        raise _unreachable(url, f"the server answers {error.code}") from error
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise _unreachable(url, str(reason)) from error
    return b"".join(pieces)


def require_allowed(url: str) -> None:
    """Raise `ArtefactError` unless `url` is https, or http to this very machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise ArtefactError(f"{url} is no URL: {error}") from error
    if parts.username is not None or parts.password is not None:
        # It would stand in messages and logs.
        raise ArtefactError("refused: a URL with a user name or password in it")
    if parts.scheme == "https" and host:
        return
    if parts.scheme == "http" and _is_loopback(host):
        return
    raise ArtefactError(f"refused: {url} is not https")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unreachable(url: str, reason: str) -> ArtefactError:
    return ArtefactError(f"cannot reach {url}: {reason}", unreachable=True)
