"""`--format html`: judged by a strict HTML parser, whatever a document says."""

from __future__ import annotations

import base64
import hashlib
import re
import tracemalloc
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cius_pt as cp
from cius_pt import model, xmlio
from cius_pt.cli.formats import FORMATS, Setting
from cius_pt.cli.silenced import Silenced
from cius_pt.findings import (
    Check,
    Finding,
    Location,
    Outcome,
    Report,
    Severity,
    outcome_of,
)
from cius_pt.render import page, words
from cius_pt.render.markup import Markup, tag
from cius_pt.render.said import said
from cius_pt.render.source import MOST_PIECES
from cius_pt.render.tables import FIRST_LINES, MOST_LINES
from cius_pt.testing.hostile import hostile_documents
from tests.cli.reports_drawn import HOSTILE, REPORTS, RUNS, TEXTS, formatted, judged
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from cius_pt.cli.judging import Judged

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "fixtures" / "withholding.xml").read_bytes()
FIXTURES = sorted((ROOT / "fixtures").glob("*.xml"))
html5lib = pytest.importorskip("html5lib", reason="needs html5lib")
# Every element and attribute that a page of ours may have.
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "header", "footer"),
    *("section", "article", "h1", "h2", "h3", "h4", "p", "div", "span", "b", "code"),
    *("em", "small", "mark", "br", "ul", "ol", "li", "dl", "dt", "dd", "details"),
    *("summary", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    *("class", "lang", "charset", "content", "http-equiv", "name", "role", "title"),
    *("aria-hidden", "scope", "colspan", "data-name", "open"),
}
EVIL = '</code></style><script>alert(1)</script><img src=x onerror="a()">&amp;\u202e'


def parsed(text: str) -> Any:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root = parser.parse(text)
    for element in root.iter():
        assert element.tag in ELEMENTS
        assert ATTRIBUTES.issuperset(element.attrib)
    return root


def text_of(root: Any) -> str:
    return "".join(root.find("body").itertext())


def page_of(*found: Judged, lang: Any = "en", whole: bool = True) -> str:
    pieces: list[str] = []
    output = FORMATS["html"](Setting(lang=lang), pieces.append)
    for one in found:
        output.write(one)
    if whole:
        output.close()
    return "".join(pieces)


def visible(text: str) -> str:
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode()
        for c in " ".join(text.split())
    )


def with_class(root: Any, name: str) -> list[Any]:
    return [e for e in root.iter() if name in e.get("class", "").split()]


def assert_all_there(root: Any, report: Report) -> None:
    """Each finding is shown in full, once."""
    notes = with_class(root, "note")
    shown = Counter(text_in(note, "message") for note in notes)
    assert shown == Counter(visible(f.message) for f in report.findings)
    assert Counter(note.find("p/code").text or "" for note in notes) == Counter(
        as_shown(f.rule) for f in report.findings
    )


def as_shown(rule: str) -> str:
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in rule
    )


def text_in(note: Any, name: str) -> str:
    (found,) = with_class(note, name)
    return "".join(found.itertext())


def report(*findings: Finding, advisory: bool = False) -> Report:
    check = Check(
        name="rules",
        outcome=outcome_of(findings),
        findings=findings,
        advisory=advisory,
    )
    return Report(checks=(check,))


def finding(message: str = "m", *, rule: str = "R-1", **place: Any) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.FATAL,
        message=message,
        location=Location(**place),
    )


# --- any text, any report, any document ---


@DRAWN
@given(TEXTS | st.just(EVIL))
def test_text_is_text_in_elements_and_in_attributes(text: str) -> None:
    made = tag("p", text, Markup("<br>"), title=text)
    (found,) = html5lib.HTMLParser(
        strict=True, namespaceHTMLElements=False
    ).parseFragment(made)

    assert made.isascii()
    assert [element.tag for element in found.iter()] == ["p", "br"]
    assert dict(found.attrib) == {"title": as_shown(text)}
    assert (found.text or "") == as_shown(text)


@DRAWN
@given(RUNS)
def test_any_report_is_a_page_and_text_in_it_is_text(
    run: list[tuple[str, Report]],
) -> None:
    text = formatted("html", run)
    root = parsed(text)
    articles = root.findall("body/article")

    assert text.isascii()
    assert len(articles) == len(run)
    for article, (name, one) in zip(articles, run, strict=True):
        assert article.find("div/h2").text == as_shown(name)
        assert_all_there(article, one)


