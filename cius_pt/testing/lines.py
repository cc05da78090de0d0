# SPDX-License-Identifier: MIT
"""Strategies for lines and what belongs to them: VAT, periods, discounts, items."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from cius_pt.model import (
    AllowanceCharge,
    Classification,
    ItemAttribute,
    Line,
    Period,
    Vat,
)
from cius_pt.money import cents, percentage, product, quotient, rounded
from cius_pt.pt import cpe
from cius_pt.testing.texts import (
    COUNTRIES,
    OBJECT_SCHEMES,
    UNITS,
    codes,
    dates,
    identifiers,
    kept,
    maybe,
    numbers,
    several,
    texts,
)

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

ALLOWANCE_CODES = ("41", "42", "60", "88", "95", "100", "105")  # UNTDID 5189
CHARGE_CODES = ("AA", "AAA", "ABK", "FC", "ZZZ")  # UNTDID 7161, on any level
LINE_CHARGE_CODES = (*CHARGE_CODES, "ADF")
CLASSIFICATIONS = ("STI", "AA", "ZZZ", "SRV")  # UNTDID 7143
EXEMPTION_CODES = ("M01", "M07", "M10", "M99", "AAAAA")  # the last one is abroad
# The rules round the rate of a subtotal, so only whole ones pass (DT-CIUS-PT-171).
RATES = (1, 4, 5, 6, 9, 12, 13, 16, 22, 23, 100)
_POSITIVE = ("S", "NOR", "AA", "RED", "INT")
_EXEMPT = ("E", "ISE")
_OTHER = ("OUT", "NA", "Z", "AE", "IC", "G", "O")
_LINE_ORDERS = (
    ("CPE", "free"),
    ("#LINEID@COMMITMENTLINEREFERENCE#", "free", "CPE"),
    ("free", "#TAXEXEMPTIONREASON@CLASSIFIEDTAXCATEGORY#", "CPE", "free"),
)
_MOST = 10**12


@kept
def vats() -> SearchStrategy[Vat]:
    """Draw the VAT of a line: every category, each with what the rules want of it."""
    positive = st.builds(
        Vat, category=codes(_POSITIVE), rate=st.sampled_from(RATES).map(Decimal)
    )
    return positive | _exempt() | _unregulated()


@kept
def _exempt() -> SearchStrategy[Vat]:
    code, reason = codes(EXEMPTION_CODES), texts(200)
    zero = codes(_EXEMPT), st.just(Decimal(0))
    return st.one_of(
        st.builds(_vat, *zero, code, maybe(reason)),
        st.builds(_vat, *zero, st.none(), reason),
    )


@kept
def _unregulated() -> SearchStrategy[Vat]:
    rate = st.sampled_from((None, Decimal("0.00"), Decimal(23)))
    return st.builds(
        _vat,
        codes(_OTHER),
        rate,
        maybe(codes(EXEMPTION_CODES)),
        maybe(texts(200)),
        codes(("VAT", "VAT", "BOL", "OTH")),
    )


def _vat(
    category: str,
    rate: Decimal | None,
    code: str | None,
    reason: str | None,
    scheme: str = "VAT",
) -> Vat:
    return Vat(
        category=category,
        rate=rate,
        exemption_code=code,
        exemption_reason=reason,
        scheme=scheme,
    )


@kept
@st.composite
def periods(draw: DrawFn) -> Period:
    """Draw a period with a start, an end or both in order."""
    first, last = sorted((draw(dates()), draw(dates())))
    which = draw(st.sampled_from(("start", "end", "both")))
    return Period(
        start=None if which == "end" else first, end=None if which == "start" else last
    )


@kept
@st.composite
def allowance_charges(
    draw: DrawFn,
    most: int = 1000,
    *,
    vat: SearchStrategy[Vat] | None = None,
    charge: bool | None = None,
) -> AllowanceCharge:
    """Draw a discount or a charge of at most `most`, for a line unless `vat` is given.

    Base and percentage come together, and multiply out to the cent.
    """
    charged = draw(st.booleans()) if charge is None else charge
    base, rate = None, None
    amount = draw(numbers(most, 2))
    if draw(st.booleans()):
        base, rate = amount, draw(numbers(100, 2))
        amount = cents(percentage(base, rate))
    known = draw(st.sampled_from(("reason", "code", "both")))
    allowed: tuple[str, ...] = ALLOWANCE_CODES
    if charged:
        allowed = LINE_CHARGE_CODES if vat is None else CHARGE_CODES
    return AllowanceCharge(
        charge=charged,
        amount=amount,
        base_amount=base,
        percentage=rate,
        reason=None if known == "code" else draw(texts(200)),
        reason_code=None if known == "reason" else draw(codes(allowed)),
        vat=None if vat is None else draw(vat),
    )


@kept
def classifications() -> SearchStrategy[Classification]:
    """Draw a classification of the item."""
    return st.builds(
        Classification,
        code=texts(50),
        list=codes(CLASSIFICATIONS),
        version=maybe(texts(20)),
    )


@kept
def item_attributes() -> SearchStrategy[ItemAttribute]:
    """Draw a property of the item under a name that nothing is reserved for."""
    name = texts(200).filter(lambda text: not text.startswith("#") and text != "CPE")
    return st.builds(ItemAttribute, name=name, value=texts(200))


@kept
@st.composite
def lines(draw: DrawFn, most: int = 1000, *, number: str | None = None) -> Line:
    """Draw a line of which no amount exceeds `most`, at most 10 ** 12.

    Its quantity may be negative; its net amount is stated sometimes, with up to eight
    decimals, else left to `with_totals`.
    """
    most = min(most, _MOST)
    quantity, price, base = draw(_prices(most))
    discount = draw(maybe(numbers(most, 8)))
    worth = quotient(product(quantity, price), base or Decimal(1))
    stated: Decimal | None = None
    changes: tuple[AllowanceCharge, ...] = ()
    if draw(st.booleans()):
        changes = draw(several(allowance_charges(max(int(worth) // 2, 0)), 2))
    elif draw(st.booleans()):
        stated = rounded(worth, draw(st.integers(2, 8)))
    return Line(
        id=number or draw(texts(50)),
        name=draw(texts(200)),
        quantity=quantity,
        unit=draw(codes(UNITS)),
        net_price=price,
        vat=draw(vats()),
        net_amount=stated,
        price_discount=discount,
        gross_price=None if discount is None else price + discount,
        base_quantity=base,
        base_unit=None if base is None else draw(maybe(codes(UNITS))),
        allowance_charges=changes,
        **draw(_details()),
    )


@kept
@st.composite
def _prices(draw: DrawFn, most: int) -> tuple[Decimal, Decimal, Decimal | None]:
    """Draw quantity, price and base quantity whose amount stays within `most`."""
    pieces = draw(st.sampled_from([n for n in (1, 100, 10**6) if n <= most]))
    quantity = draw(numbers(pieces, 3))
    price = draw(numbers(most // pieces, 8))
    base = draw(maybe(numbers(100, 3, least=1)))
    return -quantity if draw(st.integers(0, 4)) == 0 else quantity, price, base


@kept
def delivery_points() -> SearchStrategy[str]:
    """Draw the code of a delivery point of electricity or gas."""
    operator = st.sampled_from(("0002", "0003", "1601"))
    point = st.text("0123456789", min_size=12, max_size=12)
    return st.builds(cpe.build, operator, point)


@kept
def _details() -> SearchStrategy[dict[str, Any]]:
    """Draw what says nothing about money."""
    return st.fixed_dictionaries(
        {},
        optional={
            "note": texts(500),
            "object_identifier": identifiers(50, OBJECT_SCHEMES),
            "order_line": texts(20),
            "commitment": texts(200),
            "commitment_line": texts(200),
            "preceding_invoice": texts(200),
            "period": periods(),
            "descriptions": several(texts(200), 2),
            "sellers_identifier": texts(50),
            "buyers_identifier": texts(50),
            "standard_identifier": identifiers(scheme_needed=True),
            "classifications": several(classifications(), 2),
            "origin_country": codes(COUNTRIES),
            "cpe": delivery_points(),
            "attributes": several(item_attributes(), 2),
            "property_order": st.sampled_from(_LINE_ORDERS),
        },
    )
