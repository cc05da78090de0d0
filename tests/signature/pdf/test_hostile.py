"""Files made to hurt: loops, depths, bombs, floods."""

from __future__ import annotations

import time
import zlib

import pytest

from cius_pt.signature.status import (
    Verdict,
)
from tests.signature.pdf import making
from tests.signature.pdf.asking import rules, verified

pytestmark = pytest.mark.usefixtures("no_network")


@pytest.mark.parametrize(
    "data",
    [
        making.numbered("<< /Type /Catalog /Pages 1 0 R /AcroForm 1 0 R >>"),
        making.numbered("1 0 R"),
        making.numbered(
            "<< /Type /Catalog /AcroForm << /Fields [2 0 R] >> >>",
            "<< /T (a) /FT /Sig /Kids [2 0 R 2 0 R] >>",
        ),
        making.numbered(
            "<< /Type /Catalog /AcroForm << /Fields [2 0 R] >> >>",
            "<< /T (a) /FT /Sig /V 2 0 R >>",
        ),
        making.numbered("<< /Type /Catalog /X " + "[" * 20_000 + "]" * 20_000 + " >>"),
        making.numbered(
            "<< /Type /Catalog /AcroForm << /Fields ["
            + " ".join(["2 0 R"] * 50_000)
            + "] >> >>",
            "<< /T (a) /FT /Sig >>",
        ),
        making.page() + b"/ByteRange [0 1 2 3]\n" * 20_000,
        making.page().replace(b"startxref\n", b"startxref\n-"),
    ],
    ids=["self", "loop", "kids", "value", "deep", "many", "ranges", "negative"],
)
def test_hostile_structures_get_a_verdict_soon(data: bytes) -> None:
    started = time.monotonic()

    report = verified(data)

    assert report.verdict is not Verdict.VALID
    assert time.monotonic() - started < 10


def test_a_bomb_does_not_go_off() -> None:
    bomb = zlib.compress(bytes(1 << 28), 9)
    head = f"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length {len(bomb)} >>"
    stream = f"{head}\nstream\n{bomb.decode('latin-1')}\nendstream"
    started = time.monotonic()

    verified(making.numbered("<< /Type /Catalog /AcroForm 2 0 R >>", stream))

    assert time.monotonic() - started < 10


def test_too_large_a_file_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cius_pt.signature.pdf.reading.MAX_BYTES", 1000)

    report = verified(making.signed())

    assert (report.verdict, rules(report)) == (Verdict.UNSUPPORTED, ["CP-PSIG-29"])


def test_more_signatures_than_the_limit_are_not_passed_over_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cius_pt.signature.pdf.verification.MAX_SIGNATURES", 1)

    report = verified(making.twice())

    assert report.verdict is not Verdict.VALID
    assert "CP-PSIG-29" in rules(report)
