# SPDX-License-Identifier: MIT
from __future__ import annotations

import gzip
import io
import re
import socket
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cius_pt import encoding, libxml2, places, prolog, xmlio
from cius_pt.errors import UnreadableDocument
from cius_pt.findings import Location, Severity
from cius_pt.xmlio import CAC, CBC, INVOICE, XmlDocument, canonical, parse

OPEN = f'<Invoice xmlns="{INVOICE}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}"'
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
SMALL = f"""{DECLARATION}
{OPEN}>
  <!-- a comment -->
  <cbc:ID>FT A/1</cbc:ID><cbc:Note>é€𝄞</cbc:Note><cbc:Note>b</cbc:Note>
  <?pi <cbc:ID/> ?>
  <cac:InvoiceLine>
    <cbc:ID
       schemeID="x">1</cbc:ID>
  </cac:InvoiceLine>
  <cac:InvoiceLine><cbc:ID>2</cbc:ID></cac:InvoiceLine>
</Invoice>"""


def refused(data: bytes) -> UnreadableDocument:
    """Return the refusal; everything hostile has to be refused within seconds."""
    started = time.monotonic()
    with pytest.raises(UnreadableDocument) as caught:
        parse(data)
    assert time.monotonic() - started < 20
    assert caught.value.rule in xmlio.RULES
    assert len(str(caught.value)) < 500
    return caught.value


def laughs(where: str, padding: int = 0) -> bytes:
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12)
    )
    body = f"{OPEN}>&m;</Invoice>" if where == "text" else f'{OPEN} x="&m;"/>'
    return f"<!--{'x' * padding}--><!DOCTYPE Invoice [{entities}]>{body}".encode()


def test_a_small_invoice_is_read_as_it_is() -> None:
    document = parse(SMALL.encode())
    assert document.kind == "Invoice"
    assert document.findings == ()
    assert document.data == document.utf8 == SMALL.encode()
    assert document.data is document.utf8
    assert document.root.tag == f"{{{INVOICE}}}Invoice"


def test_a_credit_note_is_told_from_an_invoice() -> None:
    assert parse(f'<CreditNote xmlns="{xmlio.CREDIT_NOTE}"/>'.encode()).kind == (
        "CreditNote"
    )


@pytest.mark.parametrize("where", ["text", "attribute"])
@pytest.mark.parametrize("padding", [0, 11_000_000])
def test_billion_laughs_are_refused_before_they_are_heard(
    where: str, padding: int
) -> None:
    error = refused(laughs(where, padding))
    assert error.rule == "CP-XML-05"
    assert (error.line, error.column) == (1, padding + 8)


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE Invoice [<!ENTITY a "{"a" * 50_000}">]>',
        '<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE Invoice [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>',
        '<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE Invoice PUBLIC "-//X//Y" "x.dtd">',
        '<!DOCTYPE Invoice [<!ENTITY % p SYSTEM "x.dtd"> %p;]>',
        "<!DOCTYPE Invoice>",
        "<!DOCTYPE Invoice []>",
        "<?pi?><!-- c -->\n<!DOCTYPE Invoice [<!ATTLIST Invoice a CDATA 'b'>]>",
    ],
    ids=[
        "quadratic",
        "file",
        "http",
        "dtd",
        "public",
        "parameter",
        "bare",
        "empty",
        "x",
    ],
)
def test_any_doctype_is_refused(doctype: str) -> None:
    error = refused(f"{doctype}{OPEN}>{'&a;' * 1000}</Invoice>".encode())
    assert error.rule == "CP-XML-05"
    assert error.column == 1


def test_a_doctype_is_refused_in_every_encoding_that_is_read() -> None:
    text = f"<!DOCTYPE Invoice [<!ENTITY a 'b'>]>{OPEN} x='&a;'/>"
    for codec in ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"):
        assert refused(text.encode(codec)).rule == "CP-XML-05"


