"""Rule ids, options and dotted names on the pages are held to what there is.

A rule id anywhere in a text becomes a link to the rule. An option, a command line or
a dotted name of the package, in code or in a block of it, has to exist. What does not
is a warning, which fails the build.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging

from cius_pt.rules import catalogue
from docs.machinery import command_lines, names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

_LOG = logging.getLogger(__name__)
RULE: Final = re.compile(r"\b(?:BR|DT|UBL|CP)(?:-[A-Z]+)*-\d[\w.]*(?<!\.)")
REPOSITORY: Final = Path(__file__).resolve().parent.parent.parent
_DOTTED: Final = re.compile(r"(cius_pt|cp)(\.[A-Za-z_]\w*)+")
_TYPED: Final = frozenset({"sh", "console", "yaml", "groovy"})
_UNTOUCHED: Final = (nodes.literal_block, nodes.reference, addnodes.pending_xref)


def is_known(text: str) -> bool:
    """Whether this is a rule, a file of the repository or an option that there is."""
    if RULE.fullmatch(text):
        return text in catalogue.rules()
    if "/" in text:
        return (REPOSITORY / text).exists()
    return text.startswith("--") and command_lines.problem(text) is None


def rule_link(rule: str, docname: str, shown: nodes.TextElement) -> nodes.Element:
    """Return a reference to a rule, to be resolved when all pages are read."""
    link = addnodes.pending_xref(
        "",
        shown,
        refdomain="std",
        reftype="rule",
        reftarget=rule,
        refdoc=docname,
        refexplicit=True,
        refwarn=True,
    )
    link.source, link.line = shown.source, shown.line
    return link


def read(app: Sphinx, doctree: nodes.document) -> None:
    """Link the rules of a page and look its names up; connected to doctree-read."""
    docname = app.env.current_document.docname
    for text in list(doctree.findall(nodes.Text)):
        if not any(isinstance(above, _UNTOUCHED) for above in _above(text)):
            _link_rules(text, docname)
    for literal in doctree.findall(nodes.literal):
        for problem in _problems(literal.astext()):
            _warn(problem, literal)
    for block in doctree.findall(nodes.literal_block):
        if block.get("language") in _TYPED:
            for problem in command_lines.problems(block.astext()):
                _warn(problem, block)


def _above(node: nodes.Node) -> Iterator[nodes.Node]:
    while node.parent is not None:
        node = node.parent
        yield node


def _link_rules(text: nodes.Text, docname: str) -> None:
    """Replace each rule id of a text by a link to the rule."""
    written = text.astext()
    found = list(RULE.finditer(written))
    if not found or isinstance(text.parent, nodes.title):
        return
    parts: list[nodes.Node] = []
    end = 0
    for match in found:
        parts.append(nodes.Text(written[end : match.start()]))
        shown = nodes.inline("", match[0])
        shown.source, shown.line = text.parent.source, text.parent.line
        parts.append(rule_link(match[0], docname, shown))
        end = match.end()
    parts.append(nodes.Text(written[end:]))
    text.parent.replace(text, [p for p in parts if p.astext()])


def _problems(written: str) -> Iterator[str]:
    """Yield what is wrong with a piece of code inside a sentence."""
    if written.startswith(("--", "cius-pt ")):
        problem = command_lines.problem(written)
        if problem:
            yield problem
    dotted = _DOTTED.match(written)
    if dotted:
        path = re.sub(r"^cp\.", "cius_pt.", dotted[0])
        if not names.importable(path):
            yield f"there is no {path}"


def _warn(problem: str, node: nodes.Element) -> None:
    _LOG.warning("%s", problem, location=node, type="names", subtype="unknown")
