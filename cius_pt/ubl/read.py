# SPDX-License-Identifier: MIT
"""From UBL to the model: walks the binding table and remembers what it did not know.

Nothing is lost: an element or attribute without a place in the model stands in
`Reading.unread`; a value in a form the format does not know, a missing mandatory term
or a tagged text that is malformed is a finding. Only `Reading.invoice` raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from cius_pt import xmlio
from cius_pt.errors import FindingsError, InvalidValue
from cius_pt.findings import Check, Finding, Location, Outcome, Report, Severity
from cius_pt.model.document import Invoice
from cius_pt.model.types import field_types
from cius_pt.ubl.binding import CURRENCY, clark, content, inside
from cius_pt.ubl.sink import Sink, path_of
from cius_pt.ubl.table import CREDIT_NOTE, INVOICE
from cius_pt.ubl.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, KeysView

    from lxml import etree

    from cius_pt.ubl.binding import Attribute, Node, Simple
    from cius_pt.ubl.lexical import Lexical
    from cius_pt.ubl.sink import Spot, Where

MISSING = "CP-READ-01"
UNREADABLE = "CP-READ-02"
NOT_CANONICAL = "CP-READ-03"
MALFORMED_TAG = "CP-READ-04"
_CURRENCY = clark("cbc:DocumentCurrencyCode")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a document says in our terms.

    `unread`: every element or attribute the model has no place for. `findings`: what
    is missing (CP-READ-01, fatal), has no value we can hold (CP-READ-02, fatal), is
    written in another form than the format's (CP-READ-03) or begins like a reserved
    tag and is none (CP-READ-04), both warnings.
    """

    unread: tuple[Location, ...]
    findings: tuple[Finding, ...]
    _invoice: Invoice | None = field(repr=False)

    @property
    def complete(self) -> bool:
        """Whether there is an invoice to give."""
        return self._invoice is not None

    @property
    def invoice(self) -> Invoice:
        """The invoice; raises `FindingsError` when there is none to give.

        There is none as soon as anything mandatory is missing or has a value the
        model cannot hold: half an invoice would be another invoice.
        """
        if self._invoice is None:
            check = Check(name="read", outcome=Outcome.FAILED, findings=self.findings)
            raise FindingsError(Report(checks=(check,)))
        return self._invoice


def read(source: bytes | xmlio.XmlDocument) -> Reading:
    """Return what the document says; raises `UnreadableDocument` if it is none."""
    document = xmlio.parse(source) if isinstance(source, bytes) else source
    return _Reader(document).read()


def traced(document: xmlio.XmlDocument) -> tuple[Reading, Trace]:
    """Return what a document says, and which element says what."""
    reader = _Reader(document)
    steps: list[tuple[etree._Element, Where]] = []
    reader.steps = steps
    return reader.read(), Trace(steps)


