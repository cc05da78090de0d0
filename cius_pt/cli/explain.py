# SPDX-License-Identifier: MIT
"""``cius-pt explain``: what a rule asks, why, and how to mend what it found."""

from __future__ import annotations

import json
import textwrap
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import click

from cius_pt.cli.form import format_option
from cius_pt.cli.language import language, language_option
from cius_pt.cli.streams import put
from cius_pt.rules import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cius_pt.rules.entry import Entry, Language

_WIDTH: Final = 80
_INDENT: Final = "  "
_HEADINGS: Final[Mapping[str, tuple[str, str]]] = {
    "terms": ("Termos", "Terms"),
    "fields": ("Campos", "Fields"),
    "fatal": ("erro", "fatal"),
    "warning": ("aviso", "warning"),
    "info": ("informação", "information"),
    "asks": ("O que pede", "What it asks"),
    "why": ("Porquê", "Why"),
    "fix": ("Como corrigir", "How to fix it"),
    "before": ("Antes", "Before"),
    "after": ("Depois", "After"),
    "quirk": ("A saber", "Good to know"),
    "nothing": ("(o elemento desaparece)", "(the element goes away)"),
    "credit": (
        "Numa nota de crédito, leia cac:CreditNoteLine onde está cac:InvoiceLine.",
        "In a credit note read cac:CreditNoteLine where it says cac:InvoiceLine.",
    ),
}


@click.command("explain", short_help="Explain rules: what, why and how to fix.")
@click.argument("wanted", metavar="[RULE]...", nargs=-1)
@click.option("--list", "all_of_them", is_flag=True, help="List every rule id.")
@language_option
@format_option("json has every text in both languages.")
def explain(
    wanted: tuple[str, ...], all_of_them: bool, lang: str | None, form: str
) -> None:
    """Say what each RULE asks, why, and how to mend what it found.

    RULE is an id as a report shows it (BR-CO-25), in capitals or not. An id that is
    not known is exit code 2.
    """
    if all_of_them == bool(wanted):
        raise click.UsageError("give rule ids, or --list for all of them")
    found = (
        list(catalogue.entries().values())
        if all_of_them
        else [_entry(name) for name in wanted]
    )
    spoken = language(lang)
    if form == "json":
        said = {"schema": 1, "rules": [entry.to_dict() for entry in found]}
        put(json.dumps(said, ensure_ascii=False, indent=2) + "\n")
    elif all_of_them:
        put("".join(f"{_row(entry, spoken)}\n" for entry in found))
    else:
        put("\n".join(_page(entry, spoken) for entry in found))


def _entry(name: str) -> Entry:
    """Return the entry of an id in any case, else raise a usage error."""
    ids = {rule.upper(): rule for rule in catalogue.rules()}
    found = catalogue.entry(ids.get(name.upper(), name))
    if found is not None:
        return found
    near = [ids[rule] for rule in get_close_matches(name.upper(), ids, n=3, cutoff=0.7)]
    hint = f" (did you mean {', '.join(near)}?)" if near else ""
    raise click.UsageError(f"no rule {name!r} is known{hint}; see explain --list")


def _row(entry: Entry, lang: Language) -> str:
    severity = word(entry.severity.value, lang)
    return f"{entry.rule}\t{severity}\t{entry.asks.get(lang)}"


def _page(entry: Entry, lang: Language) -> str:
    return "\n".join(_lines(entry, lang)) + "\n"


def _lines(entry: Entry, lang: Language) -> Iterator[str]:
    yield f"{entry.rule} ({word(entry.severity.value, lang)})"
    if entry.terms:
        yield from _wrapped(f"{word('terms', lang)}: {', '.join(entry.terms)}")
    if entry.fields:
        yield from _wrapped(f"{word('fields', lang)}: {', '.join(entry.fields)}")
    for heading, text in (("asks", entry.asks), ("why", entry.why), ("fix", entry.fix)):
        yield from ("", word(heading, lang))
        yield from _wrapped(text.get(lang))
    if entry.before:
        yield from ("", word("before", lang))
        yield from textwrap.indent(entry.before, _INDENT).splitlines()
        yield from ("", word("after", lang))
        after = entry.after or word("nothing", lang)
        yield from textwrap.indent(after, _INDENT).splitlines()
    if entry.quirk is not None:
        yield from ("", word("quirk", lang))
        yield from _wrapped(entry.quirk.get(lang))
    if "cac:InvoiceLine" in f"{entry.asks.en}{entry.fix.en}{entry.before}":
        yield ""
        yield from _wrapped(word("credit", lang))


def word(heading: str, lang: Language) -> str:
    """Return what stands above a part of what is said of a rule."""
    portuguese, english = _HEADINGS[heading]
    return portuguese if lang == "pt" else english


def _wrapped(text: str) -> list[str]:
    # Paths and ids are copied into a search: they are never cut in two.
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
