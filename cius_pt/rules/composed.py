# SPDX-License-Identifier: MIT
"""Entries of the formulaic families: a row of a table put into sentence patterns.

``composed.tsv`` has one row per rule: its pattern (``patterns.toml``), what it is
about (``subjects.tsv``) and the arguments of the pattern. ``unused.tsv`` has the
elements of UBL that CIUS-PT leaves alone; their names come from ``elements.tsv`` and
``parents.tsv``, what to use in their place from ``instead.tsv``.
"""

from __future__ import annotations

from typing import Any

from cius_pt.findings import Severity
from cius_pt.rules.entry import Entry, Language, Text
from cius_pt.rules.tables import keys, row, rows, section

_RULES = "composed.tsv"
_UNUSED = "unused.tsv"
_LANGUAGES: tuple[Language, ...] = ("pt", "en")
_OR = {"pt": " ou ", "en": " or "}
_AND = {"pt": " e ", "en": " and "}


def composed(rule: str) -> Entry | None:
    """Return the composed entry of a rule, or None if it is not of these families."""
    found = row(_RULES, rule)
    if found is not None:
        return _from_pattern(found)
    found = row(_UNUSED, rule)
    return None if found is None else _unused(found)


def composed_rules() -> tuple[str, ...]:
    """Return every rule id these tables have an entry for."""
    return keys(_RULES) + keys(_UNUSED)


def _from_pattern(given: dict[str, str]) -> Entry:
    subject = row("subjects.tsv", given["subject"])
    if subject is None:
        raise LookupError(given["subject"])
    values = subject | dict(
        pair.split("=", 1) for pair in given["arguments"].split(" | ") if pair
    )
    if "other" in values:
        other = row("subjects.tsv", values["other"]) or {}
        values |= {f"other_{key}": value for key, value in other.items()}
    return _entry(given["rule"], given["pattern"], values)


def _unused(given: dict[str, str]) -> Entry:
    """Compose the entry of an element that should not be used."""
    path = given["path"]
    outer, _, leaf = path.rpartition("/")
    element, parent = row("elements.tsv", leaf), row("parents.tsv", outer or "/")
    if element is None or parent is None:
        raise LookupError(path)
    values = {f"parent_{key}": value for key, value in parent.items()}
    values |= element | {"path": path, "terms": parent["terms"], "fields": ""}
    values["bad"] = element["sample"]
    for instead in rows("instead.tsv"):
        if path.endswith(instead["element"]):
            values |= instead
            break
    else:
        values |= row("instead.tsv", f"({parent['kind']})") or {}
    return _entry(given["rule"], given["pattern"], values)


def _entry(rule: str, name: str, values: dict[str, str]) -> Entry:
    pattern = section("patterns.toml", name)
    if pattern is None:
        raise LookupError(name)
    words = {lang: _words(values, lang) for lang in _LANGUAGES}

    def text(key: str) -> Text:
        said = {lang: pattern[key][lang].format_map(words[lang]) for lang in _LANGUAGES}
        # An argument may be empty and leave two blanks side by side.
        return Text(pt=" ".join(said["pt"].split()), en=" ".join(said["en"].split()))

    return Entry(
        rule=rule,
        severity=Severity(pattern["severity"]),
        terms=tuple(values["terms"].split()),
        asks=text("asks"),
        why=text("why"),
        fix=text("fix"),
        before=_snippet(pattern["before"], words["en"]),
        after=_snippet(pattern["after"], words["en"]),
        quirk=_optional(text("quirk")) if "quirk" in pattern else None,
        fields=tuple(values["fields"].split()),
    )


def _optional(text: Text) -> Text | None:
    return text if text.pt else None


def _words(values: dict[str, str], lang: Language) -> dict[str, Any]:
    """Return what the placeholders of a pattern stand for in one language.

    ``*_pt`` and ``*_en`` lose their ending; Portuguese gets the article, its
    contractions and the ending that agree with the gender of the noun.
    """
    words = {
        key.removesuffix(f"_{lang}"): value
        for key, value in values.items()
        if not key.endswith(f"_{'en' if lang == 'pt' else 'pt'}")
    }
    for prefix in ("", "other_"):
        if f"{prefix}gender" in words:
            words |= _agreeing(prefix, words[f"{prefix}gender"])
        if f"{prefix}fields" in words:
            quoted = [f"`{field}`" for field in words[f"{prefix}fields"].split()]
            words[f"{prefix}field"] = _joined(quoted, _OR[lang])
    words["bt"] = _joined(values["terms"].split(), _AND[lang])
    words["leaf"] = values["path"].rpartition("/")[2]
    for prefix in ("", "other_"):
        # Keys such as "note:AMOUNT@ATMPAYMENT" end with what stands in the document.
        words[f"{prefix}tag"] = words.get(f"{prefix}key", "").partition(":")[2]
    good = words.get("good", "")
    words |= {"short": good[:-1], "whole": good.partition(".")[0]}
    return words


def _agreeing(prefix: str, gender: str) -> dict[str, str]:
    o = "o" if gender == "m" else "a"
    return {
        f"{prefix}o": o,
        f"{prefix}O": o.upper(),
        f"{prefix}do": f"d{o}",
        f"{prefix}no": f"n{o}",
        f"{prefix}ao": "ao" if o == "o" else "à",
        f"{prefix}um": "um" if o == "o" else "uma",
        f"{prefix}pelo": f"pel{o}",
        f"{prefix}outro": f"outr{o}",
    }


def _joined(items: list[str], last: str) -> str:
    return last.join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def _snippet(template: str, words: dict[str, str]) -> str:
    """Return the fragment, inside the parent of its element when there is one."""
    inner = template.format_map(words)
    parent = words["path"].rpartition("/")[0].rpartition("/")[2]
    if not parent or not inner:
        return inner
    lines = [f"  {line}" for line in inner.splitlines()]
    return "\n".join([f"<{parent}>", *lines, f"</{parent}>"])
