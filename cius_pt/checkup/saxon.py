# SPDX-License-Identifier: MIT
"""Saxon tried: a good document must conform, and the same one broken must not.

Both are built in memory, so that no file can be missing or changed. A Saxon that
finds nothing wrong with the broken one is worse than one that does not start.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from cius_pt import artefacts, checking
from cius_pt.checkup.line import Line, State
from cius_pt.errors import ArtefactError
from cius_pt.model import Address, Buyer, Delivery, Invoice, Kind, Seller, Vat
from cius_pt.model import Line as Sold
from cius_pt.rules.entry import Text
from cius_pt.totals import with_totals
from cius_pt.ubl.write import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.findings import Report

# What is to be paid has a due date or terms of payment.
BROKEN_RULE: Final = "BR-CO-25"
_AGAIN: Final = Text(
    pt="instale de novo: python -m pip install --force-reinstall saxonche cius-pt",
    en="install again: python -m pip install --force-reinstall saxonche cius-pt",
)


def lines() -> Iterator[Line]:
    """Yield whether the rules run: those of ``auto``, else the built-in ones."""
    try:
        chosen = artefacts.resolve("auto").name
    except ArtefactError:
        chosen = artefacts.RULEBOOK
    begin = time.perf_counter()
    good, broken = (checking.check(each, rules=chosen) for each in documents())
    seconds = time.perf_counter() - begin
    facts = {
        "rules": chosen,
        "good_conforms": good.conforms,
        "broken_is_caught": _caught(broken),
        "seconds": round(seconds, 3),
    }
    if good.conforms and _caught(broken):
        yield Line(
            name="saxon",
            state=State.OK,
            said=Text(
                pt=f"uma fatura certa passa e uma errada não ({chosen}, "
                f"{seconds:.1f} s)",
                en=f"a good invoice passes and a bad one does not ({chosen}, "
                f"{seconds:.1f} s)",
            ),
            facts=facts,
        )
        return
    trouble = (
        good.summary() if not good.conforms else f"{BROKEN_RULE}: {broken.summary()}"
    )
    yield Line(
        name="saxon",
        state=State.FAIL,
        said=Text(
            pt=f"as regras não dão o resultado devido: {trouble}",
            en=f"the rules do not give the result they must: {trouble}",
        ),
        advice=_AGAIN,
        facts=facts,
    )


def documents() -> tuple[bytes, bytes]:
    """Return an invoice that conforms, and the same without terms of payment."""
    place = Address(street="Rua Nova, 1", city="Braga", post_code="4700-001")
    sold = Sold(
        id="1",
        name="Caderno",
        quantity=Decimal(2),
        net_price=Decimal("10.00"),
        vat=Vat.normal(23),
    )
    good = with_totals(
        Invoice(
            number="FT 1/1",
            issue_date=dt.date(2026, 1, 31),
            kind=Kind.FT,
            seller=Seller(name="Loja", vat_identifier="PT123456789", address=place),
            buyer=Buyer(name="Junta", vat_identifier="PT999999990", address=place),
            lines=(sold,),
            deliveries=(Delivery(address=place),),
            payment_terms=("30 dias",),
        )
    )
    return write(good), write(replace(good, payment_terms=()))


def _caught(report: Report) -> bool:
    """Whether the rules themselves have found what is wrong."""
    return not report.conforms and any(
        finding.rule == BROKEN_RULE for finding in report.findings
    )