def test_no_connection_is_made_for_an_external_dtd() -> None:
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x.dtd"

        def accept() -> None:
            try:
                calls.append(server.accept())
            except TimeoutError:
                return

        waiter = threading.Thread(target=accept)
        waiter.start()
        refused(f'<!DOCTYPE Invoice SYSTEM "{url}">{OPEN}/>'.encode())
        xi = 'xmlns:xi="http://www.w3.org/2001/XInclude"'
        parse(f'{OPEN} {xi}><xi:include href="{url}"/></Invoice>'.encode())
        waiter.join()
    assert calls == []


@pytest.mark.parametrize(
    ("data", "rule", "words"),
    [
        (b"", "CP-XML-02", "empty"),
        (b" \r\n\t ", "CP-XML-02", "empty"),
        (b"\xef\xbb\xbf", "CP-XML-02", "empty"),
        (b"%PDF-1.7\n", "CP-XML-03", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "CP-XML-03", "PNG"),
        (gzip.compress(SMALL.encode()), "CP-XML-03", "gzip"),
        (b"hello", "CP-XML-03", "begin with"),
        (b"<!DOCTYPE html><html></html>", "CP-XML-03", "HTML"),
        (b"<html><p>x<br></html>", "CP-XML-03", "HTML"),
        (b"\0\0\0\0", "CP-XML-04", "NUL"),
        (b"<", "CP-XML-04", ""),
        (b"<?xml version='1.0'?>", "CP-XML-04", ""),
        (b"<Invoice", "CP-XML-04", ""),
        (f"{OPEN} a='' a=''/>".encode(), "CP-XML-04", "duplicate"),
        (f"{OPEN}><a b='' b=''/></Invoice>".encode(), "CP-XML-04", "redefined"),
        (f"{OPEN}><x:a/></Invoice>".encode(), "CP-XML-04", "prefix"),
        (b"<x:Invoice/>", "CP-XML-04", "prefix"),
        (f"{OPEN}>&nbsp;</Invoice>".encode(), "CP-XML-04", "nbsp"),
        (f"{OPEN}>&#0;</Invoice>".encode(), "CP-XML-04", ""),
        (f"{OPEN}>\x01</Invoice>".encode(), "CP-XML-04", ""),
        (f"{OPEN}/><a/>".encode(), "CP-XML-04", ""),
        (b"<Invoice/>", "CP-XML-08", "no namespace"),
        (f'<Invoice xmlns="{CBC}"/>'.encode(), "CP-XML-08", "in the namespace"),
        (f'<CreditNote xmlns="{INVOICE}"/>'.encode(), "CP-XML-08", "in the namespace"),
        (INVOICE.replace("Invoice-2", "Order-2").join(
            ['<Order xmlns="', '"/>']).encode(), "CP-XML-08", "UBL Order"),
        (b'<r:CrossIndustryInvoice xmlns:r="urn:x"/>', "CP-XML-08", "CII"),
        (b"<data/>", "CP-XML-08", "element data"),
    ],
)  # fmt: skip
def test_what_is_no_invoice_is_named(data: bytes, rule: str, words: str) -> None:
    error = refused(data)
    assert error.rule == rule
    assert words in str(error)


def test_a_zip_archive_is_named() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.xml", SMALL)
    assert "ZIP" in str(refused(packed.getvalue()))


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_other_versions_of_xml_are_refused(version: str) -> None:
    assert refused(SMALL.replace("1.0", version, 1).encode()).rule == "CP-XML-07"


@pytest.mark.parametrize("length", range(1, 400, 7))
def test_a_truncated_document_is_refused(length: int) -> None:
    assert refused(SMALL.encode()[:-length]).rule in {"CP-XML-04", "CP-XML-06"}


def test_the_place_of_a_mistake_is_told() -> None:
    error = refused(SMALL.replace("</Invoice>", "</Invoices>").encode())
    assert error.rule == "CP-XML-04"
    assert error.line == 11
    error = refused(SMALL.replace("FT A", "FT\0A").encode())
    assert (error.line, error.column) == (4, 13)


def test_more_bytes_than_the_limit_are_refused_without_reading_them() -> None:
    data = f"{OPEN}>{'x' * 100_000_000}</Invoice>".encode()
    error = refused(data)
    assert error.rule == "CP-XML-01"
    with pytest.raises(UnreadableDocument, match="the limit is 10"):
        parse(SMALL.encode(), limit=10)
    assert parse(SMALL.encode(), limit=len(SMALL.encode())).kind == "Invoice"


