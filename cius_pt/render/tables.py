# SPDX-License-Identifier: MIT
"""The two tables of a document: its lines and the breakdown of its VAT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.render.markup import NOTHING, Markup, join, tag
from cius_pt.render.words import label, numbered, word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cius_pt.render.fields import Fields
    from cius_pt.rules.entry import Language

    Column = tuple[str, tuple[str, ...], bool]

# Of a longer document the first lines are shown and those with notes.
MOST_LINES: Final = 200
FIRST_LINES: Final = 20
_VAT: Final = "totals.vat_breakdown"
# Column: its label, its fields, whether it is a number.
_LINE: Final = (
    ("number", ("id",), False),
    ("item", ("name",), False),
    ("quantity", ("quantity", "unit"), True),
    ("net_price", ("net_price",), True),
    ("vat", ("vat.category", "vat.rate"), True),
    ("net_amount", ("net_amount",), True),
)
_BREAKDOWN: Final = (
    ("category", ("category",), False),
    ("rate", ("rate",), True),
    ("exemption_code", ("exemption_code", "exemption_reason"), False),
    ("taxable", ("taxable",), True),
    ("tax", ("tax",), True),
)


def lines(fields: Fields) -> Markup:
    """Return the table of lines; of very many those with notes and the first ones."""
    items = fields.items("lines")
    shown = list(items)
    if len(shown) > MOST_LINES:
        noted = {path.partition(".")[0] for path in fields.notes.paths()}
        after = (one for one in shown[FIRST_LINES:] if one in noted)
        shown = [*shown[:FIRST_LINES], *after]
    rows = [_row(fields, path, items[path], _LINE) for path in shown]
    left = len(items) - len(shown)
    if left:
        said = word("lines without", fields.lang)
        wide = str(len(_LINE) + 1)
        gap = tag(
            "td", "… ", numbered(str(left), fields.lang), f" {said} …", colspan=wide
        )
        rows.append(tag("tr", gap, cls="gap"))
    return _table(fields, "lines", rows, _LINE)


def vat(fields: Fields) -> Markup:
    """Return the table of the VAT by category and rate."""
    items = fields.items(_VAT)
    rows = [_row(fields, path, paths, _BREAKDOWN) for path, paths in items.items()]
    return _table(fields, _VAT, rows, _BREAKDOWN)


def _table(
    fields: Fields, path: str, rows: list[Markup], columns: Iterable[Column]
) -> Markup:
    lang = fields.lang
    if not rows:
        return NOTHING
    heads = [
        tag("th", _name(name, lang), scope="col", cls="number" if number else None)
        for name, _, number in columns
    ]
    # The column of the margin has no name to see, but one to hear.
    heard = tag("th", tag("span", word("notes", lang), cls="heard"), scope="col")
    table = tag(
        "table", tag("thead", tag("tr", *heads, heard)), tag("tbody", *rows), cls="wide"
    )
    title = tag("h4", label(path.rpartition(".")[2], lang))
    return tag("section", title, table, fields.margin(path))


def _row(
    fields: Fields, path: str, paths: list[str], columns: Iterable[Column]
) -> Markup:
    cells = []
    for name, parts, number in columns:
        there = [f"{path}.{part}" for part in parts]
        value = join((fields.value(one) for one in there if fields.has(one)), " ")
        if name == "item":
            value = join((value, _more(fields, path, paths, columns)))
        title = _name(name, fields.lang)
        cells.append(
            tag("td", value, cls="number" if number else None, data_name=title)
        )
    if fields.has(path):
        cells[0] = tag("td", fields.value(path))
    notes = fields.notes.full(fields.notes.take(path))
    margin = tag("td", notes, cls="margin")
    return tag("tr", *cells, margin)


def _more(
    fields: Fields, path: str, paths: list[str], columns: Iterable[Column]
) -> Markup:
    """Return what else a line says, below the name of its item."""
    own = {f"{path}.{part}" for _, parts, _ in columns for part in parts}
    rest = [one for one in paths if one not in own and one != path]
    return join(
        tag(
            "span",
            tag("small", label(one[len(path) + 1 :], fields.lang), " "),
            fields.value(one),
            cls="part",
        )
        for one in rest
    )


def _name(name: str, lang: Language) -> str:
    if name in {"item", "number"}:
        return word("item", lang) if name == "item" else "#"
    return label(name, lang)
