"""The API reference: each public name, described by its own docstring."""

from __future__ import annotations

import enum
import inspect
from typing import TYPE_CHECKING, Any, Final

from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

import cius_pt
from docs.machinery import names

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

_LOG = logging.getLogger(__name__)
# No page has it: it is a text, the version of the package.
_PLAIN: Final = frozenset({"__version__"})


class Public(SphinxDirective):
    """The documentation of public names, in the order given."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return what autodoc makes of each name."""
        parts: list[str] = []
        for name in self.arguments[0].split():
            if name not in cius_pt.__all__:
                raise self.error(f"{name} is no public name")
            parts += [*_directive(name, getattr(cius_pt, name)), ""]
        return self.parse_text_to_nodes("\n".join(parts))


def _directive(name: str, thing: Any) -> list[str]:
    path = f"{names.PACKAGE}.{name}"
    if not inspect.isclass(thing):
        return [f".. autofunction:: {path}"]
    lines = [f".. autoclass:: {path}", "   :members:"]
    (base, *_) = thing.__bases__
    if base.__name__.startswith("_"):
        lines.append("   :inherited-members:")
    elif base is not object:
        lines.append("   :show-inheritance:")
    if issubclass(thing, enum.Enum):
        lines += ["   :undoc-members:", "   :member-order: bysource"]
    return lines


def complete(_app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of public names without a page; connected to env-check-consistency."""
    there = {name for name, *_ in env.get_domain("py").get_objects()}
    for name in cius_pt.__all__:
        if f"{names.PACKAGE}.{name}" not in there and name not in _PLAIN:
            _LOG.warning("public name %s is on no page of docs/api", name)
