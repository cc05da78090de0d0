# SPDX-License-Identifier: MIT
"""The manual pages, made from the parser: ``python -m cius_pt.cli.manual FOLDER``.

One page for the program and one for each command; the commands of a group stand on the
group's page. What help says is what the pages say, so that they cannot differ.
"""

from __future__ import annotations

import inspect
import re
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cius_pt.cli.program import NAME, program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Of the version that the pages are of: nobody's clock may change them.
_DATE: Final = "2026-11-27"
_WIDTH: Final = 10_000
_EXIT_CODES: Final = "Exit codes: "
_ENVIRONMENT: Final[Mapping[str, str]] = {
    "CIUS_PT_HOME": "The data directory: rule sets, ilink.toml, cache.",
    "CIUS_PT_ILINK_BASE_URL, CIUS_PT_ILINK_CLIENT_ID, CIUS_PT_ILINK_CLIENT_SECRET, "
    "CIUS_PT_ILINK_TOKEN, CIUS_PT_ILINK_ENTITY, CIUS_PT_ILINK_JOURNAL": "Which iLink, "
    "and who we are to it; they win over the settings file.",
    "LC_ALL, LC_MESSAGES, LANG": "The language, where --lang names none: Portuguese "
    "or English.",
}
_FILES: Final[Mapping[str, str]] = {
    "ilink.toml": "In the data directory, of mode 0600, with a table [ilink]: the "
    "same settings. doctor shows where it is looked for."
}


def pages() -> dict[str, str]:
    """Return the pages by the name of their file."""
    root = click.Context(program, info_name=NAME, **program.context_settings)
    found = {f"{NAME}.1": _page(NAME, root, _program_end(root))}
    for name in program.list_commands(root):
        context = _below(root, name)
        if isinstance(context.command, click.Group):
            end = _subcommands(context)
        else:
            end = iter(())
        found[f"{NAME}-{name}.1"] = _page(f"{NAME}-{name}", context, end)
    return found


def _below(context: click.Context, name: str) -> click.Context:
    assert isinstance(context.command, click.Group)  # noqa: S101 - as we are called
    command = context.command.get_command(context, name)
    assert command is not None  # noqa: S101 - the group has listed it
    return click.Context(command, info_name=name, parent=context)


def _page(title: str, context: click.Context, end: Iterator[str]) -> str:
    command = context.command
    about = command.get_short_help_str(_WIDTH).rstrip(".")
    see = (
        [f"{NAME}(1)"] if context.parent else [f"{NAME}-check(1)", f"{NAME}-doctor(1)"]
    )
    lines = [
        r".\" Made by: python3 tasks.py man",
        f'.TH {title.upper()} 1 {_DATE} "{NAME} {version(NAME)}" "User Commands"',
        # Ids and paths are copied: no hyphen in them but their own.
        ".nh",
        ".SH NAME",
        f"{plain(title)} \\- {plain(about[:1].lower() + about[1:])}",
        ".SH SYNOPSIS",
        *_synopsis(context),
        ".SH DESCRIPTION",
        *_described(command),
        ".SH OPTIONS",
        *_options(context),
        *end,
        ".SH EXIT STATUS",
        plain(_exit_codes(command)),
        ".SH SEE ALSO",
        ", ".join(plain(page) for page in see),
    ]
    return "\n".join(lines) + "\n"


def _synopsis(context: click.Context) -> list[str]:
    pieces = " ".join(context.command.collect_usage_pieces(context))
    return [f".B {plain(context.command_path)}", plain(pieces)]


def _described(command: click.Command) -> Iterator[str]:
    """Yield the help as paragraphs, without the exit codes, which have a section."""
    for number, paragraph in enumerate(_paragraphs(command)):
        if number:
            yield ".PP"
        if paragraph.startswith("\b"):
            # Lines that click leaves as they are.
            yield from (".nf", *map(plain, paragraph.splitlines()[1:]), ".fi")
        else:
            yield plain(" ".join(paragraph.split()))


def _paragraphs(command: click.Command) -> list[str]:
    found = re.split(r"\n\s*\n", _help(command))
    return [text for text in found if not text.startswith(_EXIT_CODES)]


def _exit_codes(command: click.Command) -> str:
    """Return what the help says of them; what it leaves out the program's says."""
    for text in re.split(r"\n\s*\n", _help(command)):
        if text.startswith(_EXIT_CODES):
            said = " ".join(text.removeprefix(_EXIT_CODES).split())
            return said[:1].upper() + said[1:]
    return _exit_codes(program)


def _help(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "")


def _options(context: click.Context) -> Iterator[str]:
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and record[1]:
            yield from (".TP", f".B {plain(record[0])}", plain(record[1]))


def _subcommands(context: click.Context) -> Iterator[str]:
    assert isinstance(context.command, click.Group)  # noqa: S101 - as we are called
    yield ".SH COMMANDS"
    for name in context.command.list_commands(context):
        below = _below(context, name)
        pieces = " ".join(below.command.collect_usage_pieces(below))
        yield f".SS {plain(f'{name} {pieces}')}"
        yield from _described(below.command)
        yield from _options(below)


def _program_end(context: click.Context) -> Iterator[str]:
    """Yield what only the program's own page has."""
    yield ".SH COMMANDS"
    for name in program.list_commands(context):
        about = _below(context, name).command.get_short_help_str(_WIDTH)
        yield from (".TP", f".BR {plain(f'{NAME}-{name}')} (1)", plain(about))
    for section, table in (("ENVIRONMENT", _ENVIRONMENT), ("FILES", _FILES)):
        yield f".SH {section}"
        for name, about in table.items():
            yield from (".TP", f".B {plain(name)}", plain(about))


def plain(text: str) -> str:
    """Return a line of text in which nothing is a command of roff."""
    text = text.replace("\\", r"\e").replace("-", r"\-")
    text = re.sub(r"[^\x00-\x7f]", lambda sign: rf"\[u{ord(sign[0]):04X}]", text)
    return rf"\&{text}" if text.startswith((".", "'")) else text


def main(folder: Path) -> None:
    """Write the pages to a folder, and take away those of commands that are gone."""
    made = pages()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{NAME}*.1"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="ascii", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
