# SPDX-License-Identifier: MIT
"""The options of ``cius-pt check`` that say what reports show: settings, baselines."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from cius_pt import artefacts
from cius_pt.cli.streams import tell
from cius_pt.cli.text import one_line, visible
from cius_pt.errors import ArtefactError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cius_pt.cli.adjusting import Adjustment
    from cius_pt.cli.config import Config

    Command = TypeVar("Command", bound=Callable[..., Any])

# Where click's context keeps what these options say, for the command.
_CONFIG: Final = "cius_pt.cli.config"
_WITHOUT: Final = "cius_pt.cli.no_config"
_FILE = click.Path(dir_okay=False, path_type=Path)


def _use(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    """Read the settings first of all: they are the defaults of the other options."""
    without = context.meta.get(_WITHOUT, False)
    if without and path is not None:
        raise _both()
    if without or context.resilient_parsing:  # the latter: a shell asks how to go on
        return
    from cius_pt.cli import config  # noqa: PLC0415 - not for the help

    found = config.find(Path.cwd()) if path is None else config.read(path)
    if found.path is not None and path is None:
        tell(f"settings: {visible(str(found.path))} (--no-config leaves them out)")
    context.meta[_CONFIG] = found
    context.default_map = {**(context.default_map or {}), **found.options}


def _use_none(context: click.Context, _: click.Parameter, without: bool) -> None:
    if without and _CONFIG in context.meta:
        raise _both()
    context.meta[_WITHOUT] = without


def _both() -> click.UsageError:
    return click.UsageError("--config and --no-config: give only one of them")


_OPTIONS: Final = (
    click.option(
        "--config",
        metavar="FILE",
        type=_FILE,
        is_eager=True,
        expose_value=False,
        callback=_use,
        help="The settings; by default the nearest cius-pt.toml, or pyproject.toml "
        "with [tool.cius-pt], from the working directory upwards.",
    ),
    click.option(
        "--no-config",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_use_none,
        help="Use no settings of any file.",
    ),
    click.option(
        "--allow",
        metavar="RULE",
        multiple=True,
        help="Let the settings hide or lower this rule where it is fatal; where they "
        "say nothing of it, it counts as a warning. Again for more.",
    ),
    click.option(
        "--baseline",
        metavar="FILE",
        type=_FILE,
        help="Hide the findings that stand in this file; what is new counts.",
    ),
    click.option(
        "--write-baseline",
        metavar="FILE",
        type=_FILE,
        help="Write what is found to this file, as known from now on.",
    ),
)


def settings_options(command: Command) -> Command:
    """Give a command the options of this module, in their order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def adjustment(
    context: click.Context,
    allow: Iterable[str],
    baselines: tuple[Path | None, Path | None],
    *,
    rules: str,
    taken: Iterable[str],
) -> Adjustment:
    """Return what adjusts the reports of a command; `baselines`: to read, to write.

    Raises a usage error for rule ids that nobody knows, unless `rules` are a set whose
    ids cannot be known, and for a baseline that would be written over what is `taken`;
    `CiusPtError` for a baseline that is none.
    """
    # Late: a command that stops at its options needs none of it.
    from cius_pt.cli.adjusting import Adjustment, Wanted  # noqa: PLC0415

    config: Config | None = context.meta.get(_CONFIG)
    allowed = frozenset(map(_allowed, allow))
    named = [("--allow", rule) for rule in sorted(allowed)]
    if config is not None:
        named += [(f"{config.path}: {key}", text) for key, text in config.patterns]
    for problem in _unknown(named):
        if not _foreign(rules):
            raise click.UsageError(f"{problem}; see cius-pt explain --list")
        tell(problem)
    known, new = baselines
    if new is not None and os.path.realpath(new) in map(os.path.realpath, taken):
        raise click.UsageError(
            "--write-baseline would overwrite what is to be checked or written"
        )
    wanted = Wanted() if config is None else config.wanted
    if known is None and new is None:
        return Adjustment(wanted, allowed=allowed)
    from cius_pt.cli.baseline import Baseline, Written  # noqa: PLC0415 - likewise

    return Adjustment(
        wanted,
        allowed=allowed,
        baseline=None if known is None else Baseline(known),
        written=None if new is None else Written(new),
    )


def _allowed(rule: str) -> str:
    from cius_pt.cli.adjusting import UNTOUCHED  # noqa: PLC0415 - only for --allow
    from cius_pt.cli.rule_patterns import matches  # noqa: PLC0415

    if "*" in rule:
        raise click.UsageError(f"--allow {rule!r}: name each rule by its whole id")
    if matches(UNTOUCHED, rule):
        raise click.UsageError(
            f"--allow {rule}: where the rules stop they judge nothing, and that cannot "
            "be allowed; correct the document"
        )
    return rule.upper()


def _unknown(named: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield what is to be said of each id or pattern that no rule has."""
    for where, text in named:
        from cius_pt.cli.rule_patterns import nearest  # noqa: PLC0415 - reads names

        hint = nearest(text)
        if hint is not None:
            yield one_line(f"{where}: no rule {text!r} is known{hint}")


def _foreign(rules: str) -> bool:
    """Whether these are rules whose ids we cannot know."""
    with suppress(ArtefactError):
        return artefacts.resolve(rules).standing in {"local", "unknown"}
    return False
