# SPDX-License-Identifier: MIT
"""What a signature is worth: three separate answers, never one boolean.

- integrity: do the signed bytes still match?
- coverage and changes: is it the whole document, and what was added after signing?
- trust: chain, time, revocation, key usage and algorithms, under a policy.

`Indication` and `SubIndication` are the words of ETSI EN 319 102-1 v1.3.1 (clause 5.1
and table 5 and 6). Reasons are `Finding` values with ids ``CP-SIG-nn`` (both kinds),
``CP-XSIG-nn`` (XML), ``CP-PSIG-nn`` (PDF) and ``CP-TRUST-nn``, all in the catalogue.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from enum import StrEnum
from typing import Any

from cius_pt.findings import Finding
from cius_pt.values import dataclass


class Verdict(StrEnum):
    """One word for a whole file, embedded PDFs included."""

    UNSIGNED = "unsigned"
    VALID = "valid"
    INVALID = "invalid"
    UNSUPPORTED = "unsupported"
    MALFORMED = "malformed"


class Ilink(StrEnum):
    """What iLink is expected to answer: accept, error e217, or nobody knows."""

    ACCEPT = "accept"
    E217 = "e217"
    UNKNOWN = "unknown"


class Format(StrEnum):
    """What kind of signature it is."""

    XMLDSIG = "xmldsig"
    XADES = "xades"
    PKCS7 = "pkcs7"
    PADES = "pades"
    DOC_TIMESTAMP = "doc-timestamp"
    UNKNOWN = "unknown"


class Integrity(StrEnum):
    """Whether the signed bytes are those that were signed."""

    INTACT = "intact"
    BROKEN = "broken"
    UNSUPPORTED = "unsupported"
    UNKNOWN = "unknown"


class Coverage(StrEnum):
    """How much of the file the signature speaks of.

    ``revision`` is a whole PDF as it was when signed, with something added later.
    """

    DOCUMENT = "document"
    REVISION = "revision"
    PARTIAL = "partial"
    UNCLEAR = "unclear"


class Changes(StrEnum):
    """What was added after signing, the worst of it."""

    NONE = "none"
    LTV = "ltv"
    SIGNATURE = "signature"
    FORM = "form"
    OTHER = "other"
    UNKNOWN = "unknown"


class Trust(StrEnum):
    """What the certificate is worth at the moment that was asked for."""

    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    REVOKED = "revoked"
    NOT_CHECKED = "not-checked"


class Indication(StrEnum):
    """The main status of ETSI EN 319 102-1."""

    TOTAL_PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL-FAILED"


class SubIndication(StrEnum):
    """The reason of ETSI EN 319 102-1 for a status that is not TOTAL-PASSED."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    TIMESTAMP_ORDER_FAILURE = "TIMESTAMP_ORDER_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    OUT_OF_BOUNDS_NOT_REVOKED = "OUT_OF_BOUNDS_NOT_REVOKED"
    NO_POE = "NO_POE"
    TRY_LATER = "TRY_LATER"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"
    GENERIC = "GENERIC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signed, as the certificate says it; never the certificate itself.

    `nif` is read from organizationIdentifier (``VATPT-``, ``VATEU-PT``, ``NTRPT-``,
    ``PSDPT-``); `kind` is ``seal``, ``signature`` or None when the certificate does
    not say; `qualified` is None without a trusted list and a QC statement to tell.
    """

    subject: str
    issuer: str
    serial: str
    not_before: dt.datetime
    not_after: dt.datetime
    key: str
    key_usage: tuple[str, ...] = ()
    organization_identifier: str | None = None
    nif: str | None = None
    kind: str | None = None
    qualified: bool | None = None
    qscd: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "subject": self.subject,
            "issuer": self.issuer,
            "serial": self.serial,
            "not_before": self.not_before.isoformat(),
            "not_after": self.not_after.isoformat(),
            "key": self.key,
            "key_usage": list(self.key_usage),
            "organization_identifier": self.organization_identifier,
            "nif": self.nif,
            "kind": self.kind,
            "qualified": self.qualified,
            "qscd": self.qscd,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamp:
    """A time stamp on a signature: when, whether it is of this signature, its trust."""

    time: dt.datetime
    integrity: Integrity
    trust: Trust

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "time": self.time.isoformat(),
            "integrity": self.integrity.value,
            "trust": self.trust.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature and all that was found out about it.

    `level` is ``XAdES-BES``, ``PAdES-B-T``, …; `location` an XPath, a field name or a
    byte offset. `signing_time` is what the signer claims. `signed` are the bytes that
    were really signed, to be read instead of the file; None when there are none.
    """

    format: Format
    location: str
    level: str | None = None
    integrity: Integrity = Integrity.UNKNOWN
    coverage: Coverage = Coverage.UNCLEAR
    changes: Changes = Changes.UNKNOWN
    trust: Trust = Trust.NOT_CHECKED
    indication: Indication = Indication.INDETERMINATE
    sub_indication: SubIndication | None = None
    signer: Signer | None = None
    signing_time: dt.datetime | None = None
    timestamps: tuple[Timestamp, ...] = ()
    algorithms: tuple[str, ...] = ()
    reasons: tuple[Finding, ...] = ()
    signed: bytes | None = field(default=None, repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form of design §6, without the signed bytes."""
        time = self.signing_time
        return {
            "format": self.format.value,
            "level": self.level,
            "location": self.location,
            "integrity": self.integrity.value,
            "coverage": self.coverage.value,
            "changes": self.changes.value,
            "trust": self.trust.value,
            "indication": self.indication.value,
            "sub_indication": self.sub_indication and self.sub_indication.value,
            "signer": None if self.signer is None else self.signer.to_dict(),
            "signing_time": None if time is None else time.isoformat(),
            "timestamps": [stamp.to_dict() for stamp in self.timestamps],
            "algorithms": list(self.algorithms),
            "reasons": [reason.to_dict() for reason in self.reasons],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """One file: its verdict, what iLink is expected to say and why, its signatures.

    `attachments` are the reports on embedded PDFs by name; they count for the verdict
    of the file that carries them. `findings` belong to the file, not to a signature.
    """

    verdict: Verdict
    ilink: Ilink
    ilink_reason: str
    signatures: tuple[Signature, ...] = ()
    attachments: tuple[tuple[str, SignatureReport], ...] = ()
    findings: tuple[Finding, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form of design §6, without the file's name."""
        return {
            "verdict": self.verdict.value,
            "ilink": self.ilink.value,
            "ilink_reason": self.ilink_reason,
            "signatures": [signature.to_dict() for signature in self.signatures],
            "attachments": [
                {"name": name, **report.to_dict()} for name, report in self.attachments
            ],
            "findings": [finding.to_dict() for finding in self.findings],
        }
