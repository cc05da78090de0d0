"""The status message: what is written is UBL 2.1 and comes back the same."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from cius_pt import InvalidValue, UnreadableDocument, artefacts
from cius_pt.broker import status_message
from cius_pt.broker.status_message import (
    ReportedDocument,
    ResponseCode,
    StatusMessage,
    StatusParty,
    read,
    write,
)
from cius_pt.rules import catalogue
from cius_pt.testing.texts import texts
from cius_pt.xmlio import CAC, CBC
from tests.profiles import DRAWN

if TYPE_CHECKING:
    from pathlib import Path

AIM = "0f8fad5b-d9cb-469f-a165-70867728950e"
DAY = dt.date(2026, 1, 31)
# The order of elements of a UBL 2.1 DocumentStatus; what is inside them is judged by
# the published schemas of the common components.
WRAPPER = """
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
    xmlns="{ns}" targetNamespace="{ns}" xmlns:cac="{cac}" xmlns:cbc="{cbc}">
  <xsd:import namespace="{cac}"
      schemaLocation="{common}/UBL-CommonAggregateComponents-2.1.xsd"/>
  <xsd:import namespace="{cbc}"
      schemaLocation="{common}/UBL-CommonBasicComponents-2.1.xsd"/>
  <xsd:element name="DocumentStatus"><xsd:complexType><xsd:sequence>
    <xsd:element ref="cbc:UBLVersionID" minOccurs="0"/>
    <xsd:element ref="cbc:CustomizationID" minOccurs="0"/>
    <xsd:element ref="cbc:ProfileID" minOccurs="0"/>
    <xsd:element ref="cbc:ProfileExecutionID" minOccurs="0"/>
    <xsd:element ref="cbc:ID"/>
    <xsd:element ref="cbc:CopyIndicator" minOccurs="0"/>
    <xsd:element ref="cbc:UUID" minOccurs="0"/>
    <xsd:element ref="cbc:IssueDate"/>
    <xsd:element ref="cbc:IssueTime" minOccurs="0"/>
    <xsd:element ref="cbc:Note" minOccurs="0" maxOccurs="unbounded"/>
    <xsd:element ref="cac:Signature" minOccurs="0" maxOccurs="unbounded"/>
    <xsd:element ref="cac:SenderParty"/>
    <xsd:element ref="cac:ReceiverParty"/>
    <xsd:element ref="cac:DocumentResponse"/>
    <xsd:element ref="cac:AdditionalDocumentResponse" minOccurs="0"
        maxOccurs="unbounded"/>
  </xsd:sequence></xsd:complexType></xsd:element>
