# SPDX-License-Identifier: MIT
"""The engine against 219 documents whose findings are known, and against itself.

`probes.csv` says which rules fired when the published rule sets were really run; the
literal translation says where. The lean one has to agree with both, document by
document, errors included.
"""

from __future__ import annotations

import copy
import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cius_pt.findings import Severity
from cius_pt.schematron import engine

SHARED = Path(__file__).parents[3] / "shared"
RULE_SETS = {
    "2.1.2": "espap/2.1.2/urn_feap.gov.pt_CIUS-PT_2.1.2.sch",
    "2.1.1": "espap/2.1.1/urn_feap.gov.pt_CIUS-PT_2.1.1.sch",
    "en16931": "foreign/en16931/sch/EN16931-UBL-validation.sch",
}

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the published rule sets and probes are not here"
)


def _probes() -> list[dict[str, str]]:
    path = SHARED / "probes" / "probes.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _expected(cell: str) -> Counter[str]:
    """Read ``ID IDx2``: rule ids, how often behind the last x where not once."""
    counted: Counter[str] = Counter()
    for word in cell.split():
        rule, _, times = word.rpartition("x")
        if rule and times.isdigit():
            counted[rule] += int(times)
        else:
            counted[word] += 1
    return counted


def _documents() -> list[tuple[str, bytes]]:
    """Every document of ../shared that a rule set can be run over."""
    found: list[tuple[str, bytes]] = []
    for folder in ("examples", "probes", "foreign/en16931/examples"):
        paths = sorted((SHARED / folder).rglob("*.xml"))
        found += [(p.relative_to(SHARED).as_posix(), p.read_bytes()) for p in paths]
    for path in sorted((SHARED / "foreign/en16931/unit").rglob("*.xml")):
        tests = etree.parse(path).getroot()
        inner = list(tests.iter("{*}Invoice", "{*}CreditNote"))
        for number, element in enumerate(inner):
            name = f"{path.relative_to(SHARED).as_posix()}#{number}"
            found.append((name, etree.tostring(element, with_tail=False)))
    return found


@pytest.fixture(scope="module", params=list(RULE_SETS))
def both(request: pytest.FixtureRequest) -> tuple[engine.Rules, engine.Rules]:
    """One rule set, lean and literal."""
    entry = SHARED / RULE_SETS[request.param]
    return (
        engine.load(entry, request.param),
        engine.load(entry, request.param, optimise=False),
    )


@pytest.fixture(scope="module")
def lean() -> engine.Rules:
    return engine.load(SHARED / RULE_SETS["2.1.2"], "2.1.2")


def _fired(rules: engine.Rules, run: engine.Run, wanted: Severity) -> Counter[str]:
    return Counter(
        hit.rule
        for hit in run.hits
        if rules.stylesheet.assertions[hit.number].severity is wanted
    )


def test_all_probes_are_there() -> None:
    assert len(_probes()) == 219


@pytest.mark.parametrize("probe", _probes(), ids=lambda probe: str(probe["id"]))
def test_probe_gives_exactly_the_findings_that_are_known(
    probe: dict[str, str], lean: engine.Rules
) -> None:
    # Rows whose XSD verdict is INVALID carry what the rules said as well: their
    # columns are mostly empty because the rules do not see misplaced elements.
    run = lean.run((SHARED / "probes" / f"{probe['id']}.xml").read_bytes())
    assert _fired(lean, run, Severity.FATAL) == _expected(probe["fatal"])
    assert _fired(lean, run, Severity.WARNING) == _expected(probe["warnings"])
    assert _fired(lean, run, Severity.INFO) == Counter()
    if probe["error"]:
        assert not run.complete
        assert run.error is not None
        assert probe["error"].removeprefix("EXC").strip() in run.error
    else:
        assert run.complete
        assert run.error is None


def test_lean_and_literal_agree_on_every_document_we_have(
    both: tuple[engine.Rules, engine.Rules],
) -> None:
    lean, literal = both
    documents = _documents()
    assert len(documents) > 700
    for name, data in documents:
        fast, slow = lean.run(data), literal.run(data)
        assert _identities(fast) == _identities(slow), name
        assert fast.complete == slow.complete, name
        assert (fast.error is None) == (slow.error is None), name


_MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["drop", "double", "text", "move", "rename", "attribute"]),
        st.integers(0, 10_000),
        st.integers(0, 10_000),
        st.sampled_from(
            ["", "x", "-1", "0.00", "1e5", "true", "NOR", "ISE", "S", "VAT"]
        ),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("name", ["2.1.2", "en16931"])
@given(start=st.integers(0, 10_000), mutations=_MUTATIONS)
@settings(max_examples=120, deadline=None)
def test_lean_and_literal_agree_on_documents_that_went_wrong(
    name: str, start: int, mutations: list[tuple[str, int, int, str]]
) -> None:
    lean, literal = _loaded(name)
    sources = _sources()
    data = _mutated(sources[start % len(sources)], mutations)
    fast, slow = lean.run(data), literal.run(data)
    assert _identities(fast) == _identities(slow)
    # Of two errors in one document either may come first.
    assert (fast.complete, fast.error is None) == (slow.complete, slow.error is None)


@cache
def _loaded(name: str) -> tuple[engine.Rules, engine.Rules]:
    entry = SHARED / RULE_SETS[name]
    return engine.load(entry, name), engine.load(entry, name, optimise=False)


@cache
def _sources() -> list[bytes]:
    paths = [*(SHARED / "probes").glob("*.xml"), *SHARED.glob("examples/*/*.xml")]
    small = [path for path in sorted(paths) if path.stat().st_size < 100_000]
    return [path.read_bytes() for path in small]


def _mutated(data: bytes, mutations: list[tuple[str, int, int, str]]) -> bytes:
    root = etree.fromstring(data)
    for what, one, other, text in mutations:
        elements = list(root.iter("{*}*"))[1:]
        if not elements:
            break
        element, target = elements[one % len(elements)], elements[other % len(elements)]
        parent = element.getparent()
        if what == "drop" and parent is not None:
            parent.remove(element)
        elif what == "double" and parent is not None:
            parent.insert(parent.index(element), copy.deepcopy(element))
        elif what == "text":
            element.text = text
        elif what == "move":
            target.append(copy.deepcopy(element))
        elif what == "rename":
            element.tag = target.tag
        else:
            element.set("schemeID" if other % 2 else "currencyID", text)
    return etree.tostring(root)


def _identities(run: engine.Run) -> Counter[tuple[str, int, str | None, str]]:
    return Counter(
        (hit.rule, hit.element, hit.attribute, hit.message) for hit in run.hits
    )


@pytest.mark.parametrize("name", RULE_SETS)
def test_every_assertion_of_a_published_rule_set_is_compiled(name: str) -> None:
    entry = SHARED / RULE_SETS[name]
    rules = engine.load(entry, name)
    counts = {"2.1.2": 1154, "2.1.1": 1155, "en16931": 979}
    assert len(rules.stylesheet.assertions) == counts[name]
    known = SHARED / "reference" / "rules.csv"
    if name == "2.1.2":
        with known.open(encoding="utf-8", newline="") as file:
            expected = Counter((r["rule"], r["flag"]) for r in csv.DictReader(file))
        assert expected == Counter(
            (a.rule, a.severity.value) for a in rules.stylesheet.assertions
        )
