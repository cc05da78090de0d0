# SPDX-License-Identifier: MIT
from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from lxml import etree

from cius_pt import artefacts, narrow, schema, xmlio
from cius_pt.errors import ArtefactError, UnreadableDocument
from cius_pt.findings import Check, Finding, Outcome, Severity
from cius_pt.xmlio import CAC, CBC, CREDIT_NOTE, DS, EXT, INVOICE, XSI

OPEN = (
    f'<Invoice xmlns="{INVOICE}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}" '
    f'xmlns:ext="{EXT}" xmlns:xsi="{XSI}">'
)
LINE = (
    '<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount currencyID="EUR">10'
    "</cbc:LineExtensionAmount><cac:Item><cbc:Name>x</cbc:Name></cac:Item>"
    "</cac:InvoiceLine>"
)
ATTACHMENT = (
    "<cac:AdditionalDocumentReference><cbc:ID>a</cbc:ID><cac:Attachment>"
    '<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf">{}'
    "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>"
    "</cac:AdditionalDocumentReference>"
)
HEAD = "<cbc:ID>FT A/1</cbc:ID>\n<cbc:IssueDate>2026-01-31</cbc:IssueDate>\n"
PARTIES = "<cac:AccountingSupplierParty/>\n<cac:AccountingCustomerParty/>\n"
TOTALS = (
    '<cac:LegalMonetaryTotal><cbc:PayableAmount currencyID="EUR">10'
    "</cbc:PayableAmount></cac:LegalMonetaryTotal>\n"
)
VALID = f"{OPEN}\n{HEAD}{PARTIES}{TOTALS}{LINE}</Invoice>"


def checked(text: str) -> Check:
    return schema.check(xmlio.parse(text.encode()))


def only(text: str) -> Finding:
    result = checked(text)
    assert result.outcome is Outcome.FAILED
    (finding,) = result.findings
    assert finding.severity is Severity.FATAL
    return finding


def test_a_valid_document_passes_and_says_against_what() -> None:
    result = checked(VALID)
    assert (result.name, result.outcome) == ("schema", Outcome.PASSED)
    assert result.findings == ()
    assert re.fullmatch(r"UBL 2\.1 Invoice \(sha256 [0-9a-f]{8}\)", result.version)


def test_a_credit_note_has_its_own_schema() -> None:
    text = VALID.replace(INVOICE, CREDIT_NOTE).replace("Invoice", "CreditNote")
    text = text.replace(INVOICE.replace("Invoice", "CreditNote"), CREDIT_NOTE)
    result = checked(text)
    assert result.outcome is Outcome.PASSED
    assert "CreditNote" in result.version


