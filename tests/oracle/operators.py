# SPDX-License-Identifier: MIT
"""What a mutation does to a document: each operator changes something at random.

An operator says whether it could; whether the schema still allows the document is
found out afterwards.
"""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import TYPE_CHECKING

from lxml import etree

from . import vocabulary
from .grammar import NAMESPACES, path, tag

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from lxml.etree import _Element as Element

    from .mutants import Workshop

    Operator = Callable[[Workshop, Element, random.Random], bool]

_RENAMES = {
    "cbc:InvoiceTypeCode": "cbc:CreditNoteTypeCode",
    "cac:InvoiceLine": "cac:CreditNoteLine",
    "cbc:InvoicedQuantity": "cbc:CreditedQuantity",
    "ubl:Invoice": "cn:CreditNote",
}
_CATEGORIES = [tag("cac:TaxCategory"), tag("cac:ClassifiedTaxCategory")]
_OFTEN = 0.5
_SELDOM = 0.2


def drop(element: Element) -> None:
    """Take an element out."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def double(element: Element) -> None:
    """Put a copy of an element beside it."""
    if element.getparent() is not None:
        element.addnext(copy.deepcopy(element))


def write(text: str, element: Element) -> None:
    """Set the text of an element."""
    element.text = text


def put(name: str, value: str, element: Element) -> None:
    """Set an attribute."""
    element.set(name, value)


def unset(name: str, element: Element) -> None:
    """Remove an attribute, if it is there."""
    if name in element.attrib:
        del element.attrib[name]


def _any(root: Element, rng: random.Random) -> Element:
    return rng.choice([e for e in root.iter("*") if e is not root])


def _leaf(root: Element, rng: random.Random) -> Element:
    return rng.choice([e for e in root.iter("*") if not len(e)])


def _pick(root: Element, rng: random.Random, tags: Sequence[str]) -> Element | None:
    found = list(root.iter(*tags))
    return rng.choice(found) if found else None


def delete(_shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Remove an element with all that is below it."""
    drop(_any(root, rng))
    return True


