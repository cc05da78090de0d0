# SPDX-License-Identifier: MIT
"""Passwords and PINs: from an environment variable, a file descriptor or a prompt.

Never an argument: other users of a machine see the arguments of every process.
"""

from __future__ import annotations

import os
from typing import Final

import click

_LONGEST: Final = 4096

password_env_option = click.option(
    "--password-env",
    metavar="NAME",
    help="Environment variable that holds the password or the PIN.",
)
password_fd_option = click.option(
    "--password-fd",
    metavar="N",
    type=click.IntRange(min=0),
    help="File descriptor to read the password or the PIN from (first line).",
)


def password(
    what: str, *, env: str | None, descriptor: int | None, ask: bool = True
) -> str | None:
    """Return the secret of `what`; asks for it on the terminal if nothing is given.

    None when there is nobody to ask, or `ask` is off. Raises a usage error when the
    place that was named holds none.
    """
    if env is not None and descriptor is not None:
        raise click.UsageError("give --password-env or --password-fd, not both")
    if env is not None:
        if env not in os.environ:
            raise click.UsageError(f"there is no environment variable {env}")
        return os.environ[env]
    if descriptor is not None:
        return _read(descriptor)
    if not ask:
        return None
    typed: str = click.prompt(
        f"Password of {what}", hide_input=True, err=True, default="", show_default=False
    )
    return typed or None


def _read(descriptor: int) -> str:
    try:
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            line = file.readline(_LONGEST)
    except OSError as error:
        raise click.UsageError(
            f"--password-fd {descriptor} cannot be read: {error.strerror}"
        ) from None
    try:
        return line.rstrip(b"\r\n").decode()
    except UnicodeDecodeError:
        raise click.UsageError(f"--password-fd {descriptor} is not UTF-8") from None