@DRAWN
@given(
    st.sampled_from(HOSTILE) | st.just(EVIL),
    REPORTS,
    hostile_documents() | st.just(DOCUMENT) | st.binary(max_size=300),
)
def test_any_document_is_a_page(name: str, one: Report, data: bytes) -> None:
    text = page_of(judged(name, one, data))

    assert text.isascii()
    assert_all_there(parsed(text), one)


@DRAWN
@given(hostile_documents())
def test_a_hostile_document_with_its_own_findings_is_a_page(data: bytes) -> None:
    one = cp.check(data)

    assert_all_there(parsed(page_of(judged("a.xml", one, data))), one)


def test_a_finding_on_the_whole_document_is_on_top() -> None:
    one = report(
        finding("all", xpath="/Invoice", line=2),
        finding("one", xpath="/Invoice/cbc:ID", line=4),
    )
    root = parsed(page_of(judged("a", one, DOCUMENT)))
    source = with_class(root, "source")[0]

    assert_all_there(root, one)
    assert [text_in(n, "message") for n in with_class(source, "note")] == ["one"]
    (short,) = with_class(source, "short")
    assert "all" in "".join(short.itertext())


PATHS = sorted(said(xmlio.parse(DOCUMENT)).texts)


@DRAWN
@given(st.lists(st.sampled_from([*PATHS, "lines[9].id", "seller", "x.y"])))
def test_a_finding_is_where_its_field_is(paths: list[str]) -> None:
    one = report(*(finding(f"at {path}", path=path) for path in paths))

    root = parsed(page_of(judged("a.xml", one, DOCUMENT)))
    assert_all_there(root, one)
    (shown,) = with_class(root, "sheet")
    notes = Counter(text_in(note, "message") for note in with_class(shown, "note"))
    assert notes == Counter(f"at {path}" for path in paths)


@pytest.mark.parametrize("file", FIXTURES, ids=lambda path: path.stem)
@pytest.mark.parametrize("lang", ["pt", "en"])
def test_all_that_a_document_says_is_shown_once(file: Path, lang: Any) -> None:
    data = file.read_bytes()
    texts = said(xmlio.parse(data)).texts
    root = parsed(page_of(judged(file.name, cp.check(data), data), lang=lang))
    (shown,) = with_class(root, "sheet")
    there = with_class(shown, "said")

    assert root.get("lang") == ("pt-PT" if lang == "pt" else "en")
    quiet = sum(k.endswith(".scheme") and v == "VAT" for k, v in texts.items())
    assert len(there) == len(texts) - quiet
    assert with_class(root, "conforms")


def test_what_a_document_says_stays_text() -> None:
    invoice = cp.read(DOCUMENT).invoice
    seller = replace(invoice.seller, name=EVIL.replace("\u202e", ""))
    data = cp.write(replace(invoice, seller=seller, notes=("javascript:alert(1)",)))
    one = report(finding(EVIL, rule=EVIL, path="seller.name", line=3))
    root = parsed(page_of(judged(EVIL, one, data)))

    (shown,) = with_class(root, "sheet")
    assert EVIL.replace("\u202e", "") in "".join(shown.itertext())
    assert "javascript:alert(1)" in "".join(shown.itertext())
    assert visible(EVIL) in text_of(root)
    assert "\u202e" not in text_of(root)


# --- the page ---


