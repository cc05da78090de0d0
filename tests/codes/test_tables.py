# SPDX-License-Identifier: MIT
"""The code lists as files: what stands on top, and that the derived ones are made."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from cius_pt.codes import names, regenerate, table

LISTS = Path(__file__).resolve().parents[2] / "schematron" / "rulebook" / "lists.tsv"
FOLDER = Path(regenerate.__file__).parent


@pytest.mark.parametrize("name", names())
def test_a_list_says_where_it_comes_from_and_how_far_it_is_known(name: str) -> None:
    about = table(name).about

    assert about["title.pt"] != about["title.en"]
    assert about["source"]
    assert about["status"]
    assert dt.date.fromisoformat(about["source date"]) <= dt.date.fromisoformat(
        about["checked"]
    )


@pytest.mark.parametrize("name", names())
def test_every_row_has_a_code_and_a_status_that_the_top_explains(name: str) -> None:
    found = table(name)

    assert found.rows
    for row in found.rows:
        assert row["code"]
        assert row["status"] in found.about["status"]


@pytest.mark.parametrize("name", regenerate.DERIVED)
def test_what_is_derived_is_what_the_task_would_write(name: str) -> None:
    written = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8")

    assert regenerate.regenerated(name, LISTS) == written


def test_a_changed_rulebook_would_change_the_derived_lists(tmp_path: Path) -> None:
    lists = tmp_path / "lists.tsv"
    lists.write_text(
        "list\torigin\tcodes\npayment-means\tx\tTB\ninvoice-types\tx\tFT\n"
        "credit-note-types\tx\tNC\n",
        encoding="utf-8",
    )

    assert "30\tUNTDID 4461\t2.1.1\tno" in regenerate.regenerated(
        "payment_means", lists
    )
    assert "\nFT\t4.1\t\t380\tInvoice" in regenerate.regenerated(
        "document_types", lists
    )


def test_every_accepted_means_and_type_of_the_rulebook_is_listed() -> None:
    text = LISTS.read_text(encoding="utf-8")
    lists = dict(line.split("\t")[::2] for line in text.splitlines() if "\t" in line)
    means = {r["code"] for r in table("payment_means").rows if r["accepted"] == "yes"}
    types = {r["code"] for r in table("document_types").rows if r["root"]}

    assert means == set(lists["payment-means"].split())
    assert types == set(
        f"{lists['invoice-types']} {lists['credit-note-types']}".split()
    )


def test_a_search_wants_every_word_in_either_language() -> None:
    found = table("exemptions")

    assert [r["code"] for r in found.search("exports")] == ["M05"]
    assert "M07" in [r["code"] for r in found.search("isento 9.º")]
    assert found.search("isento nowhere") == ()


def test_an_unknown_list_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        table("../errors")
