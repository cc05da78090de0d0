# SPDX-License-Identifier: MIT
"""``cius-pt build``: JSON in, UBL out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cius_pt.cli.files import Source
from cius_pt.cli.streams import put_bytes, tell
from cius_pt.cli.text import visible
from cius_pt.cli.writing import write_whole
from cius_pt.errors import InvalidValue
from cius_pt.model import json as model_json
from cius_pt.model.document import Attachment, Invoice
from cius_pt.totals import with_totals
from cius_pt.ubl.write import write

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 80
_ROLES = {False: "INVOICE_REPRESENTATION", True: "CREDITNOTE_REPRESENTATION"}


@click.command(short_help="Build UBL documents from JSON.")
@click.argument("source", metavar="IN.json")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File to write; for several documents a folder. Default: standard output.",
)
@click.option(
    "--pdf",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="PDF to embed as the representation of the (one) document.",
)
def build(source: str, output: Path | None, pdf: Path | None) -> None:
    """Build one UBL document from each invoice in IN.json ("-" is standard input).

    IN.json holds one invoice, a list of them, or one per line. Net amounts and totals
    that are not stated are computed; those that are stated are kept. Everything is
    built before anything is written.
    """
    text = Source(name=source, endless=True).read()
    built = [(where, *_build(where, data, pdf)) for where, data in _documents(text)]
    if output is None or (len(built) == 1 and not output.is_dir()):
        _write_one(built, output)
    else:
        _write_all(built, output)


def _documents(text: bytes) -> list[tuple[str, Any]]:
    """Return each document with the place where it stands in the input."""
    try:
        data = model_json.loads(text)
    except InvalidValue:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not lines[0].rstrip().endswith(b"}"):  # noqa: PLR2004
            raise
        return list(_json_lines(lines))
    if isinstance(data, list):
        return [(f"[{index}]", item) for index, item in enumerate(data)]
    return [("", data)]


def _json_lines(lines: list[bytes]) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(lines, start=1):
        where = f"line {number}"
        try:
            yield where, model_json.loads(line)
        except InvalidValue as error:
            raise error.under(where) from None


def _build(where: str, data: Any, pdf: Path | None) -> tuple[Invoice, bytes]:
    try:
        invoice = model_json.invoice_from(data)
        if pdf is not None:
            invoice = _with_pdf(invoice, pdf)
        invoice = with_totals(invoice)
        return invoice, write(invoice)
    except InvalidValue as error:
        raise (error.under(where) if where else error) from None


def _with_pdf(invoice: Invoice, pdf: Path) -> Invoice:
    content = pdf.read_bytes()
    if not content.startswith(b"%PDF-"):
        raise click.BadParameter(f"{pdf} is not a PDF", param_hint="--pdf")
    role = _ROLES[invoice.kind.is_credit_note]
    if invoice.kind.is_debit_note:
        role = "DEBITNOTE_REPRESENTATION"
    representation = Attachment(
        id=invoice.number,
        description=role,
        content=content,
        mime_code="application/pdf",
        filename=f"{_file_name(invoice.number)[:46]}.pdf",
    )
    attachments = (*invoice.attachments, representation)
    return replace(invoice, attachments=attachments)


def _write_one(built: list[tuple[str, Invoice, bytes]], output: Path | None) -> None:
    if len(built) != 1:
        raise click.UsageError(
            f"{len(built)} documents: give a folder with -o to write one file each"
        )
    data = built[0][2]
    if output is None:
        put_bytes(data)
    else:
        write_whole(output, data)


def _write_all(built: list[tuple[str, Invoice, bytes]], output: Path) -> None:
    paths: dict[Path, str] = {}
    for where, invoice, _ in built:
        path = output / f"{_file_name(invoice.number)}.xml"
        if path in paths:
            raise InvalidValue(
                f"the number {invoice.number!r} makes the same file name as "
                f"{paths[path] or 'another'}; nothing was written",
                path=f"{where}.number",
            )
        paths[path] = where
    output.mkdir(parents=True, exist_ok=True)
    for path, (_, _, data) in zip(paths, built, strict=True):
        write_whole(path, data)
        tell(visible(str(path)))


def _file_name(number: str) -> str:
    name = _UNSAFE.sub("-", number).strip("-.") or "document"
    return name[:_LONGEST_NAME]