@pytest.mark.parametrize(
    ("old", "new", "rule", "xpath", "words"),
    [
        (HEAD, "<cbc:Foo/>" + HEAD, "01", "/Invoice/cbc:Foo", "cbc:ProfileID"),
        (TOTALS, "", "01", "/Invoice/cac:InvoiceLine", "not expected"),
        (TOTALS, "<LegalMonetaryTotal/>", "01", "/Invoice/LegalMonetaryTotal", "cac:"),
        (LINE, "", "01", "/Invoice", "Missing child"),
        ("<cac:Item>", "x<cac:Item>", "01", "/Invoice/cac:InvoiceLine", "Character"),
        ("</Invoice>", "x</Invoice>", "01", "/Invoice", "Character"),
        ("FT A/1", "<cbc:ID/>", "01", "/Invoice/cbc:ID", "Element content"),
        ("<cac:Item>", '<cac:Item xsi:nil="true">', "01",
         "/Invoice/cac:InvoiceLine/cac:Item", "nillable"),
        ("2026-01-31", "2026-02-31", "02", "/Invoice/cbc:IssueDate", "'2026-02-31'"),
        ("2026-01-31", "", "02", "/Invoice/cbc:IssueDate", "''"),
        (">10</cbc:Line", ">1,0</cbc:Line", "02",
         "/Invoice/cac:InvoiceLine/cbc:LineExtensionAmount", "'1,0'"),
        ("<cbc:Name>", '<cbc:Name x="1">', "03",
         "/Invoice/cac:InvoiceLine/cac:Item/cbc:Name/@x", "not allowed"),
        (' currencyID="EUR">10</cbc:L', ">10</cbc:L", "03",
         "/Invoice/cac:InvoiceLine/cbc:LineExtensionAmount", "required"),
        ("<cbc:Name>", '<cbc:Name languageID="???">', "03",
         "/Invoice/cac:InvoiceLine/cac:Item/cbc:Name/@languageID", "'???'"),
        ("<cac:Item>", '<cac:Item xsi:type="cac:Nix">', "03",
         "/Invoice/cac:InvoiceLine/cac:Item/@xsi:type", "cac:Nix"),
    ],
)  # fmt: skip
def test_each_kind_of_error_is_told_with_its_place(
    old: str, new: str, rule: str, xpath: str, words: str
) -> None:
    assert VALID.count(old) == 1
    text = VALID.replace(old, new)
    finding = only(text)
    assert (finding.rule, finding.location.xpath) == (f"CP-XSD-{rule}", xpath)
    assert words in finding.message
    assert "urn:oasis" not in finding.message
    document = xmlio.parse(text.encode())
    count = sum(1 for _ in document.root.iter(etree.Element))
    owner = xpath.partition("/@")[0]
    places = [p for p in document.locations(range(count)).values() if p.xpath == owner]
    expected = [(place.line, place.column) for place in places]
    assert [(finding.location.line, finding.location.column)] == expected


def test_the_errors_are_those_of_a_validated_tree() -> None:
    """The streaming validation equals libxml2's own over the tree, error by error."""
    broken = (
        VALID.replace("FT A/1", "<cbc:ID/>")
        .replace("2026-01-31", "x")
        .replace(LINE, LINE * 3 + '<cac:InvoiceLine a="1"/>t' + LINE)
        .replace(' currencyID="EUR"', "")
    )
    document = xmlio.parse(broken.encode())
    validator = etree.XMLSchema(file=str(artefacts.schema("Invoice").entry))
    assert not validator.validate(document.root)
    log: Any = validator.error_log  # iterable, which the stubs do not say
    tree = document.root.getroottree()
    expected = [(error.path, error.type) for error in log]
    found = [
        (tree.getpath(document.element(index)), error.type)
        for index, error in schema._located(document, validator)  # noqa: SLF001
    ]
    assert len(found) == 10
    assert found == expected
    assert schema._count(document, validator) == len(expected)  # noqa: SLF001


def test_errors_beyond_line_65535_have_exact_places() -> None:
    text = VALID.replace(LINE, "\n" * 70_000 + "  " + LINE + '\n <cac:Foo a="&lt;"/>')
    finding = only(text)
    assert (finding.location.line, finding.location.column) == (70_008, 2)


def test_every_error_is_counted_and_the_first_thousand_are_listed() -> None:
    bad = '<cbc:Note x="1"/>'
    text = VALID.replace(PARTIES, bad * 1_500 + PARTIES)
    result = checked(text)
    *listed, last = result.findings
    assert len(listed) == schema.MAX_FINDINGS
    assert listed[999].location.xpath == "/Invoice/cbc:Note[1000]/@x"
    assert last.rule == "CP-XSD-04"
    assert last.severity is Severity.FATAL
    assert "500 more" in last.message
    exact = checked(VALID.replace(PARTIES, bad * 1_000 + PARTIES))
    assert {finding.rule for finding in exact.findings} == {"CP-XSD-03"}
    assert len(exact.findings) == 1_000


@pytest.mark.slow
def test_many_errors_cost_linear_time() -> None:
    """Validating the tree takes 2.6 s for 40,000 siblings and grows quadratically."""
    text = VALID.replace(PARTIES, '<cbc:Note x="1"/>' * 150_000 + PARTIES)
    document = xmlio.parse(text.encode())
    started = time.perf_counter()
    result = schema.check(document)
    assert time.perf_counter() - started < 10
    assert "at least 99," in result.findings[-1].message


