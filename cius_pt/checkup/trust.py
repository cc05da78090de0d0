# SPDX-License-Identifier: MIT
"""Whom TLS trusts on this machine; signatures trust only what ``verify`` is told."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from cius_pt.checkup.line import Line, State
from cius_pt.rules.entry import Text

if TYPE_CHECKING:
    from collections.abc import Iterator


def lines() -> Iterator[Line]:
    """Yield whether there is any authority that iLink's certificate can come from."""
    loaded = ssl.create_default_context().cert_store_stats()["x509_ca"]
    where = ssl.get_default_verify_paths()
    facts = {"authorities": loaded, "file": where.cafile, "folder": where.capath}
    # Those of a folder are loaded only when a connection needs them.
    if loaded or _any_file(where.capath):
        yield Line(
            name="trust",
            state=State.OK,
            said=Text(
                pt=f"autoridades para TLS: {loaded or where.capath}; para assinaturas "
                "só as que verify --trust indicar",
                en=f"authorities for TLS: {loaded or where.capath}; for signatures "
                "only those that verify --trust names",
            ),
            facts=facts,
        )
        return
    yield Line(
        name="trust",
        state=State.FAIL,
        said=Text(
            pt="nenhuma autoridade de certificação: não há https para o iLink",
            en="no certificate authority: there is no https to iLink",
        ),
        advice=Text(
            pt="instale os certificados do sistema (ca-certificates) e veja "
            "SSL_CERT_FILE e SSL_CERT_DIR",
            en="install the system's certificates (ca-certificates) and look at "
            "SSL_CERT_FILE and SSL_CERT_DIR",
        ),
        facts=facts,
    )


def _any_file(folder: str | None) -> bool:
    return folder is not None and any(Path(folder).glob("*.[0-9]"))
