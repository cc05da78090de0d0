# SPDX-License-Identifier: MIT
from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cius_pt.cli.program import run as run_program
from cius_pt.cli.sign import sign
from cius_pt.errors import SignatureError
from cius_pt.signature.status import Verdict
from cius_pt.signature.verify import verify
from tests import signing_keys as keys
from tests.blank_pdf import BLANK
from tests.loopback import serving

INVOICE = Path(__file__).resolve().parents[2] / "fixtures" / "withholding.xml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with keys and documents; the password is in CIUS_TEST."""
    monkeypatch.setenv("CIUS_TEST", keys.PASSWORD)
    # Signed now: by the clock, not at the time of the tests' certificates.
    far = keys.NOW + 3000 * keys.DAY
    (tmp_path / "selo.p12").write_bytes(keys.p12("p256", until=far))
    (tmp_path / "chain.pem").write_bytes(keys.pem(keys.certificate("p256", until=far)))
    (tmp_path / "key.pem").write_bytes(keys.key_pem("p256"))
    (tmp_path / "locked.pem").write_bytes(keys.key_pem("p256", keys.PASSWORD))
    (tmp_path / "a.xml").write_bytes(INVOICE.read_bytes())
    (tmp_path / "a.pdf").write_bytes(BLANK)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str | Path, given: str | None = None) -> Result:
    return CliRunner().invoke(sign, [str(a) for a in arguments], input=given)


P12 = ("--p12", "selo.p12", "--password-env", "CIUS_TEST")


def test_an_invoice_is_signed(folder: Path) -> None:
    result = run("a.xml", *P12, "-o", "b.xml", "--lang", "en")

    assert result.exit_code == 0, result.output
    assert result.stderr == "b.xml: signed\n"
    assert b"<ds:SignatureValue" in (folder / "b.xml").read_bytes()
    assert sorted(p.suffix for p in folder.iterdir()).count(".xml") == 2


def test_it_is_said_in_portuguese(folder: Path) -> None:
    assert run("a.xml", *P12, "-o", "b.xml", "--lang", "pt").stderr.endswith(
        "assinado\n"
    )
    assert (folder / "b.xml").exists()


def test_a_file_may_be_signed_in_its_place_and_again(folder: Path) -> None:
    for _ in range(2):
        assert run("a.xml", *P12, "-o", "a.xml").exit_code == 0

    assert (folder / "a.xml").read_bytes().count(b"<ds:SignatureValue") == 2


@pytest.mark.parametrize(
    "how",
    [
        ("--profile", "pkcs7"),
        ("--visible", "1:20,20,220,90", "--reason", "Fatura"),
        ("--certify", "2"),
    ],
)
def test_a_pdf_is_signed(folder: Path, how: tuple[str, ...]) -> None:
    assert run("a.pdf", *P12, "-o", "b.pdf", *how).exit_code == 0

    assert (folder / "b.pdf").read_bytes().startswith(BLANK)


def test_an_invoice_is_signed_with_its_pdf(folder: Path) -> None:
    result = run("a.xml", *P12, "--pdf", "a.pdf", "-o", "b.xml", "--certify", "2")

    assert result.exit_code == 0
    assert b'mimeCode="application/pdf"' in (folder / "b.xml").read_bytes()


def test_a_signed_invoice_takes_no_pdf_unless_its_signature_may_go(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("a.xml", *P12, "-o", "b.xml").exit_code == 0
    signed = (folder / "b.xml").read_bytes()
    again = ["sign", "b.xml", *P12, "--pdf", "a.pdf", "-o", "b.xml"]

    assert run_program(again) == 2
    assert "--strip-signature" in capsys.readouterr().err
    assert (folder / "b.xml").read_bytes() == signed
    assert run_program([*again, "--strip-signature"]) == 0
    made = (folder / "b.xml").read_bytes()
    assert made.count(b"<ds:SignatureValue") == 1
    assert verify(made).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "source",
    [
        ("--pem", "chain.pem", "--key", "key.pem"),
        ("--pem", "chain.pem", "--key", "locked.pem", "--password-env", "CIUS_TEST"),
    ],
)
def test_a_pem_key_signs(folder: Path, source: tuple[str, ...]) -> None:
    assert run("a.xml", *source, "-o", "b.xml").exit_code == 0
    assert (folder / "b.xml").exists()


