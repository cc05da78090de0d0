# SPDX-License-Identifier: MIT
"""What a trusted list says of a trust service, and what that makes of a certificate.

Sources: ETSI TS 119 612 v2.3.1 (5.5, the entries of a list) and TS 119 615 v1.2.1
(4.4 and 4.5, from a list and a certificate to "qualified").
"""

from __future__ import annotations

import datetime as dt
from dataclasses import field
from typing import TYPE_CHECKING, Final

from cius_pt.signature.signer import key_usage, qc_statements
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asn1crypto.x509 import Certificate

CA_QC: Final = "CA/QC"
QTST: Final = "TSA/QTST"
# The words that say an entry is good: since eIDAS, and those of the years before it.
GRANTED: Final = frozenset(
    {"granted", "undersupervision", "supervisionincessation", "accredited"}
)
_PURPOSES: Final = {"signature": "ForeSignatures", "seal": "ForeSeals"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """Which certificates a qualifier is about: all parts, any, or none must hold.

    `usage` are key usage bits by name and whether each must be set; `policies` are
    certificate policies that must all be there.
    """

    match: str = "all"
    usage: tuple[tuple[str, bool], ...] = ()
    policies: frozenset[str] = frozenset()
    parts: tuple[Criterion, ...] = ()
    known: bool = True

    def holds(self, certificate: Certificate) -> bool:
        """Whether a certificate is meant."""
        tests = [part.holds(certificate) for part in self.parts]
        bits = key_usage(certificate)
        tests += [(bit in bits) is wanted for bit, wanted in self.usage]
        if self.policies:
            tests.append(self.policies <= _policies(certificate))
        if not self.known:
            tests.append(False)
        if self.match == "atLeastOne":
            return any(tests)
        return not any(tests) if self.match == "none" else all(tests)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A service from one moment on: its status, and what its certificates are for.

    `purposes` are the words of additionalServiceInformation; `qualifiers` say more of
    the certificates that a criterion picks out.
    """

    since: dt.datetime
    status: str
    purposes: frozenset[str] = frozenset()
    qualifiers: tuple[tuple[Criterion, frozenset[str]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service of a trusted list, with its history, the newest state first."""

    kind: str
    name: str
    states: tuple[State, ...]
    certificates: tuple[bytes, ...] = field(default=(), repr=False)

    def at(self, moment: dt.datetime) -> State | None:
        """Return the state at a moment, None before the first one."""
        return next((s for s in self.states if s.since <= moment), None)

    def good(self, moment: dt.datetime) -> bool:
        """Whether the list vouched for the service at a moment."""
        state = self.at(moment)
        return state is not None and state.status in GRANTED


def vouched(
    chain: Sequence[Certificate],
    services: Sequence[Service],
    at: dt.datetime,
    kind: str,
) -> Service | None:
    """Return the good service of one kind that a chain starts from."""
    ders = {certificate.dump() for certificate in chain}
    for service in services:
        if service.kind == kind and service.good(at) and ders & {*service.certificates}:
            return service
    return None


def qualified(
    leaf: Certificate,
    chain: Sequence[Certificate],
    services: Sequence[Service],
    at: dt.datetime,
) -> tuple[bool, str]:
    """Return whether a certificate is qualified at a moment, and why not if not.

    Its service must have been good both when it was issued and at that moment, and
    for what the certificate is for. Words of the list outweigh the certificate's own.
    """
    said = qc_statements(leaf)
    service = vouched(chain, services, at, CA_QC)
    if service is None:
        return (
            False,
            "no authority of its chain is granted as CA/QC in the trusted list",
        )
    issued = leaf.not_valid_before
    states = [state for moment in (at, issued) if (state := service.at(moment))]
    words = {word for state in states for word in _qualifiers(leaf, state)}
    if "NotQualified" in words:
        return False, "the trusted list says that such certificates are not qualified"
    if "qc_compliance" not in said and "QCStatement" not in words:
        return False, "it has no QcCompliance statement"
    if not service.good(issued):
        return False, f"the service {service.name} was not granted when it was issued"
    return _for_its_purpose(said.get("qc_type", ()), states, words)


def _for_its_purpose(
    types: Sequence[str], states: Sequence[State], words: set[str]
) -> tuple[bool, str]:
    forced = {"QCForESig": "signature", "QCForESeal": "seal", "QCForWSA": "web"}
    kinds = {forced[word] for word in words if word in forced} or {
        {"qct_esign": "signature", "qct_eseal": "seal"}.get(name, "web")
        for name in types or ("qct_esign",)
    }
    # Entries older than eIDAS have no purposes; then all were for signatures.
    allowed = [state.purposes or {"ForeSignatures"} for state in states]
    for kind in sorted(kinds & set(_PURPOSES)):
        if all(_PURPOSES[kind] in purposes for purposes in allowed):
            return True, ""
    return False, f"its service is not granted for a {' or '.join(sorted(kinds))}"


def _qualifiers(leaf: Certificate, state: State) -> set[str]:
    return {
        word
        for criterion, words in state.qualifiers
        if criterion.holds(leaf)
        for word in words
    }


def _policies(certificate: Certificate) -> frozenset[str]:
    value = certificate.certificate_policies_value
    found = () if value is None else value
    return frozenset(str(policy["policy_identifier"].dotted) for policy in found)
