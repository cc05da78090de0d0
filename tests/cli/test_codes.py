# SPDX-License-Identifier: MIT
"""``cius-pt codes``, ``cius-pt nif`` and ``cius-pt qr``."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cius_pt.cli import main
from cius_pt.codes import names, table
from cius_pt.invoice_qr import qr_for
from cius_pt.ubl.read import read
from cius_pt.ubl.write import write
from tests.rules.own.documents import CLEAN, plain, qr, seller_abroad

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
OFFICIAL = (
    "A:500000000*B:123456789*C:PT*D:GT*E:N*F:20190720*G:GT G234CB/50987"
    "*H:GTVX4Y8B-50987*I1:0*N:0.00*O:0.00*Q:5uIg*R:9999"
)
PROGRAM = ("--certificate", "1234", "--hash", "kLp0")


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def do(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return do


Run = Any  # the fixture above


# --- codes ---


def test_all_lists_are_named_with_their_titles(run: Run) -> None:
    code, out, err = run("codes", "--lang", "pt")

    assert (code, err) == (0, "")
    assert [line.split("\t")[0] for line in out.splitlines()] == list(names())
    assert "Motivos de isenção" in out


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("lang", ["pt", "en"])
def test_a_list_has_all_its_rows_and_its_source_beside(
    run: Run, name: str, lang: str
) -> None:
    code, out, err = run("codes", name, "--lang", lang)
    rows = table(name).rows

    assert code == 0
    assert [line.split("\t")[0] for line in out.splitlines()] == [
        row["code"] for row in rows
    ]
    assert table(name).about["source date"] in err


def test_a_code_is_found_in_any_case(run: Run) -> None:
    code, out, _ = run("codes", "exemptions", "m07", "--lang", "pt")

    assert code == 0
    assert out.startswith("M07\tIsento artigo 9.º do CIVA\t")


def test_words_are_searched_for_in_both_languages(run: Run) -> None:
    for words in (("exports",), ("Artigo", "14.º", "do", "civa")):
        code, out, _ = run("codes", "exemptions", *words)
        assert code == 0
        assert "M05" in [line.split("\t")[0] for line in out.splitlines()]


def test_all_lists_are_searched(run: Run) -> None:
    code, out, _ = run("codes", "--search", "crédito")

    assert code == 0
    assert {"payment_means", "document_types"} <= {
        line.split("\t")[0] for line in out.splitlines()
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("exemption",), "did you mean exemptions"),
        (("exemptions", "M98"), "'M98'"),
        (("--search", "xyzzy"), "'xyzzy'"),
        (("exemptions", "--search", "x"), "not both"),
    ],
)
def test_what_is_not_found_is_exit_code_2(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = run("codes", *arguments)

    assert (code, out) == (2, "")
    assert said in err


def test_codes_as_json_have_every_column_and_the_source(run: Run) -> None:
    code, out, err = run("codes", "vat-rates", "PT-MA", "--format", "json")
    (found,) = json.loads(out)["lists"]

    assert (code, err) == (0, "")
    assert found["list"] == "vat_rates"
    assert found["about"]["source"]
    assert {row["code"] for row in found["codes"]} == {"PT-MA"}
    assert found["codes"][-1]["percent"] == "22.00"


# --- nif ---


def test_nifs_are_judged_one_a_line(run: Run) -> None:
    given = ("501964843", "PT 123 456 780", "400000008", "999999990", "12")
    code, out, _ = run("nif", *given)

    assert code == 1
    assert out.splitlines() == [
        "501964843\tright\tLegal person",
        "123456780\twrong\tthe check digit should be 9",
        "400000008\tright\tunlisted prefix",
        "999999990\tright\tconsumer who gave no NIF",
        "12\twrong\ta NIF has nine digits",
    ]


def test_a_right_nif_is_exit_code_0_in_portuguese_too(run: Run) -> None:
    assert run("nif", "501964843", "--lang", "pt") == (
        0,
        "501964843\tcerto\tPessoa coletiva\n",
        "",
    )


def test_nifs_as_json(run: Run) -> None:
    code, out, _ = run("nif", "123456789", "x\x1b", "--format", "json")
    right, wrong = json.loads(out)["nifs"]

    assert code == 1
    assert (right["valid"], right["kind"]["en"]) == (True, "Natural person")
    assert (wrong["valid"], wrong["kind"]) == (False, None)
    assert wrong["problem"]


def test_a_number_that_holds_commands_for_the_terminal_is_shown_escaped(
    run: Run,
) -> None:
    assert "\x1b" not in run("nif", "x\x1b[2J")[1]


# --- qr ---


def saved(tmp_path: Path, data: bytes, name: str = "invoice.xml") -> str:
    path = tmp_path / name
    path.write_bytes(data)
    return str(path)


def test_a_code_is_taken_apart(run: Run) -> None:
    code, out, err = run("qr", "decode", OFFICIAL)

    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "A\t500000000\tNIF of the issuer"
    assert "*".join(":".join(line.split("\t")[:2]) for line in out.splitlines()) == (
        OFFICIAL
    )


def test_a_code_as_json_has_names_for_its_fields(run: Run) -> None:
    text = str(qr_for(CLEAN, certificate="1234", hash4="kLp0"))
    code, out, _ = run("qr", "decode", text, "--format", "json")
    said = json.loads(out)["qr"]

    assert code == 0
    assert said["valid"]
    assert said["total_adds_up"]
    assert said["fields"]["total"] == "24.60"
    assert said["fields"]["date"] == "2026-01-31"
    assert said["fields"]["regions"][0]["region"] == "PT"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("http://example.org", "no QR code"),
        (OFFICIAL.replace("N:0.00", "N:1.00"), "N does not add up"),
        (OFFICIAL.replace("O:0.00", "O:1.00"), "O does not add up"),
    ],
)
def test_a_code_that_is_wrong_is_exit_code_1(run: Run, text: str, said: str) -> None:
    code, _, err = run("qr", "decode", text)

    assert code == 1
    assert said in err
    assert json.loads(run("qr", "decode", text, "--format", "json")[1])["schema"] == 1


def test_the_code_of_a_document_is_compared_with_it(run: Run, tmp_path: Path) -> None:
    right = saved(tmp_path, write(qr()))
    other = str(qr_for(plain(number="FT A/8"), certificate="1234", hash4="kLp0"))

    assert run("qr", "decode", "--invoice", right)[0] == 0
    code, _, err = run("qr", "decode", other, "--invoice", right)
    assert code == 1
    assert "CP-QR-04" in err


def test_a_document_without_code_and_no_text_is_a_usage_error(
    run: Run, tmp_path: Path
) -> None:
    code, _, err = run("qr", "decode", "--invoice", saved(tmp_path, write(CLEAN)))

    assert code == 2
    assert "no QR code" in err


def test_a_code_is_read_from_standard_input(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for data, code in ((f"{OFFICIAL}\r\n".encode(), 0), (b"\xff\xfe", 1), (b"", 1)):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        assert run("qr", "decode", "-")[0] == code


def test_the_code_of_an_invoice_is_made_from_ubl_and_from_json(
    run: Run, tmp_path: Path
) -> None:
    expected = str(qr_for(CLEAN, certificate="1234", hash4="kLp0"))
    source = saved(tmp_path, write(CLEAN))

    assert run("qr", "encode", source, *PROGRAM) == (0, f"{expected}\n", "")
    code, out, _ = run(
        "qr",
        "encode",
        str(FIXTURES / "payment_references.json"),
        *("--certificate", "9999", "--hash", "kLp0", "--format", "json"),
    )
    assert code == 0
    stated = read((FIXTURES / "payment_references.xml").read_bytes()).invoice.qr
    assert json.loads(out)["qr"]["text"] == stated


@pytest.mark.parametrize(
    ("name", "begins"), [("a.png", b"\x89PNG"), ("a.SVG", b"<?xml")]
)
def test_a_picture_is_written(
    run: Run, tmp_path: Path, name: str, begins: bytes
) -> None:
    output = tmp_path / name
    source = saved(tmp_path, write(CLEAN))

    assert run("qr", "encode", source, *PROGRAM, "-o", str(output))[0] == 0
    assert output.read_bytes().startswith(begins)


def test_the_document_is_written_with_its_code(run: Run, tmp_path: Path) -> None:
    output = tmp_path / "coded.xml"
    source = saved(tmp_path, write(CLEAN))

    assert run("qr", "encode", source, *PROGRAM, "-o", str(output))[0] == 0
    assert read(output.read_bytes()).invoice == qr()


@pytest.mark.parametrize(
    ("invoice", "more", "said"),
    [
        (plain(atcud=None), (), "ATCUD"),
        (seller_abroad(), (), "seller.vat_identifier"),
        (plain(currency="USD"), (), "EUR"),
        (CLEAN, ("--hash", "toolong"), "hash4"),
        (CLEAN, ("--certificate", "AT"), "certificate"),
        (CLEAN, ("--region", "PT-MA"), "no rate of PT-MA"),
        (CLEAN, ("-o", "a.gif"), ".png, .svg or .xml"),
    ],
)
def test_what_a_code_cannot_say_is_exit_code_2(
    run: Run, tmp_path: Path, invoice: Any, more: tuple[str, ...], said: str
) -> None:
    source = saved(tmp_path, write(invoice))
    code, out, err = run("qr", "encode", source, *PROGRAM, *more)

    assert (code, out) == (2, "")
    assert said in err
