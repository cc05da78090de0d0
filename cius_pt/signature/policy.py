# SPDX-License-Identifier: MIT
"""How severely a policy takes each reason, and what iLink is expected to make of it.

`ILINK` asks what iLink refuses: what was changed or made wrongly (e217), not whom one
trusts. `QUALIFIED` asks what Decreto-Lei 28/2019, article 12(2), asks of a signed
invoice: a qualified signature or seal, trusted at the time. Both follow the default
constraints of the EU's DSS where these say FAIL or WARN.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cius_pt.findings import NOWHERE, Finding, Location, Severity
from cius_pt.signature.status import Ilink
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FATAL, _WARNING, _INFO = Severity.FATAL, Severity.WARNING, Severity.INFO


class Policy(StrEnum):
    """What a signature has to be good for."""

    ILINK = "ilink"
    QUALIFIED = "qualified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One reason: its severity under each policy and the answer it makes likely."""

    ilink: Severity
    qualified: Severity
    answer: Ilink = Ilink.ACCEPT

    def under(self, policy: Policy) -> Severity:
        """Return the severity under one policy."""
        return self.ilink if policy is Policy.ILINK else self.qualified


def _same(severity: Severity, answer: Ilink = Ilink.ACCEPT) -> Weight:
    return Weight(ilink=severity, qualified=severity, answer=answer)


_MATTERS_FOR_TRUST = Weight(ilink=_WARNING, qualified=_FATAL)
_NEEDED_FOR_TRUST = Weight(ilink=_INFO, qualified=_FATAL)

TRUST: Final[Mapping[str, Weight]] = MappingProxyType(
    {
        "CP-TRUST-01": _NEEDED_FOR_TRUST,  # no anchors were given
        "CP-TRUST-02": _MATTERS_FOR_TRUST,  # no chain to an anchor
        "CP-TRUST-03": _MATTERS_FOR_TRUST,  # expired
        "CP-TRUST-04": _MATTERS_FOR_TRUST,  # not yet valid
        "CP-TRUST-05": _MATTERS_FOR_TRUST,  # revoked
        "CP-TRUST-06": _MATTERS_FOR_TRUST,  # an authority of the chain was revoked
        "CP-TRUST-07": _MATTERS_FOR_TRUST,  # key usage
        "CP-TRUST-08": _MATTERS_FOR_TRUST,  # extended key usage
        "CP-TRUST-09": _MATTERS_FOR_TRUST,  # a chain that breaks RFC 5280
        "CP-TRUST-10": _MATTERS_FOR_TRUST,  # weak key
        "CP-TRUST-11": _MATTERS_FOR_TRUST,  # weak algorithm
        "CP-TRUST-12": _NEEDED_FOR_TRUST,  # nobody said whether it was revoked
        "CP-TRUST-13": _MATTERS_FOR_TRUST,  # signing time outside the validity
        "CP-TRUST-14": _NEEDED_FOR_TRUST,  # not qualified
        "CP-TRUST-15": _NEEDED_FOR_TRUST,  # no trusted list to say so
        "CP-TRUST-16": _same(_INFO),  # the signer is not the seller
        "CP-TRUST-17": _MATTERS_FOR_TRUST,  # a certificate that cannot be read
        "CP-TRUST-20": _same(_WARNING),  # a time stamp that cannot be read
        "CP-TRUST-21": _same(_WARNING),  # a time stamp of something else
        "CP-TRUST-22": _same(_WARNING),  # a time stamp of an untrusted authority
        "CP-TRUST-23": _MATTERS_FOR_TRUST,  # signed after its own time stamp
    }
)


def weigh(  # noqa: PLR0913 - a finding has these parts
    rule: str,
    message: str,
    policy: Policy,
    *,
    weights: Mapping[str, Weight] = TRUST,
    location: Location = NOWHERE,
    hint: str | None = None,
) -> Finding:
    """Return the finding for one reason, as severe as the policy takes it."""
    return Finding(
        rule=rule,
        severity=weights[rule].under(policy),
        message=message,
        location=location,
        hint=hint,
    )


def expected(
    reasons: Iterable[Finding], weights: Mapping[str, Weight]
) -> tuple[Ilink, str]:
    """Return the answer that is expected of iLink, and the message that decides it.

    e217 outweighs a doubt, a doubt outweighs acceptance. A reason that is not in
    `weights` changes nothing; neither does trust, which iLink does not seem to ask.
    """
    order = (Ilink.E217, Ilink.UNKNOWN)
    said = [
        (order.index(weight.answer), number, reason.message, weight.answer)
        for number, reason in enumerate(reasons)
        if (weight := weights.get(reason.rule)) is not None and weight.answer in order
    ]
    if not said:
        return Ilink.ACCEPT, ""
    _, _, message, answer = min(said)
    return answer, message
