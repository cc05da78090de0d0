"""Command lines on the pages, held to the parser: commands and options must exist."""

from __future__ import annotations

import re
import shlex
from functools import cache
from typing import TYPE_CHECKING, Final

import click

from cius_pt.cli.program import NAME, program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ENDS: Final = frozenset({"|", ";", "&&", "||", ">", "2>", "&", "#"})
_PROMPT: Final = "$ "


@cache
def commands() -> Mapping[str, click.Command]:
    """Return every command by its words: "check", "rules install"."""
    return dict(_below(program, ""))


def _below(group: click.Group, words: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        yield f"{words}{name}", command
        if isinstance(command, click.Group):
            yield from _below(command, f"{words}{name} ")


def problems(block: str) -> Iterator[str]:
    """Yield what is wrong with the command lines of a block."""
    lines = block.replace("\\\n", " ").splitlines()
    prompted = [x.removeprefix(_PROMPT) for x in lines if x.startswith(_PROMPT)]
    for line in prompted or lines:
        found = re.search(rf"(?:^|[\s/]){NAME}(?=\s)", line)
        if found and not line.lstrip().startswith("#"):
            said = problem(line[found.start() :].strip(" /"))
            if said:
                yield said


def problem(written: str) -> str | None:
    """Return what is wrong with `cius-pt COMMAND … --option`, or with an option alone.

    >>> problem("cius-pt check --jobs 2 archive/")
    >>> problem("cius-pt chekc archive/")
    'cius-pt has no command chekc'
    >>> problem("cius-pt check --job=2")
    'cius-pt check has no option --job'
    >>> problem("--nowhere")
    'no command has an option --nowhere'
    """
    words = _words(written)
    if words[0].startswith("-"):
        option = words[0].partition("=")[0]
        known = any(option in _options(one) for one in (program, *commands().values()))
        return None if known else f"no command has an option {option}"
    return _wrong(words[1:])


def _wrong(words: list[str]) -> str | None:
    command: click.Command = program
    said = NAME
    for word in words:
        if word.startswith("-") and word != "-":
            option = word.partition("=")[0]
            if option not in _options(command):
                return f"{said} has no option {option}"
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
            if found is None:
                return None if word.isupper() else f"{said} has no command {word}"
            command, said = found, f"{said} {word}"
    return None


def _words(written: str) -> list[str]:
    """Return the words of a command up to a pipe, a redirection or a remark."""
    try:
        words = _split(written)
    except ValueError:  # the quotation mark at its end is another language's
        words = _split(written.rstrip("'\""))
    ends = [number for number, word in enumerate(words) if word in _ENDS]
    return words[: ends[0]] if ends else words


def _split(written: str) -> list[str]:
    lexer = shlex.shlex(written, posix=True, punctuation_chars="|;&<>")
    lexer.whitespace_split = True
    return list(lexer)


def _options(command: click.Command) -> set[str]:
    context = click.Context(command, help_option_names=["-h", "--help"])
    return {
        o for p in command.get_params(context) for o in (*p.opts, *p.secondary_opts)
    }
