"""Signed PDFs that others made: their manifest, DSS's own assertions, iLink's example.

Nothing here is judged by our own code: the manifest was written beside the files, and
`dss.json` says what the tests of the EU's DSS assert of DSS's files. Where we say
something else on purpose, the reason stands in `DIFFERENT`.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import socket
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from cius_pt.findings import Severity
from cius_pt.signature.pdf import verify_pdf
from cius_pt.signature.pdf.judging import whole
from cius_pt.signature.policy import Policy
from cius_pt.signature.status import (
    Changes,
    Coverage,
    Ilink,
    Integrity,
    SignatureReport,
    SubIndication,
    Trust,
    Verdict,
)
from cius_pt.signature.trust import TrustStore

SHARED = Path(__file__).resolve().parents[3] / "shared"
SIGNED = SHARED / "signed"
if not (SIGNED / "dss.json").is_file():
    pytest.skip("the signed documents are not here", allow_module_level=True)

AT = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
MANIFEST: dict[str, dict[str, str]] = json.loads(
    (SIGNED / "pdf" / "manifest.json").read_text(encoding="utf-8")
)
DSS: dict[str, str] = {
    row["file"]: row["dss"]
    for row in json.loads((SIGNED / "dss.json").read_text(encoding="utf-8"))
    if row["kind"] == "pades"
}
INTACT, REVISION = Integrity.INTACT, Coverage.REVISION
# Where the verdict differs from DSS's assertion, and why.
DIFFERENT = {
    "pdf-signed-added-page.pdf": "a page was added after signing; DSS only warns",
    "pdf-removed-pages.pdf": "pages were removed after signing; DSS only warns",
    "pades-signed-annot-added.pdf": "content was added after signing; DSS only warns",
    "pades-lta-copied-doctst.pdf": "the time stamp is of another document, and an"
    " object of the signed revision was replaced",
    "pades-spoofing-replaced-reason.pdf": "the dictionary of the signature was"
    " replaced after signing, so it covers no whole revision",
    "pkcs7_sha1.pdf": "one of its two signatures is adbe.pkcs7.sha1, which rests on"
    " SHA-1 and which ISO 32000-2 no longer has: unsupported, not invalid",
}


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        pytest.fail("the verification opened a socket")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)


@cache
def store() -> TrustStore:
    return TrustStore.from_files([SIGNED / "pki"])


@cache
def verified(path: Path) -> SignatureReport:
    return verify_pdf(path.read_bytes(), policy=Policy.ILINK, trust=store(), at=AT)


def ours(name: str) -> SignatureReport:
    path = SIGNED / "pdf" / f"{name}.pdf"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest == MANIFEST[name]["sha256"]
    return verified(path)


def expecting(*words: str) -> list[str]:
    found = [n for n, row in MANIFEST.items() if row["expected"].startswith(words)]
    assert found, words
    return found


def rules(report: SignatureReport) -> set[str]:
    found = {finding.rule for finding in report.findings}
    return found | {r.rule for s in report.signatures for r in s.reasons}


def test_every_case_of_the_manifest_is_tried() -> None:
    tried = {
        *expecting("crypto valid, trusted"),
        *expecting("crypto valid, NOT trusted"),
        *expecting("must be rejected"),
        *expecting("malformed", "bytes before"),
        *expecting("unsigned"),
        *expecting("unsupported SubFilter"),
        *expecting("same", "catalog change", "LTA-level", "junk after"),
    }

    assert tried == set(MANIFEST)
    assert len(MANIFEST) == 45


@pytest.mark.parametrize("name", expecting("crypto valid, trusted"))
def test_what_is_sound_is_accepted_as_a_whole(name: str) -> None:
    report = ours(name)

    assert (report.verdict, report.ilink) == (Verdict.VALID, Ilink.ACCEPT)
    assert report.signatures
    for signature in report.signatures:
        assert whole(signature)
        assert signature.trust is Trust.TRUSTED
        assert signature.sub_indication is None


NOT_TRUSTED = {
    "cert_bad_ku": (Trust.UNTRUSTED, SubIndication.CHAIN_CONSTRAINTS_FAILURE),
    "cert_expired": (Trust.EXPIRED, SubIndication.OUT_OF_BOUNDS_NO_POE),
    "cert_from_leafca": (
        Trust.UNTRUSTED,
        SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE,
    ),
    "cert_future": (Trust.NOT_YET_VALID, SubIndication.OUT_OF_BOUNDS_NO_POE),
    "cert_impostor": (
        Trust.UNTRUSTED,
        SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE,
    ),
    "cert_no_ku": (Trust.UNTRUSTED, SubIndication.CHAIN_CONSTRAINTS_FAILURE),
    "cert_revoked": (Trust.REVOKED, SubIndication.REVOKED_NO_POE),
    "cert_rsa1024": (
        Trust.UNTRUSTED,
        SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
    ),
    "cert_tls": (Trust.UNTRUSTED, SubIndication.CHAIN_CONSTRAINTS_FAILURE),
}


@pytest.mark.parametrize("name", expecting("crypto valid, NOT trusted"))
def test_a_bad_certificate_costs_the_trust_and_nothing_else(name: str) -> None:
    report = ours(name)
    signature = report.signatures[0]

    assert (signature.trust, signature.sub_indication) == NOT_TRUSTED[name]
    assert (signature.integrity, signature.coverage) == (INTACT, Coverage.DOCUMENT)
    assert (report.verdict, report.ilink) == (Verdict.VALID, Ilink.ACCEPT)
    assert all(reason.severity is Severity.WARNING for reason in signature.reasons)


@pytest.mark.parametrize("name", expecting("crypto valid, NOT trusted"))
def test_the_qualified_policy_refuses_a_bad_certificate(name: str) -> None:
    data = (SIGNED / "pdf" / f"{name}.pdf").read_bytes()

    report = verify_pdf(data, policy=Policy.QUALIFIED, trust=store(), at=AT)

    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize("name", expecting("must be rejected", "catalog change"))
def test_what_was_tampered_with_is_never_valid(name: str) -> None:
    report = ours(name)

    if name == "bad_truncated_half":
        assert report.verdict is Verdict.MALFORMED
    else:
        assert (report.verdict, report.ilink) == (Verdict.INVALID, Ilink.E217)
    assert not any(whole(signature) for signature in report.signatures)


@pytest.mark.parametrize("name", expecting("malformed", "bytes before"))
def test_what_is_no_pdf_is_malformed(name: str) -> None:
    assert ours(name).verdict is Verdict.MALFORMED


def test_the_unsigned_one_is_unsigned() -> None:
    assert ours("nosig").verdict is Verdict.UNSIGNED


@pytest.mark.parametrize("name", expecting("unsupported SubFilter"))
def test_an_unsupported_kind_is_never_dropped_in_silence(name: str) -> None:
    report = ours(name)

    assert (report.verdict, report.ilink) == (Verdict.UNSUPPORTED, Ilink.UNKNOWN)
    assert rules(report) == {"CP-PSIG-07"}


@pytest.mark.parametrize(
    ("name", "coverage", "changes", "rule"),
    [
        ("bad_append_null", REVISION, Changes.NONE, "CP-PSIG-22"),
        ("odd_inc_noop", REVISION, Changes.LTV, "CP-PSIG-28"),
        (
            "odd_nonzero_padding_in_contents",
            Coverage.DOCUMENT,
            Changes.NONE,
            "CP-PSIG-24",
        ),
    ],
)
def test_what_is_odd_but_sound_is_valid_with_a_note(
    name: str, coverage: Coverage, changes: Changes, rule: str
) -> None:
    report = ours(name)
    signature = report.signatures[0]

    assert report.verdict is Verdict.VALID
    assert (signature.coverage, signature.changes) == (coverage, changes)
    assert rules(report) == {rule}


# --- DSS's own files ---


def dss(name: str) -> SignatureReport:
    return verified(SIGNED / "dss-pades" / name)


def expected_of_dss(word: str) -> list[str]:
    found = [name for name, said in DSS.items() if said == word]
    assert found, word
    return found


@pytest.mark.parametrize("name", expected_of_dss("VALID"))
def test_what_dss_accepts_is_intact_here(name: str) -> None:
    kinds = {Integrity.INTACT, Integrity.UNSUPPORTED}
    copied = name == "pades-lta-copied-doctst.pdf"
    for signature in dss(name).signatures:
        stamp = copied and signature.signing_time is None
        assert stamp or signature.integrity in kinds, signature.location


@pytest.mark.parametrize("name", expected_of_dss("INVALID"))
def test_what_dss_refuses_is_refused_here(name: str) -> None:
    report = dss(name)

    assert report.verdict is Verdict.INVALID
    assert report.ilink is Ilink.E217


def test_the_differences_are_those_of_the_table_and_no_others() -> None:
    different = {
        name
        for name, said in DSS.items()
        if said in {"VALID", "INVALID"}
        and (dss(name).verdict is Verdict.VALID) is not (said == "VALID")
    }

    assert different == set(DIFFERENT)


def test_the_share_of_sound_files_is_that_of_the_reference_at_least() -> None:
    # The reference counts a file when every signature that is supported is intact:
    # 83 of DSS's 94. Here are 12 of those 94.
    sound = expected_of_dss("VALID")
    intact = [
        name
        for name in sound
        if {s.integrity for s in dss(name).signatures} - {Integrity.UNSUPPORTED}
        == {INTACT}
    ]

    assert len(intact) / len(sound) >= 83 / 94
    assert set(sound) - set(intact) == {"pades-lta-copied-doctst.pdf"}


def test_no_file_of_dss_takes_the_verification_down() -> None:
    for name in expected_of_dss("no-test"):
        assert dss(name).verdict in {*Verdict} - {Verdict.UNSIGNED}


def test_the_plain_ecdsa_of_german_cards_is_verified() -> None:
    name = "dss-PLAIN-ECDSA__TeleSec_PKS_eIDAS_QES_CA_1-baseline-b.pdf"

    assert dss(name).signatures[0].integrity is INTACT


# --- iLink's own example ---


def test_the_pdf_in_ilinks_example_is_accepted_with_warnings() -> None:
    example = etree.parse(SHARED / "examples" / "ilink" / "xml_com_pdf.xml")
    (attachment,) = example.iter("{*}EmbeddedDocumentBinaryObject")

    report = verify_pdf(
        base64.b64decode(attachment.text or ""),
        policy=Policy.ILINK,
        trust=store(),
        at=AT,
    )

    assert (report.verdict, report.ilink) == (Verdict.VALID, Ilink.ACCEPT)
    assert [s.integrity for s in report.signatures] == [INTACT, INTACT]
    assert [s.trust for s in report.signatures] == [Trust.UNTRUSTED] * 2
    assert [s.changes for s in report.signatures] == [
        Changes.SIGNATURE,
        Changes.NONE,
    ]
    assert {"CP-PSIG-21", "CP-TRUST-10", "CP-TRUST-11"} <= rules(report)
    assert all(
        reason.severity is not Severity.FATAL
        for signature in report.signatures
        for reason in signature.reasons
    )
