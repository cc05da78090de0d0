"""The exit codes of the pages are those of the program."""

from __future__ import annotations

import re

from cius_pt.cli import exit_codes
from tests.docs.snippets import REPOSITORY

CODES = {value for name, value in vars(exit_codes).items() if name.isupper()}


def test_the_table_and_the_sentence_have_every_code() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    page = (REPOSITORY / "docs" / "command-line.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| ([0-9]+) \|", readme, re.MULTILINE)
    beyond = re.findall(r"\b1[0-9]{2}\b", page)

    assert {int(code) for code in table + beyond} == CODES
