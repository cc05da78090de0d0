# SPDX-License-Identifier: MIT
"""The vocabulary of the binding table: nodes that tie UBL elements to model fields.

A table is a tree of `Node`s in document order. `write` walks it forward, `read` walks
it and remembers what it did not know, `locate` reads back from an element to a model
path and a business term. There are four kinds of node:

- a *term* has a field and a lexical form: one element, one value;
- a *group* has a field and a model class: its children belong to that object;
- a *nest* has neither: an element that only UBL needs, gone when it would be empty;
- a *constant* has a fixed text and vanishes with the group around it.

A *tagged* node is a repeated one whose values hide several fields of the owner. The
rows of a *part* belong to an object of the owner's that has no element to itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Protocol

from lxml import etree

from cius_pt.model.types import MOST_DIGITS
from cius_pt.ubl.lexical import Lexical, Text
from cius_pt.values import dataclass
from cius_pt.xmlio import CAC, CBC

_PREFIXES = {"cac": CAC, "cbc": CBC}
# How many texts of one row are kept with their values.
_MOST_KNOWN = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """One of the two document elements, its namespace and its rows."""

    name: str
    namespace: str
    children: tuple[Node, ...]
    once: dict[str, Node]
    others: dict[str, tuple[Node, ...]]

    @property
    def tag(self) -> str:
        """The name in Clark notation."""
        return f"{{{self.namespace}}}{self.name}"


def root(name: str, namespace: str, *children: Node) -> Root:
    """Return the row of a document element."""
    once, others = _by_tag(children)
    return Root(
        name=name,
        namespace=namespace,
        children=children,
        once=once,
        others=others,
    )


def clark(name: str) -> str:
    """Return ``{uri}local`` for ``cbc:ID``."""
    prefix, _, local = name.partition(":")
    return f"{{{_PREFIXES[prefix]}}}{local}"


def content(element: etree._Element | None) -> str:
    """Return the text of an element; a comment inside splits it in the tree only."""
    if element is None:
        return ""
    if len(element):
        return "".join(element.xpath("text()"))  # type: ignore[arg-type]
    return element.text or ""


def elements_in(element: etree._Element) -> int:
    """Return how many elements there are in an element; most have text only."""
    return sum(1 for _ in element.iterdescendants(etree.Element)) if len(element) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An XML attribute: a field of the owner, a fixed text, or the currency."""

    name: str
    field: str | None = None
    bt: str | None = None
    form: Lexical | None = None
    constant: str | None = None


CURRENCY = Attribute(name="currencyID")
SEPA = Attribute(name="schemeID", bt="BT-90-1", constant="SEPA")


class Tagged(Protocol):
    """Takes one repeated element apart into fields of its owner, and back."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the owner that it fills."""
        ...

    def join(self, owner: Any, *, strict: bool) -> list[Any]:
        """Return the values of the repeated element, in order."""
        ...

    def split(self, values: list[Any], fields: dict[str, Any]) -> tuple[Place, ...]:
        """Put what `values` mean into `fields`; say where each of them went."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one value of a tagged node went.

    `path` and `bt`: the model path and the business term it became. `problem`: what
    is malformed about it. `unread`: the child element, in Clark notation, that the
    model has no place for.
    """

    path: str
    bt: str
    problem: str | None = None
    unread: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Simple:
    """A term in its usual form: an element with text and no attribute.

    `form` is None when the value is the text, whatever that is. An `amount` has one
    attribute, the currency of the document. `known` are short texts of it that have
    been read, in the notation of the format: rates, units and prices come again.
    """

    field: str
    bt: str | None
    form: Lexical | None
    amount: bool
    known: dict[str, Any] = dataclasses.field(
        default_factory=dict, compare=False, repr=False
    )

    def value(self, text: str) -> Any:
        """Return the value of a text as the format writes it; None for any other."""
        assert self.form is not None  # noqa: S101 - the caller asked
        try:
            value, shown = self.form.parsed(text)
        except ValueError:
            return None
        if shown != text:
            return None
        # A longer one may be more than the model takes, which is found each time.
        if len(text) <= MOST_DIGITS:
            if len(self.known) >= _MOST_KNOWN:
                self.known.clear()
            self.known[text] = value
        return value


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Node:
    """One row of the table; see the module for its kinds.

    `simple`: what there is to know of a term that comes once, for a field of its owner.
    `once` has the rows of its children that come once, alone and unconditionally;
    `others` the rows that an element may be of, the one with a condition first.
    """

    tag: str
    bt: str | None = None
    field: str | None = None
    form: Lexical | None = None
    text_field: str | None = None
    model: type | None = None
    many: bool = False
    constant: str | None = None
    attributes: tuple[Attribute, ...] = ()
    children: tuple[Node, ...] = ()
    tagged: Tagged | None = None
    part: str | None = None
    part_model: type | None = None
    when: Callable[[etree._Element], bool] | None = None
    fields: frozenset[str] = frozenset()
    once: dict[str, Node]
    others: dict[str, tuple[Node, ...]]
    by_name: dict[str, Attribute]
    simple: Simple | None = None


