# SPDX-License-Identifier: MIT
"""The changes among which ways to break a rule are looked for.

From one change to a few, the cheap ones first: an element gone, twice or elsewhere;
a text or an attribute that says what the rules' own constants and limits suggest; the
smallest instance of something that is missing; a tagged note; one code everywhere; a
copy of an element hidden in an extension, with any of these changes in it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

from cius_pt import xmlio
from cius_pt.schematron import rulebook, tables
from cius_pt.testing.edits import NESTED, Action, Edit, edited, path_of
from tests.oracle.grammar import NAMESPACES, Grammar, tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    Way = tuple[Edit, ...]

_LIMITS = (5, 20, 50, 125, 150, 200, 500)
_NUMBERS = ("0.00", "-0.50", "-1.00", "101.00", "1.005", "1e3", "99999999999999.00")
_WORDS = ("", " ", "VAT", "ABC", "EURO", "XX", "PT5000\n00000", "a\nb", "31-01-2026")
_DATES = ("2020-02-29", "2099-12-31", "2026-01-31Z")
_KINDS = ("ubl:Invoice", "cn:CreditNote")
_SUBJECTS = ("InvoiceLine", "CreditNoteLine", "AccountingSupplierParty", "PaymentMeans")


def singles(document: bytes) -> Iterator[Way]:
    """Yield every single change, of structure first."""
    elements = list(xmlio.tree(document).iter("*"))
    for element in elements:
        yield from ((edit,) for edit in structure(element))
    for element in elements:
        yield from ((edit,) for edit in (*missing(element), *values(element)))
    yield from notes(document)
    yield from everywhere(document)


def structure(element: etree._Element) -> Iterator[Edit]:
    """Yield what can be done to an element and to its attributes without a value."""
    path = path_of(element)
    for name in element.keys():  # noqa: SIM118 - lxml iterates over children
        yield Edit(action=Action.UNSET, path=path, name=str(name))
    if element.getparent() is not None:
        for action in (Action.DROP, Action.DOUBLE, Action.MOVE):
            yield Edit(action=action, path=path)


def values(element: etree._Element) -> Iterator[Edit]:
    """Yield what else an element or one of its attributes may say."""
    path, given = path_of(element), (element.text or "").strip()
    if not len(element):
        for value in _others(given):
            yield Edit(action=Action.WRITE, path=path, value=value)
    for name in element.keys():  # noqa: SIM118 - lxml iterates over children
        for value in (*_WORDS, "USD", "X" * 21, "X" * 51, "X" * 201):
            yield Edit(action=Action.SET, path=path, name=str(name), value=value)


def _others(given: str) -> tuple[str, ...]:
    if re.fullmatch(r"-?\d+\.\d+", given):
        shifted = [f"{float(given) + by:.2f}" for by in (1.01, -1.5, 100)]
        return (*shifted, f"{given}00000000", given.partition(".")[0], *_NUMBERS)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", given):
        return (*_DATES, given + "Z", given + "+01:00")
    long = [given[:2] + "X" * (limit + 1) for limit in _LIMITS]
    return (*long, *_WORDS, *constants())


@cache
def constants() -> tuple[str, ...]:
    """Return the short words that the tests of the rules compare with."""
    text = rulebook.assemble()
    words = re.findall(r"'([A-Za-z0-9#@]{1,60})'", text)
    return tuple(dict.fromkeys(words))


def missing(element: etree._Element) -> Iterator[Edit]:
    """Yield the smallest instance of each thing that an element may have."""
    grammar, last = _grammar(), None
    for child in grammar.children(str(element.tag)):
        found = element.findall(child.tag)
        if found:
            last = found[-1]
            continue
        if not child.tag.startswith(f"{{{NAMESPACES['ext']}}}"):
            text = _text(grammar.example(child.tag))
            path = path_of(element if last is None else last)
            action = Action.FIRST if last is None else Action.AFTER
            yield Edit(action=action, path=path, value=text)


def _text(element: etree._Element) -> str:
    text = etree.tostring(element).decode()
    return re.sub(r' xmlns:\w+="[^"]*"', "", text)


def notes(document: bytes) -> Iterator[Way]:
    """Yield tagged notes behind the last one, one or two of a key."""
    root = xmlio.tree(document)
    head = root.findall(tag("cbc:Note")) or root.findall(tag("cbc:CreditNoteTypeCode"))
    head = head or root.findall(tag("cbc:InvoiceTypeCode"))
    if not head:
        return
    path = path_of(head[-1])
    keys = {k for row in tables.read(rulebook.sources(), "tags.tsv") for k in [row[1]]}
    for key in sorted({one for both in keys for one in both.split()}):
        for start in (f"#{key}#", f"#{key}-001#", f"#{key}-1#", f"#{key}"):
            for rest in ("", "X", "X#", "1.00#", "EUR#", "##", "X" * 600 + "#", "X#Y"):
                text = f"<cbc:Note>{start}{rest}</cbc:Note>"
                edit = Edit(action=Action.AFTER, path=path, value=text)
                yield (edit,)
                yield (edit, edit)


def everywhere(document: bytes) -> Iterator[Way]:
    """Yield one currency for all amounts of the document."""
    root = xmlio.tree(document)
    amounts = [path_of(e) for e in root.iter("*") if "currencyID" in e.attrib]
    codes = [path_of(e) for e in root.iter(*map(tag, _CURRENCIES))]
    for value in ("EURO", "USD", "eur"):
        yield (
            *(Edit(action=Action.WRITE, path=path, value=value) for path in codes),
            *(
                Edit(action=Action.SET, path=path, name="currencyID", value=value)
                for path in amounts
            ),
        )


_CURRENCIES = ("cbc:DocumentCurrencyCode", "cbc:TaxCurrencyCode")


def hidden(document: bytes) -> Iterator[Way]:
    """Yield copies of parts and of the whole in an extension, with a change inside."""
    root = xmlio.tree(document)
    parts = [root.find(f"{{{xmlio.CAC}}}{name}") for name in _SUBJECTS]
    nests = [Edit(action=Action.NEST, path=path_of(e)) for e in parts if e is not None]
    nests += [Edit(action=Action.NEST, path=".", name=name) for name in _KINDS]
    for nest in nests:
        inner = xmlio.tree(edited(document, [nest]))
        content = inner.find(NESTED, NAMESPACES)
        assert content is not None  # noqa: S101 - it has just been put there
        for element in content[0].iter("*"):
            for edit in (*structure(element), *missing(element), *values(element)):
                yield (nest, edit)


@cache
def _grammar() -> Grammar:
    return Grammar()
