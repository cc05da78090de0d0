# SPDX-License-Identifier: MIT
"""What a row of the binding table keeps of what it has read."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cius_pt.ubl.binding import Simple
from cius_pt.ubl.lexical import AMOUNT, DATE, FLAG, Lexical
from tests.profiles import DRAWN

_TEXTS = st.from_regex(
    r"[0-9]{1,3}(\.[0-9]{1,3})?|true|1|2026-0[0-9]-10", fullmatch=True
)


def simple(form: Lexical) -> Simple:
    return Simple(field="x", bt=None, form=form, amount=False)


@DRAWN
@given(st.sampled_from([AMOUNT, DATE, FLAG]), st.lists(_TEXTS))
def test_what_is_known_is_what_the_form_says(form: Lexical, texts: list[str]) -> None:
    row = simple(form)
    for text in texts:
        try:
            value, shown = form.parsed(text)
        except ValueError:
            shown = ""
        assert row.value(text) == (value if shown == text else None)
    assert all(form.parsed(text) == (row.known[text], text) for text in row.known)


def test_little_is_kept_and_nothing_long() -> None:
    row = simple(AMOUNT)
    for number in range(1_000):
        assert row.value(f"{number}.00") == number
    assert 0 < len(row.known) <= 256
    assert row.known["999.00"] == Decimal("999.00")
    long = f"{'9' * 30}.00"
    assert row.value(long) == Decimal(long)
    assert long not in row.known
