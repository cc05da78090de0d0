# SPDX-License-Identifier: MIT

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import etree

from cius_pt.errors import ArtefactError
from cius_pt.schematron import engine, svrl

if TYPE_CHECKING:
    from tests.schematron.conftest import Write

DOCUMENT = '<a xmlns="urn:x/y"><b/><b z="1"><c xmlns=""/>t</b></a>'


def test_svrl_names_every_pattern_and_fired_rule(write: Write) -> None:
    body = """<title>T</title><pattern id="p"><rule context="b" id="r">
        <assert id="A" flag="fatal" role="x" test="'{' = '}'">no {this}</assert>
        <report id="R" test="true()">yes</report>
      </rule></pattern>"""
    path = write(body)
    output = engine.load(path, "x", optimise=False).svrl(b"<a><b/></a>")
    root = etree.fromstring(output)
    assert root.tag == f"{{{svrl.SVRL}}}schematron-output"
    names = [etree.QName(element).localname for element in root]
    assert names[2:] == [
        "active-pattern",
        "fired-rule",
        "failed-assert",
        "successful-report",
    ]
    assert root.get("title") == "T"
    failed, report = svrl.parse(output)
    assert (failed.report, failed.id, failed.flag, failed.role, failed.text) == (
        False,
        "A",
        "fatal",
        "x",
        "no {this}",
    )
    assert (report.report, report.id, report.location) == (
        True,
        "R",
        "/Q{}a[1]/Q{}b[1]",
    )


def test_there_is_no_svrl_where_none_was_written(write: Write) -> None:
    path = write(
        '<pattern><rule context="b"><assert test="xs:decimal(.)"/></rule></pattern>'
    )
    with pytest.raises(ArtefactError, match="without optimising"):
        engine.load(path, "x").svrl(b"<b>1</b>")
    with pytest.raises(ArtefactError, match="FORG0001"):
        engine.load(path, "x", optimise=False).svrl(b"<b>x</b>")


@pytest.mark.parametrize(
    ("location", "tag", "attribute"),
    [
        ("/", "{urn:x/y}a", None),
        ("/Q{urn:x/y}a[1]", "{urn:x/y}a", None),
        ("/Q{urn:x/y}a[1]/Q{urn:x/y}b[2]/Q{}c[1]", "c", None),
        ("/Q{urn:x/y}a[1]/Q{urn:x/y}b[2]/@z", "{urn:x/y}b", "z"),
        ("/Q{urn:x/y}a[1]/Q{urn:x/y}b[2]/@Q{urn:q}z", "{urn:x/y}b", "{urn:q}z"),
        ("/Q{urn:x/y}a[1]/Q{urn:x/y}b[2]/text()[1]", "{urn:x/y}b", None),
    ],
)
def test_a_location_is_found_again(
    location: str, tag: str, attribute: str | None
) -> None:
    element, name = svrl.locate(etree.fromstring(DOCUMENT), location)
    assert (element.tag, name) == (tag, attribute)


@pytest.mark.parametrize("location", ["/Q{}a[1]", "/Q{urn:x/y}a[2]", "/@z"])
def test_a_location_that_is_not_there_is_an_error(location: str) -> None:
    with pytest.raises(ValueError, match=r"no such place|without an element"):
        svrl.locate(etree.fromstring(DOCUMENT), location)