</xsd:schema>
"""


@cache
def schema() -> etree.XMLSchema:
    common = artefacts.schema("Invoice").entry.parent.parent / "common"
    text = WRAPPER.format(
        ns=status_message.NAMESPACE,
        cac=CAC,
        cbc=CBC,
        common=common.as_uri(),
    )
    return etree.XMLSchema(etree.fromstring(text))


def message(**changes: Any) -> StatusMessage:
    plain: dict[str, Any] = {
        "id": f"Response_{AIM}_1",
        "issue_date": DAY,
        "sender": StatusParty(vat_identifier="PT987654321"),
        "receiver": StatusParty(vat_identifier="PT123456789"),
        "document": ReportedDocument(number="FT 1/1", uuid=AIM, issue_date=DAY),
        "code": "ACCEPTED",
    }
    return StatusMessage(**{**plain, **changes})


WORDS = texts(200).filter(str.strip)
ZONES = st.none() | st.integers(-840, 840).map(
    lambda minutes: dt.timezone(dt.timedelta(minutes=minutes))
)
PARTIES = st.builds(
    StatusParty,
    vat_identifier=WORDS,
    name=st.none() | WORDS,
    country=st.none() | st.sampled_from(["PT", "ES"]),
    registration_name=st.none() | WORDS,
    legal_registration=st.none() | WORDS,
    email=st.none() | WORDS,
)
MESSAGES = st.builds(
    StatusMessage,
    id=WORDS,
    issue_date=st.dates(),
    issue_time=st.none() | st.times(timezones=ZONES),
    notes=st.lists(WORDS, max_size=3).map(tuple),
    sender=PARTIES,
    receiver=PARTIES,
    code=st.sampled_from(ResponseCode).map(str) | WORDS,
    descriptions=st.lists(WORDS, max_size=3).map(tuple),
    document=st.builds(
        ReportedDocument,
        number=WORDS,
        uuid=st.none() | st.uuids().map(str),
        issue_date=st.none() | st.dates(),
        type_code=st.none() | st.sampled_from(["380", "381", "383"]),
        status_code=st.none() | WORDS,
    ),
)


@DRAWN
@given(MESSAGES)
def test_what_is_written_is_read_back(given_message: StatusMessage) -> None:
    written = write(given_message)
    again = read(written)

    assert again == given_message
    assert write(again) == written


@DRAWN
@given(MESSAGES)
def test_what_is_written_is_valid_ubl(given_message: StatusMessage) -> None:
    schema().assertValid(etree.fromstring(write(given_message)))


def test_the_schema_would_notice_a_wrong_order() -> None:
    root = etree.fromstring(write(message()))
    root.append(root[0])

    assert not schema().validate(root)


def test_only_the_wrong_characters_are_refused_by_name() -> None:
    with pytest.raises(InvalidValue, match="XML"):
        write(message(id="\x00"))


@pytest.mark.parametrize("text", ["a\r\nb", "\ta", " b ", "]]>", "\u0085", "é"])
def test_texts_are_kept_to_the_letter(text: str) -> None:
    if not text.strip():  # U+0085 is a blank for Python
        with pytest.raises(InvalidValue):
            message(notes=(text,))
        return
    assert read(write(message(notes=(text,)))).notes == (text,)


# --- what others write -------------------------------------------------------------

HEAD = (
    f'<ubl:DocumentStatus xmlns:ubl="{status_message.NAMESPACE}" '
    f'xmlns:cac="{CAC}" xmlns:cbc="{CBC}">'
)
PARTY = (
    "<cac:{0}Party><cac:PartyTaxScheme><cbc:CompanyID>PT{1}</cbc:CompanyID>"
    "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
    "</cac:{0}Party>"
)
OTHERS = (
    HEAD
    + "<cbc:CustomizationID>urn:feap.gov.pt:MSGSTS_CIUS-PT:2.1</cbc:CustomizationID>"
    + f"<cbc:ID>Response_{AIM}_2</cbc:ID><cbc:IssueDate>2026-01-31</cbc:IssueDate>"
    + "<cbc:IssueTime>09:06:41.0000000+01:00</cbc:IssueTime>"
    + PARTY.format("Sender", "987654321")
    + PARTY.format("Receiver", "123456789")
    + "<cac:DocumentResponse><cac:Response><cbc:ResponseCode>14</cbc:ResponseCode>"
    + "<cbc:Description>falta o <!-- o quê? -->compromisso</cbc:Description>"
    + "</cac:Response><cac:DocumentReference><cbc:ID>FT 1/1</cbc:ID>"
    + f"<cbc:UUID>{AIM.upper()}</cbc:UUID>"
    + '<cbc:DocumentTypeCode listID="UNCL1001">380</cbc:DocumentTypeCode>'
    + "</cac:DocumentReference></cac:DocumentResponse></ubl:DocumentStatus>"
)


def test_seven_digits_of_a_second_are_read() -> None:
    found = read(OTHERS.encode())

    zone = dt.timezone(dt.timedelta(hours=1))
    assert found.issue_time == dt.time(9, 6, 41, tzinfo=zone)
    assert found.known is ResponseCode.REGULARISE
    assert found.known.may_send_again
    assert found.descriptions == ("falta o compromisso",)
    assert found.document.type_code == "380"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("09:06:41", dt.time(9, 6, 41)),
        ("09:06:41.1", dt.time(9, 6, 41, 100000)),
        ("09:06:41.1234567", dt.time(9, 6, 41, 123456)),
        ("09:06:41Z", dt.time(9, 6, 41, tzinfo=dt.UTC)),
    ],
)
def test_times(written: str, expected: dt.time) -> None:
    text = OTHERS.replace("09:06:41.0000000+01:00", written)

    assert read(text.encode()).issue_time == expected


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("MSGSTS_CIUS-PT", "CIUS-PT", "CP-STS-01"),
        ("urn:feap.gov.pt:MSGSTS_CIUS-PT:2.1", " ", "CP-STS-01"),
        ("DocumentStatus-2", "Invoice-2", "CP-STS-01"),
        ("09:06:41.0000000+01:00", "9h06", "CP-STS-02"),
        ("09:06:41.0000000+01:00", "29:06:41", "CP-STS-02"),
        ("2026-01-31", "2026-02-31", "CP-STS-02"),
        ("2026-01-31", "31/01/2026", "CP-STS-02"),
        ("<cbc:ResponseCode>14</cbc:ResponseCode>", "", "CP-STS-02"),
        ("<cbc:ID>FT 1/1</cbc:ID>", "", "CP-STS-02"),
        ("PT987654321", "", "CP-STS-02"),
        ("<ubl:Doc", "<!DOCTYPE a><ubl:Doc", "CP-XML-05"),
        ("</cac:Response>", "", "CP-XML-04"),
    ],
)
def test_what_cannot_be_read_is_said_so(old: str, new: str, rule: str) -> None:
    assert old in OTHERS
    with pytest.raises(UnreadableDocument) as caught:
        read(OTHERS.replace(old, new).encode())

    assert caught.value.rule == rule


@DRAWN
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_message_or_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        read(data)


@DRAWN
@given(st.data())
def test_a_message_that_was_damaged_is_a_message_or_unreadable(
    data: st.DataObject,
) -> None:
    raw = bytearray(OTHERS.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read(bytes(raw))
    except UnreadableDocument:
        return
    assert read(write(found)) == found


def test_every_rule_of_the_module_is_in_the_catalogue() -> None:
    assert all(catalogue.entry(rule) for rule in status_message.RULES)


def test_the_published_template_has_the_shape_we_read(shared: Path) -> None:
    template = shared / "examples" / "espap" / "status-message-template.xml"
    root = etree.parse(template).getroot()
    fields = {
        "CustomizationID": "urn:feap.gov.pt:MSGSTS_CIUS-PT:2.1",
        "IssueDate": "2026-01-31",
        "IssueTime": "09:06:41",
    }
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        if name in fields and not len(element):
            element.text = fields[name]
    found = read(etree.tostring(root))

    everything = [found.sender.name, found.receiver.email, found.document.uuid]
    assert None not in everything
    assert None not in {found.document.type_code, found.document.status_code}
    assert found.sender.legal_registration is not None
    assert len(found.notes) == len(found.descriptions) == 1
    assert _tags(etree.fromstring(write(found))) == _tags(root)


def _tags(root: etree._Element) -> list[str]:
    return [str(element.tag) for element in root.iter(etree.Element)]


# --- which document it is about ----------------------------------------------------


@pytest.mark.parametrize(
    ("aim", "number", "day", "issuer", "same"),
    [
        (AIM.upper(), "other", 1, "PT1", True),
        ("0" * 36, "FT 1/1", 31, "PT123456789", False),
        (None, "FT 1/1", 31, "PT123456789", True),
        (None, "FT 1/1", 31, "123456789", True),
        (None, "FT 1/1", 30, "PT123456789", False),
        (None, "FT 1/2", 31, "PT123456789", False),
        (None, "FT 1/1", 31, "PT987654321", False),
    ],
)
def test_a_document_is_known_by_its_aim_first(
    aim: str | None, number: str, day: int, issuer: str, same: bool
) -> None:
    date = DAY.replace(day=day)
    found = message().concerns(aim=aim, number=number, issue_date=date, issuer=issuer)

    assert found is same


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"id": " "},
        {"code": None},
        {"issue_date": dt.datetime(2026, 1, 31, tzinfo=dt.UTC)},
        {"notes": ("a", "\t")},
        {"notes": ["a"]},
        {"customization": "urn:other"},
        {"issue_time": dt.time(tzinfo=dt.timezone(dt.timedelta(hours=15)))},
        {"issue_time": dt.time(tzinfo=dt.timezone(dt.timedelta(seconds=90)))},
    ],
)
def test_what_cannot_be_a_message_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue):
        message(**changes)


def test_a_code_that_nobody_knows_is_kept() -> None:
    assert message(code="77").known is None
    assert read(write(message(code="77"))).code == "77"
