# SPDX-License-Identifier: MIT
"""From the model to UBL: walks the binding table forward."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lxml import etree

from cius_pt.errors import InvalidValue
from cius_pt.ubl.table import CREDIT_NOTE, INVOICE
from cius_pt.xmlio import CAC, CBC

if TYPE_CHECKING:
    from cius_pt.model.document import Invoice
    from cius_pt.ubl.binding import Node
    from cius_pt.ubl.lexical import Lexical


def write(invoice: Invoice, *, strict: bool = True) -> bytes:
    """Return `invoice` as a UBL 2.1 document in UTF-8, without a byte order mark.

    Raises `InvalidValue` naming the field, the business term and the limit for what
    the format cannot represent: a text too long or with a line break, a number with
    too many decimals, sums that are not there. With ``strict=False`` only what XML
    itself cannot hold is refused; the rules will then say the rest.
    """
    root = CREDIT_NOTE if invoice.kind.is_credit_note else INVOICE
    if strict:
        _complete(invoice)
    prefixes: dict[str | None, str] = {None: root.namespace, "cac": CAC, "cbc": CBC}
    element = etree.Element(root.tag, nsmap=prefixes)  # type: ignore[arg-type]
    _Writer(invoice.currency, strict=strict).children(
        root.children, invoice, element, ""
    )
    return etree.tostring(
        element, encoding="UTF-8", xml_declaration=True, pretty_print=True
    )


def _complete(invoice: Invoice) -> None:
    if not invoice.lines:
        raise InvalidValue("BG-25: an invoice has at least one line", path="lines")
    if invoice.totals is None:
        raise InvalidValue("BG-22: state them or call with_totals", path="totals")
    for index, line in enumerate(invoice.lines):
        if line.net_amount is None:
            raise InvalidValue(
                "BT-131: state it or call with_totals",
                path=f"lines[{index}].net_amount",
            )
        if (line.price_discount is None) != (line.gross_price is None):
            raise InvalidValue(
                "BT-147, BT-148: give both the discount and the gross price or neither",
                path=f"lines[{index}].gross_price",
            )
    for index, item in enumerate(invoice.allowance_charges):
        if item.vat and (item.vat.exemption_code or item.vat.exemption_reason):
            raise InvalidValue(
                "BT-120, BT-121: the reason for an exempt amount stands in the VAT "
                "breakdown only; call with_totals, which moves it there",
                path=f"allowance_charges[{index}].vat",
            )
    if invoice.kind.is_credit_note and invoice.due_date and not invoice.payments:
        raise InvalidValue(
            "BT-9: a credit note carries it inside a payment (BG-16); "
            "add one or use payment_terms",
            path="due_date",
        )
    if invoice.sales_order_reference and not invoice.order_reference:
        raise InvalidValue(
            "BT-14: UBL takes it beside BT-13 only; give order_reference too",
            path="sales_order_reference",
        )
    _unmistakable(invoice)


def _unmistakable(invoice: Invoice) -> None:
    """Refuse identifiers whose scheme belongs to another field."""
    named = {
        f"seller.identifiers[{index}]": item
        for index, item in enumerate(invoice.seller.identifiers)
    }
    if invoice.payee is not None and invoice.payee.identifier is not None:
        named["payee.identifier"] = invoice.payee.identifier
    for path, item in named.items():
        if item.scheme == "SEPA":
            raise InvalidValue(
                "BT-29, BT-60: SEPA marks the creditor identifier (BT-90); "
                "use creditor_identifier",
                path=f"{path}.scheme",
            )
    registration = invoice.seller.tax_registration
    if registration is not None and registration.scheme in {None, "VAT"}:
        raise InvalidValue(
            "BT-32: name its tax scheme, any but VAT; for VAT use vat_identifier",
            path="seller.tax_registration.scheme",
        )


class _Writer:
    """Carries what every amount needs, so that it is not passed row by row."""

    __slots__ = ("currency", "strict")

    def __init__(self, currency: str, *, strict: bool) -> None:
        self.currency = currency
        self.strict = strict

    def children(
        self, nodes: tuple[Node, ...], owner: Any, parent: etree._Element, path: str
    ) -> None:
        """Write the rows `nodes` of `owner` into `parent`."""
        for node in nodes:
            if node.part is not None:
                self._part(node, owner, parent, path)
            elif node.constant is not None:
                etree.SubElement(parent, node.tag).text = node.constant
            elif node.tagged is not None:
                for index, value in enumerate(self._joined(node, owner, path)):
                    self._one(node, value, parent, f"{path}{node.field}[{index}].")
            elif node.field is None:
                if not node.fields or _present(owner, node.fields):
                    inner = etree.SubElement(parent, node.tag)
                    self.children(node.children, owner, inner, path)
            else:
                self._field(node, owner, parent, path)

    def _part(self, node: Node, owner: Any, parent: etree._Element, path: str) -> None:
        value = getattr(owner, str(node.part))
        if value is not None:
            inner = replace(node, part=None)
            self.children((inner,), value, parent, f"{path}{node.part}.")

    def _joined(self, node: Node, owner: Any, path: str) -> list[Any]:
        assert node.tagged is not None  # noqa: S101 - narrows for the type checker
        try:
            return node.tagged.join(owner, strict=self.strict)
        except InvalidValue as error:
            raise InvalidValue(error.message, path=path + error.path) from None

    def _field(self, node: Node, owner: Any, parent: etree._Element, path: str) -> None:
        assert node.field is not None  # noqa: S101 - narrows for the type checker
        value = getattr(owner, node.field)
        if value is None:
            if self.strict and node.model is None:
                _refuse_orphans(node, owner, path)
            return
        if node.many:
            for index, item in enumerate(value):
                self._one(node, item, parent, f"{path}{node.field}[{index}].")
        elif node.model is not None:
            self._one(node, value, parent, f"{path}{node.field}.")
        else:
            assert node.form is not None  # noqa: S101 - a term has a form
            element = etree.SubElement(parent, node.tag)
            self._text(node, node.form, value, element, path + node.field)
            self._attributes(node, owner, element, path)

    def _one(self, node: Node, value: Any, parent: etree._Element, path: str) -> None:
        element = etree.SubElement(parent, node.tag)
        if node.form is not None:
            text = value if node.text_field is None else getattr(value, node.text_field)
            if text is not None:
                where = path[:-1] if node.text_field is None else path + node.text_field
                self._text(node, node.form, text, element, where)
        self._attributes(node, value, element, path)
        self.children(node.children, value, element, path)

    def _text(
        self, node: Node, form: Lexical, value: Any, element: etree._Element, path: str
    ) -> None:
        try:
            element.text = self._shown(form, value)
        except ValueError as error:
            raise _unwritable(node.bt, error, path) from None

    def _shown(self, form: Lexical, value: Any) -> str:
        shown = form.show(value)
        if self.strict and (problem := form.problem(value, shown)) is not None:
            raise ValueError(problem)
        return shown

    def _attributes(
        self, node: Node, owner: Any, element: etree._Element, path: str
    ) -> None:
        for attribute in node.attributes:
            if attribute.field is None:
                element.set(attribute.name, attribute.constant or self.currency)
                continue
            value = getattr(owner, attribute.field)
            if value is None:
                continue
            assert attribute.form is not None  # noqa: S101 - only CURRENCY has none
            try:
                element.set(attribute.name, self._shown(attribute.form, value))
            except ValueError as error:
                raise _unwritable(attribute.bt, error, path + attribute.field) from None


def _refuse_orphans(node: Node, owner: Any, path: str) -> None:
    """Refuse what could only be an attribute of an element that is not there."""
    for attribute in node.attributes:
        if attribute.field and getattr(owner, attribute.field) is not None:
            raise InvalidValue(
                f"{attribute.bt}: stands beside {node.field} ({node.bt}), which is "
                "not given; give both or neither",
                path=path + attribute.field,
            )


def _present(owner: Any, fields: frozenset[str]) -> bool:
    return any(getattr(owner, field) not in (None, ()) for field in fields)


def _unwritable(bt: str | None, error: ValueError, path: str) -> InvalidValue:
    return InvalidValue(f"{bt}: {error}" if bt else str(error), path=path)
