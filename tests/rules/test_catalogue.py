# SPDX-License-Identifier: MIT
"""The catalogue on its own: complete, well formed, true to the model, well written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from cius_pt import schema, xmlio
from cius_pt.findings import Severity
from cius_pt.model.document import Invoice
from cius_pt.model.types import field_types
from cius_pt.rules import catalogue, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cius_pt.rules.entry import Entry, Text

ROOT = Path(__file__).resolve().parent.parent.parent
ENTRIES = catalogue.entries()
OWN = re.compile(r"\bCP-[A-Z]+-[0-9]{2}\b")
NAMESPACES = "".join(f' xmlns:{name}="urn:{name}"' for name in ("cac", "cbc", "ext"))
LONGEST = {"asks": 300, "why": 320, "fix": 360, "quirk": 300}

BRAZILIAN = re.compile(
    r"\b(arquivos?|você|usuários?|contatos?|fatos?|planilhas?|nota fiscal|tela|"
    r"deletar|salvar|gerenciar|faturamento|cadastr\w*|celular|controle|"
    r"equipes?|econômic\w*|recepção|\w+ndo-se)\b",
    re.IGNORECASE,
)
BEFORE_1990 = re.compile(
    r"\b(factura\w*|recepç\w*|correcç\w*|correct[oa]s?|exact\w*|objecto\w*|"
    r"direct[oa]s?|electr\w*|actual\w*)\b",
    re.IGNORECASE,
)
# Nouns that the patterns put an article before, by gender.
DISAGREEING = re.compile(
    r"\b(a|da|na|à|uma) (número|código|nome|montante|total|identificador|esquema|país|"
    r"valor|preço|NIF|motivo|prazo|hash|IBAN|item|telefone|e-mail|imposto|tipo)\b|"
    r"\b(o|do|no|ao|um) (data|moeda|taxa|quantidade|categoria|percentagem|soma|linha|"
    r"morada|rua|localidade|região|descrição|referência|nota|unidade|base|entidade|"
    r"conta|lista|versão|propriedade|hora|marca|isenção)\b"
)
CODE = re.compile(r"`[^`]*`|\bc[ab]c:[\w:/]+|@\w+|#\S+")
ELEMENT = re.compile(r"\bc[ab]c:|@|attribute|atributo")


def texts(entry: Entry) -> dict[str, Text]:
    found = {"asks": entry.asks, "why": entry.why, "fix": entry.fix}
    return found if entry.quirk is None else found | {"quirk": entry.quirk}


def everything() -> Iterator[tuple[Entry, str, str, str]]:
    """Yield every text there is, with its entry, its name and its language."""
    for entry in ENTRIES.values():
        for name, text in texts(entry).items():
            yield entry, name, "pt", text.pt
            yield entry, name, "en", text.en


def of_publisher(entry: Entry) -> bool:
    return not entry.rule.startswith("CP-")


def test_there_is_an_entry_for_each_of_the_1153_published_ids() -> None:
    # 1,154 assertions, two of them under one id (DT-CIUS-PT-176).
    published = [entry for entry in ENTRIES.values() if of_publisher(entry)]

    assert len(published) == 1153
    assert sum(entry.severity is Severity.FATAL for entry in published) == 450


def test_every_listed_rule_has_its_entry_under_its_own_id() -> None:
    assert {rule: entry.rule for rule, entry in ENTRIES.items()} == {
        rule: rule for rule in catalogue.rules()
    }


def test_no_rule_stands_in_two_files() -> None:
    written = [rule for name in catalogue.FILES for rule in tables.sections(name)]
    composed = [*tables.keys("composed.tsv"), *tables.keys("unused.tsv")]

    assert len(set(written + composed)) == len(written + composed)


def test_every_id_of_our_own_is_explained() -> None:
    own = {*xmlio.RULES, *schema.RULES}
    for folder, pattern in (("cius_pt", "*.py"), ("schematron", "*.sch")):
        for path in (ROOT / folder).rglob(pattern):
            own.update(OWN.findall(path.read_text(encoding="utf-8")))

    assert own - set(ENTRIES) == set()


def test_an_unknown_rule_has_neither_entry_nor_hint() -> None:
    assert catalogue.entry("BR-9999") is None
    assert catalogue.hint("BR-9999", "pt") is None


def test_the_hint_is_the_way_to_mend_it() -> None:
    entry = ENTRIES["BR-CO-25"]

    assert catalogue.hint("BR-CO-25", "pt") == entry.fix.pt
    assert catalogue.hint("BR-CO-25", "en") == entry.fix.en


def test_texts_are_whole_sentences_of_a_readable_length() -> None:
    wrong = [
        f"{entry.rule} {name}.{lang}: {said}"
        for entry, name, lang, said in everything()
        if not said.endswith(".")
        or said != " ".join(said.split())
        or set("{}") & set(said)
        or re.search(r" [.,;:]|\.\.|,,", said)
        or len(said) > LONGEST[name]
        or said[0] != said[0].upper()
    ]

    assert wrong == []


def test_what_is_asked_is_one_sentence() -> None:
    wrong = [
        f"{entry.rule}: {said}"
        for entry, name, _, said in everything()
        if name == "asks" and ". " in said
    ]

    assert wrong == []


def test_the_two_languages_are_two() -> None:
    wrong = [
        f"{entry.rule} {name}"
        for entry in ENTRIES.values()
        for name, text in texts(entry).items()
        if text.pt == text.en
    ]

    assert wrong == []


def test_portuguese_is_that_of_portugal() -> None:
    wrong = [
        f"{entry.rule} {name}: {said}"
        for entry, name, lang, said in everything()
        if lang == "pt"
        and (words := CODE.sub("", said))
        and (BRAZILIAN.search(words) or BEFORE_1990.search(words))
    ]

    assert wrong == []


def test_articles_agree_with_their_nouns() -> None:
    wrong = [
        f"{entry.rule} {name}: {found[0]}"
        for entry, name, lang, said in everything()
        if lang == "pt" and (found := DISAGREEING.search(said))
    ]

    assert wrong == []


def test_a_published_fatal_rule_names_field_and_element() -> None:
    wrong = [
        f"{entry.rule}: {said}"
        for entry, name, _, said in everything()
        if name == "fix"
        and of_publisher(entry)
        and entry.severity is Severity.FATAL
        and not (entry.fields and "`" in said and ELEMENT.search(said))
    ]

    assert wrong == []


def test_every_field_exists_in_the_model() -> None:
    for entry in ENTRIES.values():
        for path in entry.fields:
            assert_in_model(path)
    for _, name, _, said in everything():
        for path in re.findall(r"`([^`]+)`", said) if name == "fix" else ():
            assert_in_model(path)


def assert_in_model(path: str) -> None:
    kind: type = Invoice
    parts = path.split(".")
    for number, part in enumerate(parts, start=1):
        name, bracket, _ = part.partition("[n]")
        known = {field.name: field for field in field_types(kind)}
        assert name in known, f"{path}: {kind.__name__} has no {name}"
        field = known[name]
        assert not bracket or field.many, f"{path}: {name} is not repeated"
        last = number == len(parts)
        assert last or bracket or not field.many, f"{path}: {name} is repeated"
        kind = field.kind


@pytest.mark.parametrize("path", ["sellers", "lines.id", "number[n]", "totals.sum"])
def test_a_wrong_path_would_be_noticed(path: str) -> None:
    with pytest.raises((AssertionError, TypeError)):
        assert_in_model(path)


def test_fragments_are_short_and_well_formed() -> None:
    for entry in ENTRIES.values():
        for fragment in (entry.before, entry.after):
            assert fragment.count("\n") < 6, entry.rule
            assert fragment == fragment.strip("\n"), entry.rule
            etree.fromstring(f"<fragment{NAMESPACES}>{fragment}</fragment>")
        assert entry.before or not entry.after, entry.rule
        assert entry.before != entry.after or not entry.before, entry.rule


def test_terms_look_like_business_terms() -> None:
    wrong = [
        (entry.rule, term)
        for entry in ENTRIES.values()
        for term in entry.terms
        if not re.fullmatch(r"B[TG]-[0-9]{1,3}(-[0-9])?", term)
    ]

    assert wrong == []


def test_no_two_rules_of_publisher_ask_the_same() -> None:
    seen: dict[str, str] = {}
    twins = set()
    for entry in ENTRIES.values():
        first = seen.setdefault(entry.asks.en, entry.rule)
        if first != entry.rule:
            twins.add((first, entry.rule))

    # The publisher wrote one of them twice, path and all.
    assert twins == {("UBL-CR-628", "UBL-CR-631")}


def test_the_catalogue_needs_neither_lxml_nor_saxon_nor_click() -> None:
    code = (
        "import sys; from cius_pt.rules import catalogue; catalogue.entry('BR-02');"
        "print(sorted({'lxml', 'saxonche', 'click'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_one_entry_does_not_read_the_others() -> None:
    code = (
        "from cius_pt.rules import catalogue; catalogue.entry('UBL-CR-601');"
        "print(catalogue.entry.cache_info().currsize,"
        " catalogue.entries.cache_info().currsize)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["1", "0"]
