# SPDX-License-Identifier: MIT
"""`cius-pt rules export`: our rules for other tools."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cius_pt.cli.rules import command
from cius_pt.rules import catalogue
from cius_pt.schematron import engine, rulebook
from cius_pt.schematron.source import load

FIXTURES = sorted((Path(__file__).resolve().parents[2] / "fixtures").glob("*.xml"))


def export(*arguments: object) -> Result:
    return CliRunner().invoke(command, ["export", *map(str, arguments)])


def test_what_is_exported_says_what_the_rulebook_says(tmp_path: Path) -> None:
    out = tmp_path / "out.sch"
    result = export("rulebook-2.1.2", out, "--lang", "en")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("wrote rulebook 2.1.2 (sha256 ")
    ours, exported = rulebook.load(), engine.load(out, "exported")
    for path in FIXTURES:
        for cut in (b"<cbc:PostalZone>", b"<cbc:ID>", b"<cac:TaxScheme>"):
            data = path.read_bytes().replace(cut, b"<!-- --><cbc:UUID/>" + cut)
            found = [
                Counter((hit.rule, hit.element) for hit in rules.run(data).hits)
                for rules in (ours, exported)
            ]
            assert found[0] == found[1]


@pytest.mark.parametrize("lang", ["pt", "en"])
def test_messages_are_those_of_the_catalogue(tmp_path: Path, lang: str) -> None:
    out = tmp_path / "out.sch"
    assert export("rulebook-2.1.2-strict", out, "--lang", lang).exit_code == 0
    entries = catalogue.entries()
    known = 0
    for assertion in load(out).assertions():
        if assertion.id in entries:
            known += 1
            texts = entries[assertion.id].asks
            assert assertion.text == (texts.pt if lang == "pt" else texts.en)
    assert known >= 1154


def test_only_our_own_rules_can_be_exported(tmp_path: Path) -> None:
    result = export("espap-2.1.2", tmp_path / "out.sch")
    assert result.exit_code == 2
    assert "rulebook-2.1.2" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "out.sch"
    out.write_text("old")
    assert export("rulebook-2.1.2", out).exit_code == 0
    assert out.read_text(encoding="utf-8").endswith("</schema>\n")
    assert list(tmp_path.iterdir()) == [out]
