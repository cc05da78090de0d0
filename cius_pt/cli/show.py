# SPDX-License-Identifier: MIT
"""``cius-pt show``: what a document says, in our terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cius_pt import xmlio
from cius_pt.cli.files import Source
from cius_pt.cli.form import format_option
from cius_pt.cli.streams import put, tell
from cius_pt.cli.summary import summary
from cius_pt.model import json as model_json
from cius_pt.ubl.read import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.ubl.reading import Reading

_SIGNED = (
    "signed: this is what the document says, not whether the signature is good (see "
    "`cius-pt verify`); what is built from it anew is not signed"
)


@click.command(short_help="Show what a UBL document says.")
@click.argument("source", metavar="IN.xml")
@format_option("json is what `cius-pt build` reads.")
@click.pass_context
def show(context: click.Context, source: str, form: str) -> None:
    """Show the invoice in IN.xml ("-" is standard input).

    What the model has no place for, and what is odd, goes to standard error. Exit code
    1 when the document lacks so much that there is no invoice to show.
    """
    document = xmlio.parse(Source(name=source).read())
    reading = read(document)
    for line in _remarks(reading):
        tell(line)
    if document.signed:
        tell(_SIGNED)
    if not reading.complete:
        context.exit(1)
    invoice = reading.invoice
    said = model_json.dumps(invoice) if form == "json" else summary(invoice)
    put(f"{said}\n")


def _remarks(reading: Reading) -> Iterator[str]:
    for finding in reading.findings:
        place = finding.location
        line = f"line {place.line}: " if place.line else ""
        yield f"{line}{finding.severity} {finding.rule} {place.path}: {finding.message}"
    for place in reading.unread:
        yield f"line {place.line}: not shown, outside CIUS-PT: {place.xpath}"
