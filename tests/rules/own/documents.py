# SPDX-License-Identifier: MIT
"""For every rule of ours a document that breaks exactly it and one that just keeps it.

Each row is the rule, changes that break it, changes that only just do not. `CLEAN` is
the document that both begin with; nothing is found in it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cius_pt.invoice_qr import qr_for
from cius_pt.model import AdditionalProperty as Property
from cius_pt.model import (
    AllowanceCharge,
    Attachment,
    Buyer,
    CertifiedProgram,
    CreditTransfer,
    Delivery,
    Identifier,
    Invoice,
    Kind,
    Multibanco,
    Payment,
    PrecedingInvoice,
    Seller,
    TaxRepresentative,
    Vat,
    Withholding,
)
from cius_pt.pt import multibanco
from cius_pt.pt.qr import RegionTaxes
from cius_pt.pt.vat import Region
from cius_pt.totals import with_totals
from tests.samples import PLACE, line

if TYPE_CHECKING:
    from cius_pt.pt.qr import Qr

DAY = dt.date(2026, 1, 31)
NEXT, BEFORE = DAY + dt.timedelta(days=1), DAY - dt.timedelta(days=1)
SELLER = Seller(name="Loja Azul", vat_identifier="PT500000000", address=PLACE)
BUYER = Buyer(name="Junta Verde", vat_identifier="PT599999993", address=PLACE)
MENTION = "Isento artigo 9.º do CIVA"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj trailer<</Root 1 0 R>>"
LOCKED = PDF.replace(b"/Root", b"/Encrypt 2 0 R/Root")
AZORES = replace(PLACE, post_code="9500-101")
REFERENCE = "NE-2026-00000000-118"  # exactly twenty characters


def plain(**changes: Any) -> Invoice:
    """Return an invoice of one line in which nothing is found, changed."""
    made = Invoice(
        number="FT A/7",
        issue_date=DAY,
        kind=Kind.FT,
        seller=SELLER,
        buyer=BUYER,
        lines=(line(),),
        deliveries=(Delivery(address=PLACE),),
        payment_terms=("30 dias",),
        atcud="CSDF7T5H-7",
    )
    changed = replace(made, **changes)
    return changed if "totals" in changes else with_totals(changed)


CLEAN = plain()


def qr_of(invoice: Invoice) -> Qr:
    return qr_for(invoice, certificate="1234", hash4="kLp0")


def qr(**changes: Any) -> Invoice:
    """Return the clean invoice with its QR code, changed."""
    return replace(CLEAN, qr=str(replace(qr_of(CLEAN), **changes)))


def totals(**changes: Any) -> Invoice:
    assert CLEAN.totals is not None
    return replace(CLEAN, totals=replace(CLEAN.totals, **changes))


def subtotal(**changes: Any) -> Invoice:
    assert CLEAN.totals is not None
    (entry,) = CLEAN.totals.vat_breakdown
    return totals(vat_breakdown=(replace(entry, **changes),))


def with_vat(vat: Vat, **changes: Any) -> Invoice:
    return plain(lines=(line(vat=vat),), **changes)


def attached(*contents: bytes, mime: str = "application/pdf", **more: Any) -> Invoice:
    return plain(
        attachments=tuple(
            Attachment(
                id=str(number),
                content=content,
                mime_code=mime,
                filename=more.get("names", {}).get(number, f"{number}.bin"),
                description=more.get("description"),
            )
            for number, content in enumerate(contents)
        )
    )


def discount(amount: str) -> AllowanceCharge:
    return AllowanceCharge(
        amount=Decimal(amount), reason="Desconto", vat=Vat.normal(23)
    )


def charge(amount: str) -> AllowanceCharge:
    return replace(discount(amount), charge=True, reason="Portes")


def beside(item: AllowanceCharge, **stated: str) -> Invoice:
    """Return an invoice with an allowance or charge and these totals."""
    made = plain(allowance_charges=(item,))
    assert made.totals is not None
    changes: dict[str, Any] = {name: cents(text) for name, text in stated.items()}
    changes["due"] = changes["with_vat"]
    return replace(made, totals=replace(made.totals, **changes))


def taxed(amount: str) -> Invoice:
    """Return the clean invoice with another VAT, and totals that follow."""
    tax = cents(amount)
    made = subtotal(tax=tax)
    assert made.totals is not None
    whole = tax + made.totals.without_vat
    return replace(
        made, totals=replace(made.totals, vat=tax, with_vat=whole, due=whole)
    )


def elsewhere(region: Region = Region.MADEIRA) -> RegionTaxes:
    (block,) = qr_of(CLEAN).regions
    return replace(block, region=region)


def of_another_time(base: str) -> Invoice:
    """Return a credit note at a rate that may have been legal, with a QR code.

    Which invoice it corrects is not dated, so the rate cannot be judged and the bases
    of the code cannot be compared: only its own sums can.
    """
    made = plain(
        kind=Kind.NC,
        lines=(line(vat=Vat(category="S", rate=Decimal(21))),),
        preceding_invoices=(PrecedingInvoice(number="FT A/6"),),
    )
    block = RegionTaxes(
        region=Region.MAINLAND, normal=cents(base), normal_tax=cents("4.20")
    )
    code = replace(
        qr_of(CLEAN),
        document_type="NC",
        regions=(block,),
        tax=cents("4.20"),
        total=cents("24.20"),
    )
    return replace(made, qr=str(code))


def endpoint(scheme: str, value: str) -> Invoice:
    address = Identifier(value=value, scheme=scheme)
    return plain(buyer=replace(BUYER, electronic_address=address))


def paid_to(account: str) -> Invoice:
    transfer = CreditTransfer(account=account)
    return plain(payments=(Payment(means="TB", credit_transfer=transfer),))


def by_multibanco(reference: str) -> Invoice:
    paid = Multibanco(entity="12345", reference=reference)
    return plain(payments=(Payment(multibanco=paid),))


def correcting(**changes: Any) -> Invoice:
    earlier = replace(PrecedingInvoice(number="FT A/6", issue_date=DAY), **changes)
    return plain(kind=Kind.NC, preceding_invoices=(earlier,))


def represented(vat_identifier: str) -> Invoice:
    return plain(
        tax_representative=TaxRepresentative(
            name="Outra", vat_identifier=vat_identifier, address=PLACE
        )
    )


def seller_abroad() -> Invoice:
    """Return the clean invoice, its seller in Spain."""
    return plain(seller=replace(SELLER, vat_identifier="ES500000000"))


def withheld(amount: str) -> Invoice:
    item = Withholding(amount=Decimal(amount), description="IRS")
    invoice = plain(withholdings=(item,))
    stated = replace(qr_of(invoice), withheld=Decimal("4.60"))
    return replace(invoice, qr=str(stated))


def signed(characters: str) -> Invoice:
    program = CertifiedProgram(number="1234/AT", hash=characters)
    return replace(qr(), certified_program=program)


def ordered(reference: str, noted: str) -> Invoice:
    noted_as = Property(name="Encomenda", value=noted)
    return plain(order_reference=reference, additional_properties=(noted_as,))


def cents(amount: str) -> Decimal:
    return Decimal(amount)


EXEMPT = Vat.exempt("M07", MENTION)
TWO_CODES = plain(lines=(line(), line(id="2", vat=Vat(category="S", rate=Decimal(23)))))
ONE_MORE: dict[str, Any] = {
    "without_vat": cents("20.01"),
    "with_vat": cents("24.61"),
    "due": cents("24.61"),
}
PAID_MORE: dict[str, Any] = {"with_vat": cents("24.61"), "due": cents("24.61")}
LESS = CLEAN.totals.due - cents("0.01") if CLEAN.totals else cents("0")

# Rule, the document that breaks exactly it, the one that just keeps it.
CASES: tuple[tuple[str, Invoice, Invoice], ...] = (
    (
        "CP-NIF-01",
        plain(seller=replace(SELLER, vat_identifier="PT500000001")),
        plain(seller=replace(SELLER, vat_identifier="PT501964843")),
    ),
    (
        "CP-NIF-02",
        plain(buyer=replace(BUYER, vat_identifier="PT599999990")),
        plain(buyer=replace(BUYER, vat_identifier="ES599999990")),
    ),
    ("CP-NIF-03", represented("PT123456780"), represented("PT123456789")),
    (
        "CP-NIF-04",
        plain(buyer=replace(BUYER, vat_identifier="PT400000008")),
        plain(buyer=replace(BUYER, vat_identifier="PT450199045")),
    ),
    (
        "CP-NIF-05",
        plain(buyer=replace(BUYER, vat_identifier="PT999999990")),
        plain(buyer=replace(BUYER, vat_identifier="ES999999990")),
    ),
    (
        "CP-NIF-06",
        plain(buyer=replace(BUYER, vat_identifier="PT500000000")),
        plain(buyer=replace(BUYER, vat_identifier="ES500000000")),
    ),
    ("CP-ID-01", endpoint("0088", "5601234567890"), endpoint("0088", "5600000000007")),
    ("CP-ID-02", endpoint("9946", "599999993"), endpoint("9946", "PT599999993")),
    (
        "CP-IBAN-01",
        paid_to("PT50000201231234567890155"),
        paid_to("PT50 0002 0123 1234 5678 9015 4"),
    ),
    (
        "CP-MB-01",
        by_multibanco("678012325"),
        by_multibanco(multibanco.reference("12345", "6780123", cents("24.60"))),
    ),
    (
        "CP-CPE-01",
        plain(lines=(line(cpe="PT0002000000000001GB"),)),
        plain(lines=(line(cpe="PT0002000000000001BG"),)),
    ),
    ("CP-ATCUD-01", plain(atcud="ATCUD:CSDF7T5H-7"), plain(atcud="CSDF7T5HXX-7")),
    (
        "CP-ATCUD-02",
        plain(atcud="CSDF7T5H-07"),
        plain(number="FT A/07", atcud="CSDF7T5H-07"),
    ),
    (
        "CP-ATCUD-03",
        plain(atcud=None, issue_date=dt.date(2023, 1, 1)),
        plain(atcud=None, issue_date=dt.date(2022, 12, 31)),
    ),
    (
        "CP-ATCUD-04",
        plain(atcud="0-7", issue_date=dt.date(2023, 1, 1)),
        plain(atcud="0-7", issue_date=dt.date(2022, 12, 31)),
    ),
    ("CP-QR-01", replace(CLEAN, qr="QR_CODE"), qr(other="NU;24.60")),
    ("CP-QR-02", of_another_time("20.02"), of_another_time("20.01")),
    ("CP-QR-03", qr(issuer_nif="501964843"), qr(buyer_nif="PT599999993")),
    ("CP-QR-04", qr(date=NEXT), qr(status="A")),
    ("CP-QR-05", qr(total=cents("24.61")), qr(total=cents("24.6"))),
    ("CP-QR-06", qr(regions=(elsewhere(),)), qr(regions=(elsewhere(Region.MAINLAND),))),
    ("CP-QR-07", withheld("4.61"), withheld("4.60")),
    ("CP-QR-08", signed("kLp1"), signed("kLp0")),
    (
        "CP-QR-09",
        attached(b"\x89PNG\r\n\x1a\n", mime="image/png", description="QR_CODE"),
        attached(str(qr_of(CLEAN)).encode(), mime="text/plain", description="QR_CODE"),
    ),
    (
        "CP-VAT-01",
        with_vat(Vat(category="S", rate=Decimal(21))),
        with_vat(Vat(category="S", rate=Decimal(13))),
    ),
    (
        "CP-VAT-02",
        with_vat(Vat(category="S", rate=Decimal(16))),
        with_vat(
            Vat(category="S", rate=Decimal(16)),
            deliveries=(Delivery(address=AZORES),),
        ),
    ),
    ("CP-VAT-03", with_vat(Vat.normal(6)), with_vat(Vat.reduced(6))),
    (
        "CP-VAT-04",
        with_vat(Vat(category="AE", rate=Decimal(23))),
        with_vat(Vat(category="OUT", rate=Decimal(23))),
    ),
    ("CP-VAT-05", TWO_CODES, plain(lines=(line(), line(id="2", vat=Vat.reduced(6))))),
    (
        "CP-VAT-06",
        with_vat(
            Vat(
                category="OUT",
                rate=Decimal(23),
                exemption_code="M07",
                exemption_reason=MENTION,
            )
        ),
        with_vat(
            Vat(
                category="OUT",
                rate=Decimal(0),
                exemption_code="M07",
                exemption_reason=MENTION,
            )
        ),
    ),
    (
        "CP-EXEMPT-01",
        with_vat(Vat.exempt("M98", MENTION)),
        with_vat(EXEMPT),
    ),
    (
        "CP-EXEMPT-02",
        with_vat(
            Vat.exempt("M35", "IVA - autoliquidação"), issue_date=dt.date(2026, 6, 30)
        ),
        with_vat(
            Vat.exempt("M35", "IVA - autoliquidação"), issue_date=dt.date(2026, 7, 1)
        ),
    ),
    ("CP-EXEMPT-03", with_vat(Vat.exempt("M07")), with_vat(EXEMPT)),
    (
        "CP-EXEMPT-04",
        with_vat(Vat.exempt("M07", "Isento")),
        with_vat(Vat.exempt("M07", "ISENTO, artigo 9.º do CIVA")),
    ),
    (
        "CP-EXEMPT-05",
        with_vat(Vat(category="ISE", rate=Decimal(0), exemption_reason=MENTION)),
        with_vat(EXEMPT),
    ),
    (
        "CP-SUM-01",
        plain(lines=(line(net_amount=cents("20.01")),)),
        plain(lines=(line(net_amount=cents("20.00000000")),)),
    ),
    ("CP-SUM-02", totals(lines=cents("20.01"), **ONE_MORE), totals()),
    (
        "CP-SUM-03",
        beside(
            discount("1.00"), allowances="1.01", without_vat="18.99", with_vat="23.36"
        ),
        beside(
            discount("1.00"), allowances="1.00", without_vat="19.00", with_vat="23.37"
        ),
    ),
    (
        "CP-SUM-04",
        beside(charge("1.00"), charges="1.01", without_vat="21.01", with_vat="25.84"),
        beside(charge("1.00"), charges="1.00", without_vat="21.00", with_vat="25.83"),
    ),
    ("CP-SUM-05", totals(**ONE_MORE), totals()),
    ("CP-SUM-06", subtotal(taxable=cents("20.01")), subtotal(taxable=cents("20.000"))),
    ("CP-SUM-07", taxed("4.61"), taxed("4.60")),
    ("CP-SUM-08", totals(vat=cents("4.61"), **PAID_MORE), totals()),
    ("CP-SUM-09", totals(**PAID_MORE), totals()),
    ("CP-SUM-10", totals(due=LESS), replace(totals(due=LESS), rounding=cents("-0.01"))),
    (
        "CP-REF-01",
        ordered(REFERENCE, REFERENCE + "9"),
        ordered(REFERENCE[:-1], REFERENCE),
    ),
    (
        "CP-REF-02",
        plain(order_reference=REFERENCE),
        plain(order_reference=REFERENCE[:-1]),
    ),
    ("CP-REF-03", correcting(number="FT A/7"), correcting()),
    ("CP-DATE-01", plain(due_date=BEFORE), plain(due_date=DAY)),
    ("CP-DATE-02", correcting(issue_date=NEXT), correcting()),
    ("CP-LINE-01", plain(lines=(line(), line())), plain(lines=(line(), line(id="2")))),
    ("CP-ATTACH-01", attached(b"<html>"), attached(b"\n" + PDF)),
    ("CP-ATTACH-02", attached(LOCKED), attached(PDF)),
    ("CP-ATTACH-03", attached(PDF, PDF), attached(PDF, PDF + b" ")),
    (
        "CP-ATTACH-04",
        attached(PDF, PDF + b" ", names={0: "a.pdf", 1: "A.PDF"}),
        attached(PDF, PDF + b" ", names={0: "a.pdf", 1: "b.pdf"}),
    ),
    (
        "CP-ATTACH-05",
        attached(b"\xff\xd8\xff", mime="image/png"),
        attached(b"\x89PNG\r\n\x1a\n", mime="image/png"),
    ),
    (
        "CP-ATTACH-06",
        attached(PDF, PDF + b" ", description="INVOICE_REPRESENTATION"),
        attached(PDF, PDF + b" ", description="ATTACHMENT"),
    ),
)
