"""Sound signatures, their trust and time, and the report on them."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from typing import Any

import pytest
from asn1crypto import cms
from pyhanko.sign.fields import MDPPerm

from cius_pt.errors import InvalidValue
from cius_pt.findings import Severity
from cius_pt.signature.pdf.weights import VERDICTS, WEIGHTS
from cius_pt.signature.policy import Policy
from cius_pt.signature.status import (
    Changes,
    Coverage,
    Format,
    Ilink,
    Indication,
    Integrity,
    Trust,
    Verdict,
)
from tests.signature.pdf import making
from tests.signature.pdf.asking import WHOLE, answers, rules, verified
from tests.signature.trust_pki import DAY, NOW, YEAR, issue

pytestmark = pytest.mark.usefixtures("no_network")


# --- sound ones ---


@pytest.mark.parametrize(
    ("options", "level"),
    [
        ({}, "PAdES-B-B"),
        ({"pkcs7": True}, "PKCS7-B"),
        ({"stamp": NOW}, "PAdES-B-T"),
        ({"pkcs7": True, "stamp": NOW}, "PKCS7-T"),
        ({"holder": making.RSA}, "PAdES-B-B"),
        ({"holder": making.RSA, "pss": True}, "PAdES-B-B"),
        ({"holder": issue("P-384", making.INTER, key_name="p384")}, "PAdES-B-B"),
        ({"holder": issue("Ed", making.INTER, key_name="ed25519")}, "PAdES-B-B"),
        ({"certify": MDPPerm.NO_CHANGES}, "PAdES-B-B"),
        ({"certify": MDPPerm.FILL_FORMS}, "PAdES-B-B"),
        ({"certify": MDPPerm.ANNOTATE}, "PAdES-B-B"),
        ({"box": (72, 72, 200, 100)}, "PAdES-B-B"),
    ],
)
def test_a_sound_signature_is_valid_and_covers_the_whole(
    options: dict[str, Any], level: str
) -> None:
    data = making.sign(making.page(), **options)

    report = verified(data)

    assert (report.verdict, report.ilink) == (Verdict.VALID, Ilink.ACCEPT)
    assert answers(report) == WHOLE
    assert report.signatures[0].level == level
    assert report.signatures[0].indication is Indication.TOTAL_PASSED
    assert report.signatures[0].signed == data
    assert [r for r in rules(report) if r != "CP-PSIG-26"] == []


def test_who_signed_is_said() -> None:
    signer = verified(making.signed()).signatures[0].signer

    assert signer is not None
    assert signer.nif == "500000000"


def test_without_a_store_integrity_is_all_that_is_asked() -> None:
    report = verified(making.signed(), trust=None)

    assert report.verdict is Verdict.VALID
    assert answers(report) == (*WHOLE[:3], Trust.NOT_CHECKED)
    assert report.signatures[0].indication is Indication.INDETERMINATE


def test_the_same_question_has_the_same_answer() -> None:
    data = making.twice()

    assert verified(data).to_dict() == verified(data).to_dict()


def test_each_of_two_signatures_speaks_of_its_revision() -> None:
    data = making.twice()

    report = verified(data)

    assert report.verdict is Verdict.VALID
    first, second = report.signatures
    assert (first.coverage, first.changes) == (Coverage.REVISION, Changes.SIGNATURE)
    assert first.signed == making.signed()
    assert answers(report, 1) == WHOLE
    assert second.signed == data


def test_a_document_time_stamp_is_one_and_archives() -> None:
    data = making.stamp_document(making.sign(making.page(), stamp=NOW))

    report = verified(data)

    assert report.verdict is Verdict.VALID
    assert [s.format for s in report.signatures] == [Format.PADES, Format.DOC_TIMESTAMP]
    assert answers(report) == (
        Integrity.INTACT,
        Coverage.REVISION,
        Changes.LTV,
        Trust.TRUSTED,
    )
    assert answers(report, 1) == WHOLE


def test_a_pdf_without_signatures_is_unsigned() -> None:
    report = verified(making.page())

    assert (report.verdict, report.signatures) == (Verdict.UNSIGNED, ())
    assert report.ilink is Ilink.UNKNOWN


# --- trust and time ---


def test_an_expired_signer_is_saved_by_a_time_stamp() -> None:
    bare = making.sign(making.page(), making.OLD)
    stamped = making.sign(making.page(), making.OLD, stamp=NOW - 60 * DAY)

    assert verified(bare).signatures[0].trust is Trust.EXPIRED
    assert verified(stamped).signatures[0].trust is Trust.TRUSTED


def test_an_expired_signer_is_saved_by_a_document_time_stamp() -> None:
    data = making.sign(making.page(), making.OLD)
    stamped = making.stamp_document(data, NOW - 60 * DAY)

    assert verified(stamped).signatures[0].trust is Trust.TRUSTED


def test_a_time_stamp_made_after_the_certificate_expired_saves_nothing() -> None:
    data = making.sign(making.page(), making.OLD, stamp=NOW - DAY)

    assert verified(data).signatures[0].trust is Trust.EXPIRED


def test_a_time_stamp_of_another_signature_saves_nothing() -> None:
    other = making.sign(making.page(), making.OLD, stamp=NOW - 60 * DAY)
    start, end = making.hole(other)
    donor = cms.ContentInfo.load(bytes.fromhex(other[start + 1 : end - 1].decode()))
    attributes = donor["content"]["signer_infos"][0]["unsigned_attrs"]

    def graft(box: cms.ContentInfo) -> None:
        box["content"]["signer_infos"][0]["unsigned_attrs"] = attributes

    bare = making.sign(making.page(), making.OLD, stamp=NOW - 50 * DAY)
    report = verified(making.recontained(bare, graft))

    assert report.signatures[0].trust is Trust.EXPIRED
    assert report.signatures[0].timestamps[0].integrity is Integrity.BROKEN
    assert "CP-TRUST-21" in rules(report)


def test_what_ilink_forgives_the_qualified_policy_does_not() -> None:
    data = making.sign(making.page(), making.OLD)

    mild, strict = (verified(data, policy=policy) for policy in Policy)

    assert (mild.verdict, strict.verdict) == (Verdict.VALID, Verdict.INVALID)
    assert mild.ilink is Ilink.ACCEPT


def test_a_naive_moment_is_the_callers_mistake() -> None:
    with pytest.raises(InvalidValue, match="at"):
        verified(making.signed(), at=NOW.replace(tzinfo=None))


# --- the report ---


def test_a_report_holds_no_certificate_and_no_signed_bytes() -> None:
    report = verified(making.sign(making.page(), stamp=NOW))

    for text in (repr(report), str(report.to_dict())):
        assert "%PDF" not in text
        assert making.SEAL.der.hex() not in text
        assert repr(making.SEAL.der)[2:60] not in text


def test_every_reason_of_ours_has_its_weight_and_only_fatal_ones_a_verdict() -> None:
    assert {rule for rule in WEIGHTS if rule.startswith("CP-PSIG")} == {
        f"CP-PSIG-{number:02d}" for number in range(1, 35)
    }
    assert all(WEIGHTS[rule].ilink is Severity.FATAL for rule in VERDICTS)


def test_what_is_not_asked_for_is_not_imported() -> None:
    code = (
        "import sys; import cius_pt.signature.pdf, cius_pt.signature.trust;"
        "print(sorted({'pyhanko', 'pyhanko_certvalidator', 'asn1crypto', 'signxml',"
        " 'cryptography'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_nothing_is_said_on_standard_error() -> None:
    code = (
        "import datetime as dt, sys; from cius_pt.signature.pdf import verify_pdf;"
        "from cius_pt.signature.policy import Policy;"
        "verify_pdf(sys.stdin.buffer.read(), policy=Policy.ILINK, trust=None,"
        " at=dt.datetime.now(dt.UTC))"
    )
    data = making.updated(making.signed(), making.annotated)

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, input=data, check=True
    )

    assert done.stderr == b""


def test_the_moment_decides_not_the_clock() -> None:
    report = verified(making.signed(), at=NOW + 2 * YEAR)

    assert report.signatures[0].trust is Trust.EXPIRED
    assert report.signatures[0].signing_time is not None
    assert isinstance(report.signatures[0].signing_time, dt.datetime)