def test_the_limit_holds_for_the_decoded_text_too() -> None:
    text = f'<?xml version="1.0" encoding="latin1"?>{OPEN}>{"é" * 1000}</Invoice>'
    data = text.encode("latin-1")
    with pytest.raises(UnreadableDocument, match="limit"):
        parse(data, limit=len(data))


def test_one_attachment_of_20_megabytes_is_read() -> None:
    content = "QUJD" * 6_700_000
    document = parse(f"{OPEN}><cbc:ID>{content}</cbc:ID></Invoice>".encode())
    assert len(document.root[0].text or "") == len(content)


@pytest.mark.parametrize("padding", [0, 11_000_000])
def test_deep_nesting_is_refused_and_harms_nobody(padding: int) -> None:
    deep = "<a>" * 100_000 + "</a>" * 100_000
    error = refused(f"{OPEN}><!--{'x' * padding}-->{deep}</Invoice>".encode())
    assert error.rule == "CP-XML-09"


@pytest.mark.parametrize("padding", [0, 11_000_000])
@pytest.mark.parametrize("bounded", [True, False])
def test_the_limit_of_nesting_is_exact(
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    *,
    padding: int,
    bounded: bool,
) -> None:
    def nested(depth: int) -> bytes:
        inner = f"<!--{' ' * padding}-->{'<a>' * (depth - 1)}{'</a>' * (depth - 1)}"
        return f"{OPEN}>{inner}</Invoice>".encode()

    if not bounded:
        # A libxml2 that has no limit of its own, or a higher one.
        endless = etree.XMLParser(huge_tree=True)
        monkeypatch.setattr(libxml2, "_parser", lambda _size, **_options: endless)
        monkeypatch.setattr(libxml2, "_kept", threading.local())
    libxml2.refuses.cache_clear()  # it is asked once
    request.addfinalizer(libxml2.refuses.cache_clear)
    assert libxml2.refuses(xmlio.MAX_DEPTH + 1) is bounded

    assert parse(nested(xmlio.MAX_DEPTH)).kind == "Invoice"
    assert refused(nested(xmlio.MAX_DEPTH + 1)).rule == "CP-XML-09"


def test_a_million_attributes_are_refused() -> None:
    many = " ".join(f'a{i}=""' for i in range(1_000_000))
    assert refused(f"{OPEN} {many}/>".encode()).rule == "CP-XML-09"


def test_too_many_tags_are_refused() -> None:
    assert refused(f"{OPEN}>{'<a/>' * 4_000_000}</Invoice>".encode()).rule == (
        "CP-XML-09"
    )


def test_a_huge_root_tag_costs_linear_time() -> None:
    error = refused(b"<" + b"a" * 50_000_000 + b"/>")
    assert error.rule in {"CP-XML-04", "CP-XML-08"}


def test_processing_instructions_and_comments_before_the_root_are_fine() -> None:
    prolog = f'{DECLARATION}<?xml-stylesheet href="x"?>\n<!-- <!DOCTYPE x> -->\n'
    document = parse(f"{prolog}{OPEN}/>".encode())
    assert document.locations([0])[0] == Location(xpath="/Invoice", line=3, column=1)


def test_a_byte_order_mark_is_a_warning() -> None:
    document = parse(b"\xef\xbb\xbf" + SMALL.encode())
    (finding,) = document.findings
    assert (finding.rule, finding.severity) == ("CP-XML-10", Severity.WARNING)
    assert document.utf8 == SMALL.encode()
    assert document.data.startswith(b"\xef\xbb\xbf")
    assert document.locations([1]) == parse(SMALL.encode()).locations([1])


