# SPDX-License-Identifier: MIT
"""Time stamps of RFC 3161: of this signature, intact, and vouched for by whom."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from cius_pt.signature.assessment import assess
from cius_pt.signature.policy import Policy, weigh
from cius_pt.signature.status import Integrity, Timestamp, Trust
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cius_pt.findings import Finding
    from cius_pt.signature.store import TrustStore

MAX_TOKEN_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    """What a token says, and whether its own signature holds."""

    time: dt.datetime
    digest: str
    imprint: bytes
    intact: bool
    leaf: bytes = field(repr=False)
    others: tuple[bytes, ...] = field(repr=False)


def timestamp(  # noqa: PLR0913 - the seams of the world are arguments
    token: bytes,
    digest: Callable[[str], bytes],
    *,
    store: TrustStore | None,
    at: dt.datetime,
    policy: Policy,
    proven: dt.datetime | None = None,
) -> tuple[Timestamp | None, tuple[Finding, ...]]:
    """Judge a time stamp token (DER, a ContentInfo or a bare SignedData).

    `digest` gives the digest of what must have been stamped, by the name of the
    algorithm (``sha256``). `at` and `proven` are those of `assess`. The answer is None
    when the token cannot be read. Never raises because of what the token says.
    """
    try:
        read = _read(token)
    except Exception as error:  # noqa: BLE001 - asn1crypto and pyhanko fail in many ways
        message = f"The time stamp cannot be read: {_why(error)}."
        return None, (weigh("CP-TRUST-20", message, policy),)
    integrity = _integrity(read, digest)
    findings = list(_against(read, integrity, policy))
    judged = assess(
        read.leaf,
        read.others,
        store=store,
        at=at,
        policy=policy,
        signing_time=read.time,
        proven=proven,
        stamping=True,
    )
    if judged.trust not in {Trust.TRUSTED, Trust.NOT_CHECKED}:
        why = "; ".join(reason.message for reason in judged.reasons)
        message = f"The time stamping authority is not trusted: {why}"
        findings.append(weigh("CP-TRUST-22", message, policy))
    stamp = Timestamp(time=read.time, integrity=integrity, trust=judged.trust)
    return stamp, tuple(findings)


def _against(read: _Token, integrity: Integrity, policy: Policy) -> Iterator[Finding]:
    if integrity is Integrity.BROKEN:
        time = read.time.isoformat()
        message = f"The time stamp of {time} is not of this signature."
        yield weigh("CP-TRUST-21", message, policy)
    elif integrity is Integrity.UNSUPPORTED:
        message = f"The time stamp uses {read.digest}, which cannot be computed here."
        yield weigh("CP-TRUST-21", message, policy)


def _why(error: Exception) -> str:
    text = str(error).splitlines()[0].rstrip(".") if str(error) else ""
    return text[:200] or type(error).__name__


def _integrity(read: _Token, digest: Callable[[str], bytes]) -> Integrity:
    try:
        expected = digest(read.digest)
    except Exception:  # noqa: BLE001 - hashlib and callers name what they do not know
        return Integrity.UNSUPPORTED
    same = expected == read.imprint and read.intact
    return Integrity.INTACT if same else Integrity.BROKEN


def _read(token: bytes) -> _Token:
    from asn1crypto import tsp  # noqa: PLC0415
    from pyhanko.sign.validation.generic_cms import (  # noqa: PLC0415
        extract_certs_for_validation,
        validate_sig_integrity,
    )

    if len(token) > MAX_TOKEN_BYTES:
        raise ValueError(f"larger than {MAX_TOKEN_BYTES >> 20} MB")
    signed = _signed_data(token)
    content = signed["encap_content_info"]
    info = content["content"].parsed
    if content["content_type"].native != "tst_info" or not isinstance(
        info, tsp.TSTInfo
    ):
        raise ValueError("it is signed data, but no time stamp")
    (signer,) = signed["signer_infos"]
    chosen = extract_certs_for_validation(signed)
    name = str(signer["digest_algorithm"]["algorithm"].native)
    intact, valid = validate_sig_integrity(
        signer,
        chosen.signer_cert,
        expected_content_type="tst_info",
        actual_digest=hashlib.new(name, bytes(content["content"])).digest(),
    )
    imprint = info["message_imprint"]
    return _Token(
        time=info["gen_time"].native,
        digest=str(imprint["hash_algorithm"]["algorithm"].native),
        imprint=imprint["hashed_message"].native,
        intact=bool(intact and valid),
        leaf=chosen.signer_cert.dump(),
        others=tuple(other.dump() for other in chosen.other_certs),
    )


def _signed_data(token: bytes) -> Any:
    from asn1crypto import cms  # noqa: PLC0415

    # A ContentInfo begins with its object identifier, SignedData with its version.
    try:
        envelope = cms.ContentInfo.load(token)
        if envelope["content_type"].native == "signed_data":
            return envelope["content"]
    except (TypeError, ValueError):
        pass
    return cms.SignedData.load(token)
