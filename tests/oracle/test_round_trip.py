# SPDX-License-Identifier: MIT
"""Published examples and probes, read and written again: equal, or named with why."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from lxml import etree

from cius_pt import xmlio
from cius_pt.cli.build import build
from cius_pt.cli.show import show
from cius_pt.errors import FindingsError
from cius_pt.model.json import dumps, invoice_from, loads
from cius_pt.ubl.read import read
from cius_pt.ubl.write import write

if TYPE_CHECKING:
    from cius_pt.ubl.reading import Reading

SHARED = Path(__file__).resolve().parents[3] / "shared"
pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the published examples and probes are not here"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Why a document does not come back as it was.

    `unread`: the elements and attributes that CIUS-PT has no place for and that are
    named as unread; without them the document is equal, unless `form` says which
    values come back in the lexical form of the format. `invoice`: there is none.
    """

    unread: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


_TAX_TOTAL = "/Invoice/cac:InvoiceLine/cac:TaxTotal"
_ITEM_TAX = "/Invoice/cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory"
_CODE = "/Invoice/cac:PaymentMeans/cbc:PaymentMeansCode"
_SCHEMA_HINT = ("@xsi:noNamespaceSchemaLocation",)
_KIND = Known(missing=("kind",))  # a type code CIUS-PT does not name (quirk Q1)

EXCEPTIONS = {
    # XMLSchema-instance is no content.
    **{
        name: Known(unread=(f"/{root}/{_SCHEMA_HINT[0]}",))
        for name, root in {
            "F": "Invoice",
            "F_b": "Invoice",
            "F_c": "Invoice",
            "F_d": "Invoice",
            "F_h": "Invoice",
            "NC": "CreditNote",
            "ND": "Invoice",
        }.items()
    },
    # Elements of UBL that CIUS-PT does not use.
    "isencao_linha": Known(
        unread=(
            f"{_ITEM_TAX}/cbc:TaxExemptionReasonCode",
            f"{_ITEM_TAX}/cbc:TaxExemptionReason",
        )
    ),
    "CNuuid": Known(unread=("/CreditNote/cbc:UUID",)),
    "INVuuid": Known(unread=("/Invoice/cbc:UUID",)),
    "Z14": Known(unread=("/Invoice/cbc:UBLVersionID",)),
    "X1": Known(unread=("/Invoice/ext:UBLExtensions",)),
    "W10": Known(unread=("/Invoice/cac:WithholdingTaxTotal",)),
    "PT4": Known(unread=("/Invoice/cac:PaymentTerms/cbc:Amount",)),
    "I6": Known(unread=(_TAX_TOTAL,)),
    "R9": Known(unread=(_TAX_TOTAL,)),
    "I7": Known(unread=("/Invoice/cac:InvoiceLine/cac:Delivery",)),
    "F5": Known(unread=("/Invoice/cac:AdditionalDocumentReference/cac:Attachment",)),
    "K32": Known(unread=("/Invoice/cac:InvoiceLine/cac:Price/cac:AllowanceCharge",)),
    "PMlist": Known(unread=(f"{_CODE}/@listID", f"{_CODE}/@listName")),
    "Z15": Known(
        unread=(
            (
                "/Invoice/cac:AccountingCustomerParty/cac:Party/cbc:EndpointID"
                "/@schemeAgencyID"
            ),
        )
    ),
    # One where UBL takes several.
    "I4": Known(unread=(f"{_ITEM_TAX}[2]",)),
    "K33": Known(unread=("/Invoice/cac:InvoiceLine/cac:Price/cac:AllowanceCharge[2]",)),
    "M3": Known(unread=("/Invoice/cac:TaxTotal[2]",)),
    # Decimals that the format writes otherwise: CP-READ-03.
    "N1": Known(form=("totals.vat_breakdown[0].rate", "lines[0].vat.rate")),
    "N3": Known(form=("totals.with_vat", "totals.due")),
    "N4": Known(form=("lines[0].quantity",)),
    "N5": Known(form=("lines[0].net_price",)),
    "N8": Known(form=("totals.with_vat",)),
    "R21": Known(form=("allowance_charges[0].amount",)),
    # No invoice: something mandatory is not there, or has no value we can hold.
    **dict.fromkeys(("TC_383", "TC_81", "TC_C", "T_326", "T_384", "T_80"), _KIND),
    **dict.fromkeys(("T_83", "T_R", "T_RC", "T_XX"), _KIND),
    "D1": Known(missing=("issue_date",)),
    "V11": Known(missing=("totals.vat_breakdown[0].rate",)),
    "X6": Known(missing=("lines[0].net_price",)),
    "Y3": Known(missing=("payee.name",)),
}