def _make(
    tag: str,
    children: tuple[Node, ...],
    attributes: tuple[Attribute, ...] = (),
    **row: Any,
) -> Node:
    once, others = _by_tag(children)
    return Node(
        tag=clark(tag),
        children=children,
        once=once,
        others=others,
        attributes=attributes,
        by_name={attribute.name: attribute for attribute in attributes},
        **row,
    )


def _by_tag(
    children: tuple[Node, ...],
) -> tuple[dict[str, Node], dict[str, tuple[Node, ...]]]:
    """Return the rows that come once, alone and unconditionally, and the others."""
    rows: dict[str, tuple[Node, ...]] = {}
    # A row with a condition is asked before the one that takes every element.
    for child in sorted(children, key=lambda child: child.when is None):
        rows[child.tag] = (*rows.get(child.tag, ()), child)
    once = {
        tag: node
        for tag, (node, *more) in rows.items()
        if not more and not node.many and node.when is None
    }
    return once, {tag: rows[tag] for tag in rows.keys() - once.keys()}


AttributeRow = Attribute | tuple[str, str, str, "Lexical"]


def _attributes(rows: tuple[AttributeRow, ...]) -> tuple[Attribute, ...]:
    return tuple(
        row
        if isinstance(row, Attribute)
        else Attribute(name=row[0], field=row[1], bt=row[2], form=row[3])
        for row in rows
    )


def term(  # noqa: PLR0913 - a row of the table has this many columns
    path: str,
    field: str,
    bt: str | None,
    form: Lexical,
    *attributes: AttributeRow,
    currency: bool = False,
    many: bool = False,
) -> Node:
    """Return the row of one value; a path of several steps nests around it.

    With `many` it repeats.
    """
    *outer, tag = path.split("/")
    if currency:
        attributes = (CURRENCY, *attributes)
    made = _attributes(attributes)
    names = (field, *(row.field for row in made if row.field is not None))
    node = _make(
        tag,
        (),
        bt=bt,
        field=field,
        form=form,
        many=many,
        simple=None if many else _simple(field, bt, form, made),
        attributes=made,
        fields=frozenset(names),
    )
    for step in reversed(outer):
        node = nest(step, node)
    return node


def group(  # noqa: PLR0913 - a row of the table has this many columns
    tag: str,
    field: str,
    bt: str | None,
    model: type,
    *children: Node,
    text: tuple[str, Lexical] | None = None,
    attributes: tuple[AttributeRow, ...] = (),
    many: bool = False,
    when: Callable[[etree._Element], bool] | None = None,
) -> Node:
    """Return the row of a group: an element that is an object of its own."""
    return _make(
        tag,
        children,
        bt=bt,
        field=field,
        model=model,
        many=many,
        when=when,
        text_field=text[0] if text else None,
        form=text[1] if text else None,
        attributes=_attributes(attributes),
        fields=frozenset({field}),
    )


def _simple(
    field: str, bt: str | None, form: Lexical, attributes: tuple[Attribute, ...]
) -> Simple:
    return Simple(
        field=field,
        bt=bt,
        form=None if isinstance(form, Text) else form,
        amount=CURRENCY in attributes,
    )


def nest(
    tag: str,
    *children: Node,
    bt: str | None = None,
    when: Callable[[etree._Element], bool] | None = None,
    repeats: bool = False,
) -> Node:
    """Return the row of an element that only UBL needs.

    It is written once; with `repeats` it is read as often as it comes.
    """
    fields = frozenset[str]().union(*(child.fields for child in children))
    return _make(tag, children, bt=bt, when=when, many=repeats, fields=fields)


def constant(path: str, text: str) -> Node:
    """Return the row of a fixed text; a path of several steps nests around it."""
    *outer, tag = path.split("/")
    node = _make(tag, (), constant=text)
    for step in reversed(outer):
        node = nest(step, node)
    return node


def tagged(row: Node, rule: Tagged) -> Node:
    """Return the repeated `row` with `rule` between it and the owner's fields."""
    fields = frozenset(rule.fields)
    return dataclasses.replace(row, many=True, simple=None, tagged=rule, fields=fields)


def part(field: str, model: type, *children: Node) -> tuple[Node, ...]:
    """Return rows whose values belong to the object in `field`, without an element."""
    return tuple(
        dataclasses.replace(
            child,
            part=field,
            part_model=model,
            fields=frozenset({field}),
        )
        for child in children
    )


def term_of(name: str, rows: tuple[Node, ...]) -> str | None:
    """Return the business term of the field `name` among these rows."""
    for node in rows:
        if node.field == name and node.part is None:
            return node.bt
        if node.model is None:
            for attribute in node.attributes:
                if attribute.field == name:
                    return attribute.bt
        if name in node.fields and (found := term_of(name, node.children)):
            return found
    return None