@pytest.mark.parametrize(
    ("codec", "declared"),
    [
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "utf-16"),
        ("utf-16-le", "UTF-8"),
        ("iso-8859-1", "ISO-8859-1"),
        ("iso-8859-15", "iso-8859-15"),
        ("windows-1252", "Windows-1252"),
        ("ascii", "US-ASCII"),
        ("utf-8", "UTF-16"),
    ],
)
def test_another_encoding_is_fatal_but_read(codec: str, declared: str) -> None:
    note = "ção" if codec != "ascii" else "cao"
    head = DECLARATION.replace("UTF-8", declared)
    text = f"{head}{OPEN}><cbc:Note>{note}</cbc:Note></Invoice>"
    document = parse(text.encode(codec))
    (finding,) = document.findings
    assert (finding.rule, finding.severity) == ("CP-XML-11", Severity.FATAL)
    assert document.root[0].text == note
    assert document.utf8.decode() == text


def test_an_invoice_without_declaration_is_plain_utf_8() -> None:
    assert parse(f"{OPEN}/>".encode()).findings == ()


@pytest.mark.parametrize(
    "name", ["utf-7", "UTF-32", "cp037", "iso-8859-12", "big5", "x"]
)
def test_encodings_that_parsers_disagree_about_are_refused(name: str) -> None:
    data = DECLARATION.replace("UTF-8", name) + f"{OPEN}/>"
    assert refused(data.encode()).rule == "CP-XML-06"


@pytest.mark.parametrize("codec", ["utf-32", "utf-32-le", "utf-32-be"])
def test_utf_32_is_refused(codec: str) -> None:
    assert refused(SMALL.encode(codec)).rule == "CP-XML-06"


def test_bytes_that_are_not_utf_8_are_refused_with_their_place() -> None:
    head = f"{DECLARATION}\r\n{OPEN}>\r\n<cbc:Note>é".encode()
    error = refused(head + b"\xe9</cbc:Note></Invoice>")
    assert (error.rule, error.line, error.column) == ("CP-XML-06", 3, 12)
    assert refused(b"<a>\xed\xa0\x80</a>").rule == "CP-XML-06"


def test_every_encoding_that_may_be_declared_is_known_to_python() -> None:
    names = [f"iso-8859-{n}" for n in range(1, 17)]
    names += [f"windows-125{n}" for n in range(9)]
    names += ["latin1", "latin9", "us-ascii", "ascii"]
    for name in names:
        data = DECLARATION.replace("UTF-8", name) + f"{OPEN}/>"
        if name == "iso-8859-12":  # does not exist
            assert refused(data.encode()).rule == "CP-XML-06"
        else:
            assert parse(data.encode()).kind == "Invoice"


# --- places ----------------------------------------------------------------------


def test_places_are_exact() -> None:
    document = parse(SMALL.encode())
    expected = [
        ("/Invoice", 2, 1),
        ("/Invoice/cbc:ID", 4, 3),
        ("/Invoice/cbc:Note[1]", 4, 26),
        ("/Invoice/cbc:Note[2]", 4, 50),
        ("/Invoice/cac:InvoiceLine[1]", 6, 3),
        ("/Invoice/cac:InvoiceLine[1]/cbc:ID", 7, 5),
        ("/Invoice/cac:InvoiceLine[2]", 10, 3),
        ("/Invoice/cac:InvoiceLine[2]/cbc:ID", 10, 20),
    ]
    found = document.locations(range(8))
    assert [(p.xpath, p.line, p.column) for p in found.values()] == expected
    assert document.locations([]) == {}
    assert document.locations([7, 7, 2]) == {2: found[2], 7: found[7]}
    for index in range(8):
        assert document.index_of(document.element(index)) == index
    for bad in (-1, 8):
        with pytest.raises(IndexError):
            document.element(bad)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_places_do_not_depend_on_line_ends_or_encoding(end: str, codec: str) -> None:
    document = parse(SMALL.replace("\n", end).encode(codec))
    assert document.locations(range(8)) == parse(SMALL.encode()).locations(range(8))


def test_the_columns_count_characters() -> None:
    text = f"{OPEN}><cbc:Note>é€𝄞</cbc:Note><cbc:ID/></Invoice>"
    place = parse(text.encode()).locations([2])[2]
    assert place.column == text.index("<cbc:ID/>") + 1