def test_the_policy_allows_the_style_and_nothing_else() -> None:
    root = parsed(page_of())
    (style,) = root.iter("style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    metas = {m.get("http-equiv") or m.get("name"): m for m in root.iter("meta")}
    policy = metas["Content-Security-Policy"].get("content").split("; ")

    assert policy == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert metas["referrer"].get("content") == "no-referrer"
    assert "noindex" in metas["robots"].get("content")
    assert "url(" not in page.style()
    assert "@import" not in page.style()


def test_without_its_end_the_page_says_that_it_is_not_whole() -> None:
    one = judged("a.xml", report())
    whole, half = page_of(one), page_of(one, whole=False)

    assert with_class(parsed(whole), "unfinished")
    assert "<footer>" in whole
    assert "<footer>" not in half
    assert whole.endswith("</html>\n")
    rule = r"body:has\(> footer\) > \.unfinished \{ display: none; \}"
    assert re.search(rule, page.style())


def verdict(one: Judged) -> str:
    (found,) = with_class(parsed(page_of(one)), "verdict")
    return str(found.get("class")).removeprefix("verdict ")


@DRAWN
@given(REPORTS)
def test_unknown_is_never_clean(one: Report) -> None:
    assert (verdict(judged("a.xml", one)) == "conforms") is one.conforms


def test_the_verdict_is_the_true_one_and_what_is_silenced_is_told() -> None:
    quiet = Silenced(
        rule="R-<b>", severity=Severity.FATAL, shown=None, count=3, by="known.json"
    )
    passed = Report(checks=(Check(name="rules", outcome=Outcome.PASSED),))
    one = replace(judged("a.xml", passed), conforms=False, silenced=(quiet,))

    assert verdict(judged("a.xml", passed)) == "conforms"
    assert verdict(one) == "fails"
    (box,) = with_class(parsed(page_of(one)), "silenced")
    assert "R-<b>: 3 × fatal error, not shown, by known.json" in "".join(box.itertext())
    assert verdict(judged("a.xml", Report())) == "unknown"
    skipped = Check(name="rules", outcome=Outcome.SKIPPED, reason="no rules <here>")
    page_text = text_of(parsed(page_of(judged("a", Report(checks=(skipped,))))))
    assert "no rules <here>" in page_text
    assert verdict(judged("a", Report(checks=(skipped,)))) == "unknown"


def test_what_is_not_there_and_how_many_there_were_is_on_the_page() -> None:
    pieces: list[str] = []
    output = FORMATS["html"](Setting(problems=("<no>.xml",)), pieces.append)
    output.close()
    root = parsed("".join(pieces))

    assert "<no>.xml" in text_of(root)
    two = parsed(page_of(judged("a", Report()), judged("b", cp.check(DOCUMENT))))
    summary = "".join(with_class(two, "summary")[0].itertext())
    assert "2 documents" in summary
    assert "1 conform" in summary
    assert "1 could not be checked" in summary


# --- what cannot be read, and what is very long ---


@pytest.mark.parametrize(
    "data",
    [None, b"", b"no XML", b"%PDF-1.4", b"\0" * 99, b"<a>\xff", b"<a", b"<a/>"],
)
def test_what_is_no_invoice_has_its_findings(data: bytes | None) -> None:
    one = cp.check(data or b"")
    one = Report(checks=(*one.checks, *report(finding(path="seller", line=7)).checks))

    assert_all_there(parsed(page_of(judged("a", one, data))), one)


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig", "iso-8859-1"])
def test_another_encoding_is_shown_as_the_same_text(codec: str) -> None:
    text = DOCUMENT.decode().replace("UTF-8", codec.removesuffix("-sig"))
    data = text.encode(codec)
    root = parsed(page_of(judged("a", cp.check(data), data)))

    assert with_class(root, "sheet")
    assert "<cbc:CityName>" in text_of(root)


def test_half_a_document_is_shown_as_far_as_it_goes() -> None:
    data = DOCUMENT.replace(b"<cbc:IssueDate>2026-11-02</cbc:IssueDate>", b"")
    one = cp.check(data)
    root = parsed(page_of(judged("a", one, data)))
    (shown,) = with_class(root, "sheet")

    assert not cp.read(data).complete
    assert with_class(root, "half")
    assert "Oficina do Rio" in "".join(shown.itertext())
    assert_all_there(root, one)


def test_lines_that_share_a_number_are_not_mixed() -> None:
    start, end = DOCUMENT.index(b"<cac:InvoiceLine>"), DOCUMENT.index(b"</Invoice>")
    line = DOCUMENT[start:end]
    broken = re.sub(b"<cbc:InvoicedQuantity.*?</cbc:InvoicedQuantity>", b"", line)
    other = line.replace(b">Consult", b">OTHER")
    data = DOCUMENT[:start] + broken + other + DOCUMENT[end:]
    texts = said(xmlio.parse(data))

    assert texts.unsure == {"lines[0]"}
    assert texts.texts["lines[0]~2.name"].startswith("OTHER")
    assert not texts.texts["lines[0].name"].startswith("OTHER")
    one = report(finding(path="lines[0].name"))
    root = parsed(page_of(judged("a", one, data)))
    assert_all_there(root, one)
    assert [e for e in with_class(root, "block") if with_class(e, "note")]


def long_document(count: int) -> bytes:
    invoice = cp.read(DOCUMENT).invoice
    lines = tuple(replace(invoice.lines[0], id=str(n)) for n in range(count))
    return cp.write(cp.with_totals(replace(invoice, lines=lines)))


def test_of_a_long_document_the_lines_with_findings_are_shown() -> None:
    count = MOST_LINES + 100
    data = long_document(count)
    at = data[: data.index(b"<cbc:ID>250</cbc:ID>")].count(b"\n") + 1
    one = report(finding("here", path="lines[250].id", line=at))
    root = parsed(page_of(judged("a", one, data)))
    (table, *_) = root.iter("table")
    rows = table.findall("tbody/tr")

    assert len(rows) == FIRST_LINES + 2
    assert f"{count - FIRST_LINES - 1} lines" in "".join(rows[-1].itertext())
    source = "".join(with_class(root, "source")[0].itertext())
    assert "<cbc:ID>250</cbc:ID>" in source
    assert "<cbc:ID>120</cbc:ID>" not in source
    assert_all_there(root, one)


def test_a_hundred_thousand_lines_make_a_page_of_a_bounded_size() -> None:
    data = b"<a>\n" + b"<b>text</b>\n" * 100_000 + b"</a>"
    found = [finding(str(n), line=n * 1000 + 7) for n in range(50)]
    one = report(*found, finding("after the end", line=10**6))
    text = page_of(judged("a", one, data))

    assert len(text) < 150_000
    assert_all_there(parsed(text), one)


def test_one_long_line_is_shown_in_pieces() -> None:
    invoice = b"<a>" + b"".join(b"<b>%d</b>" % n for n in range(2 * MOST_PIECES))
    column = invoice.index(b"<b>500</b>") + 1
    one = report(finding("here", line=1, column=column))
    root = parsed(page_of(judged("a", one, invoice + b"</a>")))
    (noted,) = with_class(root, "noted")

    assert "<b>500</b>" in "".join(noted.itertext())
    assert len(with_class(root, "at")) < 20


def test_an_attachment_is_cut() -> None:
    data = b"<a>" + b"A" * 3_000_000 + b"</a>"

    assert len(page_of(judged("a", report(finding(line=1)), data))) < 40_000


def test_each_document_is_let_go() -> None:
    pieces = 0

    def count(text: str) -> None:
        nonlocal pieces
        pieces += len(text)

    output = FORMATS["html"](Setting(), count)
    one = judged("a", cp.check(DOCUMENT), DOCUMENT)
    output.write(one)
    tracemalloc.start()
    for _ in range(20):
        output.write(one)
    now, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert pieces > 200_000
    assert now < 300_000


# --- words ---


def test_every_field_of_the_model_has_a_name() -> None:
    seen: set[type] = set()
    names: set[str] = set()

    def walk(kind: type) -> None:
        if kind in seen:
            return
        seen.add(kind)
        for item in model.types.field_types(kind):
            if {f.name: f.compare for f in fields(kind)}[item.name]:
                names.add(item.name)
            if hasattr(item.kind, "__dataclass_fields__"):
                walk(item.kind)

    walk(cp.Invoice)
    assert names - words.fields().keys() == set()
    assert words.fields().keys() - names == set()


@pytest.mark.parametrize(
    ("path", "text", "pt", "en"),
    [
        ("totals.due", "1234567.50", "1&#8239;234&#8239;567,50", "1,234,567.50"),
        ("totals.vat", "-0.10", "-0,10", "-0.10"),
        ("lines[0].quantity", "no number", "no number", "no number"),
        ("lines[0].vat.rate", "23", "23 %", "23 %"),
        ("kind", "FT", "FT &#8211; Fatura", "FT &#8211; Invoice"),
        ("kind", "?", "?", "?"),
    ],
)
def test_a_value_is_written_as_the_language_does(
    path: str, text: str, pt: str, en: str
) -> None:
    assert (words.shown(path, text, "pt"), words.shown(path, text, "en")) == (pt, en)


def test_a_label_leads_to_the_field() -> None:
    assert words.label("lines[2].vat.category", "pt") == "Linhas 3 › IVA › Categoria"
