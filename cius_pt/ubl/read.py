# SPDX-License-Identifier: MIT
"""From UBL to the model: walks the binding table and remembers what it did not know.

Nothing is lost: an element or attribute without a place in the model stands in
`Reading.unread`; a value in a form the format does not know, a missing mandatory term
or a tagged text that is malformed is a finding. Only `Reading.invoice` raises.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lxml import etree

from cius_pt import xmlio
from cius_pt.errors import InvalidValue
from cius_pt.findings import Finding, Location, Severity
from cius_pt.model.document import Invoice
from cius_pt.model.types import MOST_DIGITS
from cius_pt.ubl.binding import CURRENCY, clark, content, elements_in, term_of
from cius_pt.ubl.lexical import Binary
from cius_pt.ubl.reading import Reading
from cius_pt.ubl.sink import Sink, path_of
from cius_pt.ubl.table import CREDIT_NOTE, INVOICE
from cius_pt.ubl.trace import Trace
from cius_pt.ubl.trusted import needed, trusted

if TYPE_CHECKING:
    from collections.abc import Callable

    from cius_pt.ubl.binding import Attribute, Node, Root
    from cius_pt.ubl.lexical import Lexical
    from cius_pt.ubl.sink import Spot, Where

MISSING = "CP-READ-01"
UNREADABLE = "CP-READ-02"
NOT_CANONICAL = "CP-READ-03"
MALFORMED_TAG = "CP-READ-04"
_CURRENCY = clark("cbc:DocumentCurrencyCode")


def read(source: bytes | xmlio.XmlDocument) -> Reading:
    """Return what the document says; raises `UnreadableDocument` if it is none."""
    document = xmlio.parse(source) if isinstance(source, bytes) else source
    reading = _Reader(document).read()
    # Apart from its document it can go to another process.
    return replace(reading, _unread=reading.unread)


def traced(document: xmlio.XmlDocument) -> tuple[Reading, Trace]:
    """Return what a document says, and which element says what.

    Where something is unread is looked up when somebody asks.
    """
    reader = _Reader(document)
    steps: list[Any] = []
    reader.steps = steps
    return reader.read(), Trace(document, steps)


class _Reader:
    """One reading of one document."""

    def __init__(self, document: xmlio.XmlDocument) -> None:
        self._document = document
        self._unread: list[tuple[int, str]] = []
        self._findings: list[tuple[int, Callable[[Location], Finding]]] = []
        self._currency = content(next(document.root.iterchildren(_CURRENCY), None))
        # What the attributes of an amount are, if all is well.
        self._amount = [(CURRENCY.name, self._currency)]
        self._fatal = False
        # The number of the element that was met last, as the document counts them.
        self._number = 0
        self.steps: list[Any] | None = None  # see `Trace`

    def read(self) -> Reading:
        """Walk the document from its root."""
        root = self._document.root
        table = CREDIT_NOTE if self._document.kind == "CreditNote" else INVOICE
        sink = Sink(Invoice, 0)
        self._children(root, table, sink)
        self._attributes(root, 0, {}, sink)
        invoice = self._make(sink, table.children)
        places = self._document.locations(number for number, _ in self._findings)
        return Reading(
            findings=tuple(
                finding(places[number]) for number, finding in self._findings
            ),
            _unread=self._places_unread,
            _invoice=None if self._fatal else invoice,
        )

    def _places_unread(self) -> tuple[Location, ...]:
        places = self._document.locations(number for number, _ in self._unread)
        return tuple(xmlio.at(places[number], name) for number, name in self._unread)

    def _children(  # noqa: C901, PLR0912 - the loop in which a reading spends its time
        self, parent: etree._Element, table: Node | Root, sink: Sink
    ) -> None:
        """Read the children of an element.

        Nearly all of a document is terms in their usual form: they are read here, and
        what there is more to say of by `_child`.
        """
        once = table.once.copy()  # the rows of which no element has come yet
        seen: set[Node] = set()
        amount, steps = self._amount, self.steps
        for child in parent[:]:  # type: ignore[index] # the stubs know no slice
            node = once.pop(child.tag, None)
            if node is None:
                for node in table.others.get(child.tag, ()):
                    if (node.many or node not in seen) and (
                        node.when is None or node.when(child)
                    ):
                        break
                else:
                    # The tag of a comment or an instruction is a function.
                    if isinstance(child.tag, str):
                        self._number += 1
                        self._unread.append((self._number, ""))
                        self._number += elements_in(child)
                    continue
                seen.add(node)
            number = self._number = self._number + 1
            row = node.simple
            if row is None:
                self._child(child, number, node, sink)
                continue
            text = child.text
            if (
                not text
                or len(child)
                or (child.items() != amount if row.amount else child.items())
            ):
                self._child(child, number, node, sink)
                continue
            here = sink if node.part is None else self._part(number, node, sink)
            if row.form is None:
                here.fields[row.field] = text
            else:
                value = row.known.get(text)
                if value is None:
                    value = row.value(text)
                    if value is None:
                        self._child(child, number, node, sink)
                        continue
                    if len(text) > MOST_DIGITS:
                        here.doubted = True
                here.fields[row.field] = value
            if steps is not None:
                steps += (number, here, row)

    def _child(
        self, child: etree._Element, number: int, node: Node, sink: Sink
    ) -> None:
        """Read one element by its row into the fields of its owner."""
        if node.part is not None:
            sink = self._part(number, node, sink)
        if node.field is not None:
            self._field(child, number, node, node.field, sink)
        elif node.constant is None:
            if self.steps is not None:
                self.steps += (number, (sink, "", None, node.bt), None)
            if len(child) == 0:
                self._unread.append((number, ""))
            self._children(child, node, sink)
            if child.items():
                self._attributes(child, number, {}, sink)
        else:
            self._constant(child, number, node, sink)

    def _constant(
        self, child: etree._Element, number: int, node: Node, sink: Sink
    ) -> None:
        inside = elements_in(child)
        self._number += inside
        if inside or content(child) != node.constant:
            self._unread.append((number, ""))
        else:
            self._attributes(child, number, {}, sink)

    def _part(self, number: int, node: Node, sink: Sink) -> Sink:
        assert node.part is not None  # noqa: S101 - the caller asked
        assert node.part_model is not None  # noqa: S101 - comes with part
        if sink.parts is None:
            sink.parts = {}
        if node.part not in sink.parts:
            sink.parts[node.part] = Sink(node.part_model, number, sink, node.part)
        return sink.parts[node.part]

    def _field(
        self, child: etree._Element, number: int, node: Node, field: str, sink: Sink
    ) -> None:
        """Read a term or a group into `field`, one of several if there are many."""
        read = self._term if node.model is None else self._group
        if not node.many:
            value = read(child, number, node, (sink, field, None, node.bt))
            if value is not None:
                sink.fields[field] = value
            return
        if node.tagged is not None:
            if sink.taken is None:
                sink.taken = {}
            taken = sink.taken.setdefault(node, [])
            value = read(child, number, node, (sink, field, len(taken), node.bt))
            if value is not None:
                taken.append((number, value))
            return
        if sink.lists is None:
            sink.lists = {}
        made = sink.lists.setdefault(field, [])
        value = read(child, number, node, (sink, field, len(made), node.bt))
        if value is not None:
            made.append(value)

    def _term(
        self, child: etree._Element, number: int, node: Node, where: Where
    ) -> Any:
        if self.steps is not None:
            self.steps += (number, where, None)
        self._attributes(child, number, node.by_name, where[0])
        if len(child):
            self._unread += [
                (self._document.index_of(inner), "")
                for inner in child.iterchildren(etree.Element)
            ]
            self._number += elements_in(child)
        return self._text(child, number, node, where)

    def _group(
        self, child: etree._Element, number: int, node: Node, where: Where
    ) -> Any:
        assert node.model is not None  # noqa: S101 - groups have a model
        if self.steps is not None:
            self.steps += (number, where, None)
        owner, name, index, _ = where
        sink = Sink(node.model, number, owner, name, index)
        if child.items():
            self._attributes(child, number, node.by_name, sink)
        self._children(child, node, sink)
        if node.text_field is not None:
            inner = sink, node.text_field, None, node.bt
            text = self._text(child, number, node, inner)
            if text is not None:
                sink.fields[node.text_field] = text
        return self._make(sink, node.children)

    def _text(
        self, child: etree._Element, number: int, node: Node, where: Where
    ) -> Any:
        assert node.form is not None  # noqa: S101 - terms have a form
        if type(node.form) is Binary and (given := self._document.octets(child)):
            return given
        text = content(child)
        if not text:
            self._unread.append((number, ""))
            return None
        return self._form((number, where, ""), text, node.form)

    def _form(self, spot: Spot, text: str, form: Lexical) -> Any:
        """Return the value of `text`, or None with the reason among the findings."""
        number, where, attribute = spot
        try:
            value, shown = form.parsed(text)
        except ValueError as error:
            self._unread.append((number, attribute))
            self._find(spot, UNREADABLE, Severity.FATAL, f"{_cut(text)}: {error}")
            return None
        if len(text) > MOST_DIGITS and type(value) is Decimal:
            where[0].doubted = True
        if shown != text:
            said = f"written as {_cut(text)}, the format's form is {_cut(shown)}"
            self._find(spot, NOT_CANONICAL, Severity.WARNING, said)
        return value

    def _attributes(
        self,
        child: etree._Element,
        number: int,
        rows: dict[str, Attribute],
        sink: Sink,
    ) -> None:
        for name, given in child.items():
            row, text = rows.get(str(name)), str(given)
            if row is None:
                self._unread.append((number, str(name)))
            elif row.field is None:
                self._fixed(number, row, text, sink)
            elif not text:
                self._unread.append((number, row.name))
            else:
                assert row.form is not None  # noqa: S101 - comes with field
                where = sink, row.field, None, row.bt
                value = self._form((number, where, row.name), text, row.form)
                if value is not None:
                    sink.fields[row.field] = value

    def _fixed(self, number: int, row: Attribute, text: str, sink: Sink) -> None:
        """Compare an attribute with what it has to be: a constant or the currency."""
        if text == (row.constant or self._currency):
            return
        self._unread.append((number, row.name))
        if row.constant is None:
            said = f"an amount in {_cut(text)}, the invoice is in {self._currency!r}"
            spot = number, (sink, "", None, "BT-5"), row.name
            self._find(spot, UNREADABLE, Severity.FATAL, said)

    def _make(self, sink: Sink, rows: tuple[Node, ...]) -> Any:
        """Return the object of a sink, or None with the reason among the findings."""
        fields = sink.fields
        if sink.parts is not None:
            for name, part in sink.parts.items():
                value = self._make(part, rows)
                if value is not None:
                    fields[name] = value
            # They know their owner: a circle, which only the collector would end.
            sink.parts = None
        if sink.lists is not None:
            fields.update(
                (name, tuple(made)) for name, made in sink.lists.items() if made
            )
        if sink.taken is not None:
            for node, taken in sink.taken.items():
                if taken:
                    self._split(node, taken, sink)
        if not fields or sink.doubted:
            return self._checked(sink, rows)
        try:
            return trusted(sink.model, fields)
        except (TypeError, InvalidValue):
            return self._checked(sink, rows)

    def _checked(self, sink: Sink, rows: tuple[Node, ...]) -> Any:
        """Return the object of a sink if it can be made, or say why not."""
        fields = sink.fields
        if not fields.keys() >= needed(sink.model):
            self._missing(sink, rows)
            self._unread.append((sink.number, ""))
            return None
        try:
            return sink.model(**fields)
        except InvalidValue as error:
            if fields:
                spot = sink.number, (sink, error.path, None, None), ""
                self._find(spot, UNREADABLE, Severity.FATAL, error.message)
            self._unread.append((sink.number, ""))
            return None

    def _missing(self, sink: Sink, rows: tuple[Node, ...]) -> None:
        """Find what is mandatory and not there."""
        for name in needed(sink.model):
            if name not in sink.fields:
                bt = term_of(name, rows)
                self._find(
                    (sink.number, (sink, name, None, bt), ""),
                    MISSING,
                    Severity.FATAL,
                    f"{bt or name} is mandatory and is not there",
                )

    def _split(self, node: Node, taken: list[tuple[int, Any]], sink: Sink) -> None:
        assert node.tagged is not None  # noqa: S101 - only tagged nodes are taken
        places = node.tagged.split([value for _, value in taken], sink.fields)
        for (number, _), place in zip(taken, places, strict=True):
            where = sink, place.path, None, place.bt
            if self.steps is not None:
                self.steps += (number, where, None)
            if place.problem is not None:
                spot = number, where, ""
                self._find(spot, MALFORMED_TAG, Severity.WARNING, place.problem)
            if place.unread is not None:
                element = self._document.element(number)
                self._unread += [
                    (self._document.index_of(child), "")
                    for child in element.iterchildren(place.unread)
                ]

    def _find(self, spot: Spot, rule: str, severity: Severity, message: str) -> None:
        self._fatal = self._fatal or severity is Severity.FATAL
        number, where, _ = spot

        def finding(place: Location) -> Finding:
            return Finding(
                rule=rule,
                severity=severity,
                message=message,
                bt=where[3],
                location=replace(place, path=path_of(where)),
            )

        self._findings.append((number, finding))


def _cut(text: str) -> str:
    return repr(xmlio.cut(text, 40))
