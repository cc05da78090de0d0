# SPDX-License-Identifier: MIT
"""``cius-pt status``: where documents stand, followed to the end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import click

from cius_pt.broker.tracking import STUCK_DAYS, open_documents
from cius_pt.cli.broker import broker, config_option
from cius_pt.cli.exit_codes import DONE, FINDINGS
from cius_pt.cli.form import format_option
from cius_pt.cli.json_report import encodable
from cius_pt.cli.language import language, language_option
from cius_pt.cli.streams import put, tell
from cius_pt.cli.text import one_line
from cius_pt.errors import BrokerUnreachable

if TYPE_CHECKING:
    from pathlib import Path

    from cius_pt.broker.tracking import Status
    from cius_pt.rules.entry import Language

_STUCK: Final = ("há demasiado tempo sem novidade", "no news for too long")
_NOTHING: Final = (
    "não há documentos em aberto no diário",
    "there are no open documents in the journal",
)


@click.command(short_help="Show where documents stand at iLink.")
@click.argument("ids", metavar="[ID...]", nargs=-1)
@click.option("--watch", is_flag=True, help="Go on until nothing more can be expected.")
@click.option(
    "--every",
    metavar="SECONDS",
    type=click.FloatRange(min=1),
    default=60.0,
    show_default=True,
    help="How long --watch waits before it asks again.",
)
@click.option(
    "--stuck-after",
    metavar="DAYS",
    type=click.FloatRange(min=0),
    default=float(STUCK_DAYS),
    show_default=True,
    help="Say so when a document has stayed in one state for longer.",
)
@format_option("How to write the states to standard output.")
@config_option
@language_option
@click.pass_context
def status(  # noqa: PLR0913 - one for each option
    context: click.Context,
    *,
    ids: tuple[str, ...],
    watch: bool,
    every: float,
    stuck_after: float,
    form: str,
    config: Path | None,
    lang: str | None,
) -> None:
    """Ask iLink where documents stand.

    ID is iLink's, or the number of a document that was uploaded from here. Without
    any, all that were uploaded and may still change. With --watch, a line (JSON: one
    object per line) whenever a state is new.

    Exit codes: 0; 1 a document was rejected or has to be corrected; 2 could not ask;
    3 iLink cannot be reached.
    """
    spoken = language(lang)
    last: dict[str, Status] = {}
    with broker(config, spoken) as ilink:
        wanted = ids or open_documents(ilink.session)
        if not wanted:
            tell(_said(_NOTHING, spoken))
        while wanted:
            round_ = []
            for name in wanted:
                try:
                    found = ilink.status(name, stuck_days=stuck_after)
                except BrokerUnreachable as error:
                    if not (watch and last):
                        raise
                    # It may come back; a watch does not end for that.
                    tell(one_line(str(error)))
                    break
                round_.append(found)
                if watch and _is_news(found, last.get(name)):
                    _write(found, form, spoken)
                last[name] = found
            wanted = tuple(n for n in wanted if n not in last or _open(last[n]))
            if not watch:
                break
            if wanted:
                time.sleep(every)
        if not watch:
            _write_all([*last.values()], form, spoken)
    failed = any(found.document.state.failed for found in last.values())
    context.exit(FINDINGS if failed else DONE)


def _is_news(found: Status, before: Status | None) -> bool:
    if before is None:
        return True
    told = found.document.state, found.stuck
    return told != (before.document.state, before.stuck)


def _open(found: Status) -> bool:
    state = found.document.state
    return not (state.final or state.failed)


def _write_all(found: list[Status], form: str, lang: Language) -> None:
    if form == "json":
        listed = ",\n".join(encodable(one.to_dict()) for one in found)
        put(f'{{"schema": 1, "documents": [\n{listed}\n]}}\n')
        return
    for one in found:
        _write(one, form, lang)


def _write(found: Status, form: str, lang: Language) -> None:
    if form == "json":
        put(f"{encodable(found.to_dict())}\n")
        return
    delivery = found.document.receipt.delivery
    parts = [found.number or "-", found.document.id, found.document.state.value]
    if delivery is not None:
        parts.append(delivery.text or delivery.code)
    parts += found.document.reasons
    if found.stuck:
        parts.append(f"({_said(_STUCK, lang)})")
    put(f"{one_line('  '.join(parts))}\n")


def _said(words: tuple[str, str], lang: Language) -> str:
    return words[0 if lang == "pt" else 1]