def duplicate(_shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Put a copy of an element beside it."""
    double(_any(root, rng))
    return True


def move(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Take an element to another parent that may have one."""
    element = _any(root, rng)
    homes = [
        e
        for e in root.iter("*")
        if element.tag in {c.tag for c in shop.grammar.children(str(e.tag))}
        and element not in {e, *e.iterancestors()}
    ]
    if not homes:
        return False
    drop(element)
    return shop.grammar.insert(rng.choice(homes), element)


def empty(_shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Take the text out of an element, or all that is below it."""
    element = _any(root, rng)
    for child in list(element):
        element.remove(child)
    element.text = None
    return True


def grow(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Put the smallest instance of something allowed below an element."""
    parents = [e for e in root.iter("*") if shop.grammar.children(str(e.tag))]
    parent = rng.choice(parents)
    child = rng.choice(shop.grammar.children(str(parent.tag)))
    return shop.grammar.insert(parent, shop.grammar.example(child.tag))


def visit(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Make one of the paths that rules speak of exist, in one of its parents."""
    steps = rng.choice(shop.paths)
    start = root.findall(steps[0])
    if not start or rng.random() < _SELDOM:
        return shop.grammar.ensure(root, steps) is not None
    return shop.grammar.ensure(rng.choice(start), steps[1:]) is not None


def code(_shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Replace a code, an identifier or an attribute."""
    element = _leaf(root, rng)
    if element.attrib and rng.random() < _OFTEN:
        element.set(rng.choice(list(element.attrib)), rng.choice(vocabulary.CODES))
    else:
        element.text = rng.choice(vocabulary.CODES)
    return True


def lexical(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Replace a value by one of the same kind that is written oddly."""
    element = _leaf(root, rng)
    element.text = rng.choice(
        vocabulary.values(shop.grammar.kind(str(element.tag)) or "")
    )
    return True


def attribute(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Set an attribute that the schema knows, or remove one."""
    element = _leaf(root, rng)
    names = shop.grammar.attributes(str(element.tag))
    if not names:
        return False
    name = rng.choice(names)
    had = name in element.attrib
    unset(name, element)
    if not had or rng.random() < _OFTEN:
        element.set(name, rng.choice([*vocabulary.CODES, "x" * 21, "x" * 151]))
    return True


def shift(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Change a number by a cent, by the tolerance, or by a little more."""
    numeric = {"Amount", "Quantity", "Percent", "Numeric"}
    found = [e for e in root.iter("*") if shop.grammar.kind(str(e.tag)) in numeric]
    element = rng.choice(found)
    by = Decimal(rng.choice(("0.01", "0.99", "1.00", "1.01", "1.005", "100", "0.004")))
    try:
        value = Decimal((element.text or "").strip())
    except ArithmeticError:
        return False
    changed = value + rng.choice((by, -by))
    element.text = f"{changed:f}" if rng.random() < _OFTEN else f"{changed:.2f}"
    return True


def category(_shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Give a line, a subtotal or an allowance another category, rate or both."""
    found = _pick(root, rng, _CATEGORIES)
    if found is None:
        return False
    wanted = [found]
    if rng.random() < _OFTEN:
        wanted = list(root.iter(*_CATEGORIES))
    name, rate = rng.choice(vocabulary.CATEGORIES), rng.choice(vocabulary.RATES)
    which = rng.randrange(3)
    for element in wanted:
        for child, text in (("cbc:ID", name), ("cbc:Percent", rate)):
            inner = element.find(tag(child))
            if inner is not None and which != (child == "cbc:ID"):
                inner.text = text
    return True


def kind(shop: Workshop, root: Element, _rng: random.Random) -> bool:
    """Make a credit note of an invoice or the other way round."""
    names = {tag(a): tag(b) for a, b in _RENAMES.items()}
    if root.tag == tag("cn:CreditNote"):
        names = {b: a for a, b in names.items()}
    for element in root.iter("*"):
        if element.tag in names:
            element.tag = names[str(element.tag)]
    order = [c.tag for c in shop.grammar.children(str(root.tag))]
    children = [c for c in root if c.tag in order]
    children.sort(key=lambda c: order.index(str(c.tag)))
    root[:] = children
    return True


def borrow(_shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Give an element the text of another, preferably one of the same name."""
    to = _leaf(root, rng)
    same = [e for e in root.iter(str(to.tag)) if e is not to]
    source = rng.choice(same) if same and rng.random() < _OFTEN else _leaf(root, rng)
    to.text = source.text
    return True


def notes(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Add tagged notes, whole groups of them or what is left of one."""
    for text in vocabulary.notes(rng):
        note = etree.Element(tag("cbc:Note"))
        note.text = text
        shop.grammar.insert(root, note)
    return True


def properties(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Add tagged properties to items, some of them more than once."""
    for item in root.iter(tag("cac:Item")):
        if rng.random() < _OFTEN:
            name, value = rng.choice(vocabulary.PROPERTIES)
            for _ in range(rng.choice((1, 1, 1, 2, 3))):
                add_property(shop, item, name, value)
    return True


def add_property(shop: Workshop, item: Element, name: str, value: str) -> None:
    """Give an item one more property."""
    found = shop.grammar.example(tag("cac:AdditionalItemProperty"))
    for child, text in (("cbc:Name", name), ("cbc:Value", value)):
        inner = etree.Element(tag(child))
        inner.text = text
        for old in found.findall(inner.tag):
            found.remove(old)
        shop.grammar.insert(found, inner)
    shop.grammar.insert(item, found)


def exempt(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Put exemption codes into the breakdown and make its categories exempt."""
    for element in root.iter(tag("cac:TaxCategory")):
        if rng.random() < _OFTEN:
            continue
        found = shop.grammar.ensure(element, path("cbc:TaxExemptionReasonCode"))
        if found is not None:
            found.text = rng.choice(("M01", "M07", "M99", "m07"))
        inner = element.find(tag("cbc:ID"))
        if inner is not None and rng.random() < _OFTEN:
            inner.text = rng.choice(("E", "ISE"))
    return True


def allowance(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Add an allowance or charge to the document, a line or a price."""
    homes = [root, *root.iter(tag("cac:InvoiceLine"), tag("cac:CreditNoteLine"))]
    homes += list(root.iter(tag("cac:Price")))
    home = rng.choice(homes)
    found = shop.grammar.example(tag("cac:AllowanceCharge"))
    for name, texts in vocabulary.ALLOWANCE.items():
        if rng.random() < _OFTEN or name == "cbc:ChargeIndicator":
            inner = shop.grammar.ensure(found, path(name))
            if inner is not None:
                inner.text = rng.choice(texts)
    return shop.grammar.insert(home, found)


def nameless(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Take the seller's tax numbers away; some categories cannot do without."""
    for party in root.iter(tag("cac:AccountingSupplierParty")):
        for scheme in party.iter(tag("cac:PartyTaxScheme")):
            for number in scheme.findall(tag("cbc:CompanyID")):
                scheme.remove(number)
    return allowance(shop, root, rng)


def account(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Ask for a transfer, to an account that may have no number."""
    code_ = shop.grammar.ensure(root, path("cac:PaymentMeans/cbc:PaymentMeansCode"))
    if code_ is None:
        return False
    code_.text = rng.choice(("30", "58", " 30 ", "42"))
    where = ("cbc:ID", "cbc:Name", "cac:FinancialInstitutionBranch")
    for home in root.findall(tag("cac:PaymentMeans")):
        steps = f"cac:PayeeFinancialAccount/{rng.choice(where)}"
        shop.grammar.ensure(home, path(steps))
    return True


def period(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Give the document or a line a period, perhaps one that runs backwards."""
    homes = [root, *root.iter(tag("cac:InvoiceLine"), tag("cac:CreditNoteLine"))]
    home = rng.choice(homes)
    for name, texts in vocabulary.PERIOD.items():
        if rng.random() < _OFTEN:
            found = shop.grammar.ensure(home, path(name))
            if found is not None:
                found.text = rng.choice(texts)
    return True


def nest(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Hide a document with something missing in an extension.

    Contexts without a leading slash match there as well.
    """
    inner = copy.deepcopy(root)
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        drop(_any(inner, rng))
    return extend(shop, root, inner)


def oddity(shop: Workshop, root: Element, rng: random.Random) -> bool:
    """Hide something in an extension that UBL does not have at all."""
    text, names = rng.choice(vocabulary.ODDITIES), rng.choice(vocabulary.FOREIGN)
    inner = etree.fromstring(text.format(**NAMESPACES))
    if rng.random() < _OFTEN:
        inner.set(names, "X")
    return extend(shop, root, inner)


def extend(shop: Workshop, root: Element, inner: Element) -> bool:
    """Put something into an extension of a document."""
    steps = path("ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent")
    content = shop.grammar.ensure(root, steps)
    if content is None or len(content):
        return False
    content.append(inner)
    return True


OPERATORS: dict[Operator, int] = {
    delete: 12,
    duplicate: 8,
    move: 3,
    empty: 3,
    grow: 8,
    visit: 10,
    code: 14,
    lexical: 14,
    attribute: 5,
    shift: 12,
    category: 8,
    kind: 4,
    borrow: 4,
    notes: 6,
    properties: 5,
    exempt: 3,
    allowance: 6,
    nameless: 3,
    account: 3,
    period: 4,
    nest: 3,
    oddity: 2,
}
"""Every operator with how often it is taken, relative to the others."""
