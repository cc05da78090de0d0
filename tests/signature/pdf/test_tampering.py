"""PDFs changed, cut short or added to: what is said of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm

from cius_pt.findings import Severity
from cius_pt.signature.status import (
    Changes,
    Coverage,
    Ilink,
    Integrity,
    SubIndication,
    Verdict,
)
from tests.signature.pdf import making
from tests.signature.trust_pki import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from tests.signature.pdf.asking import WHOLE, answers, rules, verified

pytestmark = pytest.mark.usefixtures("no_network")


# --- bytes changed, added, cut off ---


def test_a_changed_byte_breaks_the_signature() -> None:
    report = verified(making.signed().replace(b"24.60", b"99.60"))

    assert (report.verdict, report.ilink) == (Verdict.INVALID, Ilink.E217)
    assert report.signatures[0].integrity is Integrity.BROKEN
    assert report.signatures[0].sub_indication is SubIndication.HASH_FAILURE
    assert report.signatures[0].signed is None
    assert rules(report) == ["CP-PSIG-09"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 %(b)d %(c)d]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 %(b)d %(c)d %(d)d 0 0]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[1 %(b)d %(c)d %(d)d]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 -%(b)d %(c)d %(d)d]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 %(c)d %(b)d %(d)d]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 %(b)d %(c)d 999999999999]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 %(b)d %(c)d -1]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 %(c)d %(c)d %(d)d]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 100 %(c)d %(d)d]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[0 %(b)d 99999 0]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[(0) %(b)d %(c)d %(d)d]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"[]"),
        (b"[0 %(b)d %(c)d %(d)d]", b"null"),
    ],
)
def test_a_byte_range_that_is_not_the_whole_is_refused(old: bytes, new: bytes) -> None:
    data = making.signed()
    found = making.RANGE.search(data)
    assert found is not None
    room = data.index(b"/", found.start() + 1) - found.start() - len(b"/ByteRange ")
    numbers = {b"b": int(found[2]), b"c": int(found[3]), b"d": int(found[4])}
    text = new % numbers
    assert (old % numbers) in data
    changed = data.replace(
        data[found.start() + 11 : found.start() + 11 + room], text.ljust(room)
    )

    report = verified(changed)

    assert report.verdict is Verdict.INVALID
    assert report.ilink is Ilink.E217
    assert set(rules(report)) & {"CP-PSIG-05", "CP-PSIG-08"}
    assert report.signatures[0].coverage is not Coverage.DOCUMENT


def test_a_hole_wider_than_the_signature_is_refused() -> None:
    data = making.signed()
    start, end = making.hole(data)
    hidden = data[:start] + b"<<" + data[start + 2 : end] + data[end:]

    assert verified(hidden).verdict is not Verdict.VALID


def test_bytes_after_the_end_are_said_and_objects_there_are_refused() -> None:
    data = making.signed()

    harmless = verified(data + b"\0" * 20)
    evil = verified(data + b"4 0 obj\n<< /Length 0 >>\nstream\nendstream\nendobj\n")

    assert (harmless.verdict, rules(harmless)) == (Verdict.VALID, ["CP-PSIG-22"])
    assert harmless.signatures[0].coverage is Coverage.REVISION
    assert (evil.verdict, rules(evil)) == (Verdict.INVALID, ["CP-PSIG-17"])


def test_an_update_that_was_cut_short_is_refused() -> None:
    first = making.sign(making.page(), stamp=NOW)
    second = making.stamp_document(first)
    third = making.stamp_document(second)

    # The second revision ends with a table, the third has some objects, no table.
    cut = third[: len(second) + 400]

    assert verified(cut).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "CP-PSIG-01"),
        (b"not a PDF", "CP-PSIG-01"),
        (b"%PDF-1.7\n", "CP-PSIG-01"),
        (b"%PDF-1.7\n%%EOF\n", "CP-PSIG-01"),
        (b"HTTP/1.1 200\r\n\r\n" + making.page(), "CP-PSIG-23"),
        (making.signed()[: len(making.signed()) // 2], "CP-PSIG-01"),
    ],
)
def test_what_is_no_pdf_is_malformed(data: bytes, rule: str) -> None:
    report = verified(data)

    assert (report.verdict, rules(report)) == (Verdict.MALFORMED, [rule])


# --- what was added after signing ---


def overwritten(writer: IncrementalPdfFileWriter) -> None:
    text = b"BT /F1 24 Tf 72 700 Td (Total 99.60) Tj ET"
    first = writer.root["/Pages"]["/Kids"][0]
    stream = first["/Contents"]
    stream._data = text  # noqa: SLF001 - as an attacker would
    stream._encoded_data = None  # noqa: SLF001
    writer.update_container(stream)


def paged(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"].append(pages["/Kids"].raw_get(0))
    pages[generic.pdf_name("/Count")] = generic.NumberObject(2)
    writer.update_container(pages)


SCRIPT = generic.DictionaryObject(
    {
        generic.pdf_name("/S"): generic.pdf_name("/JavaScript"),
        generic.pdf_name("/JS"): generic.pdf_string("app.alert(1)"),
    }
)


@pytest.mark.parametrize(
    "change",
    [
        overwritten,
        making.annotated,
        paged,
        making.entry("/OpenAction", SCRIPT),
        making.entry("/Lang", generic.pdf_string("en")),
        making.entry(
            "/Perms",
            generic.DictionaryObject(
                {generic.pdf_name("/UR3"): generic.DictionaryObject()}
            ),
        ),
    ],
    ids=["content", "annotation", "page", "script", "language", "rights"],
)
def test_content_changed_after_signing_is_refused(
    change: Callable[[IncrementalPdfFileWriter], None],
) -> None:
    report = verified(making.updated(making.signed(), change))

    assert (report.verdict, report.ilink) == (Verdict.INVALID, Ilink.E217)
    assert answers(report)[:3] == (
        Integrity.INTACT,
        Coverage.REVISION,
        Changes.OTHER,
    )
    assert rules(report) == ["CP-PSIG-17"]
    assert report.signatures[0].signed == making.signed()


def test_a_signature_that_no_field_leads_to_is_found() -> None:
    def orphan(writer: IncrementalPdfFileWriter) -> None:
        del writer.root["/AcroForm"]
        writer.update_root()

    report = verified(making.updated(making.signed(), orphan))

    assert report.verdict is Verdict.INVALID
    assert rules(report) == ["CP-PSIG-06"]


def refilled(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[generic.pdf_name("/V")] = generic.pdf_string("99.60")
    writer.update_container(field)


def test_a_field_changed_after_signing_is_refused() -> None:
    data = making.updated(making.sign(making.with_field()), refilled)

    report = verified(data)

    assert (report.verdict, report.ilink) == (Verdict.INVALID, Ilink.UNKNOWN)
    assert (report.signatures[0].changes, rules(report)) == (
        Changes.FORM,
        ["CP-PSIG-19"],
    )
    assert "total" in report.signatures[0].reasons[0].message


@pytest.mark.parametrize(
    ("permission", "verdict", "rule"),
    [
        (MDPPerm.NO_CHANGES, Verdict.INVALID, "CP-PSIG-17"),
        (MDPPerm.FILL_FORMS, Verdict.VALID, "CP-PSIG-18"),
    ],
)
def test_what_the_certifying_author_left_open_may_be_filled_in(
    permission: MDPPerm, verdict: Verdict, rule: str
) -> None:
    data = making.sign(making.with_field(), certify=permission)

    report = verified(making.updated(data, refilled))

    assert (report.verdict, rules(report)) == (verdict, [rule])


def test_a_field_that_the_signature_locked_stays_locked() -> None:
    data = making.sign(making.with_field(), lock=True)
    assert answers(verified(data)) == WHOLE

    report = verified(making.updated(data, refilled))

    assert (report.verdict, rules(report)) == (Verdict.INVALID, ["CP-PSIG-17"])


def test_a_visible_field_that_nobody_signed_is_content() -> None:
    data = making.updated(making.sign(making.with_field()), making.unsigned_field)

    report = verified(data)

    assert report.verdict is Verdict.INVALID
    assert rules(report) == ["CP-PSIG-19"]


def test_a_later_certification_is_strange_but_no_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        signers.PdfSigner, "_enforce_certification_constraints", lambda *_: None
    )
    data = making.sign(
        making.signed(), making.OTHER, name="Sig2", certify=MDPPerm.NO_CHANGES
    )

    report = verified(data)

    assert (report.verdict, report.ilink) == (Verdict.VALID, Ilink.ACCEPT)
    assert report.signatures[0].changes is Changes.SIGNATURE
    assert rules(report) == ["CP-PSIG-21"]


def test_a_later_signature_that_can_be_seen_is_worth_a_look() -> None:
    box = (0, 0, 500, 800)
    report = verified(making.sign(making.signed(), making.OTHER, name="S2", box=box))

    assert report.verdict is Verdict.VALID
    assert rules(report) == ["CP-PSIG-34"]
    assert report.signatures[0].reasons[0].severity is Severity.WARNING


@pytest.mark.parametrize("key", ["/AP", "/Rect"])
def test_the_looks_of_a_signature_cannot_change(key: str) -> None:
    def change(writer: IncrementalPdfFileWriter) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        corners = (generic.NumberObject(n) for n in (0, 0, 500, 800))
        field[generic.pdf_name(key)] = (
            generic.ArrayObject(corners)
            if key == "/Rect"
            else generic.DictionaryObject()
        )
        writer.update_container(field)

    data = making.sign(making.page(), box=(72, 72, 200, 100))

    assert verified(making.updated(data, change)).verdict is Verdict.INVALID


def test_a_field_with_the_name_of_the_signature_cannot_pass_for_it() -> None:
    form = "/AcroForm << /Fields [6 0 R 7 0 R] /DA (/Helv 0 Tf 0 g) >>"
    widget = "<< /Type /Annot /Subtype /Widget /F 4 /P 3 0 R /T (X)"
    data = making.page(
        form,
        (
            f"{widget} /FT /Tx /V (24.60) /Rect [72 600 200 620] >>",
            f"{widget} /FT /Sig /Rect [0 0 0 0] >>",
        ),
    )
    signed = making.sign(data)

    assert verified(making.updated(signed, refilled)).verdict is not Verdict.VALID
