"""The reference of the command line, made from the parser when the site is built."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Final

import click
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from cius_pt.cli.program import NAME, program
from docs.machinery import command_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_UNSAID: Final = (None, False, (), "")


class Commands(SphinxDirective):
    """A section for the program and one for each command."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        found = [self._section(NAME, program)]
        found += [
            self._section(f"{NAME} {words}", command)
            for words, command in command_lines.commands().items()
        ]
        return list(found)

    def _section(self, words: str, command: click.Command) -> nodes.section:
        section = nodes.section(ids=[nodes.make_id(words)], names=[words.lower()])
        self.set_source_info(section)
        section += nodes.title(words, words)
        self.state.document.note_explicit_target(section)
        context = click.Context(
            command, info_name=words, help_option_names=["-h", "--help"]
        )
        usage = " ".join([words, *command.collect_usage_pieces(context)])
        section += nodes.literal_block(usage, usage, language="text")
        section += _help(command)
        section += _options(command, context)
        return section


def _help(command: click.Command) -> Iterator[nodes.Node]:
    """Yield the paragraphs of the help; those after a mark of click's keep lines."""
    for part in inspect.cleandoc(command.help or "").split("\n\n"):
        if part.startswith("\b"):
            kept = part.removeprefix("\b").strip("\n")
            yield nodes.literal_block(kept, kept, language="text")
        else:
            yield nodes.paragraph("", " ".join(part.split()))


def _options(command: click.Command, context: click.Context) -> Iterator[nodes.Node]:
    """Yield the list of options: names, values, default, what it is."""
    options = [
        one
        for one in command.get_params(context)
        if isinstance(one, click.Option) and not one.hidden
    ]
    items = nodes.definition_list(classes=["options"])
    for option in options:
        term = nodes.term("", "", *_names(option, context))
        words = " ".join([option.help or "", *_extras(option, context)]).strip()
        body = nodes.definition("", nodes.paragraph("", words))
        items += nodes.definition_list_item("", term, body)
    if options:
        yield items


def _names(option: click.Option, context: click.Context) -> Iterable[nodes.Node]:
    """Yield the names of an option and what value it takes."""
    spellings = [", ".join(option.opts), ", ".join(option.secondary_opts)]
    names = " / ".join(filter(None, spellings))
    value = "" if option.is_flag or option.count else option.make_metavar(context)
    yield nodes.literal("", f"{names} {value}".strip())


def _extras(option: click.Option, context: click.Context) -> Iterator[str]:
    """Yield default, environment variable and how often it is given."""
    default = option.get_default(context, call=False)
    said = isinstance(default, str | int | float) and default not in _UNSAID
    if said and not option.is_flag:
        yield f"Default: {default}."
    if option.required:
        yield "Required."
    if option.multiple:
        yield "May be given more than once."
    if option.envvar:
        yield f"Also from the environment: {option.envvar}."
