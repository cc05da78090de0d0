# SPDX-License-Identifier: MIT
"""Chains from a certificate to a trust anchor, built and validated without a network.

pyhanko's validator does what RFC 5280 asks of a chain. Ours are: a search that cannot
be made to run for ever by certificates that issue one another, revocation from the
files that are at hand (also for certificates that name no distribution point), and
algorithms left to the policy, so that a weak one is not mistaken for a broken chain.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import Enum
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from cius_pt.signature.signer import name_of
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Iterator

    from asn1crypto.x509 import Certificate, Name  # noqa: TC004 - imported late
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.errors import ValidationError
    from pyhanko_certvalidator.path import ValidationPath

_T = TypeVar("_T")
_Answer = tuple["Flaw | None", str]

MAX_STEPS: Final = 256
MAX_DEPTH: Final = 10
MAX_PATHS: Final = 8
_FOREVER: Final = dt.timedelta(days=36500)


class Flaw(Enum):
    """What is wrong with a chain, the worst first."""

    REVOKED = "CP-TRUST-05"
    REVOKED_AUTHORITY = "CP-TRUST-06"
    EXPIRED = "CP-TRUST-03"
    NOT_YET_VALID = "CP-TRUST-04"
    BROKEN = "CP-TRUST-09"
    NO_CHAIN = "CP-TRUST-02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What became of one certificate: its chain, or the worst flaw of its chains.

    `certificates` go from the anchor to the leaf and are empty when there is no chain.
    `revocation_known` says that a CRL or an OCSP response vouched for the leaf.
    """

    flaw: Flaw | None
    message: str = ""
    certificates: tuple[Certificate, ...] = field(default=(), repr=False)
    revocation_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything a chain may be built from, parsed; certificates by their subject."""

    roots: Mapping[str, Sequence[Certificate]] = field(repr=False)
    others: Mapping[str, Sequence[Certificate]] = field(repr=False)
    crls: Sequence[Any] = field(default=(), repr=False)
    ocsps: Sequence[Any] = field(default=(), repr=False)


def by_subject(certificates: Iterable[Certificate]) -> dict[str, list[Certificate]]:
    """Return certificates by subject, each of them once."""
    found: dict[str, dict[bytes, Certificate]] = {}
    for certificate in certificates:
        same = found.setdefault(certificate.subject.hashable, {})
        same[certificate.sha256] = certificate
    return {subject: list(same.values()) for subject, same in found.items()}


def best_chain(leaf: Certificate, material: Material, at: dt.datetime) -> Chain:
    """Return a chain without flaw, or the one whose flaw weighs most."""
    flawed: list[tuple[int, int, Chain]] = []
    for path in islice(paths(leaf, material), MAX_PATHS):
        chain = _judge(leaf, path, material, at)
        if chain.flaw is None:
            return chain
        flawed.append((list(Flaw).index(chain.flaw), len(flawed), chain))
    return min(flawed)[2] if flawed else _no_chain(leaf)


def paths(leaf: Certificate, material: Material) -> Iterator[ValidationPath]:
    """Yield chains from an anchor to the leaf, no certificate twice in one of them.

    The search gives up after `MAX_STEPS` certificates looked at.
    """
    from pyhanko_certvalidator.authority import CertTrustAnchor  # noqa: PLC0415

    path_of = _path_class()
    if any(r.sha256 == leaf.sha256 for r in _named(material.roots, leaf.subject)):
        yield path_of(CertTrustAnchor(leaf), [], None)
        return
    pending: list[tuple[Certificate, ...]] = [(leaf,)]
    for _ in range(MAX_STEPS):
        if not pending:
            return
        path = pending.pop()
        for root in _named(material.roots, path[0].issuer):
            if _may_issue(root, path[0]):
                yield path_of(CertTrustAnchor(root), list(path[:-1]), path[-1])
        if len(path) < MAX_DEPTH:
            seen = {certificate.sha256 for certificate in path}
            pending += [
                (issuer, *path)
                for issuer in _named(material.others, path[0].issuer)
                if issuer.sha256 not in seen and _may_issue(issuer, path[0])
            ]


@cache
def _path_class() -> type[ValidationPath]:
    """Return pyhanko's path, which also finds the CRLs of an anchor not self-signed.

    Those of a trusted list are such: certificates of authorities below some root.
    """
    from pyhanko_certvalidator.path import ValidationPath  # noqa: PLC0415

    class Path(ValidationPath):
        def truncate_to_issuer_and_append(self, cert: Certificate) -> ValidationPath:
            if any(cert.sha256 == root.sha256 for root in islice(self, 1)):
                return ValidationPath(self.trust_anchor, interm=[], leaf=None)
            return cast("ValidationPath", super().truncate_to_issuer_and_append(cert))

    return Path


def _named(
    certificates: Mapping[str, Sequence[Certificate]], name: Name
) -> Sequence[Certificate]:
    return certificates.get(name.hashable, ())


def _may_issue(issuer: Certificate, certificate: Certificate) -> bool:
    wanted, has = certificate.authority_key_identifier, issuer.key_identifier
    return wanted is None or has is None or bool(wanted == has)


def _no_chain(leaf: Certificate) -> Chain:
    name = name_of(leaf)
    message = (
        f"No trust anchor was found for the certificate of {name};"
        f" its issuer is {leaf.issuer.human_friendly}."
        if leaf.self_signed == "no"
        else f"The certificate of {name} is self-signed and is no trust anchor."
    )
    return Chain(flaw=Flaw.NO_CHAIN, message=message)


def _judge(
    leaf: Certificate, path: ValidationPath, material: Material, at: dt.datetime
) -> Chain:
    asked = [(True, True), (True, False), (False, True)]
    for of_leaf, of_authorities in asked if material.crls or material.ocsps else []:
        answer = _validate(path, material, at, of_leaf, of_authorities)
        if answer is not None:
            break
    else:
        of_leaf = False
        answer = _validate(path, material, at, False, False) or (Flaw.BROKEN, "")
    if answer[0] is None and path.pkix_len == 0:
        # RFC 5280 validates what an anchor issues, not the anchor.
        answer = _out_of_time(leaf, at)
    if answer[0] is Flaw.EXPIRED:
        answer = _revoked_before(leaf, path, material) or answer
    flaw, message = answer
    return Chain(
        flaw=flaw,
        message=message,
        certificates=tuple(path.iter_certs(include_root=True)),
        revocation_known=of_leaf,
    )


def _out_of_time(leaf: Certificate, at: dt.datetime) -> _Answer:
    name = name_of(leaf)
    if at > leaf.not_valid_after:
        until = leaf.not_valid_after.date()
        return Flaw.EXPIRED, f"The certificate of {name} expired on {until}."
    if at < leaf.not_valid_before:
        start = leaf.not_valid_before.date()
        return Flaw.NOT_YET_VALID, f"The certificate of {name} begins on {start}."
    return None, ""


def _revoked_before(
    leaf: Certificate, path: ValidationPath, material: Material
) -> _Answer | None:
    """Return the revocation of a certificate that has expired since, if it was."""
    if not (material.crls or material.ocsps):
        return None
    end = leaf.not_valid_after
    answer = _validate(path, material, end, True, False, any_age=True)
    return answer if answer is not None and answer[0] is Flaw.REVOKED else None


def _validate(  # noqa: PLR0913 - what may differ between two passes
    path: ValidationPath,
    material: Material,
    at: dt.datetime,
    of_leaf: bool,
    of_authorities: bool,
    *,
    any_age: bool = False,
) -> _Answer | None:
    """Return flaw and message; None where revocation was asked for and is not known."""
    from pyhanko_certvalidator import errors  # noqa: PLC0415
    from pyhanko_certvalidator.validate import async_validate_path  # noqa: PLC0415

    context = _context(path, material, at, (of_leaf, of_authorities), any_age=any_age)
    try:
        finished(async_validate_path(context, path))
    except errors.StaleRevinfoError:
        # What was revoked stays revoked, however old the list that says so.
        if any_age:
            return None
        older = _validate(path, material, at, of_leaf, of_authorities, any_age=True)
        revoked = (Flaw.REVOKED, Flaw.REVOKED_AUTHORITY)
        return older if older is not None and older[0] in revoked else None
    except errors.InsufficientRevinfoError:
        return None
    except errors.ValidationError as error:
        return _flaw(error), error.failure_msg
    except Exception:
        # Revocation data that cannot be read, in a document perhaps, says nothing.
        if of_leaf or of_authorities:
            return None
        raise
    return None, ""


def _flaw(error: ValidationError) -> Flaw:
    from pyhanko_certvalidator import errors  # noqa: PLC0415

    if isinstance(error, errors.RevokedError) and not error.is_side_validation:
        return Flaw.REVOKED if error.is_ee_cert else Flaw.REVOKED_AUTHORITY
    if isinstance(error, errors.ExpiredError):
        return Flaw.EXPIRED
    if isinstance(error, errors.NotYetValidError):
        return Flaw.NOT_YET_VALID
    return Flaw.BROKEN


def _context(
    path: ValidationPath,
    material: Material,
    at: dt.datetime,
    checked: tuple[bool, bool],
    *,
    any_age: bool,
) -> ValidationContext:
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415
    from pyhanko_certvalidator import policy_decl as decl  # noqa: PLC0415

    rule = decl.RevocationCheckingRule
    rules = [rule.CRL_OR_OCSP_REQUIRED if c else rule.NO_CHECK for c in checked]
    freshness = decl.FreshnessReqType
    revocation = decl.CertRevTrustPolicy(
        decl.RevocationCheckingPolicy(*rules),
        freshness=_FOREVER if any_age else None,
        freshness_req_type=(
            freshness.MAX_DIFF_REVOCATION_VALIDATION if any_age else freshness.DEFAULT
        ),
        # A list made later knows at least as much as one of the time.
        retroactive_revinfo=not any_age,
    )
    others = [c for same in material.others.values() for c in same]
    return ValidationContext(
        trust_roots=[path.trust_anchor],
        other_certs=others if any(checked) else (),
        crls=material.crls,
        ocsps=material.ocsps,
        moment=at,
        allow_fetching=False,
        revinfo_policy=revocation,
        algorithm_usage_policy=decl.AcceptAllAlgorithms(),
    )


def finished(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Return what a coroutine returns that has nothing to wait for.

    Nothing here may wait: that would be the network. So there is no event loop, and
    callers who have one of their own are not in the way.
    """
    try:
        coroutine.send(None)
    except StopIteration as end:
        return cast("_T", end.value)
    coroutine.close()
    raise RuntimeError("the validator waits for the outside world")
