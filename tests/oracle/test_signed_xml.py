"""Signed XML that others made: its manifest, and what DSS's own tests assert.

Nothing here is judged by our own code: the manifest was written beside the files (the
JDK, xmlsec and signxml made and read them), `dss.json` says what the tests of the EU's
DSS assert of DSS's files. Where we say something else on purpose, the reason stands in
`DIFFERENT`.
"""

from __future__ import annotations

import datetime as dt
import json
import socket
from functools import cache
from pathlib import Path

import pytest

from cius_pt import read_signed, schema, verify, xmlio
from cius_pt.errors import SignatureError
from cius_pt.findings import Outcome
from cius_pt.signature.status import (
    Coverage,
    Ilink,
    Integrity,
    SignatureReport,
    Trust,
    Verdict,
)
from cius_pt.signature.strip import strip
from cius_pt.signature.trust import TrustStore

SHARED = Path(__file__).resolve().parents[3] / "shared"
SIGNED = SHARED / "signed"
if not (SIGNED / "dss.json").is_file():
    pytest.skip("the signed documents are not here", allow_module_level=True)

AT = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
MANIFEST: dict[str, dict[str, str]] = json.loads(
    (SIGNED / "xml" / "manifest.json").read_text(encoding="utf-8")
)
DSS: list[tuple[str, int, str]] = [
    (row["file"], int(row["sig"]), row["dss"])
    for row in json.loads((SIGNED / "dss.json").read_text(encoding="utf-8"))
    if row["kind"] == "xades"
]
JUDGED = [row for row in DSS if row[2] != "UNCHECKED"]
# Where integrity is not what was asserted, and why.
DIFFERENT = {
    "evil_jdk_xpath_subset": "an XPath that signs the number alone is not evaluated",
    "xsw_orig-in-sig-object_noid": "the transform leaves out the signature, and with it"
    " the original inside; the JDK and xmlsec let it pass",
    "xades-900-references.xml": "901 references, all to files outside; the limit is 64",
    "qes-xades111-filter2.xml": "XAdES 1.1.1 signs its properties by a filter"
    " (intersect) that is not on the list",
}
# The words of the manifest for what our answer calls untrusted.
TRUST = {
    "trusted": Trust.TRUSTED,
    "revoked": Trust.REVOKED,
    "not-yet-valid": Trust.NOT_YET_VALID,
}


@cache
def report(path: Path) -> SignatureReport:
    return verify(path.read_bytes(), at=AT, trust=store())


@cache
def store() -> TrustStore:
    return TrustStore.from_files([SIGNED / "pki"])


def ours(name: str) -> SignatureReport:
    return report(SIGNED / "xml" / f"{name}.xml")


def intact(found: SignatureReport) -> bool:
    return bool(found.signatures) and all(
        s.integrity is Integrity.INTACT for s in found.signatures
    )


def test_the_cases_are_all_here() -> None:
    assert len(MANIFEST) == 59
    assert {p.stem for p in (SIGNED / "xml").glob("*.xml")} == set(MANIFEST)
    assert (len(DSS), len(JUDGED)) == (23, 18)


@pytest.mark.parametrize("name", MANIFEST)
def test_integrity_is_what_the_manifest_says(name: str) -> None:
    said = MANIFEST[name]["crypto"] == "valid"

    assert intact(ours(name)) is (said and name not in DIFFERENT)


@pytest.mark.parametrize("name", MANIFEST)
def test_the_verdict_follows_from_integrity_and_coverage(name: str) -> None:
    said, found = MANIFEST[name], ours(name)
    whole = (said["crypto"], said["coverage"]) == ("valid", "document")

    assert (found.verdict is Verdict.VALID) is whole
    if whole:
        assert {s.coverage for s in found.signatures} == {Coverage.DOCUMENT}
        assert found.ilink is Ilink.ACCEPT
    elif said["crypto"] == "valid":
        assert found.ilink is Ilink.UNKNOWN
    else:
        assert found.ilink is Ilink.E217


