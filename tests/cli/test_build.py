from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cius_pt.cli.build import build
from cius_pt.errors import InvalidValue
from cius_pt.ubl.read import read

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
SOURCE = FIXTURES / "withholding.json"


def run(*arguments: str | Path, given: bytes | str | None = None) -> Result:
    return CliRunner().invoke(build, [str(a) for a in arguments], input=given)


def numbered(number: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(SOURCE.read_text(encoding="utf-8"))
    return {**data, "number": number}


def test_one_document_goes_to_standard_output() -> None:
    result = run(SOURCE)

    assert result.exit_code == 0
    assert result.stdout_bytes == SOURCE.with_suffix(".xml").read_bytes()


def test_standard_input_is_read_for_a_dash() -> None:
    result = run("-", given=SOURCE.read_bytes())

    assert read(result.stdout_bytes).invoice.number == "FT 2026A/8"


def test_one_document_goes_to_the_file_named(tmp_path: Path) -> None:
    out = tmp_path / "out.xml"
    out.write_text("old")

    assert run(SOURCE, "-o", out).exit_code == 0

    assert out.read_bytes() == SOURCE.with_suffix(".xml").read_bytes()
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("as_lines", [False, True])
def test_several_documents_go_to_a_folder_one_file_each(
    tmp_path: Path, as_lines: bool
) -> None:
    documents = [numbered("FT 2026A/1"), numbered("FT 2026A/2")]
    text = (
        "\n".join(json.dumps(d) for d in documents)
        if as_lines
        else json.dumps(documents)
    )

    result = run("-", "-o", tmp_path / "out", given=text)

    assert result.exit_code == 0, result.output
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["FT-2026A-1.xml", "FT-2026A-2.xml"]
    assert result.stdout == ""


def test_several_documents_need_a_folder() -> None:
    result = run("-", given=json.dumps([numbered("A 1/1"), numbered("A 1/2")]))

    assert result.exit_code == 2
    assert "give a folder" in result.stderr


def test_two_numbers_that_make_one_file_name_write_nothing(tmp_path: Path) -> None:
    text = json.dumps([numbered("FT A/1"), numbered("FT-A-1")])

    result = run("-", "-o", tmp_path / "out", given=text)

    assert isinstance(result.exception, InvalidValue)
    assert "same file name" in str(result.exception)
    assert not (tmp_path / "out").exists()


def test_a_broken_document_among_many_writes_nothing(tmp_path: Path) -> None:
    broken = numbered("FT A/2")
    broken["lines"][0]["net_price"] = "1.123456789"

    result = run("-", "-o", tmp_path, given=json.dumps([numbered("FT A/1"), broken]))

    assert str(result.exception) == (
        "[1].lines[0].net_price: BT-146: 9 decimals, the format takes 8; round it"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_number_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    text = json.dumps([numbered("../../x"), numbered("/etc/passwd")])

    assert run("-", "-o", tmp_path / "out", given=text).exit_code == 0

    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["etc-passwd.xml", "x.xml"]


def test_a_pdf_becomes_the_representation(tmp_path: Path) -> None:
    pdf = tmp_path / "invoice.pdf"
    pdf.write_bytes(b"%PDF-1.7 made up")

    result = run(SOURCE, "--pdf", pdf)

    (attachment,) = read(result.stdout_bytes).invoice.attachments
    assert attachment.description == "INVOICE_REPRESENTATION"
    assert attachment.content == b"%PDF-1.7 made up"
    assert attachment.filename == "FT-2026A-8.pdf"


def test_a_pdf_that_is_none_is_refused(tmp_path: Path) -> None:
    pdf = tmp_path / "invoice.pdf"
    pdf.write_bytes(b"PK")

    result = run(SOURCE, "--pdf", pdf)

    assert result.exit_code == 2
    assert "is not a PDF" in result.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "0 documents"),
        ("3", "expected an object"),
        ('{"a": 1}\n{', "line 2: not JSON"),
        ("[" * 100_000, "nested too deep"),
        (b"{\xff}", "not UTF-8 at byte 1"),
    ],
)
def test_bad_input_says_what_is_wrong(text: str | bytes, says: str) -> None:
    result = run("-", given=text)

    assert result.exit_code != 0
    assert says in result.output + str(result.exception)
    assert result.stdout == ""