def test_long_values_are_cut() -> None:
    secret = "QUJD" * 2_000_000
    finding = only(VALID.replace(PARTIES, ATTACHMENT.format(secret + "=") + PARTIES))
    assert finding.rule == "CP-XSD-02"
    assert len(finding.message) < 400
    long = only(VALID.replace("2026-01-31", "9" * 1_000_000))
    assert len(long.message) < 400
    medium = only(VALID.replace("2026-01-31", "9" * 1_000))
    assert f"'{'9' * 80}…' is not a valid value of" in medium.message
    assert len(medium.message) < 400


@pytest.mark.parametrize("stray", ["!", "é", "-_", "<!-- c -->!"])
def test_characters_outside_base64_are_found(stray: str) -> None:
    finding = only(VALID.replace(PARTIES, ATTACHMENT.format(f"QU{stray}JD") + PARTIES))
    assert finding.rule == "CP-XSD-02"
    assert "base64Binary" in finding.message
    assert (finding.location.xpath or "").endswith("EmbeddedDocumentBinaryObject")


@pytest.mark.parametrize("content", ["QUJD", "QU JD\n", "QUI=", "<!-- c -->QUJD", ""])
def test_well_written_base64_passes(content: str) -> None:
    result = checked(VALID.replace(PARTIES, ATTACHMENT.format(content) + PARTIES))
    assert result.outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("second", "valid"), [("a", False), (" a ", False), ("b", True)]
)
def test_an_id_used_twice_in_signatures_is_found(second: str, valid: bool) -> None:
    extension = (
        "<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent>"
        f'<ds:Object xmlns:ds="{DS}" Id="a"><ds:Object Id="{second}"/></ds:Object>'
        "</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
    )
    text = VALID.replace(HEAD, extension + HEAD)
    assert (checked(text).outcome is Outcome.PASSED) is valid
    if not valid:
        finding = only(text)
        assert finding.rule == "CP-XSD-03"
        assert (finding.location.xpath or "").endswith("/ds:Object/ds:Object/@Id")
    validator = etree.XMLSchema(file=str(artefacts.schema("Invoice").entry))
    assert validator.validate(etree.fromstring(text)) is valid


def test_an_attachment_of_20_megabytes_is_not_copied_many_times() -> None:
    content = "QUJD" * 6_700_000
    document = xmlio.parse(
        VALID.replace(PARTIES, ATTACHMENT.format(content) + PARTIES).encode()
    )
    tracemalloc.start()
    result = schema.check(document)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result.outcome is Outcome.PASSED
    assert peak < 4.5 * len(content)


def test_other_encodings_are_validated_too() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?>' + VALID.replace("FT A", "FÇ")
    document = xmlio.parse(text.encode("utf-16"))
    assert schema.check(document).outcome is Outcome.PASSED
    text = '<?xml version="1.0" encoding="latin1"?>' + VALID.replace("FT A", "FÇ")
    document = xmlio.parse(text.encode("latin-1"))
    assert schema.check(document).outcome is Outcome.PASSED


def test_schema_locations_of_the_document_are_not_followed() -> None:
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x.xsd"

        def accept() -> None:
            try:
                calls.append(server.accept())
            except TimeoutError:
                return

        waiter = threading.Thread(target=accept)
        waiter.start()
        hint = f'xsi:schemaLocation="urn:x {url} {INVOICE} {url}" '
        hint += f'xsi:noNamespaceSchemaLocation="{url}"'
        result = checked(VALID.replace("<Invoice ", f"<Invoice {hint} "))
        waiter.join()
    assert calls == []
    assert result.outcome is Outcome.PASSED


def test_the_schemas_themselves_name_nothing_outside_their_folder() -> None:
    folder = artefacts.schema("Invoice").entry.parent.parent
    for path in folder.glob("*/UBL-*.xsd"):
        tree = etree.parse(path, etree.XMLParser(load_dtd=False, no_network=True))
        for element in tree.iter("{http://www.w3.org/2001/XMLSchema}*"):
            location = element.get("schemaLocation")
            if location is not None:
                assert (path.parent / location).resolve().is_relative_to(folder)


