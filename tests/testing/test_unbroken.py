"""Rules that cannot be broken alone: each proof is made again.

``implies``: by structure where the rule and the other have one context (`voids`), else
by trying every document of a space (`spaces`); ``schema``: by the content models of UBL
and by documents that hide the element where the schema might not look; ``never``: by
the test itself. The published rules are tried on the same documents.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from cius_pt import artefacts, check, schema, xmlio
from cius_pt.findings import Outcome
from cius_pt.schematron import rulebook, rulesets, tables
from cius_pt.testing.breaking import Proof, base, unbroken
from tests.oracle.grammar import NAMESPACES, XSD, Grammar, path, tag
from tests.testing import spaces
from tests.testing.voids import NO, Void, assertions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cius_pt.schematron.engine import Rules
    from cius_pt.testing.breaking import Unbroken

BY_KIND = {kind: [x for x in unbroken() if x.proof is kind] for kind in Proof}
OTHERS = {item.rule: set(item.others) for item in unbroken()}
NOTES = tuple(item.rule for item in unbroken() if "020_" in item.rule)
# The rules whose proof is a space: their tests look at other elements than the others'.
SPACES: dict[str, tuple[Callable[[], Iterator[bytes]], tuple[str, ...]]] = {
    "currencies": (spaces.currencies, ("DT-CIUS-PT-152",)),
    "accounts": (spaces.accounts, ("BR-50",)),
    "withholdings": (spaces.withholdings, NOTES[:6]),
    "references": (spaces.references, NOTES[6:]),
}
IN_SPACES = frozenset(chain.from_iterable(rules for _, rules in SPACES.values()))
_DSIG = "http://www.w3.org/2000/09/xmldsig#"


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return Grammar()


@pytest.fixture(params=["built in", "published"])
def rules(request: pytest.FixtureRequest) -> Rules:
    """Return the built-in rules and the published ones, compiled."""
    built_in = request.param == "built in"
    choice = "rulebook-2.1.2" if built_in else request.getfixturevalue("published")
    return rulesets.load(artefacts.resolve(choice), cache=artefacts.cache_folder())


def broken(rules: Rules, document: bytes) -> set[str]:
    """Return the ids that a document breaks; none when the rules break off on it."""
    run = rules.judge(document)
    return {hit.rule for hit in run.hits} if run.complete else set()


# --- never --------------------------------------------------------------------------


@pytest.mark.parametrize("item", BY_KIND[Proof.NEVER], ids=lambda item: item.rule)
def test_what_is_never_broken_has_a_test_that_is_always_true(item: Unbroken) -> None:
    assert {a.test for a in assertions()[item.rule]} == {"true()"}


# --- implies ------------------------------------------------------------------------


def follows(item: Unbroken) -> bool:
    """Whether the other tests cannot all hold at a node where the rule is broken.

    The rules have one context, so they are about the same node.
    """
    (rule,) = assertions()[item.rule]
    for last in item.others:
        (other,) = assertions()[last]
        known = Void()
        known.assume(rule, holds=False)
        for one in set(item.others) - {last}:
            known.assume(assertions()[one][0], holds=True)
        contexts = {assertions()[one][0].context for one in item.others}
        if contexts == {rule.context} and (
            other.test == rule.test or known.worth(other) in NO
        ):
            return True
    return False


@pytest.mark.parametrize(
    "item",
    [x for x in BY_KIND[Proof.IMPLIES] if x.rule not in IN_SPACES],
    ids=lambda item: item.rule,
)
def test_that_another_is_broken_too_follows_from_the_expressions(
    item: Unbroken,
) -> None:
    assert follows(item)


def test_what_does_not_follow_is_not_claimed() -> None:
    (code, name) = ("BR-12", "BR-25")
    (totals,), (line,) = assertions()[code], assertions()[name]
    known = Void()
    known.assume(totals, holds=False)

    assert known.worth(line) not in NO
    assert known.worth(assertions()["DT-CIUS-PT-161"][0]) not in NO
    assert known.worth(assertions()["DT-CIUS-PT-166"][0]) not in NO


@pytest.mark.parametrize("space", SPACES)
def test_in_no_document_of_a_space_is_a_rule_broken_alone(
    space: str, rules: Rules
) -> None:
    documents, wanted = SPACES[space]

    seen = judged(rules, documents(), wanted)

    assert seen == set(wanted)


@pytest.mark.parametrize("space", spaces.CUTS)
def test_what_follows_is_so_in_documents_with_parts_cut_out(
    space: str, rules: Rules
) -> None:
    name, wanted, paths = spaces.CUTS[space]

    seen = judged(rules, documents_without(name, paths), wanted)

    assert seen == set(wanted)


def documents_without(name: str, paths: tuple[str, ...]) -> Iterator[bytes]:
    """Yield every cut that can be made: not below what is gone already."""
    for gone in spaces.choices(paths):
        yield spaces.without(name, gone)


def judged(
    rules: Rules, documents: Iterator[bytes], wanted: tuple[str, ...]
) -> set[str]:
    """Return which of the rules were broken, having seen another with each."""
    seen: set[str] = set()
    for document in documents:
        found = broken(rules, document)
        for rule in found & set(wanted):
            assert found & OTHERS[rule], (rule, document)
            seen.add(rule)
    return seen


def test_every_implication_is_proven_and_tried() -> None:
    tried = {rule for _, rules, _ in spaces.CUTS.values() for rule in rules}

    assert len(BY_KIND[Proof.IMPLIES]) == len(tried) + len(IN_SPACES)
    assert {item.rule for item in BY_KIND[Proof.IMPLIES]} == tried | IN_SPACES


def test_a_payment_has_at_most_one_account(grammar: Grammar) -> None:
    """The bound of the space `accounts`, and of what the schema adds to it."""
    assert grammar.most("cac:PaymentMeans", "cac:PayeeFinancialAccount") == 1
    assert grammar.most("cac:PaymentMeans", "cbc:PaymentMeansCode") == 1


# --- schema -------------------------------------------------------------------------


def demands(rule: str) -> list[tuple[str, str, list[str]]]:
    """Return what a rule asks for: a context, what is given there, what is needed."""
    if rule == "BR-CIUS-PT-60":
        card = "cac:CardAccount"
        both = [f"{card}/cbc:NetworkID", f"{card}/cbc:PrimaryAccountNumberID"]
        return [("cac:PaymentMeans", card, [need]) for need in both]
    rows = tables.read(rulebook.sources(), "required.tsv")
    return [
        (alternative, given, needs.split(" or "))
        for found, context, given, needs in rows
        if found == rule
        for alternative in rulebook.expand(context).split(" | ")
    ]


def test_the_schema_looks_at_every_element_it_knows() -> None:
    """No wildcard of UBL is ``skip``: what is declared is judged wherever it stands."""
    folder = artefacts.schema("Invoice").entry.parents[1]
    wildcards = [
        found.get("processContents", "strict")
        for file in folder.rglob("*.xsd")
        for found in etree.parse(file).iter(f"{XSD}any")
    ]

    assert set(wildcards) == {"lax", "strict"}


@pytest.mark.parametrize("item", BY_KIND[Proof.SCHEMA], ids=lambda item: item.rule)
def test_the_schema_asks_for_the_same_at_an_element_it_knows(
    item: Unbroken, grammar: Grammar
) -> None:
    for context, given, needs in demands(item.rule):
        last = re.sub(r"\[.*?\]", "", context).rpartition("/")[2]
        # A document of the other kind is the one element that a schema may not know.
        assert last.startswith("cac:")
        assert any(grammar.demands(last, given, need) for need in needs)


def hidden(rule: str, grammar: Grammar) -> Iterator[etree._Element]:
    """Yield for each context an element in which just what is needed is missing."""
    for context, given, needs in demands(rule):
        names = re.sub(r"\[.*?\]", "", context).split("/")
        top = grammar.example(tag(names[0]))
        owner = grammar.ensure(top, path("/".join(names[1:]))) if names[1:] else top
        assert owner is not None
        wanted = re.search(r"ChargeIndicator = '(\w+)'", context)
        if given:
            grammar.ensure(owner, path(re.sub(r"\[.*?\]", "", given)))
        for indicator in owner.iter(tag("cbc:ChargeIndicator")):
            indicator.text = wanted[1] if wanted else "false"
        for need in needs:
            for found in owner.findall("/".join(path(need))):
                parent = found.getparent()
                assert parent is not None
                parent.remove(found)
        yield top


def placed(element: etree._Element) -> Iterator[bytes]:
    """Yield documents that hide an element in every way there is."""
    text = etree.tostring(element).decode()
    foreign = f'<x:x xmlns:x="urn:x"><x:y>{text}</x:y></x:x>'
    other = f'<o:CreditNote xmlns:o="{NAMESPACES["cn"]}">{text}</o:CreditNote>'
    signed = (
        f'<d:Signature xmlns:d="{_DSIG}"><d:SignedInfo/>'
        f"<d:Object>{text}</d:Object></d:Signature>"
    )
    for inside in (text, foreign, other, signed):
        yield nested(inside)
    plain = base("plain-invoice")
    end = plain.rindex(b"</")
    yield plain[:end] + signed.encode() + plain[end:]


def nested(inside: str) -> bytes:
    root = etree.fromstring(base("plain-invoice"))
    ext = NAMESPACES["ext"]
    text = (
        f'<e:UBLExtensions xmlns:e="{ext}"><e:UBLExtension><e:ExtensionContent>'
        f"{inside}</e:ExtensionContent></e:UBLExtension></e:UBLExtensions>"
    )
    root.insert(0, etree.fromstring(text))
    return etree.tostring(root)


@pytest.mark.parametrize("item", BY_KIND[Proof.SCHEMA], ids=lambda item: item.rule)
def test_what_breaks_a_rule_fails_the_schema_wherever_it_is_hidden(
    item: Unbroken, grammar: Grammar
) -> None:
    rules = rulesets.load(
        artefacts.resolve("rulebook-2.1.2"), cache=artefacts.cache_folder()
    )
    for element in hidden(item.rule, grammar):
        for document in placed(element):
            assert item.rule in broken(rules, document)
            found = schema.check(xmlio.parse(document))
            assert found.outcome is Outcome.FAILED, document


def test_with_what_is_needed_the_schema_passes(grammar: Grammar) -> None:
    """The judge of the test above does not refuse whatever is hidden."""
    text = etree.tostring(grammar.example(tag("cac:OrderReference"))).decode()

    assert check(nested(text), rules="rulebook-2.1.2").conforms
