# SPDX-License-Identifier: MIT
"""The document as an accountant reads it: who, what, how much, how it is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cius_pt.render.fields import Fields
from cius_pt.render.markup import NOTHING, Markup, join, tag
from cius_pt.render.tables import lines, vat
from cius_pt.render.words import label, word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cius_pt.render.notes import Notes
    from cius_pt.render.said import Said
    from cius_pt.rules.entry import Language

_HEAD: Final = (
    "issue_date",
    "due_date",
    "atcud",
    "currency",
    "tax_point_date",
    "tax_point_code",
    "buyer_reference",
    "order_reference",
    "contract_reference",
    "commitment",
    "project_reference",
)
_TOTALS: Final = (
    "totals.lines",
    "totals.allowances",
    "totals.charges",
    "totals.without_vat",
    "totals.vat",
    "totals.with_vat",
    "prepaid",
    "rounding",
    "totals.due",
)
_ADDRESS: Final = (
    "street",
    "additional_street",
    "line",
    "post_code",
    "city",
    "subdivision",
    "country",
)
_CONTACT: Final = ("name", "telephone", "email")


def sheet(said: Said, notes: Notes, lang: Language) -> Markup:
    """Return the document with the notes on its fields in the margin."""
    fields = Fields(said, notes, lang)
    noted = any(True for _ in notes.paths())
    half = NOTHING if said.whole else tag("p", word("half", lang), cls="half")
    parts = (
        _title(fields),
        _parties(fields),
        _section(word("details", lang), _details(fields)),
        lines(fields),
        _section(
            label("allowance_charges", lang), _listed(fields, ["allowance_charges"])
        ),
        vat(fields),
        _totals(fields),
        _section(word("payment", lang), _payment(fields)),
        _section(word("extras", lang), _listed(fields, ["attachments", "notes"])),
        _section(word("others", lang), _others(fields)),
    )
    cls = "sheet noted" if noted else "sheet"
    return join((half, tag("div", *parts, cls=cls)))


def _title(fields: Fields) -> Markup:
    there = [path for path in ("kind", "number") if fields.has(path)]
    values = join((fields.value(path) for path in there), " ")
    return tag("div", tag("p", values, cls="title"), fields.margin(*there), cls="top")


def _parties(fields: Fields) -> Markup:
    return tag(
        "div",
        *(_party(fields, name) for name in ("seller", "buyer")),
        cls="parties",
    )


def _party(fields: Fields, name: str) -> Markup:
    if not fields.below(name) and not fields.has(name):
        return NOTHING
    lang = fields.lang
    address = [f"{name}.address.{part}" for part in _ADDRESS]
    contact = [f"{name}.contact.{part}" for part in _CONTACT]
    rows = (
        _whole(fields, f"{name}.name", "name"),
        fields.row(label("vat_identifier", lang), [f"{name}.vat_identifier"]),
        fields.row(label("address", lang), address, group=f"{name}.address"),
        fields.row(label("contact", lang), contact, group=f"{name}.contact"),
        fields.row(
            label("electronic_address", lang),
            [f"{name}.electronic_address.{part}" for part in ("value", "scheme")],
            " · ",
            f"{name}.electronic_address",
        ),
        fields.rest(name),
        fields.row(label(name, lang), [name]),
    )
    body = tag("dl", *rows)
    return tag(
        "section", tag("h4", label(name, lang)), body, fields.margin(name), cls="party"
    )


def _whole(fields: Fields, path: str, name: str) -> Markup:
    """Return the row of a name, which is larger than others."""
    row = fields.row(label(name, fields.lang), [path])
    return Markup(row.replace('class="row"', 'class="row name"', 1))


def _details(fields: Fields) -> Markup:
    lang = fields.lang
    period = [f"period.{part}" for part in ("start", "end")]
    return join(
        (
            *(fields.row(label(path, lang), [path]) for path in _HEAD),
            fields.row(label("period", lang), period, " – "),
            fields.row(label("period_description", lang), ["period_description"]),
            _listed(fields, ["preceding_invoices", "deliveries"]),
        )
    )


def _listed(fields: Fields, names: Iterable[str]) -> Markup:
    return join(
        fields.item(path, paths)
        for name in names
        for path, paths in fields.items(name).items()
    )


def _totals(fields: Fields) -> Markup:
    lang = fields.lang
    currency = fields.said.texts.get("currency", "")
    rows = []
    for path in _TOTALS:
        row = fields.row(label(path.rpartition(".")[2], lang), [path])
        rows.append(row if path != "totals.due" else row.replace("row", "row due", 1))
    rows = [Markup(row) for row in (*rows, fields.rest("totals"))]
    rows.append(fields.row(label("totals", lang), ["totals"]))
    title = (
        f"{label('totals', lang)} ({currency})" if currency else label("totals", lang)
    )
    return _section(title, join(rows), fields.margin("totals"), cls="totals")


def _payment(fields: Fields) -> Markup:
    names = ("payments", "further_multibanco", "payment_terms", "withholdings")
    return _listed(fields, names)


def _others(fields: Fields) -> Markup:
    groups: dict[str, list[str]] = {}
    for path in fields.texts:
        if not path.startswith("lines["):
            groups.setdefault(path.partition(".")[0], []).append(path)
    return join(fields.item(name, paths) for name, paths in groups.items())


def _section(
    title: str, rows: Markup, after: Markup = NOTHING, cls: str = ""
) -> Markup:
    if not rows and not after:
        return NOTHING
    body = tag("dl", rows) if rows else NOTHING
    return tag("section", tag("h4", title), body, after, cls=cls or None)
