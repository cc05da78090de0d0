"""The signature step of a check: what iLink would refuse, and nothing else."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cius_pt import check, sign_invoice
from cius_pt.findings import Check, Outcome, Severity
from cius_pt.rules import catalogue
from tests import signing_keys as keys
from tests.blank_pdf import BLANK

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "fixtures" / "withholding.xml").read_bytes()
PDF_ATTACHED = (ROOT / "fixtures" / "pdf_attached.xml").read_bytes()


def step(data: bytes) -> Check:
    return next(done for done in check(data).checks if done.name == "signature")


@pytest.mark.parametrize("data", [DOCUMENT, PDF_ATTACHED], ids=["plain", "PDF"])
def test_what_is_not_signed_is_not_applicable(data: bytes) -> None:
    done = step(data)

    assert (done.outcome, done.findings) == (Outcome.NOT_APPLICABLE, ())
    assert check(data).conforms


def test_what_is_signed_well_passes() -> None:
    signed = sign_invoice(DOCUMENT, keys.key(), pdf=BLANK)

    assert step(signed).outcome is Outcome.PASSED
    assert check(signed).conforms


def test_what_was_changed_later_fails() -> None:
    signed = sign_invoice(DOCUMENT, keys.key())
    changed = signed.replace("Município".encode(), b"Freguesia", 1)
    assert changed != signed
    done = step(changed)

    assert done.outcome is Outcome.FAILED
    assert {f.rule for f in done.findings if f.severity is Severity.FATAL} == {
        "CP-XSIG-01"
    }
    assert not check(changed).conforms


def test_it_is_said_in_portuguese() -> None:
    signed = sign_invoice(DOCUMENT, keys.key())
    changed = signed.replace("Município".encode(), b"Freguesia", 1)
    report = check(changed, lang="pt")
    entry = catalogue.entry("CP-XSIG-01")
    assert entry is not None
    (finding,) = (f for f in report.findings if f.rule == "CP-XSIG-01")

    assert (finding.message, finding.hint) == (entry.asks.pt, entry.fix.pt)


def test_a_signed_pdf_in_an_unsigned_invoice_is_looked_at() -> None:
    signed = sign_invoice(DOCUMENT, keys.key(), pdf=BLANK)
    bare = re.sub(
        rb"<ext:UBLExtensions.*?</ext:UBLExtensions>", b"", signed, flags=re.DOTALL
    )
    assert b"ds:Signature" not in bare
    assert step(bare).outcome is Outcome.PASSED
    content = re.search(rb'filename="[^"]*">([^<]+)<', bare)
    assert content is not None
    pdf = base64.b64decode(content[1])
    broken = base64.b64encode(pdf.replace(b"/MediaBox", b"/MediaBux", 1))

    assert step(bare.replace(content[1], broken)).outcome is Outcome.FAILED


def test_a_signature_is_found_however_its_namespace_is_written() -> None:
    signed = sign_invoice(DOCUMENT, keys.key())
    changed = signed.replace("Município".encode(), b"Freguesia", 1)
    hidden = changed.replace(b"2000/09/xmldsig#", b"2000/09/xmldsig&#35;")
    assert b"xmldsig#" not in hidden

    assert step(hidden).outcome is Outcome.FAILED


def test_a_signed_pdf_is_found_however_its_names_are_written() -> None:
    pdf = b"%PDF-1.7\n1 0 obj << /Type /Sig /Byte#52ange [0 1 2 3] >> endobj\n"
    text = base64.b64encode(pdf)
    content = re.search(rb'filename="[^"]*">([^<]+)<', PDF_ATTACHED)
    assert content is not None
    done = step(PDF_ATTACHED.replace(content[1], text))

    assert done.outcome is not Outcome.NOT_APPLICABLE


def test_what_is_not_supported_is_never_clean() -> None:
    name = b"http://www.w3.org/2001/04/xmlenc#sha256"
    signed = sign_invoice(DOCUMENT, keys.key())
    odd = signed.replace(name, b"http://www.w3.org/2001/04/xmlenc#ripemd160")
    assert odd != signed

    assert step(odd).outcome in {Outcome.SKIPPED, Outcome.FAILED}
    assert not check(odd).conforms


def test_an_unsigned_document_loads_no_verifier() -> None:
    code = (
        "import sys; from cius_pt import check; "
        f"check(open({str(ROOT / 'fixtures' / 'pdf_attached.xml')!r}, 'rb').read()); "
        "print({'pyhanko', 'signxml', 'cryptography'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "set()"