@pytest.mark.parametrize(
    "name", [n for n, said in MANIFEST.items() if said["crypto"] == "valid"]
)
def test_trust_is_what_the_manifest_says(name: str) -> None:
    expected = TRUST.get(MANIFEST[name]["trust"], Trust.UNTRUSTED)
    if name == "ok_jdk_keyvalue_only":
        expected = Trust.NOT_CHECKED  # a key without a certificate

    assert {s.trust for s in ours(name).signatures} == {expected}


@pytest.mark.parametrize(("file", "number", "said"), JUDGED)
def test_integrity_is_what_dss_asserts(file: str, number: int, said: str) -> None:
    found = report(SIGNED / "dss-xades" / file)

    same = found.signatures[number].integrity is Integrity.INTACT
    assert same is (said.startswith("VALID") and file not in DIFFERENT)


def test_agreement_with_dss_is_that_of_the_reference() -> None:
    agreed = sum(
        (report(SIGNED / "dss-xades" / file).signatures[n].integrity == "intact")
        is said.startswith("VALID")
        for file, n, said in JUDGED
    )
    print(f"integrity as DSS asserts it: {agreed} of {len(JUDGED)}")  # noqa: T201

    # Two of the five refusals of 126 stand in this part; see DIFFERENT.
    assert agreed == len(JUDGED) - 2
    wrongly_accepted = [
        file
        for file, _, said in JUDGED
        if said == "INVALID"
        and report(SIGNED / "dss-xades" / file).verdict is Verdict.VALID
    ]
    assert wrongly_accepted == []


def test_time_stamps_of_dss_are_of_their_signatures_but_the_copied_one() -> None:
    stamped = {
        path.name: {t.integrity for s in report(path).signatures for t in s.timestamps}
        for path in (SIGNED / "dss-xades").glob("*.xml")
    }

    assert stamped.pop("xades-t-copied-sigtst.xml") == {Integrity.BROKEN}
    # Its signature was damaged on purpose, so nothing of it is looked at.
    found = {name: said for name, said in stamped.items() if said}
    assert set().union(*found.values()) == {Integrity.INTACT}
    assert len(found) == 5


def test_no_signed_document_makes_us_use_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *a: tried.append(a))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **_: tried.append(a))

    for path in (*SIGNED.glob("xml/*.xml"), *SIGNED.glob("dss-xades/*.xml")):
        verify(path.read_bytes(), at=AT, trust=store())

    assert tried == []


def test_the_answer_is_the_same_every_time() -> None:
    for path in SIGNED.glob("xml/*.xml"):
        again = verify(path.read_bytes(), at=AT, trust=store())
        assert again.to_dict() == report(path).to_dict()


def test_a_comment_in_the_amount_does_not_change_what_is_read() -> None:
    found = ours("odd_comment_in_amount")

    assert [f.rule for f in found.findings] == ["CP-XSIG-19"]
    totals = read_signed(found).invoice.totals
    assert totals is not None
    assert str(totals.due) == "24.60"


@pytest.mark.parametrize("name", [n for n in MANIFEST if n.startswith("xsw_")])
def test_of_a_wrapped_document_nothing_is_read(name: str) -> None:
    with pytest.raises(SignatureError):
        read_signed(ours(name))


def test_ilink_s_own_example_is_accepted() -> None:
    found = report(SHARED / "examples" / "ilink" / "xml_com_pdf.xml")

    assert (found.verdict, found.ilink) == (Verdict.UNSIGNED, Ilink.ACCEPT)
    ((_, pdf),) = found.attachments
    assert pdf.verdict is Verdict.VALID


# Whose root itself was changed to be signed: an attribute that UBL does not have.
ROOT_CHANGED = {"ok_dsig_by_id", "ok_jdk_xmllang_inc"}


@pytest.mark.parametrize(
    "name",
    [n for n in MANIFEST if n.startswith(("ok_", "trust_", "odd_"))],
)
def test_a_signature_alone_does_not_make_a_document_invalid(name: str) -> None:
    data = (SIGNED / "xml" / f"{name}.xml").read_bytes()

    with_it = schema.check(xmlio.parse(data))
    without = schema.check(xmlio.parse(strip(data)))

    assert with_it.outcome is without.outcome
    expected = Outcome.FAILED if name in ROOT_CHANGED else Outcome.PASSED
    assert without.outcome is expected
