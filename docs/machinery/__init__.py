"""What the site is made with: pages from the catalogue, the parser and the objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Join Sphinx."""
    # Late: the tests of a part need no Sphinx.
    from docs.machinery import (  # noqa: PLC0415
        alone,
        commands,
        conversations,
        docstrings,
        literals,
        names,
        public,
        rules,
    )

    names.bring_in_types()
    conversations.be_plain()
    app.add_object_type("rule", "rule", objname="rule")
    app.add_object_type("term-of-rules", "term-of-rules", objname="business term")
    app.add_directive("rules", rules.Rules)
    app.add_directive("rule-index", rules.RuleIndex)
    app.add_directive("commands", commands.Commands)
    app.add_directive("public", public.Public)
    app.connect("autodoc-process-docstring", docstrings.process)
    app.connect("autodoc-process-signature", docstrings.signature)
    app.connect("missing-reference", docstrings.resolve)
    app.connect("doctree-read", literals.read)
    app.connect("env-check-consistency", rules.complete)
    app.connect("env-check-consistency", public.complete)
    app.connect("build-finished", alone.finished)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
