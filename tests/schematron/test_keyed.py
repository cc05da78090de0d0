# SPDX-License-Identifier: MIT
"""A rule set with keys, functions, maps and nested lets over whole invoices.

``python -m benchmarks.equivalence 20000 --rules tests/schematron/keyed.sch`` does the
same with as many mutants as one likes.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from cius_pt.errors import ArtefactError
from cius_pt.schematron import engine
from tests.oracle.mutants import Workshop
from tests.profiles import PROFILE

HERE = Path(__file__).resolve().parent
RULES = HERE / "keyed.sch"
FIXTURES = HERE.parents[1] / "fixtures"
MUTANTS = {"quick": 80, "mutants": 80, "ci": 300, "thorough": 3000}[PROFILE]
PATHS = (
    "cac:InvoiceLine/cac:OrderLineReference/cbc:LineID",
    "cac:InvoiceLine/cac:Item/cac:AdditionalItemProperty/cbc:Value",
    "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent",
    "cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:Country",
    "cac:AccountingSupplierParty/cac:Party/cac:Contact/cbc:Name",
    "cac:AllowanceCharge/cbc:Amount",
    "cbc:Note",
)


@pytest.fixture(scope="module")
def both() -> tuple[engine.Rules, engine.Rules]:
    """Compile the rule set in both ways."""
    return engine.load(RULES, "x"), engine.load(RULES, "x", optimise=False)


def test_lean_and_literal_agree_on_mutants_of_our_invoices(
    both: tuple[engine.Rules, engine.Rules],
) -> None:
    lean, literal = both
    files = sorted(FIXTURES.glob("*.xml"))
    documents = {file.name: file.read_bytes() for file in files}
    shop = Workshop(documents, paths=PATHS)
    random = (mutant for seed in range(MUTANTS) if (mutant := shop.mutant(seed)))
    fired: Counter[str] = Counter()
    for mutant in chain(shop.originals(), random):
        fast, slow = lean.judge(mutant.data), literal.judge(mutant.data)
        assert bool(fast.error) == bool(slow.error), mutant.name
        assert slow.error or slow.complete, mutant.name
        if slow.error is None:
            assert Counter(fast.hits) == Counter(slow.hits), mutant.name
        fired.update({hit.rule for hit in slow.hits})
    # Not a comparison of nothing with nothing: many rules had something to say.
    assert len(fired) > len(literal.stylesheet.assertions) / 2


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("<xsl:key", '<xsl:function name="cbc:f"/><xsl:key', "function>: an element"),
        ("number(cbc:Percent)", "number#1(cbc:Percent)", "a function reference"),
        ("number(cbc:Percent)", "cbc:f(cbc:Percent)", "cbc:f"),
        ('use="name(..)"', 'use="name(..)" composite="yes"', "key>: xsl:key with"),
        ("$n gt $m", "$n gt $unknown", "no variable $unknown"),
        ("string(.)", "doc(.)", "doc"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(
    tmp_path: Path, old: str, new: str, named: str
) -> None:
    text = RULES.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "changed.sch"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ArtefactError, match=r"^changed\.sch, line ") as raised:
        engine.load(path, "x")
    assert named in str(raised.value)
