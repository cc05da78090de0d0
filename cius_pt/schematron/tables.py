# SPDX-License-Identifier: MIT
"""The tables of the built-in rule set, one row per rule, as assertions.

Each function reads one table and yields its rows with the XPath test that they stand
for. The tests are written so that they read well in the exported schema too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cius_pt.errors import ArtefactError
from cius_pt.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Message = Callable[[str], str | None]

_BINARY = frozenset({"UBL-DT-06", "UBL-DT-07"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One assertion: what holds at each node that the context matches."""

    rule: str
    context: str
    test: str
    message: str

    @property
    def flag(self) -> str:
        """The publisher's severity, which follows from the id."""
        ours = self.rule.startswith("CP-STRICT-")
        theirs = self.rule.startswith("UBL-") and self.rule not in _BINARY
        return "warning" if ours or theirs else "fatal"


def read(files: Mapping[str, bytes], name: str) -> Iterator[list[str]]:
    """Yield the rows of a table: no comments, no head, every column there."""
    if name not in files:
        raise ArtefactError(f"schematron/rulebook/{name} is missing")
    lines = files[name].decode().splitlines()
    head, *rows = [line for line in lines if line and not line.startswith("#")]
    width = len(head.split("\t"))
    for row in rows:
        cells = row.split("\t")
        if len(cells) != width:
            raise ArtefactError(f"{name}: a row of {len(cells)} columns: {row}")
        yield cells


def unused(files: Mapping[str, bytes]) -> Iterator[Row]:
    """Yield the elements that an invoice does not use.

    Plain tests of one path each: whoever compiles them can walk all paths at once.
    """
    for rule, path in read(files, "unused.tsv"):
        yield Row(
            rule=rule,
            context="/ubl:Invoice",
            test=f"empty({path})",
            message=f"CIUS-PT does not use {path} in an invoice.",
        )


def once(files: Mapping[str, bytes]) -> Iterator[Row]:
    """Yield what stands at most once."""
    for rule, context, path in read(files, "once.tsv"):
        yield Row(
            rule=rule,
            context=context,
            test=f"count({path}) lt 2",
            message=f"There is at most one {path}.",
        )


def attributes(files: Mapping[str, bytes]) -> Iterator[Row]:
    """Yield the attributes that an invoice does not use anywhere."""
    for rule, name in read(files, "attributes.tsv"):
        yield Row(
            rule=rule,
            context="/ubl:Invoice",
            test=f"not($attribute-names = '{name}')",
            message=f"CIUS-PT does not use the attribute {name} in an invoice.",
        )


def required(files: Mapping[str, bytes]) -> Iterator[Row]:
    """Yield what has to be there, always or where something else is."""
    for rule, context, condition, needs in read(files, "required.tsv"):
        paths = needs.split(" or ")
        test = f"exists(({', '.join(paths)}))"
        wanted = " or ".join(path.rpartition("/")[2] for path in paths)
        message = f"There is {wanted}."
        if condition:
            test = f"empty({condition}) or {test}"
            given = condition.rpartition("/")[2]
            message = f"Where there is {given}, there is {wanted}."
        yield Row(rule=rule, context=context, test=test, message=message)


def lexical(files: Mapping[str, bytes]) -> Iterator[Row]:
    """Yield how values are written."""
    forms = {form: (test, words) for form, test, words in read(files, "forms.tsv")}
    for rule, context, value, form in read(files, "lexical.tsv"):
        test, words = forms[form]
        name = context.rpartition("/")[2] if value == "." else value.rstrip("?")
        yield Row(
            rule=rule,
            context=context,
            test=_optional(value, test.replace("VALUE", value.rstrip("?"))),
            message=f"{name} is {words}.",
        )


def coded(files: Mapping[str, bytes], lists: Mapping[str, str]) -> Iterator[Row]:
    """Yield the values that come from a code list.

    Blanks inside a value become a character that is in no list: with them, two
    neighbours of the list would pass as one code.
    """
    for rule, context, value, name in read(files, "codes.tsv"):
        what = value.rstrip("?")
        text = f"normalize-space({'.' if what == 'prefix' else what})"
        if what == "prefix":
            text = f"substring({text}, 1, 2)"
        whole = context.rpartition("/")[2] if what in {".", "prefix"} else what
        start = "begins with" if what == "prefix" else "is"
        yield Row(
            rule=rule,
            context=context,
            test=_optional(value, in_list(text, lists[name])),
            message=f"{whole} {start} a code of the list {name}.",
        )


def in_list(text: str, codes: str) -> str:
    """Return the test whether an expression's value is one of the codes."""
    return f"contains(' {codes} ', concat(' ', translate({text}, ' ', '|'), ' '))"


