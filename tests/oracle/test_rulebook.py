# SPDX-License-Identifier: MIT
"""The built-in rule set against the published one, finding by finding.

`benchmarks/differential.py` does the same with 20,000 mutants.
"""

from __future__ import annotations

import csv
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from cius_pt.schematron import rulebook
from tests.oracle import differential, firing

if TYPE_CHECKING:
    from pathlib import Path

    from tests.oracle.differential import Differential
    from tests.oracle.mutants import Mutant, Workshop

SEEDS = range(1000, 1500)
STEP = 150


@pytest.fixture(scope="module")
def both() -> Differential:
    if not differential.SHARED.is_dir():
        pytest.skip("the published rule set is not beside this checkout")
    return differential.Differential.load()


@pytest.fixture(scope="module")
def shop() -> Workshop:
    return differential.workshop()


def agree(both: Differential, mutants: list[Mutant]) -> None:
    before = len(both.score.disagreements)
    for mutant in mutants:
        both.compare(mutant)
    assert both.score.disagreements[before:] == []


def test_it_has_every_rule_of_the_published_set_with_its_severity(
    shared: Path,
) -> None:
    with (shared / "reference" / "rules.csv").open(newline="") as file:
        theirs = Counter((row["rule"], row["flag"]) for row in csv.DictReader(file))
    assertions = rulebook.load().stylesheet.assertions
    mine = Counter((info.rule, info.severity.value) for info in assertions)
    assert sum(theirs.values()) == 1154
    assert theirs - mine == Counter()
    assert all(rule.startswith("CP-ABORT-") for rule, _ in mine - theirs)


def test_every_probe_gives_what_is_known_of_it(
    both: Differential, shared: Path
) -> None:
    probes = shared / "probes"
    with (probes / "probes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 219
    infos = both.ours.stylesheet.assertions
    for row in rows:
        run = both.ours.run((probes / f"{row['id']}.xml").read_bytes())
        if row["error"]:
            stops = [h for h in run.hits if h.rule.startswith(differential.ABORT)]
            # What the schema refuses is stopped by the engine, in so many words.
            assert stops or (row["xsd"] != "valid" and run.error), row["id"]
            continue
        assert run.complete, row["id"]
        fired = Counter(
            (hit.rule, infos[hit.number].severity.value) for hit in run.hits
        )
        expected = Counter(
            {
                (rule, flag): times
                for flag, column in (("fatal", "fatal"), ("warning", "warnings"))
                for rule, times in counted(row[column]).items()
            }
        )
        assert fired == expected, row["id"]


def counted(cell: str) -> Counter[str]:
    """Read ``ID IDx2``: rule ids, how often behind the last x where not once."""
    found: Counter[str] = Counter()
    for word in cell.split():
        rule, _, times = word.rpartition("x")
        found[rule if times.isdigit() else word] += int(times) if times.isdigit() else 1
    return found


def test_it_agrees_on_the_documents_that_mutants_are_made_of(
    both: Differential, shop: Workshop
) -> None:
    documents = list(shop.originals())
    assert len(documents) > 200
    agree(both, documents)


def test_it_agrees_on_every_element_that_is_not_used(
    both: Differential, shop: Workshop
) -> None:
    fired: set[str] = set()
    for rule, path in differential.forbidden().items():
        mutant = shop.ensure(rule, path)
        if mutant is None:
            # CR-001 is the extensions, which cannot be empty.
            assert differential.why_silent(rule) or rule == "UBL-CR-001", rule
            continue
        agree(both, [mutant])
        fired.add(rule)
    assert len(fired) == 602


def test_it_agrees_where_a_path_is_there_once_twice_or_odd(
    both: Differential, shop: Workshop
) -> None:
    agree(both, list(islice(shop.visits(), 0, None, 5)))


def test_it_agrees_on_changes_at_every_part_of_a_full_document(
    both: Differential, shop: Workshop
) -> None:
    agree(both, list(shop.systematic(start=7, step=STEP)))


def test_it_agrees_on_random_mutants(both: Differential, shop: Workshop) -> None:
    found = [mutant for seed in SEEDS if (mutant := shop.mutant(seed)) is not None]
    assert len(found) > 300
    agree(both, found)


def test_the_size_of_an_attachment_has_the_same_limit(
    both: Differential, shop: Workshop
) -> None:
    for characters, fires in ((20_479_996, False), (20_480_000, True)):
        mutant = shop.with_attachment(characters)
        assert mutant is not None
        agree(both, [mutant])
        hits = {hit.rule for hit in both.ours.judge(mutant.data).hits}
        assert ("DT-CIUS-PT-111.2" in hits) is fires


@pytest.mark.slow
def test_whatever_can_fire_does_fire(both: Differential, shop: Workshop) -> None:
    for rule, path in differential.forbidden().items():
        if (mutant := shop.ensure(rule, path)) is not None:
            agree(both, [mutant])
    attachment = shop.with_attachment(20_480_000)
    assert attachment is not None
    agree(both, [attachment])
    found = firing.documents(shop)
    while _silent(both) and (some := list(islice(found, STEP))):
        agree(both, some)
    assert _silent(both) == set()


def _silent(both: Differential) -> set[str]:
    """Return the rules that have not fired and could."""
    return {
        info.rule
        for number, info in enumerate(both.published.stylesheet.assertions)
        if not both.score.fired[number] and differential.why_silent(info.rule) is None
    }


def test_a_rule_that_is_changed_is_found_out(
    both: Differential, shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = rulebook.sources()
    files["lexical.tsv"] = files["lexical.tsv"].replace(
        b"DT-CIUS-PT-019\tdoc/cac:PaymentTerms/cbc:Note\t.\ttext-200",
        b"DT-CIUS-PT-019\tdoc/cac:PaymentTerms/cbc:Note\t.\ttext-50",
    )
    assert files != rulebook.sources()
    monkeypatch.setattr(rulebook, "sources", lambda: files)
    changed = differential.Differential(both.published, rulebook.load())
    for mutant in shop.visits():
        if "PaymentTerms" in mutant.name:
            changed.compare(mutant)
    assert changed.score.disagreements
    assert all("DT-CIUS-PT-019" in line for line in changed.score.disagreements)