def documents() -> list[Path]:
    """Return every example, and every probe that is valid UBL."""
    if not SHARED.is_dir():
        return []
    with (SHARED / "probes/probes.csv").open(encoding="utf-8", newline="") as file:
        valid = [row["id"] for row in csv.DictReader(file) if row["xsd"] == "valid"]
    examples = [
        path
        for path in sorted((SHARED / "examples").rglob("*.xml"))
        if "status" not in path.name
    ]
    return [*examples, *(SHARED / "probes" / f"{name}.xml" for name in valid)]


def canonical(data: bytes, without: Reading | None = None) -> bytes:
    """Return C14N without comments, indentation and what `without` did not read."""
    root = xmlio.tree(data)
    for comment in list(root.iter(etree.Comment, etree.PI)):
        comment.getparent().remove(comment)  # type: ignore[union-attr]
    for place in without.unread if without else ():
        remove(root, str(place.xpath))
    for element in root.iter(etree.Element):
        if len(element):
            element.text = None
        element.tail = None
    return xmlio.canonical(root)


def remove(root: etree._Element, xpath: str) -> None:
    path, _, attribute = xpath.partition("/@")
    path = re.sub("^/[^/]+", "/*", path)
    found = root.xpath(path, namespaces=dict(xmlio.PREFIXES))
    assert isinstance(found, list)
    (element,) = found
    assert isinstance(element, etree._Element)  # noqa: SLF001 - has no public name
    if attribute:
        prefix, _, name = attribute.rpartition(":")
        del element.attrib[f"{{{xmlio.PREFIXES[prefix]}}}{name}" if prefix else name]
        return
    parent = element.getparent()
    while parent is not None:
        parent.remove(element)
        if len(parent):
            break
        # An element that held nothing else is gone as well.
        element, parent = parent, parent.getparent()


def test_all_of_them_are_there() -> None:
    names = [path.stem for path in documents()]
    assert len(names) > 210
    assert set(EXCEPTIONS) <= set(names)


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem)
def test_document_comes_back_as_it_was_or_as_its_exception_says(path: Path) -> None:
    data = path.read_bytes()
    known = EXCEPTIONS.get(path.stem, Known())
    reading = read(data)
    assert tuple(place.xpath for place in reading.unread) == known.unread or (
        known.missing
    )
    fatal = [f for f in reading.findings if f.severity == "fatal"]
    form = [f.location.path for f in reading.findings if f.rule == "CP-READ-03"]
    assert tuple(form) == known.form
    if known.missing:
        assert {str(f.location.path) for f in fatal} >= set(known.missing)
        with pytest.raises(FindingsError):
            _ = reading.invoice
        return
    assert fatal == []
    again = write(reading.invoice, strict=False)
    whole = canonical(data) == canonical(again)
    assert whole == (path.stem not in EXCEPTIONS)
    if not known.form:
        assert canonical(data, reading) == canonical(again)
    assert read(again).invoice == reading.invoice


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem)
def test_what_is_shown_as_json_builds_the_same_document(path: Path) -> None:
    reading = read(path.read_bytes())
    try:
        invoice = reading.invoice
    except FindingsError:
        assert EXCEPTIONS[path.stem].missing
        return
    shown = invoice_from(loads(dumps(invoice)))
    assert shown == invoice
    assert write(shown, strict=False) == write(invoice, strict=False)


def clean() -> list[Path]:
    """Return the valid documents that the published rules find nothing fatal in."""
    with (SHARED / "probes/probes.csv").open(encoding="utf-8", newline="") as file:
        fatal = {row["id"] for row in csv.DictReader(file) if row["fatal"]}
    return [path for path in documents() if path.stem not in fatal]


def test_what_the_rules_accept_can_be_built_strictly() -> None:
    built = 0
    for path in clean():
        known = EXCEPTIONS.get(path.stem, Known())
        if not known.missing:
            invoice = read(path.read_bytes()).invoice
            assert write(invoice) == write(invoice, strict=False), path.stem
            built += 1
    assert built > 100


def test_the_command_line_builds_what_it_shows() -> None:
    built = 0
    for path in clean():
        if EXCEPTIONS.get(path.stem, Known()).missing:
            continue
        data = path.read_bytes()
        shown = CliRunner().invoke(show, ["--format", "json", str(path)])
        done = CliRunner().invoke(build, ["-"], input=shown.stdout_bytes)
        assert (shown.exit_code, done.exit_code) == (0, 0), path.stem
        assert canonical(done.stdout_bytes) == canonical(data, read(data)), path.stem
        built += 1
    assert built > 100