def test_lines_beyond_65535_are_exact() -> None:
    notes = "\n".join("<cbc:Note/>" for _ in range(70_000))
    document = parse(f"{OPEN}>\n{notes}\n  <cbc:ID/></Invoice>".encode())
    place = document.locations([70_001])[70_001]
    assert place == Location(xpath="/Invoice/cbc:ID", line=70_002, column=3)
    assert document.locations([70_000])[70_000].xpath == "/Invoice/cbc:Note[70000]"


def test_foreign_elements_are_shown_by_both_names() -> None:
    inner = "<x:a xmlns:x=\"urn:it's\"/><b xmlns=''/><PaymentTerms/><q:ID/>"
    text = f'{OPEN} xmlns:q="{CBC}">{inner}</Invoice>'
    document = parse(text.encode())
    assert [p.xpath for p in document.locations(range(1, 5)).values()] == [
        "/Invoice/*[local-name()='a' and namespace-uri()='urn:it''s']",
        "/Invoice/*[local-name()='b' and namespace-uri()='']",
        "/Invoice/PaymentTerms",
        "/Invoice/cbc:ID",
    ]


def test_the_xpath_leads_back_to_the_element() -> None:
    lines = "<cac:InvoiceLine><cbc:ID/><cbc:ID/></cac:InvoiceLine><cbc:Note/>" * 3
    document = parse(f"{OPEN}><x:y xmlns:x='u'/>{lines}</Invoice>".encode())
    spaces = dict(xmlio.PREFIXES)
    for index, place in document.locations(range(14)).items():
        xpath = (place.xpath or "").replace("/Invoice", "/*", 1)
        assert document.root.xpath(xpath, namespaces=spaces) == [
            document.element(index)
        ]


def test_a_name_that_only_libxml2_knows_has_a_place() -> None:
    # Expat keeps to the names of XML 1.0, 4th edition.
    document = parse(f"{OPEN}>\n<𐀀/><cbc:ID/></Invoice>".encode())
    place = document.locations([2])[2]
    assert place == Location(xpath="/Invoice/cbc:ID", line=2, column=5)


def test_a_broken_document_leaves_nothing_for_the_next_one() -> None:
    first = refused(f"{OPEN}><a></Invoice>".encode())
    assert "mismatch" in str(first)
    assert parse(SMALL.encode()).kind == "Invoice"
    second = refused(f"{OPEN}>&x;</Invoice>".encode())
    assert "mismatch" not in str(second)


def test_threads_read_at_the_same_time() -> None:
    documents = [
        f"{OPEN}><cbc:ID>{number}</cbc:ID>{'<cbc:Note/>' * number}</Invoice>".encode()
        for number in range(200)
    ]

    def texts(data: bytes) -> tuple[str | None, int]:
        root = parse(data).root
        return root[0].text, len(root)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(texts, documents * 5))
    assert found == [(str(number), number + 1) for number in range(200)] * 5


@pytest.mark.slow
def test_places_and_names_cost_linear_time() -> None:
    def seconds(lines: int) -> float:
        line = "<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>\n"
        document = parse(f"{OPEN}>{line * lines}</Invoice>".encode())
        started = time.perf_counter()
        document.locations(range(2 * lines + 1))
        return time.perf_counter() - started

    small = min(seconds(3_000) for _ in range(3))
    assert seconds(30_000) < 40 * small  # quadratic would be 100 times


@pytest.mark.slow
def test_an_invoice_of_20000_lines_passes_the_limits() -> None:
    line = "<cac:InvoiceLine>" + '<cbc:ID schemeID="x">1</cbc:ID>' * 34
    text = f"{OPEN}>{(line + '</cac:InvoiceLine>') * 20_000}</Invoice>"
    document = parse(text.encode())
    assert len(document.root) == 20_000


