# SPDX-License-Identifier: MIT
"""``cius-pt nif``: whether a NIF checks, and whose kind of number it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from cius_pt.cli.exit_codes import FINDINGS
from cius_pt.cli.form import format_option
from cius_pt.cli.language import language, language_option
from cius_pt.cli.streams import put
from cius_pt.cli.text import one_line
from cius_pt.pt import nif as numbers
from cius_pt.rules.entry import Text

if TYPE_CHECKING:
    from cius_pt.rules.entry import Language

_WORDS = {
    "good": Text(pt="certo", en="right"),
    "bad": Text(pt="errado", en="wrong"),
    "unlisted": Text(pt="prefixo não listado", en="unlisted prefix"),
    "consumer": Text(pt="consumidor final, sem NIF", en="consumer who gave no NIF"),
    "digit": Text(
        pt="o algarismo de controlo devia ser {}", en="the check digit should be {}"
    ),
    "form": Text(pt="um NIF tem nove algarismos", en="a NIF has nine digits"),
}


@click.command("nif", short_help="Check Portuguese tax numbers.")
@click.argument("given", metavar="NIF...", nargs=-1, required=True)
@language_option
@format_option()
@click.pass_context
def nif(
    context: click.Context, given: tuple[str, ...], lang: str | None, form: str
) -> None:
    """Say of each NIF whether its check digit is right, and what its prefix means.

    PT before it and blanks inside do not count. Exit code 1 when one is wrong. Nobody
    is asked whether a number was given to anyone.
    """
    spoken = language(lang)
    judged = [_judged(text) for text in given]
    if form == "json":
        said = {"schema": 1, "nifs": judged}
        put(json.dumps(said, ensure_ascii=False, indent=2) + "\n")
    else:
        put("".join(f"{_line(each, spoken)}\n" for each in judged))
    if not all(each["valid"] for each in judged):
        context.exit(FINDINGS)


def _judged(text: str) -> dict[str, Any]:
    plain = "".join(text.split()).upper().removeprefix("PT")
    kind = numbers.kind(plain) if numbers.valid(plain) else None
    return {
        "given": text,
        "nif": plain,
        "valid": numbers.valid(plain),
        "problem": numbers.problem(plain),
        "prefix": kind and kind.prefix,
        "kind": kind and {"pt": kind.pt, "en": kind.en},
        "final_consumer": plain == numbers.FINAL_CONSUMER,
    }


def _line(judged: dict[str, Any], lang: Language) -> str:
    plain = str(judged["nif"])
    if not judged["valid"]:
        return "\t".join((one_line(plain), _word("bad", lang), _why(plain, lang)))
    if judged["final_consumer"]:
        said = _word("consumer", lang)
    else:
        kind = judged["kind"]
        said = kind[lang] if kind else _word("unlisted", lang)
    return f"{plain}\t{_word('good', lang)}\t{said}"


def _why(plain: str, lang: Language) -> str:
    if len(plain) != 9 or not (plain.isascii() and plain.isdigit()):  # noqa: PLR2004
        return _word("form", lang)
    return _word("digit", lang).format(numbers.check_digit(plain[:-1]))


def _word(key: str, lang: Language) -> str:
    return _WORDS[key].get(lang)
