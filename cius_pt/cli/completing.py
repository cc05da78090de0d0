# SPDX-License-Identifier: MIT
"""What can stand in the place of an argument, for shells that ask how to go on.

One table says which parameter is completed by what. It is put on the commands only
when a shell asks, so that nobody else pays for it; where it says nothing click knows
the choices, files and folders of an option itself.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click
from click.shell_completion import CompletionItem

from cius_pt import artefacts
from cius_pt.cli.language import language
from cius_pt.cli.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Items = list[CompletionItem]
    Completer = Callable[[click.Context, click.Parameter, str], Items]

# So many ids can be read with a word on each, and are quickly looked up.
_EXPLAINED: Final = 40


def equip(name: str, command: click.Command) -> None:
    """Give the parameters of a command, and of those below it, what completes them."""
    for parameter in command.params:
        key = f"{name} {parameter.name}"
        completer = BY_COMMAND.get(key) or BY_NAME.get(parameter.name or "")
        if completer is not None:
            # click takes one only where a parameter is made, and reads it from here.
            parameter._custom_shell_complete = completer  # noqa: SLF001
    if isinstance(command, click.Group):
        for below, found in command.commands.items():
            equip(f"{name} {below}", found)


def files(_: click.Context, __: click.Parameter, incomplete: str) -> Items:
    """Leave it to the shell, which knows its files best."""
    return [CompletionItem(incomplete, type="file")]


def rule_ids(_: click.Context, __: click.Parameter, incomplete: str) -> Items:
    """Return the rule ids that begin so, in any case; few of them with a word each."""
    from cius_pt.rules import catalogue  # noqa: PLC0415 - only for rules

    begin, lang = incomplete.upper(), language()
    ids = sorted(r for r in catalogue.rules() if r.upper().startswith(begin))
    if len(ids) > _EXPLAINED:
        return [CompletionItem(rule) for rule in ids]
    found = [(rule, catalogue.entry(rule)) for rule in ids]
    return [
        CompletionItem(rule, help=one_line(entry.asks.get(lang)) if entry else None)
        for rule, entry in found
    ]


def rule_sets(_: click.Context, __: click.Parameter, incomplete: str) -> Items:
    """Return the rule sets that can be run, else files."""
    names = ["auto", *_installed(), artefacts.RULEBOOK, artefacts.STRICT]
    return _or_files(names, incomplete)


def installed(_: click.Context, __: click.Parameter, incomplete: str) -> Items:
    """Return the rule sets that were installed."""
    return _items(_installed(), incomplete)


def recipients(_: click.Context, __: click.Parameter, incomplete: str) -> Items:
    """Return the profiles that come with the package, else files."""
    from cius_pt.rules import recipients as profiles  # noqa: PLC0415 - only for them

    return _or_files(profiles.names(), incomplete)


def code_lists(_: click.Context, __: click.Parameter, incomplete: str) -> Items:
    """Return the code lists, each with its title."""
    from cius_pt import codes  # noqa: PLC0415 - only for codes

    title = f"title.{language()}"
    return [
        CompletionItem(name, help=codes.table(name).about[title])
        for name in codes.names()
        if name.startswith(incomplete)
    ]


def codes_of(context: click.Context, _: click.Parameter, incomplete: str) -> Items:
    """Return the codes of the list that stands before."""
    from cius_pt import codes  # noqa: PLC0415 - only for codes

    name = str(context.params.get("name") or "").replace("-", "_").casefold()
    if name not in codes.names():
        return []
    return _items(dict.fromkeys(r["code"] for r in codes.table(name).rows), incomplete)


def _installed() -> Iterator[str]:
    return (found.name for found in artefacts.installed())


def _or_files(names: Iterable[str], incomplete: str) -> Items:
    found = [] if os.sep in incomplete else _items(names, incomplete)
    return found or [CompletionItem(incomplete, type="file")]


def _items(names: Iterable[str], incomplete: str) -> Items:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


# By the name of the parameter wherever it stands, and by command where that says more.
BY_NAME: Final[Mapping[str, Completer]] = {
    "files": files,
    "rules": rule_sets,
    "recipient": recipients,
}
BY_COMMAND: Final[Mapping[str, Completer]] = {
    "check allow": rule_ids,
    "codes name": code_lists,
    "codes wanted": codes_of,
    "explain wanted": rule_ids,
    "rules info name": installed,
    "rules install source": files,
    "rules remove name": installed,
    "rules test rule_set": rule_sets,
}
