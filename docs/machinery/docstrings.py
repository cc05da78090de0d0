"""Docstrings for the API reference: names in single backticks become references.

Our docstrings are plain text with `name` for a name of the code and ``text`` for
anything literal. Here each name is looked up in the real objects: what the reference
documents becomes a link, what else exists a literal, and what does not exist a warning,
which fails the build.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sphinx.util import logging

from docs.machinery import literals, names

if TYPE_CHECKING:
    from collections.abc import Callable

    from docutils.nodes import Element, TextElement
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

_LOG = logging.getLogger(__name__)
_NAME: Final = re.compile(r"(?<![`:\w])`([^`\n]+)`(?!`)")
_EXAMPLE: Final = re.compile(r"\s*(>>>|\.\.\.)( |$)")


def linked(line: str, meaning: Callable[[str], str | None]) -> tuple[str, list[str]]:
    """Return a line in reStructuredText and the names that lead nowhere.

    >>> linked("`read` gives ``x``", {"read": "cius_pt.read"}.get)
    (':py:obj:`read <cius_pt.read>` gives ``x``', [])
    >>> linked("`rad` gives", {"read": "cius_pt.read"}.get)
    ('``rad`` gives', ['rad'])
    """
    lost: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        name = match[1]
        path = meaning(name)
        if path is None:
            lost.append(name)
        return f":py:obj:`{name} <{path}>`" if path else f"``{name}``"

    return _NAME.sub(replaced, line), lost


def process(
    _app: Sphinx, what: str, name: str, thing: Any, _options: Any, lines: list[str]
) -> None:
    """Rewrite one docstring; connected to autodoc-process-docstring."""

    def meaning(written: str) -> str | None:
        if literals.is_known(written):
            return ""
        path = names.meaning(written, thing, name)
        return names.home(path) if path else path

    in_example = False
    for number, line in enumerate(lines):
        in_example = bool(_EXAMPLE.match(line)) or (in_example and bool(line.strip()))
        if in_example:
            continue
        lines[number], lost = linked(line, meaning)
        for written in lost:
            _LOG.warning(
                "%s %s: its docstring names `%s`, which there is not (use ``…`` for "
                "what is no name)",
                what,
                name,
                written,
                type="docstring",
                subtype="name",
            )


def signature(*said: Any) -> tuple[str, str] | None:
    """Write a default that is made anew as Python can read it.

    Connected to autodoc-process-signature.
    """
    arguments, returned = said[-2:]
    if arguments is None or "<factory>" not in arguments:
        return None
    return arguments.replace("<factory>", "..."), returned


def resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: TextElement
) -> Element | None:
    """Find a type under its public name; connected to missing-reference.

    What exists and has no page here is shown plainly. Everything else stays a warning.
    """
    if node.get("refdomain") != "py":
        return None
    target = str(node["reftarget"])
    scope = str(node.get("py:module") or names.PACKAGE)
    for path in (target, f"{scope}.{target}", names.anywhere(target)):
        if path and names.importable(path):
            known = names.home(path)
            domain = env.get_domain("py")
            page = str(node["refdoc"])
            found = domain.resolve_xref(
                env, page, app.builder, "obj", known, node, shown
            )
            return found or shown
    return None
