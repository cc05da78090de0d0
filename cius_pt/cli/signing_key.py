# SPDX-License-Identifier: MIT
"""Which key signs: the options of `cius-pt sign` that find it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from cius_pt.cli.secret import password, password_env_option, password_fd_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from cius_pt.signature.signing.key import SigningKey

    Command = TypeVar("Command", bound=Callable[..., Any])

_ENCRYPTED: Final = b"ENCRYPTED"
_EXISTING: Final = click.Path(exists=True, dir_okay=False, path_type=Path)

_OPTIONS: Final = (
    click.option("--p12", type=_EXISTING, help="PKCS#12 file (.p12, .pfx)."),
    click.option(
        "--pem", type=_EXISTING, help="Certificates in PEM, the signer's and its chain."
    ),
    click.option("--key", "key_file", type=_EXISTING, help="Private key in PEM."),
    click.option(
        "--pkcs11",
        metavar="MODULE",
        help="PKCS#11 module of a card, stick or HSM (needs python-pkcs11).",
    ),
    click.option("--token", metavar="LABEL", help="Which token."),
    click.option("--label", metavar="LABEL", help="Which key of the token."),
    click.option("--pss", is_flag=True, help="RSA keys sign with RSASSA-PSS."),
    password_env_option,
    password_fd_option,
)


def key_options(command: Command) -> Command:
    """Add the options to a command, which gets them as keywords for `load`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def load(  # noqa: PLR0913 - one argument per option
    *,
    p12: Path | None,
    pem: Path | None,
    key_file: Path | None,
    pkcs11: str | None,
    token: str | None,
    label: str | None,
    pss: bool,
    password_env: str | None,
    password_fd: int | None,
) -> SigningKey:
    """Return the key that the options name.

    Raises a usage error unless exactly one source is named, and `SignatureError`.
    """
    from cius_pt.signature.signing.key import SigningKey  # noqa: PLC0415 - late

    if sum(source is not None for source in (p12, pem, pkcs11)) != 1:
        raise click.UsageError("say who signs: --p12, --pem with --key, or --pkcs11")
    if (pem is None) != (key_file is None):
        raise click.UsageError("--pem and --key go together")
    if pkcs11 is None and (token is not None or label is not None):
        raise click.UsageError("--token and --label are for --pkcs11")

    def secret(what: str, *, ask: bool = True) -> str | None:
        return password(what, env=password_env, descriptor=password_fd, ask=ask)

    if p12 is not None:
        data = p12.read_bytes()
        return SigningKey.from_pkcs12(data, secret(p12.name), pss=pss)
    if pem is not None and key_file is not None:
        key = key_file.read_bytes()
        asked = secret(key_file.name, ask=_ENCRYPTED in key)
        return SigningKey.from_pem(pem.read_bytes(), key, asked, pss=pss)
    return SigningKey.from_pkcs11(
        str(pkcs11), pin=secret("the token") or "", token=token, label=label, pss=pss
    )
