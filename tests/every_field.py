"""A user's script that sets every field of the model, checked by mypy --strict.

Type checkers read it as they would read a stranger's program: the public names only.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import cius_pt as cp


def address(street: str) -> cp.Address:
    return cp.Address(
        street=street,
        additional_street="2.º andar",
        city="Vila do Exemplo",
        post_code="4990-011",
        subdivision="Viana do Castelo",
        line="Edifício Norte",
        country="PT",
    )


def contact(name: str) -> cp.Contact:
    return cp.Contact(
        name=name, telephone="+351 258 000 001", email="contas@empresa.example"
    )


SELLER = cp.Seller(
    name="Oficina do Rio, Lda",
    trading_name="Oficina do Rio",
    vat_identifier="PT500000000",
    address=address("Rua das Azenhas, 12"),
    identifiers=(cp.Identifier(value="5600000000007", scheme="0088"),),
    creditor_identifier="PT71ZZZ100001",
    legal_registration=cp.Identifier(value="500000000", scheme="0002"),
    tax_registration=cp.Identifier(value="PT500000000", scheme="TAX"),
    share_capital="5.000 EUR",
    electronic_address=cp.Identifier(value="PT500000000", scheme="9946"),
    contact=contact("Faturação"),
)
BUYER = cp.Buyer(
    name="Município de Vale Encantado",
    trading_name="Câmara Municipal",
    vat_identifier="PT599999993",
    address=address("Praça do Município, 1"),
    identifier=cp.Identifier(value="599999993", scheme="0002"),
    legal_registration=cp.Identifier(value="599999993", scheme="0002"),
    electronic_address=cp.Identifier(value="5600000000007", scheme="0088"),
    contact=contact("Contabilidade"),
)
PAYEE = cp.Payee(
    name="Fatores do Norte, SA",
    identifier=cp.Identifier(value="555555550", scheme="0002"),
    legal_registration=cp.Identifier(value="555555550", scheme="0002"),
)
# One identifier per payee and one creditor per document (BR-CIUS-PT-42, UBL-SR-29).
CREDITOR = cp.Payee(name="Fatores do Norte, SA", creditor_identifier="PT71ZZZ100002")
REPRESENTATIVE = cp.TaxRepresentative(
    name="Representações Lima", vat_identifier="PT123456789", address=address("Cais, 3")
)
NORMAL = cp.Vat(category="NOR", rate=Decimal("23.00"), scheme="VAT")
EXEMPT = cp.Vat.exempt("M07", "Isento artigo 9.º do CIVA")
LINE = cp.Line(
    id="1",
    name="Energia elétrica",
    quantity=Decimal("1000.000"),
    unit="KWH",
    net_price=Decimal("1.50000000"),
    vat=NORMAL,
    net_amount=Decimal("152.00"),
    price_discount=Decimal("0.50"),
    gross_price=Decimal("2.00"),
    base_quantity=Decimal("10.00"),
    base_unit="KWH",
    allowance_charges=(
        cp.AllowanceCharge(
            amount=Decimal("3.00"),
            base_amount=Decimal("150.00"),
            percentage=Decimal("2.00"),
            reason="Desconto",
            reason_code="95",
        ),
        cp.AllowanceCharge(charge=True, amount=Decimal("5.00"), reason_code="FC"),
    ),
    note="Leitura real",
    object_identifier=cp.Identifier(value="CONTADOR-7", scheme="ABT"),
    order_line="10",
    commitment="2026001234",
    commitment_line="1",
    preceding_invoice="FT 2026A/1",
    period=cp.Period(start=dt.date(2026, 10, 1), end=dt.date(2026, 10, 31)),
    descriptions=("Tarifa simples", "Baixa tensão"),
    sellers_identifier="EN-1",
    buyers_identifier="00017",
    standard_identifier=cp.Identifier(value="5600000000007", scheme="0160"),
    classifications=(
        cp.Classification(code="09310000-5", list="STI", version="2008"),
        cp.Classification.cpv("65310000-9"),
    ),
    origin_country="PT",
    cpe="PT0002000000000001BG",
    attributes=(cp.ItemAttribute(name="Potência", value="6,9 kVA"),),
    property_order=(),
)
INVOICE = cp.Invoice(
    number="FT 2026A/77",
    issue_date=dt.date(2026, 11, 2),
    kind=cp.Kind.FT,
    seller=SELLER,
    buyer=BUYER,
    lines=(
        LINE,
        cp.Line(
            id="2",
            name="Formação",
            quantity=Decimal("8.00"),
            unit="HUR",
            net_price=Decimal("35.00"),
            vat=EXEMPT,
            net_amount=Decimal("280.00"),
        ),
    ),
    currency="EUR",
    tax_currency="EUR",
    tax_point_date=dt.date(2026, 11, 2),
    due_date=dt.date(2026, 12, 2),
    specification="urn:cen.eu:en16931:2017#compliant#urn:feap.gov.pt:CIUS-PT:2.1.2",
    business_process="N/A",
    buyer_reference="REF-1",
    project_reference="PROJ-1",
    contract_reference="CT 2026/5",
    order_reference="NE 2026/118",
    sales_order_reference="OV 99",
    receiving_advice_reference="GR 12",
    despatch_advice_reference="GT 2026/3",
    framework_agreement="AQ-ENERGIA-2026",
    commitment="2026001234",
    preceding_invoices=(
        cp.PrecedingInvoice(number="FT 2026A/1", issue_date=dt.date(2026, 10, 2)),
    ),
    atcud="CSDF7T5H-77",
    qr="A:500000000*B:599999993*C:PT*D:FT*E:N*F:20261102*G:FT 2026A/77*H:CSDF7T5H-77*"
    "I1:PT*I2:280.00*I7:146.00*I8:33.58*N:33.58*O:459.58*P:36.50*Q:kLp0*R:9999",
    aim="0f8fad5b-d9cb-469f-a165-70867728950e",
    object_identifier=None,
    attachments=(
        cp.Attachment(
            id="A1",
            description="INVOICE_REPRESENTATION",
            content=b"%PDF-1.7 made up",
            mime_code="application/pdf",
            filename="FT-77.pdf",
            uri="https://empresa.example/ft77",
            scheme="AAA",
            type_code=None,
        ),
    ),
    payee=PAYEE,
    tax_representative=REPRESENTATIVE,
    deliveries=(
        cp.Delivery(
            address=address("Praça do Município, 1"),
            name="Armazém municipal",
            location=cp.Identifier(value="5600000000007", scheme="0088"),
            date=dt.date(2026, 10, 31),
        ),
    ),
    period=cp.Period(start=dt.date(2026, 10, 1), end=dt.date(2026, 10, 31)),
    period_description="Consumo de outubro",
    payments=(
        cp.Payment(
            multibanco=cp.Multibanco(
                entity="12345", reference="678012316", description="Até 2 de dezembro"
            ),
        ),
        cp.Payment(
            means="30",
            text="Transferência",
            credit_transfer=cp.CreditTransfer(
                account="PT50000201231234567890154",
                name="Oficina do Rio",
                service_provider="EXMPPTPL",
            ),
        ),
        cp.Payment(
            means="59",
            direct_debit=cp.DirectDebit(
                mandate="M-1", debited_account="PT50999900010000000000167"
            ),
        ),
        cp.Payment(
            means="48", card=cp.Card(number="1234", network="VISA", holder="M. Exemplo")
        ),
        cp.Payment(means="OU", text="DUC", duc="123456789"),
    ),
    payment_terms=("30 dias",),
    further_multibanco=(
        cp.Multibanco(
            entity="11249",
            reference="100000192",
            amount=Decimal("1.00"),
            description="Em atraso",
            group=2,
        ),
    ),
    allowance_charges=(
        cp.AllowanceCharge(
            charge=False, amount=Decimal("10.00"), reason="Bónus", vat=NORMAL
        ),
        cp.AllowanceCharge(
            charge=True, amount=Decimal("4.00"), reason="Portes", vat=NORMAL
        ),
    ),
    prepaid=Decimal("100.00"),
    rounding=Decimal("-0.01"),
    totals=cp.Totals(
        lines=Decimal("432.00"),
        allowances=Decimal("10.00"),
        charges=Decimal("4.00"),
        without_vat=Decimal("426.00"),
        vat=Decimal("33.58"),
        with_vat=Decimal("459.58"),
        due=Decimal("359.57"),
        vat_breakdown=(
            cp.VatBreakdown(
                category="NOR",
                rate=Decimal("23.00"),
                taxable=Decimal("146.00"),
                tax=Decimal("33.58"),
                scheme="VAT",
            ),
            cp.VatBreakdown(
                category="ISE",
                rate=Decimal("0.00"),
                taxable=Decimal("280.00"),
                tax=Decimal("0.00"),
                exemption_code="M07",
                exemption_reason="Isento artigo 9.º do CIVA",
            ),
        ),
    ),
    notes=("Obrigado pela preferência.\nAté breve.",),
    additional_properties=(cp.AdditionalProperty(name="CABIMENTO", value="77"),),
    source_currency=cp.SourceCurrency(code="USD", rate=Decimal("0.91")),
    certified_program=cp.CertifiedProgram(
        number="9999/AT", hash="kLp0", description="Processado por programa certificado"
    ),
    withholdings=(
        cp.Withholding(
            amount=Decimal("36.50"), description="IRS 25 %", type="IRF", group=3
        ),
    ),
    note_order=(),
    document_order=(),
)
CREDIT_NOTE = cp.Invoice(
    number="NC 2026A/1",
    atcud="AAJFF0KT-1",
    issue_date=dt.date(2026, 11, 3),
    kind=cp.Kind.NC,
    seller=dataclasses.replace(SELLER, creditor_identifier=None),
    buyer=BUYER,
    payee=CREDITOR,
    lines=(LINE,),
    tax_point_code="35",
    due_date=dt.date(2026, 12, 3),
    period=cp.Period(start=dt.date(2026, 10, 1)),
    preceding_invoices=(cp.PrecedingInvoice(number="RAPPEL"),),
    object_identifier=cp.Identifier(value="PROCESSO-9", scheme="ABT"),
    deliveries=(cp.Delivery(address=address("Praça do Município, 1")),),
    payments=(cp.Payment(means="TB", text="Transferência"),),
)
