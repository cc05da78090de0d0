# SPDX-License-Identifier: MIT
"""The program, Python, the machine, and the libraries the program stands on."""

from __future__ import annotations

import locale
import platform
import re
import sys
from importlib import metadata
from typing import TYPE_CHECKING, Final

from lxml import etree

from cius_pt.checkup.line import Line, State, same
from cius_pt.rules.entry import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_SHOWN: Final = ("lxml", "saxonche", "factur-x", "pyhanko", "httpx2")
_AGAIN: Final = Text(
    pt="instale de novo: python -m pip install --force-reinstall cius-pt",
    en="install again: python -m pip install --force-reinstall cius-pt",
)


def lines() -> Iterator[Line]:
    """Yield the versions; a library that is missing fails."""
    own = metadata.version("cius-pt")
    yield Line(name="cius-pt", state=State.OK, said=same(own), facts={"version": own})
    version, kind = platform.python_version(), platform.python_implementation()
    yield Line(
        name="python",
        state=State.OK,
        said=same(f"{kind} {version} ({sys.executable})"),
        facts={"version": version, "implementation": kind, "path": sys.executable},
    )
    system, encoding = platform.platform(), locale.getencoding()
    yield Line(
        name="platform",
        state=State.OK,
        said=same(f"{system}, {encoding}"),
        facts={"system": system, "encoding": encoding},
    )
    yield _libraries()
    yield _libxml2()


def _libraries() -> Line:
    versions = _versions()
    missing = [name for name, version in versions.items() if version is None]
    if missing:
        listed = ", ".join(missing)
        return Line(
            name="libraries",
            state=State.FAIL,
            said=Text(pt=f"faltam: {listed}", en=f"missing: {listed}"),
            advice=_AGAIN,
            facts=versions,
        )
    shown = ", ".join(f"{name} {versions[name]}" for name in _SHOWN if name in versions)
    return Line(name="libraries", state=State.OK, said=same(shown), facts=versions)


def _versions() -> Mapping[str, str | None]:
    """Return the version of everything the package requires, None where missing."""
    found: dict[str, str | None] = {}
    for requirement in metadata.requires("cius-pt") or ():
        name = _NAME.match(requirement)
        if name is None or "extra ==" in requirement:
            continue
        try:
            found[name[0]] = metadata.version(name[0])
        except metadata.PackageNotFoundError:
            found[name[0]] = None
    return found


def _libxml2() -> Line:
    has, wanted = (
        ".".join(map(str, version))
        for version in (etree.LIBXML_VERSION, etree.LIBXML_COMPILED_VERSION)
    )
    facts = {"version": has, "compiled_for": wanted}
    if etree.LIBXML_VERSION >= etree.LIBXML_COMPILED_VERSION:
        return Line(name="libxml2", state=State.OK, said=same(has), facts=facts)
    return Line(
        name="libxml2",
        state=State.WARN,
        said=Text(
            pt=f"{has}, mais antiga do que a que o lxml espera ({wanted})",
            en=f"{has}, older than the one lxml was made for ({wanted})",
        ),
        advice=_AGAIN,
        facts=facts,
    )
