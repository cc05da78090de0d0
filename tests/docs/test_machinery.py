"""What makes the site: links where there is something, warnings where there is not."""

from __future__ import annotations

import doctest
import re
from typing import TYPE_CHECKING

import click
import pytest

from cius_pt.cli.program import program
from cius_pt.findings import Report
from cius_pt.rules import catalogue

pytest.importorskip("sphinx", reason="the group docs is not installed")

from docs.machinery import alone, command_lines, docstrings, literals, names, rules

if TYPE_CHECKING:
    from types import ModuleType

PAGES = literals.REPOSITORY / "docs" / "rules"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("`raise_for_fatal` raises", ":py:obj:`raise_for_fatal <M>` raises"),
        ("``text`` stays", "``text`` stays"),
        ("a ``b`` and `c`", "a ``b`` and :py:obj:`c <M>`"),
        ("an apostrophe's `own`", "an apostrophe's :py:obj:`own <M>`"),
        ("`field`", "``field``"),
    ],
)
def test_a_name_in_backticks_is_a_reference(written: str, shown: str) -> None:
    def meaning(name: str) -> str | None:
        return "" if name == "field" else "M"

    assert docstrings.linked(written, meaning) == (shown, [])


def test_a_name_that_is_nowhere_is_told() -> None:
    assert docstrings.linked("`rase_for_fatal`", lambda _: None)[1] == [
        "rase_for_fatal"
    ]


@pytest.mark.parametrize(
    ("name", "leads_to"),
    [
        ("checks", "cius_pt.findings.Report.checks"),  # a field of the class
        ("FindingsError", "cius_pt.findings.FindingsError"),  # imported by its module
        ("check_many", "cius_pt.check_many"),
        ("threshold", None),  # of another class
        ("Check.seconds", "cius_pt.findings.Check.seconds"),
        ("concurrent.futures.Executor", "concurrent.futures.Executor"),
        ("no_such_name", None),
        ("Check.no_such_field", None),
    ],
)
def test_what_a_name_leads_to(name: str, leads_to: str | None) -> None:
    found = names.meaning(name, Report, "cius_pt.Report")

    assert found == leads_to


def test_a_thing_is_linked_by_its_public_name() -> None:
    assert names.home("cius_pt.findings.Report") == "cius_pt.Report"
    assert names.home("cius_pt.findings.Report.conforms") == "cius_pt.Report.conforms"
    assert names.home("decimal.Decimal") == "decimal.Decimal"


@pytest.mark.parametrize(
    "written",
    [
        "cius-pt check --jobs 2 --format json a.xml | jq .",
        "cius-pt rules install URL",
        "cius-pt COMMAND --help",
        "cius-pt codes exemptions --search 'dois termos' > out.txt",
        "--fail-on=warning",
    ],
)
def test_a_command_line_that_could_be_typed(written: str) -> None:
    assert command_lines.problem(written) is None


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("cius-pt chekc a.xml", "cius-pt has no command chekc"),
        ("cius-pt rules instal URL", "cius-pt rules has no command instal"),
        ("cius-pt check --job 2", "cius-pt check has no option --job"),
        ("cius-pt show --jobs=2", "cius-pt show has no option --jobs"),
        ("--no-such", "no command has an option --no-such"),
    ],
)
def test_a_command_line_that_could_not(written: str, problem: str) -> None:
    assert command_lines.problem(written) == problem


def test_problems_of_a_console_are_those_of_its_prompts() -> None:
    block = "$ cius-pt check --job 2\ncius-pt has said --so\n$ cius-pt \\\n  show --x\n"

    assert list(command_lines.problems(block)) == [
        "cius-pt check has no option --job",
        "cius-pt show has no option --x",
    ]


def test_command_lines_inside_other_languages_are_seen() -> None:
    block = "- run: cius-pt check --job 2\nsh '.venv/bin/cius-pt chekc'\n"

    assert list(command_lines.problems(block)) == [
        "cius-pt check has no option --job",
        "cius-pt has no command chekc",
    ]


def test_every_command_is_in_the_reference() -> None:
    assert {name.partition(" ")[0] for name in command_lines.commands()} == set(
        program.list_commands(click.Context(program))
    )


def test_every_rule_looks_like_one_and_has_an_anchor_of_its_own() -> None:
    from docutils.nodes import make_id  # noqa: PLC0415 - after the skip

    ids = catalogue.rules()

    assert [rule for rule in ids if not literals.RULE.fullmatch(rule)] == []
    assert len({make_id(rule) for rule in ids}) == len(ids)


@pytest.mark.parametrize(
    "module", [alone, command_lines, docstrings], ids=lambda m: m.__name__
)
def test_examples_in_docstrings_hold(module: ModuleType) -> None:
    failed, tried = doctest.testmod(module)

    assert tried
    assert not failed


def test_every_rule_is_on_exactly_one_page() -> None:
    pages = [page.read_text(encoding="utf-8") for page in PAGES.glob("*.md")]
    families = re.findall(r"^```\{rules\} (.+)$", "\n".join(pages), re.MULTILINE)
    found = [
        entry.rule for family in families for entry in rules.chosen(family.split())
    ]

    assert sorted(found) == sorted(catalogue.rules())


def test_rules_stand_in_the_order_of_their_numbers() -> None:
    numbers = [
        int(entry.rule.rpartition("-")[2]) for entry in rules.chosen(["BR-CIUS-PT"])
    ]

    assert numbers == sorted(numbers)
