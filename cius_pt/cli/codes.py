# SPDX-License-Identifier: MIT
"""``cius-pt codes``: the code lists, with their sources."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from cius_pt import codes as lists
from cius_pt.cli.form import format_option
from cius_pt.cli.language import language, language_option
from cius_pt.cli.streams import put, tell
from cius_pt.cli.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cius_pt.codes import Table
    from cius_pt.rules.entry import Language

    Rows = Sequence[Mapping[str, str]]


@click.command("codes", short_help="Look up codes: exemptions, rates, types, means.")
@click.argument("name", metavar="[LIST]", required=False)
@click.argument("wanted", metavar="[CODE]...", nargs=-1)
@click.option("--search", help="Search all lists for these words.")
@language_option
@format_option("json has both languages and every column.")
def codes(
    name: str | None,
    wanted: tuple[str, ...],
    search: str | None,
    lang: str | None,
    form: str,
) -> None:
    """Show all lists, the codes of LIST, or those of a CODE.

    CODE may also be words, which are searched for in both languages. What is not
    found is exit code 2. Where a list comes from goes to standard error.
    """
    if search is not None and name is not None:
        raise click.UsageError("give a LIST or --search, not both")
    spoken = language(lang)
    found = _found(name, " ".join(wanted), search)
    if form == "json":
        said = {"schema": 1, "lists": [_to_dict(table, rows) for table, rows in found]}
        put(json.dumps(said, ensure_ascii=False, indent=2) + "\n")
    elif name is None and search is None:
        put("".join(f"{_heading(table, spoken)}\n" for table, _ in found))
    else:
        _show(found, spoken, labelled=search is not None)


def _found(
    name: str | None, wanted: str, search: str | None
) -> list[tuple[Table, Rows]]:
    """Return lists with the rows that are asked for, else raise a usage error."""
    if name is None:
        tables = [lists.table(each) for each in lists.names()]
        if search is None:
            return [(table, table.rows) for table in tables]
        found = [(table, table.search(search)) for table in tables]
        if not any(rows for _, rows in found):
            raise click.UsageError(f"no list has {search!r}")
        return [(table, rows) for table, rows in found if rows]
    table = _table(name)
    rows = table.rows
    if wanted:
        rows = table.find(wanted) or table.find(wanted.upper()) or table.search(wanted)
    if not rows:
        raise click.UsageError(f"{name} has no code and no words {wanted!r}")
    return [(table, rows)]


def _table(name: str) -> Table:
    plain = name.replace("-", "_").casefold()
    if plain in lists.names():
        return lists.table(plain)
    near = get_close_matches(plain, lists.names(), n=2, cutoff=0.5)
    hint = f" (did you mean {' or '.join(near)}?)" if near else ""
    raise click.UsageError(
        f"no list {name!r} is known{hint}; there are {', '.join(lists.names())}"
    )


def _heading(table: Table, lang: Language) -> str:
    return f"{table.name}\t{len(table.rows)}\t{table.about[f'title.{lang}']}"


def _show(found: list[tuple[Table, Rows]], lang: Language, *, labelled: bool) -> None:
    for table, rows in found:
        put("".join(f"{_row(table, row, lang, labelled=labelled)}\n" for row in rows))
        about = table.about
        tell(
            one_line(
                f"{table.name}: {about['source']} ({about['source date']}); "
                f"checked {about['checked']}; {about['status']}"
            )
        )


def _row(
    table: Table, row: Mapping[str, str], lang: Language, *, labelled: bool
) -> str:
    return "\t".join([*([table.name] if labelled else []), *_cells(row, lang)])


def _cells(row: Mapping[str, str], lang: Language) -> Iterator[str]:
    """Yield the code, what it says in one language, and every other column."""
    yield row["code"]
    if lang in row:
        yield row[lang]
    for column, value in row.items():
        if value and column not in {"code", "pt", "en"}:
            yield f"{column}={value}"


def _to_dict(table: Table, rows: Rows) -> dict[str, Any]:
    return {
        "list": table.name,
        "about": dict(table.about),
        "codes": [dict(row) for row in rows],
    }
