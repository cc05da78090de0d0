# SPDX-License-Identifier: MIT
"""``cius-pt explain``: the catalogue on the command line."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from cius_pt.cli.explain import explain
from cius_pt.cli.language import language
from cius_pt.rules import catalogue

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def _no_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LOCALE:
        monkeypatch.delenv(name, raising=False)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(explain, list(arguments))


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("lang", ["pt", "en"])
@pytest.mark.parametrize(
    "rule",
    ["BR-CO-25", "DT-CIUS-PT-081", "UBL-CR-601", "DT-CIUS-PT-020_9.4", "CP-XML-02"],
)
def test_a_page_has_all_that_the_catalogue_knows(rule: str, lang: str) -> None:
    shown = run(rule, "--lang", lang)

    entry = catalogue.entries()[rule]
    assert shown.exit_code == 0
    assert shown.stderr == ""
    assert shown.stdout.startswith(rule)
    for text in (entry.asks, entry.why, entry.fix, entry.quirk):
        if text is not None:
            assert (text.pt if lang == "pt" else text.en) in flat(shown.stdout)
    for line in (*entry.before.splitlines(), *entry.after.splitlines()):
        assert f"  {line}\n" in shown.stdout
    for fact in (*entry.terms, *entry.fields):
        assert fact in shown.stdout


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_prose_fits_into_80_columns(lang: str) -> None:
    for rule, entry in catalogue.entries().items():
        shown = run(rule, "--lang", lang).stdout
        code = {*entry.before.splitlines(), *entry.after.splitlines()}
        for line in shown.splitlines():
            prose = line.strip() not in {part.strip() for part in code}
            # Only a path or a name that is longer than a line may stick out.
            if prose and len(line) > 80:
                assert len(line.split()) == 1, line


@pytest.mark.parametrize("typed", ["br-co-25", "Br-Co-25", "BR-CO-25"])
def test_capitals_do_not_matter(typed: str) -> None:
    assert run(typed).stdout == run("BR-CO-25").stdout


def test_an_id_with_small_letters_in_it_is_found_too() -> None:
    assert run("dt-cius-pt-003_I").stdout.startswith("DT-CIUS-PT-003_i (")


def test_several_rules_stand_one_after_another() -> None:
    shown = run("BR-02", "BR-03").stdout

    assert shown.index("BR-02 (") < shown.index("\n\nBR-03 (")


def test_an_unknown_rule_is_exit_code_2_and_names_the_nearest() -> None:
    shown = run("BR-CO-52")

    assert shown.exit_code == 2
    assert shown.stdout == ""
    assert "BR-CO-52" in shown.stderr
    assert "BR-CO-25" in shown.stderr


def test_nonsense_names_no_neighbours() -> None:
    shown = run("invoice")

    assert shown.exit_code == 2
    assert "did you mean" not in shown.stderr


@pytest.mark.parametrize("arguments", [(), ("--list", "BR-02")])
def test_rules_or_the_list_have_to_be_asked_for(arguments: tuple[str, ...]) -> None:
    shown = run(*arguments)

    assert shown.exit_code == 2
    assert "--list" in shown.stderr


def test_one_unknown_rule_among_known_ones_says_nothing_else() -> None:
    shown = run("BR-02", "BR-9999")

    assert shown.exit_code == 2
    assert shown.stdout == ""


@pytest.mark.parametrize(("lang", "word"), [("pt", "erro"), ("en", "fatal")])
def test_the_list_has_one_line_per_rule(lang: str, word: str) -> None:
    lines = run("--list", "--lang", lang).stdout.splitlines()

    assert [line.split("\t")[0] for line in lines] == list(catalogue.rules())
    assert next(x for x in lines if x.startswith("BR-02\t")).split("\t")[1] == word


def test_json_has_both_languages() -> None:
    shown = json.loads(run("BR-02", "UBL-CR-001", "--format", "json").stdout)

    assert shown["schema"] == 1
    assert [rule["rule"] for rule in shown["rules"]] == ["BR-02", "UBL-CR-001"]
    entry = catalogue.entries()["BR-02"]
    assert shown["rules"][0] == {
        "rule": "BR-02",
        "severity": "fatal",
        "terms": ["BT-1"],
        "fields": ["number"],
        "asks": {"pt": entry.asks.pt, "en": entry.asks.en},
        "why": {"pt": entry.why.pt, "en": entry.why.en},
        "fix": {"pt": entry.fix.pt, "en": entry.fix.en},
        "before": entry.before,
        "after": entry.after,
        "quirk": None
        if entry.quirk is None
        else {"pt": entry.quirk.pt, "en": entry.quirk.en},
    }


def test_the_whole_list_is_json_too() -> None:
    shown = json.loads(run("--list", "--format", "json").stdout)

    assert len(shown["rules"]) == len(catalogue.rules())


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "en"),
        ({"LANG": "pt_PT.UTF-8"}, "pt"),
        ({"LANG": "pt_BR.UTF-8"}, "pt"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "pt_PT", "LC_MESSAGES": "en_US"}, "en"),
        ({"LANG": "en_US", "LC_MESSAGES": "pt_PT"}, "pt"),
        ({"LC_MESSAGES": "pt_PT", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "", "LANG": "pt_PT"}, "pt"),
    ],
)
def test_the_locale_chooses_the_language(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], expected: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    assert language() == expected
    assert ("Porquê" in run("BR-02").stdout) is (expected == "pt")


def test_what_is_chosen_beats_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "pt_PT.UTF-8")

    assert "Why" in run("BR-02", "--lang", "en").stdout
