# SPDX-License-Identifier: MIT
"""Whom one trusts: anchors, what helps to reach them, and what became of them."""

from __future__ import annotations

from dataclasses import field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Self

from cius_pt.errors import InvalidValue
from cius_pt.signature import certificates
from cius_pt.signature.chains import Material, by_subject
from cius_pt.signature.services import Service
from cius_pt.values import dataclass

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustStore:
    """Anchors and what goes with them; certificates, CRLs and OCSP responses in DER.

    `roots` are trusted, self-signed or not; `intermediates` only help to reach them.
    `services` are what a trusted list says of its authorities: without them nobody can
    tell whether a signature is qualified. Raises `InvalidValue` for what cannot be
    parsed. The representation shows numbers only.
    """

    roots: tuple[bytes, ...] = field(default=(), repr=False)
    intermediates: tuple[bytes, ...] = field(default=(), repr=False)
    crls: tuple[bytes, ...] = field(default=(), repr=False)
    ocsps: tuple[bytes, ...] = field(default=(), repr=False)
    services: tuple[Service, ...] = field(default=(), repr=False, hash=False)

    def __post_init__(self) -> None:
        kinds = {
            "roots": "certificate",
            "intermediates": "certificate",
            "crls": "crl",
            "ocsps": "ocsp",
        }
        for name, kind in kinds.items():
            for number, der in enumerate(getattr(self, name)):
                if certificates.kind_of(der) != kind:
                    raise InvalidValue(f"not a DER {kind}", path=f"{name}[{number}]")

    def __repr__(self) -> str:
        numbers = ", ".join(
            f"{name}={len(getattr(self, name))}"
            for name in ("roots", "intermediates", "crls", "ocsps", "services")
        )
        return f"{type(self).__name__}({numbers})"

    @classmethod
    def from_files(
        cls,
        paths: Iterable[Path] = (),
        *,
        roots: Iterable[Path] = (),
        intermediates: Iterable[Path] = (),
    ) -> Self:
        """Read PEM or DER files and folders with certificates, CRLs, OCSP responses.

        In `paths` a self-signed certificate is an anchor and any other an
        intermediate; in `roots` and `intermediates` each is what the name says. Raises
        `ArtefactError` for a file that cannot be read or holds nothing of the kind.
        """
        mixed, anchors, others = (
            certificates.find(places) for places in (paths, roots, intermediates)
        )
        own = [der for der in mixed.certificates if certificates.self_signed(der)]
        rest = [der for der in mixed.certificates if der not in own]
        together = (mixed, anchors, others)
        return cls(
            roots=_once(own, anchors.certificates),
            intermediates=_once(rest, others.certificates),
            crls=_once(*(found.crls for found in together)),
            ocsps=_once(*(found.ocsps for found in together)),
        )

    @classmethod
    def from_trusted_list(
        cls, data: bytes, *, operators: Sequence[bytes], at: dt.datetime | None = None
    ) -> Self:
        """Read a Member State's trusted list (ETSI TS 119 612).

        `operators` are the certificates (DER) that may have signed it: those of the
        scheme operator, which `trusted_list.list_operators` finds in the EU's list of
        lists. The signature is judged at the list's issue date, so that a list from the
        archive can be used. With `at` the list must not have been due for replacement
        by then. Raises `ArtefactError` for a list that is not signed by an operator, is
        no trusted list, or was out of date.
        """
        from cius_pt.signature.trusted_list import read  # noqa: PLC0415

        services = read(data, operators=operators, at=at)
        anchors = [der for service in services for der in service.certificates]
        return cls(roots=_once(anchors), services=services)

    def plus(self, other: TrustStore) -> Self:
        """Return this store and another one as one."""
        return replace(
            self,
            roots=_once(self.roots, other.roots),
            intermediates=_once(self.intermediates, other.intermediates),
            crls=_once(self.crls, other.crls),
            ocsps=_once(self.ocsps, other.ocsps),
            services=self.services
            + tuple(s for s in other.services if s not in self.services),
        )

    def helped_by(
        self, *, crls: Iterable[bytes] = (), ocsps: Iterable[bytes] = ()
    ) -> Self:
        """Return this store with revocation data of a document, which is signed itself.

        What cannot be parsed is left out: it comes from the document, not the user.
        """
        good = [der for der in crls if certificates.kind_of(der) == "crl"]
        answers = [der for der in ocsps if certificates.kind_of(der) == "ocsp"]
        return replace(
            self, crls=_once(self.crls, good), ocsps=_once(self.ocsps, answers)
        )


def _once(*groups: Iterable[bytes]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(der for group in groups for der in group))


@lru_cache(maxsize=8)
def material(store: TrustStore) -> Material:
    """Return what a store holds as the search for chains wants it."""
    return Material(
        roots=by_subject(certificates.parsed(der) for der in store.roots),
        others=by_subject(certificates.parsed(der) for der in store.intermediates),
        crls=[certificates.crl_container(der) for der in store.crls],
        ocsps=[
            part for der in store.ocsps for part in certificates.ocsp_containers(der)
        ],
    )
