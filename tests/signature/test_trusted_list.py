"""Trusted lists made and signed here, in the form of ETSI TS 119 612."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from lxml import etree
from signxml.signer import XMLSigner

from cius_pt.errors import ArtefactError, InvalidValue
from cius_pt.findings import Severity
from cius_pt.signature.policy import Policy
from cius_pt.signature.status import Trust
from cius_pt.signature.trust import TrustStore, assess, list_operators, timestamp
from tests.signature.trust_pki import (
    DAY,
    NOW,
    STAMPING,
    YEAR,
    Holder,
    issue,
    revoke,
    stamped,
    statements,
)

if TYPE_CHECKING:
    import datetime as dt

pytestmark = pytest.mark.usefixtures("no_network")

ISSUED = NOW - 30 * DAY
ROOT = issue("Raiz", ca=True)
CA = issue("Prestador", ROOT, ca=True, start=NOW - 8 * YEAR, end=NOW + 8 * YEAR)
OPERATOR = issue("Operador", key_name="rsa2048 operador")
SEAL = issue(
    "Selo",
    CA,
    identifier="VATPT-500000000",
    extra=(statements("compliance", "sscd", "seal"),),
)
SIGNATURE = issue("Pessoa", CA, extra=(statements("compliance", "signature"),))
PLAIN = issue("Simples", CA)
SEALS, SIGNATURES = "ForeSeals", "ForeSignatures"
BASE = "http://uri.etsi.org/TrstSvc"


def moment(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def information(
    *,
    status: str = "granted",
    since: dt.datetime = NOW - 5 * YEAR,
    purposes: tuple[str, ...] = (SEALS,),
    extension: str = "",
) -> str:
    """Return what one state of a service says."""
    words = "".join(
        '<Extension Critical="true"><AdditionalServiceInformation><URI xml:lang="en">'
        f"{BASE}/TrustedList/SvcInfoExt/{purpose}</URI>"
        "</AdditionalServiceInformation></Extension>"
        for purpose in purposes
    )
    return (
        f"<ServiceStatus>{BASE}/TrustedList/Svcstatus/{status}</ServiceStatus>"
        f"<StatusStartingTime>{moment(since)}</StatusStartingTime>"
        f"<ServiceInformationExtensions>{words}{extension}"
        "</ServiceInformationExtensions>"
    )


def service(
    holder: Holder,
    *,
    kind: str = "CA/QC",
    now: str | None = None,
    history: tuple[str, ...] = (),
) -> str:
    """Return a service with its present state and those before."""
    der = base64.b64encode(holder.der).decode()
    head = f"<ServiceTypeIdentifier>{BASE}/Svctype/{kind}</ServiceTypeIdentifier>"
    past = "".join(
        f"<ServiceHistoryInstance>{head}{state}</ServiceHistoryInstance>"
        for state in history
    )
    return (
        f"<TSPService><ServiceInformation>{head}"
        '<ServiceName><Name xml:lang="en">Serviço</Name></ServiceName>'
        f"<ServiceDigitalIdentity><DigitalId><X509Certificate>{der}</X509Certificate>"
        f"</DigitalId></ServiceDigitalIdentity>{now or information()}"
        f"</ServiceInformation><ServiceHistory>{past}</ServiceHistory></TSPService>"
    )


def listed(
    *services: str,
    pointers: str = "",
    issued: dt.datetime = ISSUED,
    until: dt.datetime = NOW + 150 * DAY,
) -> bytes:
    """Return a list that nobody has signed yet."""
    return (
        '<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" Id="tl">'
        "<SchemeInformation><SchemeTerritory>PT</SchemeTerritory>"
        f"<PointersToOtherTSL>{pointers}</PointersToOtherTSL>"
        f"<ListIssueDateTime>{moment(issued)}</ListIssueDateTime>"
        f"<NextUpdate><dateTime>{moment(until)}</dateTime></NextUpdate>"
        "</SchemeInformation><TrustServiceProviderList><TrustServiceProvider>"
        f"<TSPServices>{''.join(services)}</TSPServices>"
        "</TrustServiceProvider></TrustServiceProviderList></TrustServiceStatusList>"
    ).encode()


def signed(data: bytes, operator: Holder = OPERATOR, **changes: Any) -> bytes:
    """Return the list signed as operators do it: enveloped, exclusive C14N."""
    signer = XMLSigner(c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")
    root = signer.sign(
        etree.fromstring(data), key=operator.key, cert=[operator.certificate], **changes
    )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def store(*services: str, **changes: Any) -> TrustStore:
    found = TrustStore.from_trusted_list(
        signed(listed(*services, **changes)), operators=[OPERATOR.der]
    )
    return found.helped_by(crls=[revoke(CA)])


def judged(holder: Holder, trust: TrustStore, **changes: Any) -> Any:
    asked: dict[str, Any] = {"at": NOW, "policy": Policy.QUALIFIED, **changes}
    return assess(holder.der, [], store=trust, **asked)


def rules(found: Any) -> list[str]:
    return [reason.rule for reason in found.reasons]


# --- what the list makes of certificates ---


def test_a_seal_of_a_granted_service_is_qualified() -> None:
    found = judged(SEAL, store(service(CA)))

    assert (found.trust, found.sub_indication, rules(found)) == (
        Trust.TRUSTED,
        None,
        [],
    )
    assert (found.signer.qualified, found.signer.kind) == (True, "seal")
    assert found.signer.qscd
    assert found.signer.nif == "500000000"


def test_a_certificate_without_statements_is_not_qualified() -> None:
    found = judged(PLAIN, store(service(CA)))

    assert (found.trust, rules(found)) == (Trust.TRUSTED, ["CP-TRUST-14"])
    assert found.reasons[0].severity is Severity.FATAL
    assert found.signer.qualified is False


@pytest.mark.parametrize(
    ("holder", "purpose", "qualified"),
    [
        (SEAL, SEALS, True),
        (SEAL, SIGNATURES, False),
        (SIGNATURE, SIGNATURES, True),
        (SIGNATURE, SEALS, False),
    ],
)
def test_a_service_is_granted_for_seals_or_for_signatures(
    holder: Holder, purpose: str, qualified: bool
) -> None:
    state = information(purposes=(purpose,))

    found = judged(holder, store(service(CA, now=state)))

    assert found.signer.qualified is qualified


def test_a_forged_certificate_is_not_qualified_whatever_it_says() -> None:
    fake = issue("Prestador", ca=True, key_name="prestador falso")
    forged = issue("Selo", fake, extra=(statements("compliance", "seal"),))

    found = judged(forged, store(service(CA)))

    assert found.trust is Trust.UNTRUSTED
    assert found.signer.qualified is False


def test_a_service_that_was_withdrawn_no_longer_qualifies() -> None:
    trust = store(
        service(
            CA,
            now=information(status="withdrawn", since=NOW - 10 * DAY),
            history=(information(),),
        )
    )

    assert judged(SEAL, trust).signer.qualified is False
    assert judged(SEAL, trust, at=NOW - 11 * DAY).signer.qualified is True


def test_a_certificate_issued_before_the_service_was_granted_is_not_qualified() -> None:
    trust = store(service(CA, now=information(since=NOW - 10 * DAY)))

    found = judged(SEAL, trust)

    assert found.signer.qualified is False
    assert "was issued" in found.reasons[0].message


def qualifier(word: str, criteria: str) -> str:
    return (
        '<Extension Critical="true"><sie:Qualifications xmlns:sie="http://uri.etsi.org/'
        'TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#"><sie:QualificationElement>'
        f'<sie:Qualifiers><sie:Qualifier uri="{BASE}/TrustedList/SvcInfoExt/{word}"/>'
        f"</sie:Qualifiers>{criteria}</sie:QualificationElement></sie:Qualifications>"
        "</Extension>"
    )


def key_usage(wanted: str, *, match: str = "all") -> str:
    return (
        f'<sie:CriteriaList assert="{match}"><sie:KeyUsage>'
        f'<sie:KeyUsageBit name="nonRepudiation">{wanted}</sie:KeyUsageBit>'
        "</sie:KeyUsage></sie:CriteriaList>"
    )


@pytest.mark.parametrize(
    ("criteria", "meant"),
    [
        (key_usage("true"), True),
        (key_usage("false"), False),
        (key_usage("true", match="none"), False),
        (key_usage("true", match="atLeastOne"), True),
        ('<sie:CriteriaList assert="all"><sie:Other/></sie:CriteriaList>', False),
        (
            (
                '<sie:CriteriaList assert="all"><sie:PolicySet><sie:PolicyIdentifier>'
                '<x:Identifier xmlns:x="http://uri.etsi.org/01903/v1.3.2#">urn:oid:1.2.3'
                "</x:Identifier></sie:PolicyIdentifier></sie:PolicySet></sie:CriteriaList>"
            ),
            False,
        ),
    ],
)
def test_what_the_list_says_of_some_certificates_outweighs_what_they_say(
    criteria: str, meant: bool
) -> None:
    state = information(extension=qualifier("NotQualified", criteria))

    found = judged(SEAL, store(service(CA, now=state)))

    assert found.signer.qualified is not meant


def test_a_critical_extension_nobody_knows_makes_a_state_worthless() -> None:
    unknown = '<Extension Critical="true"><Novo xmlns="urn:x"/></Extension>'

    found = judged(SEAL, store(service(CA, now=information(extension=unknown))))

    assert found.signer.qualified is False


def test_a_time_stamping_service_counts_while_it_is_granted() -> None:
    tsa = issue("TSA", purposes=STAMPING, key_name="rsa2048 tsa")
    trust = store(
        service(
            tsa,
            kind="TSA/QTST",
            now=information(status="withdrawn", since=NOW, purposes=()),
            history=(information(purposes=()),),
        )
    )
    token = stamped(tsa, b"\0" * 32, NOW - DAY, tsa)

    found = [
        timestamp(token, lambda _: b"\0" * 32, store=trust, at=at, policy=Policy.ILINK)[
            0
        ]
        for at in (NOW - DAY, NOW + DAY)
    ]

    assert [stamp and stamp.trust for stamp in found] == [
        Trust.TRUSTED,
        Trust.UNTRUSTED,
    ]


# --- who signed the list ---


def test_the_signature_is_judged_at_the_issue_date() -> None:
    old = issue(
        "Operador",
        key_name="rsa2048 operador",
        start=NOW - 5 * YEAR,
        end=NOW - 2 * YEAR,
    )
    data = signed(listed(service(CA), issued=NOW - 3 * YEAR), old)

    assert TrustStore.from_trusted_list(data, operators=[old.der]).roots == (CA.der,)


def test_the_purpose_of_list_signers_is_no_objection() -> None:
    purpose = (x509.ObjectIdentifier("0.4.0.2231.3.0"),)
    own = issue("Operador", key_name="rsa2048 operador", purposes=purpose)
    data = signed(listed(service(CA)), own)

    assert TrustStore.from_trusted_list(data, operators=[own.der]).roots == (CA.der,)


def test_a_certificate_that_only_looks_like_the_operators_is_refused() -> None:
    above = issue("Operador", key_name="rsa2048 falso", ca=True)
    twin = issue("Operador", above, key_name="rsa2048 outro")

    with pytest.raises(ArtefactError, match="not signed by any"):
        TrustStore.from_trusted_list(
            signed(listed(service(CA)), twin), operators=[OPERATOR.der]
        )


def test_an_operator_that_had_expired_when_the_list_was_issued_is_refused() -> None:
    old = issue("Operador", key_name="rsa2048 operador", end=ISSUED - DAY)
    data = signed(listed(service(CA)))

    with pytest.raises(ArtefactError, match="not signed by any"):
        TrustStore.from_trusted_list(data, operators=[old.der])


def test_another_signer_is_refused_whatever_its_name() -> None:
    fake = issue("Operador", key_name="rsa2048 falso")

    with pytest.raises(ArtefactError, match="not signed by any"):
        TrustStore.from_trusted_list(
            signed(listed(service(CA)), fake), operators=[OPERATOR.der]
        )


def test_one_of_several_operators_is_enough() -> None:
    other = issue("Outro operador")
    data = signed(listed(service(CA)))

    found = TrustStore.from_trusted_list(data, operators=[other.der, OPERATOR.der])

    assert found.roots == (CA.der,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"granted", b"accredited"),
        (b"ForeSeals", b"ForeSignatures"),
        (b"2026-", b"2027-"),
    ],
)
def test_a_list_that_was_changed_is_refused(old: bytes, new: bytes) -> None:
    data = signed(listed(service(CA)))
    assert old in data

    with pytest.raises(ArtefactError, match=r"not signed|issue date"):
        TrustStore.from_trusted_list(data.replace(old, new), operators=[OPERATOR.der])


def test_only_what_is_signed_is_read() -> None:
    evil = signed(listed(service(CA)))
    inner = evil.partition(b"?>")[2].strip()
    outer = listed(service(issue("Falso", ca=True))).replace(
        b"</TrustServiceStatusList>", inner + b"</TrustServiceStatusList>"
    )

    with pytest.raises(ArtefactError):
        TrustStore.from_trusted_list(outer, operators=[OPERATOR.der])


def test_a_list_that_is_not_signed_is_refused() -> None:
    with pytest.raises(ArtefactError, match="not signed by any"):
        TrustStore.from_trusted_list(listed(service(CA)), operators=[OPERATOR.der])


def test_a_list_that_was_due_for_replacement_is_refused_where_a_day_is_given() -> None:
    data = signed(listed(service(CA), until=NOW - DAY))

    with pytest.raises(ArtefactError, match="replaced by 2026-05-31"):
        TrustStore.from_trusted_list(data, operators=[OPERATOR.der], at=NOW)
    assert TrustStore.from_trusted_list(data, operators=[OPERATOR.der]).roots


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "cannot be read"),
        (b"<!DOCTYPE a><a/>", "cannot be read"),
        (b"<a/>", "no trusted list"),
        (
            b'<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#"/>',
            "issue date",
        ),
    ],
)
def test_what_is_no_list_is_said_to_be_none(data: bytes, said: str) -> None:
    with pytest.raises(ArtefactError, match=said):
        TrustStore.from_trusted_list(data, operators=[OPERATOR.der])


def test_operators_are_certificates() -> None:
    with pytest.raises(InvalidValue, match=r"operators\[0\]"):
        TrustStore.from_trusted_list(listed(), operators=[b"rubbish"])


# --- the list of lists ---


def pointer(territory: str, holder: Holder) -> str:
    der = base64.b64encode(holder.der).decode()
    return (
        "<OtherTSLPointer><ServiceDigitalIdentities><ServiceDigitalIdentity><DigitalId>"
        f"<X509Certificate>{der}</X509Certificate></DigitalId></ServiceDigitalIdentity>"
        "</ServiceDigitalIdentities><AdditionalInformation><OtherInformation>"
        f"<SchemeTerritory>{territory}</SchemeTerritory></OtherInformation>"
        "</AdditionalInformation></OtherTSLPointer>"
    )


def test_the_list_of_lists_says_who_signs_a_countrys() -> None:
    spanish = issue("Operador ES")
    pointers = pointer("ES", spanish) + pointer("PT", OPERATOR)
    commission = issue("Comissão", key_name="rsa2048 comissão")
    lotl = signed(listed(pointers=pointers), commission)

    found = list_operators(lotl, operators=[commission.der])

    assert found == (OPERATOR.der,)
    assert TrustStore.from_trusted_list(
        signed(listed(service(CA))), operators=found
    ).roots
    assert list_operators(lotl, operators=[commission.der], territory="ES") == (
        spanish.der,
    )
    with pytest.raises(ArtefactError, match="FR"):
        list_operators(lotl, operators=[commission.der], territory="FR")
    with pytest.raises(ArtefactError, match="list of lists"):
        TrustStore.from_trusted_list(lotl, operators=[commission.der])