def test_documents_are_shared_between_threads() -> None:
    document = parse(f"{OPEN}>{'<cbc:Note/>' * 5_000}</Invoice>".encode())
    results: list[int] = []

    def look(index: int) -> None:
        element = document.element(index)
        results.append(document.index_of(element) - index)

    threads = [threading.Thread(target=look, args=(n,)) for n in range(1, 17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [0] * 16


def test_a_location_leads_back_to_its_element() -> None:
    document = parse(SMALL.encode())
    for index, place in document.locations(range(8)).items():
        assert document.element_at(place) is document.element(index)
    attribute = Location(xpath="/Invoice/cac:InvoiceLine[1]/cbc:ID/@schemeID")
    assert document.element_at(attribute) is document.element(5)
    assert document.element_at(Location()) is None
    assert document.element_at(Location(xpath="/Invoice/cbc:Nix")) is None


# --- canonical form ----------------------------------------------------------------


def test_the_canonical_form_does_not_depend_on_writing() -> None:
    one = b"<a xmlns:x='urn:u' c='1' b='2'><!-- c --><x:y/></a>"
    two = b'\xef\xbb\xbf<a b="2" c="1"><x:y xmlns:x="urn:u"></x:y></a>'
    assert canonical(one) == canonical(two) == canonical(etree.fromstring(one))
    assert canonical(one) == b'<a b="2" c="1"><x:y xmlns:x="urn:u"></x:y></a>'


def test_what_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="relative"):
        canonical(b"<a xmlns='relative'/>")


def test_the_canonical_form_of_hostile_bytes_is_refused_too() -> None:
    with pytest.raises(UnreadableDocument):
        canonical(laughs("text"))


# --- whatever the bytes are ----------------------------------------------------------


def parse_or_refuse(data: bytes) -> XmlDocument | None:
    try:
        document = parse(data)
    except UnreadableDocument as error:
        assert error.rule in xmlio.RULES  # noqa: PT017 - both outcomes are right here
        return None
    count = sum(1 for _ in document.root.iter(etree.Element))
    assert len(document.locations(range(count))) == count
    return document


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    parse_or_refuse(data)
    parse_or_refuse(b"<" + data)


PIECES = st.sampled_from(
    [b"<!DOCTYPE a>", b"&lt;", b"&x;", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"\0",
     b"\xff\xfe", b"\xef\xbb\xbf", b"UTF-16", b"UTF-7", b"1.1", b"'", b'"', b">", b"<",
     b"xmlns=''", b"<?xml version='1.0'?>", b"\r", b"\xe9", b"<a>", b"</a>"]
)  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(SMALL.encode())), st.integers(0, 20), PIECES),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16"]),
)
def test_damaged_invoices_are_read_or_refused(
    edits: list[tuple[int, int, bytes]], codec: str
) -> None:
    data = SMALL.encode(codec)
    for start, length, piece in edits:
        data = data[:start] + piece + data[start + length :]
    parse_or_refuse(data)


@given(st.text(alphabet="aé€𝄞\n\r\t ", max_size=40))
def test_positions_agree_with_counting_characters(text: str) -> None:
    document = parse(f"{OPEN}>{text}<cbc:ID/></Invoice>".encode())
    lines = f"{OPEN}>{text}".replace("\r\n", "\n").replace("\r", "\n").split("\n")
    place = document.locations([1])[1]
    assert (place.line, place.column) == (len(lines), len(lines[-1]) + 1)


def test_every_rule_id_is_used_and_every_used_one_is_listed() -> None:
    sources = [Path(str(module.__file__)) for module in (xmlio, prolog, encoding)]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    table = text[text.index("RULES: Final") : text.index("ids are never renumbered")]
    used = set(re.findall(r"CP-XML-\d\d", text.replace(table, "")))
    assert used == set(xmlio.RULES)
    assert places.PREFIXES["cac"] == CAC


def test_an_attachment_is_decoded_once_if_its_text_stands_alone() -> None:
    document = xmlio.parse(f'<Invoice xmlns="{xmlio.INVOICE}"/>'.encode())
    whole, split, none = (
        etree.fromstring(f"<a>{text}</a>") for text in ("QU JD", "QU<!-- -->JD", "Q")
    )
    found = document.octets(whole)
    assert found == b"ABC"
    assert document.octets(whole) is found
    assert document.octets(split) is None
    assert document.octets(none) is None
