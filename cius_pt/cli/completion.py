# SPDX-License-Identifier: MIT
"""``cius-pt completion``: the script that teaches a shell to complete our commands."""

from __future__ import annotations

from typing import Final

import click
from click.shell_completion import get_completion_class

from cius_pt.cli.streams import put

NAME: Final = "cius-pt"
VARIABLE: Final = "_CIUS_PT_COMPLETE"


@click.command(short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes SHELL complete commands, options, rules and code lists.

    \b
    bash  cius-pt completion bash > ~/.local/share/bash-completion/completions/cius-pt
          (make that folder first; bash 4.4 or newer)
    zsh   cius-pt completion zsh > FOLDER/_cius-pt, with FOLDER in fpath before compinit
    fish  cius-pt completion fish > ~/.config/fish/completions/cius-pt.fish

    For this session alone: eval "$(cius-pt completion bash)", or zsh; in fish:
    cius-pt completion fish | source.
    """  # noqa: D301 - click's mark for a paragraph that is kept as it is
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - the three that click has
    put(kind(context.find_root().command, {}, NAME, VARIABLE).source())
