# SPDX-License-Identifier: MIT
"""The settings of iLink, and whether the iLink that they name answers.

Secrets are never shown, nor how long they are: only whether they are there.
"""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from cius_pt.broker.credentials import PREFIX, credentials, settings, usual_file
from cius_pt.broker.environment import PRODUCTION_URL, TESTS_URL, environment
from cius_pt.checkup.answer import answer_lines
from cius_pt.checkup.line import Line, State, same
from cius_pt.errors import BrokerError, BrokerUnauthorised, InvalidValue
from cius_pt.rules.entry import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from cius_pt.broker.environment import Environment
    from cius_pt.broker.wire import Transport

_SETTINGS: Final = ("client_id", "client_secret", "token", "entity", "entities")
_WHICH: Final = Text(
    pt=f"defina {PREFIX}BASE_URL: {TESTS_URL} (testes) ou {PRODUCTION_URL} (produção)",
    en=f"set {PREFIX}BASE_URL: {TESTS_URL} (tests) or {PRODUCTION_URL} (production)",
)


def lines(
    config: Path | None,
    *,
    offline: bool,
    transport: Transport | None,
    clock: Callable[[], float] | None,
) -> Iterator[Line]:
    """Yield the settings file, which iLink, the credentials, its answer, the clock."""
    path = config or usual_file()
    found: dict[str, Any] | None = None
    try:
        file = _file(path)
        yield file
        if file.state is not State.FAIL:
            found = settings(path if path.is_file() else None, os.environ)
    except InvalidValue as error:
        yield _wrong("settings", error)
    except OSError as error:
        yield _unreadable(path, error)
    if found is None:
        for name in ("ilink", "credentials", "reach", "clock"):
            yield _skipped(name)
        return
    place = _place(found)
    yield place if isinstance(place, Line) else _named(place)
    yield _who(found)
    if isinstance(place, Line) or offline:
        yield _skipped("reach", offline=offline)
        yield _skipped("clock", offline=offline)
    else:
        yield from answer_lines(place, transport, clock or time.time)


def _file(path: Path) -> Line:
    """Return how the settings file is: it may be missing, others may not read it."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        said = Text(pt=f"{path}: não existe", en=f"{path}: there is none")
        return Line(name="config", state=State.SKIP, said=said)
    facts = {"path": str(path), "mode": f"{mode:04o}"}
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Line(
            name="config",
            state=State.FAIL,
            said=Text(
                pt=f"{path}: outros podem lê-lo (modo {mode:04o}); não é usado",
                en=f"{path}: others may read it (mode {mode:04o}); it is not used",
            ),
            advice=same(f"chmod 600 '{path}'"),
            facts=facts,
        )
    said = Text(
        pt=f"{path}: privado (modo {mode:04o})", en=f"{path}: private (mode {mode:04o})"
    )
    return Line(name="config", state=State.OK, said=said, facts=facts)


def _unreadable(path: Path, error: OSError) -> Line:
    return Line(
        name="settings",
        state=State.FAIL,
        said=Text(
            pt=f"{path}: não se pode ler ({error.strerror})",
            en=f"{path}: cannot be read ({error.strerror})",
        ),
        advice=Text(
            pt=f"o ficheiro deve ser deste utilizador: chown, e chmod 600 '{path}'",
            en=f"the file must be this user's: chown, and chmod 600 '{path}'",
        ),
        facts={"path": str(path)},
    )


def _place(found: Mapping[str, Any]) -> Environment | Line:
    """Return which iLink the settings name, or why none."""
    if "base_url" not in found and not any(name in found for name in _SETTINGS):
        return Line(
            name="ilink",
            state=State.SKIP,
            said=Text(
                pt="nenhum iLink configurado; só upload e status precisam dele",
                en="no iLink is set up; only upload and status need it",
            ),
            advice=_WHICH,
        )
    try:
        return environment(found)
    except InvalidValue as error:
        return _wrong("ilink", error)
    except BrokerError:
        return Line(
            name="ilink",
            state=State.FAIL,
            said=Text(
                pt="há credenciais, mas não se diz para que iLink",
                en="there are credentials, but not for which iLink",
            ),
            advice=_WHICH,
        )


def _named(place: Environment) -> Line:
    kinds = {
        TESTS_URL: Text(pt="testes", en="tests"),
        PRODUCTION_URL: Text(pt="produção", en="production"),
    }
    kind = kinds.get(place.base_url, Text(pt="outro", en="another"))
    return Line(
        name="ilink",
        state=State.OK,
        said=Text(
            pt=f"{place.base_url} ({kind.pt})", en=f"{place.base_url} ({kind.en})"
        ),
        facts={"host": urlsplit(place.base_url).hostname, "environment": kind.en},
    )


def _who(found: Mapping[str, Any]) -> Line:
    """Return whether the credentials are there; their values stay where they are."""
    facts = {name: bool(found.get(name)) for name in _SETTINGS}
    if not any(facts.values()) and "base_url" not in found:
        return _skipped("credentials")
    there = ", ".join(name for name, present in facts.items() if present) or "-"
    said = Text(
        pt=f"presentes: {there} (não se mostram)", en=f"present: {there} (not shown)"
    )
    try:
        who = credentials(found)
    except BrokerUnauthorised:
        return Line(
            name="credentials",
            state=State.FAIL,
            said=said,
            advice=Text(
                pt=f"defina {PREFIX}CLIENT_ID e {PREFIX}CLIENT_SECRET (ou "
                f"{PREFIX}TOKEN) e {PREFIX}ENTITY",
                en=f"set {PREFIX}CLIENT_ID and {PREFIX}CLIENT_SECRET (or "
                f"{PREFIX}TOKEN) and {PREFIX}ENTITY",
            ),
            facts=facts,
        )
    except InvalidValue as error:
        return _wrong("credentials", error, facts)
    if who.entity_of(None) is None:
        return Line(
            name="credentials",
            state=State.FAIL,
            said=said,
            advice=Text(
                pt=f"falta a chave pública da entidade: defina {PREFIX}ENTITY",
                en=f"the public key of the entity is missing: set {PREFIX}ENTITY",
            ),
            facts=facts,
        )
    return Line(name="credentials", state=State.OK, said=said, facts=facts)


def _wrong(
    name: str, error: InvalidValue, facts: Mapping[str, Any] | None = None
) -> Line:
    """Return what is wrong with a setting; these errors never quote a secret."""
    return Line(
        name=name,
        state=State.FAIL,
        said=Text(pt=f"não serve: {error}", en=f"cannot be used: {error}"),
        advice=Text(
            pt="corrija esta definição; docs/ilink.md diz quais há",
            en="correct this setting; docs/ilink.md says which there are",
        ),
        facts=facts or {},
    )


def _skipped(name: str, *, offline: bool = False) -> Line:
    said = Text(pt="não verificado", en="not looked at")
    if offline:
        said = Text(pt="não verificado (--offline)", en="not looked at (--offline)")
    return Line(name=name, state=State.SKIP, said=said)