class _Reader:
    """One reading of one document."""

    def __init__(self, document: xmlio.XmlDocument) -> None:
        self._document = document
        self._unread: list[tuple[etree._Element, str]] = []
        self._findings: list[tuple[etree._Element, Callable[[Location], Finding]]] = []
        self._currency = content(document.root.find(_CURRENCY))
        # What the attributes of an amount are, if all is well.
        self._amount = [(CURRENCY.name, self._currency)]
        self._fatal = False
        self.steps: list[tuple[etree._Element, Where]] | None = None

    def read(self) -> Reading:
        """Walk the document from its root."""
        root = self._document.root
        table = CREDIT_NOTE if self._document.kind == "CreditNote" else INVOICE
        sink = Sink(Invoice, root)
        self._children(root, table.by_tag, sink)
        self._attributes(root, {}, sink)
        invoice = self._make(sink, table.children)
        places = self._document.locations(
            self._document.index_of(element)
            for element, _ in (*self._unread, *self._findings)
        )

        def place(element: etree._Element) -> Location:
            return places[self._document.index_of(element)]

        return Reading(
            unread=tuple(
                _below(place(element), name) for element, name in self._unread
            ),
            findings=tuple(
                finding(place(element)) for element, finding in self._findings
            ),
            _invoice=None if self._fatal else invoice,
        )

    def _children(
        self,
        parent: etree._Element,
        by_tag: dict[str, tuple[Node, ...]],
        sink: Sink,
    ) -> None:
        seen: set[Node] = set()
        for child in parent:
            tag = child.tag
            for node in by_tag.get(tag, ()):
                if (node.many or node not in seen) and (
                    node.when is None or node.when(child)
                ):
                    seen.add(node)
                    row = node.simple
                    if row is None or not self._simple(child, row, sink):
                        self._child(child, node, sink)
                    break
            else:
                # The tag of a comment or an instruction is a function.
                if isinstance(tag, str):
                    self._unread.append((child, ""))

    def _simple(self, child: etree._Element, row: Simple, sink: Sink) -> bool:
        """Read a term in its usual form; False when there is more to say of it.

        Nearly all of a document is such terms: this is where a reading spends its time.
        """
        text = child.text
        if (
            not text
            or len(child)
            or child.items() != (self._amount if row.amount else [])
        ):
            return False
        value: Any = text
        if row.form is not None:
            try:
                value, shown = row.form.parsed(text)
            except ValueError:
                return False
            if shown != text:
                return False
        sink.fields[row.field] = value
        if self.steps is not None:
            self.steps.append((child, (sink, row.field, None, row.bt)))
        return True

    def _child(self, child: etree._Element, node: Node, sink: Sink) -> None:
        """Read one element by its row into the fields of its owner."""
        if node.part is not None:
            sink = self._part(child, node, sink)
        if node.field is not None:
            self._field(child, node, node.field, sink)
        elif node.constant is None:
            if self.steps is not None:
                self.steps.append((child, (sink, "", None, node.bt)))
            if len(child) == 0:
                self._unread.append((child, ""))
            self._children(child, node.by_tag, sink)
            self._attributes(child, {}, sink)
        elif content(child) != node.constant or (
            len(child) and any(True for _ in inside(child))
        ):
            self._unread.append((child, ""))
        else:
            self._attributes(child, {}, sink)

    def _part(self, child: etree._Element, node: Node, sink: Sink) -> Sink:
        assert node.part is not None  # noqa: S101 - the caller asked
        assert node.part_model is not None  # noqa: S101 - comes with part
        if sink.parts is None:
            sink.parts = {}
        if node.part not in sink.parts:
            sink.parts[node.part] = Sink(node.part_model, child, sink, node.part)
        return sink.parts[node.part]

    def _field(self, child: etree._Element, node: Node, field: str, sink: Sink) -> None:
        """Read a term or a group into `field`, one of several if there are many."""
        if not node.many:
            value = self._value(child, node, (sink, field, None, node.bt), sink)
            if value is not None:
                sink.fields[field] = value
            return
        if node.tagged is not None:
            if sink.taken is None:
                sink.taken = {}
            taken = sink.taken.setdefault(node, [])
            where = sink, field, len(taken), node.bt
            value = self._value(child, node, where, sink)
            if value is not None:
                taken.append((child, value))
            return
        if sink.lists is None:
            sink.lists = {}
        made = sink.lists.setdefault(field, [])
        value = self._value(child, node, (sink, field, len(made), node.bt), sink)
        if value is not None:
            made.append(value)

    def _value(
        self, child: etree._Element, node: Node, where: Where, sink: Sink
    ) -> Any:
        """Return the value of a term or a group, or None when it has none."""
        if node.model is not None:
            return self._group(child, node, where, node.model)
        return self._term(child, node, where, sink)

    def _term(self, child: etree._Element, node: Node, where: Where, sink: Sink) -> Any:
        if self.steps is not None:
            self.steps.append((child, where))
        self._attributes(child, node.by_name, sink)
        for inner in inside(child):
            self._unread.append((inner, ""))
        return self._text(child, node, where)

    def _group(
        self, child: etree._Element, node: Node, where: Where, model: type
    ) -> Any:
        if self.steps is not None:
            self.steps.append((child, where))
        owner, name, index, _ = where
        sink = Sink(model, child, owner, name, index)
        self._attributes(child, node.by_name, sink)
        self._children(child, node.by_tag, sink)
        if node.text_field is not None:
            text = self._text(child, node, (sink, node.text_field, None, node.bt))
            if text is not None:
                sink.fields[node.text_field] = text
        return self._make(sink, node.children)

    def _text(self, child: etree._Element, node: Node, where: Where) -> Any:
        assert node.form is not None  # noqa: S101 - terms have a form
        text = content(child)
        if not text:
            self._unread.append((child, ""))
            return None
        return self._form(child, where, "", text, node.form)

    def _form(
        self,
        child: etree._Element,
        where: Where,
        attribute: str,
        text: str,
        form: Lexical,
    ) -> Any:
        """Return the value of `text`, or None with the reason among the findings."""
        try:
            value, shown = form.parsed(text)
        except ValueError as error:
            self._unread.append((child, attribute))
            spot = child, where, attribute
            self._find(spot, UNREADABLE, Severity.FATAL, f"{_cut(text)}: {error}")
            return None
        if shown != text:
            self._find(
                (child, where, attribute),
                NOT_CANONICAL,
                Severity.WARNING,
                f"written as {_cut(text)}, the format's form is {_cut(shown)}",
            )
        return value

    def _attributes(
        self, child: etree._Element, rows: dict[str, Attribute], sink: Sink
    ) -> None:
        for name, given in child.items():
            row, text = rows.get(str(name)), str(given)
            if row is None:
                self._unread.append((child, str(name)))
            elif row.field is None:
                self._fixed(child, row, text, sink)
            elif not text:
                self._unread.append((child, row.name))
            else:
                assert row.form is not None  # noqa: S101 - comes with field
                where = sink, row.field, None, row.bt
                value = self._form(child, where, row.name, text, row.form)
                if value is not None:
                    sink.fields[row.field] = value

    def _fixed(
        self, child: etree._Element, row: Attribute, text: str, sink: Sink
    ) -> None:
        """Compare an attribute with what it has to be: a constant or the currency."""
        if text == (row.constant or self._currency):
            return
        self._unread.append((child, row.name))
        if row.constant is None:
            said = f"an amount in {_cut(text)}, the invoice is in {self._currency!r}"
            spot = child, (sink, "", None, "BT-5"), row.name
            self._find(spot, UNREADABLE, Severity.FATAL, said)

    def _make(self, sink: Sink, rows: tuple[Node, ...]) -> Any:
        """Return the object of a sink, or None with the reason among the findings."""
        fields = sink.fields
        for name, part in (sink.parts or {}).items():
            value = self._make(part, rows)
            if value is not None:
                fields[name] = value
        for name, values in (sink.lists or {}).items():
            if values:
                fields[name] = tuple(values)
        for node, taken in (sink.taken or {}).items():
            if taken:
                self._split(node, taken, sink)
        needed = _needed(sink.model)
        if not fields.keys() >= needed:
            self._missing(sink, needed, rows)
            self._unread.append((sink.element, ""))
            return None
        try:
            return sink.model(**fields)
        except InvalidValue as error:
            if fields:
                spot = sink.element, (sink, error.path, None, None), ""
                self._find(spot, UNREADABLE, Severity.FATAL, error.message)
            self._unread.append((sink.element, ""))
            return None

    def _missing(
        self, sink: Sink, needed: Iterable[str], rows: tuple[Node, ...]
    ) -> None:
        """Find what is mandatory and not there."""
        for name in needed:
            if name not in sink.fields:
                bt = _term_of(name, rows)
                self._find(
                    (sink.element, (sink, name, None, bt), ""),
                    MISSING,
                    Severity.FATAL,
                    f"{bt or name} is mandatory and is not there",
                )

    def _split(
        self, node: Node, taken: list[tuple[etree._Element, Any]], sink: Sink
    ) -> None:
        assert node.tagged is not None  # noqa: S101 - only tagged nodes are taken
        places = node.tagged.split([value for _, value in taken], sink.fields)
        for (element, _), place in zip(taken, places, strict=True):
            where = sink, place.path, None, place.bt
            if self.steps is not None:
                self.steps.append((element, where))
            if place.problem is not None:
                spot = element, where, ""
                self._find(spot, MALFORMED_TAG, Severity.WARNING, place.problem)
            if place.unread is not None:
                self._unread.extend(
                    (child, "") for child in element.iterchildren(place.unread)
                )

    def _find(self, spot: Spot, rule: str, severity: Severity, message: str) -> None:
        self._fatal = self._fatal or severity is Severity.FATAL
        element, where, _ = spot

        def finding(place: Location) -> Finding:
            return Finding(
                rule=rule,
                severity=severity,
                message=message,
                bt=where[3],
                location=replace(place, path=path_of(where)),
            )

        self._findings.append((element, finding))


@cache
def _needed(model: type) -> KeysView[str]:
    """Return the fields without which there is no value of `model`, in order."""
    return dict.fromkeys(
        item.name
        for item in field_types(model)
        # A default is for who builds an invoice. One that is read says its
        # country, unit, currency or tax, or there is no telling.
        if item.required or item.default not in {None, ()}
    ).keys()


def _term_of(name: str, rows: tuple[Node, ...]) -> str | None:
    """Return the business term of the field `name` among these rows."""
    for node in rows:
        if node.field == name and node.part is None:
            return node.bt
        if node.model is None:
            for attribute in node.attributes:
                if attribute.field == name:
                    return attribute.bt
        if name in node.fields and (found := _term_of(name, node.children)):
            return found
    return None


def _below(place: Location, attribute: str) -> Location:
    if not attribute:
        return place
    name = xmlio.display_name(attribute, own="")
    return replace(place, xpath=f"{place.xpath}/@{name}")


def _cut(text: str, most: int = 40) -> str:
    return repr(text if len(text) <= most else f"{text[:most]}…")