def test_the_password_is_asked_for(folder: Path) -> None:
    asked = run("a.xml", "--p12", "selo.p12", "-o", "b.xml", given=f"{keys.PASSWORD}\n")

    assert asked.exit_code == 0
    assert "Password of selo.p12" in asked.stderr
    assert keys.PASSWORD not in asked.output
    assert (folder / "b.xml").exists()


def test_the_password_comes_from_a_file_descriptor(folder: Path) -> None:
    reader, writer = os.pipe()
    os.write(writer, f"{keys.PASSWORD}\nmore".encode())
    os.close(writer)
    try:
        result = run(
            "a.xml", "--p12", "selo.p12", "--password-fd", str(reader), "-o", "b.xml"
        )
    finally:
        os.close(reader)

    assert result.exit_code == 0
    assert (folder / "b.xml").exists()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("a.xml", "-o", "b.xml"), "say who signs"),
        (("a.xml", *P12, "--pem", "chain.pem", "-o", "b"), "say who signs"),
        (("a.xml", "--pem", "chain.pem", "-o", "b"), "go together"),
        (("a.xml", "--p12", "selo.p12", "--password-env", "NO", "-o", "b"), "NO"),
        (("a.xml", *P12, "--password-fd", "9", "-o", "b"), "not both"),
        (("a.xml", "--p12", "selo.p12", "--password-fd", "99", "-o", "b"), "99"),
        (("a.xml", *P12, "--label", "x", "-o", "b"), "--pkcs11"),
        (("-", "--p12", "selo.p12", "-o", "b"), "standard input"),
        (("a.pdf", *P12, "--placement", "last", "-o", "b"), "this is a PDF"),
        (("a.pdf", *P12, "--pdf", "a.pdf", "-o", "b"), "this is a PDF"),
        (("a.xml", *P12, "--visible", "1:1,1,9,9", "-o", "b"), "give --pdf"),
        (("a.pdf", *P12, "--visible", "1:9,9,1,1", "-o", "b"), "box is empty"),
        (("a.pdf", *P12, "--visible", "here", "-o", "b"), "PAGE:LEFT"),
        (("a.xml", *P12), "--output"),
    ],
)
def test_a_wrong_call_is_a_usage_error(arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert said in result.stderr


def test_there_is_no_option_for_the_password_itself() -> None:
    names = {name for p in sign.params for name in p.opts}

    assert {name for name in names if "pass" in name or "pin" in name} == {
        "--password-env",
        "--password-fd",
    }


# --- whole runs: exit codes, and what is left behind ---


def test_a_wrong_password_is_exit_2_and_nothing_is_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CIUS_TEST", "errada-de-certeza")

    assert run_program(["sign", "a.xml", *P12, "-o", "b.xml"]) == 2
    said = capsys.readouterr()
    assert "password is wrong" in said.err
    assert "errada-de-certeza" not in said.err + said.out
    assert not (folder / "b.xml").exists()


def test_a_time_stamping_authority_that_is_down_is_exit_3(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "b.xml").write_text("old")
    with serving(lambda *_: (500, b"")) as url:
        assert run_program(["sign", "a.xml", *P12, "--tsa", url, "-o", "b.xml"]) == 3

    assert "time stamping authority answered HTTP 500" in capsys.readouterr().err
    assert (folder / "b.xml").read_text() == "old"


def test_the_output_is_as_readable_as_its_neighbours(folder: Path) -> None:
    assert run("a.xml", *P12, "-o", "b.xml").exit_code == 0

    modes = {stat.S_IMODE((folder / n).stat().st_mode) for n in ("a.xml", "b.xml")}
    assert len(modes) == 1


@pytest.mark.usefixtures("folder")
def test_what_is_no_invoice_is_refused() -> None:
    Path("c.xml").write_text("<a/>", encoding="utf-8")
    result = run("c.xml", *P12, "-o", "b.xml")

    assert result.exception is not None
    assert not isinstance(result.exception, SignatureError | SystemExit)
