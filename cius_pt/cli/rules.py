# SPDX-License-Identifier: MIT
"""`cius-pt rules`: the rule sets on this machine.

Data goes to stdout, everything else to stderr. Errors propagate as `ArtefactError`;
its `unreachable` tells exit code 3 (the outside failed) from 2.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from cius_pt import artefacts
from cius_pt.cli.form import format_option
from cius_pt.cli.rules_export import export
from cius_pt.cli.rules_test import test
from cius_pt.cli.streams import put, tell
from cius_pt.errors import ArtefactError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cius_pt.artefacts import RuleSetInfo

_format = format_option("How to write the answer to stdout.")


@click.group("rules")
def command() -> None:
    """Install, list, test, export and remove rule sets.

    The built-in rulebook-2.1.2 says of a document what the published rules say. Those
    are not shipped with cius-pt: install them once, from a folder, a ZIP or a URL.
    Every file is checked against its published sha256.
    """


@command.command("list")
@_format
def list_(form: str) -> None:
    """List the rule sets that can be run and whether their files are unharmed."""
    found = artefacts.installed()
    if not found:
        tell(f"no published rule set is installed; {artefacts.HOW_TO_INSTALL}")
    found.append(artefacts.built_in(artefacts.RULEBOOK))
    _answer(form, {"rules": [_facts(s) for s in found]}, lambda: map(_line, found))


@command.command()
@click.argument("source")
@click.option(
    "--name", help="Which published set to take, or how to call an unknown one."
)
@click.option(
    "--trust",
    is_flag=True,
    help="Accept files that no publisher vouches for; every report will say so.",
)
@_format
def install(source: str, name: str | None, trust: bool, form: str) -> None:
    """Install a rule set from SOURCE: a folder, a .sch, a .zip or an https URL."""
    done = artefacts.install(source, name=name, trust=trust)
    tell(f"installed {done.label}")
    _answer(form, {"rules": [_facts(done)]}, lambda: [_line(done)])


@command.command()
@click.argument("name")
@_format
def info(name: str, form: str) -> None:
    """Show what the rule set NAME is and check its files."""
    rule_set = artefacts.info(name)
    _answer(form, {"rules": [_facts(rule_set)]}, lambda: _details(rule_set))


@command.command()
@click.argument("name")
@_format
def remove(name: str, form: str) -> None:
    """Remove the rule set NAME; it can be installed again."""
    artefacts.remove(name)
    tell(f"removed {name}")
    _answer(form, {"removed": [name]}, lambda: [name])


command.add_command(export)
command.add_command(test)


def _answer(form: str, data: dict[str, Any], text: Callable[[], Any]) -> None:
    """Write the answer to stdout, as JSON or as lines."""
    if form == "json":
        said = {"schema": 1, **data}
        put(json.dumps(said, indent=2, ensure_ascii=False) + "\n")
        return
    put("".join(f"{line}\n" for line in text()))


def _facts(rule_set: RuleSetInfo) -> dict[str, Any]:
    """Return the JSON form of a rule set; `problem` is null when it is unharmed."""
    return {
        "name": rule_set.name,
        "version": rule_set.version,
        "publisher": rule_set.publisher,
        "label": rule_set.label,
        "trusted": rule_set.trusted,
        "sha256": rule_set.content_hash,
        "entry": str(rule_set.entry),
        "files": dict(rule_set.files),
        "problem": _problem(rule_set),
    }


def _problem(rule_set: RuleSetInfo) -> str | None:
    try:
        artefacts.verify(rule_set)
    except ArtefactError as error:
        return str(error)
    return None


def _line(rule_set: RuleSetInfo) -> str:
    problem = _problem(rule_set)
    return f"{rule_set.name}\t{rule_set.label}\t{problem or 'ok'}"


def _details(rule_set: RuleSetInfo) -> list[str]:
    return [
        f"name:      {rule_set.name}",
        f"label:     {rule_set.label}",
        f"version:   {rule_set.version}",
        f"publisher: {rule_set.publisher}",
        f"sha256:    {rule_set.content_hash}",
        f"entry:     {rule_set.entry}",
        *(
            f"file:      {digest[:8]}  {name}"
            for name, digest in rule_set.files.items()
        ),
    ]
