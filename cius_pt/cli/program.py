# SPDX-License-Identifier: MIT
"""What all commands share: how they are found, and what becomes of errors.

An error is one line on standard error and an exit code; a traceback is shown only
with --verbose.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cius_pt.circumstances import told
from cius_pt.cli.exit_codes import (
    COULD_NOT,
    DONE,
    INTERRUPTED,
    NOBODY_READS,
    OUTSIDE_FAILED,
)
from cius_pt.cli.streams import (
    flush,
    keep_their_places,
    let_go,
    never_fail_to_encode,
    tell,
)
from cius_pt.cli.text import one_line, visible
from cius_pt.errors import (
    ArtefactError,
    BrokerUnreachable,
    CiusPtError,
    OutcomeUnknown,
    SignatureError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAME: Final = "cius-pt"
_ASKED: Final = "_CIUS_PT_COMPLETE"

# Each command is imported when it is used, so that none pays for another.
_COMMANDS: Final[Mapping[str, str]] = {
    "build": "cius_pt.cli.build:build",
    "check": "cius_pt.cli.check:check",
    "codes": "cius_pt.cli.codes:codes",
    "completion": "cius_pt.cli.completion:completion",
    "doctor": "cius_pt.cli.doctor:doctor",
    "explain": "cius_pt.cli.explain:explain",
    "fake-ilink": "cius_pt.cli.fake_ilink:fake_ilink",
    "nif": "cius_pt.cli.nif:nif",
    "qr": "cius_pt.cli.qr:qr",
    "rules": "cius_pt.cli.rules:command",
    "show": "cius_pt.cli.show:show",
    "sign": "cius_pt.cli.sign:sign",
    "status": "cius_pt.cli.status:status",
    "upload": "cius_pt.cli.upload:upload",
    "verify": "cius_pt.cli.verify:verify",
}


class _Commands(click.Group):
    """The commands by name, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """Return the names in the order in which help shows them."""
        return list(_COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's
        cmd_name: str,
    ) -> click.Command | None:
        """Import a command; None when there is none of this name."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, attribute = _COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - our own table
        if _ASKED in os.environ:
            from cius_pt.cli.completing import equip  # noqa: PLC0415 - only for shells

            equip(cmd_name, command)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=NAME, prog_name=NAME, message="%(prog)s %(version)s")
@click.option(
    "-v", "--verbose", is_flag=True, help="Show the traceback of an internal error."
)
@click.pass_obj
def program(settings: dict[str, bool], verbose: bool) -> None:
    """Build, check, sign, verify and send CIUS-PT electronic invoices.

    Exit codes: 0 did it, 1 findings, 2 could not do it, 3 the outside failed.
    """
    settings["verbose"] = verbose


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; no error comes out."""
    keep_their_places()
    never_fail_to_encode()
    settings = {"verbose": False}
    try:
        _require_folder()
        code = _invoke(arguments, settings)
        # Now, when a failure can still be told; at exit Python would complain itself.
        flush()
    except (KeyboardInterrupt, click.Abort):
        # The next Ctrl-C ends it at once: at exit Saxon's thread is waited for.
        with suppress(ValueError):  # not in the main thread
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        code = INTERRUPTED
    except BrokenPipeError:
        code = NOBODY_READS
    except Exception as error:  # noqa: BLE001 - this is where all errors end
        unreachable = _is_outside(error)
        code = OUTSIDE_FAILED if unreachable else COULD_NOT
        with suppress(OSError):
            _say(error, verbose=settings["verbose"])
    else:
        return code
    let_go()
    return code


def _invoke(arguments: Sequence[str] | None, settings: dict[str, bool]) -> int:
    """Run a command; like click's own `main`, which takes 1 for a closed pipe."""
    if _ASKED in os.environ:  # a shell asks how to go on
        program.main(prog_name=NAME)
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with program.make_context(NAME, words, obj=settings) as context:
            program.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    return DONE


def _require_folder() -> None:
    """Refuse to run where a folder was: names mean nothing there, and Saxon dies."""
    try:
        Path.cwd()
    except FileNotFoundError:
        raise CiusPtError(
            "the current folder is gone: change to one that is there (cd)"
        ) from None


def _is_outside(error: Exception) -> bool:
    """Whether it is the outside that failed."""
    if isinstance(error, ArtefactError | SignatureError):
        return error.unreachable
    return isinstance(error, BrokerUnreachable | OutcomeUnknown)


def _say(error: Exception, *, verbose: bool) -> None:
    """Say in one line what happened."""
    if isinstance(error, click.ClickException):
        error.show()
    elif isinstance(error, CiusPtError):
        tell(f"Error: {one_line(str(error))}")
    elif isinstance(error, OSError):
        what = f"{visible(str(error.filename))}: " if error.filename else ""
        tell(f"Error: {what}{one_line(told(error))}")
    else:
        if verbose:
            import traceback  # noqa: PLC0415 - only now

            tell("".join(traceback.format_exception(error)).rstrip())
        said = one_line(f"{type(error).__name__}: {error}".removesuffix(": "))
        tell(f"internal error: {said} (run with {NAME} -v)")