def test_a_missing_schema_skips_the_step(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def missing(kind: str) -> None:
        raise ArtefactError(f"no schema for {kind}; install it")

    monkeypatch.setattr(artefacts, "schema", missing)
    monkeypatch.setattr(schema, "_validators", {})
    monkeypatch.setattr(narrow, "_compiled", {})
    monkeypatch.setenv("CIUS_PT_HOME", str(tmp_path))
    result = checked(VALID)
    assert (result.outcome, result.findings) == (Outcome.SKIPPED, ())
    assert result.reason == "no schema for Invoice; install it"


def test_a_reader_that_fails_is_not_a_pass() -> None:
    utf8 = VALID.encode()
    # The tree leaves a doubt, the bytes end too early to settle it.
    doubtful = xmlio.parse(VALID.replace(PARTIES, "<cbc:Foo/>" + PARTIES).encode())
    broken = xmlio.XmlDocument(
        data=utf8, utf8=utf8[:-5], root=doubtful.root, kind="Invoice"
    )
    result = schema.check(broken)
    assert result.outcome is Outcome.SKIPPED
    assert "could not be read" in str(result.reason)


_EDITS = st.tuples(
    st.sampled_from(
        [
            "<cbc:Note/>",
            "<cbc:Note>x</cbc:Note>",
            '<cbc:Note languageID="pt">x</cbc:Note>',
            "<!-- x -->",
            "<?x y?>",
            "x",
            LINE,
            '<cbc:ID xsi:type="x">1</cbc:ID>',
            ATTACHMENT.format("QUJD"),
            ATTACHMENT.format("not base64"),
            "",
        ]
    ),
    st.integers(0, VALID.count("<")),
    st.booleans(),
)


@given(st.lists(_EDITS, max_size=4))
def test_the_tree_is_clear_when_the_bytes_are(
    edits: list[tuple[str, int, bool]],
) -> None:
    pieces = re.split("(?=<)", VALID)
    for text, at, instead in edits:
        pieces[at : at + instead] = [text]
    try:
        document = xmlio.parse("".join(pieces).encode())
    except UnreadableDocument:
        reject()
    whole = schema._whole(document.kind)  # noqa: SLF001 - the two ways inside
    clear = schema._is_clear(document, whole)  # noqa: SLF001
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "_MANY_TAGS", 0)
        assert not schema._is_clear(document, whole)  # noqa: SLF001
        assert clear is (schema._count(document, whole) == 0)  # noqa: SLF001


def test_the_tree_of_a_signed_document_is_left_alone() -> None:
    # libxml2 would enter the IDs of the signature in the tree, for id() to find.
    signature = f'<ds:Signature xmlns:ds="{DS}" Id="x"/>'
    extension = (
        "<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent>"
        f"{signature}</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
    )
    document = xmlio.parse(VALID.replace(HEAD, extension + HEAD).encode())
    schema.check(document)
    assert document.root.xpath("id('x')") == []


def test_many_threads_share_one_compiled_schema(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(schema, "_validators", {})
    calls: list[str] = []
    real = artefacts.schema

    def counting(kind: xmlio.Kind) -> artefacts.SchemaInfo:
        calls.append(kind)
        return real(kind)

    monkeypatch.setattr(artefacts, "schema", counting)
    outcomes: list[tuple[Outcome, int]] = []
    bad = VALID.replace(PARTIES, '<cbc:Note x="1"/>' * 50 + PARTIES)

    def work(text: str) -> None:
        for _ in range(20):
            result = checked(text)
            outcomes.append((result.outcome, len(result.findings)))

    threads = [threading.Thread(target=work, args=(t,)) for t in [VALID, bad] * 8]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == ["Invoice"]
    assert (
        sorted(outcomes) == [(Outcome.FAILED, 50)] * 160 + [(Outcome.PASSED, 0)] * 160
    )


def test_the_distribution_that_carries_the_schemas_is_not_imported() -> None:
    code = "import sys; from cius_pt import artefacts; artefacts.schema('Invoice'); "
    code += "print('facturx' in sys.modules)"
    root = Path(schema.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
    )
    assert done.stdout.strip() == "False"
