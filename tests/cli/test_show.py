from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cius_pt.cli.show import show
from cius_pt.model import json as model_json
from cius_pt.totals import with_totals
from cius_pt.ubl.write import write

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
DOCUMENTS = sorted(FIXTURES.glob("*.xml"))


def run(*arguments: str | Path, given: bytes | None = None) -> Result:
    return CliRunner().invoke(show, [str(a) for a in arguments], input=given)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_build_is_the_inverse_of_show(document: Path) -> None:
    shown = run("--format", "json", document)

    invoice = with_totals(model_json.invoice_from(model_json.loads(shown.stdout)))

    assert write(invoice) == document.read_bytes()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_the_text_names_number_parties_and_sum(document: Path) -> None:
    shown = run(document)

    invoice = json.loads(run("--format", "json", document).stdout)
    assert shown.exit_code == 0
    assert shown.stderr == ""
    for said in (
        invoice["number"],
        invoice["seller"]["name"],
        invoice["buyer"]["vat_identifier"],
        invoice["totals"]["due"],
    ):
        assert said in shown.stdout


def test_what_cannot_be_shown_is_named_on_standard_error() -> None:
    document = (FIXTURES / "withholding.xml").read_bytes()
    extra = b"<cbc:UUID>x</cbc:UUID><cbc:IssueDate>"

    shown = run("-", given=document.replace(b"<cbc:IssueDate>", extra))

    assert shown.exit_code == 0
    assert "outside CIUS-PT: /Invoice/cbc:UUID" in shown.stderr


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_signed_document_is_shown_and_said_to_be_signed(form: str) -> None:
    document = (FIXTURES / "withholding.xml").read_bytes()
    signature = b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></Invoice>'

    shown = run("--format", form, "-", given=document.replace(b"</Invoice>", signature))

    assert shown.exit_code == 0
    assert shown.stderr.splitlines()[-1].startswith("signed: ")
    assert "is not signed" in shown.stderr


def test_a_document_without_its_number_has_nothing_to_show() -> None:
    document = (FIXTURES / "withholding.xml").read_bytes()

    shown = run("-", given=document.replace(b"<cbc:ID>FT 2026A/8</cbc:ID>", b""))

    assert shown.exit_code == 1
    assert shown.stdout == ""
    assert "BT-1 is mandatory" in shown.stderr


def test_wrong_sums_are_shown_beside_the_right_ones() -> None:
    document = (FIXTURES / "withholding.xml").read_bytes()

    shown = run("-", given=document.replace(b">1476.00<", b">1477.00<"))

    assert "BT-115 totals.due" not in shown.stdout
    assert "stated 1477.00, adds up to 1476.00" in shown.stdout


def test_a_document_cannot_write_to_the_terminal() -> None:
    document = (FIXTURES / "withholding.xml").read_bytes()

    shown = run("-", given=document.replace(b"Consultoria", "\u009b31m".encode()))

    assert "\u009b" not in shown.stdout
