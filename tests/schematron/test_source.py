# SPDX-License-Identifier: MIT

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cius_pt.errors import ArtefactError
from cius_pt.schematron import engine
from cius_pt.schematron.source import load

if TYPE_CHECKING:
    from pathlib import Path

    from tests.schematron.conftest import Write

SCH = "http://purl.oclc.org/dsdl/schematron"
XSL = "http://www.w3.org/1999/XSL/Transform"
RULE = '<rule context="a"><assert id="A" test="b">m</assert></rule>'


def _include(tmp_path: Path, href: str) -> Path:
    entry = tmp_path / "entry.sch"
    entry.write_text(
        f'<schema xmlns="{SCH}" queryBinding="xslt2"><include href="{href}"/></schema>',
        encoding="utf-8",
    )
    return entry


def test_a_byte_order_mark_is_read_over(tmp_path: Path) -> None:
    path = tmp_path / "bom.sch"
    text = f'<schema xmlns="{SCH}"><title> T </title><pattern>{RULE}</pattern></schema>'
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    schema = load(path)
    assert schema.title == "T"
    assert [a.id for a in schema.assertions()] == ["A"]


def test_included_parts_keep_their_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    part = f'<pattern xmlns="{SCH}">\n\n{RULE}</pattern>'
    (tmp_path / "parts" / "one.sch").write_text(part, encoding="utf-8")
    schema = load(_include(tmp_path, "parts/one.sch"))
    assert str(schema.assertions()[0].place) == "parts/one.sch, line 3"


def test_an_abstract_pattern_keeps_its_file_and_line(tmp_path: Path) -> None:
    part = f'<pattern xmlns="{SCH}" abstract="true" id="x">\n\n{RULE}</pattern>'
    (tmp_path / "one.sch").write_text(part, encoding="utf-8")
    entry = _include(tmp_path, "one.sch")
    text = entry.read_text(encoding="utf-8")
    entry.write_text(text.replace("</schema>", '<pattern is-a="x"/></schema>'))
    assert str(load(entry).assertions()[0].place) == "one.sch, line 3"


def test_the_content_hash_covers_included_files(tmp_path: Path) -> None:
    part = tmp_path / "one.sch"
    part.write_text(f'<pattern xmlns="{SCH}">{RULE}</pattern>', encoding="utf-8")
    entry = _include(tmp_path, "one.sch")
    before = load(entry).sha256
    assert load(entry).sha256 == before
    part.write_text(f'<pattern xmlns="{SCH}">{RULE} </pattern>', encoding="utf-8")
    assert load(entry).sha256 != before


@pytest.mark.parametrize(
    ("href", "reason"),
    [
        ("../outside.sch", "outside the rule set's folder"),
        ("http://localhost/x.sch", "only relative files"),
        ("file:///etc/hostname", "only relative files"),
        ("/etc/hostname", "outside the rule set's folder"),
        ("missing.sch", "cannot read missing.sch"),
        ("entry.sch", "in a circle"),
        ("", "only relative files"),
    ],
)
def test_includes_stay_in_the_folder(tmp_path: Path, href: str, reason: str) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (tmp_path / "outside.sch").write_text(f'<pattern xmlns="{SCH}"/>', encoding="utf-8")
    with pytest.raises(ArtefactError, match=reason):
        load(_include(folder, href))


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    outside = tmp_path / "outside.sch"
    outside.write_text(f'<pattern xmlns="{SCH}"/>', encoding="utf-8")
    (folder / "link.sch").symlink_to(outside)
    with pytest.raises(ArtefactError, match="outside the rule set's folder"):
        load(_include(folder, "link.sch"))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<diagnostics/>", "<diagnostics>: an element that is not supported"),
        (f'<f xmlns="{XSL}"/>', f"<{{{XSL}}}f>: an element that is not supported"),
        (
            f'<xsl:function xmlns:xsl="{XSL}" name="u:f"/>',
            "function>: an element that is not supported",
        ),
        ('<key name="k" path="a"/>', "<key>: an element that is not supported"),
        ('<let name="x"><a xmlns=""/></let>', "<let>: let without name and value"),
        ('<let name="x" value="1"/><let name="x" value="2"/>', "defined twice"),
        ('<let name="x" value="1" as="xs:int"/>', "<let>: attribute as"),
        ('<pattern documents="x"/>', "<pattern>: attribute documents"),
        ('<pattern is-a="nowhere"/>', "no such abstract one"),
        ('<pattern><rule><assert test="b"/></rule></pattern>', "no attribute context"),
        ('<pattern><rule context="a" subject="b"/></pattern>', "attribute subject"),
        (
            (
                '<pattern><rule context="a"><assert test="b" diagnostics="d"/></rule>'
                "</pattern>"
            ),
            "<assert>: attribute diagnostics",
        ),
        (
            '<pattern><rule context="a"><extends rule="z"/></rule></pattern>',
            "no such abstract rule",
        ),
        (
            (
                '<pattern><rule abstract="true" id="x"><extends rule="x"/></rule>'
                '<rule context="a"><extends rule="x"/></rule></pattern>'
            ),
            "in a circle",
        ),
        (
            (
                '<pattern><rule context="a"><assert test="b"><x xmlns=""/></assert>'
                "</rule></pattern>"
            ),
            "<x>: an element that is not supported",
        ),
        ('<ns prefix="u" uri="urn:other"/>', "bound twice"),
    ],
)
def test_what_is_not_supported_is_refused_by_name_and_line(
    write: Write, body: str, reason: str
) -> None:
    with pytest.raises(ArtefactError) as raised:
        load(write(f"\n{body}"))
    assert reason in str(raised.value)
    assert str(raised.value).startswith("rules.sch, line 2: ")


