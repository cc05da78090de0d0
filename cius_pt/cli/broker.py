# SPDX-License-Identifier: MIT
"""What the commands that speak to iLink share: settings, and the broker they make."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cius_pt import artefacts
from cius_pt.broker.client import Broker
from cius_pt.broker.credentials import Credentials, credentials, settings, usual_file
from cius_pt.broker.environment import TESTS_URL, environment
from cius_pt.broker.secret import Secret
from cius_pt.errors import BrokerUnauthorised

if TYPE_CHECKING:
    from cius_pt.rules.entry import Language

_NOBODY: Final = Credentials(token=Secret("none"), entity=Secret("none"))

config_option = click.option(
    "--config",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file of mode 0600 with a table [ilink]; CIUS_PT_ILINK_… win over it. "
    "Default: ilink.toml in the data directory, if there is one.",
)


def broker(config: Path | None, lang: Language, *, dry: bool = False) -> Broker:
    """Return the broker of the settings; a dry run needs none of them."""
    found = _settings(config)
    if dry:
        found.setdefault("base_url", TESTS_URL)
    where = environment(found)
    try:
        who = credentials(found)
    except BrokerUnauthorised:
        if not dry:
            raise
        who = _NOBODY
    if not dry:
        artefacts.require_home()  # for what is remembered of the uploads
    journal = found.get("journal")
    path = None if journal is None else Path(journal).expanduser()
    return Broker(where, who, journal=path, lang=lang)


def _settings(config: Path | None) -> dict[str, Any]:
    usual = usual_file()
    return settings(config or (usual if usual.is_file() else None), os.environ)
