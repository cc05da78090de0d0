# SPDX-License-Identifier: MIT
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cius_pt.ubl.order import arrange, observed

KEYS = st.lists(st.sampled_from("abc"), max_size=8)


def test_without_an_order_values_stay_as_they_come() -> None:
    assert arrange([("b", 1), ("a", 2)], ()) == [1, 2]


def test_values_follow_the_order_of_their_keys_and_the_rest_is_behind() -> None:
    keyed = [("a", 1), ("a", 2), ("b", 3), ("c", 4)]
    assert arrange(keyed, ("b", "a")) == [3, 1, 2, 4]
    assert arrange(keyed, ("x", "b", "b", "b")) == [3, 1, 2, 4]


def test_an_order_that_is_usual_is_not_remembered() -> None:
    assert observed(("a", "b"), "ab".index) == ()
    assert observed(("b", "a"), "ab".index) == ("b", "a")


@given(KEYS, KEYS)
def test_nothing_is_lost_or_doubled(keys: list[str], order: list[str]) -> None:
    keyed = [(key, index) for index, key in enumerate(keys)]
    assert sorted(arrange(keyed, order)) == list(range(len(keys)))


@given(KEYS)
def test_an_order_that_was_observed_comes_back(keys: list[str]) -> None:
    usual = sorted(((key, i) for i, key in enumerate(keys)), key=lambda pair: pair[0])
    order = observed(keys, "abc".index)
    found = [key for key, _ in arrange([(k, (k, i)) for k, i in usual], order)]
    assert found == keys
