# SPDX-License-Identifier: MIT
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cius_pt import sign, sign_invoice
from cius_pt.cli.program import run
from tests import signing_keys as keys
from tests.blank_pdf import BLANK

INVOICE = (
    Path(__file__).resolve().parents[2] / "fixtures" / "withholding.xml"
).read_bytes()
AT = ("--at", keys.NOW.isoformat())
TRUST = ("--trust", "anchors.pem")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    key = keys.key("p256")
    good = sign(INVOICE, key, time=keys.NOW)
    files = {
        "good.xml": good,
        "good.pdf": sign(BLANK, key, time=keys.NOW),
        "both.xml": sign_invoice(INVOICE, key, pdf=BLANK, time=keys.NOW),
        "twice.xml": sign(good, keys.key("p384"), time=keys.NOW),
        "bad.xml": good.replace(b"FT 2026A/8", b"FT 2026A/9", 1),
        "plain.xml": INVOICE,
        "none.xml": b"not XML",
        "anchors.pem": keys.pem(keys.root()),
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("good.xml",), 0),
        (("good.pdf",), 0),
        (("both.xml", "twice.xml"), 0),
        (("good.xml", "bad.xml"), 1),
        (("plain.xml",), 1),
        (("none.xml",), 1),
        (("good.xml", "missing.xml"), 2),
        (("good.xml", *TRUST), 0),
        (("good.xml", "--policy", "qualified"), 1),
        (("good.xml", "--at", "yesterday"), 2),
        (("good.xml", "--trust", "missing.pem"), 2),
        (("*.nothing",), 2),
        ((".",), 1),
    ],
)
def test_the_exit_code_is_the_worst_of_all(
    arguments: tuple[str, ...], code: int
) -> None:
    at = () if "--at" in arguments else AT

    assert run(["verify", *arguments, *at]) == code


def answers(
    capsys: pytest.CaptureFixture[str], *arguments: str
) -> list[dict[str, Any]]:
    run(["verify", *arguments, *AT, "--format", "json"])
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == 1
    found: list[dict[str, Any]] = said["files"]
    return found


@pytest.mark.usefixtures("folder")
def test_json_has_the_three_answers(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad, plain = answers(capsys, "good.xml", "bad.xml", "plain.xml", *TRUST)

    assert (good["file"], good["verdict"], good["ilink"]) == (
        "good.xml",
        "valid",
        "accept",
    )
    (signature,) = good["signatures"]
    assert {k: signature[k] for k in ("integrity", "coverage", "changes", "trust")} == {
        "integrity": "intact",
        "coverage": "document",
        "changes": "none",
        "trust": "trusted",
    }
    assert signature["format"] == "xades"
    assert signature["level"] == "XAdES-BES"
    assert signature["signing_time"] == "2026-03-02T10:30:00+00:00"
    assert signature["signer"]["nif"] == "500000000"
    assert (bad["verdict"], bad["ilink"]) == ("invalid", "e217")
    assert bad["signatures"][0]["reasons"]
    assert plain["verdict"] == "unsigned"


@pytest.mark.usefixtures("folder")
def test_json_has_the_embedded_pdf(capsys: pytest.CaptureFixture[str]) -> None:
    (both,) = answers(capsys, "both.xml", *TRUST)
    (pdf,) = both["attachments"]

    assert both["verdict"] == pdf["verdict"] == "valid"
    assert pdf["signatures"][0]["format"] == "pades"


@pytest.mark.usefixtures("folder")
def test_text_speaks_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    run(["verify", "good.xml", *AT, *TRUST, "--lang", "en"])
    english = capsys.readouterr().out
    run(["verify", "good.xml", *AT, *TRUST, "--lang", "pt"])
    portuguese = capsys.readouterr().out

    assert english.startswith("good.xml: valid; iLink: accept\n")
    assert "integrity: intact, coverage: document, changes: none" in english
    assert portuguese.startswith("good.xml: válido; iLink: aceita\n")
    assert "integridade: intacta, abrange: todo o documento" in portuguese
    assert "assinado por" in portuguese


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("form", ["text", "json"])
def test_no_certificate_is_shown(capsys: pytest.CaptureFixture[str], form: str) -> None:
    run(["verify", ".", *AT, *TRUST, "--format", form])
    said = capsys.readouterr().out

    assert "MII" not in said
    assert "BEGIN" not in said


def test_standard_input_is_read_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "-", "-"]) == 2
    assert "only once" in capsys.readouterr().err