def test_other_query_languages_are_refused(write: Write) -> None:
    with pytest.raises(ArtefactError, match="query binding 'stx'"):
        load(write("", binding="stx"))


@pytest.mark.parametrize(
    "document",
    [
        "",
        "<schema",
        "<a/>",
        '<!DOCTYPE a [<!ENTITY x "y">]><schema xmlns="' + SCH + '">&x;</schema>',
    ],
)
def test_files_that_are_no_schema_are_refused(tmp_path: Path, document: str) -> None:
    path = tmp_path / "x.sch"
    path.write_text(document, encoding="utf-8")
    with pytest.raises(ArtefactError):
        load(path)


@pytest.mark.parametrize(
    "test",
    [
        "doc('file:///etc/hostname')",
        "exists(doc-available('x'))",
        "unparsed-text('/etc/hostname') = ''",
        "collection('x')",
        "document('x')",
        "environment-variable('HOME')",
        "u:function(.)",
        "true(",
        "$nowhere = 1",
    ],
)
@pytest.mark.parametrize("optimise", [True, False])
def test_expressions_may_not_reach_outside(
    write: Write, test: str, *, optimise: bool
) -> None:
    body = f'<pattern><rule context="a"><assert test="{test}"/></rule></pattern>'
    with pytest.raises(ArtefactError, match=r"^rules\.sch, line 1: "):
        engine.load(write(body), "x", optimise=optimise)


@pytest.mark.parametrize(
    "test",
    [
        "parse-xml('x')",
        "doc#1('x')",
        "json-doc('x')",
        "map { 'k' : environment-variable('HOME') }?k",
        "function() { doc('x') }()",
        "for-each(b, function($x) { $x + 1 }) = 2",
    ],
)
def test_xpath3_gives_no_way_out_either(write: Write, test: str) -> None:
    body = f'<pattern><rule context="a"><assert test="{test}"/></rule></pattern>'
    with pytest.raises(ArtefactError, match="may not use"):
        engine.load(write(body, binding="xslt3"), "x")


def test_a_context_that_is_no_pattern_is_refused(write: Write) -> None:
    body = '<pattern><rule context="1 + 1"><assert test="b"/></rule></pattern>'
    with pytest.raises(ArtefactError, match=r"^rules\.sch: cannot be compiled: XTSE"):
        engine.load(write(body), "x")


def test_a_test_that_saxon_rejects_is_shown_where_it_was_written(write: Write) -> None:
    body = '<pattern><rule context="a">\n<assert test="xs:date(1)"/></rule></pattern>'
    with pytest.raises(ArtefactError) as raised:
        engine.load(write(body), "x")
    assert str(raised.value).startswith(
        "rules.sch, line 2: cannot be compiled: XPTY0004: "
    )
    assert "file:" not in str(raised.value)