def currency(files: Mapping[str, bytes]) -> Iterator[Row]:
    """Yield the amounts that are in the currency of the document."""
    for rule, context in read(files, "currency.tsv"):
        yield Row(
            rule=rule,
            context=context,
            test="$currency = normalize-space(@currencyID)",
            message="The amount is in the document's currency.",
        )


def tagged(files: Mapping[str, bytes], lists: Mapping[str, str]) -> Iterator[Row]:
    """Yield what header notes with a value behind a key have to be."""
    for rule, keys, asks, argument in read(files, "tags.tsv"):
        compose, words = _TAGS[asks]
        first = keys.split()[0]
        yield Row(
            rule=rule,
            context="doc/cbc:Note",
            test=compose(keys.split(), lists.get(argument, argument)),
            message=words.format(key=first, argument=argument),
        )


def _optional(value: str, test: str) -> str:
    return f"empty({value[:-1]}) or {test}" if value.endswith("?") else test


# --- header notes: keys and an argument in, a test out -------------------------------


def _unless(keys: list[str], test: str) -> str:
    begins = " or ".join(f"starts-with($text, '#{key}#')" for key in keys)
    return f"not({begins}) or {test}"


def _after(start: str, text: str = ".") -> str:
    return f"normalize-space({_raw_after(start, text)})"


def _raw_after(start: str, text: str) -> str:
    return f"substring-before(substring-after({text}, {start}), '#')"


def _tag(key: str) -> str:
    return f"'#{key}#'"


def _value(keys: list[str], regex: str) -> str:
    return _unless(keys, f"matches({_after(_tag(keys[0]))}, '^{regex}$')")


def _second(keys: list[str], regex: str) -> str:
    value = _after("'#'", f"substring-after(., {_tag(keys[0])})")
    return _unless(keys, f"matches({value}, '^{regex}$')")


def _listed(keys: list[str], codes: str) -> str:
    return _unless(keys, in_list(_after(_tag(keys[0])), codes))


def _shape(keys: list[str], regex: str) -> str:
    return _unless(keys, f"matches(., '^#{keys[0]}#{regex}#$')")


def _count(key: str, regex: str = "") -> str:
    notes = "(ancestor::ubl:Invoice | ancestor::cn:CreditNote)/cbc:Note"
    return f"count({notes}[matches(., '^#{key}#{regex or '.+'}#$')])"


def _with(keys: list[str], other: str) -> str:
    return _unless(keys, f"{_count(other)} gt 0")


def _alone(keys: list[str], regex: str) -> str:
    return _unless(keys, f"{_count(keys[0], regex)} lt 2")


def _group(key: str) -> str:
    start = f"'#{key}-'"
    return _after(start, "$whole")


def _group_tag(key: str, group: str) -> str:
    return f"concat('#{key}-', {group}, '#')"


def _grouped(keys: list[str], regex: str) -> str:
    value = _after(_group_tag(keys[0], _group(keys[0])))
    begins = f"starts-with($text, '#{keys[0]}-')"
    return f"not({begins}) or matches({value}, '^{regex}$')"


def _grouped_tail(keys: list[str], codes: str) -> str:
    value = _after(_group_tag(keys[0], _group(keys[0])))
    begins = f"starts-with($text, '#{keys[0]}-')"
    ends = codes.replace(" ", ",")
    return f"not({begins}) or contains('{ends},', concat({value}, ','))"


def _in_group(keys: list[str], _: str) -> str:
    begins = f"starts-with($text, '#{keys[0]}-')"
    return f"not({begins}) or matches(., '^#{keys[0]}-[0-9]{{3}}#.+#$')"


def _unless_grouped(key: str, test: str) -> str:
    return f"not(starts-with($text, {_group_tag(key, _group(key))})) or {test}"


def _unrepeated(keys: list[str], _: str) -> str:
    return _unless_grouped(keys[0], "count($notes[. = $whole]) lt 2")


def _partner(keys: list[str], other: str) -> str:
    start = _group_tag(other, _group(keys[0]))
    some = f"exists($notes[starts-with(normalize-space(.), {start})])"
    return _unless_grouped(keys[0], some)


_TAGS: dict[str, tuple[Callable[[list[str], str], str], str]] = {
    "value": (_value, "The value after {key} has its form."),
    "second": (_second, "The second value after {key} has its form."),
    "list": (_listed, "The value after {key} is a code of the list {argument}."),
    "shape": (_shape, "A note with {key} is closed and has a value."),
    "with": (_with, "A note with {key} comes with one with {argument}."),
    "alone": (_alone, "There is one note with {key}."),
    "group": (_in_group, "A note with {key} names a group of three digits."),
    "grouped": (_grouped, "The value after {key} has its form."),
    "grouped-tail": (_grouped_tail, "The value after {key} is a code of its list."),
    "unrepeated": (_unrepeated, "No two notes with {key} are equal."),
    "partner": (_partner, "A note with {key} has one with {argument} in its group."),
}
