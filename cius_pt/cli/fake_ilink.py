# SPDX-License-Identifier: MIT
"""``cius-pt fake-ilink``: a local iLink to try an integration against."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cius_pt.cli.streams import flush, put

if TYPE_CHECKING:
    from cius_pt.testing.fake_ilink import Entity, FakeIlink

_DEFAULTS: Final = ("123456789", "987654321")


@click.command("fake-ilink", short_help="Run a local iLink to try things against.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="The port on 127.0.0.1; 0, the default, takes a free one.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Remember documents in this file; without it nothing is kept.",
)
@click.option(
    "--entity",
    "entities",
    metavar="NIF[:KEY]",
    multiple=True,
    help="An entity and its public key (key<NIF> by default); may be repeated.",
)
@click.option(
    "--requires-commitment",
    metavar="NIF",
    multiple=True,
    help="An entity that takes no document without a commitment number (e048).",
)
@click.option(
    "--fault",
    "faults",
    metavar="STEP:KIND[=VALUE][@WHEN]",
    multiple=True,
    help="Something to do wrong, such as upload:drop-after@2; may be repeated.",
)
@click.option("--rules", default="auto", show_default=True, help="The rule set to use.")
@click.option(
    "--rate-limit",
    type=click.IntRange(0),
    default=200,
    show_default=True,
    help="Requests a minute; 0 for no limit.",
)
@click.option(
    "--accept-after",
    type=click.FloatRange(0),
    metavar="SECONDS",
    help="Have every document accepted so long after it was sent.",
)
def fake_ilink(  # noqa: PLR0913 - one argument for each option
    *,
    port: int,
    state: Path | None,
    entities: tuple[str, ...],
    requires_commitment: tuple[str, ...],
    faults: tuple[str, ...],
    rules: str,
    rate_limit: int,
    accept_after: float | None,
) -> None:
    """Run a local iLink until Ctrl-C; it listens on 127.0.0.1 only.

    It prints the settings a client needs. Its credentials are no secrets. What it
    does follows the public documentation of iLink and proves nothing about iLink
    itself; see docs/fake-ilink.md.
    """
    from cius_pt.testing.fake_ilink import (  # noqa: PLC0415 - not for help
        Change,
        FakeIlink,
        Fault,
        Settings,
    )

    script = () if accept_after is None else (Change(after=accept_after, code="11"),)
    settings = Settings(rules=rules, rate_limit=rate_limit or None, script=script)
    known = [_entity(text, requires_commitment) for text in entities or _DEFAULTS]
    wrong = [Fault.parse(text) for text in faults]
    try:
        server = FakeIlink(settings, state=state, port=port)
    except OSError as error:
        raise click.ClickException(f"--port {port}: {error.strerror}") from error
    with server as ilink:
        ilink.faults.set(*wrong)
        ilink.add(*known)
        put(_told(ilink, known))
        flush()
        threading.Event().wait()


def _entity(text: str, requires_commitment: tuple[str, ...]) -> Entity:
    from cius_pt.testing.fake_ilink import Entity  # noqa: PLC0415 - not for help

    nif, _, key = text.partition(":")
    if not (nif.isascii() and nif.isdigit()):
        raise click.UsageError(f"--entity {text}: NIF[:KEY], the NIF without country")
    needed = ("commitment_number",) if nif in requires_commitment else ()
    return Entity(nif=nif, key=key, requires=needed)


def _told(ilink: FakeIlink, entities: list[Entity]) -> str:
    """Return the settings of a client, one a line, ready for a shell."""
    settings = ilink.settings
    lines = [
        f"CIUS_PT_ILINK_BASE_URL={ilink.url}",
        f"CIUS_PT_ILINK_CLIENT_ID={settings.client_id}",
        f"CIUS_PT_ILINK_CLIENT_SECRET={settings.client_secret}",
        f"CIUS_PT_ILINK_ENTITY={entities[0].key}",
        *(f"# entity {entity.nif} has the key {entity.key}" for entity in entities),
    ]
    return "".join(f"{line}\n" for line in lines)
