# SPDX-License-Identifier: MIT
"""`breaking`: documents on which one fatal rule of CIUS-PT 2.1.2 is broken, no other.

``broken.tsv`` says by which changes of which document of ``bases/``; what is drawn is
one of these ways and the wording of the document around it. Some ways put things into
an extension, where UBL allows what it does not know and rules look all the same.
``unbroken.tsv`` lists the fatal rules that cannot be broken alone, each with the kind
of its proof; `tests/testing/test_unbroken.py` holds the proofs and
`benchmarks/breaking.py` the search for ways.
"""

from __future__ import annotations

import json
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from cius_pt import xmlio
from cius_pt.errors import InvalidValue
from cius_pt.testing.edits import Action, Edit, edited, path_of
from cius_pt.testing.texts import texts
from cius_pt.values import dataclass
from cius_pt.xmlio import CAC, CBC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import DrawFn, SearchStrategy

    Way = tuple[str, tuple[Edit, ...]]

# Free text that no rule compares with anything.
_WORDING = tuple(
    f"{{{CAC}}}{owner}/{{{CBC}}}{name}"
    for owner, name in (
        *(("Item", "Name"), ("Item", "Description")),
        *(("PostalAddress", "StreetName"), ("PostalAddress", "CityName")),
        *(("Address", "StreetName"), ("Address", "CityName")),
    )
)
_DATA = files("cius_pt.testing")


class Proof(StrEnum):
    """Why a rule cannot be broken alone."""

    NEVER = "never"
    SCHEMA = "schema"
    IMPLIES = "implies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbroken:
    """A rule that cannot be broken alone; who breaks it breaks one of the `others`."""

    rule: str
    proof: Proof
    others: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """The proof in words."""
        if self.proof is Proof.NEVER:
            return "its test is always true"
        if self.proof is Proof.SCHEMA:
            return "the UBL schema asks for it already, wherever it stands"
        return f"whatever breaks it breaks {' or '.join(self.others)} as well"


def breaking(rule: str) -> SearchStrategy[bytes]:
    """Draw documents that break exactly this fatal rule and no other fatal one.

    Raises `InvalidValue` for what is no fatal rule of CIUS-PT 2.1.2, and, with the
    reason, for a rule that is not broken alone (`unbreakable`).

    >>> from cius_pt import check
    >>> from hypothesis import find
    >>> report = check(find(breaking("BR-CO-25"), lambda _: True))
    >>> sorted({f.rule for f in report.findings if f.severity == "fatal"})
    ['BR-CO-25']
    """
    known = ways().get(rule)
    if known is not None:
        return _documents(known)
    reason = unbreakable().get(rule)
    if reason is None:
        raise InvalidValue(
            f"{rule} is no fatal rule of CIUS-PT 2.1.2; breakable() lists them",
            path="rule",
        )
    raise InvalidValue(f"{rule} cannot be broken alone: {reason}", path="rule")


def breakable() -> tuple[str, ...]:
    """Return the fatal rules that can be broken alone."""
    return tuple(ways())


@cache
def unbreakable() -> Mapping[str, str]:
    """Return the fatal rules that cannot be broken alone, each with the reason."""
    return MappingProxyType({item.rule: item.reason for item in unbroken()})


@cache
def unbroken() -> tuple[Unbroken, ...]:
    """Return the fatal rules that cannot be broken alone, each with its proof."""
    return tuple(
        Unbroken(rule=rule, proof=Proof(proof), others=tuple(others.split()))
        for rule, proof, others in _rows("unbroken.tsv")
    )


@st.composite
def _documents(draw: DrawFn, known: tuple[Way, ...]) -> bytes:
    name, edits = draw(st.sampled_from(known))
    words = [
        Edit(action=Action.WRITE, path=path, value=draw(texts(50)))
        for path in _wordings(name)
    ]
    return edited(base(name), [*words, *edits])


@cache
def ways() -> Mapping[str, tuple[Way, ...]]:
    """Return the ways to break each rule: a document and the changes of it."""
    found: dict[str, tuple[Way, ...]] = {}
    for rule, base, changes in _rows("broken.tsv"):
        edits = tuple(
            Edit(action=Action(action), path=path, name=name, value=value)
            for action, path, name, value in json.loads(changes)
        )
        found[rule] = (*found.get(rule, ()), (base, edits))
    return MappingProxyType(found)


@cache
def base(name: str) -> bytes:
    """Return a document that changes are made of."""
    return _DATA.joinpath("bases", f"{name}.xml").read_bytes()


@cache
def _wordings(name: str) -> tuple[str, ...]:
    root = xmlio.tree(base(name))
    return tuple(path_of(e) for words in _WORDING for e in root.iterfind(f".//{words}"))


def _rows(name: str) -> list[list[str]]:
    lines = _DATA.joinpath(name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:] if line and line[0] != "#"]
